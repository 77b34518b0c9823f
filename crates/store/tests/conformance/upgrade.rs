//! A store that an older version released is brought up to date: nothing in it changes, and it then has what a new store
//! has.

use ::postgres::{Client, NoTls};
use kernel::Seq;
use store::{Db, Guards, SCHEMA_VERSION, TABLES, Target};

use crate::facts::child;
use crate::place::{Place, record};

/// The schemas as they were released: version, SQLite, PostgreSQL.
const RELEASED: [(i64, &str, &str); 3] = [
    (1, include_str!("../released/1.sqlite.sql"), include_str!("../released/1.postgres.sql")),
    (2, include_str!("../released/2.sqlite.sql"), include_str!("../released/2.postgres.sql")),
    (3, include_str!("../released/3.sqlite.sql"), include_str!("../released/3.postgres.sql")),
];

/// What any version could hold: a commit and a child.
const ROWS: &str = "
INSERT INTO tx VALUES (1, '2025-06-02T09:00:00.000000Z', 'test', NULL, 'init', '');
INSERT INTO tx VALUES (2, '2025-06-02T10:00:00.000000Z', 'test', 'once', 'import', 'x');
INSERT INTO care_child VALUES (7, 2, 'E10000016', '100007', 16000, 'F', 'WBRI', 0, 2026);
";

/// A store of a released version with something in it.
fn released(sqlite: &str, postgres: &str, place: &Place) {
    match &place.target {
        Target::Folder(folder) => {
            std::fs::create_dir_all(folder).unwrap();
            let file = rusqlite::Connection::open(folder.join("carebank.sqlite")).unwrap();
            file.execute_batch(sqlite).unwrap();
            file.execute_batch(ROWS).unwrap();
        }
        Target::Database(url) => {
            let mut client = Client::connect(url, NoTls).unwrap();
            client.batch_execute(postgres).unwrap();
            client.batch_execute(ROWS).unwrap();
        }
    }
}

/// Tables, columns, keys, triggers and rights, as the engine itself describes them, in an order of its own.
fn shape(place: &Place) -> Vec<String> {
    let mut shape: Vec<String> = match &place.target {
        Target::Folder(folder) => {
            let file = rusqlite::Connection::open(folder.join("carebank.sqlite")).unwrap();
            let mut all = file
                .prepare("SELECT type || ' ' || name || ' ' || sql FROM sqlite_master WHERE sql IS NOT NULL")
                .unwrap();
            all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        }
        Target::Database(url) => {
            let mut client = Client::connect(url, NoTls).unwrap();
            let said = "
                SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable
                    FROM information_schema.columns WHERE table_schema = 'public'
                UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
                    WHERE connamespace = 'public'::regnamespace
                UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
                UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
                UNION ALL SELECT grantee || ' ' || table_name || ' ' || privilege_type
                    FROM information_schema.role_table_grants WHERE table_schema = 'public'";
            client.query(said, &[]).unwrap().iter().map(|row| row.get(0)).collect()
        }
    };
    shape.sort();
    shape
}

/// The rows of the tables that the store had before, but for what `meta` says of versions.
fn rows(place: &Place, of: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut db = place.whole();
    for table in TABLES.iter().filter(|table| table.0 != "meta" && of.contains(&format!("CREATE TABLE {} (", table.0)))
    {
        db.dump(table, &mut |line| {
            lines.push(line.to_owned());
            Ok(())
        })
        .unwrap();
    }
    lines
}

fn upgrades(place: impl Fn() -> Place, fresh: &Place) {
    for (version, sqlite, postgres) in RELEASED {
        let place = &place();
        released(sqlite, postgres, place);
        let refused = Db::open(&place.target, store::Wing::Bank).err().unwrap();
        assert_eq!(refused.code(), "store.older");
        assert!(refused.to_string().contains("carebank upgrade"), "{refused}");

        assert_eq!(Db::upgrade(&place.target).unwrap(), (version, SCHEMA_VERSION));
        assert_eq!(shape(place), shape(fresh));
        let kept = rows(place, sqlite);
        assert_eq!(kept.len(), 3, "{kept:?}");
        assert!(kept[2].starts_with("care_child\t7\t2\tE10000016\t100007\t16000"), "{kept:?}");

        // It goes on, with its guards.
        assert_eq!(record(&mut place.care(), |db, seq| db.record_children(seq, &[child(8)])), Seq(3));
        let changed = place.whole().exec("UPDATE care_child SET sex = 'M'", &[]).unwrap_err();
        assert!(changed.to_string().contains("append-only"), "{changed}");
        // Again is nothing.
        assert_eq!(Db::upgrade(&place.target).unwrap(), (SCHEMA_VERSION, SCHEMA_VERSION));
    }
}

#[test]
fn every_released_version_is_brought_up_to_date_on_sqlite() {
    upgrades(Place::empty_folder, &Place::sqlite(Guards::On));
}

#[test]
fn every_released_version_is_brought_up_to_date_on_postgres() {
    let Some(fresh) = Place::postgres(Guards::On) else { return };
    upgrades(|| Place::empty_database().unwrap(), &fresh);
}
