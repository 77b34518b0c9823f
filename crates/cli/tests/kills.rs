//! A killed command costs nothing: whenever it is killed, the store is as it was before or as it is after, and running
//! the command again brings it to where it would have been.
//!
//! The delays are drawn from a seeded generator, so a failure can be tried again, though where in the work a delay
//! ends depends on the machine. SIGKILL shows that a crash of the program costs nothing; what a loss of power costs
//! depends on what the engine is told to synchronise, and the store's own tests hold it to that.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use app::ReturnYear;
use postgres::{Client, NoTls};
use simulation::{GeneratedReturn, Plan, with_late_correction};

const CHILDREN: u32 = 1_500;
const SEED: u64 = 903;
/// Of the store that is killed while it is made.
const INITS: usize = 20;

/// How many times more kills are wanted: `make kills` asks for ten.
fn times() -> usize {
    std::env::var("CAREBANK_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// A store on either engine, for as long as the test lasts.
struct Store {
    arguments: [String; 2],
    database: Option<String>,
}

impl Store {
    fn folder(folder: &Path) -> Store {
        Store { arguments: ["--data".to_owned(), folder.display().to_string()], database: None }
    }

    fn database(maintenance: &str) -> Store {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("carebank_kills_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut client = Client::connect(maintenance, NoTls).unwrap();
        client.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let (server, _) = maintenance.rsplit_once('/').unwrap();
        Store { arguments: ["--database".to_owned(), format!("{server}/{name}")], database: Some(name) }
    }

    fn command(&self, arguments: &[String]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carebank"));
        command.args(&self.arguments).args(["--actor", "test"]).args(arguments);
        command.env_remove("CAREBANK_DATABASE").env_remove("CAREBANK_REFERENCE_KEY").stdin(Stdio::null());
        command
    }

    fn try_run(&self, arguments: &[String]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// To the end, which must be a good one. Gives what it printed.
    fn run(&self, arguments: &[String]) -> String {
        let output = self.try_run(arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {}: {complaint}", output.status);
        String::from_utf8(output.stdout).unwrap()
    }

    fn digest(&self) -> String {
        self.run(&words("dump --digest"))
    }

    /// Starts a command and kills it after a while. Whether it was still running.
    fn kill(&self, arguments: &[String], delay: Duration) -> bool {
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(delay);
        child.kill().unwrap();
        // Killed, it has no exit code.
        child.wait().unwrap().code().is_none()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Some((name, maintenance)) = self.database.as_ref().zip(maintenance()) {
            let dropped = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let _ = Client::connect(&maintenance, NoTls).and_then(|mut client| client.batch_execute(&dropped));
        }
    }
}

fn maintenance() -> Option<String> {
    std::env::var("CAREBANK_TEST_POSTGRES").ok()
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

/// SplitMix64.
struct Chance(u64);

impl Chance {
    /// A delay of up to six fifths of a duration.
    fn delay(&mut self, of: Duration) -> Duration {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let thousandths = (z ^ (z >> 31)) % 1_201;
        of * thousandths as u32 / 1_000
    }
}

fn init() -> Vec<String> {
    words("--clock 2025-04-01T09:00 init --scheme-start 2025-04-01 --reference-key test")
}

/// A command, and how often it is killed.
struct Step {
    arguments: Vec<String>,
    kills: usize,
}

/// Half a year of one council: its return, two prices, runs, a corrected return, a price agreed late.
fn steps(folder: &Path) -> Vec<Step> {
    let plan = Plan { seed: SEED, children: CHILDREN, year: ReturnYear::try_new(2026).unwrap() };
    let (first, corrected, _) = with_late_correction(&plan);
    let homes = homes(&first);
    let import = |name: &str, made: &GeneratedReturn| {
        let folder = folder.join(name);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("header.csv"), &made.header).unwrap();
        std::fs::write(folder.join("episodes.csv"), &made.episodes).unwrap();
        std::fs::write(folder.join("uasc.csv"), &made.uasc).unwrap();
        let mut arguments = words("import ssda903 --authority E10000016 --year 2026");
        arguments.push(folder.display().to_string());
        arguments
    };
    let price = |home: &str| words(&format!("price agree urn/{home} --care 4100.00 --return 900.00 --from 2025-04-01"));
    let at = |clock: &str, arguments: Vec<String>, kills| {
        let mut dated = words(&format!("--clock {clock}"));
        dated.extend(arguments);
        Step { arguments: dated, kills }
    };
    vec![
        at("2025-04-02T09:00", import("first", &first), 5),
        at("2025-04-03T09:00", price(&homes[0]), 0),
        at("2025-05-02T09:00", words("pay run --through 2025-04-30"), 4),
        at("2025-05-12T09:00", import("corrected", &corrected), 4),
        at("2025-06-02T09:00", words("pay run --through 2025-05-31"), 4),
        at("2025-06-03T09:00", price(&homes[1]), 0),
        at("2025-07-02T09:00", words("pay run --through 2025-06-30"), 3),
    ]
}

/// The Ofsted numbers of the return's children's homes, in order of appearance.
fn homes(made: &GeneratedReturn) -> Vec<String> {
    let rows = made.episodes.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>());
    rows.filter(|row| row[5] == "K2" && !row[12].is_empty()).map(|row| row[12].to_owned()).collect()
}

/// What each step takes and leaves where nothing is killed.
fn undisturbed(store: &Store, steps: &[Step]) -> Vec<(Duration, String)> {
    store.run(&init());
    let each = |step: &Step| {
        let began = Instant::now();
        store.run(&step.arguments);
        (began.elapsed(), store.digest())
    };
    steps.iter().map(each).collect()
}

fn kills_cost_nothing(fresh: &dyn Fn(&str) -> Store, returns: &Path, seed: u64) {
    let steps = steps(returns);
    let expected = undisturbed(&fresh("undisturbed"), &steps);
    let killed = fresh("killed");
    killed.run(&init());
    let mut chance = Chance(seed);
    let (mut kills, mut running, mut unfinished) = (0, 0, 0);
    let mut before = killed.digest();
    for (step, (duration, after)) in steps.iter().zip(&expected) {
        let mut done = false;
        // The short ones first: once a step is committed there is nothing left of it to interrupt.
        let mut delays: Vec<Duration> = (0..step.kills * times()).map(|_| chance.delay(*duration)).collect();
        delays.sort();
        for delay in delays {
            running += usize::from(killed.kill(&step.arguments, delay));
            let left = killed.digest();
            let what = || format!("{:?} killed after {delay:?} of {duration:?}", step.arguments);
            assert!(left == before || left == *after, "{}: neither as before nor as after", what());
            assert!(!done || left == *after, "{}: undone", what());
            done = left == *after;
            kills += 1;
            unfinished += usize::from(!done);
        }
        killed.run(&step.arguments);
        assert_eq!(killed.digest(), *after, "{:?} run again after kills", step.arguments);
        before.clone_from(after);
    }
    assert!(killed.run(&words("verify")).contains("Sound."));
    println!("{kills} kills: {running} while running, {unfinished} before the commit");
    assert_eq!(kills, 20 * times());
    assert!(unfinished >= 5, "too few kills came before a commit to show anything: {unfinished} of {kills}");
}

#[test]
fn kills_cost_nothing_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    kills_cost_nothing(&|name| Store::folder(&folder.path().join(name)), folder.path(), 1);
}

/// The server may go on for a moment with what a killed command asked for. The next command waits for it.
#[test]
fn kills_cost_nothing_on_postgres() {
    let Some(maintenance) = maintenance() else {
        println!("SKIPPED: no PostgreSQL: CAREBANK_TEST_POSTGRES is not set, see scripts/with-postgres");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    kills_cost_nothing(&|_| Store::database(&maintenance), folder.path(), 2);
}

/// Killed while it makes a store, `init` is run again: it makes one, or says that there is one, and it is whole.
#[test]
fn a_killed_init_leaves_no_half_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = |name: &str| -> (PathBuf, Store) {
        let place = folder.path().join(name);
        (place.clone(), Store::folder(&place))
    };
    let (_, undisturbed) = store("undisturbed");
    let began = Instant::now();
    undisturbed.run(&init());
    let duration = began.elapsed();
    let expected = undisturbed.digest();
    let mut chance = Chance(3);
    let (mut made, mut there) = (0, 0);
    for number in 0..INITS {
        let (place, killed) = store(&format!("killed {number}"));
        let delay = chance.delay(duration);
        killed.kill(&init(), delay);
        let again = killed.try_run(&[vec!["--json".to_owned()], init()].concat());
        let said = String::from_utf8_lossy(&again.stdout);
        match again.status.code() {
            Some(0) => made += 1,
            Some(5) if said.contains("\"store.exists\"") => there += 1,
            _ => panic!("init after a kill at {delay:?} of {duration:?}: {said}"),
        }
        assert_eq!(killed.digest(), expected, "killed after {delay:?} of {duration:?}");
        assert!(killed.run(&words("verify")).contains("Sound."));
        let files = std::fs::read_dir(&place).unwrap().map(|file| file.unwrap().file_name());
        assert_eq!(files.collect::<Vec<_>>(), ["carebank.sqlite"], "a draft was left behind");
    }
    println!("{INITS} kills: {made} stores made again, {there} there already");
}
