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

/// Any other authority of the two years: inputs at random, with as many decimals as were published, against the same
/// product in whole numbers that nothing rounds before the last step.
mod any_authority {
    use super::*;
    use proptest::prelude::*;

    /// Basic amount, top-ups for deprivation and ethnicity (four decimals), scaling factor (fourteen), as the annotated
    /// reports of the two years print them.
    const YEARS: [(i16, [i128; 3], i128); 2] = [
        (2008, [150_005, 556_444, 162_289], 100_000_053_890_665),
        (2010, [161_181, 599_073, 174_672], 99_999_835_235_125),
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn comes_out_to_the_last_decimal(
            which in 0..2_usize, people in 0..400_000_i128, shares in (0..=10_000_i128, 0..=10_000_i128), cost in 9_000..=13_000_i128,
        ) {
            let (year, [basic, deprived, ethnic], scaling) = YEARS[which];
            // Eight decimals, then four of area cost and fourteen of scaling: twenty-six, and ten more of the division.
            let amount = basic * 10_000 + deprived * shares.0 + ethnic * shares.1;
            let product = people * amount * cost * scaling;
            let unit = 10_i128.pow(26 + 10 - 14);
            let published = (product + unit / 2) / unit;
            let four = |number: i128| format!("{}.{:04}", number / 10_000, number % 10_000);
            let case = Golden {
                authority: "any".to_owned(),
                formula: "youth-community".to_owned(),
                year,
                published: Decimal::ZERO,
                places: 14,
                source: String::new(),
                url: String::new(),
                facts: format!(
                    "council,youth_population,youth_deprivation,youth_ethnicity,area_cost\nR1,{people},{},{},{}\n",
                    four(shares.0), four(shares.1), four(cost)
                ),
            };
            let (shown, _) = worked_out(&case, parameters());
            prop_assert_eq!(shown, format!("0.{published:014}"));
        }
    }

    fn parameters() -> &'static Parameters {
        static READ: std::sync::LazyLock<Parameters> = std::sync::LazyLock::new(|| shipped::parameters().unwrap());
        &READ
    }
}
