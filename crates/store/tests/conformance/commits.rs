//! Numbers, moments and keys of commits; snapshots beside them.

use kernel::Seq;
use ledger::AccountId;
use store::{Db, Fault, Stamp, TxRow};

use crate::facts::{child, first_run, policy, posting};
use crate::place::{Place, Told, record, try_record};

on_each_engine!(
    numbers_have_no_gaps,
    the_moment_never_goes_back,
    what_was_known_at_a_moment_is_the_last_commit_by_then,
    a_key_is_used_once,
    a_reader_sees_one_state_beside_a_writer,
    what_a_commit_says_is_true,
);

fn stamp(at: &'static str) -> Stamp<'static> {
    Stamp { at, actor: "officer", key: None, command: "note", content: "c" }
}

fn commit(db: &mut Db, stamp: &Stamp<'_>) -> Result<Seq, Fault> {
    Ok(db.commit(stamp, |_, _| Ok::<_, Fault>(Some(())))?.unwrap().0)
}

/// Whatever ends a commit early, its number is given to the next one and nothing of it stays.
fn numbers_have_no_gaps(place: &Place, told: &mut Told) {
    let mut db = place.whole();
    assert_eq!(db.latest_tx().unwrap(), None);
    first_run(&mut db);

    let mut given = Seq(0);
    let nothing = db.commit(&stamp("2025-06-02T09:00:00.000000Z"), |db, seq| {
        given = seq;
        db.record_children(seq, &[child(1)])?;
        Ok::<Option<()>, Fault>(None)
    });
    assert_eq!((nothing.unwrap(), given), (None, Seq(2)));

    let gave_up = try_record(&mut db, |db, seq| {
        assert_eq!(seq, Seq(2));
        db.record_children(seq, &[child(1)])?;
        Err(Fault::Full)
    });
    assert_eq!(gave_up.unwrap_err().code(), "store.full");

    let refused = try_record(&mut db, |db, seq| db.record_children(seq, &[child(1), child(1)]));
    assert_eq!(refused.unwrap_err().code(), "store.refused");

    // Refused by the commit itself: a posting whose run is never sealed.
    let unsealed = try_record(&mut db, |db, _| db.record_postings(&[posting(2, 1, 0, 100)]));
    assert_eq!(unsealed.unwrap_err().code(), "store.refused");

    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut db = place.whole();
        try_record(&mut db, |db, seq| {
            db.record_children(seq, &[child(1)])?;
            std::panic::resume_unwind(Box::new("a use case that panics"))
        })
    }));
    assert!(unwound.is_err());

    assert_eq!(record(&mut db, |db, seq| db.record_children(seq, &[child(2)])), Seq(2));
    assert_eq!(db.children(None, Seq::NOW).unwrap(), [child(2)]);
    let numbers: Vec<i64> = db.rows("SELECT seq FROM tx ORDER BY seq", &[], |row| row.int(0)).unwrap();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(db.accounts_opened().unwrap().last(), Some(&(AccountId(3), 1)));
    told.tell("numbers", &numbers);
}

fn the_moment_never_goes_back(place: &Place, told: &mut Told) {
    const LATE: &str = "2025-06-02T09:00:00.000001Z";
    let mut db = place.bank();
    let given = [LATE, "2025-06-02T09:00:00.000000Z", "1999-12-31T23:59:59.999999Z", "2025-06-02T09:00:00.000002Z"];
    let kept: Vec<String> = given
        .map(|at| {
            let seq = commit(&mut db, &stamp(at)).unwrap();
            db.tx(seq).unwrap().unwrap().at
        })
        .into();
    assert_eq!(kept, [LATE, LATE, LATE, given[3]]);
    told.tell("moments", &kept);
}

