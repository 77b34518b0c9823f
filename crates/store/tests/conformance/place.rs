//! Fresh stores on either engine, gone when the test ends, and what a scenario tells of them.

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use ::postgres::{Client, NoTls};
use kernel::Seq;
use store::{Db, Fault, Guards, Stamp, TABLES, Target, Wing};

/// A store of its own for one scenario.
pub struct Place {
    pub target: Target,
    /// Dropped last: the folder goes with it.
    _folder: Option<tempfile::TempDir>,
    database: Option<String>,
}

impl Place {
    pub fn sqlite(guards: Guards) -> Place {
        let place = Place::empty_folder();
        Db::init_with(&place.target, guards).unwrap();
        place
    }

    /// A folder in which nothing is yet.
    pub fn empty_folder() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::Folder(folder.path().join("store"));
        Place { target, _folder: Some(folder), database: None }
    }

    /// `None`, and the line that the tally counts, where there is no PostgreSQL.
    pub fn postgres(guards: Guards) -> Option<Place> {
        let place = Place::empty_database()?;
        Db::init_with(&place.target, guards).unwrap();
        Some(place)
    }

    /// A database in which nothing is yet.
    pub fn empty_database() -> Option<Place> {
        if !has_postgres() {
            println!("SKIPPED: no PostgreSQL: CAREBANK_TEST_POSTGRES is not set, see scripts/with-postgres");
            return None;
        }
        let name = borrow_database();
        Some(Place { target: Target::Database(url_of(&name)), _folder: None, database: Some(name) })
    }

    pub fn is_postgres(&self) -> bool {
        self.database.is_some()
    }

    pub fn care(&self) -> Db {
        Db::open(&self.target, Wing::Care).unwrap()
    }

    pub fn bank(&self) -> Db {
        Db::open(&self.target, Wing::Bank).unwrap()
    }

    pub fn whole(&self) -> Db {
        Db::open(&self.target, Wing::Whole).unwrap()
    }

    /// Every line of the canonical dump.
    pub fn dump(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.whole()
            .snapshot(|db| {
                TABLES.iter().try_for_each(|table| {
                    db.dump(table, &mut |line| {
                        lines.push(line.to_owned());
                        Ok(())
                    })
                })
            })
            .unwrap_or_else(|fault: Fault| panic!("{fault}"));
        lines
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(name) = &self.database {
            FREE.lock().unwrap_or_else(PoisonError::into_inner).push(name.clone());
        }
    }
}

/// What a scenario was answered, in order: the same bytes on every engine.
#[derive(Default)]
pub struct Told(String);

impl Told {
    pub fn tell(&mut self, what: &str, answer: &dyn Debug) {
        writeln!(self.0, "{what}: {answer:?}").unwrap();
    }
}

type Scenario = fn(&Place, &mut Told);

fn told_on(place: &Place, scenario: Scenario) -> Vec<String> {
    let mut told = Told::default();
    scenario(place, &mut told);
    told.0.lines().map(str::to_owned).chain(place.dump()).collect()
}

pub fn on_sqlite(scenario: Scenario) {
    told_on(&Place::sqlite(Guards::On), scenario);
}

pub fn on_both(scenario: Scenario) {
    let Some(place) = Place::postgres(Guards::On) else { return };
    let postgres = told_on(&place, scenario);
    let sqlite = told_on(&Place::sqlite(Guards::On), scenario);
    for (line, (postgres, sqlite)) in postgres.iter().zip(&sqlite).enumerate() {
        assert_eq!(postgres, sqlite, "PostgreSQL (left) and SQLite (right) differ in line {}", line + 1);
    }
    assert_eq!(postgres.len(), sqlite.len(), "one engine told more than the other");
}

/// Commits `work` at a fixed moment, and gives its number.
pub fn record(db: &mut Db, work: impl FnOnce(&mut Db, Seq) -> Result<(), Fault>) -> Seq {
    try_record(db, work).unwrap()
}

pub fn try_record(db: &mut Db, work: impl FnOnce(&mut Db, Seq) -> Result<(), Fault>) -> Result<Seq, Fault> {
    let stamp = Stamp { at: "2025-06-02T09:00:00.000000Z", actor: "test", key: None, command: "test", content: "" };
    let committed = db.commit(&stamp, |db, seq| work(db, seq).map(Some))?;
    Ok(committed.unwrap().0)
}

/// Databases that no test is using. To empty one takes a quarter of the time that it takes to make one; they go with
/// the throwaway cluster.
static FREE: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn borrow_database() -> String {
    let free = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    match free {
        Some(name) => {
            let mut client = Client::connect(&url_of(&name), NoTls).unwrap();
            client.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").unwrap();
            name
        }
        None => fresh_database(),
    }
}

fn fresh_database() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("carebank_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    admin().batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    name
}

/// The first store of a cluster makes the roles of the wings, which belong to all its databases: the server refuses
/// two who do so at one moment. So one test does it before any other.
fn has_postgres() -> bool {
    static READY: OnceLock<bool> = OnceLock::new();
    *READY.get_or_init(|| {
        let there = maintenance().is_some();
        if there {
            let name = fresh_database();
            Db::init(&Target::Database(url_of(&name))).unwrap();
            FREE.lock().unwrap_or_else(PoisonError::into_inner).push(name);
        }
        there
    })
}

fn maintenance() -> Option<String> {
    std::env::var("CAREBANK_TEST_POSTGRES").ok()
}

pub fn admin() -> Client {
    Client::connect(&maintenance().unwrap(), NoTls).unwrap()
}

/// The URL of another database of the same cluster.
pub fn url_of(database: &str) -> String {
    let url = maintenance().unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    format!("{server}/{database}")
}
