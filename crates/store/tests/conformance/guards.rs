//! The database defends its own invariants. Every attempt below is refused by a store with guards, and accepted by
//! one made without: a guard that is missing fails its test, and an attempt that would fail anyway proves nothing.

use std::cell::RefCell;

use funding::{Agreement, Scope};
use kernel::Seq;
use ledger::{Account, AccountId, GENESIS, Posting};
use money::Pence;
use store::{Db, Fault, Guards, Run, TABLES};

use crate::facts::{GREATEST, agreement, child, fill, hash, nights, placement, policy, posting, run, total};
use crate::place::{Place, record, try_record};

/// A store with guards and one without, filled alike, each with a connection that may do anything.
struct Pair {
    guarded: Place,
    broken: Place,
    connections: RefCell<(Db, Db)>,
}

impl Pair {
    fn sqlite() -> Pair {
        Pair::filled(Place::sqlite(Guards::On), Place::sqlite(Guards::Off))
    }

    fn postgres() -> Option<Pair> {
        Some(Pair::filled(Place::postgres(Guards::On)?, Place::postgres(Guards::Off)?))
    }

    fn filled(guarded: Place, broken: Place) -> Pair {
        fill(&guarded);
        fill(&broken);
        Pair::of(guarded, broken)
    }

    fn of(guarded: Place, broken: Place) -> Pair {
        let connections = RefCell::new((guarded.whole(), broken.whole()));
        Pair { guarded, broken, connections }
    }

    /// Refused with guards, in words that hold `why`; accepted without. Neither store keeps anything of it.
    fn attempt(&self, why: &str, attempt: impl Fn(&mut Db, Seq) -> Result<(), Fault>) {
        let (guarded, broken) = &mut *self.connections.borrow_mut();
        match tried(guarded, &attempt) {
            Err(Fault::Refused(sentence)) => assert!(sentence.contains(why), "refused, but because: {sentence}"),
            other => panic!("not refused ({why}): {other:?}"),
        }
        if let Err(fault) = tried(broken, &attempt) {
            panic!("refused without guards too ({why}): {fault}");
        }
    }

    /// As [`Pair::attempt`], with the commit as part of the attempt: the broken store keeps it. Whether it was the
    /// commit that was refused, rather than something before it.
    fn attempt_to_commit(&self, why: &str, attempt: impl Fn(&mut Db, Seq) -> Result<(), Fault>) -> bool {
        let (guarded, broken) = &mut *self.connections.borrow_mut();
        let before = self.guarded.dump();
        let mut reached_the_end = false;
        let refused = try_record(guarded, |db, seq| {
            attempt(db, seq)?;
            reached_the_end = true;
            Ok(())
        });
        match refused {
            Err(Fault::Refused(sentence)) => assert!(sentence.contains(why), "refused, but because: {sentence}"),
            other => panic!("not refused ({why}): {other:?}"),
        }
        assert_eq!(self.guarded.dump(), before, "something of what was refused stayed");
        try_record(broken, |db, seq| attempt(db, seq))
            .unwrap_or_else(|fault| panic!("refused without guards too ({why}): {fault}"));
        reached_the_end
    }
}

fn tried(db: &mut Db, attempt: &impl Fn(&mut Db, Seq) -> Result<(), Fault>) -> Result<(), Fault> {
    let stamp = store::Stamp { at: "", actor: "", key: None, command: "", content: "" };
    // Rolled back whatever came of it.
    db.commit(&stamp, |db, seq| attempt(db, seq).map(|()| None::<()>)).map(|_| ())
}

/// Every table but the one projection, and the one that is not dumped.
fn append_only() -> impl Iterator<Item = (&'static str, &'static str)> {
    let dumped = TABLES.iter().map(|&(table, columns, _)| (table, columns));
    dumped.filter(|(table, _)| *table != "bank_standing").chain([("care_secret", "name, value")])
}

fn sql(db: &mut Db, text: String) -> Result<(), Fault> {
    assert!(db.exec(text.leak(), &[])? > 0, "an attempt on no row proves nothing");
    Ok(())
}

/// Guards with a test for each engine.
macro_rules! on_each_pair {
    ($($check:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $check() { super::$check(&super::Pair::sqlite()); })+
        }
        mod postgres {
            $(#[test] fn $check() { if let Some(pair) = super::Pair::postgres() { super::$check(&pair); } })+
        }
    };
}

on_each_pair!(
    law_6_no_row_is_changed,
    law_6_no_row_is_removed,
    law_6_no_row_is_replaced,
    a_sealed_run_takes_no_late_row,
    a_run_follows_the_one_before,
    the_first_run_is_number_1_and_chains_to_nothing,
    a_posting_moves_money_between_two_open_accounts,
    a_posting_without_its_accounts_is_refused,
    a_posting_without_its_run_is_refused_at_the_commit,
    a_fact_without_its_commit_is_refused,
    a_price_is_not_negative,
);

fn law_6_no_row_is_changed(pair: &Pair) {
    for (table, columns) in append_only() {
        for column in columns.split(", ") {
            pair.attempt("append-only", |db, _| sql(db, format!("UPDATE {table} SET {column} = {column}")));
        }
    }
}

