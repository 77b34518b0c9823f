//! Statements of the Bank.

use door::Payee;
use funding::{Agreement, Scope, Unit};
use kernel::Seq;
use ledger::{Account, AccountId, Part, Posting, Transfer};
use money::Pence;
use store::{Db, Fault, Run};

use crate::facts::{
    GREATEST, ODD, accounts, agreement, code, first_run, leeds, night, nights, numbered, placement, policy, posting,
    run, standing, total,
};
use crate::place::{Place, Told, record};

on_each_engine!(
    the_latest_policy_file_under_each_name_is_in_force,
    prices_come_in_order_of_record,
    terms_are_as_new_as_the_latest_price_or_policy,
    accounts_keep_their_numbers_and_odd_names,
    runs_are_known_by_commit,
    postings_come_by_run_and_by_placement,
    balances_are_sums_as_of_a_night_and_as_known,
    standings_are_replaced,
);

fn the_latest_policy_file_under_each_name_is_in_force(place: &Place, told: &mut Told) {
    let mut db = place.bank();
    assert_eq!(db.policy_files(Seq::NOW).unwrap(), []);
    let first = record(&mut db, |db, seq| {
        db.record_policy(&policy("tariff", seq, "one"))?;
        db.record_policy(&policy("Kinds", seq, "kinds"))?;
        ODD.iter()
            .enumerate()
            .try_for_each(|(nth, text)| db.record_policy(&policy(&format!("odd {nth:02}"), seq, text)).and(Ok(())))
    });
    let second = record(&mut db, |db, seq| db.record_policy(&policy("tariff", seq, "two")));
    let then = db.policy_files(first).unwrap();
    assert_eq!(then.first(), Some(&policy("Kinds", first, "kinds")), "names are in order of their bytes");
    assert_eq!(then.last(), Some(&policy("tariff", first, "one")));
    assert!(then.iter().skip(1).zip(ODD).all(|(file, text)| file.body == *text));
    assert_eq!(db.policy_files(Seq::NOW).unwrap().last(), Some(&policy("tariff", second, "two")));
    assert_eq!(db.policy_files(Seq::NOW).unwrap().len(), then.len());
    told.tell("files", &db.policy_files(Seq::NOW).unwrap());
}

fn prices_come_in_order_of_record(place: &Place, told: &mut Told) {
    let mut db = place.bank();
    let payee = Payee::provider("SC012345");
    let scopes = [
        Scope::Placement(placement(GREATEST)),
        Scope::Setting("SC012345".to_owned()),
        Scope::Provider { payee: payee.clone(), kind: None },
        Scope::Provider { payee, kind: Some(code("K2")) },
    ];
    let mut recorded: Vec<(Agreement, String)> = Vec::new();
    for (nth, text) in ODD.iter().enumerate() {
        let (scope, from) = (scopes[nth % scopes.len()].clone(), night("2025-05-01"));
        let (until, unit) = if nth % 2 == 0 { (None, Unit::Week) } else { (Some(from.next()), Unit::Night) };
        let greatest = Pence::new(i64::MAX - nth as i64);
        record(&mut db, |db, seq| {
            let price = Agreement {
                until,
                care: greatest,
                ret: Pence::ZERO,
                unit,
                notice_nights: u16::MAX,
                split_assumed: nth % 2 == 0,
                ..agreement(seq, scope)
            };
            recorded.push((price.clone(), (*text).to_owned()));
            db.record_price(&price, text)
        });
    }
    assert_eq!(db.prices(Seq(0)).unwrap(), []);
    assert_eq!(db.prices(Seq(3)).unwrap(), recorded[..3]);
    assert_eq!(db.prices(Seq::NOW).unwrap(), recorded);
    told.tell("prices", &db.prices(Seq::NOW).unwrap());
}

