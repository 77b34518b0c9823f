#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn print_calibration() {
    let country = Country::new(2025);
    let mut made = Calibration::new(&country);
    for code in Country::councils(None) {
        made.add(&country.council(code).unwrap());
    }
    for line in made.lines() {
        println!(
            "{:<50}{:>8}{:>8}{:>7}% {:>3}% {}",
            line.what, line.published, line.made,
            (i64::from(line.made) - i64::from(line.published)) * 100 / i64::from(line.published.max(1)),
            line.tolerance, if line.within() { "" } else { "XXX" }
        );
    }
}
