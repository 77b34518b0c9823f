//! Closing a half-year of a country with the store: 84,000 placements, fifteen months of asking and answering behind
//! them, return settled by pool. Both wings: coverage, pools and shares in one commit, the settlement in the other.
//!
//! `make bench`; `CAREBANK_BENCH_PLACEMENTS` makes it smaller. The measured close is a process of its own; wall, CPU and
//! peak memory are those of that process.

mod country;

use std::process::{Command, ExitCode};
use std::time::Instant;

use app::kernel::{Masked, Night, council};
use app::{HalfYear, InitOptions, Problem};
use store::{Db, EpisodeVersion, Stamp, VoiceFactRow, Wing};

use country::{database, notice, office, setting, settle, target};

const FIRST: &str = "2024-10-01";
const THROUGH: &str = "2026-03-31";
const CLOSED: &str = "2025-H1";
const WAYS: u64 = 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let done = match arguments.iter().position(|argument| argument == "one-close") {
        Some(at) => one_close(&arguments[at + 1]),
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

fn night(text: &str) -> Night {
    Night::parse_iso(text).expect("the bench gives a date")
}

/// One close in this process.
fn one_close(place: &str) -> Result<(), Problem> {
    let half_year = HalfYear::parse(CLOSED).expect("a half-year");
    let office = office(place);
    let began = Instant::now();
    if !office.voice_close(half_year, &|_| ())? {
        return Err(Problem::asked("bench.closed", "the half-year was closed before"));
    }
    let care = began.elapsed();
    let report = office.pay_settle(None, &|_| ())?;
    let whole = began.elapsed();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let tick = |at: usize| fields.get(at).and_then(|field| field.parse::<i64>().ok()).unwrap_or(0);
    println!(
        "  close {CLOSED}  {:>8.2?} wall, of it {:.2?} the care wing's  {} ms CPU  {} KiB peak  {} payees, {} paid, {} back",
        whole,
        care,
        (tick(11) + tick(12)) * 10,
        peak.unwrap_or("0").trim(),
        report.payees,
        report.paid_pence,
        report.to_fund_pence
    );
    Ok(())
}

fn bench() -> Result<(), Problem> {
    let placements = setting("CAREBANK_BENCH_PLACEMENTS", 84_000) as u64;
    println!("a half-year closed over {placements} placements; aim on SQLite: 2 s");
    let temporary = tempfile::tempdir().map_err(|error| Problem::asked("bench.folder", error.to_string()))?;
    engine("SQLite", &temporary.path().join("store").display().to_string(), placements)?;
    match std::env::var("CAREBANK_TEST_POSTGRES") {
        Ok(url) => engine("PostgreSQL", &database(&url, "carebank_bench_settle")?, placements)?,
        Err(_) => println!("SKIPPED: PostgreSQL is not here"),
    }
    Ok(())
}

fn engine(name: &str, place: &str, placements: u64) -> Result<(), Problem> {
    let first = night(FIRST);
    let office = office(place);
    office.init(&InitOptions {
        scheme_start: first,
        reference_key: Some("bench".to_owned()),
        ..InitOptions::default()
    })?;
    office.voice_key(Some("bench"))?;
    settle(place, placements, first)?;
    let facts = said(place, placements, first)?;
    office.pay_run(night(THROUGH), &|_| ())?;
    office.pay_settle(None, &|_| ())?;
    println!("{name}: {facts} facts of what was asked and said");
    let exe = std::env::current_exe().expect("this program has a path");
    let output = Command::new(exe).args(["one-close", place]).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    print!("{}", String::from_utf8_lossy(&output.stdout));
    Ok(())
}

/// An episode for each placement, as the care wing has it, and fifteen months of asking and answering.
fn said(place: &str, placements: u64, first: Night) -> Result<usize, Problem> {
    let mut db = Db::open(&target(place), Wing::Care)?;
    let stamp = Stamp { at: "2026-05-01T00:00:00.000000Z", actor: "bench", key: None, command: "voice", content: "" };
    let code = |text| app::Code::parse(text).expect("a code");
    let today = councils_of_today();
    let mut count = 0;
    db.commit(&stamp, |db, seq| {
        let mut item = 0;
        for page in (0..placements).collect::<Vec<u64>>().chunks(5_000) {
            let (mut facts, mut episodes) = (Vec::new(), Vec::new());
            for &number in page {
                let at = notice(number, today[(number % today.len() as u64) as usize], first);
                let start = at.nights[0].start();
                let mut told = |on: Night, kind: &str, body: &str| {
                    let (child, placement) = (at.child, at.placement);
                    let (kind, body) = (kind.to_owned(), body.to_owned());
                    facts.push(VoiceFactRow { seq, item, child, placement, on, kind, body, words: None });
                    item += 1;
                };
                let mut due = start.plus(14).max(first.plus((number % 150) as i32));
                for nth in 0..3 {
                    told(due.plus(-8), "asked", "{\"words\":false,\"providers_device\":false}");
                    answers((number + nth * 7) % WAYS, due, &mut told);
                    due = due.plus(150);
                }
                episodes.push(EpisodeVersion {
                    episode: app::kernel::EpisodeId::from_hash(
                        number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes(),
                    ),
                    seq,
                    child: at.child,
                    year: 2026,
                    decom: start,
                    dec: None,
                    rne: code("S"),
                    ls: code("C2"),
                    cin: Some(code("N1")),
                    place: at.kind,
                    provider: Some(code("PR4")),
                    rec: None,
                    reason: None,
                    home_post: Masked::new("ME1 1AA"),
                    pl_post: Masked::new("ME2 2AA"),
                    urn: at.setting.clone(),
                    withdrawn: false,
                });
            }
            count += facts.len();
            db.record_voice_facts(&facts)?;
            db.record_episodes(&episodes)?;
        }
        Ok::<_, Problem>(Some(()))
    })?;
    Ok(count)
}

/// Of twenty children two are silent, two say no and have a review, one discloses; the others want to stay.
fn answers(way: u64, due: Night, told: &mut dyn FnMut(Night, &str, &str)) {
    let answer = |signal: &str| {
        format!(
            "{{\"signal\":\"{signal}\",\"mode\":\"self-given\",\"marks\":[{{\"marks\":[5,4,4,null,3,5]}}],\"protocol\":\"1\",\
             \"words\":false,\"providers_device\":false,\"received\":29000000}}"
        )
    };
    match way {
        0 | 1 => {}
        2 | 3 => {
            told(due, "answered", &answer("not_affirmed"));
            told(due.plus(20), "review", "{\"words\":false,\"providers_device\":false,\"outcome\":\"changes\"}");
            told(due.plus(30), "answered", &answer("affirmed"));
        }
        4 => told(due, "answered", &answer("safety")),
        5..=8 => told(due, "answered", &answer("mixed")),
        _ => told(due.plus(-2), "answered", &answer("affirmed")),
    }
}

fn councils_of_today() -> Vec<app::kernel::CouncilCode> {
    let today = app::kernel::councils().iter().filter(|council| council.until.is_none());
    today.map(|one| council(one.code).code).collect()
}
