//! Statements of the door.

use std::collections::BTreeMap;

use door::{Payee, PlacementNotice};
use kernel::Seq;
use store::Db;

use crate::facts::{GREATEST, ODD, child_ref, kent, leeds, notice, placement};
use crate::place::{Place, Told, record, try_record};

on_each_engine!(
    a_notice_is_known_in_its_latest_version,
    notices_of_a_child_include_those_withdrawn,
    placements_are_found_by_payee_council_and_time,
    pages_of_any_length_give_every_placement_once,
    a_load_larger_than_the_table_is_found_by_every_index_or_leaves_nothing,
);

fn a_notice_is_known_in_its_latest_version(place: &Place, told: &mut Told) {
    let mut care = place.care();
    let bare = PlacementNotice {
        setting: None,
        payee: None,
        nights: Vec::new(),
        departed: None,
        absences: Vec::new(),
        absent_from: Some(placement(0)),
        statuses: Vec::new(),
        birthdays: Vec::new(),
        ..notice(1, 1)
    };
    let first = record(&mut care, |db, seq| db.record_notices(seq, &[notice(GREATEST - 1, 2), notice(1, 1)]));
    record(&mut care, |db, seq| db.record_notices(seq, std::slice::from_ref(&bare)));
    let mut bank = place.bank();
    assert_eq!(bank.notice(placement(1), Seq(0)).unwrap(), None);
    assert_eq!(bank.notice(placement(2), Seq::NOW).unwrap(), None);
    assert_eq!(bank.notice(placement(1), first).unwrap(), Some(notice(1, 1)));
    assert_eq!(bank.notice(placement(1), Seq::NOW).unwrap(), Some(bare));
    assert_eq!(bank.notice(placement(GREATEST - 1), Seq::NOW).unwrap(), Some(notice(GREATEST - 1, 2)));
    told.tell("notice", &bank.notice(placement(1), Seq::NOW).unwrap());
}

fn notices_of_a_child_include_those_withdrawn(place: &Place, told: &mut Told) {
    let mut care = place.care();
    let odd: Vec<PlacementNotice> = (100..)
        .zip(ODD)
        .map(|(number, text)| PlacementNotice { setting: Some((*text).to_owned()), ..notice(number, 3) })
        .collect();
    let first = record(&mut care, |db, seq| {
        db.record_notices(seq, &[notice(30, 1), notice(10, 1), notice(20, 2)])?;
        db.record_notices(seq, &odd)
    });
    record(&mut care, |db, seq| db.record_notices(seq, &[notice(30, 1).withdrawn(), notice(5, 1)]));
    let mut bank = place.bank();
    assert_eq!(bank.notices_of_child(child_ref(1), Seq(0)).unwrap(), []);
    assert_eq!(bank.notices_of_child(child_ref(1), first).unwrap(), [notice(10, 1), notice(30, 1)]);
    let now = [notice(5, 1), notice(10, 1), notice(30, 1).withdrawn()];
    assert_eq!(bank.notices_of_child(child_ref(1), Seq::NOW).unwrap(), now);
    assert_eq!(bank.notices_of_child(child_ref(3), Seq::NOW).unwrap(), odd);
    told.tell("notices", &bank.notices_of_child(child_ref(3), Seq::NOW).unwrap());
}

fn placements_are_found_by_payee_council_and_time(place: &Place, told: &mut Told) {
    let mut care = place.care();
    let of_leeds =
        |number| PlacementNotice { council: leeds(), payee: Some(Payee::council(leeds())), ..notice(number, 1) };
    let unpaid = |number| PlacementNotice { payee: None, ..notice(number, 1) };
    let first = record(&mut care, |db, seq| db.record_notices(seq, &[notice(3, 1), of_leeds(1), unpaid(2)]));
    // The payee of 3 changes: it stays a placement that the former was once named for.
    let second = record(&mut care, |db, seq| db.record_notices(seq, &[of_leeds(3), notice(4, 1)]));
    let third = record(&mut care, |db, seq| db.record_notices(seq, &[notice(4, 1).withdrawn()]));
    let mut bank = place.bank();
    let numbers = |found: Vec<kernel::PlacementId>| found.iter().map(|found| found.stored()).collect::<Vec<_>>();
    let payee = |db: &mut Db, payee: &str, known| numbers(db.placements_of_payee(payee, known).unwrap());
    assert_eq!(payee(&mut bank, "urn/SC012345", first), [3]);
    assert_eq!(payee(&mut bank, "urn/SC012345", Seq::NOW), [3, 4]);
    assert_eq!(payee(&mut bank, "council/E08000035", Seq::NOW), [1, 3]);
    assert_eq!(payee(&mut bank, "", Seq::NOW), [0; 0], "nobody is not a payee of no name");
    assert_eq!(numbers(bank.placements_of_council(kent(), first).unwrap()), [2, 3]);
    assert_eq!(numbers(bank.placements_of_council(kent(), Seq::NOW).unwrap()), [2, 3, 4]);
    assert_eq!(numbers(bank.placements_of_council(leeds(), Seq::NOW).unwrap()), [1, 3]);
    assert_eq!(numbers(bank.placements_noticed_since(Seq(0)).unwrap()), [1, 2, 3, 4]);
    assert_eq!(numbers(bank.placements_noticed_since(first).unwrap()), [3, 4]);
    assert_eq!(numbers(bank.placements_noticed_since(second).unwrap()), [4]);
    assert_eq!(numbers(bank.placements_noticed_since(third).unwrap()), [0; 0]);
    told.tell("since", &bank.placements_noticed_since(first).unwrap());
}