fn law_6_no_row_is_removed(pair: &Pair) {
    for (table, _) in append_only() {
        pair.attempt("append-only", |db, _| sql(db, format!("DELETE FROM {table}")));
    }
}

/// SQLite's `INSERT OR REPLACE` removes a row without a word, unless triggers are recursive; PostgreSQL's
/// `ON CONFLICT DO UPDATE` is an update.
fn law_6_no_row_is_replaced(pair: &Pair) {
    for (table, columns) in append_only() {
        let key = TABLES.iter().find(|dumped| dumped.0 == table).map_or("name", |dumped| dumped.2);
        let first = columns.split(", ").next().unwrap();
        let upsert = format!("ON CONFLICT ({key}) DO UPDATE SET {first} = excluded.{first}");
        let lite = !pair.guarded.is_postgres();
        let why = match table {
            // On SQLite the guard against any late row comes first.
            "bank_posting" | "bank_total" if lite => "sealed",
            "bank_run" if lite => "follow",
            _ => "append-only",
        };
        let rows = format!("INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE true");
        pair.attempt(why, |db, _| sql(db, format!("INSERT {rows} {upsert}")));
        if lite {
            pair.attempt(why, |db, _| sql(db, format!("INSERT OR REPLACE {rows}")));
        }
    }
}

/// Only PostgreSQL has TRUNCATE; SQLite's is a DELETE.
#[test]
fn law_6_no_table_is_truncated_on_postgres() {
    let Some(pair) = Pair::postgres() else { return };
    for (table, _) in append_only() {
        pair.attempt("append-only", |db, _| db.exec(format!("TRUNCATE {table} CASCADE").leak(), &[]).map(|_| ()));
    }
}

fn a_sealed_run_takes_no_late_row(pair: &Pair) {
    pair.attempt("sealed", |db, _| db.record_postings(&[posting(1, 2, 0, 100)]));
    pair.attempt("sealed", |db, _| db.record_postings(&[posting(2, 2, 0, 100), posting(1, 1, 1, 100)]));
    pair.attempt("sealed", |db, _| db.record_totals(1, &[total(3, "2025-04-09", 1, 1)]));
    pair.attempt("sealed", |db, seq| {
        db.record_postings(&[posting(2, 1, 0, 100)])?;
        db.record_run(&run(2, seq))?;
        db.record_postings(&[posting(2, 1, 1, 100)])
    });
    // The prepared path, too.
    pair.attempt("sealed", |db, _| {
        let columns = "placement, line, debit, credit, part, pence, payee, council, first_night, end_night, terms";
        let copied = columns.replacen("placement", "placement + 1", 1);
        sql(db, format!("INSERT INTO bank_posting (run, {columns}) SELECT run, {copied} FROM bank_posting"))
    });
}

fn a_run_follows_the_one_before(pair: &Pair) {
    for skipped in [3, 0, -1, i64::MAX] {
        pair.attempt("follow", |db, seq| db.record_run(&Run { run: skipped, ..run(2, seq) }));
    }
    for other in [GENESIS, hash('2'), hash('f')] {
        pair.attempt("follow", |db, seq| db.record_run(&Run { previous: other, ..run(2, seq) }));
    }
    // The right one is taken, by both.
    for place in [&pair.guarded, &pair.broken] {
        record(&mut place.whole(), |db, seq| db.record_run(&run(2, seq)));
    }
    pair.attempt("follow", |db, seq| db.record_run(&Run { previous: hash('1'), ..run(3, seq) }));
}

fn the_first_run_is_number_1_and_chains_to_nothing(pair: &Pair) {
    // On stores of their own, without a run.
    let fresh = |guards| match pair.guarded.is_postgres() {
        true => Place::postgres(guards).unwrap(),
        false => Place::sqlite(guards),
    };
    let pair = Pair::of(fresh(Guards::On), fresh(Guards::Off));
    for number in [0, 2] {
        pair.attempt("follow", |db, seq| db.record_run(&Run { run: number, ..run(1, seq) }));
    }
    pair.attempt("follow", |db, seq| db.record_run(&Run { previous: hash('1'), ..run(1, seq) }));
    record(&mut pair.guarded.whole(), |db, seq| db.record_run(&run(1, seq)));
}

