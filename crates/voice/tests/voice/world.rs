//! Histories made up by chance, and short ways to write facts.

use kernel::{Night, Nights, PlacementId};
use proptest::prelude::*;
use voice::*;

pub fn on(text: &str) -> Night {
    Night::parse_iso(text).unwrap()
}

pub fn place(number: u8) -> PlacementId {
    PlacementId::from_hash([number; 8])
}

pub fn fact(placement: u8, date: Night, what: What) -> Fact {
    Fact { placement: place(placement), on: date, what }
}

pub fn stay(number: u8, from: &str, to: &str, owner: &str) -> Stay {
    let nights = Nights::try_new(on(from), on(to)).unwrap();
    Stay {
        placement: place(number),
        nights,
        owner: Owner::new(owner),
        departed: false,
        on_childs_view: false,
        same_bed: false,
    }
}

/// A child's placements, what happened, and through when it is known.
#[derive(Clone, Debug)]
pub struct History {
    pub stays: Vec<Stay>,
    pub looked_after: Night,
    pub held: Vec<Night>,
    pub facts: Vec<Fact>,
    pub known: Night,
}

impl History {
    pub fn covered(&self) -> Vec<(Tenure, Vec<Night>, Coverage)> {
        let (protocol, calendar) = (Protocol::shipped(), Calendar::shipped());
        tenures(self.stays.clone())
            .into_iter()
            .map(|tenure| {
                let dues = due_dates(&tenure, self.looked_after, &self.held, &protocol, calendar);
                let coverage = coverage(&tenure, &dues, &self.facts, self.known, &protocol, calendar);
                (tenure, dues, coverage)
            })
            .collect()
    }

    /// Every uncovered night.
    pub fn uncovered(&self) -> Vec<Night> {
        let all = self.covered().into_iter().flat_map(|(_, _, coverage)| coverage.uncovered);
        all.flat_map(|(nights, _)| nights.iter().collect::<Vec<_>>()).collect()
    }
}

fn what() -> impl Strategy<Value = What> {
    let signal = prop_oneof![
        4 => Just(Signal::Affirmed),
        2 => Just(Signal::Mixed),
        3 => Just(Signal::NotAffirmed),
        2 => Just(Signal::Declined),
        2 => Just(Signal::Safety),
    ];
    let outcome = prop_oneof![3 => Just(Outcome::Changes), 1 => Just(Outcome::NoChange), 1 => Just(Outcome::Ends)];
    prop_oneof![
        6 => Just(What::Asked),
        8 => signal.prop_map(What::Answered),
        4 => outcome.prop_map(What::ReviewEnded),
        1 => (0i32..700, any::<bool>()).prop_map(|(day, substantiated)| What::Decided {
            disclosed: on("2024-01-01").plus(day), substantiated
        }),
        1 => (0i32..700, prop_oneof![Just(Signal::Affirmed), Just(Signal::Mixed), Just(Signal::NotAffirmed)])
            .prop_map(|(day, signal)| What::Stands { said: on("2024-01-01").plus(day), signal }),
    ]
}

pub fn histories() -> impl Strategy<Value = History> {
    let begin = on("2024-01-01");
    let stays = prop::collection::vec((1i32..260, 0u8..2, prop::bool::weighted(0.2), any::<bool>()), 1..4);
    let facts = prop::collection::vec((0u8..4, 0i32..720, what()), 0..14);
    let held = prop::collection::vec(0i32..720, 0..4);
    (stays, facts, held, 0i32..900, 0i32..200, any::<bool>()).prop_map(
        move |(stays, facts, held, known, before, departed)| {
            let (mut from, last) = (begin, stays.len() - 1);
            let stays = stays.into_iter().enumerate().map(|(at, (nights, owner, gap, on_childs_view))| {
                let range = Nights::try_new(from, from.plus(nights)).unwrap();
                from = range.end().plus(if gap { 20 } else { 0 });
                let departed = at < last || departed;
                let owner = Owner::new(if owner == 0 { "one" } else { "other" });
                Stay {
                    placement: place(at as u8),
                    nights: range,
                    owner,
                    departed,
                    on_childs_view: departed && on_childs_view,
                    same_bed: false,
                }
            });
            History {
                stays: stays.collect(),
                looked_after: begin.plus(-before),
                held: held.into_iter().map(|day| begin.plus(day)).collect(),
                facts: facts.into_iter().map(|(at, day, what)| fact(at, begin.plus(day), what)).collect(),
                known: begin.plus(known),
            }
        },
    )
}
