//! Published calculations of single authorities, to every published decimal. Each is a file of `golden/`: the formula is
//! data, the authority is its inputs.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use formula::{Decimal, Parameters, Program, Table, Years, shipped, trace};
use kernel::Night;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    authority: String,
    formula: String,
    year: i16,
    published: Decimal,
    places: u32,
    source: String,
    url: String,
    facts: String,
}

fn golden() -> Vec<(String, Golden)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    files.iter().map(|path| (path.display().to_string(), read(path))).collect()
}

fn worked_out(case: &Golden, parameters: &Parameters) -> (String, Decimal) {
    let formula = shipped::formula(&case.formula).unwrap();
    let table = Table::alone("facts", case.facts.trim_start()).unwrap();
    let first = Night::try_new(case.year, 4, 1).unwrap();
    let years = Years { year: case.year, base: case.year };
    let program = Program::compile(&formula, parameters, &table, years, first, first).unwrap();
    assert_eq!(program.faults, Vec::<String>::new());
    let registers = program.evaluate(&table).unwrap();
    let steps = trace(&formula, &program, &registers, &table, 0);
    let need = steps.iter().find(|step| step.id == formula.need).unwrap();
    (need.shown.clone(), need.value)
}

#[test]
fn published_calculations_come_out_to_the_last_decimal() {
    let parameters = shipped::parameters().unwrap();
    let cases = golden();
    assert!(cases.len() >= 3);
    for (file, case) in cases {
        let (shown, _) = worked_out(&case, &parameters);
        assert_eq!(
            shown,
            case.published.fixed(case.places),
            "{file}: {} ({}, {})",
            case.authority,
            case.source,
            case.url
        );
    }
}

/// The test can fail: one figure of the last place in one input is seen.
#[test]
fn a_changed_input_no_longer_comes_out() {
    let parameters = shipped::parameters().unwrap();
    for (file, mut case) in golden() {
        let head = case.facts.trim().lines().next().unwrap().to_owned();
        let fields: Vec<String> = case.facts.trim().lines().nth(1).unwrap().split(',').map(str::to_owned).collect();
        let people: i64 = fields[1].parse().unwrap();
        case.facts = format!("{head}\n{},{},{}", fields[0], people + 1, fields[2..].join(","));
        assert_ne!(worked_out(&case, &parameters).0, case.published.fixed(case.places), "{file}");
    }
}