fn a_posting_moves_money_between_two_open_accounts(pair: &Pair) {
    let constraint = if pair.guarded.is_postgres() { "check constraint" } else { "CHECK constraint" };
    let good = posting(2, 2, 0, 100);
    let of = |change: &dyn Fn(&mut Posting)| {
        let mut posting = good;
        change(&mut posting);
        posting
    };
    let unsound = [
        of(&|posting| posting.transfer.pence = Pence::ZERO),
        of(&|posting| posting.transfer.pence = Pence::new(-1)),
        of(&|posting| posting.transfer.pence = Pence::new(i64::MIN)),
        of(&|posting| posting.transfer.credit = posting.transfer.debit),
    ];
    for posting in unsound {
        pair.attempt(constraint, |db, _| db.record_postings(&[good_with(1), posting]));
    }
    // What the types cannot say, said to the database itself.
    for (column, value) in [("part", "2"), ("part", "-1"), ("end_night", "first_night"), ("end_night", "0")] {
        pair.attempt(constraint, |db, _| {
            let columns = "placement, line, debit, credit, part, pence, payee, council, first_night, end_night, terms";
            let changed = columns.replace(column, value);
            sql(db, format!("INSERT INTO bank_posting (run, {columns}) SELECT 2, {changed} FROM bank_posting"))
        });
    }
    // The good one is taken.
    let taken = record(&mut pair.guarded.whole(), |db, seq| {
        db.record_postings(&[good, posting(2, GREATEST, 0, i64::MAX)])?;
        db.record_run(&run(2, seq))
    });
    assert_eq!(pair.guarded.bank().postings_of_placement(placement(2), taken).unwrap(), [good]);
}

/// A good posting on another line than the bad one beside it.
fn good_with(line: i64) -> Posting {
    Posting { nights: nights("2025-04-09", "2025-04-10"), ..posting(2, 2, line, 1) }
}

fn a_posting_without_its_accounts_is_refused(pair: &Pair) {
    let why = "not open";
    // Sealed as it should be, so that nothing else is wrong with it.
    let sealed = |db: &mut Db, seq: Seq, record: &dyn Fn(&mut Db, i64) -> Result<(), Fault>| {
        let number = db.latest_run(Seq::NOW)?.unwrap().run + 1;
        record(db, number)?;
        db.record_run(&run(number, seq))
    };
    let posted = |change: fn(&mut Posting)| {
        move |db: &mut Db, number: i64| {
            let mut posting = posting(number, 2, 0, 100);
            change(&mut posting);
            db.record_postings(&[posting])
        }
    };
    let unopened = [
        posted(|posting| posting.transfer.debit = AccountId(99)),
        posted(|posting| posting.transfer.credit = AccountId(99)),
        posted(|posting| posting.payee = AccountId(99)),
    ];
    for record in unopened {
        pair.attempt_to_commit(why, |db, seq| sealed(db, seq, &record));
    }
    let total = |db: &mut Db, number| db.record_totals(number, &[total(99, "2025-04-09", 1, 0)]);
    pair.attempt_to_commit(why, |db, seq| sealed(db, seq, &total));
}

fn a_posting_without_its_run_is_refused_at_the_commit(pair: &Pair) {
    let key = if pair.guarded.is_postgres() { "foreign key" } else { "FOREIGN KEY" };
    let by_the_commit = [
        pair.attempt_to_commit(key, |db, _| db.record_postings(&[posting(2, 2, 0, 100)])),
        pair.attempt_to_commit(key, |db, _| db.record_totals(3, &[total(1, "2025-04-09", 1, 0)])),
        pair.attempt_to_commit(key, |db, _| {
            let due = Account::due("E10000016", "bed");
            db.record_accounts(4, &[(AccountId(4), &due)])
        }),
        // Sealed under another number is not sealed.
        pair.attempt_to_commit(key, |db, seq| {
            db.record_postings(&[posting(9, 2, 0, 100)])?;
            db.record_run(&run(2, seq))
        }),
    ];
    assert_eq!(by_the_commit, [true; 4]);
}

fn a_fact_without_its_commit_is_refused(pair: &Pair) {
    let key = if pair.guarded.is_postgres() { "foreign key" } else { "FOREIGN KEY" };
    let unknown = Seq(1_000);
    let setting = || Scope::Setting("SC012345".to_owned());
    pair.attempt(key, |db, _| db.record_children(unknown, &[child(1)]));
    pair.attempt(key, |db, _| db.record_episodes(&[crate::facts::episode(1, unknown, 1)]));
    pair.attempt(key, |db, _| db.record_notices(unknown, &[crate::facts::notice(1, 1)]));
    pair.attempt(key, |db, _| db.record_import(&crate::facts::import(unknown), &mut std::iter::empty()));
    pair.attempt(key, |db, _| {
        let columns = "source_table, file, line, field, code, held, sentence";
        sql(
            db,
            format!(
                "INSERT INTO care_quarantine (seq, item, {columns}) SELECT 1000, 1, {columns} FROM care_quarantine"
            ),
        )
    });
    pair.attempt(key, |db, _| db.record_policy(&policy("tariff", unknown, "")));
    pair.attempt(key, |db, _| db.record_price(&agreement(unknown, setting()), ""));
    pair.attempt(key, |db, _| db.record_run(&run(2, unknown)));
}

fn a_price_is_not_negative(pair: &Pair) {
    let constraint = if pair.guarded.is_postgres() { "check constraint" } else { "CHECK constraint" };
    let below = Pence::new(-1);
    let price = |seq| agreement(seq, Scope::Setting("SC012345".to_owned()));
    pair.attempt(constraint, |db, seq| db.record_price(&Agreement { care: below, ..price(seq) }, ""));
    pair.attempt(constraint, |db, seq| db.record_price(&Agreement { ret: below, ..price(seq) }, ""));
}
