//! Returns in, checked, kept and out again, through the binary.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const KENT: &str = "E10000016";
const HEADER: &str =
    "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nKID1,M,14/05/2011,WBRI,A123456789012,0,\nKID2,F,01/09/2018,NOBT,UN1,,\n";
const EPISODES: &str = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n\
    KID1,03/06/2024,S,C2,N1,U4,PR1,10/08/2024,X1,CHILD,CT1 1AA,CT2 2BB,\n\
    KID1,10/08/2024,P,C2,N1,K2,PR4,,,,CT1 1AA,CT3 3CC,SC012345\nKID2,05/01/2025,S,V2,N1,U6,PR4,,,,CT1 1AB,CT2 2BC,1234567\n";
const OTHERS: [(&str, &str); 7] = [
    ("uasc", "CHILD,SEX,DOB,DUC\nKID1,M,14/05/2011,14/05/2029\n"),
    ("reviews", "CHILD,DOB,REVIEW,REVIEW_CODE\nKID1,14/05/2011,01/07/2024,PN1\nKID1,14/05/2011,01/10/2024,PN2\n"),
    ("missing", "CHILD,DOB,MISSING,MIS_START,MIS_END\nKID1,14/05/2011,M,02/09/2024,03/09/2024\n"),
    ("perm", "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM\nKID1,14/05/2011,P1,886,ZZ/05/2020\nKID2,01/09/2018,Z1,,\n"),
    ("placed", "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED\nKID2,01/09/2018,01/02/2025,,\n"),
    ("sw", "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON\nKID1,14/05/2011,SW12345,03/06/2024,,MANAGE\n"),
    (
        "ad1",
        "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR\nKID2,01/09/2018,01/02/2025,,,,,\n",
    ),
];

struct Bank(TempDir);

