//! `carebank grants` through the binary: sums, refusals, golden figures, bundles.

#![allow(clippy::unwrap_used, clippy::float_arithmetic, reason = "helpers of tests; figures of JSON are compared here")]

use std::path::Path;
use std::process::{Command, Output};

fn carebank(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_carebank")).current_dir(folder).args(arguments).output().unwrap()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(output: &Output, exit: i32, words: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(exit), "{error}");
    assert!(error.contains(words), "{error} does not say {words}");
}

/// Pence of a grant, all councils of a year.
fn sum(report: &serde_json::Value, year: usize) -> i64 {
    let councils = report["councils"].as_array().unwrap();
    assert_eq!(councils.len(), 153);
    councils.iter().map(|council| council["years"][year]["grant"].as_i64().unwrap()).sum()
}

#[test]
fn grants_sum_to_the_total_of_each_year_and_are_the_same_bytes_every_time() {
    let here = folder();
    let asked = ["grants", "allocate", "--total", "12.5bn", "--years", "5", "--growth", "0.013", "--json"];
    let (one, two) = (carebank(here.path(), &asked), carebank(here.path(), &asked));
    assert_eq!(one.stdout, two.stdout);
    let report = json(&one);
    for (year, total) in report["totals"].as_array().unwrap().iter().enumerate() {
        assert_eq!(sum(&report, year), total[1].as_i64().unwrap());
    }
    assert_eq!(report["totals"][0][1], 1_250_000_000_000_i64);
    assert_eq!(report["totals"][1][1], 1_266_250_000_000_i64);
    assert!(report["assumptions"].as_array().unwrap().len() >= 6, "every weight is told as an assumption");
}

/// Local Government Finance Report (England) 2008/09, annotated chapter 4, Table 3: Warrington. Any other authority of
/// the year needs its inputs alone.
#[test]
fn a_published_authority_is_explained_from_one_file_to_the_last_decimal() {
    let here = folder();
    let facts = "council,name,youth_population,youth_deprivation,youth_ethnicity,area_cost\nR651,Warrington,17649,0.0398,0.0078,1.008\n";
    std::fs::write(here.path().join("one.csv"), facts).unwrap();
    let asked =
        ["grants", "explain", "Warrington", "--formula", "youth-community", "--year", "2008", "--facts", "one.csv"];
    let page = String::from_utf8(carebank(here.path(), &asked).stdout).unwrap();
    assert!(page.contains("Relative needs formula of the element = 0.00003085129178"), "{page}");
    assert!(page.contains("= 15.0005 + 55.6444 × 0.0398 + 16.2289 × 0.0078 = 17.34173254"), "{page}");
    assert!(page.contains("= 17,649 × 17.34173254 × 1.008 × 1.00000053890665 = "), "{page}");
    let year_between: Vec<&str> = asked.iter().map(|word| if *word == "2008" { "2009" } else { word }).collect();
    refused(&carebank(here.path(), &year_between), 3, "has no value for 1 April 2009");
}

#[test]
fn a_weight_that_is_raised_moves_money_to_who_has_more_of_it() {
    let here = folder();
    let compared = carebank(
        here.path(),
        &[
            "grants",
            "compare",
            "children-act",
            "children-act",
            "--to-weight",
            "deprivation=0.5",
            "--proportions",
            "--pictures",
            "p",
            "--json",
        ],
    );
    let report = json(&compared);
    let councils = report["councils"].as_array().unwrap();
    let sum: i64 = councils.iter().map(|council| council["difference"].as_i64().unwrap()).sum();
    assert_eq!(sum, 0);
    let tenths = report["tenths"].as_array().unwrap();
    assert!(tenths[0]["difference"].as_i64().unwrap() > 0, "the most deprived tenth gains");
    assert!(tenths[9]["difference"].as_i64().unwrap() < 0, "the least deprived loses");
    // One change, so the waterfall is the difference itself.
    let waterfall = report["waterfall"].as_array().unwrap();
    assert_eq!(waterfall.len(), 1);
    let first: f64 = waterfall[0]["pounds"][0].as_str().unwrap().parse().unwrap();
    assert_eq!((first * 100.0).round() as i64, councils[0]["difference"].as_i64().unwrap());
    for name in ["map.svg", "map.csv", "councils.svg", "deprivation.csv"] {
        assert!(here.path().join("p").join(name).exists(), "{name}");
    }
    let map = std::fs::read_to_string(here.path().join("p/map.svg")).unwrap();
    assert_eq!(map.matches("<polygon").count(), 153);
}

