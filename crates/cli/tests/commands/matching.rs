//! `carebank match` through the binary: what it answers, what it refuses, and law 1 over files.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const CHILD: &str = r#"
child = "CHILD-1"
born = "2014-05-02"
sex = "girl"
stay = { start = "2026-11-23", end = "2027-05-24" }
needs = ["autism"]
cannot_live_with = ["dog"]
home = { east = 430000, north = 433500 }
wishes = [{ kind = ["foster"] }, { near-home = 8047 }]
siblings = [{ person = "BROTHER-1" }]
"#;

const HEADER: &str =
    "id,kind,east,north,ages,needs,needs_unknown,places,taken,household,people,accreditation,inspection";
const ROWS: [&str; 7] = [
    "FH-1,foster,428000,436000,5-17,autism,,2,1,cat,,accredited,with-council",
    "FH-2,foster,455000,440000,5-17,autism medical,,1,0,,,not-yet,good",
    "FH-3,foster,431000,431000,5-17,,autism,1,0,,,not-yet,not-yet",
    "FH-4,foster,432000,434000,5-17,autism,,1,0,dog,,accredited,good",
    "SC100001,childrens-home,429000,434000,8-17,autism,,4,2,,BROTHER-1,not-yet,inadequate",
    "SC100002,childrens-home,429000,434000,8-17,autism,,4,4,,,accredited,outstanding",
    "SA-1,supported,430500,433000,16-17,autism,,6,2,,,not-yet,consistently-strong",
];

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_carebank")).current_dir(folder).arg("match").args(arguments).output().unwrap()
}

fn folder(header: &str, rows: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("child.toml"), CHILD).unwrap();
    std::fs::write(folder.path().join("places.csv"), format!("{header}\n{}\n", rows.join("\n"))).unwrap();
    folder
}

fn shortlist(header: &str, rows: &[&str]) -> (Value, String) {
    let folder = folder(header, rows);
    let files = ["shortlist", "--search", "child.toml", "--places", "places.csv", "--explain"];
    let page = run(folder.path(), &files);
    assert!(page.status.success(), "{}", String::from_utf8_lossy(&page.stderr));
    let json = run(folder.path(), &[&files[..], &["--json"]].concat());
    (serde_json::from_slice(&json.stdout).unwrap(), String::from_utf8(page.stdout).unwrap())
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|home| home["home"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_shortlist_follows_the_wishes_counts_the_rest_and_asks_what_is_unknown() {
    let (list, page) = shortlist(HEADER, &ROWS);
    assert_eq!(ids(&list["offered"]), ["FH-1", "FH-2", "SC100001"]);
    assert_eq!(ids(&list["to_ask"]), ["FH-3"]);
    assert_eq!(list["looked_at"], 7);
    let left: Vec<(String, i64)> = (list["left_out"].as_array().unwrap().iter())
        .map(|left| (left["constraint"].as_str().unwrap().to_owned(), left["homes"].as_i64().unwrap()))
        .collect();
    let expected = [("under-sixteen", 1), ("numbers", 1), ("child-with-household", 1)];
    assert_eq!(left, expected.map(|(constraint, homes)| (constraint.to_owned(), homes)));
    assert!(page.contains("ask the home: can it meet autism?"), "{page}");
    assert!(page.contains("with sibling"), "{page}");
}

#[test]
fn why_not_names_the_reason_and_what_would_have_to_change() {
    let folder = folder(HEADER, &ROWS);
    let why = |home: &str| {
        let output = run(folder.path(), &["why-not", home, "--search", "child.toml", "--places", "places.csv"]);
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, page) = why("FH-4");
    assert_eq!(code, Some(0));
    assert!(page.contains("the child cannot live with: dog") && page.contains("if only this changed"), "{page}");
    let (_, page) = why("SC100001");
    assert!(page.contains("number 3 of 3") && page.contains("ahead in wish 1 (to live in: foster)"), "{page}");
    assert_eq!(why("NOBODY").0, Some(4));
}

#[test]
fn law_1_a_list_with_a_price_or_an_owner_is_refused_whole() {
    for column in ["price", "owner", "contract", "weekly_fee"] {
        let header = format!("{HEADER},{column}");
        let rows: Vec<String> = ROWS.iter().map(|row| format!("{row},1")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let folder = folder(&header, &rows);
        let output = run(folder.path(), &["shortlist", "--search", "child.toml", "--places", "places.csv", "--json"]);
        assert_eq!(output.status.code(), Some(3), "{column}");
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["error"]["code"], "match.places");
        assert!(answer["error"]["sentence"].as_str().unwrap().contains(&format!("no column `{column}`")));
    }
}

#[test]
fn law_1_rows_in_the_order_of_some_price_give_the_same_bytes() {
    let before = shortlist(HEADER, &ROWS);
    let mut rows = ROWS;
    rows.reverse();
    assert_eq!(shortlist(HEADER, &rows), before);
    rows.sort_by_key(|row| row.len() * 7 % 11);
    assert_eq!(shortlist(HEADER, &rows), before);
}

#[test]
fn bad_files_get_a_sentence_and_a_code() {
    let refused = |rows: &[&str], expected: &str| {
        let folder = folder(HEADER, rows);
        let output = run(folder.path(), &["shortlist", "--search", "child.toml", "--places", "places.csv"]);
        let sentence = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{sentence}");
        assert!(sentence.contains(expected) && sentence.contains("[match.places]"), "{sentence}");
    };
    refused(&["FH-1,castle,1,1,5-17,,,1,0,,,,"], "line 2: `castle` in column kind is none of foster");
    refused(&["FH-1,foster,1,9999999,5-17,,,1,0,,,,"], "not on the National Grid");
    refused(&["FH-1,foster,1,1,17-5,,,1,0,,,,"], "`17-5` in column ages is not like 5-11");
    refused(&["FH-1,foster,1,1,5-17,cooking,,1,0,,,,"], "`cooking` is none of");
    refused(&["FH-1,foster,1,1"], "line 2: 4 cells under 13 columns");
    refused(&[ROWS[0], ROWS[0]], "two homes have the reference FH-1");
}

#[test]
fn a_joint_proposal_keeps_brother_and_sister_together_and_says_that_it_is_proved() {
    let folder = folder(HEADER, &ROWS);
    let child = |name: &str, sex: &str| {
        format!(
            "[[search]]\nchild = \"{name}\"\nborn = \"2014-05-02\"\nsex = \"{sex}\"\n\
             stay = {{ start = \"2026-11-23\", end = \"2027-05-24\" }}\n"
        )
    };
    let searches = format!("groups = [[\"ANN\", \"BEN\"]]\n{}{}", child("ANN", "girl"), child("BEN", "boy"));
    std::fs::write(folder.path().join("children.toml"), searches).unwrap();
    let output = run(folder.path(), &["joint", "--searches", "children.toml", "--places", "places.csv"]);
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(page.contains("ANN and BEN: together in SC100001") && page.contains("proved"), "{page}");
}
