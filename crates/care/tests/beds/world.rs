//! Random children: chaos, where anything may claim any night, and lives, where one thing follows another.

use care::{Child, Episode};
use kernel::{ChildRef, Code, CouncilCode, EpisodeId, Masked, Night, Seq};
use proptest::prelude::*;

/// So many cases, and no file of past failures: what was once found wrong has a test of its own.
pub fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() }
}

/// The first night of the window in which everything happens.
pub fn base() -> Night {
    Night::parse_iso("2025-03-01").unwrap()
}

/// How many nights the window has.
pub const WINDOW: i32 = 64;

pub fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

/// Where a child can be: placement code, provider, setting, postcode. The first four are two pairs that differ in one
/// thing each.
const PLACES: [(&str, Option<&str>, Option<&str>, &str); 10] = [
    ("U4", Some("PR1"), None, "M1 1AA"),
    ("U4", Some("PR1"), None, "M1 1AB"),
    ("K2", Some("PR4"), Some("SC000001"), "M2 1AA"),
    ("K2", Some("PR4"), Some("SC000002"), "M2 1AA"),
    ("U6", Some("PR4"), Some("9000001"), "M1 1AA"),
    ("P1", Some("PR0"), None, "M3 1AA"),
    ("T1", None, None, "M4 1AA"),
    ("T3", None, None, "M4 1AB"),
    ("T4", Some("PR4"), Some("SC000003"), "M4 1AC"),
    ("T1", None, None, "M4 1AD"),
];
const HOMES: std::ops::Range<usize> = 0..6;
const AWAY: std::ops::Range<usize> = 6..10;

/// Those without S are commoner, so that periods of care are long enough to matter.
const REASONS: [&str; 8] = ["S", "L", "L", "P", "P", "T", "B", "U"];
const STATUSES: [&str; 5] = ["C1", "C2", "V2", "L1", "E1"];

#[derive(Clone, Debug)]
pub struct World {
    pub child: Child,
    pub episodes: Vec<Episode>,
}

fn episode(number: u8, start: i32, end: Option<i32>, place: usize) -> Episode {
    let (kind, provider, urn, postcode) = PLACES[place];
    Episode {
        // Spread, so that the order of references is not the order of making.
        id: EpisodeId::from_hash([number.wrapping_mul(97), 1, 2, 3, 4, 5, 6, number]),
        claimed: Seq(1),
        held: Vec::new(),
        start: base().plus(start),
        end: end.map(|end| base().plus(end)),
        known_through: base().plus(WINDOW),
        rne: code("P"),
        status: code("C2"),
        place: code(kind),
        provider: provider.map(code),
        urn: urn.map(str::to_owned),
        postcode: Masked::new(postcode),
    }
}

/// What any episode may have, whatever the shape of the life.
fn decorated(episode: Episode) -> impl Strategy<Value = Episode> {
    let evidence = prop_oneof![1 => Just(20), 1 => Just(41), 3 => Just(WINDOW)];
    (1..5i64, 0..REASONS.len(), 0..STATUSES.len(), evidence).prop_map(move |(claimed, rne, status, through)| Episode {
        claimed: Seq(claimed),
        rne: code(REASONS[rne]),
        status: code(STATUSES[status]),
        known_through: base().plus(through),
        ..episode.clone()
    })
}

fn child() -> impl Strategy<Value = Child> {
    // Some turn eighteen in the window, some are born on 29 February.
    let born = prop_oneof![
        3 => (2009..2024i16, 1..13i8, 1..29i8).prop_map(|(y, m, d)| Night::try_new(y, m, d).unwrap()),
        2 => (0..WINDOW).prop_map(|day| {
            let on = base().plus(day).date();
            Night::try_new(on.year() - 18, on.month(), on.day()).unwrap()
        }),
        1 => Just(Night::parse_iso("2012-02-29").unwrap()),
    ];
    born.prop_map(|born| Child {
        child: ChildRef::from_hash(*b"somebody"),
        council: CouncilCode::parse("E10000016").unwrap(),
        born,
    })
}

/// Claims to any nights in any order: overlaps, open ends, no nights at all, different moments of recording.
pub fn chaos() -> impl Strategy<Value = World> {
    let claim = (0..WINDOW, prop_oneof![1 => Just(None), 3 => (0..30i32).prop_map(Some)], 0..PLACES.len());
    let claims = prop::collection::vec(claim, 0..8).prop_flat_map(|claims| {
        let made: Vec<_> = (0u8..)
            .zip(claims)
            .map(|(number, (start, length, place))| {
                decorated(episode(number, start, length.map(|length| start + length), place))
            })
            .collect();
        made
    });
    (child(), claims).prop_map(|(child, episodes)| World { child, episodes })
}

/// One thing after another, mostly without a gap: a home, time away, the same home or another; and sometimes a
/// claim that contradicts it. Few homes, so that coming back is common.
pub fn life() -> impl Strategy<Value = World> {
    let step = (1..9i32, prop_oneof![8 => Just(0), 1 => 1..4i32], 0..10usize, HOMES, AWAY);
    let steps = prop::collection::vec(step, 1..9);
    let contradiction = prop::option::weighted(0.4, (0..WINDOW, 1..6i32, 0..PLACES.len()));
    let life = (steps, contradiction, any::<bool>()).prop_flat_map(|(steps, contradiction, open)| {
        let mut made = Vec::new();
        let (mut on, mut home) = (0, 0);
        let count = steps.len();
        for (number, (nights, gap, what, other, away)) in steps.into_iter().enumerate() {
            let start = on + gap;
            on = start + nights;
            let place = match what {
                0..4 => away,
                4 => other,
                5 => (home + 1) % 2,
                _ => home,
            };
            if HOMES.contains(&place) {
                home = place;
            }
            let end = if open && number + 1 == count { None } else { Some(on) };
            made.push(decorated(episode(number as u8, start, end, place)));
        }
        if let Some((start, nights, place)) = contradiction {
            made.push(decorated(episode(200, start, Some(start + nights), place)));
        }
        made
    });
    (child(), life).prop_map(|(child, episodes)| World { child, episodes })
}

/// Either.
pub fn any_world() -> impl Strategy<Value = World> {
    prop_oneof![chaos(), life()]
}
