//! Windows.

use kernel::Night;
use proptest::prelude::*;
use voice::*;

use crate::world::{on, stay};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn reviews_are_never_further_apart_than_the_regulations_allow(
        start in 17_600i64..20_000, held in prop::collection::vec(0i32..900, 0..6)
    ) {
        let start = Night::from_days(start).unwrap();
        let held: Vec<Night> = held.into_iter().map(|day| start.plus(day)).collect();
        let dates = review_dates(start, &held, start.plus(1_000), &Protocol::shipped(), Calendar::shipped());
        let working = |from: Night, to: Night| (from.next().days()..=to.days())
            .filter(|day| Calendar::shipped().is_working(Night::from_days(*day).unwrap())).count();
        prop_assert!(working(start, dates[0]) <= 20);
        prop_assert!(dates[1].days() - dates[0].days() <= 92);
        prop_assert!(dates[1..].windows(2).all(|pair| (1..=184).contains(&(pair[1].days() - pair[0].days()))));
        // With none held, the last day that the regulations allow.
        let latest = review_dates(start, &[], start.plus(1_000), &Protocol::shipped(), Calendar::shipped());
        prop_assert_eq!(working(start, latest[0]), 20);
        prop_assert!(latest[1].days() - latest[0].days() >= 89 && dates.len() >= latest.len());
    }
}

#[test]
fn voice_a_move_to_another_owner_opens_a_fresh_window() {
    let stays = vec![stay(1, "2025-05-01", "2025-08-01", "one"), stay(2, "2025-08-01", "2025-12-01", "other")];
    assert_eq!(tenures(stays).len(), 2);
    let stays = vec![stay(1, "2025-05-01", "2025-08-01", "one"), stay(2, "2025-08-01", "2025-12-01", "one")];
    assert_eq!(tenures(stays).len(), 1);
}

#[test]
fn voice_a_child_who_leaves_is_asked_on_leaving() {
    let mut left = stay(1, "2025-05-01", "2025-07-01", "one");
    left.departed = true;
    let tenure = tenures(vec![left]).remove(0);
    let dues = due_dates(&tenure, on("2025-05-01"), &[], &Protocol::shipped(), Calendar::shipped());
    assert_eq!(dues, [on("2025-05-16"), on("2025-06-02"), on("2025-07-01")]);
}
