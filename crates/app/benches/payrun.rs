//! The weekly run of a country: 84,000 placements on a ledger that holds 78 weeks, on each engine, beside the same rows
//! written into the same schema without guards.
//!
//! `make bench`; `CAREBANK_BENCH_PLACEMENTS` and `CAREBANK_BENCH_WEEKS` make it
//! smaller, `CAREBANK_BENCH_KEEP` keeps the stores in a folder. Each measured run is a process
//! of its own, so that its memory is its own. Wall, CPU (user and system, of this process: PostgreSQL's own is not in
//! it) and peak memory are those of that process.

mod country;

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use app::kernel::{Night, PlacementId};
use app::{InitOptions, Problem};
use ledger::Posting;
use store::{Db, Guards, Stamp, Total, Wing};

use country::{database, office, setting, settle, target};

const FIRST: &str = "2024-10-06";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let done = match arguments.iter().position(|argument| argument == "one-run") {
        Some(at) => one_run(&arguments[at + 1], &arguments[at + 2]),
        None => bench(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// One run in this process: prints wall microseconds, CPU ticks, peak KiB and postings.
fn one_run(place: &str, through: &str) -> Result<(), Problem> {
    let through = Night::parse_iso(through).expect("the bench gives a date");
    let began = Instant::now();
    let outcome = office(place).pay_run(through, &|_| ())?;
    let wall = began.elapsed();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let tick = |at: usize| fields.get(at).and_then(|field| field.parse::<i64>().ok()).unwrap_or(0);
    println!("{} {} {} {}", wall.as_micros(), tick(11) + tick(12), peak.unwrap_or("0").trim(), outcome.postings);
    Ok(())
}

struct Measured {
    wall: Duration,
    cpu: f64,
    peak_mb: i64,
    postings: i64,
}

/// Hundredths of a second, as Linux counts them in /proc.
const TICKS_A_SECOND: f64 = 100.0;

fn measured(place: &str, through: Night) -> Measured {
    let exe = std::env::current_exe().expect("this program has a path");
    let output = Command::new(exe).args(["one-run", place, &through.iso()]).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers: Vec<i64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    #[allow(clippy::float_arithmetic)]
    let cpu = numbers[1] as f64 / TICKS_A_SECOND;
    Measured { wall: Duration::from_micros(numbers[0] as u64), cpu, peak_mb: numbers[2] / 1024, postings: numbers[3] }
}

fn bench() -> Result<(), Problem> {
    let placements = setting("CAREBANK_BENCH_PLACEMENTS", 84_000) as u64;
    let weeks = setting("CAREBANK_BENCH_WEEKS", 78) as i32;
    println!("weekly run of {placements} placements on a ledger that holds {weeks} weeks");
    println!("aims on SQLite: run ≤ 3 s and ≤ 300 MB, ≤ 2.5 × the rows without guards; unchanged re-run ≤ 0.2 s");
    println!();
    let temporary = tempfile::tempdir().map_err(|error| Problem::asked("bench.folder", error.to_string()))?;
    let folder = std::env::var("CAREBANK_BENCH_KEEP").map_or_else(|_| temporary.path().to_owned(), Into::into);
    let guarded = folder.join("guarded").display().to_string();
    let bare = folder.join("bare").display().to_string();
    engine("SQLite", &guarded, &bare, placements, weeks)?;
    match std::env::var("CAREBANK_TEST_POSTGRES") {
        Ok(url) => {
            let guarded = database(&url, "carebank_bench_guarded")?;
            let bare = database(&url, "carebank_bench_bare")?;
            engine("PostgreSQL", &guarded, &bare, placements, weeks)?;
        }
        Err(_) => println!("SKIPPED: PostgreSQL is not here"),
    }
    Ok(())
}

fn engine(name: &str, guarded: &str, bare: &str, placements: u64, weeks: i32) -> Result<(), Problem> {
    let first = Night::parse_iso(FIRST).expect("a date");
    let began = Instant::now();
    office(guarded).init(&InitOptions {
        scheme_start: first,
        reference_key: Some("bench".to_owned()),
        ..InitOptions::default()
    })?;
    settle(guarded, placements, first)?;
    for week in 1..=weeks {
        office(guarded).pay_run(first.plus(7 * week - 1), &|_| ())?;
    }
    println!("{name}: {weeks} weekly runs took {:.0?}", began.elapsed());
    let through = first.plus(7 * (weeks + 1) - 1);
    let run = measured(guarded, through);
    let again = measured(guarded, through);
    let raw = without_guards(guarded, bare)?;
    #[allow(clippy::float_arithmetic)]
    let ratio = run.wall.as_secs_f64() / raw.as_secs_f64();
    println!(
        "  run           {:>8.2?} wall {:>6.2} s CPU {:>5} MB peak {:>8} postings",
        run.wall, run.cpu, run.peak_mb, run.postings
    );
    println!(
        "  unchanged     {:>8.2?} wall {:>6.2} s CPU {:>5} MB peak {:>8} postings",
        again.wall, again.cpu, again.peak_mb, again.postings
    );
    println!("  rows alone    {raw:>8.2?} wall, the same rows without guards: ratio {ratio:.2}");
    println!();
    Ok(())
}

/// Writes the rows of the last run into the same schema without guards, on top of all rows before, and gives how long
/// the last run's rows took with their commit.
fn without_guards(guarded: &str, bare: &str) -> Result<Duration, Problem> {
    Db::init_with(&target(bare), Guards::Off)?;
    let mut from = Db::open(&target(guarded), Wing::Whole)?;
    let mut to = Db::open(&target(bare), Wing::Whole)?;
    let runs = from.runs(app::Seq::NOW)?;
    let stamp = Stamp { at: "2026-06-01T00:00:00.000000Z", actor: "bench", key: None, command: "raw", content: "" };
    let mut took = Duration::ZERO;
    let mut standings: Vec<(PlacementId, ledger::Standing)> = Vec::new();
    for run in &runs {
        let mut postings: Vec<Posting> = Vec::new();
        from.postings_of_run(run.run, &mut |posting| {
            postings.push(posting);
            Ok(())
        })?;
        let totals: Vec<Total> = from.totals_of_run(run.run)?;
        if standings.is_empty() {
            standings = from
                .standings(0, i64::MAX)?
                .into_iter()
                .filter_map(|(placement, standing)| Some((PlacementId::from_stored(placement)?, standing)))
                .collect();
        }
        let began = Instant::now();
        to.commit(&stamp, |db, _| {
            for page in postings.chunks(5_000) {
                db.record_postings(page)?;
            }
            db.record_totals(run.run, &totals)?;
            if run.run == 1 || run.run == runs.len() as i64 {
                for page in standings.chunks(2_500) {
                    db.keep_standings(page)?;
                }
            }
            db.record_run(run)?;
            Ok::<_, Problem>(Some(()))
        })?;
        took = began.elapsed();
    }
    Ok(took)
}