fn what_was_known_at_a_moment_is_the_last_commit_by_then(place: &Place, told: &mut Told) {
    let mut db = place.care();
    for at in ["2025-06-02T09:00:00.000000Z", "2025-06-02T09:00:00.000000Z", "2025-06-03T09:00:00.000000Z"] {
        commit(&mut db, &stamp(at)).unwrap();
    }
    let known = |db: &mut Db, moment| db.tx_at(moment).unwrap().map(|tx| tx.seq.0);
    assert_eq!(known(&mut db, "2025-06-02T08:59:59.999999Z"), None);
    assert_eq!(known(&mut db, "2025-06-02T09:00:00.000000Z"), Some(2));
    assert_eq!(known(&mut db, "2025-06-03T08:59:59.999999Z"), Some(2));
    assert_eq!(known(&mut db, "2199-01-01T00:00:00.000000Z"), Some(3));
    let second = TxRow {
        seq: Seq(2),
        at: "2025-06-02T09:00:00.000000Z".to_owned(),
        actor: "officer".to_owned(),
        command: "note".to_owned(),
        content: "c".to_owned(),
    };
    assert_eq!(db.tx(Seq(2)).unwrap(), Some(second));
    assert_eq!(db.tx(Seq(4)).unwrap(), None);
    told.tell("latest", &db.latest_tx().unwrap());
}

fn a_key_is_used_once(place: &Place, told: &mut Told) {
    let at = "2025-06-02T09:00:00.000000Z";
    let mut db = place.bank();
    for key in [Some("k"), None, None, Some(""), Some("K"), Some("tab\t\\N")] {
        commit(&mut db, &Stamp { key, ..stamp(at) }).unwrap();
    }
    let found = |db: &mut Db, key| db.tx_by_key(key).unwrap().map(|tx| tx.seq.0);
    let keys = ["k", "", "K", "tab\t\\N", "unused"];
    assert_eq!(keys.map(|key| found(&mut db, key)), [Some(1), Some(4), Some(5), Some(6), None]);

    let again = db.commit(&Stamp { key: Some("k"), ..stamp(at) }, |db, seq| {
        db.record_policy(&policy("tariff", seq, ""))?;
        Ok::<_, Fault>(Some(()))
    });
    assert_eq!(again.unwrap_err().code(), "store.refused");
    assert_eq!(db.policy_files(Seq::NOW).unwrap(), []);
    assert_eq!(commit(&mut db, &stamp(at)).unwrap(), Seq(7));
    told.tell("key", &db.tx_by_key("k").unwrap());
}

fn a_reader_sees_one_state_beside_a_writer(place: &Place, told: &mut Told) {
    let (mut reader, mut writer) = (place.care(), place.care());
    record(&mut writer, |db, seq| db.record_children(seq, &[child(1)]));
    let seen = reader.snapshot(|db| {
        let before = db.children(None, Seq::NOW)?;
        // Neither waits for the other.
        record(&mut writer, |db, seq| db.record_children(seq, &[child(2)]));
        Ok::<_, Fault>((before, db.children(None, Seq::NOW)?, db.latest_tx()?.map(|tx| tx.seq)))
    });
    assert_eq!(seen.unwrap(), (vec![child(1)], vec![child(1)], Some(Seq(1))));
    assert_eq!(reader.children(None, Seq::NOW).unwrap(), [child(1), child(2)]);

    // What is not committed is seen by nobody else.
    let uncommitted = try_record(&mut writer, |db, seq| {
        db.record_children(seq, &[child(3)])?;
        assert_eq!(db.children(None, Seq::NOW)?.len(), 3);
        assert_eq!(reader.children(None, Seq::NOW)?.len(), 2);
        Err(Fault::Full)
    });
    assert_eq!(uncommitted.unwrap_err().code(), "store.full");
    assert_eq!(reader.children(None, Seq::NOW).unwrap().len(), 2);
    told.tell("children", &reader.children(None, Seq::NOW).unwrap().len());
}

/// A use case that passes over a fault: SQLite keeps the rest of the commit, PostgreSQL keeps nothing. Either way what
/// was answered is what happened.
fn what_a_commit_says_is_true(place: &Place, told: &mut Told) {
    let mut db = place.care();
    let answered = try_record(&mut db, |db, seq| {
        db.record_children(seq, &[child(1)])?;
        assert!(db.record_children(seq, &[child(1)]).is_err());
        Ok(())
    });
    let kept = db.children(None, Seq::NOW).unwrap();
    assert_eq!(answered.is_ok(), kept == [child(1)], "answered {answered:?}, kept {kept:?}");
    assert_eq!(answered.is_err(), kept.is_empty());
    assert_eq!(answered.is_err(), place.is_postgres());
    // Bring both to one state: what comes next is as after any other commit.
    if place.is_postgres() {
        record(&mut db, |db, seq| db.record_children(seq, &[child(1)]));
    }
    told.tell("children", &db.children(None, Seq::NOW).unwrap().len());
}
