//! Rules that a random world seldom meets, each by name.

use door::Sector;
use funding::{LineKind, Payer, Policy, SHIPPED, lines};
use kernel::Region;

use crate::calendar::{day, night};
use crate::world::{Agreed, For, Terms, World};

/// A foster placement of a child of ten under a full care order, 30 nights from 1 May 2025.
fn plain() -> World {
    World {
        born: (2014, 9, 9),
        kind: "U4",
        sector: Sector::Own,
        urn: false,
        region: Region::SouthEast,
        nights: vec![(day(2025, 5, 1), day(2025, 5, 31))],
        back: None,
        departed: true,
        known_through: day(2026, 3, 31),
        absences: Vec::new(),
        statuses: vec![(day(2025, 5, 1), day(2025, 5, 31), "C2")],
        scheme_start: day(2017, 4, 1),
        terms: vec![Terms { from: day(2017, 4, 1), share: 10_000, limit: 14, on_word: 28 }],
        entitlement: vec![(day(2017, 4, 1), "seed-purposive")],
        agreed: Vec::new(),
        second_year: true,
        through: day(2026, 3, 31),
    }
}

fn agreed(what: For) -> Agreed {
    Agreed { what, from: day(2025, 1, 1), until: None, care: 410_000, ret: 90_000, nightly: false, notice: 0 }
}

fn nights_of(world: &World, kind: LineKind) -> i64 {
    let answer = lines(&world.notice(), &world.policy(), &world.book(), night(world.through)).unwrap();
    answer.iter().filter(|line| line.kind == kind).map(|line| line.nights.count()).sum()
}

/// "Per absence spell up to `retainer_limit_nights`": hospital and then respite, without a night at home between, is
/// one spell.
#[test]
fn the_retainer_limit_is_of_the_whole_time_away() {
    let mut world = plain();
    world.absences = vec![(day(2025, 5, 3), day(2025, 5, 13), "T1"), (day(2025, 5, 13), day(2025, 5, 23), "T4")];
    assert_eq!(nights_of(&world, LineKind::Retainer), 14);
    // With a night at home between, there are two spells.
    world.absences = vec![(day(2025, 5, 3), day(2025, 5, 13), "T1"), (day(2025, 5, 14), day(2025, 5, 24), "T4")];
    assert_eq!(nights_of(&world, LineKind::Retainer), 20);
}

/// "A hospital has bed lines of nil", and nobody is paid for it, although the return repeats the home's number.
#[test]
fn a_hospital_costs_nothing_whatever_number_the_return_gives_it() {
    for kind in ["T1", "T2", "P1"] {
        let world = World { kind, urn: true, sector: Sector::Unknown, agreed: vec![agreed(For::Setting)], ..plain() };
        let answer = lines(&world.notice(), &world.policy(), &world.book(), night(world.through)).unwrap();
        assert_eq!(world.payee(), None);
        assert!(answer.iter().all(|line| line.care.is_nil() && line.ret.is_nil()), "{kind}: {answer:?}");
    }
}

/// "Paid at care only and charged to the council": the nights after the end of it too.
#[test]
fn the_council_bears_the_notice_nights_of_an_unlawful_setting() {
    let notice = Agreed { notice: 7, ..agreed(For::Setting) };
    let world = World { kind: "K3", urn: true, sector: Sector::Private, agreed: vec![notice], ..plain() };
    let answer = lines(&world.notice(), &world.policy(), &world.book(), night(world.through)).unwrap();
    assert_eq!(answer.last().map(|line| line.kind), Some(LineKind::Notice));
    for line in answer {
        assert_eq!(line.payer, Payer::Council, "{} of a child of ten in supported accommodation", line.kind);
    }
}

/// "If no care order has been recorded": one was, before the remand, in the same period of care.
#[test]
fn a_remand_under_a_care_order_is_not_charged_back() {
    let (first, remand, end) = (day(2025, 5, 1), day(2025, 5, 6), day(2025, 7, 20));
    let world =
        World { nights: vec![(first, end)], statuses: vec![(first, remand, "C2"), (remand, end, "J1")], ..plain() };
    let fund_nights = |through: i64| -> i64 {
        let answer = lines(&world.notice(), &world.policy(), &world.book(), night(through)).unwrap();
        answer.iter().filter(|line| line.payer == Payer::Fund).map(|line| line.nights.count()).sum()
    };
    assert_eq!(fund_nights(remand + 27), 5 + 28);
    assert_eq!(fund_nights(remand + 28), 5 + 28, "a care order has been recorded: nothing is charged back");
}

/// Nothing is asked of a price for nights that are not computed yet.
#[test]
fn a_placement_that_has_not_begun_is_not_unpriced() {
    let world = World { kind: "Z1", through: day(2025, 4, 30), ..plain() };
    let answer = lines(&world.notice(), &world.policy(), &world.book(), night(world.through));
    assert_eq!(answer.map(|lines| lines.len()), Ok(0));
}

/// A notice tells the dates on which a child reaches 3, 5, 11, 16 and 18. A policy that turns on another age would be
/// passed over in silence, so it is refused when it is loaded.
#[test]
fn a_policy_that_turns_on_an_age_no_notice_tells_is_refused() {
    let refused = |name: &str, from: &str, to: &str| {
        let files = SHIPPED.iter().map(|&(file, body)| {
            let body = if file == name { body.replacen(from, to, 1) } else { body.to_owned() };
            (file, body)
        });
        let files: Vec<(&str, String)> = files.collect();
        Policy::parse(files.iter().map(|(file, body)| (*file, body.as_str()))).is_err()
    };
    assert!(!refused("payments", "none", "none"), "as shipped");
    assert!(refused("allowances-2025-26", "from_age = 11", "from_age = 14"));
    assert!(refused("payments", "under_age = 16", "under_age = 14"));
    assert!(refused("payments", "under_age = 18", "under_age = 17"));
}

/// Worked example 4: two payers, the fund's part first.
#[test]
fn two_payers_share_a_rounded_total() {
    let first = day(2025, 5, 1);
    let world = World {
        kind: "K2",
        urn: true,
        sector: Sector::Private,
        nights: vec![(first, first + 13)],
        statuses: vec![(first, first + 3, "V2"), (first + 3, first + 13, "C2")],
        agreed: vec![Agreed { ret: 0, ..agreed(For::Setting) }],
        ..plain()
    };
    let answer = lines(&world.notice(), &world.policy(), &world.book(), night(world.through)).unwrap();
    assert_eq!(crate::lines::parts(&funding::required(&answer)), [585_714, 175_715, 0, 0]);
}