#[test]
fn wrong_input_is_refused_with_file_row_and_reason_and_nothing_is_written() {
    let here = folder();
    let write = |name: &str, text: &str| std::fs::write(here.path().join(name), text).unwrap();
    write("marked.csv", "council,ehc_plans_2024\nE06000001,c\n");
    let asked = ["grants", "allocate", "--facts", "marked.csv", "--csv", "out.csv"];
    refused(&carebank(here.path(), &asked), 3, "marked.csv, row 2, ehc_plans_2024 of E06000001");
    assert!(!here.path().join("out.csv").exists());
    write("strange.csv", "council,ehc_plans_2024\nE99999999,1\n");
    refused(&carebank(here.path(), &["grants", "allocate", "--facts", "strange.csv"]), 3, "`E99999999` is no council");
    write(
        "reform.toml",
        "[[parameter]]\nid = \"weight.children\"\n[[parameter.value]]\nvalue = \"0.4\"\nfrom = \"2026-04-01\"\nknown_from = \"2026-01-01\"\nstatus = \"assumption\"\n",
    );
    refused(
        &carebank(here.path(), &["grants", "allocate", "--overlay", "reform.toml"]),
        3,
        "reform.toml, line 4: 0.4 from 1 April 2026 has no source",
    );
    let lint = carebank(here.path(), &["grants", "lint", "--overlay", "reform.toml", "--json"]);
    assert_eq!(lint.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&lint.stdout).contains("unsourced"));
    refused(&carebank(here.path(), &["grants", "allocate", "--weight", "wealth=1"]), 3, "no parameter weight.wealth");
    refused(&carebank(here.path(), &["grants", "allocate", "--total", "lots"]), 2, "as 12.5bn, 950m");
    refused(&carebank(here.path(), &["grants", "explain", "Atlantis"]), 4, "`Atlantis` is no council");
}

#[test]
fn a_linter_finds_gaps_overlaps_units_numbers_and_unknown_names() {
    let here = folder();
    let write = |name: &str, text: &str| std::fs::write(here.path().join(name), text).unwrap();
    let value = |from: &str, until: &str| {
        format!(
            "[[parameter.value]]\nvalue = \"1\"\nfrom = \"{from}\"\nuntil = \"{until}\"\nknown_from = \"2026-01-01\"\nstatus = \"official\"\nsource = {{ title = \"T\", url = \"u\" }}\n"
        )
    };
    let gap = value("2026-04-01", "2027-03-31") + &value("2027-05-01", "2028-03-31");
    let overlap = value("2026-04-01", "2027-03-31") + &value("2027-03-31", "2028-03-31");
    let head = |id: &str, unit: &str| format!("[[parameter]]\nid = \"{id}\"\ntitle = \"T\"\nunit = \"{unit}\"\n");
    write("p.toml", &(head("gap", "share") + &gap + &head("overlap", "pounds") + &overlap));
    let formula = |is: &str| {
        format!(
            "id = \"mine\"\ntitle = \"Mine\"\nneed = \"need\"\n[source]\ntitle = \"T\"\nurl = \"u\"\n[[step]]\nid = \"need\"\ntitle = \"N\"\nis = {is}\n"
        )
    };
    write(
        "units.toml",
        &formula(
            "{ sum = [{ indicator = \"population_0_17_2023\" }, { parameter = \"overlap\" }, { number = \"3\" }] }",
        ),
    );
    write("unknown.toml", &formula("{ indicator = \"happiness_2024\" }"));
    write("circle.toml", &formula("{ step = \"need\" }"));
    let lint = |formula: &str| {
        let output = carebank(here.path(), &["grants", "lint", "--overlay", "p.toml", "--formula", formula, "--json"]);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stdout).unwrap()
    };
    let found = lint("units.toml");
    for words in [
        "nothing between 31 March 2027 and 1 May 2027",
        "two values for 31 March 2027",
        "a sum of children and pounds",
        "the number 3",
    ] {
        assert!(found.contains(words), "{found} lacks {words}");
    }
    assert!(lint("unknown.toml").contains("happiness_2024"));
    assert!(lint("circle.toml").contains("in a circle"));
}

