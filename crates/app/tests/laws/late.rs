//! What was told late, wrongly, or in an odd order, each by name: what is paid, kept, borne and recovered.

use app::{AsOf, Pence, PriceTerms};

use crate::bank::{Bank, Files, kent, night};
use crate::world::{Child, Episode, HOMES, told};

const FOSTER: (&str, &str, &str, &str) = HOMES[0];
const HOME_A: (&str, &str, &str, &str) = HOMES[3];
const HOME_B: (&str, &str, &str, &str) = HOMES[4];

fn child(born: &str, episodes: &[Episode]) -> Child {
    Child { local: "4711".to_owned(), born: night(born), upn: "UN1".to_owned(), episodes: episodes.to_vec() }
}

fn stay(place: (&'static str, &'static str, &'static str, &'static str), from: &str, to: Option<&str>) -> Episode {
    Episode { start: night(from), end: to.map(night), rne: "P", status: "C2", place }
}

fn return_of(year: i16, episodes: &[Episode]) -> Files {
    told(&[child("2012-02-01", episodes)], year, 1)
}

fn agree(bank: &Bank, urn: &str, care: i64, ret: i64) {
    let terms = PriceTerms {
        subject: format!("urn/{urn}"),
        kind: None,
        from: night("2025-01-01"),
        until: None,
        care: Some(Pence::new(care)),
        ret: Some(Pence::new(ret)),
        total: None,
        nightly: false,
        notice_nights: 0,
        reason: String::new(),
    };
    bank.office.agree_price(&terms).unwrap();
}

/// £7 a night, so that every figure below can be told by heart.
fn bank_at_seven_pounds() -> Bank {
    let bank = Bank::new();
    agree(&bank, "SC000001", 4_900, 0);
    agree(&bank, "SC000002", 4_900, 0);
    bank
}

/// The number of the home was wrong: it was B all the time. A keeps seven nights, on the council; the rest is to be
/// recovered; and that stands, whatever later runs pay B.
#[test]
fn what_a_payee_keeps_in_good_faith_it_keeps_in_later_runs() {
    let bank = bank_at_seven_pounds();
    bank.import(&return_of(2026, &[stay(HOME_A, "2025-05-01", None)])).unwrap();
    bank.run("2025-05-31");
    assert_eq!(bank.stands("payable/urn/SC000001"), -31 * 700);

    bank.import(&return_of(2026, &[stay(HOME_B, "2025-05-01", None)])).unwrap();
    bank.run("2025-05-31");
    let stands = |bank: &Bank| {
        ["due/E10000016/good-faith", "recoverable/urn/SC000001", "payable/urn/SC000001"].map(|name| bank.stands(name))
    };
    assert_eq!(stands(&bank), [7 * 700, 24 * 700, -31 * 700]);
    assert_eq!(bank.stands("payable/urn/SC000002"), -31 * 700);

    bank.run("2025-06-30");
    assert_eq!(bank.stands("payable/urn/SC000002"), -61 * 700);
    assert_eq!(stands(&bank), [7 * 700, 24 * 700, -31 * 700], "nothing new is known of A");
    bank.run("2025-07-31");
    assert_eq!(stands(&bank), [7 * 700, 24 * 700, -31 * 700], "nothing new is known of A");
    bank.assert_sound();
}

/// Three homes in turn were said to have had the child: each keeps its own good faith.
#[test]
fn each_of_several_payees_keeps_its_own_good_faith() {
    let bank = bank_at_seven_pounds();
    let agency = HOMES[2];
    for (home, through) in [(HOME_A, "2025-05-20"), (HOME_B, "2025-05-31"), (agency, "2025-05-31")] {
        bank.import(&return_of(2026, &[stay(home, "2025-05-01", None)])).unwrap();
        bank.run(through);
    }
    assert_eq!(bank.stands("recoverable/urn/SC000001"), 13 * 700);
    assert_eq!(bank.stands("recoverable/urn/SC000002"), 24 * 700);
    assert_eq!(bank.stands("due/E10000016/good-faith"), 14 * 700);
    bank.assert_sound();
}

