//! The weekly run of a country: 84,000 placements on a ledger that holds 78 weeks, on each engine, beside the same rows
//! written into the same schema without guards.
//!
//! `make bench`; `CAREBANK_BENCH_PLACEMENTS` and `CAREBANK_BENCH_WEEKS` make it
//! smaller, `CAREBANK_BENCH_KEEP` keeps the stores in a folder. Each measured run is a process
//! of its own, so that its memory is its own. Wall, CPU (user and system, of this process: PostgreSQL's own is not in
//! it) and peak memory are those of that process.

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use app::kernel::{ChildRef, Code, CouncilCode, Night, Nights, PlacementId, council, councils};
use app::{Clock, InitOptions, Moment, Office, Pence, PriceTerms, Problem, Target};
use door::{AGES_THAT_MATTER, Birthday, Payee, PlacementNotice, Sector, StatusSpan};
use ledger::Posting;
use store::{Db, Guards, Stamp, Total, Wing};

const FIRST: &str = "2024-10-06";
const SETTINGS: u64 = 1_000;

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

fn setting(name: &str, default: i64) -> i64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn target(place: &str) -> Target {
    if place.contains("://") { Target::Database(place.to_owned()) } else { Target::Folder(place.into()) }
}

fn office(place: &str) -> Office {
    let mut office = Office::new(target(place), "bench");
    office.clock = Clock::Fixed(Moment::parse("2026-06-01").expect("a moment"));
    office
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

/// An empty database beside the one that the URL names.
fn database(url: &str, name: &str) -> Result<String, Problem> {
    let failed = |error: postgres::Error| Problem::asked("bench.database", error.to_string());
    let mut client = postgres::Client::connect(url, postgres::NoTls).map_err(failed)?;
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).map_err(failed)?;
    client.batch_execute(&format!("CREATE DATABASE {name}")).map_err(failed)?;
    let server = url.rsplit_once('/').map_or(url, |(server, _)| server);
    Ok(format!("{server}/{name}"))
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

/// Puts the notices of a country at the door: agencies and homes with an agreement, councils' own carers on the
/// allowance schedule, and some whose payee is not identified.
fn settle(place: &str, placements: u64, first: Night) -> Result<(), Problem> {
    let office = office(place);
    for number in 0..SETTINGS {
        office.agree_price(&PriceTerms {
            subject: format!("urn/{}", urn(number)),
            kind: None,
            from: first,
            until: None,
            care: Some(Pence::new(70_000 + (number % 97) as i64 * 4_100)),
            ret: Some(Pence::new(9_000 + (number % 31) as i64 * 700)),
            total: None,
            nightly: false,
            notice_nights: 0,
            reason: "bench".to_owned(),
        })?;
    }
    let mut db = Db::open(&target(place), Wing::Care)?;
    let of_today: Vec<CouncilCode> =
        councils().iter().filter(|council| council.until.is_none()).map(|council| council.code).collect();
    let notices: Vec<PlacementNotice> =
        (0..placements).map(|number| notice(number, of_today[(number % 153) as usize], first)).collect();
    let stamp = Stamp { at: "2024-10-01T00:00:00.000000Z", actor: "bench", key: None, command: "bench", content: "" };
    db.commit(&stamp, |db, seq| {
        for page in notices.chunks(5_000) {
            db.record_notices(seq, page)?;
        }
        Ok::<_, Problem>(Some(()))
    })?;
    Ok(())
}

fn urn(number: u64) -> String {
    format!("{}", 1_000_000 + number)
}

fn notice(number: u64, at: CouncilCode, first: Night) -> PlacementNotice {
    let hash = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let code = |text| Code::parse(text).expect("a code");
    let born = first.plus(-(((hash >> 20) % 5_000) as i32) - 500);
    let start = first.plus(-(((hash >> 40) % 700) as i32));
    let through = first.plus(900);
    let nights = Nights::try_new(start, through.next()).expect("nights");
    let (kind, sector, setting, payee) = match number % 20 {
        0..=8 => ("U4", Sector::Own, None, Payee::council(at)),
        9..=12 => ("U6", Sector::Private, Some(urn(hash % 200)), Payee::provider(&urn(hash % 200))),
        13..=17 => ("K2", Sector::Private, Some(urn(hash % SETTINGS)), Payee::provider(&urn(hash % SETTINGS))),
        _ => ("U3", Sector::Voluntary, None, Payee::unidentified(at)),
    };
    PlacementNotice {
        placement: PlacementId::from_hash(hash.to_be_bytes()),
        child: ChildRef::from_hash(hash.rotate_left(17).to_be_bytes()),
        council: at,
        kind: code(kind),
        sector,
        setting,
        payee: Some(payee),
        region: council(at).region,
        region_assumed: true,
        nights: vec![nights],
        known_through: through,
        departed: None,
        absences: Vec::new(),
        absent_from: None,
        statuses: vec![StatusSpan { code: code(if number.is_multiple_of(5) { "V2" } else { "C2" }), nights }],
        birthdays: AGES_THAT_MATTER.iter().map(|&age| Birthday { age, on: born.birthday(i16::from(age)) }).collect(),
    }
}
