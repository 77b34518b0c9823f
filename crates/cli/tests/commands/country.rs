//! A generated country through the binary: written down, taken in, paid and proved.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

fn carebank(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_carebank")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Every file under a folder, by its path in it.
fn files(folder: &Path, under: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(under).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(folder, &path, found);
        } else {
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn the_same_seed_writes_the_same_bytes_and_its_corrected_returns_are_taken_in_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut written = Vec::new();
    for name in ["one", "two"] {
        let out = folder.path().join(name);
        let done = carebank(&[
            "simulate",
            "country",
            "--council",
            "Hartlepool",
            "--seed",
            "3",
            "--out",
            out.to_str().unwrap(),
        ]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let mut found = BTreeMap::new();
        files(&out, &out, &mut found);
        written.push(found);
    }
    assert_eq!(written[0], written[1]);
    assert_eq!(written[0].len(), 2 + 4 * 9, "the truth, the providers, and two tellings of two years' tables");

    let again = carebank(&["simulate", "country", "--out", folder.path().join("one").to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(2), "nothing is written over");

    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    assert!(carebank(&["--data", data, "init"]).status.success());
    for year in ["2025", "2026"] {
        let returned = folder.path().join("one/corrected").join(year).join("E06000001");
        let done = carebank(&[
            "--data",
            data,
            "--json",
            "import",
            "ssda903",
            "--authority",
            "Hartlepool",
            "--year",
            year,
            returned.to_str().unwrap(),
        ]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let report: serde_json::Value = serde_json::from_str(&said(&done)).unwrap();
        let held: u64 = report["tables"].as_array().unwrap().iter().map(|table| table["held"].as_u64().unwrap()).sum();
        assert_eq!(held, 0, "{:#}", report["codes"]);
        assert_eq!(report["waiting"], 0);
        assert!(report["children"].as_u64().unwrap() > 334);
    }
}

#[test]
fn a_region_is_paid_for_eighteen_months_and_proved() {
    let done = carebank(&["--json", "demo", "--region", "North East", "--share", "60", "--seed", "1"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let told: serde_json::Value = serde_json::from_str(&said(&done)).unwrap();
    let runs = told["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 18);
    assert!(runs.iter().all(|run| run["postings"].as_i64().unwrap() > 100), "{runs:?}");
    assert_eq!(told["as_known_before_is_as_shown_before"], true);
    assert_ne!(told["statement_before"]["placements"], told["statement_after"]["placements"]);
    let checks = told["verify"]["checks"].as_array().unwrap();
    assert!(!checks.is_empty() && checks.iter().all(|check| check["failed"] == 0), "{checks:?}");
}

#[test]
fn a_region_that_is_none_is_named() {
    let done = carebank(&["demo", "--region", "Mercia"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("South East"));
}