fn terms_are_as_new_as_the_latest_price_or_policy(place: &Place, told: &mut Told) {
    let mut db = place.bank();
    assert_eq!(db.latest_terms(Seq::NOW).unwrap(), Seq(0));
    let setting = Scope::Setting("SC012345".to_owned());
    let policy_file = record(&mut db, |db, seq| db.record_policy(&policy("tariff", seq, "")));
    assert_eq!(db.latest_terms(Seq::NOW).unwrap(), policy_file);
    let price = record(&mut db, |db, seq| db.record_price(&agreement(seq, setting), ""));
    record(&mut db, |_, _| Ok(()));
    assert_eq!(db.latest_terms(Seq::NOW).unwrap(), price);
    assert_eq!(db.latest_terms(policy_file).unwrap(), policy_file);
    assert_eq!(db.latest_terms(Seq(0)).unwrap(), Seq(0));
    let newer = record(&mut db, |db, seq| db.record_policy(&policy("kinds", seq, "")));
    assert_eq!(db.latest_terms(Seq::NOW).unwrap(), newer);
    told.tell("terms", &db.latest_terms(Seq::NOW).unwrap());
}

fn accounts_keep_their_numbers_and_odd_names(place: &Place, told: &mut Told) {
    let mut db = place.bank();
    assert_eq!(db.chart().unwrap().all().count(), 0);
    first_run(&mut db);
    let odd: Vec<Account> = ODD.iter().map(|text| Account::payable(text)).collect();
    record(&mut db, |db, seq| {
        let opened: Vec<_> = (4..).map(AccountId).zip(&odd).collect();
        db.record_accounts(2, &opened)?;
        db.record_run(&run(2, seq))
    });
    let chart = db.chart().unwrap();
    let all: Vec<Account> = accounts().into_iter().chain(odd).collect();
    assert_eq!(chart.all().collect::<Vec<_>>(), numbered(&all));
    let opened: Vec<_> = (1..).zip(&all).map(|(id, _)| (AccountId(id), if id <= 3 { 1 } else { 2 })).collect();
    assert_eq!(db.accounts_opened().unwrap(), opened);
    told.tell("chart", &chart.all().collect::<Vec<_>>());
}

fn runs_are_known_by_commit(place: &Place, told: &mut Told) {
    let mut db = place.bank();
    assert_eq!(db.latest_run(Seq::NOW).unwrap(), None);
    let mut sealed: Vec<Run> = Vec::new();
    for number in 1..=4 {
        let seq = record(&mut db, |db, seq| {
            let report = ODD[number as usize].to_owned();
            let run = Run { pence: Pence::new(-i64::MAX), postings: i64::MAX, report, ..run(number, seq) };
            sealed.push(run.clone());
            db.record_run(&run)
        });
        assert_eq!(db.latest_run(seq).unwrap().as_ref(), sealed.last());
        record(&mut db, |_, _| Ok(()));
    }
    assert_eq!(db.runs(Seq::NOW).unwrap(), sealed);
    assert_eq!(db.runs(sealed[1].seq).unwrap(), sealed[..2]);
    assert_eq!(db.latest_run(Seq(sealed[3].seq.0 - 1)).unwrap().as_ref(), Some(&sealed[2]));
    assert_eq!(db.latest_run(Seq(0)).unwrap(), None);
    told.tell("runs", &db.runs(Seq::NOW).unwrap());
}

fn of_run(db: &mut Db, run: i64) -> Vec<Posting> {
    let mut postings = Vec::new();
    let mut keep = |posting| {
        postings.push(posting);
        Ok::<_, Fault>(())
    };
    db.postings_of_run(run, &mut keep).unwrap();
    postings
}

