//! The fence between the wings: law 1 (no price in the care wing) and law 10 (no child's story in the Bank).

use std::collections::BTreeSet;

use store::{Db, Fault, Guards, TABLES, Wing};

use crate::facts::{child, fill, first_run, notice, numbered, policy};
use crate::place::{Place, record, try_record};

/// Every way to touch a table, with whether it writes.
fn ways(table: &str, columns: &str) -> Vec<(String, bool)> {
    let first = columns.split(", ").next().unwrap();
    let nulls: Vec<&str> = columns.split(", ").map(|_| "NULL").collect();
    let nulls = nulls.join(", ");
    vec![
        (format!("SELECT {first} FROM {table}"), false),
        (format!("SELECT COUNT(*) FROM {table}"), false),
        (format!("SELECT t.seq FROM tx t WHERE EXISTS (SELECT 1 FROM {table})"), false),
        (format!("SELECT t.seq FROM tx t LEFT JOIN {table} x ON true"), false),
        (format!("WITH x AS (SELECT * FROM {table}) SELECT t.seq FROM tx t, x"), false),
        (format!("INSERT INTO {table} ({columns}) VALUES ({nulls})"), true),
        (format!("UPDATE {table} SET {first} = {first}"), true),
        (format!("DELETE FROM {table}"), true),
        (format!("DROP TABLE {table}"), true),
        (format!("ALTER TABLE {table} RENAME TO bank_taken"), true),
        (format!("ALTER TABLE {table} ADD COLUMN extra INTEGER"), true),
        (format!("CREATE TRIGGER spy AFTER INSERT ON {table} BEGIN SELECT 1; END"), true),
    ]
}

/// The code of the fault, if there was one. Rolled back whatever came of it.
fn touch(db: &mut Db, sql: String) -> Option<&'static str> {
    let stamp = store::Stamp { at: "", actor: "", key: None, command: "", content: "" };
    let reads = sql.starts_with("SELECT") || sql.starts_with("WITH");
    let sql: &'static str = sql.leak();
    let touched = db.commit(&stamp, |db, _| match reads {
        true => db.each(sql, &[], |_| Ok(())).map(|()| None::<()>),
        false => db.exec(sql, &[]).map(|_| None),
    });
    touched.err().map(|fault: Fault| fault.code())
}

fn tables() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLES.iter().map(|&(table, columns, _)| (table, columns)).chain([("care_secret", "name, value")])
}

/// A trigger is spelled otherwise in PostgreSQL, where only a table's owner may touch it anyhow.
fn spoken_here(place: &Place, sql: &str) -> bool {
    !(place.is_postgres() && sql.contains("TRIGGER"))
}

fn nothing_of(place: &Place, wing: Wing, prefix: &str, only_writes: bool) {
    fill(place);
    let before = place.dump();
    let mut db = Db::open(&place.target, wing).unwrap();
    let mut tried = BTreeSet::new();
    for (table, columns) in tables().filter(|(table, _)| table.starts_with(prefix)) {
        for (sql, writes) in ways(table, columns) {
            if (writes || !only_writes) && spoken_here(place, &sql) {
                assert_eq!(touch(&mut db, sql.clone()), Some("store.refused"), "{wing:?}: {sql}");
                tried.insert(table);
            }
        }
    }
    assert!(!tried.is_empty());
    assert_eq!(place.dump(), before);
}

fn care_touches_nothing_of_the_bank(place: &Place) {
    nothing_of(place, Wing::Care, "bank_", false);
    // The bulk paths, too.
    let accounts = crate::facts::accounts();
    let bulk = try_record(&mut place.care(), |db, _| db.record_accounts(2, &numbered(&accounts))).unwrap_err();
    assert_eq!(bulk.code(), "store.refused", "{bulk}");
    let replacing = [(crate::facts::placement(1), crate::facts::standing(1, 1))];
    let replace = try_record(&mut place.care(), |db, _| db.keep_standings(&replacing)).unwrap_err();
    assert_eq!(replace.code(), "store.refused", "{replace}");
}

fn the_bank_touches_nothing_of_care(place: &Place) {
    nothing_of(place, Wing::Bank, "care_", false);
    let bulk = try_record(&mut place.bank(), |db, seq| db.record_children(seq, &[child(9)])).unwrap_err();
    assert_eq!(bulk.code(), "store.refused");
    assert_eq!(place.bank().reference_key().unwrap_err().code(), "store.refused");
}

