//! The whole answer, worked out again from who has each night.

use std::collections::{BTreeMap, BTreeSet};

use care::{Child, Episode, in_force, settle};
use door::{Payee, PlacementNotice};
use kernel::{ChildRef, Code, CouncilCode, EpisodeId, Masked, Night, Seq};
use proptest::prelude::*;

use crate::oracle::{Run, beds, birthday, runs, stays};
use crate::world::{World, any_world, base, code, config, life};

/// What one notice must say, as plain sets of nights.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    placement: i64,
    beds: BTreeSet<Night>,
    away: BTreeMap<Night, (i64, Code)>,
    absent_from: Option<i64>,
    departed: Option<Night>,
    known_through: Night,
    statuses: BTreeMap<Night, Code>,
    birthdays: Vec<(u8, Night)>,
    kind: Code,
    payee: Option<String>,
}

fn said(notice: &PlacementNotice) -> Wanted {
    Wanted {
        placement: notice.placement.stored(),
        beds: beds(notice).into_iter().collect(),
        away: notice
            .absences
            .iter()
            .flat_map(|absence| {
                absence.nights.iter().map(|night| (night, (absence.stay.stored(), absence.code))).collect::<Vec<_>>()
            })
            .collect(),
        absent_from: notice.absent_from.map(|main| main.stored()),
        departed: notice.departed,
        known_through: notice.known_through,
        statuses: notice
            .statuses
            .iter()
            .flat_map(|span| span.nights.iter().map(|night| (night, span.code)).collect::<Vec<_>>())
            .collect(),
        birthdays: notice.birthdays.iter().map(|birthday| (birthday.age, birthday.on)).collect(),
        kind: notice.kind,
        payee: notice.payee.as_ref().map(Payee::to_string),
    }
}

fn payee(council: CouncilCode, episode: &Episode) -> Option<String> {
    let provider = episode.provider.map(|provider| provider.to_string());
    match (episode.place.as_str(), provider.as_deref(), &episode.urn) {
        ("P1" | "T1" | "T2", ..) => None,
        (_, Some("PR1"), _) => Some(format!("council/{council}")),
        (_, _, Some(urn)) => Some(format!("urn/{urn}")),
        (_, _, None) => Some(format!("unidentified/{council}")),
    }
}

/// Nights of one period of care share a number: it ends with a gap, and where an episode begins that starts to be
/// looked after.
fn periods(runs: &[Run], episodes: &[Episode]) -> BTreeMap<Night, usize> {
    let mut of_night = BTreeMap::new();
    let mut met = BTreeSet::new();
    let mut number = 0;
    let mut until = None;
    for run in runs {
        let begins = met.insert(run.episode) && episodes[run.episode].rne.as_str() == "S";
        if until != Some(run.from) || begins {
            number += 1;
        }
        until = Some(run.end);
        let mut night = run.from;
        while night < run.end {
            of_night.insert(night, number);
            night = night.next();
        }
    }
    of_night
}

fn wanted(world: &World) -> Vec<Wanted> {
    let eighteen = birthday(world.child.born, 18);
    let mut owner = BTreeMap::new();
    for (position, nights) in in_force(&world.episodes).0 {
        owner.extend(nights.iter().filter(|&night| night < eighteen).map(|night| (night, position)));
    }
    let runs = runs(&owner);
    let stays = stays(&runs, &world.episodes);
    let periods = periods(&runs, &world.episodes);
    let first = |stay: usize| {
        let at = stays.of_run.iter().position(|&of| of == stay).unwrap();
        &world.episodes[runs[at].episode]
    };
    let nights_of = |run: &Run| {
        let (from, end) = (run.from, run.end);
        owner.keys().copied().filter(move |&night| from <= night && night < end)
    };
    let count = stays.of_run.iter().copied().max().map_or(0, |last| last + 1);
    let mut all: Vec<Wanted> = (0..count)
        .map(|stay| {
            let own: Vec<&Run> =
                runs.iter().zip(&stays.of_run).filter(|(_, of)| **of == stay).map(|(run, _)| run).collect();
            let last = own[own.len() - 1];
            let end = world.episodes[last.episode].end;
            let mine: BTreeSet<usize> = own.iter().map(|run| periods[&run.from]).collect();
            let mut away = BTreeMap::new();
            for (run, of) in runs.iter().zip(&stays.of_run) {
                if stays.away_from.get(of) == Some(&stay) {
                    let told = (first(*of).id.stored(), first(*of).place);
                    away.extend(nights_of(run).map(|night| (night, told)));
                }
            }
            Wanted {
                placement: first(stay).id.stored(),
                beds: own.iter().flat_map(|run| nights_of(run)).collect(),
                away,
                absent_from: stays.away_from.get(&stay).map(|&main| first(main).id.stored()),
                departed: end.filter(|&end| end == last.end),
                known_through: own.iter().map(|run| world.episodes[run.episode].known_through).max().unwrap(),
                statuses: owner
                    .iter()
                    .filter(|(night, _)| mine.contains(&periods[*night]))
                    .map(|(&night, &position)| (night, world.episodes[position].status))
                    .collect(),
                birthdays: [3, 5, 11, 16, 18].map(|age| (age, birthday(world.child.born, i16::from(age)))).to_vec(),
                kind: first(stay).place,
                payee: payee(world.child.council, first(stay)),
            }
        })
        .collect();
    all.sort_by_key(|wanted| (wanted.beds.first().copied(), wanted.placement));
    all
}

