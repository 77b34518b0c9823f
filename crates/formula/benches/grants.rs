//! What the engine costs, on the shipped facts and formula: one year's split, ten thousand draws, Sobol indices of the
//! twelve uncertain things. `make bench`, or `cargo bench -p formula`. With the argument `peer` only what
//! `scripts/bench-formula-peer` reads: microseconds of the expression, then each council's need.

#![allow(clippy::float_arithmetic, reason = "times are shown in milliseconds; no money is worked out here")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use formula::facts::Facts;
use formula::{Limits, Model, Splitter, Table, Terms, award, indices, intervals, shipped, threads};
use kernel::Night;
use money::Pence;

const TOTAL: i64 = 1_250_000_000_000;
const DRAWS: u32 = 10_000;
const ROWS: u64 = 1_024;

/// The shortest of several: the rest is other people's work on the machine.
fn shortest<T>(times: usize, mut work: impl FnMut() -> T) -> Duration {
    (0..times)
        .map(|_| {
            let began = Instant::now();
            std::hint::black_box(work());
            began.elapsed()
        })
        .min()
        .unwrap_or_default()
}

/// User and system time of this process so far, in hundredths of a second, as Linux counts them.
fn cpu() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    [11, 12].iter().filter_map(|at| fields.get(*at)?.parse::<u64>().ok()).sum()
}

fn with_cpu<T>(what: &str, aim: Duration, work: impl FnMut() -> T) {
    let before = cpu();
    let took = shortest(1, work);
    told(what, took, aim);
    println!("{:<58} {:>10} ms of CPU", "", (cpu() - before) * 10);
}

fn told(what: &str, took: Duration, aim: Duration) {
    let met = if took <= aim { "met" } else { "NOT MET" };
    println!("{what:<58} {:>10.3} ms   aim {:>7.1} ms   {met}", took.as_secs_f64() * 1e3, aim.as_secs_f64() * 1e3);
}

fn main() -> ExitCode {
    match bench() {
        Ok(()) => ExitCode::SUCCESS,
        Err(refused) => {
            eprintln!("{refused}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> Result<(), formula::Refused> {
    let formula = shipped::formula("children-act")?;
    let parameters = shipped::parameters()?;
    let table = Table::of(&Facts::shipped());
    let known = Night::try_new(2026, 3, 31).expect("a date");
    let terms = Terms { first: 2026, totals: vec![Pence::new(TOTAL)], base: 2023, known, previous: None };
    let award = award(&formula, &parameters, &table, &terms)?;
    let year = &award.years[0];
    let program = &year.program;
    let mut registers = program.load(&table)?;
    let need = program.register(&formula.need);
    let expression = shortest(2_000, || program.run(&mut registers));
    if std::env::args().any(|argument| argument == "peer") {
        println!("{}", expression.as_nanos());
        for (place, value) in table.places().iter().zip(registers.column(need)) {
            println!("{},{value}", place.code);
        }
        return Ok(());
    }
    let mut splitter = Splitter::default();
    let one_year = shortest(2_000, || {
        program.run(&mut registers).and_then(|()| {
            let cost = formula.area_cost.as_ref().map(|step| registers.column(program.register(step)));
            splitter.split(registers.column(need), cost, Pence::new(TOTAL), &Limits::default())
        })
    });
    println!("{} councils, {} threads", table.places().len(), threads());
    told("the expression alone, without trace", expression, Duration::from_micros(200));
    told("one year: expression, area cost, split to the penny", one_year, Duration::from_micros(200));
    let whole = shortest(200, || formula::award(&formula, &parameters, &table, &terms));
    told("the same compiled afresh, with every line kept", whole, Duration::from_millis(5));
    let model = Model::new(&formula, &parameters, &table, year, &terms, None)?;
    with_cpu(&format!("{DRAWS} draws, each split again"), Duration::from_secs(2), || {
        intervals(&model, 1, DRAWS, threads())
    });
    let (things, splits) = (model.uncertain.len(), ROWS * (model.uncertain.len() as u64 + 2));
    with_cpu(&format!("Sobol indices of {things} inputs ({splits} splits)"), Duration::from_secs(10), || {
        indices(&model, 1, ROWS, threads())
    });
    Ok(())
}