/// "Taken back only by a decided plan, never netted silently": the start was ten nights later than told. Seven of them
/// are kept, three are to be recovered; the nights of June are paid in full.
#[test]
fn what_is_to_be_recovered_is_never_netted_against_later_nights() {
    let bank = bank_at_seven_pounds();
    bank.import(&return_of(2026, &[stay(HOME_A, "2025-05-01", None)])).unwrap();
    bank.run("2025-05-31");
    bank.import(&return_of(2026, &[stay(HOME_A, "2025-05-11", None)])).unwrap();
    bank.run("2025-05-31");
    let stands = |bank: &Bank| {
        ["due/E10000016/good-faith", "recoverable/urn/SC000001", "payable/urn/SC000001"].map(|name| bank.stands(name))
    };
    assert_eq!(stands(&bank), [7 * 700, 3 * 700, -31 * 700]);
    bank.run("2025-06-30");
    assert_eq!(stands(&bank), [7 * 700, 3 * 700, -61 * 700], "thirty nights of June are owed in full");
    bank.assert_sound();
}

/// The same, where the run that hears of it is the run of the month after.
#[test]
fn what_is_heard_with_the_next_run_is_not_netted_within_it() {
    let bank = bank_at_seven_pounds();
    bank.import(&return_of(2026, &[stay(HOME_A, "2025-05-01", None)])).unwrap();
    bank.run("2025-05-31");
    bank.import(&return_of(2026, &[stay(HOME_A, "2025-05-11", None)])).unwrap();
    bank.run("2025-06-30");
    let stands =
        ["due/E10000016/good-faith", "recoverable/urn/SC000001", "payable/urn/SC000001"].map(|name| bank.stands(name));
    assert_eq!(stands, [7 * 700, 3 * 700, -61 * 700]);
    bank.assert_sound();
}

/// "Never from an allowance, a carer's subsistence": the foster carer's next month is not docked because the year's
/// rates, paid on as provisional, turn out lower.
#[test]
fn an_allowance_is_never_docked_for_what_was_paid_too_much() {
    let bank = Bank::new();
    bank.import(&return_of(2026, &[stay(FOSTER, "2025-05-01", None)])).unwrap();
    bank.run("2025-05-31");
    // £247 a week.
    assert_eq!(bank.stands("payable/council/E10000016"), -109_386);
    let (_, body) = funding::SHIPPED.iter().find(|(name, _)| *name == "allowances-2025-26").unwrap();
    bank.office.load_policy(&body.replace("\"247.00\"", "\"210.00\"")).unwrap();
    bank.run("2025-05-31");
    // At £210 a week 31 nights are £930.00.
    assert_eq!(bank.stands("recoverable/council/E10000016"), 109_386 - 93_000);
    bank.run("2025-06-30");
    // Thirty nights more at £30.
    assert_eq!(bank.stands("payable/council/E10000016"), -(109_386 + 90_000));
    assert_eq!(bank.stands("recoverable/council/E10000016"), 109_386 - 93_000);
    bank.assert_sound();
}

/// A correction taken back leaves what was there before it.
#[test]
fn the_original_facts_restored_restore_the_books() {
    let bank = bank_at_seven_pounds();
    let first = return_of(2026, &[stay(HOME_A, "2025-05-01", None)]);
    bank.import(&first).unwrap();
    bank.run("2025-05-31");
    let before = bank.accounts();
    let moved = [stay(HOME_A, "2025-05-01", Some("2025-05-11")), stay(HOME_B, "2025-05-11", None)];
    bank.import(&return_of(2026, &moved)).unwrap();
    bank.run("2025-05-31");
    assert_ne!(bank.accounts(), before);
    bank.import(&first).unwrap();
    bank.run("2025-05-31");
    let mut after = bank.accounts();
    // B was never the child's home: what was accrued for it stands to be recovered, its good faith on the council.
    for account in ["payable/urn/SC000002", "recoverable/urn/SC000002", "due/E10000016/good-faith"] {
        after.remove(account);
    }
    assert_eq!(after, before);
    bank.assert_sound();
}

