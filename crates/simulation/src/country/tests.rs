#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use kernel::CodeSet;

use super::supply::Kind;
use super::*;

fn england() -> &'static Country {
    static ENGLAND: OnceLock<Country> = OnceLock::new();
    ENGLAND.get_or_init(|| Country::new(2025))
}

/// Every council's children, made once for all tests.
fn lives() -> &'static Vec<Lives<'static>> {
    static LIVES: OnceLock<Vec<Lives<'static>>> = OnceLock::new();
    LIVES.get_or_init(|| Country::councils(None).into_iter().map(|code| england().council(code).unwrap()).collect())
}

fn code(name: &str) -> CouncilCode {
    kernel::find(name).unwrap().code
}

/// Fowler–Noll–Vo: enough to notice that bytes changed.
fn fnv<'a>(texts: impl Iterator<Item = &'a str>) -> u64 {
    texts
        .flat_map(str::bytes)
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

#[test]
fn england_is_as_near_to_what_is_published_as_it_says() {
    let mut made = Calibration::new(england());
    lives().iter().for_each(|lives| made.add(lives));
    let beyond: Vec<Line> = made.lines().into_iter().filter(|line| !line.within()).collect();
    assert!(beyond.is_empty(), "{beyond:#?}");
}

#[test]
fn every_council_begins_with_the_number_published_for_it() {
    let first = Country::span().from;
    for (lives, facts) in lives().iter().zip(facts()) {
        let there = lives.children.iter().filter(|child| child.on(first).is_some()).count();
        assert_eq!(there, facts.looked_after as usize, "{}", facts.code);
    }
}

#[test]
fn the_same_seed_makes_the_same_bytes_in_any_order_and_in_any_company() {
    let bytes = |country: &Country, name: &str| {
        let told = country.council(code(name)).unwrap().told(Country::years()[1], Telling::First);
        fnv(told.tables().map(|table| table.1))
    };
    let (one, other) = (Country::new(7), Country::new(7));
    let forth = ["Rutland", "Kent", "Hartlepool"].map(|name| bytes(&one, name));
    let mut back = ["Hartlepool", "Kent", "Rutland"].map(|name| bytes(&other, name));
    back.reverse();
    assert_eq!(forth, back);
    assert_eq!(one.provider_list(), other.provider_list());
    assert_ne!(bytes(&Country::new(8), "Rutland"), forth[0]);
    let threads: Vec<u64> = std::thread::scope(|scope| {
        let workers = ["Rutland", "Kent", "Hartlepool"].map(|name| scope.spawn(|| bytes(&one, name)));
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    assert_eq!(threads, forth);
}

/// Counts, for every setting and night, who sleeps in it: the obvious way.
#[test]
fn no_home_is_ever_over_its_registered_places() {
    let span = Country::span();
    let nights = (span.until - span.from) as usize;
    let mut sleepers: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
    for episode in lives().iter().flat_map(|lives| &lives.children).flat_map(Child::episodes) {
        if !matches!(episode.bed.place, "K1" | "K2" | "R3" | "S1") {
            continue;
        }
        let nightly = sleepers.entry(episode.bed.urn).or_insert_with(|| vec![0; nights]);
        let (from, until) = (episode.start.max(span.from), episode.end.unwrap_or(span.until).min(span.until));
        for night in from..until {
            nightly[(night - span.from) as usize] += 1;
        }
    }
    let mut full = 0;
    for setting in &england().supply.settings {
        if let Some(nightly) = sleepers.remove(&setting.urn) {
            let most = nightly.into_iter().max().unwrap();
            assert!(most <= setting.places, "{} had {most} in {} places", setting.urn, setting.places);
            full += u32::from(most == setting.places);
        }
    }
    assert!(sleepers.is_empty(), "all of them are settings of the country");
    assert!(full > 500, "the test would see a home over its places: {full} are full on some night");
}

#[test]
fn every_bed_of_every_home_waits_for_one_council() {
    let supply = &england().supply;
    let mut beds: BTreeMap<u32, u32> = BTreeMap::new();
    supply.beds.iter().for_each(|bed| *beds.entry(bed.setting).or_default() += 1);
    for (at, setting) in supply.settings.iter().enumerate() {
        let with_beds = !matches!(setting.kind, Kind::Agency | Kind::Supported);
        let places = if with_beds { u32::from(setting.places) } else { 0 };
        assert_eq!(beds.get(&(at as u32)).copied().unwrap_or_default(), places);
    }
    let urns: BTreeSet<u32> = supply.settings.iter().map(|setting| setting.urn).collect();
    assert_eq!(urns.len(), supply.settings.len(), "no two settings have one number");
}

#[test]
fn a_period_of_care_has_no_gap_and_no_double_and_ends_at_eighteen() {
    let span = Country::span();
    for child in lives().iter().flat_map(|lives| &lives.children) {
        let mut free = i32::MIN;
        for period in &child.periods {
            assert!(period.since >= free.max(child.person.born), "{child:?}");
            assert!(!period.episodes.is_empty());
            for pair in period.episodes.windows(2) {
                assert_eq!(pair[0].end, Some(pair[1].start), "{child:?}");
                assert_eq!(pair[0].rec, "X1");
            }
            for episode in &period.episodes {
                assert!(episode.end.is_none_or(|end| episode.start < end), "{child:?}");
                assert!(episode.bed.place != "K3" || episode.start >= child.person.sixteen, "{child:?}");
                assert!(episode.end.unwrap_or(span.until) <= child.person.eighteen, "{child:?}");
            }
            let last = period.episodes.last().unwrap();
            assert!(last.end.is_none() || last.rec != "X1");
            free = last.end.map_or(i32::MAX, |end| end + 1);
        }
    }
}

#[test]
fn every_code_is_one_of_the_years() {
    let sets = [
        (2, CodeSet::Rne),
        (3, CodeSet::LegalStatus),
        (4, CodeSet::Need),
        (5, CodeSet::Place),
        (6, CodeSet::Provider),
        (8, CodeSet::Rec),
        (9, CodeSet::PlaceChange),
    ];
    for name in ["Kent", "Hartlepool", "Isles of Scilly", "City of London"] {
        let lives = england().council(code(name)).unwrap();
        for year in Country::years() {
            let told = lives.told(year, Telling::Corrected);
            let header: BTreeSet<&str> =
                told.table("header").unwrap().lines().skip(1).map(|row| row.split(',').next().unwrap()).collect();
            for row in told.table("episodes").unwrap().lines().skip(1) {
                let fields: Vec<&str> = row.split(',').collect();
                assert_eq!(fields.len(), 13);
                assert!(header.contains(fields[0]));
                for (at, set) in sets {
                    assert!(fields[at].is_empty() || set.contains(year, fields[at]), "{row}: {}", fields[at]);
                }
            }
            for (table, text) in told.tables() {
                let mut rows = text.lines();
                let columns = rows.next().unwrap().split(',').count();
                assert!(rows.all(|row| row.split(',').count() == columns), "{table}");
            }
        }
    }
}

#[test]
fn what_is_told_wrong_is_listed_and_nothing_else_is_wrong() {
    let lives = england().council(code("Kent")).unwrap();
    let mut kinds = BTreeSet::new();
    for year in Country::years() {
        let (first, corrected) = (lives.told(year, Telling::First), lives.told(year, Telling::Corrected));
        assert!(corrected.mistakes.is_empty());
        for (one, other) in first.tables().zip(corrected.tables()).filter(|(one, _)| one.0 != "episodes") {
            assert_eq!(one, other);
        }
        let rows = |told: &CouncilReturn| -> Vec<String> {
            told.table("episodes").unwrap().lines().map(str::to_owned).collect()
        };
        let (told, meant) = (rows(&first), rows(&corrected));
        assert_eq!(told.len(), meant.len());
        let child = |row: &String| row.split(',').next().unwrap().parse::<u64>().unwrap();
        let differ: BTreeSet<u64> =
            told.iter().zip(&meant).filter(|(one, other)| one != other).map(|(one, _)| child(one)).collect();
        let listed: BTreeSet<u64> = first.mistakes.iter().map(|mistake| mistake.child).collect();
        assert_eq!(differ, listed);
        kinds.extend(first.mistakes.iter().map(|mistake| mistake.kind));
    }
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        ["late-move", "no-legal-status", "no-need", "no-provider", "overlap", "unknown-urn", "wrong-urn"]
    );
}

#[test]
fn what_is_open_at_a_years_end_goes_on_in_the_next() {
    let lives = england().council(code("Kent")).unwrap();
    let [first, second] = Country::years().map(|year| lives.told(year, Telling::Corrected));
    let open: Vec<[&str; 2]> = first.table("episodes").unwrap().lines().skip(1).filter_map(open).collect();
    let next: BTreeSet<[&str; 2]> = second.table("episodes").unwrap().lines().skip(1).map(key).collect();
    assert!(open.len() > 1_000);
    assert!(open.iter().all(|row| next.contains(row)));
}

fn key(row: &str) -> [&str; 2] {
    let mut fields = row.split(',');
    [fields.next().unwrap(), fields.next().unwrap()]
}

fn open(row: &str) -> Option<[&str; 2]> {
    row.split(',').nth(7).unwrap().is_empty().then(|| key(row))
}

#[test]
fn brothers_and_sisters_who_live_together_sleep_in_one_place() {
    let night = Country::span().from;
    let (mut together, mut apart) = (0, 0);
    for lives in lives() {
        let mut families: BTreeMap<String, Vec<&Child>> = BTreeMap::new();
        for child in lives.children.iter().filter(|child| !child.person.alone && child.on(night).is_some()) {
            families.entry(format!("{:?}", child.person.home)).or_default().push(child);
        }
        for family in families.values().filter(|family| family.len() > 1) {
            let beds: BTreeSet<String> =
                family.iter().map(|child| format!("{:?}", child.on(night).unwrap().1.bed.spot)).collect();
            if beds.len() == 1 { together += 1 } else { apart += 1 }
        }
    }
    assert!(together > 4_000 && apart > 3_000, "{together} families together, {apart} not");
}

/// Thirty postcodes of each district that lies mostly in a council, none of which the land would invent.
fn directory() -> Vec<RealPostcode> {
    let mut directory = Vec::new();
    for district in kernel::districts() {
        let Some(council) = district.council else { continue };
        let centre = (district.centre.east(), district.centre.north());
        directory.extend((0..30i32).map(|nth| RealPostcode {
            compact: format!("{}{}A{}", district.outcode, nth % 10, ["A", "B", "D"][(nth / 10) as usize]),
            council,
            at: (centre.0 + nth * 40, centre.1 - nth * 40),
        }));
    }
    directory
}

#[test]
fn with_a_directory_postcodes_are_real_and_nothing_else_is_changed() {
    let directory = directory();
    let backwards: Vec<RealPostcode> = directory.iter().rev().cloned().collect();
    let real = Country::on(7, 1000, &directory);
    let again = Country::on(7, 1000, &backwards);
    let invented = Country::new(7);
    let known: BTreeSet<&str> = directory.iter().map(|postcode| postcode.compact.as_str()).collect();
    let mut at_home = 0;
    for name in ["Hartlepool", "Rutland"] {
        let of = |country: &Country| country.council(code(name)).unwrap().told(Country::years()[1], Telling::Corrected);
        let (one, other, without) = (of(&real), of(&again), of(&invented));
        assert_eq!(one, other, "{name}: the order of the directory changes nothing");
        for (table, text) in one.tables().filter(|(table, _)| *table != "episodes") {
            assert_eq!(Some(text), without.table(table), "{name}");
        }
        let rows = |told: &CouncilReturn| -> Vec<Vec<String>> {
            let lines = told.table("episodes").unwrap().lines().skip(1);
            lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
        };
        for (mut row, mut bare) in rows(&one).into_iter().zip(rows(&without)) {
            let [home, placement] = [10, 11].map(|column| row[column].replace(' ', ""));
            assert!(known.contains(home.as_str()) && known.contains(placement.as_str()), "{row:?}");
            assert!(home != placement || row[5] == "P1", "{row:?}");
            at_home += u32::from(home == placement);
            for column in [10, 11] {
                row[column].clear();
                bare[column].clear();
            }
            assert_eq!(row, bare, "{name}");
        }
    }
    assert!(at_home > 5, "some children are placed with parents: {at_home}");
    let councils: BTreeMap<String, CouncilCode> =
        directory.iter().map(|postcode| (postcode.compact.clone(), postcode.council)).collect();
    for setting in &real.supply.settings {
        let postcode = real.land.postcode(setting.spot).to_string().replace(' ', "");
        assert_eq!(councils[&postcode], facts()[usize::from(setting.spot.council)].code, "{postcode}");
    }
}
