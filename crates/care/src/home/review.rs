//! Reviews of a child's case that were held: one fact, which the timetable of reviews and that of the child's voice follow.

use std::collections::BTreeMap;

use kernel::Night;

/// The days on which a child's case was reviewed, in order: those that returns `told`, and those of which it was `said`
/// here that it was or was not, in the order of record. Of one day, what was said here last stands, whatever a return
/// tells; otherwise no order makes a difference.
pub fn reviews_held(
    told: impl IntoIterator<Item = Night>,
    said: impl IntoIterator<Item = (Night, bool)>,
) -> Vec<Night> {
    let mut held: BTreeMap<Night, bool> = told.into_iter().map(|night| (night, true)).collect();
    held.extend(said);
    held.into_iter().filter(|(_, held)| *held).map(|(night, _)| night).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_day_what_was_said_last_stands_over_what_a_return_tells() {
        let night = |day: &str| Night::parse_iso(&format!("2025-06-{day}")).unwrap();
        let told = [night("20"), night("02")];
        let said = [(night("02"), false), (night("10"), false), (night("10"), true), (night("20"), true)];
        assert_eq!(reviews_held(told, said), [night("10"), night("20")]);
        assert_eq!(reviews_held(told, []), [night("02"), night("20")]);
    }
}