/// The return of an older year arrives after the newer one was paid. It says that the same carer had the child
/// before, under another status. No night that was paid is new: nothing is owed twice, nothing is to be recovered.
#[test]
fn an_older_return_that_comes_later_pays_nothing_twice() {
    let bank = Bank::new();
    let voluntary = Episode { status: "V2", rne: "S", ..stay(FOSTER, "2024-11-01", Some("2025-01-15")) };
    let order = Episode { rne: "L", ..stay(FOSTER, "2025-01-15", None) };
    let life = [voluntary, order];
    bank.import(&return_of(2026, &life)).unwrap();
    bank.run("2025-05-31");
    bank.import(&return_of(2025, &life)).unwrap();
    bank.run("2025-05-31");
    let late = bank.accounts();

    let in_order = Bank::new();
    in_order.import(&return_of(2025, &life)).unwrap();
    in_order.import(&return_of(2026, &life)).unwrap();
    in_order.run("2025-05-31");
    assert_eq!(late, in_order.accounts(), "recovered: {}", bank.stands("recoverable/council/E10000016"));
    bank.assert_sound();
}

/// The first of two episodes in one home never was. The placement is known by the second now; only the nights of the
/// first are lost, whatever the placement is called.
#[test]
fn a_first_episode_taken_back_costs_its_own_nights_alone() {
    let bank = bank_at_seven_pounds();
    let second = Episode { rne: "L", ..stay(HOME_A, "2025-05-11", None) };
    let first = Episode { status: "C1", ..stay(HOME_A, "2025-05-01", Some("2025-05-11")) };
    bank.import(&return_of(2026, &[first, second.clone()])).unwrap();
    bank.run("2025-05-31");
    bank.import(&return_of(2026, &[second])).unwrap();
    bank.run("2025-06-30");
    let stands = ["care/bed", "due/E10000016/good-faith", "recoverable/urn/SC000001", "payable/urn/SC000001"]
        .map(|name| bank.stands(name));
    assert_eq!(stands, [51 * 700, 7 * 700, 3 * 700, -61 * 700]);
    bank.assert_sound();
}

/// One stay turns out to be two in the same home: every night was and is paid to the same payee.
#[test]
fn a_placement_parted_in_two_with_one_payee_loses_nothing() {
    let bank = bank_at_seven_pounds();
    let whole = return_of(2026, &[stay(HOME_A, "2025-05-01", None)]);
    let parted = return_of(2026, &[stay(HOME_A, "2025-05-01", Some("2025-05-11")), stay(HOME_A, "2025-05-11", None)]);
    for files in [&whole, &parted, &whole, &parted] {
        bank.import(files).unwrap();
        bank.run("2025-05-31");
        assert_eq!(
            bank.accounts().into_iter().collect::<Vec<_>>(),
            [("care/bed".to_owned(), 31 * 700), ("payable/urn/SC000001".to_owned(), -31 * 700)]
        );
    }
    bank.assert_sound();
}

/// What a payee owes back for a placement is settled before nights count as moved to it: nothing is netted silently.
#[test]
fn nights_that_settle_a_debt_have_not_moved() {
    let bank = bank_at_seven_pounds();
    let (early, late) = (stay(HOME_A, "2025-05-01", Some("2025-05-11")), stay(HOME_A, "2025-05-11", None));
    let told = [
        vec![early.clone(), late.clone()],
        // The nights from 11 May were with B: of A's, seven are kept in good faith, fourteen are to be recovered.
        vec![early.clone(), stay(HOME_B, "2025-05-11", None)],
        // The child never stayed with B, and with A all the time: those nights are owed to A again.
        vec![stay(HOME_A, "2025-05-01", None), stay(HOME_B, "2025-05-11", Some("2025-05-11"))],
        // As first told: the second stay gets back what was to be recovered for it.
        vec![early, late],
    ];
    for episodes in told {
        bank.import(&return_of(2026, &episodes)).unwrap();
        bank.run("2025-05-31");
    }
    assert_eq!(bank.stands("care/bed"), 31 * 700);
    assert_eq!(bank.stands("payable/urn/SC000001"), -52 * 700, "nothing that was owed is taken back");
    assert_eq!(bank.stands("recoverable/urn/SC000001"), 14 * 700);
    assert_eq!(bank.stands("recoverable/urn/SC000002"), 14 * 700);
    assert_eq!(bank.stands("due/E10000016/good-faith"), 14 * 700);
    bank.assert_sound();
}