fn the_bank_reads_at_the_door_and_writes_nothing_there(place: &Place) {
    nothing_of(place, Wing::Bank, "door_", true);
    let mut bank = place.bank();
    assert_eq!(bank.notice(crate::facts::placement(1), kernel::Seq::NOW).unwrap(), Some(notice(1, 1)));
    for (sql, writes) in ways("door_notice", "placement").into_iter().filter(|(_, writes)| !writes) {
        assert_eq!((touch(&mut bank, sql.clone()), writes), (None, false), "{sql}");
    }
    let bulk = try_record(&mut bank, |db, seq| db.record_notices(seq, &[notice(9, 9)])).unwrap_err();
    assert_eq!(bulk.code(), "store.refused");
}

fn the_bank_reads_the_register_and_writes_nothing_there(place: &Place) {
    nothing_of(place, Wing::Bank, "register_", true);
    let mut bank = place.bank();
    assert_eq!(bank.settings(kernel::Seq::NOW).unwrap().len(), 1);
    assert_eq!(bank.statements(kernel::Seq::NOW).unwrap().len(), 1);
    for (table, columns) in tables().filter(|(table, _)| table.starts_with("register_")) {
        for (sql, _) in ways(table, columns).into_iter().filter(|(_, writes)| !writes) {
            assert_eq!(touch(&mut bank, sql.clone()), None, "{sql}");
        }
    }
    let bulk = try_record(&mut bank, crate::register::fill).unwrap_err();
    assert_eq!(bulk.code(), "store.refused");
}

/// So that the refusals above are refusals of the fence: the same attempts by the wing whose tables they are.
fn each_wing_has_its_own(place: &Place) {
    let (mut care, mut bank) = (place.care(), place.bank());
    record(&mut care, |db, seq| {
        db.record_reference_key("key")?;
        db.record_children(seq, &[child(1)])?;
        db.record_notices(seq, &[notice(1, 1)])
    });
    record(&mut bank, |db, seq| db.record_policy(&policy("tariff", seq, "")));
    first_run(&mut bank);
    record(&mut bank, |db, _| db.keep_standings(&[(crate::facts::placement(1), crate::facts::standing(1, 1))]));
    for (table, columns) in tables() {
        let wings: &[Wing] = match table.split('_').next() {
            Some("care") => &[Wing::Care],
            Some("bank") => &[Wing::Bank],
            _ => &[Wing::Care, Wing::Bank],
        };
        for &wing in wings {
            let mut db = Db::open(&place.target, wing).unwrap();
            for (sql, _) in ways(table, columns).into_iter().filter(|(_, writes)| !writes) {
                assert_eq!(touch(&mut db, sql.clone()), None, "{wing:?}: {sql}");
            }
        }
    }
}

/// Neither wing changes what the house stands on.
fn no_wing_changes_the_schema(place: &Place) {
    fill(place);
    let before = place.dump();
    for wing in [Wing::Care, Wing::Bank] {
        let mut db = Db::open(&place.target, wing).unwrap();
        for (table, columns) in tables() {
            for (sql, _) in ways(table, columns) {
                let changes = ["DROP", "ALTER", "CREATE"].iter().any(|word| sql.starts_with(word));
                if changes && spoken_here(place, &sql) {
                    assert_eq!(touch(&mut db, sql.clone()), Some("store.refused"), "{wing:?}: {sql}");
                }
            }
        }
        for sql in
            ["CREATE TABLE more (a INTEGER)", "CREATE VIEW more AS SELECT 1", "INSERT INTO meta VALUES ('a', 'b')"]
        {
            assert_eq!(touch(&mut db, sql.to_owned()), Some("store.refused"), "{wing:?}: {sql}");
        }
        if !place.is_postgres() {
            for sql in
                ["ATTACH DATABASE ':memory:' AS other", "PRAGMA foreign_keys = OFF", "PRAGMA writable_schema = ON"]
            {
                let refused = db.exec(sql, &[]).err().map(|fault| fault.code());
                assert_eq!(refused, Some("store.refused"), "{wing:?}: {sql}");
            }
        }
    }
    assert_eq!(place.dump(), before);
}

macro_rules! on_each_store {
    ($($check:ident),+ $(,)?) => {
        mod sqlite {
            use super::{Guards, Place};
            $(#[test] fn $check() { super::$check(&Place::sqlite(Guards::On)); })+
        }
        mod postgres {
            use super::{Guards, Place};
            $(#[test] fn $check() { if let Some(place) = Place::postgres(Guards::On) { super::$check(&place); } })+
        }
    };
}

on_each_store!(
    care_touches_nothing_of_the_bank,
    the_bank_touches_nothing_of_care,
    the_bank_reads_at_the_door_and_writes_nothing_there,
    the_bank_reads_the_register_and_writes_nothing_there,
    each_wing_has_its_own,
    no_wing_changes_the_schema,
);