fn check(world: &World) -> Result<(), TestCaseError> {
    let mut all: Vec<Wanted> = settle(&world.child, &world.episodes).notices.iter().map(said).collect();
    all.sort_by_key(|said| (said.beds.first().copied(), said.placement));
    prop_assert_eq!(all, wanted(world));
    Ok(())
}

proptest! {
    #![proptest_config(config(2_500))]

    #[test]
    fn notices_follow_from_the_nights(world in any_world()) {
        check(&world)?;
    }

    #[test]
    fn lives_settle_as_they_were_lived(world in life()) {
        check(&world)?;
    }
}

fn one(number: u8, from: i32, end: Option<i32>, place: &str, postcode: &str) -> Episode {
    Episode {
        id: EpisodeId::from_hash([number, 0, 0, 0, 0, 0, 0, 0]),
        claimed: Seq(1),
        held: Vec::new(),
        start: base().plus(from),
        end: end.map(|end| base().plus(end)),
        known_through: base().plus(60),
        rne: code("P"),
        status: code("C2"),
        place: code(place),
        provider: Some(code("PR1")),
        urn: None,
        postcode: Masked::new(postcode),
    }
}

fn child(born: &str) -> Child {
    Child {
        child: ChildRef::from_hash(*b"somebody"),
        council: CouncilCode::parse("E10000016").unwrap(),
        born: Night::parse_iso(born).unwrap(),
    }
}

#[test]
fn who_is_born_on_29_february_is_an_adult_on_1_march() {
    let settled = settle(&child("2007-02-28"), &[one(1, -10, Some(10), "U4", "M1 1AA")]);
    assert_eq!(settled.notices[0].nights[0].last().iso(), "2025-02-27");
    let settled = settle(&child("2008-02-29"), &[one(1, -10, Some(10), "U4", "M1 1AA")]);
    assert_eq!(settled.notices[0].birthday(16).map(Night::iso).as_deref(), Some("2024-02-29"));
    assert_eq!(settled.notices[0].birthday(18).map(Night::iso).as_deref(), Some("2026-03-01"));
}

#[test]
fn to_arrive_and_leave_on_one_date_is_no_night() {
    let settled =
        settle(&child("2012-01-01"), &[one(1, 0, Some(5), "U4", "M1 1AA"), one(2, 5, Some(5), "K2", "M2 2AA")]);
    assert_eq!(settled.notices.len(), 1);
}

/// A placement is kept through an absence even if, before it, another claim had some of its nights.
#[test]
fn a_placement_that_was_interrupted_is_still_kept_through_an_absence() {
    let told_before = Episode { claimed: Seq(0), ..one(9, 3, Some(5), "K2", "M9 9AA") };
    let settled = settle(
        &child("2012-01-01"),
        &[
            one(1, 0, Some(10), "U4", "M1 1AA"),
            told_before,
            one(2, 10, Some(14), "T1", "M4 4AA"),
            one(3, 14, Some(20), "U4", "M1 1AA"),
        ],
    );
    let main = settled.notices.iter().find(|notice| notice.kind == code("U4")).unwrap();
    assert_eq!(main.absences.len(), 1, "the hospital nights are an absence from the foster home");
    assert_eq!(main.absences[0].nights.count(), 4);
    assert_eq!(settled.notices.len(), 3, "foster home, the claim that had two nights, hospital");
}

/// A period of care begins where the episode that starts it begins, not again after another claim's nights.
#[test]
fn an_interruption_does_not_start_a_new_period_of_care() {
    let first = Episode { rne: code("S"), status: code("L2"), ..one(1, 0, Some(10), "U4", "M1 1AA") };
    let told_before = Episode { claimed: Seq(0), status: code("C1"), ..one(9, 3, Some(5), "K2", "M9 9AA") };
    let settled = settle(&child("2012-01-01"), &[first, told_before]);
    let home = settled.notices.iter().find(|notice| notice.kind == code("K2")).unwrap();
    assert_eq!(home.statuses.len(), 3, "one period of care: L2, C1, L2: {:?}", home.statuses);
}
