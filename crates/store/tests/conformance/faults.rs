//! What can go wrong with a store: each fault has its code and a sentence that says how to mend it, and none panics.

use std::path::Path;
use std::time::{Duration, Instant};

use ::postgres::{Client, NoTls};
use kernel::{Masked, Seq};
use store::{Db, Fault, Guards, SCHEMA_VERSION, StoredChild, Target, Wing};

use crate::facts::{child, fill};
use crate::place::{Place, admin, record, try_record, url_of};

const WINGS: [Wing; 3] = [Wing::Care, Wing::Bank, Wing::Whole];

/// The fault has this code, and its sentence has these words.
fn is(fault: &Fault, code: &str, words: &str) {
    assert_eq!(fault.code(), code, "{fault}");
    assert!(fault.to_string().contains(words), "{fault}");
}

fn opened(target: &Target, code: &str, words: &str) {
    for wing in WINGS {
        is(&Db::open(target, wing).err().unwrap(), code, words);
    }
}

fn folder_of(place: &Place) -> &Path {
    match &place.target {
        Target::Folder(folder) => folder,
        Target::Database(_) => panic!("not a folder"),
    }
}

macro_rules! on_each_store {
    ($($check:ident($guards:expr)),+ $(,)?) => {
        mod sqlite {
            use super::{Guards, Place};
            $(#[test] fn $check() { super::$check(&Place::sqlite($guards)); })+
        }
        mod postgres {
            use super::{Guards, Place};
            $(#[test] fn $check() { if let Some(place) = Place::postgres($guards) { super::$check(&place); } })+
        }
    };
}

on_each_store!(
    a_store_is_made_once(Guards::On),
    a_newer_store_is_not_touched(Guards::Off),
    a_store_of_no_version_is_not_touched(Guards::Off),
    the_second_writer_waits_and_then_says_so(Guards::On),
    the_second_writer_goes_on_when_the_first_has_finished(Guards::On),
);

fn a_store_is_made_once(place: &Place) {
    // Nothing was committed yet: whoever made it was cut short, and may be finished.
    Db::init(&place.target).unwrap();
    fill(place);
    let before = place.dump();
    is(&Db::init(&place.target).unwrap_err(), "store.exists", "use it as it is, or choose another place");
    assert_eq!(place.dump(), before);
}

fn a_newer_store_is_not_touched(place: &Place) {
    let newer = format!("UPDATE meta SET value = '{}' WHERE name = 'schema'", SCHEMA_VERSION + 1);
    place.whole().exec(newer.leak(), &[]).unwrap();
    let said =
        format!("schema version {}, this carebank knows up to {SCHEMA_VERSION}; use a newer", SCHEMA_VERSION + 1);
    opened(&place.target, "store.newer", &said);
    is(&Db::init(&place.target).unwrap_err(), "store.newer", "use a newer carebank");
}

fn a_store_of_no_version_is_not_touched(place: &Place) {
    place.whole().exec("DELETE FROM meta", &[]).unwrap();
    opened(&place.target, "store.newer", "use a newer carebank");
}

fn the_second_writer_waits_and_then_says_so(place: &Place) {
    let (mut first, mut second) = (place.care(), place.bank());
    let held = record(&mut first, |db, seq| {
        db.record_children(seq, &[child(1)])?;
        let began = Instant::now();
        let busy = try_record(&mut second, |_, _| Ok(())).unwrap_err();
        is(&busy, "store.busy", "wait until it has finished and try again");
        let waited = began.elapsed();
        assert!(Duration::from_secs(4) < waited && waited < Duration::from_secs(30), "waited {waited:?}");
        // Reading goes on.
        assert_eq!(second.latest_tx()?, None);
        Ok(())
    });
    assert_eq!((held, record(&mut second, |_, _| Ok(()))), (Seq(1), Seq(2)));
}

fn the_second_writer_goes_on_when_the_first_has_finished(place: &Place) {
    let (begun, wait) = std::sync::mpsc::channel();
    std::thread::scope(|threads| {
        threads.spawn(move || {
            record(&mut place.care(), |db, seq| {
                begun.send(()).unwrap();
                std::thread::sleep(Duration::from_millis(300));
                db.record_children(seq, &[child(1)])
            })
        });
        wait.recv().unwrap();
        assert_eq!(record(&mut place.bank(), |_, _| Ok(())), Seq(2));
    });
    assert_eq!(place.care().children(None, Seq(1)).unwrap(), [child(1)]);
}

#[test]
fn no_store_in_the_folder() {
    let place = Place::empty_folder();
    opened(&place.target, "store.missing", "make one with `carebank init`");
    assert!(!folder_of(&place).exists(), "looking for a store makes no folder");
    std::fs::create_dir(folder_of(&place)).unwrap();
    opened(&place.target, "store.missing", "make one with `carebank init`");
    assert_eq!(std::fs::read_dir(folder_of(&place)).unwrap().count(), 0, "nor a file");
}

#[test]
fn no_store_in_the_database() {
    let Some(place) = Place::empty_database() else { return };
    opened(&place.target, "store.missing", "make one with `carebank init`");
    Db::init(&place.target).unwrap();
    record(&mut place.care(), |_, _| Ok(()));
    is(&Db::init(&place.target).unwrap_err(), "store.exists", "use it as it is, or choose another place");
}

/// Killed at any moment, `init` leaves a draft under another name, or all of the store.
#[test]
fn what_a_killed_init_left_is_no_obstacle() {
    let place = Place::empty_folder();
    std::fs::create_dir(folder_of(&place)).unwrap();
    for leftover in
        ["carebank.sqlite.new", "carebank.sqlite.new-wal", "carebank.sqlite.new-shm", "carebank.sqlite.new-journal"]
    {
        std::fs::write(folder_of(&place).join(leftover), "half a page").unwrap();
    }
    opened(&place.target, "store.missing", "make one with `carebank init`");
    Db::init(&place.target).unwrap();
    fill(&place);
    assert_eq!(place.whole().physical_check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_file_that_is_no_database() {
    let place = Place::empty_folder();
    std::fs::create_dir(folder_of(&place)).unwrap();
    let file = folder_of(&place).join("carebank.sqlite");
    for content in ["", "Dear colleague,\n", &"not a database ".repeat(1_000)] {
        std::fs::write(&file, content).unwrap();
        opened(&place.target, "store.damaged", "restore a backup");
        is(&Db::init(&place.target).unwrap_err(), "store.damaged", "restore a backup");
        // An empty file is given a first page by asking for its journal; no other is written to.
        assert!(content.is_empty() || std::fs::read_to_string(&file).unwrap() == content);
    }
}

#[test]
fn a_database_of_another_program() {
    let place = Place::empty_folder();
    std::fs::create_dir(folder_of(&place)).unwrap();
    let other = rusqlite::Connection::open(folder_of(&place).join("carebank.sqlite")).unwrap();
    other.execute_batch("CREATE TABLE notes (body TEXT)").unwrap();
    opened(&place.target, "store.damaged", "not a Care Bank store");
    is(&Db::init(&place.target).unwrap_err(), "store.damaged", "not a Care Bank store");
}

#[test]
fn a_postgres_database_of_another_program() {
    let Some(place) = Place::empty_database() else { return };
    let Target::Database(url) = &place.target else { panic!("not a database") };
    Client::connect(url, NoTls).unwrap().batch_execute("CREATE TABLE meta (id INTEGER)").unwrap();
    for wing in WINGS {
        let fault = Db::open(&place.target, wing).err().unwrap();
        assert!(matches!(fault.code(), "store.damaged" | "store.refused"), "{fault}");
    }
    is(&Db::init(&place.target).unwrap_err(), "store.damaged", "not a Care Bank store");
}

#[test]
fn a_file_where_the_folder_should_be() {
    let place = Place::empty_folder();
    std::fs::write(folder_of(&place), "a file").unwrap();
    is(&Db::init(&place.target).unwrap_err(), "store.read-only", "check who owns the folder");
    opened(&place.target, "store.missing", "make one with `carebank init`");
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_only_be_read() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    let place = Place::sqlite(Guards::On);
    fill(&place);
    let folder = folder_of(&place);
    let allow = |file: u32, directory: u32| {
        set_permissions(folder.join("carebank.sqlite"), Permissions::from_mode(file)).unwrap();
        set_permissions(folder, Permissions::from_mode(directory)).unwrap();
    };
    allow(0o444, 0o555);
    let binding = std::fs::write(folder.join("probe"), "").is_err();
    if binding {
        let inside = Target::Folder(folder.join("another"));
        is(&Db::init(&inside).unwrap_err(), "store.read-only", "check who owns the folder and whether it is read-only");
        opened(&place.target, "store.read-only", "check who owns the folder and whether it is read-only");
    } else {
        println!("SKIPPED: permissions of folders do not bind this user");
    }
    allow(0o644, 0o755);
    assert_eq!(place.whole().latest_tx().unwrap().unwrap().seq, Seq(3));
}

#[test]
fn a_full_disk_leaves_nothing_half_done() {
    let place = Place::sqlite(Guards::On);
    let mut db = place.whole();
    record(&mut db, |db, seq| db.record_children(seq, &[child(0)]));
    let before = place.dump();
    // SQLite's own measure of room, in pages, stands in for the disk's.
    db.each("PRAGMA max_page_count = 60", &[], |_| Ok(())).unwrap();
    let many: Vec<StoredChild> =
        (1..400).map(|number| StoredChild { local_id: Masked::new("x".repeat(2_000)), ..child(number) }).collect();
    let full = try_record(&mut db, |db, seq| db.record_children(seq, &many)).unwrap_err();
    is(&full, "store.full", "make room and run the same command again, nothing was half-done");
    assert_eq!(place.dump(), before);
    db.each("PRAGMA max_page_count = 4294967294", &[], |_| Ok(())).unwrap();
    assert_eq!(record(&mut db, |db, seq| db.record_children(seq, &many)), Seq(2));
}

#[test]
fn a_url_that_nobody_answers() {
    // Port 1 is nobody's.
    let target = Target::Database("postgres://officer:secret@127.0.0.1:1/bank".to_owned());
    opened(&target, "store.unreachable", "the database cannot be reached");
    is(&Db::init(&target).unwrap_err(), "store.unreachable", "the database cannot be reached");
    assert!(!target.shown().contains("secret"));
    assert!(!Db::open(&target, Wing::Bank).err().unwrap().to_string().contains("secret"));
}

#[test]
fn a_url_that_is_none() {
    for url in ["carebank", "http://127.0.0.1/bank", "postgres://127.0.0.1:many/bank", ""] {
        let target = Target::Database(url.to_owned());
        let fault = Db::open(&target, Wing::Bank).err().unwrap();
        is(&fault, "store.unreachable", "the database cannot be reached");
    }
}

#[test]
fn a_database_that_does_not_exist() {
    let Some(_place) = Place::empty_database() else { return };
    let target = Target::Database(url_of("carebank_test_nothing"));
    opened(&target, "store.unreachable", "database \"carebank_test_nothing\" does not exist");
    is(&Db::init(&target).unwrap_err(), "store.unreachable", "does not exist");
}

/// The server ends the connection in the middle of a commit.
#[test]
fn a_connection_that_is_lost() {
    let Some(place) = Place::postgres(Guards::On) else { return };
    let mut db = place.care();
    record(&mut db, |db, seq| db.record_children(seq, &[child(1)]));
    let lost = try_record(&mut db, |db, seq| {
        db.record_children(seq, &[child(2)])?;
        let backend = db.row("SELECT CAST(pg_backend_pid() AS BIGINT)", &[], |row| row.int(0))?.unwrap() as i32;
        assert!(admin().query_one("SELECT pg_terminate_backend($1, 5000)", &[&backend]).unwrap().get::<_, bool>(0));
        db.record_children(seq, &[child(3)])
    });
    is(&lost.unwrap_err(), "store.unreachable", "the database cannot be reached");
    is(&db.latest_tx().unwrap_err(), "store.unreachable", "the database cannot be reached");
    let mut again = place.care();
    assert_eq!(again.children(None, Seq::NOW).unwrap(), [child(1)]);
    assert_eq!(record(&mut again, |_, _| Ok(())), Seq(2));
}

/// A row that is refused early in a long bulk write is refused with the same code as in a short one.
#[test]
fn a_row_refused_in_a_long_bulk_write() {
    let Some(place) = Place::postgres(Guards::On) else { return };
    for number in [2, 50_000] {
        let mut many: Vec<StoredChild> = (1..=number).map(child).collect();
        many[0] = child(2);
        let refused = try_record(&mut place.care(), |db, seq| db.record_children(seq, &many)).unwrap_err();
        is(&refused, "store.refused", "the database refused a record");
    }
}
