//! `grants facts` through the binary: the shipped tables are what the publishers' files make, byte for byte; a wrong
//! file leaves nothing written.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const FOLDERS: [&str; 7] = ["population", "imd", "lait", "carers_disability", "cla", "lookups", "boundaries"];

fn carebank(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_carebank")).args(arguments).output().unwrap()
}

fn document(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The publishers' files in a folder of the test's own, linked; nothing where they are not at hand.
fn downloads() -> Option<tempfile::TempDir> {
    let Some(data) =
        std::env::var_os("CAREBANK_SHARED_DATA").map(PathBuf::from).filter(|data| data.join("lait").is_dir())
    else {
        println!("SKIPPED: CAREBANK_SHARED_DATA does not name a folder with the publishers' files");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    for name in FOLDERS {
        fs::create_dir(folder.path().join(name)).unwrap();
        for entry in fs::read_dir(data.join(name)).unwrap() {
            let path = entry.unwrap().path();
            std::os::unix::fs::symlink(&path, folder.path().join(name).join(path.file_name().unwrap())).unwrap();
        }
    }
    Some(folder)
}

fn compile(from: &Path, out: &Path) -> Output {
    carebank(&[
        "--json",
        "grants",
        "facts",
        "compile",
        "--from",
        from.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ])
}

#[test]
fn the_shipped_tables_are_what_the_publishers_files_make() {
    let Some(from) = downloads() else { return };
    let out = tempfile::tempdir().unwrap();
    let report = document(&compile(from.path(), &out.path().join("tables")));
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../formula/facts");
    let mut names: Vec<_> =
        fs::read_dir(out.path().join("tables")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names.len(), 7, "{names:?}");
    for name in names {
        let (made, ours) =
            (fs::read(out.path().join("tables").join(&name)).unwrap(), fs::read(shipped.join(&name)).unwrap());
        assert!(made == ours, "{} is not what the files make: compile it again", name.display());
        assert!(ours.len() < 400_000, "{} is too large to keep", name.display());
    }
    let file = |end: &str| {
        let found =
            report["files"].as_array().unwrap().iter().find(|file| file["file"].as_str().unwrap().ends_with(end));
        found.unwrap_or_else(|| panic!("{end}")).clone()
    };
    assert_eq!(file("utla20_england_0_25.csv")["areas"], 150);
    assert_eq!(file("per_10k_children.csv")["withheld"], serde_json::json!({"c": 6, "x": 48, "z": 96}));
    assert_eq!(file("lait_data_dictionary.csv")["kind"], Value::Null);
}

/// One cell of one file changed, and nothing at all is written.
#[test]
fn a_wrong_file_leaves_nothing_written() {
    let Some(from) = downloads() else { return };
    let out = tempfile::tempdir().unwrap();
    let name = "population/population_mid2020_utla20_england_0_25.csv";
    let path = from.path().join(name);
    let right = fs::read_to_string(&path).unwrap();
    for (wrong, reason) in [
        (right.replacen("E06000047,County Durham,533149.0,4727.0", "E06000047,County Durham,533149.0,c", 1), "line 2"),
        (
            right.lines().filter(|line| !line.starts_with("E06000005")).collect::<Vec<_>>().join("\n"),
            "nothing about Darlington",
        ),
        // A child more in one council, and the councils are no longer England.
        (
            right.replacen("E06000047,County Durham,533149.0,4727.0", "E06000047,County Durham,533149.0,4728.0", 1),
            "children of England sum to 12093289, and their published total is 12093288",
        ),
    ] {
        assert_ne!(wrong, right);
        fs::remove_file(&path).unwrap();
        fs::write(&path, wrong).unwrap();
        let refused = compile(from.path(), &out.path().join("tables"));
        assert_eq!(refused.status.code(), Some(3));
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains(name) && said.contains(reason) && said.contains("Nothing was written"), "{said}");
        assert!(!out.path().join("tables").exists());
    }
    fs::remove_file(&path).unwrap();
    let refused = compile(from.path(), &out.path().join("tables"));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("mid-2020 population"));
    // Half of a gzipped file.
    let gzip = from.path().join("lait/lait_cla.csv.gz");
    let half = fs::read(&gzip).map(|bytes| bytes[..bytes.len() / 2].to_vec()).unwrap();
    fs::remove_file(&gzip).unwrap();
    fs::write(&gzip, half).unwrap();
    let refused = compile(from.path(), &out.path().join("tables"));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("cannot be unpacked"));
}

#[test]
fn every_indicator_is_listed_with_its_source() {
    let listed = document(&carebank(&["--json", "grants", "facts", "list"]));
    let listed = listed.as_array().unwrap();
    assert!(listed.len() > 300);
    for indicator in listed {
        let estimated = indicator["estimated"].as_object().unwrap().values().map(|count| count.as_u64().unwrap());
        assert_eq!(indicator["published"].as_u64().unwrap() + estimated.sum::<u64>(), 153, "{indicator}");
        assert!(!indicator["source"]["licence"].as_str().unwrap().is_empty());
    }
    let page = carebank(&["grants", "facts", "list"]);
    let page = String::from_utf8_lossy(&page.stdout).into_owned();
    assert!(
        page.contains("imd_2019_average_score")
            && page.contains("published 146; estimated 4 later-pattern, 3 predecessor")
    );
}

#[test]
fn a_council_is_shown_with_what_the_publisher_withheld() {
    let page = carebank(&["grants", "facts", "show", "420"]);
    let page = String::from_utf8_lossy(&page.stdout).into_owned();
    assert!(page.starts_with("Isles of Scilly (E06000053), South West"), "{page}");
    let looked_after = page.lines().find(|line| line.trim_start().starts_with("looked_after_2020 ")).unwrap();
    assert!(looked_after.ends_with("[estimate: regional-rate, the publisher wrote `c`]"), "{looked_after}");

    let gone = carebank(&["grants", "facts", "show", "Cumbria"]);
    assert_eq!(gone.status.code(), Some(4));
    let said = String::from_utf8_lossy(&gone.stderr).into_owned();
    assert!(said.contains("Cumberland (E06000063)") && said.contains("Westmorland and Furness (E06000064)"), "{said}");
    assert_eq!(carebank(&["grants", "facts", "show", "Atlantis"]).status.code(), Some(4));
}
