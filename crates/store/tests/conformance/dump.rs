//! The canonical dump: the same bytes on both engines, and nothing lost in it. That it is equal after every other
//! scenario too is checked where scenarios are run.

use std::collections::BTreeSet;

use kernel::Masked;
use ledger::Account;
use store::{Fault, Stamp, StoredChild, TABLES};

use crate::facts::{GREATEST, ODD, agreement, bare_episode, child, fill, policy, posting, quarantine, run, total};
use crate::place::{Place, Told, record};

on_each_engine!(
    every_table_is_dumped_but_the_secret,
    odd_text_is_dumped_and_told_apart,
    rows_are_in_order_of_their_keys,
);

fn every_table_is_dumped_but_the_secret(place: &Place, told: &mut Told) {
    fill(place);
    let columns = if place.is_postgres() {
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'
         ORDER BY table_name COLLATE \"C\", ordinal_position"
    } else {
        "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' ORDER BY m.name, c.cid"
    };
    let there = place.whole().rows(columns, &[], |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).unwrap();
    let dumped: BTreeSet<(String, String)> = TABLES
        .iter()
        .flat_map(|(table, columns, _)| columns.split(", ").map(|column| ((*table).to_owned(), column.to_owned())))
        .collect();
    let missing: Vec<_> = there.iter().filter(|column| !dumped.contains(column)).collect();
    let secret = |column: &str| ("care_secret".to_owned(), column.to_owned());
    assert_eq!(missing, [&secret("name"), &secret("value")]);
    assert_eq!(there.len(), dumped.len() + missing.len());
    let lines = place.dump();
    for (table, columns, _) in TABLES {
        let prefix = format!("{table}\t");
        let rows: Vec<&String> = lines.iter().filter(|line| line.starts_with(&prefix)).collect();
        assert!(!rows.is_empty(), "{table} has no row");
        let fields = 1 + columns.split(", ").count();
        assert!(rows.iter().all(|row| row.split('\t').count() == fields), "a row of {table} has other columns");
    }
    told.tell("columns", &there);
}

/// Each odd text goes through a prepared statement and through the bulk path, and no two of them, nor nothing at
/// all, are dumped alike.
fn odd_text_is_dumped_and_told_apart(place: &Place, told: &mut Told) {
    let (mut care, mut bank) = (place.care(), place.bank());
    for (nth, text) in (0i64..).zip(ODD) {
        let stamp =
            Stamp { at: "2025-06-02T09:00:00.000000Z", actor: text, key: Some(text), command: text, content: text };
        care.commit(&stamp, |db, seq| {
            db.record_children(seq, &[StoredChild { local_id: Masked::new(*text), ..child(nth) }])?;
            db.record_episodes(&[store::EpisodeVersion {
                home_post: Masked::new(*text),
                pl_post: Masked::new(*text),
                urn: Some((*text).to_owned()),
                ..bare_episode(nth, seq, nth)
            }])?;
            db.record_import(
                &store::ImportRow { digest: (*text).to_owned(), ..crate::facts::import(seq) },
                &mut std::iter::once(quarantine(text, nth)),
            )?;
            Ok::<_, Fault>(Some(()))
        })
        .unwrap();
    }
    let none = Stamp { at: "", actor: "", key: None, command: "", content: "" };
    care.commit(&none, |db, seq| {
        db.record_children(seq, &[child(GREATEST)])?;
        db.record_episodes(&[bare_episode(GREATEST, seq, GREATEST)])?;
        Ok::<_, Fault>(Some(()))
    })
    .unwrap();
    for (number, text) in (1i64..).zip(ODD.iter().take(15)) {
        record(&mut bank, |db, seq| {
            db.record_policy(&policy(text, seq, text))?;
            db.record_price(&agreement(seq, funding::Scope::Setting((*text).to_owned())), text)?;
            db.record_accounts(number, &[(ledger::AccountId(number), &Account::care(text))])?;
            db.record_run(&store::Run { report: (*text).to_owned(), ..run(number, seq) })
        });
    }
    let lines = place.dump();
    for (table, column) in [("tx", 4), ("tx", 5), ("care_child", 4), ("care_episode", 14), ("care_episode", 16)] {
        let fields: Vec<&str> = lines
            .iter()
            .filter(|line| line.starts_with(&format!("{table}\t")))
            .map(|line| line.split('\t').nth(column).unwrap())
            .collect();
        let texts: BTreeSet<&str> = fields.iter().copied().collect();
        assert!(texts.len() >= ODD.len(), "two odd texts of {table} are dumped alike: {fields:?}");
    }
    let keys: Vec<&str> =
        lines.iter().filter(|line| line.starts_with("tx\t")).map(|line| line.split('\t').nth(4).unwrap()).collect();
    assert_eq!(keys.iter().filter(|key| key.is_empty()).count(), 1, "the empty key is dumped as nothing");
    assert_eq!(keys.iter().filter(|key| **key == "\\\\N").count(), 1, "the text of two signs is no NULL");
    assert!(keys.iter().filter(|key| **key == "\\N").count() >= 1, "no key is dumped as NULL");
    told.tell("lines", &lines.len());
}

fn rows_are_in_order_of_their_keys(place: &Place, told: &mut Told) {
    let numbers = [GREATEST, 9, 10, 1, 100, 2];
    let mut care = place.care();
    record(&mut care, |db, seq| db.record_children(seq, &numbers.map(child)));
    let mut bank = place.bank();
    record(&mut bank, |db, seq| {
        for name in ["b", "B", "a", "é", "", "Z", "aa", "-"] {
            db.record_policy(&policy(name, seq, ""))?;
        }
        db.record_accounts(1, &crate::facts::numbered(&crate::facts::accounts()))?;
        db.record_postings(&numbers.map(|number| posting(1, number, 0, 1)))?;
        db.record_totals(1, &[total(1, "2025-10-01", 1, 0), total(1, "2025-09-30", i64::MAX, i64::MIN)])?;
        db.record_run(&run(1, seq))
    });
    let lines = place.dump();
    let firsts = |table: &str, column: usize| -> Vec<String> {
        let of_table = lines.iter().filter(|line| line.starts_with(&format!("{table}\t")));
        of_table.map(|line| line.split('\t').nth(column).unwrap().to_owned()).collect()
    };
    let in_order = ["1", "2", "9", "10", "100", "1152921504606846975"];
    assert_eq!(firsts("care_child", 1), in_order, "numbers are in order as numbers");
    assert_eq!(firsts("bank_posting", 2), in_order);
    assert_eq!(firsts("bank_policy", 1), ["", "-", "B", "Z", "a", "aa", "b", "é"], "texts are in order of their bytes");
    assert_eq!(firsts("bank_total", 4), ["9223372036854775807", "1"]);
    assert_eq!(firsts("bank_total", 5), ["-9223372036854775808", "0"]);
    told.tell("lines", &lines.len());
}