/// A later year's return knows better, and goes on knowing better when an older one is corrected.
#[test]
fn a_corrected_older_return_does_not_forget_the_newer_one() {
    let life = |born: &str| [child(born, &[stay(FOSTER, "2024-11-01", None)])];
    let born_when =
        |bank: &Bank| bank.notices().values().map(|notice| notice.birthday(18).unwrap().iso()).collect::<Vec<_>>();
    let (older, newer) = (told(&life("2012-02-01"), 2025, 1), told(&life("2012-02-01"), 2026, 1));
    let corrected = told(&life("2011-02-01"), 2025, 1);
    let in_turn = Bank::new();
    for files in [&older, &newer, &corrected] {
        in_turn.import(files).unwrap();
    }
    let newer_first = Bank::new();
    for files in [&newer, &older, &corrected] {
        newer_first.import(files).unwrap();
    }
    assert_eq!(born_when(&newer_first), ["2030-02-01"], "the newer return said so");
    assert_eq!(born_when(&in_turn), born_when(&newer_first));
}

/// The newer return has the same stay from a day earlier. The child has been there all the time, says whoever was asked
/// last: no night of it is without a bed, whichever return came first.
#[test]
fn law_3_a_start_corrected_by_a_newer_return_costs_the_child_no_night() {
    let older = return_of(2025, &[stay(FOSTER, "2024-05-02", None)]);
    let newer = return_of(2026, &[stay(FOSTER, "2024-05-01", None)]);
    for files in [[&older, &newer], [&newer, &older]] {
        let bank = Bank::new();
        for files in files {
            bank.import(files).unwrap();
        }
        bank.run("2026-03-31");
        let child = bank.office.child_reference(kent(), "4711").unwrap();
        let statement = bank.office.statement_child(child, &AsOf::default()).unwrap();
        // 335 nights to 31 March 2025, and the 365 of 2025-26.
        assert_eq!(statement.nights, 700);
    }
}

/// Two episodes in one home, parted by a change of status, were both a day later than told: the placement stays the
/// same one, whatever the references happen to be, and one night is lost.
#[test]
fn a_placement_keeps_its_name_when_all_its_dates_move() {
    for key in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        let bank = Bank::with_key(key);
        agree(&bank, "SC000001", 4_900, 0);
        let life = |first: &str, second: &str| {
            let voluntary = Episode { status: "C1", ..stay(HOME_A, first, Some(second)) };
            return_of(2026, &[voluntary, Episode { rne: "L", ..stay(HOME_A, second, None) }])
        };
        bank.import(&life("2025-05-01", "2025-05-10")).unwrap();
        bank.run("2025-05-31");
        bank.import(&life("2025-05-02", "2025-05-11")).unwrap();
        bank.run("2025-05-31");
        assert_eq!(bank.stands("care/bed"), 30 * 700);
        assert_eq!(bank.stands("payable/urn/SC000001"), -31 * 700, "key {key}");
        assert_eq!(bank.stands("due/E10000016/good-faith"), 700, "key {key}");
        assert_eq!(bank.stands("recoverable/urn/SC000001"), 0, "key {key}");
    }
}

/// A child withdrawn by a whole return: what was paid is kept for seven nights and otherwise to be recovered, and the
/// child's statement says so.
#[test]
fn a_child_who_was_never_there_leaves_what_was_paid_on_the_books() {
    let bank = bank_at_seven_pounds();
    let other = Child { local: "4712".to_owned(), ..child("2013-01-01", &[stay(FOSTER, "2025-05-01", None)]) };
    let both = [child("2012-02-01", &[stay(HOME_A, "2025-05-01", None)]), other.clone()];
    bank.import(&told(&both, 2026, 1)).unwrap();
    bank.run("2025-05-31");
    bank.import_as(&told(&[other], 2026, 1), true).unwrap();
    bank.run("2025-05-31");
    assert_eq!(bank.stands("due/E10000016/good-faith"), 7 * 700);
    assert_eq!(bank.stands("recoverable/urn/SC000001"), 24 * 700);
    let reference = bank.office.child_reference(kent(), "4711").unwrap();
    let statement = bank.office.statement_child(reference, &AsOf::default()).unwrap();
    assert_eq!(statement.nights, 0);
    assert_eq!(statement.posted.recoverable_pence, Pence::new(24 * 700));
    bank.assert_sound();
}
