//! Small worlds: a few children's lives over three years, and the returns a council would send of them. Nothing in a
//! life contradicts itself; what is told may be shuffled.

use std::cell::Cell;

use app::Night;
use app::kernel::ReturnYear;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::bank::Files;

/// Runs so many cases, or as many times more as CAREBANK_TIMES says, and keeps no file of past failures: what was once found wrong has a test of its own.
pub fn cases<S: Strategy>(cases: u32, of: S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let times: u32 = std::env::var("CAREBANK_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let cases = cases * times;
    let config =
        ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() };
    TestRunner::new(config).run(&of, test).unwrap_or_else(|failure| panic!("{failure}"));
}

const HEADER: &str = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB";
const EPISODES: &str = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN";

/// The collection years that returns are made for.
pub const YEARS: [i16; 3] = [2024, 2025, 2026];

/// The last night of the last of them.
pub const LAST: &str = "2026-03-31";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode {
    pub start: Night,
    pub end: Option<Night>,
    pub rne: &'static str,
    pub status: &'static str,
    /// Placement code, provider, setting, postcode.
    pub place: (&'static str, &'static str, &'static str, &'static str),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    pub local: String,
    pub born: Night,
    pub upn: String,
    pub episodes: Vec<Episode>,
}

pub const HOMES: [(&str, &str, &str, &str); 6] = [
    ("U4", "PR1", "", "ME1 1AA"),
    ("U4", "PR1", "", "ME1 1AB"),
    ("U6", "PR4", "9000001", "ME2 1AA"),
    ("K2", "PR4", "SC000001", "ME3 1AA"),
    ("K2", "PR4", "SC000002", "ME3 1AB"),
    ("P1", "PR0", "", "ME4 1AA"),
];
pub const AWAY: [(&str, &str, &str, &str); 3] =
    [("T1", "", "", "ME5 1AA"), ("T3", "", "", "ME5 1AB"), ("T4", "PR4", "9000002", "ME5 1AC")];

fn british(night: Night) -> String {
    let date = night.date();
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// The order that a seed puts things in.
pub fn shuffled<T>(mut things: Vec<T>, seed: u64) -> Vec<T> {
    let mut state = seed | 1;
    for at in (1..things.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        things.swap(at, (state >> 33) as usize % (at + 1));
    }
    things
}

/// The return of one year: whoever was in care in it, what was known on its 31 March, rows in the order of a seed.
pub fn told(children: &[Child], year: i16, seed: u64) -> Files {
    let nights = ReturnYear::try_new(year).unwrap().nights();
    let (mut header, mut episodes) = (Vec::new(), Vec::new());
    for child in children {
        let rows: Vec<String> = child
            .episodes
            .iter()
            .filter(|episode| episode.start < nights.end() && episode.end.is_none_or(|end| end >= nights.start()))
            .map(|episode| {
                let end = episode.end.filter(|&end| end <= nights.last());
                let (kind, provider, urn, postcode) = episode.place;
                format!(
                    "{},{},{},{},N1,{kind},{provider},{},{},,ME9 9ZZ,{postcode},{urn}",
                    child.local,
                    british(episode.start),
                    episode.rne,
                    episode.status,
                    end.map(british).unwrap_or_default(),
                    if end.is_some() { "X1" } else { "" },
                )
            })
            .collect();
        if !rows.is_empty() {
            header.push(format!("{},F,{},WBRI,{},0,", child.local, british(child.born), child.upn));
        }
        episodes.extend(rows);
    }
    let file = |first: &str, rows: Vec<String>, seed| {
        let rows = shuffled(rows, seed);
        format!("{first}\n{}\n", rows.join("\n")).into_bytes()
    };
    Files { year, header: file(HEADER, header, seed), episodes: file(EPISODES, episodes, seed.rotate_left(17)) }
}

/// One life: home after home, some time away and back, a change of status, a gap; open at the end or not.
fn life() -> impl Strategy<Value = Child> {
    let first = (0..500i32).prop_map(|after| Night::parse_iso("2023-06-01").unwrap().plus(after));
    let status = || prop::sample::select(vec!["C2", "C2", "C1", "V2", "E1", "L2", "J1", "V3"]);
    let step = (0..9u8, 1..150i32, 0..HOMES.len(), 0..AWAY.len(), status(), prop_oneof![5 => Just(0), 1 => 1..60i32]);
    let born = prop_oneof![3 => 2009..2022i16, 1 => 2006..2009i16];
    let begins = (first, 0..HOMES.len(), status());
    (begins, prop::collection::vec(step, 1..7), any::<bool>(), (born, 1..13i8, 1..29i8)).prop_map(
        |((first, home, status), steps, open, (year, month, day))| {
            let mut episodes: Vec<Episode> = Vec::new();
            let (mut on, mut status, mut home) = (first, status, HOMES[home]);
            let mut rne = "S";
            for (what, nights, other, away, new_status, gap) in steps {
                let mut push = |place, rne, status, nights: i32| {
                    episodes.push(Episode { start: on, end: Some(on.plus(nights)), rne, status, place });
                    on = on.plus(nights);
                };
                push(home, rne, status, nights);
                rne = "P";
                match what {
                    0..3 => {
                        push(AWAY[away], "P", status, 1 + nights % 20);
                        if what == 0 {
                            push(AWAY[(away + 1) % AWAY.len()], "P", status, 1 + nights % 9);
                        }
                    }
                    3..5 => {
                        rne = if new_status == status { "P" } else { "L" };
                        status = new_status;
                    }
                    5 => {
                        on = on.plus(gap.max(1));
                        (rne, status) = ("S", new_status);
                    }
                    _ => home = HOMES[other],
                }
            }
            if open && let Some(last) = episodes.last_mut() {
                last.end = None;
            }
            let born = Night::try_new(year, month, day).unwrap();
            Child { local: String::new(), born, upn: "UN1".to_owned(), episodes }
        },
    )
}

/// So many lives.
fn lives(number: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<Child>> {
    prop::collection::vec(life(), number).prop_map(|mut children| {
        for (number, child) in (4_000..).zip(&mut children) {
            child.local = format!("{number}");
        }
        children
    })
}

/// Up to five lives.
pub fn children() -> impl Strategy<Value = Vec<Child>> {
    lives(1..=5)
}

/// A council's children, forty on average. What is tried is tried on each of them, and what comes out is compared child by
/// child: a store takes a tenth of a second however few it holds, so this is how thousands of lives are tried in
/// seconds.
pub fn town() -> impl Strategy<Value = Vec<Child>> {
    lives(20..=60)
}

/// Seventy-five on average.
pub fn city() -> impl Strategy<Value = Vec<Child>> {
    lives(40..=110)
}

/// Counts the lives that a property was tried on.
#[derive(Default)]
pub struct Tried(Cell<usize>);

impl Tried {
    pub fn more(&self, lives: usize) {
        self.0.set(self.0.get() + lives);
    }

    /// Thousands, as the laws want.
    pub fn assert_thousands(&self) {
        println!("{} lives", self.0.get());
        assert!(self.0.get() >= 2_000, "only {} lives were tried", self.0.get());
    }
}
