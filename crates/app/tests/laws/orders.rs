//! Order changes nothing: of arrival, of rows, of runs.

use app::Pence;
use app::PriceTerms;
use proptest::prelude::*;

use crate::bank::{Bank, Files, night};
use crate::world::{Child, LAST, Tried, YEARS, cases, children, shuffled, told, town};

/// Home SC000001 has an agreed price; SC000002 is paid the reference tariff.
fn agree(bank: &Bank) {
    let terms = PriceTerms {
        subject: "urn/SC000001".to_owned(),
        kind: None,
        from: night("2023-01-01"),
        until: Some(night("2025-06-30")),
        care: Some(Pence::new(410_033)),
        ret: Some(Pence::new(90_011)),
        total: None,
        nightly: false,
        notice_nights: 3,
        reason: String::new(),
    };
    bank.office.agree_price(&terms).unwrap();
}

fn returns(children: &[Child], seed: u64) -> Vec<Files> {
    YEARS.iter().map(|&year| told(children, year, seed ^ year as u64)).collect()
}

/// A bank with a price, and no return yet.
fn ready() -> Bank {
    let bank = Bank::new();
    agree(&bank);
    bank
}

fn imported(ready: &Bank, children: &[Child], seed: u64) -> Bank {
    let bank = ready.copy();
    for files in shuffled(returns(children, seed), seed) {
        bank.import(&files).unwrap();
    }
    bank
}

/// As known now does not depend on what was known first, where facts do not contradict each other.
#[test]
fn law_6_returns_in_any_order_end_in_the_same_notices_and_money() {
    let (ready, tried) = (ready(), Tried::default());
    cases(60, (town(), any::<u64>(), any::<u64>()), |(children, one, other)| {
        tried.more(children.len());
        let (one, other) = (imported(&ready, &children, one), imported(&ready, &children, other));
        prop_assert_eq!(one.notices(), other.notices());
        one.run(LAST);
        other.run(LAST);
        prop_assert_eq!(one.posted(), other.posted());
        one.assert_sound();
        Ok(())
    });
    tried.assert_thousands();
}

/// Nor on what was paid meanwhile: facts that take nothing back leave nothing to be recovered and nothing kept in good
/// faith, even where an older return gives a placement that was paid another name.
#[test]
fn law_3_runs_between_returns_in_any_order_come_to_the_same_accounts() {
    let (ready, tried) = (ready(), Tried::default());
    cases(60, (town(), any::<u64>()), |(children, seed)| {
        tried.more(children.len());
        let between = ready.copy();
        for files in shuffled(returns(&children, seed), seed) {
            between.import(&files).unwrap();
            between.run(LAST);
        }
        let once = imported(&ready, &children, 7);
        once.run(LAST);
        prop_assert_eq!(between.by_child(), once.by_child());
        between.assert_sound();
        Ok(())
    });
    tried.assert_thousands();
}

/// The definition of rounding: any cut of the runs, the same pence on each account of each placement.
#[test]
fn law_3_any_cut_of_the_runs_comes_to_the_same_pence() {
    let (ready, tried) = (ready(), Tried::default());
    cases(60, (town(), prop::collection::vec(0..900i32, 1..6)), |(children, cuts)| {
        tried.more(children.len());
        let once = imported(&ready, &children, 7);
        let often = once.copy();
        once.run(LAST);
        let mut stops: Vec<_> = cuts.into_iter().map(|back| night(LAST).plus(-back)).collect();
        stops.sort();
        for stop in stops {
            often.run(&stop.iso());
        }
        often.run(LAST);
        prop_assert_eq!(once.posted(), often.posted());
        often.assert_sound();

        // Run again: nothing is posted, and not a byte changes.
        let digest = often.digest();
        let again = often.run(LAST);
        prop_assert!(again.is_none_or(|again| !again.posted && again.postings == 0));
        prop_assert_eq!(often.digest(), digest);
        Ok(())
    });
    tried.assert_thousands();
}

/// The same returns again, in another order of rows, are nothing new.
#[test]
fn the_same_returns_again_are_nothing_new() {
    let ready = ready();
    cases(40, (children(), any::<u64>()), |(children, seed)| {
        let bank = imported(&ready, &children, seed);
        let notices = bank.notices();
        for files in returns(&children, seed.wrapping_add(1)) {
            let report = bank.import(&files).unwrap();
            prop_assert_eq!((report.notices, report.episodes_new, report.episodes_withdrawn), (0, 0, 0));
        }
        prop_assert_eq!(bank.notices(), notices);
        Ok(())
    });
}

/// A reference tells nobody who it is, and decides nothing: whatever is corrected, the key changes no amount.
#[test]
fn law_10_no_amount_depends_on_the_key_of_the_references() {
    let keyed = |key: &str| {
        let bank = Bank::with_key(key);
        agree(&bank);
        bank
    };
    let (one, other) = (keyed("one"), keyed("other"));
    cases(40, (children(), 1..4i32), |(children, shift)| {
        // Every date of each life was a few nights later than first told.
        let mut moved = children.clone();
        for episode in moved.iter_mut().flat_map(|child| &mut child.episodes) {
            episode.start = episode.start.plus(shift);
            episode.end = episode.end.map(|end| end.plus(shift));
        }
        let [one, other] = [&one, &other].map(|ready| {
            let bank = ready.copy();
            for (children, seed) in [(&children, 1), (&moved, 2)] {
                bank.import(&told(children, 2025, seed)).unwrap();
                bank.run("2025-01-31");
            }
            bank
        });
        prop_assert_eq!(one.by_child(), other.by_child());
        one.assert_sound();
        Ok(())
    });
}