/// Histories of one to nine versions, so that a short page can be all one placement's.
fn pages_of_any_length_give_every_placement_once(place: &Place, told: &mut Told) {
    const VERSIONS: [(i64, i64); 7] = [(0, 1), (1, 4), (2, 1), (7, 9), (8, 3), (9, 1), (GREATEST - 1, 5)];
    let mut care = place.care();
    let (mut latest, mut middle) = (BTreeMap::new(), BTreeMap::new());
    for round in 1..=9 {
        let due = VERSIONS.iter().filter(|(_, versions)| round <= *versions);
        let notices: Vec<PlacementNotice> = due
            .map(|&(number, _)| PlacementNotice { setting: Some(format!("SC{round}")), ..notice(number, number) })
            .collect();
        let seq = record(&mut care, |db, seq| db.record_notices(seq, &notices));
        latest.extend(notices.iter().map(|notice| (notice.placement, (seq, notice.clone()))));
        if round <= 4 {
            middle = latest.clone();
        }
    }
    let mut bank = place.bank();
    for (known, expected) in [(Seq::NOW, latest), (Seq(4), middle), (Seq(0), BTreeMap::new())] {
        let expected: Vec<_> = expected.into_values().collect();
        for limit in 1..=26 {
            let all = paged(&mut bank, known, limit);
            assert_eq!(all, expected, "pages of {limit} rows as known at {known}");
        }
        told.tell("notices", &expected);
    }
}

/// Such a load makes indexes anew behind it, where the engine is SQLite.
fn a_load_larger_than_the_table_is_found_by_every_index_or_leaves_nothing(place: &Place, told: &mut Told) {
    let mut care = place.care();
    // In an order of its own: 7 has no factor in common with 2,000.
    let load: Vec<PlacementNotice> = (0..2_000).map(|nth| notice(nth * 7 % 2_000, nth % 40)).collect();
    let sound = |place: &Place| {
        let mut whole = place.whole();
        assert_eq!(whole.physical_check().unwrap(), Vec::<String>::new());
        if !whole.is_postgres() {
            let count =
                "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'door_notice' AND sql > ''";
            assert_eq!(whole.row(count, &[], |row| row.int(0)).unwrap(), Some(4));
        }
    };
    let twice = [load.as_slice(), &load[7..8]].concat();
    try_record(&mut care, |db, seq| db.record_notices(seq, &twice)).unwrap_err();
    sound(place);
    assert_eq!(care.notices_of_child(child_ref(7), Seq::NOW).unwrap(), []);

    record(&mut care, |db, seq| db.record_notices(seq, &load));
    sound(place);
    let mut expected: Vec<_> = load.iter().filter(|notice| notice.child == child_ref(7)).cloned().collect();
    expected.sort_by_key(|notice| notice.placement);
    assert_eq!((expected.len(), care.notices_of_child(child_ref(7), Seq::NOW).unwrap()), (50, expected));
    assert_eq!(care.placements_of_payee("urn/SC012345", Seq::NOW).unwrap().len(), 2_000);
    assert_eq!(care.placements_of_council(kent(), Seq::NOW).unwrap().len(), 2_000);

    // The fence stands again.
    if !care.is_postgres() {
        assert_eq!(care.exec("DROP INDEX door_notice_child", &[]).unwrap_err().code(), "store.refused");
        assert_eq!(care.exec("DELETE FROM bank_price", &[]).unwrap_err().code(), "store.refused");
    }
    let refused = try_record(&mut place.bank(), |db, seq| db.record_notices(seq, &load)).unwrap_err();
    assert_eq!(refused.code(), "store.refused");
    sound(place);
    told.tell("found", &care.placements_of_payee("urn/SC012345", Seq::NOW).unwrap());
}

fn paged(db: &mut Db, known: Seq, limit: i64) -> Vec<(Seq, PlacementNotice)> {
    let (mut all, mut page, mut after) = (Vec::new(), Vec::new(), Some(-1));
    while let Some(from) = after {
        after = db.notice_page(from, known, limit, &mut page).unwrap();
        assert!(after.is_none_or(|next| next > from), "a page of {limit} rows leads nowhere");
        all.extend(page.iter().map(|notice| (notice.seq, notice.open().unwrap())));
    }
    all
}
