//! A move that the council told late.

use kernel::{Night, Nights, Period};

use crate::council::{Council, Postcode};
use crate::life::{Child, Ending, Episode};
use crate::rng::Rng;

/// How many nights late the move was told.
const LATE: std::ops::RangeInclusive<i32> = 24..=26;

/// The life of one child on a care order as reported at first and as corrected, and what happened in a sentence.
///
/// The child lives in one private home when the year begins and in another when it ends. The move was 10 to 20
/// nights before the end of one of the year's first six months, and first reported as some 25 nights later, so
/// that on the last night of that month the wrong home counted as the child's.
pub(crate) fn lives(number: u32, year: Nights, council: &Council, rng: &mut Rng) -> (Child, Child, String) {
    let month = Period::from_index(Period::of(year.start()).index() + i64::from(rng.below(6)));
    let month_end = month.map_or(year.start().plus(29), Period::last_night);
    let moved = month_end.plus(-rng.between(10, 20));
    let told = moved.plus(rng.between(*LATE.start(), *LATE.end()));
    let (from, to) = council.two_private_homes(rng);
    let urn = |urn: Option<u32>| urn.map_or_else(String::new, |urn| urn.to_string());

    let born = year.start().plus(-rng.between(12 * 365, 14 * 365));
    let start = year.start().plus(-rng.between(100, 400));
    let home = Postcode::family(rng);
    let sex = rng.pick(&["F", "M"]);
    let life = |on: Night| Child {
        id: Child::id(number),
        sex,
        born,
        ethnic: "WBRI",
        need: "N1",
        home,
        alone: false,
        mother_of: None,
        episodes: vec![
            Episode { start, rne: "P", status: "C2", bed: from, end: Some(Ending { on, rec: "X1", reason: "CARPL" }) },
            Episode { start: on, rne: "P", status: "C2", bed: to, end: None },
        ],
    };
    let sentence = format!(
        "Child {} moved from home {} to home {} on {moved}; the first return has the move on {told}, {} nights late.",
        Child::id(number),
        urn(from.urn),
        urn(to.urn),
        told.days() - moved.days(),
    );
    (life(told), life(moved), sentence)
}