fn postings_come_by_run_and_by_placement(place: &Place, told: &mut Told) {
    let mut db = place.bank();
    let other = Posting {
        transfer: Transfer {
            debit: AccountId(3),
            credit: AccountId(1),
            part: Part::Return,
            pence: Pence::new(i64::MAX),
        },
        council: leeds(),
        nights: nights("1900-01-01", "2199-12-31"),
        terms: Seq(i64::MAX),
        ..posting(1, GREATEST, 1, 1)
    };
    let first = [posting(1, 1, 0, 100), posting(1, 1, 1, 2), posting(1, GREATEST, 0, 3), other];
    let known = record(&mut db, |db, seq| {
        db.record_accounts(1, &numbered(&accounts()))?;
        // Recorded in another order than they are read in.
        db.record_postings(&[first[3], first[1]])?;
        db.record_postings(&[first[2], first[0]])?;
        db.record_run(&run(1, seq))
    });
    let second = [posting(2, 1, 0, 4)];
    record(&mut db, |db, seq| {
        db.record_postings(&second)?;
        db.record_run(&run(2, seq))
    });
    assert_eq!(of_run(&mut db, 1), first);
    assert_eq!(of_run(&mut db, 2), second);
    assert_eq!(of_run(&mut db, 3), []);
    assert_eq!(db.postings_of_placement(placement(1), known).unwrap(), first[..2]);
    assert_eq!(db.postings_of_placement(placement(1), Seq::NOW).unwrap(), [first[0], first[1], second[0]]);
    assert_eq!(db.postings_of_placement(placement(GREATEST), Seq::NOW).unwrap(), first[2..]);
    assert_eq!(db.postings_of_placement(placement(2), Seq::NOW).unwrap(), []);
    // Return was posted for the nights of one alone, to the last but one night that there is.
    let mut first_return = |from| db.first_night_with_return(night(from)).unwrap();
    assert_eq!(first_return("1900-01-01"), Some(night("1900-01-01")));
    assert_eq!(first_return("2025-04-01"), Some(night("2025-04-01")));
    assert_eq!(first_return("2199-12-31"), None);
    told.tell("postings", &of_run(&mut db, 1));
}

fn balances_are_sums_as_of_a_night_and_as_known(place: &Place, told: &mut Told) {
    let mut db = place.bank();
    let first = first_run(&mut db);
    // A sum of nineteen figures; PostgreSQL sums them as exact decimals and gives back the whole number.
    let large = i64::MAX - 100;
    let totals = [total(1, "2025-05-01", large, 0), total(2, "2025-04-09", 7, 0), total(2, "2025-05-01", 0, large)];
    record(&mut db, |db, seq| {
        db.record_totals(2, &totals)?;
        db.record_run(&run(2, seq))
    });
    let balances = |db: &mut Db, as_of: &str, known| {
        let rows = db.balances(night(as_of), known).unwrap();
        rows.into_iter().map(|(account, debit, credit)| (account.0, debit.get(), credit.get())).collect::<Vec<_>>()
    };
    assert_eq!(balances(&mut db, "2025-04-08", Seq::NOW), []);
    assert_eq!(balances(&mut db, "2025-04-09", first), [(1, 100, 0), (2, 0, 100)]);
    assert_eq!(balances(&mut db, "2025-04-30", Seq::NOW), [(1, 100, 0), (2, 7, 100)]);
    assert_eq!(balances(&mut db, "2025-05-01", Seq::NOW), [(1, i64::MAX, 0), (2, 7, i64::MAX)]);
    assert_eq!(balances(&mut db, "2025-05-01", Seq(0)), []);
    assert_eq!(db.totals_of_run(2).unwrap(), totals);
    assert_eq!(db.totals_of_run(3).unwrap(), []);
    told.tell("balances", &db.balances(night("2025-05-01"), Seq::NOW).unwrap());
}

fn standings_are_replaced(place: &Place, told: &mut Told) {
    let mut db = place.bank();
    first_run(&mut db);
    let empty = ledger::Standing::default();
    record(&mut db, |db, _| {
        db.keep_standings(&[(placement(5), standing(1, 5)), (placement(GREATEST), standing(1, i64::MAX))])?;
        db.keep_standings(&[(placement(5), empty.clone()), (placement(6), standing(2, 6))])?;
        db.keep_standings(&[])
    });
    record(&mut db, |db, _| db.keep_standings(&[(placement(1), standing(3, -9))]));
    let all = [(1, standing(3, -9)), (5, empty), (6, standing(2, 6)), (GREATEST, standing(1, i64::MAX))];
    assert_eq!(db.standings(0, i64::MAX).unwrap(), all);
    assert_eq!(db.standings(5, 6).unwrap(), all[1..3]);
    assert_eq!(db.standings(2, 4).unwrap(), []);
    told.tell("standings", &db.standings(0, i64::MAX).unwrap());
}