#[test]
fn a_bundle_is_worked_out_again_and_a_changed_byte_is_found() {
    let here = folder();
    let mine = "council,ehc_plans_2024\nKent,20000\n";
    std::fs::write(here.path().join("mine.csv"), mine).unwrap();
    let asked = [
        "grants",
        "bundle",
        "--facts",
        "mine.csv",
        "--total",
        "950m",
        "--weight",
        "deprivation=0.25",
        "--proportions",
        "--out",
    ];
    for out in ["one", "two"] {
        let output = carebank(here.path(), &[&asked[..], &[out]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let read = |path: &str| std::fs::read(here.path().join(path)).unwrap();
    assert_eq!(read("one/SHA256SUMS"), read("two/SHA256SUMS"));
    assert!(read("one/councils/E10000016.pdf").starts_with(b"%PDF-"));
    // The bundle stands alone: its own copy of the analyst's file is what counts.
    std::fs::remove_file(here.path().join("mine.csv")).unwrap();
    let verify = |folder: &str| carebank(here.path(), &["grants", "bundle", "--verify", folder]);
    assert!(verify("one").status.success());
    refused(&carebank(here.path(), &["grants", "bundle", "--out", "one"]), 2, "there already");
    let mut request = String::from_utf8(read("two/request.json")).unwrap();
    request = request.replace("\"0.25\"", "\"0.26\"");
    std::fs::write(here.path().join("two/request.json"), request).unwrap();
    let wrong = verify("two");
    assert_eq!(wrong.status.code(), Some(1));
    let said = String::from_utf8(wrong.stdout).unwrap();
    assert!(said.contains("request.json is not the file of the manifest"), "{said}");
    assert!(said.contains("grants.csv comes out differently"), "{said}");
}

#[test]
fn sensitivity_is_the_same_for_a_seed_and_sufficiency_adds_up() {
    let here = folder();
    let asked = ["grants", "sensitivity", "--draws", "60", "--rows", "16", "--council", "Kent", "--json"];
    let (one, two) = (carebank(here.path(), &asked), carebank(here.path(), &asked));
    assert_eq!(one.stdout, two.stdout);
    let report = json(&one);
    assert_eq!(report["indices"].as_array().unwrap().len(), 12);
    for council in report["councils"].as_array().unwrap() {
        let pence = |name: &str| council[name].as_i64().unwrap();
        assert!(pence("low") <= pence("middle") && pence("middle") <= pence("high"));
    }
    let found = json(&carebank(here.path(), &["grants", "sufficiency", "--total", "14bn", "--json"]));
    let pounds = |value: &serde_json::Value| (value.as_str().unwrap().parse::<f64>().unwrap() * 100.0).round() as i64;
    let councils = found["councils"].as_array().unwrap();
    let shortfall: i64 = councils.iter().map(|council| pounds(&council["shortfall"])).sum();
    assert!((shortfall - pounds(&found["shortfall"])).abs() <= 153);
    assert_eq!(pounds(&found["need"]) - 1_400_000_000_000, pounds(&found["shortfall"]));
}

/// One council under two names is one council; nobody has fewer than no children; a council that is no more is told of.
#[test]
fn figures_that_cannot_be_are_refused_with_the_row() {
    let here = folder();
    for (facts, words) in [
        ("council,ehc_plans_2024\nKent,5\nE10000016,6\n", "row 3: ehc_plans_2024 of E10000016 Kent is given twice"),
        ("council,population_0_17_2023\nKent,-5\n", "row 2, population_0_17_2023 of Kent: -5 is below nought"),
        ("council,children_low_income_2024\nKent,101\n", "row 2, children_low_income_2024 of Kent: 101 per cent"),
        ("council,ehc_plans_2024\nCumbria,5\n", "row 2: E10000006 Cumbria ended on 31 March 2023; give E06000063"),
    ] {
        std::fs::write(here.path().join("mine.csv"), facts).unwrap();
        refused(&carebank(here.path(), &["grants", "allocate", "--facts", "mine.csv"]), 3, words);
    }
}

/// What was known only after `--known` is refused, whether the formula or the total rests on it; figures of the analyst's
/// own for every council are known.
#[test]
fn facts_known_later_are_refused() {
    let here = folder();
    let asked = ["grants", "allocate", "--total", "1bn", "--formula", "equal-per-child", "--known"];
    let with = |more: &[&str]| carebank(here.path(), &[&asked, more].concat());
    refused(&with(&["2026-03-31"]), 3, "population_0_17_2026 (known from 26 July 2026)");
    assert!(with(&["2026-07-26"]).status.success());
    let report = json(&with(&["2026-07-26", "--json"]));
    let rows = report["councils"]
        .as_array()
        .unwrap()
        .iter()
        .map(|council| format!("{},1000\n", council["code"].as_str().unwrap()));
    let facts = rows.fold("council,population_0_17_2026\n".to_owned(), |text, row| text + &row);
    std::fs::write(here.path().join("mine.csv"), facts).unwrap();
    let own = json(&with(&["2026-03-31", "--facts", "mine.csv", "--json"]));
    assert_eq!(sum(&own, 0), 100_000_000_000);
}

/// A parameter as a reform gives it.
fn reform(id: &str, value: &str, from: &str, known: &str) -> String {
    format!(
        "[[parameter]]\nid = \"{id}\"\ntitle = \"T\"\nunit = \"share\"\n[[parameter.value]]\nvalue = \"{value}\"\nfrom = \"{from}\"\n\
         known_from = \"{known}\"\nstatus = \"assumption\"\nsource = {{ title = \"T\", url = \"u\" }}\n"
    )
}

/// A name that nothing uses, a value that holds on no day of the grant, and weights that are no parts of one are refused by
/// every command, with file and line, and nothing is written.
#[test]
fn what_is_given_in_vain_is_refused() {
    let here = folder();
    let write = |name: &str, text: &str| std::fs::write(here.path().join(name), text).unwrap();
    write("typo.csv", "council,ehc_plans_2O24\nKent,5\n");
    write("long.csv", "council,indicator,value\nKent,ehc_plans_2024,5\nKent,ehc_plan_2024,5\n");
    write("typo.toml", &reform("weight.childern", "0.5", "2026-04-01", "2026-01-01"));
    write("error.toml", &reform("error.ehc_plnas", "0.5", "2026-04-01", "2026-01-01"));
    write("far.toml", &reform("weight.children", "0.5", "2062-04-01", "2026-01-01"));
    write("late.toml", &reform("weight.children", "0.5", "2026-04-01", "2026-11-22"));
    let allocate = ["grants", "allocate", "--csv", "out.csv"];
    for (more, words) in [
        (
            ["--facts", "typo.csv"],
            "typo.csv, row 1: ehc_plans_2O24 is given, but neither ships nor is used by children-act (is it ehc_plans_2024?)",
        ),
        (["--facts", "long.csv"], "long.csv, row 3: ehc_plan_2024 is given"),
        (["--overlay", "typo.toml"], "typo.toml, line 6: the parameter weight.childern is given"),
        (["--overlay", "error.toml"], "error.toml, line 6: the parameter error.ehc_plnas"),
        (["--overlay", "far.toml"], "far.toml, line 6: 0.5 of weight.children, from 1 April 2062"),
        (
            ["--overlay", "late.toml"],
            "known from 22 November 2026, takes effect in no year of this grant (2026-27, as known on 31 March 2026)",
        ),
        (
            ["--weight", "deprivation=0.4"],
            "sum to 1.1, not to 1 (weight.children 0.5, weight.disability 0.2, weight.deprivation 0.4)",
        ),
    ] {
        refused(&carebank(here.path(), &[&allocate[..], &more].concat()), 3, words);
        let bundle = [&["grants", "bundle", "--out", "b"], &more[..]].concat();
        refused(&carebank(here.path(), &bundle), 3, words);
    }
    for command in [
        &["grants", "explain", "Kent", "--pdf", "k.pdf"][..],
        &["grants", "sensitivity", "--draws", "20", "--rows", "8", "--pictures", "p"],
        &["grants", "sufficiency"],
        &["grants", "compare", "equal-per-child", "children-act", "--pictures", "p"],
    ] {
        refused(&carebank(here.path(), &[command, &["--weight", "deprivation=0.4"]].concat()), 3, "[grants.weights]");
        refused(&carebank(here.path(), &[command, &["--facts", "typo.csv"]].concat()), 3, "[grants.vain]");
    }
    let mut left: Vec<_> = std::fs::read_dir(here.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["error.toml", "far.toml", "late.toml", "long.csv", "typo.csv", "typo.toml"]);
    // A linter lists it; saying that proportions are meant is enough; what the other of two versions uses is not in vain.
    let lint = carebank(here.path(), &["grants", "lint", "--overlay", "typo.toml", "--weight", "deprivation=0.4"]);
    assert_eq!(lint.status.code(), Some(1));
    assert!(
        carebank(here.path(), &[&allocate[..], &["--weight", "deprivation=0.4", "--proportions"]].concat())
            .status
            .success()
    );
    let weighed = [
        "grants",
        "compare",
        "equal-per-child",
        "children-act",
        "--weight",
        "deprivation=0.4",
        "--weight",
        "children=0.4",
    ];
    assert!(carebank(here.path(), &weighed).status.success());
}

/// What no council can have, or nobody can add up, is a sentence and no crash.
#[test]
fn figures_beyond_all_bounds_are_refused() {
    let here = folder();
    for (facts, words) in [
        (
            "council,ehc_plans_2024\nKent,999999999999999\n",
            "row 2, ehc_plans_2024 of Kent: 999999999999999 is more than all councils together have",
        ),
        ("council,ehc_plans_2024\nKent,\n", "row 2, ehc_plans_2024 of Kent: it is blank"),
        ("council,ehc_plans_2024,\nKent,5,6\n", "row 1: column 3 has no name"),
        ("council,indicator,value,year\nKent,ehc_plans_2024,5,2024\n", "has no column year"),
    ] {
        std::fs::write(here.path().join("mine.csv"), facts).unwrap();
        refused(&carebank(here.path(), &["grants", "allocate", "--facts", "mine.csv"]), 3, words);
    }
    let facts = "council,youth_population,youth_deprivation,youth_ethnicity,area_cost\nR1,999999999999999,999999,1,1\nR2,1,1,1,1\n";
    std::fs::write(here.path().join("mine.csv"), facts).unwrap();
    let asked = [
        "grants",
        "allocate",
        "--formula",
        "youth-community",
        "--year",
        "2008",
        "--total",
        "1m",
        "--facts",
        "mine.csv",
    ];
    refused(&carebank(here.path(), &asked), 3, "cannot be worked out for R1");
    let previous =
        ["grants", "allocate", "--previous", "s251_childrens_services_2024", "--set", "limits.floor=999999999"];
    refused(&carebank(here.path(), &previous), 3, "is no floor or cap");
}

/// A place where nothing can be written leaves nothing behind.
#[test]
fn what_cannot_be_written_is_refused_whole() {
    let here = folder();
    std::fs::write(here.path().join("file"), "mine").unwrap();
    std::fs::create_dir(here.path().join("map.svg")).unwrap();
    let compare = ["grants", "compare", "equal-per-child", "children-act", "--pictures", "."];
    refused(&carebank(here.path(), &compare), 2, "map.svg cannot be written: it is a folder");
    refused(
        &carebank(here.path(), &["grants", "allocate", "--csv", "file/out.csv"]),
        2,
        "file/out.csv cannot be written",
    );
    refused(&carebank(here.path(), &["grants", "bundle", "--out", "file"]), 2, "there already");
    refused(&carebank(here.path(), &["grants", "bundle", "--out", "file/b"]), 2, "cannot be written");
    let mut left: Vec<_> = std::fs::read_dir(here.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["file", "map.svg"]);
    assert_eq!(std::fs::read(here.path().join("file")).unwrap(), b"mine");
}

/// A total may fall; a page tells the interval and the vintage of each indicator, and fits a leaf.
#[test]
fn a_council_sees_how_certain_its_figure_is_and_of_when_its_indicators_are() {
    let here = folder();
    let asked =
        ["grants", "explain", "Kent", "--total", "12.5bn", "--years", "3", "--growth", "-0.02", "--pdf", "kent.pdf"];
    let output = carebank(here.path(), &asked);
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(page.contains("In 90 of 100 draws the 2026-27 grant lies between £"), "{page}");
    assert!(page.contains("[published; of 30 June 2023, known 7 March 2025; source 2]"), "{page}");
    let pdf = std::fs::read(here.path().join("kent.pdf")).unwrap();
    let count = pdf.windows(8).filter(|window| window == b"/Count 2").count();
    assert_eq!(count, 1, "two sides");
}
