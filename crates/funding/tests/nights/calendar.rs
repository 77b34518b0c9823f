//! Days since 1 January 1970 and back, by the arithmetic of the Gregorian calendar alone.

use kernel::Night;

/// Days since 1 January 1970 of a date.
pub fn day(year: i64, month: i64, of_month: i64) -> i64 {
    // Years that begin in March, so that the leap day is the last of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + of_month - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date on which someone born on this date reaches an age; who is born on 29 February, on 1 March.
pub fn birthday((year, month, of_month): (i64, i64, i64), age: i64) -> i64 {
    let year = year + age;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (month, of_month) == (2, 29) && !leap { day(year, 3, 1) } else { day(year, month, of_month) }
}

pub fn night(day: i64) -> Night {
    Night::from_days(day).unwrap()
}

#[test]
fn the_calendar_agrees_with_that_of_the_kernel() {
    for (year, month, of_month) in [(1970, 1, 1), (2000, 2, 29), (2025, 4, 6), (2024, 12, 31), (1999, 3, 1)] {
        let kernels = Night::try_new(year as i16, month as i8, of_month as i8).unwrap();
        assert_eq!(day(year, month, of_month), kernels.days());
    }
    let born = Night::parse_iso("2008-02-29").unwrap();
    for age in [3, 5, 11, 16, 18] {
        assert_eq!(birthday((2008, 2, 29), age), born.birthday(age as i16).days());
    }
}