impl Bank {
    fn new() -> Bank {
        let bank = Bank(tempfile::tempdir().unwrap());
        bank.json(&["init", "--reference-key", "returns"]);
        bank
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carebank"));
        command.env_remove("CAREBANK_DATABASE").env_remove("CAREBANK_REFERENCE_KEY");
        command.arg("--json").arg("--data").arg(self.path("store")).args(arguments).output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Writes a return to a folder; a table may be told otherwise, or left out with `None`.
    fn folder(&self, name: &str, instead: &[(&str, Option<&str>)]) -> String {
        let folder = self.path(name);
        fs::create_dir_all(&folder).unwrap();
        for (table, text) in [("header", HEADER), ("episodes", EPISODES)].into_iter().chain(OTHERS) {
            let text = instead.iter().find(|(one, _)| *one == table).map_or(Some(text), |(_, text)| *text);
            if let Some(text) = text {
                fs::write(folder.join(format!("{table}.csv")), text).unwrap();
            }
        }
        folder.display().to_string()
    }

    fn import(&self, folder: &str) -> Value {
        self.json(&["import", "ssda903", "--authority", KENT, "--year", "2025", folder])
    }

    fn export(&self, name: &str, more: &[&str]) -> String {
        let out = self.path(name).display().to_string();
        let command = ["export", "ssda903", "--authority", KENT, "--year", "2025", "--out", out.as_str()];
        self.json(&[&command[..], more].concat());
        out
    }
}

fn lines(folder: &str, table: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(folder).join(format!("ssda903-2025-{table}.csv"))).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn a_return_that_goes_out_and_comes_in_again_changes_nothing() {
    let bank = Bank::new();
    let first = bank.import(&bank.folder("in", &[]));
    assert_eq!((first["children_new"].as_u64(), first["told_changed"].as_u64()), (Some(2), Some(2)), "{first}");
    assert!(first["findings"].as_array().unwrap().is_empty(), "{}", first["findings"]);
    let out = bank.export("out", &[]);
    assert_eq!(lines(&out, "header"), HEADER.lines().skip(1).collect::<Vec<_>>());
    assert_eq!(lines(&out, "episodes"), EPISODES.lines().skip(1).collect::<Vec<_>>());
    for (name, table) in [
        ("uasc", "uasc"),
        ("reviews", "reviews"),
        ("missing", "missing"),
        ("prevperm", "perm"),
        ("placedadoption", "placed"),
        ("swepisodes", "sw"),
        ("ad1", "ad1"),
    ] {
        let (_, text) = OTHERS.iter().find(|(one, _)| *one == table).unwrap();
        assert_eq!(lines(&out, name), text.lines().skip(1).collect::<Vec<_>>());
    }
    assert!(bank.import(&out)["tx"].is_null(), "the tables again");
    let xml = bank.export("xml", &["--xml"]);
    let again = bank.import(&xml);
    assert!(again["tx"].is_null(), "the document: {again}");
    assert_eq!(bank.export("again", &[]).len(), bank.path("again").display().to_string().len());
    assert!(
        bank.json(&["verify"])["checks"]
            .as_array()
            .unwrap()
            .iter()
            .all(|check| check["findings"].as_array().is_none_or(Vec::is_empty))
    );
}

#[test]
fn what_a_corrected_return_tells_replaces_what_it_told_child_by_child() {
    let bank = Bank::new();
    bank.import(&bank.folder("in", &[]));
    let reviews = "CHILD,DOB,REVIEW,REVIEW_CODE\nKID1,14/05/2011,01/07/2024,PN1\nKID1,14/05/2011,02/10/2024,PN2\n";
    let second = bank.import(&bank.folder("second", &[("reviews", Some(reviews))]));
    assert_eq!((second["told_changed"].as_u64(), second["episodes_changed"].as_u64()), (Some(1), Some(0)));
    let moment = second["tx"].as_i64().unwrap();
    assert_eq!(moment, 3, "init, import, correction");
    assert_eq!(lines(&bank.export("now", &[]), "reviews")[1], "KID1,14/05/2011,02/10/2024,PN2");

    // A table that the return has not says nothing; neither does one of which a row of the child is held.
    let without = bank.import(&bank.folder("without", &[("reviews", None)]));
    assert!(without["tx"].is_null(), "{without}");
    let held = "CHILD,DOB,REVIEW,REVIEW_CODE\nKID1,14/05/2011,01/07/2024,PN1\nKID1,14/05/2011,99/10/2024,PN2\n";
    let held = bank.import(&bank.folder("held", &[("reviews", Some(held))]));
    assert!(held["tx"].is_null(), "{held}");
    assert_eq!(held["codes"]["166"][0].as_u64(), Some(1), "{}", held["codes"]);

    // What the table does say of the child, and no longer says, is taken back.
    let fewer = "CHILD,DOB,REVIEW,REVIEW_CODE\n";
    assert_eq!(bank.import(&bank.folder("fewer", &[("reviews", Some(fewer))]))["told_changed"].as_u64(), Some(1));
    assert!(!bank.path("later/ssda903-2025-reviews.csv").exists());
    let out = bank.export("later", &[]);
    assert!(!Path::new(&out).join("ssda903-2025-reviews.csv").exists());
}

#[test]
fn a_check_needs_no_store_and_names_children_only_in_the_list_for_the_officer() {
    let bank = Bank(tempfile::tempdir().unwrap());
    let wrong = EPISODES.replace("KID1,10/08/2024,P", "KID1,09/08/2024,P");
    let folder = bank.folder("in", &[("episodes", Some(&wrong))]);
    let (list, html) = (bank.path("list.csv"), bank.path("page.html"));
    let check = ["check", "ssda903", "--authority", KENT, "--year", "2025", &folder];
    let files = ["--findings", list.to_str().unwrap(), "--html", html.to_str().unwrap()];
    let output = bank.run(&[&check[..], &files].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!bank.path("store").exists());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let codes: Vec<&str> =
        report["rules"].as_array().unwrap().iter().map(|rule| rule["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"501") && codes.contains(&"388") && codes.contains(&"433"), "{codes:?}");
    let list = fs::read_to_string(list).unwrap();
    assert!(list.contains("501,money,Episodes,episodes.csv,3,KID1,DECOM,here,"), "{list}");
    let page = fs::read_to_string(html).unwrap();
    assert!(page.contains("501: Episodes DECOM") && page.contains("line 3."), "{page}");
    for shown in [String::from_utf8(output.stdout).unwrap(), page] {
        assert!(!shown.contains("KID1") && !shown.contains("A123456789012") && !shown.contains("CT2"));
    }
}

#[test]
fn an_import_that_checks_counts_what_a_check_counts_and_keeps_the_same() {
    let bank = Bank::new();
    let folder = bank.folder("in", &[("uasc", Some("CHILD,SEX,DOB,DUC\nKID1,F,14/05/2011,14/05/2029\n"))]);
    let of = ["--authority", "Kent", "--year", "2025"];
    let checked = bank.json(&[&["check", "ssda903"], &of[..], &[&folder]].concat());
    let imported = bank.json(&[&["import", "ssda903", "--check"], &of[..], &[&folder]].concat());
    assert!(checked["to_mend"].as_u64().unwrap() > 0, "{checked}");
    for what in ["rules", "rules_run", "to_mend"] {
        assert_eq!(imported["checked"][what], checked[what], "{what}");
    }
    assert_eq!(imported["checked"]["rules_not_run"], checked["not_run"].as_array().unwrap().len());
    // Kept is what would be kept without.
    let again = bank.json(&[&["import", "ssda903"], &of[..], &[&folder]].concat());
    assert_eq!((&again["tx"], &again["checked"]), (&Value::Null, &Value::Null));
}

#[test]
fn last_years_return_is_compared() {
    let bank = Bank::new();
    let (now, last) = (bank.folder("now", &[]), bank.path("last"));
    fs::create_dir_all(&last).unwrap();
    fs::write(last.join("h.csv"), HEADER.replace("KID1,M,14/05/2011", "KID1,M,15/05/2011")).unwrap();
    let check = ["check", "ssda903", "--authority", KENT, "--year", "2025", &now, "--previous", last.to_str().unwrap()];
    let report = bank.json(&check);
    let of = |code: &str| report["rules"].as_array().unwrap().iter().find(|rule| rule["code"] == code).cloned();
    assert_eq!(of("203").unwrap()["rows"].as_u64(), Some(1));
    assert!(of("202").is_none());
    assert!(report["not_run"].as_array().unwrap().iter().any(|code| code == "502"));
}
