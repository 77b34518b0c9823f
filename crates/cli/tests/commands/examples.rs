//! The worked examples of the specification through the binary, to the penny; and how the binary behaves when it is
//! asked wrongly, asked twice, or asked about the past.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Kent, in the South East.
const KENT: &str = "E10000016";
const HEADER: &str = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB";
const EPISODES: &str = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN";
const HOME_A: &str = "SC000001";
const HOME_B: &str = "SC000002";

/// A Care Bank on a folder of its own.
struct Bank {
    folder: TempDir,
}

/// One row of the Episodes table; what is left out is blank.
#[derive(Clone, Copy)]
struct Row<'a> {
    child: &'a str,
    from: &'a str,
    to: &'a str,
    rne: &'a str,
    status: &'a str,
    place: &'a str,
    provider: &'a str,
    urn: &'a str,
}

const FOSTER: Row<'static> =
    Row { child: "K1", from: "", to: "", rne: "S", status: "C2", place: "U4", provider: "PR1", urn: "" };
const HOME: Row<'static> = Row { place: "K2", provider: "PR4", ..FOSTER };

impl Bank {
    fn new() -> Bank {
        let bank = Bank { folder: tempfile::tempdir().unwrap() };
        bank.done(&["init", "--reference-key", "examples"]);
        bank
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carebank"));
        command.env_remove("CAREBANK_DATABASE").env_remove("CAREBANK_REFERENCE_KEY");
        command.arg("--data").arg(self.folder.path().join("store")).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let text = self.done(&[&["--json"], arguments].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {text}"))
    }

    /// Asks wrongly with `--json`: the exit code and the error's own code from the one document on standard output.
    fn refused(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(&[&["--json"], arguments].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let document: Value = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{arguments:?}: not one document: {error}: {text:?}; {said}"));
        let sentence = document["error"]["sentence"].as_str().unwrap_or_default();
        assert!(!sentence.is_empty(), "{arguments:?}: {document}");
        (output.status.code().unwrap(), document["error"]["code"].as_str().unwrap_or_default().to_owned())
    }

    /// Writes a return of one or more children, born as said, into a folder of that name.
    fn write(&self, name: &str, born: &[(&str, &str)], rows: &[Row<'_>]) -> String {
        let folder = self.folder.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        let header: String = born.iter().map(|(child, dob)| format!("{child},F,{dob},WBRI,UN1,0,\n")).collect();
        let episodes: String = rows
            .iter()
            .map(|row| {
                let rec = if row.to.is_empty() { "" } else { "X1" };
                format!(
                    "{},{},{},{},N1,{},{},{},{rec},,ME1 1AA,ME2 2AA,{}\n",
                    row.child, row.from, row.rne, row.status, row.place, row.provider, row.to, row.urn
                )
            })
            .collect();
        fs::write(folder.join("header.csv"), format!("{HEADER}\n{header}")).unwrap();
        fs::write(folder.join("episodes.csv"), format!("{EPISODES}\n{episodes}")).unwrap();
        folder.display().to_string()
    }

    fn import(&self, year: &str, born: &[(&str, &str)], rows: &[Row<'_>]) -> Value {
        let folder = self.write(&format!("return-{year}"), born, rows);
        self.json(&["import", "ssda903", "--authority", KENT, "--year", year, &folder])
    }

    fn pay(&self, through: &str) -> Value {
        self.json(&["pay", "run", "--through", through])
    }

    fn agree(&self, urn: &str, care: &str, ret: &str, from: &str) {
        let subject = format!("urn/{urn}");
        self.done(&["price", "agree", &subject, "--care", care, "--return", ret, "--from", from]);
    }

    fn child(&self, local: &str) -> Value {
        self.json(&["statement", "child", "--council", KENT, "--local-id", local])
    }

    fn payee(&self, payee: &str) -> Value {
        self.json(&["statement", "payee", payee])
    }

    /// What stands on an account: debits less credits.
    fn balance(&self, account: &str) -> i64 {
        let balance = self.json(&["balance", "--all"]);
        assert_eq!(balance["off_pence"], 0);
        let accounts = balance["accounts"].as_array().unwrap();
        accounts.iter().find(|line| line["account"] == account).map_or(0, |line| int(&line["balance_pence"]))
    }

    fn is_sound(&self) {
        let verification = self.json(&["verify"]);
        for check in verification["checks"].as_array().unwrap() {
            assert_eq!(check["failed"], 0, "{check}");
        }
    }
}

fn int(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("not a number: {value}"))
}

/// One night of explanation: the placement of a statement.
fn placement(statement: &Value, kind: &str) -> String {
    let placements = statement["placements"].as_array().unwrap();
    let found = placements.iter().find(|report| report["kind"] == kind).unwrap();
    found["placement"].as_str().unwrap().to_owned()
}

fn only(statement: &Value) -> &Value {
    let placements = statement["placements"].as_array().unwrap();
    assert_eq!(placements.len(), 1, "{statement}");
    &placements[0]
}

#[test]
fn example_1_two_rates_a_birthday_a_tax_year() {
    let bank = Bank::new();
    let born = [("K1", "09/04/2014")];
    bank.import("2025", &born, &[Row { from: "31/03/2025", ..FOSTER }]);
    bank.import("2026", &born, &[Row { from: "31/03/2025", to: "14/04/2025", ..FOSTER }]);

    let first = bank.pay("2025-04-04");
    assert_eq!(first["report"]["payable_pence"], 14_857);
    assert_eq!(first["report"]["fund_care_pence"], 14_857);
    let second = bank.pay("2025-04-13");
    assert_eq!(second["report"]["payable_pence"], 29_872);

    let statement = bank.child("K1");
    let report = only(&statement);
    assert_eq!(report["payee"], "council/E10000016");
    assert_eq!(report["nights"], 14);
    assert_eq!(report["care_pence"], 44_729);
    assert_eq!(report["posted"]["payable_pence"], 44_729);
    let lines: Vec<(&str, &str, i64, &str)> = report["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let text = |field: &str| line[field].as_str().unwrap();
            (text("from"), text("last"), int(&line["nights"]), text("care_exact"))
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("2025-03-31", "2025-04-05", 6, "£178.2857"),
            ("2025-04-06", "2025-04-08", 3, "£92.5714"),
            ("2025-04-09", "2025-04-13", 5, "£176.4286"),
        ]
    );
    assert_eq!(bank.balance("payable/council/E10000016"), -44_729);
    assert_eq!(bank.balance("care/bed"), 44_729);

    // The birthday explains itself.
    let placement = placement(&statement, "U4");
    let night = bank.json(&["explain", "--placement", &placement, "--night", "09/04/2025"]);
    assert_eq!(night["lines"][0]["care_exact"], "£35.2857");
    assert!(night["lines"][0]["price"].as_str().unwrap().contains("£247.00 a week"), "{night}");
    assert_eq!(night["postings"][0]["pence"], 29_872);
    let eve = bank.json(&["explain", "--placement", &placement, "--night", "2025-04-08"]);
    assert!(eve["lines"][0]["price"].as_str().unwrap().contains("£216.00 a week"), "{eve}");
    let left = bank.json(&["explain", "--placement", &placement, "--night", "2025-04-14"]);
    assert_eq!(left["lines"], json!([]));
    bank.is_sound();
}

#[test]
fn example_1_by_other_runs_comes_to_the_same_pence() {
    let born = [("K1", "09/04/2014")];
    for stops in [&["2025-04-13"][..], &["2025-03-31", "2025-04-01", "2025-04-09", "2025-04-13"], &["2025-12-31"]] {
        let bank = Bank::new();
        bank.import("2026", &born, &[Row { from: "31/03/2025", to: "14/04/2025", ..FOSTER }]);
        let posted: i64 = stops.iter().map(|stop| int(&bank.pay(stop)["report"]["payable_pence"])).sum();
        assert_eq!(posted, 44_729, "{stops:?}");
    }
}

fn moved_on_14_may() -> [Row<'static>; 2] {
    [
        Row { from: "01/05/2025", to: "14/05/2025", urn: HOME_A, ..HOME },
        Row { from: "14/05/2025", rne: "P", urn: HOME_B, ..HOME },
    ]
}

#[test]
fn example_2_a_move_on_a_wednesday() {
    let bank = Bank::new();
    bank.agree(HOME_A, "4100.00", "900.00", "2025-05-01");
    bank.agree(HOME_B, "£3,900.00", "300", "01/05/2025");
    bank.import("2026", &[("K1", "01/02/2012")], &moved_on_14_may());
    bank.pay("2025-05-18");

    let a = bank.payee("urn/SC000001");
    assert_eq!(only(&a)["nights"], 13);
    assert_eq!((int(&a["posted"]["payable_pence"]), int(&a["posted"]["held_pence"])), (761_429, 167_142));
    assert_eq!(761_429 + 167_142, 928_571);
    let b = bank.payee("urn/SC000002");
    assert_eq!(only(&b)["nights"], 5);
    assert_eq!((int(&b["posted"]["payable_pence"]), int(&b["posted"]["held_pence"])), (278_571, 21_429));
    assert_eq!(278_571 + 21_429, 300_000);
    bank.is_sound();
}

#[test]
fn example_3_late_notice() {
    let bank = Bank::new();
    bank.agree(HOME_A, "4100.00", "900.00", "2025-05-01");
    bank.agree(HOME_B, "3900.00", "300.00", "2025-05-01");
    let born = [("K1", "01/02/2012")];
    bank.import("2026", &born, &[Row { from: "01/05/2025", urn: HOME_A, ..HOME }]);
    let first = bank.pay("2025-06-01");
    assert_eq!((int(&first["report"]["payable_pence"]), int(&first["report"]["held_pence"])), (1_874_286, 411_428));
    assert_eq!(1_874_286 + 411_428, 2_285_714);

    bank.import("2026", &born, &moved_on_14_may());
    let corrected = bank.pay("2025-06-01");
    assert_eq!(corrected["posted"], true);
    let report = &corrected["report"];
    // A: care −£11,128.57, of which the council bears £4,100.00 and £7,028.57 is to be recovered; return −£2,442.86.
    // B: care £10,585.71, return £814.29.
    assert_eq!(int(&report["fund_care_pence"]), -1_112_857 + 1_058_571);
    assert_eq!(int(&report["fund_return_pence"]), -244_286 + 81_429);
    assert_eq!(int(&report["held_pence"]), -244_286 + 81_429);
    assert_eq!(int(&report["good_faith_pence"]), 410_000);
    assert_eq!(int(&report["recoverable_pence"]), 702_857);
    assert_eq!(int(&report["payable_pence"]), 1_058_571);

    let a = bank.payee("urn/SC000001");
    let runs = a["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 2);
    let difference = &runs[1]["posted"];
    assert_eq!(difference["fund_care_pence"], -1_112_857);
    assert_eq!(difference["good_faith_pence"], 410_000);
    assert_eq!(difference["recoverable_pence"], 702_857);
    assert_eq!(difference["held_pence"], -244_286);
    assert_eq!(difference["payable_pence"], 0);
    assert_eq!(only(&a)["nights"], 13);
    assert_eq!((int(&only(&a)["care_pence"]), int(&only(&a)["return_pence"])), (761_429, 167_142));
    let b = bank.payee("urn/SC000002");
    assert_eq!(only(&b)["nights"], 19);
    assert_eq!((int(&b["posted"]["payable_pence"]), int(&b["posted"]["held_pence"])), (1_058_571, 81_429));
    assert_eq!(1_058_571 + 81_429, 1_140_000);

    let accounts = [
        ("payable/urn/SC000001", -1_874_286),
        ("recoverable/urn/SC000001", 702_857),
        ("due/E10000016/good-faith", 410_000),
        ("held/urn/SC000001", -167_142),
        ("payable/urn/SC000002", -1_058_571),
        ("held/urn/SC000002", -81_429),
        ("care/bed", 761_429 + 1_058_571),
        ("return/bed", 167_142 + 81_429),
    ];
    for (account, pence) in accounts {
        assert_eq!(bank.balance(account), pence, "{account}");
    }
    let council = bank.json(&["statement", "council", KENT]);
    assert_eq!(council["posted"]["good_faith_pence"], 410_000);

    // The difference concerns the nights from the move on.
    let placement = only(&a)["placement"].as_str().unwrap();
    let night = bank.json(&["explain", "--placement", placement, "--night", "2025-05-20"]);
    let last: Vec<&Value> =
        night["postings"].as_array().unwrap().iter().filter(|posting| posting["run"] == 2).collect();
    assert!(!last.is_empty() && last.iter().all(|posting| posting["from"] == "2025-05-14"), "{night}");

    // Said again, nothing; and the month after leaves A as it stands.
    assert_eq!(bank.pay("2025-06-01")["posted"], false);
    bank.pay("2025-06-30");
    assert_eq!(bank.balance("recoverable/urn/SC000001"), 702_857);
    assert_eq!(bank.balance("due/E10000016/good-faith"), 410_000);
    bank.is_sound();

    // Told that the first story was right after all, nothing is left to recover.
    bank.import("2026", &born, &[Row { from: "01/05/2025", urn: HOME_A, ..HOME }]);
    bank.pay("2025-06-30");
    assert_eq!(bank.balance("recoverable/urn/SC000001"), 0);
    let a = only(&bank.payee("urn/SC000001")).clone();
    assert_eq!(a["nights"], 61);
    assert_eq!(a["posted"]["payable_pence"], a["care_pence"]);
    bank.is_sound();
}

#[test]
fn example_4_two_payers() {
    let bank = Bank::new();
    bank.agree(HOME_A, "4100.00", "0", "2025-05-01");
    let rows = [
        Row { from: "01/05/2025", to: "04/05/2025", status: "V2", urn: HOME_A, ..HOME },
        Row { from: "04/05/2025", to: "14/05/2025", rne: "L", urn: HOME_A, ..HOME },
    ];
    bank.import("2026", &[("K1", "01/02/2012")], &rows);
    let run = bank.pay("2025-05-31");
    assert_eq!(run["report"]["fund_care_pence"], 585_714);
    assert_eq!(run["report"]["council_pence"], 175_715);
    assert_eq!(run["report"]["payable_pence"], 761_429);
    let statement = bank.child("K1");
    assert_eq!(only(&statement)["nights"], 13, "a change of legal status is no move");
    assert_eq!(bank.balance("due/E10000016/bed"), 175_715);
    bank.is_sound();
}

#[test]
fn example_5_hospital() {
    let bank = Bank::new();
    let rows = [
        Row { from: "01/05/2025", to: "10/05/2025", ..FOSTER },
        Row { from: "10/05/2025", to: "16/05/2025", rne: "P", place: "T1", provider: "", ..FOSTER },
        Row { from: "16/05/2025", to: "01/06/2025", rne: "P", ..FOSTER },
    ];
    bank.import("2026", &[("K1", "01/02/2012")], &rows);
    bank.pay("2025-06-30");
    let statement = bank.child("K1");
    assert_eq!(statement["nights"], 31, "one bed a night");
    let placements = statement["placements"].as_array().unwrap();
    assert_eq!(placements.len(), 2, "one placement and one stay in hospital");
    let (carer, hospital) = (&placements[0], &placements[1]);
    assert_eq!((int(&carer["nights"]), int(&carer["nights_absent"])), (31, 6));
    let lines = |report: &Value| -> Vec<(String, i64, String)> {
        let text = |line: &Value, field: &str| line[field].as_str().unwrap().to_owned();
        let lines = report["lines"].as_array().unwrap().iter();
        lines.map(|line| (text(line, "kind"), int(&line["nights"]), text(line, "care_exact"))).collect()
    };
    // £247 a week: 9 nights, 6 nights, 16 nights.
    let line = |kind: &str, nights, care: &str| (kind.to_owned(), nights, care.to_owned());
    assert_eq!(
        lines(carer),
        [line("bed", 9, "£317.5714"), line("retainer", 6, "£211.7143"), line("bed", 16, "£564.5714")]
    );
    assert_eq!(lines(hospital), [line("bed", 6, "£0.0000")]);
    assert_eq!(carer["care_pence"], 109_386, "31 nights, as if the child had not been away");
    assert_eq!(hospital["posted"]["payable_pence"], 0);
    assert_eq!(hospital["absent_from"], carer["placement"]);
    // Care of the bed first, then the retainer: each prefix to the penny.
    assert_eq!(bank.balance("care/bed"), 88_214);
    assert_eq!(bank.balance("care/retainer"), 109_386 - 88_214);
    let night = bank.json(&["explain", "--placement", carer["placement"].as_str().unwrap(), "--night", "2025-05-12"]);
    assert_eq!(night["lines"][0]["kind"], "retainer");
    assert_eq!(night["bed_elsewhere"], hospital["placement"]);
    bank.is_sound();
}

/// "Hospital has bed lines of nil": also where the return repeats the home's Ofsted number on the hospital's row.
#[test]
fn example_5_hospital_under_the_homes_own_number() {
    let bank = Bank::new();
    bank.agree(HOME_A, "4100.00", "900.00", "2025-05-01");
    let home = Row { urn: HOME_A, ..HOME };
    let rows = [
        Row { from: "01/05/2025", to: "10/05/2025", ..home },
        Row { from: "10/05/2025", to: "16/05/2025", rne: "P", place: "T1", provider: "", ..home },
        Row { from: "16/05/2025", to: "01/06/2025", rne: "P", ..home },
    ];
    bank.import("2026", &[("K1", "01/02/2012")], &rows);
    bank.pay("2025-06-30");
    let statement = bank.child("K1");
    let placements = statement["placements"].as_array().unwrap();
    let hospital = placements.iter().find(|report| report["kind"] == "T1").unwrap();
    assert_eq!((int(&hospital["care_pence"]), int(&hospital["return_pence"])), (0, 0));
    bank.is_sound();
}

#[test]
fn example_6_eighteen_on_a_saturday() {
    // Saturday 10 May 2025, whether the council ends the episode on that day, later, or not at all.
    for to in ["10/05/2025", "", "20/06/2025"] {
        let bank = Bank::new();
        bank.import("2026", &[("K1", "10/05/2007")], &[Row { from: "01/05/2025", to, ..FOSTER }]);
        bank.pay("2025-06-30");
        let statement = bank.child("K1");
        let report = only(&statement);
        assert_eq!((int(&report["nights"]), report["last"].as_str()), (9, Some("2025-05-09")), "to {to:?}");
        // 9 nights at £288 a week.
        assert_eq!(report["posted"]["payable_pence"], 37_029);
        let placement = report["placement"].as_str().unwrap();
        let eve = bank.json(&["explain", "--placement", placement, "--night", "2025-05-09"]);
        assert_eq!(eve["lines"].as_array().unwrap().len(), 1);
        let birthday = bank.json(&["explain", "--placement", placement, "--night", "2025-05-10"]);
        assert_eq!(birthday["lines"], json!([]));
        bank.is_sound();
    }
}

/// Invented rates for 2026-27: £12 a week more for each age in the South East.
const NEXT_YEAR: &str = r#"
name = "allowances-2026-27"
title = "National Minimum Allowance 2026-27, invented"

[[allowance]]
from = "2026-04-06"
until = "2027-04-05"
status = "assumption"
source = "Invented for this test"

[[allowance.band]]
from_age = 0
london = "210.00"
south_east = "201.00"
rest_of_england = "182.00"

[[allowance.band]]
from_age = 11
london = "269.00"
south_east = "259.00"
rest_of_england = "232.00"
"#;

#[test]
fn example_7_new_years_allowances_not_published() {
    let bank = Bank::new();
    let born = [("K1", "01/02/2014")];
    bank.import("2027", &born, &[Row { from: "01/03/2026", ..FOSTER }]);
    let first = bank.pay("2026-04-30");
    // 61 nights at £247 a week, the last 25 of them as provisional.
    assert_eq!(first["report"]["payable_pence"], 215_243);
    assert_eq!(first["report"]["provisional"], 1);
    let statement = bank.child("K1");
    let lines = only(&statement)["lines"].as_array().unwrap();
    let flags: Vec<(&str, bool)> = lines
        .iter()
        .map(|line| {
            let flags = line["flags"].as_array().unwrap();
            (line["from"].as_str().unwrap(), flags.contains(&json!("provisional")))
        })
        .collect();
    assert_eq!(flags, [("2026-03-01", false), ("2026-04-06", true)]);
    assert!(bank.done(&["statement", "payee", "council/E10000016"]).contains("provisional"));

    // Runs that came between are trued up by the same one difference.
    bank.pay("2026-05-10");
    let file = bank.folder.path().join("allowances-2026-27.toml");
    fs::write(&file, NEXT_YEAR).unwrap();
    let loaded = bank.json(&["policy", "load", &file.display().to_string()]);
    assert_eq!((&loaded["name"], &loaded["recorded"]), (&json!("allowances-2026-27"), &json!(true)));
    let trued = bank.pay("2026-05-10");
    // 35 nights from 6 April to 10 May, £12 a week more: 71 nights 36 × 247/7 + 35 × 259/7 = £2,565.29, of which
    // 71 × 247/7 = £2,505.29 stood.
    assert_eq!(trued["postings"], 1, "one difference");
    assert_eq!(trued["report"]["payable_pence"], 6_000);
    assert_eq!(trued["report"]["provisional"], 0);
    let statement = bank.child("K1");
    assert_eq!(only(&statement)["posted"]["payable_pence"], 256_529);
    let placement = placement(&statement, "U4");
    let night = bank.json(&["explain", "--placement", &placement, "--night", "2026-04-06"]);
    let difference = night["postings"].as_array().unwrap().iter().find(|posting| posting["run"] == 3).unwrap();
    assert_eq!((&difference["from"], &difference["pence"]), (&json!("2026-04-06"), &json!(6_000)));
    let eve = bank.json(&["explain", "--placement", &placement, "--night", "2026-04-05"]);
    assert!(eve["postings"].as_array().unwrap().iter().all(|posting| posting["run"] != 3), "{eve}");
    assert_eq!(bank.json(&["policy", "load", &file.display().to_string()])["recorded"], false);
    bank.is_sound();
}

#[test]
fn running_again_posts_nothing_and_changes_nothing() {
    let bank = Bank::new();
    bank.import("2026", &[("K1", "09/04/2014")], &[Row { from: "31/03/2025", to: "14/04/2025", ..FOSTER }]);
    let first = bank.pay("2025-04-13");
    let digest = bank.done(&["dump", "--digest"]);
    let again = bank.pay("2025-04-13");
    assert_eq!((&again["posted"], &again["postings"], &again["run"]), (&json!(false), &json!(0), &first["run"]));
    assert_eq!(again["hash"], first["hash"]);
    let folder = bank.folder.path().join("return-2026").display().to_string();
    let imported = bank.json(&["import", "ssda903", "--authority", "Kent", "--year", "2026", &folder]);
    assert_eq!(imported["tx"], Value::Null, "the same return again is nothing new");
    assert_eq!(bank.done(&["dump", "--digest"]), digest);
}

#[test]
fn a_run_through_an_earlier_night_is_refused() {
    let bank = Bank::new();
    assert_eq!(bank.refused(&["pay", "run", "--through", "2025-04-13"]), (2, "run.empty".to_owned()));
    bank.import("2026", &[("K1", "09/04/2014")], &[Row { from: "31/03/2025", to: "14/04/2025", ..FOSTER }]);
    bank.pay("13/04/2025");
    let digest = bank.done(&["dump", "--digest"]);
    assert_eq!(bank.refused(&["pay", "run", "--through", "2025-04-12"]), (2, "run.earlier".to_owned()));
    assert_eq!(bank.done(&["dump", "--digest"]), digest);
}

#[test]
fn law_6_what_was_known_then_is_shown_as_it_was_shown_then() {
    let bank = Bank::new();
    let at = |moment: &str, arguments: &[&str]| bank.done(&[&["--clock", moment], arguments].concat());
    let born = [("K1", "01/02/2012")];
    at(
        "2040-05-02T09:00",
        &["price", "agree", "urn/SC000001", "--care", "4100", "--return", "900", "--from", "2025-05-01"],
    );
    let first = bank.write("first", &born, &[Row { from: "01/05/2025", urn: HOME_A, ..HOME }]);
    at("2040-06-02T09:00", &["import", "ssda903", "--authority", KENT, "--year", "2026", &first]);
    at("2040-06-02T10:00", &["pay", "run", "--through", "2025-06-01"]);
    let placement = placement(&bank.child("K1"), "K2");
    let asked: Vec<Vec<&str>> = vec![
        vec!["statement", "child", "--council", "886", "--local-id", "K1"],
        vec!["statement", "payee", "urn/SC000001"],
        vec!["statement", "council", "Kent"],
        vec!["balance", "--all"],
        vec!["explain", "--placement", &placement, "--night", "2025-05-20"],
        vec!["price", "list"],
        vec!["policy", "list"],
    ];
    let page = |arguments: &[&str], json: bool, then: &[&str]| {
        let flag = if json { &["--json"][..] } else { &[] };
        bank.done(&[flag, arguments, then].concat())
    };
    let shown: Vec<(String, String)> =
        asked.iter().map(|asked| (page(asked, false, &[]), page(asked, true, &[]))).collect();

    let second = bank.write("second", &born, &moved_on_14_may());
    at("2040-06-03T09:00", &["import", "ssda903", "--authority", KENT, "--year", "2026", &second]);
    at("2040-06-03T10:00", &["pay", "run", "--through", "2025-06-01"]);
    at("2040-06-04T09:00", &["price", "agree", "urn/SC000002", "--care", "3900", "--from", "2025-05-01"]);
    at("2040-07-01T10:00", &["pay", "run", "--through", "2025-06-30"]);

    for then in ["2040-06-02", "2040-06-02T10:00", "2040-06-02T09:01:00Z", "2040-06-03T07:59:59Z"] {
        for (asked, (text, json)) in asked.iter().zip(&shown) {
            let again = page(asked, true, &["--known-at", then]);
            assert_eq!(&again, json, "{asked:?} as known at {then}");
            assert_eq!(&page(asked, false, &["--known-at", then]), text, "{asked:?} as known at {then}");
        }
    }
    for (asked, (_, json)) in asked.iter().take(4).zip(&shown) {
        assert_ne!(&page(asked, true, &[]), json, "{asked:?} knows more now");
    }
    let (exit, code) = bank.refused(&["balance", "--known-at", "1999-01-01"]);
    assert_eq!((exit, code.as_str()), (4, "moment.not-found"));
}

#[test]
fn dates_are_read_in_both_forms_and_no_other() {
    let posted = |through: &str| {
        let bank = Bank::new();
        bank.import("2026", &[("K1", "09/04/2014")], &[Row { from: "31/03/2025", to: "14/04/2025", ..FOSTER }]);
        int(&bank.pay(through)["report"]["payable_pence"])
    };
    assert_eq!(posted("04/04/2025"), posted("2025-04-04"));
    let bank = Bank::new();
    for wrong in ["04/04/25", "4.4.2025", "2025-13-01", "31/02/2025", "yesterday", "2025-04-04T10:00"] {
        let output = bank.run(&["pay", "run", "--through", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("2025-05-14 or 14/05/2025"), "{wrong}: {said}");
    }
}

#[test]
fn a_council_that_was_not_there_that_year_is_refused_with_its_successor() {
    let bank = Bank::new();
    let folder = bank.write("any", &[("K1", "09/04/2014")], &[Row { from: "31/03/2019", ..FOSTER }]);
    let import = |authority: &str, year: &str| {
        let output = bank.run(&["--json", "import", "ssda903", "--authority", authority, "--year", year, &folder]);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), document)
    };
    // The county of Buckinghamshire until 31 March 2020, the council of today since. One DfE number serves both.
    let (exit, refused) = import("E10000002", "2021");
    assert_eq!((exit, &refused["error"]["code"]), (Some(2), &json!("council.year")));
    assert!(refused["error"]["sentence"].as_str().unwrap().contains("E06000060"), "{refused}");
    let (exit, refused) = import("E06000060", "2019");
    assert_eq!((exit, &refused["error"]["code"]), (Some(2), &json!("council.year")));
    let (exit, done) = import("825", "2019");
    assert_eq!((exit, &done["council"]), (Some(0), &json!("E10000002")));
    let (exit, done) = import("825", "2021");
    assert_eq!((exit, &done["council"]), (Some(0), &json!("E06000060")));
    for year in ["2017", "2028", "0"] {
        let (exit, refused) = import(KENT, year);
        assert_eq!((exit, &refused["error"]["code"]), (Some(2), &json!("import.year")), "{year}");
    }
    let (exit, refused) = import("Atlantis", "2026");
    assert_eq!((exit, &refused["error"]["code"]), (Some(4), &json!("council.not-found")));
}

#[test]
fn exit_2_asked_wrongly() {
    let bank = Bank::new();
    let agree = |rest: &[&str]| bank.refused(&[&["price", "agree"], rest].concat());
    let from = ["--from", "2025-05-01"];
    assert_eq!(agree(&[&["urn/SC000001", "--care", "1", "--until", "2025-04-01"], &from[..]].concat()).0, 2);
    assert_eq!(agree(&[&["urn/SC000001"], &from[..]].concat()).1, "price.parts");
    assert_eq!(agree(&[&["Mrs Smith", "--care", "1"], &from[..]].concat()).1, "price.subject");
    assert_eq!(agree(&[&["urn/SC000001", "--kind", "K2", "--care", "1"], &from[..]].concat()).1, "price.kind");
    assert_eq!(bank.refused(&["statement", "payee", "Mrs Smith"]), (2, "payee.form".to_owned()));
    assert_eq!(bank.refused(&["statement", "child"]), (2, "child.which".to_owned()));
    let wrong = bank.folder.path().join("wrong.toml");
    for body in ["", "not toml [", "name = \"x\"\ntitle = \"X\"\nsurprise = 1\n", "name = \"x\"\ntitle = \"\"\n"] {
        fs::write(&wrong, body).unwrap();
        assert_eq!(bank.refused(&["policy", "load", &wrong.display().to_string()]), (2, "policy.wrong".to_owned()));
    }
    let other = Bank { folder: tempfile::tempdir().unwrap() };
    assert_eq!(other.refused(&["init", "--entitlement", "everyone"]), (2, "policy.unknown".to_owned()));
    assert_eq!(other.refused(&["init", "--scheme", "Two words"]), (2, "scheme.name".to_owned()));
    assert!(!other.folder.path().join("store").exists(), "nothing was half-made");
}

/// "One JSON document on standard output": a program that asks wrongly must be able to read why.
#[test]
fn exit_2_has_one_document_even_when_the_arguments_cannot_be_read() {
    let bank = Bank::new();
    for wrong in [
        &["pay", "run", "--through", "yesterday"][..],
        &["pay", "run"],
        &["statement", "child", "not-a-reference"],
        &["statement", "council", "Atlantis"],
        &["explain", "--placement", "P-1", "--night", "2025-04-09"],
        &["price", "agree", "urn/SC000001", "--care", "a lot", "--from", "2025-05-01"],
        &["balance", "--known-at", "long ago"],
        &["no-such-command"],
    ] {
        assert_eq!(bank.refused(wrong).0, 2, "{wrong:?}");
    }
}

#[test]
fn exit_3_a_return_or_file_was_refused() {
    let bank = Bank::new();
    let folder = bank.folder.path().join("odd");
    fs::create_dir_all(&folder).unwrap();
    let import =
        |paths: &[&str]| bank.refused(&[&["import", "ssda903", "--authority", KENT, "--year", "2026"], paths].concat());
    let odd = folder.display().to_string();
    assert_eq!(import(&[&odd]), (3, "import.CB20".to_owned()), "an empty folder");
    let digest = bank.done(&["dump", "--digest"]);
    fs::write(folder.join("header.csv"), format!("{HEADER}\nK1,F,09/04/2014,WBRI,UN1,0,\n")).unwrap();
    assert_eq!(import(&[&odd]), (3, "import.CB21".to_owned()), "no episodes");
    fs::write(folder.join("episodes.csv"), "CHILD,DECOM,RNE,LS\nK1,31/03/2025,S,C2\n").unwrap();
    assert_eq!(import(&[&odd]), (3, "import.CB23".to_owned()), "columns are missing");
    fs::write(folder.join("episodes.csv"), format!("{EPISODES}\n")).unwrap();
    fs::write(folder.join("episodes-2.csv"), format!("{EPISODES}\n")).unwrap();
    assert_eq!(import(&[&odd]), (3, "import.CB22".to_owned()), "two years at once");
    let nowhere = folder.join("nowhere.csv").display().to_string();
    assert_eq!(import(&[&nowhere]), (3, "file.unreadable".to_owned()));
    assert_eq!(bank.refused(&["policy", "load", &nowhere]), (3, "file.unreadable".to_owned()));
    assert_eq!(bank.done(&["dump", "--digest"]), digest, "nothing was half-loaded");
}

#[test]
fn exit_4_not_found() {
    let bank = Bank::new();
    let missing = [
        (&["statement", "child", "C-7F3K-9M2Q-X4AB"][..], "child.not-found"),
        (&["statement", "child", "--council", KENT, "--local-id", "K9"], "child.not-found"),
        (&["statement", "payee", "urn/SC999999"], "payee.not-found"),
        (&["statement", "council", "Kent"], "council.not-found"),
        (&["explain", "--placement", "P-7F3K-9M2Q-X4AB", "--night", "2025-04-09"], "placement.not-found"),
        (&["policy", "show", "nothing"], "policy.not-found"),
    ];
    for (asked, code) in missing {
        assert_eq!(bank.refused(asked), (4, code.to_owned()), "{asked:?}");
    }
}

#[test]
fn exit_5_the_store_cannot_be_used() {
    let nowhere = Bank { folder: tempfile::tempdir().unwrap() };
    assert_eq!(nowhere.refused(&["balance"]), (5, "store.missing".to_owned()));
    assert_eq!(nowhere.refused(&["pay", "run", "--through", "2025-04-09"]), (5, "store.missing".to_owned()));
    assert!(!nowhere.folder.path().join("store").exists(), "looking makes nothing");
    let bank = Bank::new();
    assert_eq!(bank.refused(&["init"]), (5, "store.exists".to_owned()));

    let agree = ["--key", "letter-7", "price", "agree", "urn/SC000001", "--from", "2025-05-01", "--care"];
    let asked = |care: &'static str| [&agree[..], &[care]].concat();
    assert_eq!(bank.json(&asked("4100"))["recorded"], true);
    assert_eq!(bank.json(&asked("4100"))["recorded"], false, "the same command under the same key happens once");
    assert_eq!(bank.refused(&asked("4200")), (2, "key.conflict".to_owned()), "the store is sound");

    let folder = bank.folder.path().join("store");
    for file in fs::read_dir(&folder).unwrap() {
        fs::write(file.unwrap().path(), "this is no database, whatever it is called".repeat(200)).unwrap();
    }
    let (exit, code) = bank.refused(&["balance"]);
    assert_eq!((exit, code.as_str()), (5, "store.damaged"));
}

/// Every command that a help text shows as an example, as a shell would cut it.
fn examples(help: &str) -> Vec<Vec<String>> {
    let shown = help.lines().filter_map(|line| line.trim().strip_prefix("carebank "));
    let words = |line: &str| -> Vec<String> {
        let cut = line.split('\'').enumerate().flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().collect::<Vec<_>>(),
            _ => vec![part],
        });
        cut.map(str::to_owned).collect()
    };
    shown.map(words).collect()
}

#[test]
fn help_shows_examples_and_the_binary_takes_them() {
    let bank = Bank::new();
    for command in [&[][..], &["init"], &["import", "ssda903"], &["price", "agree"], &["pay", "run"], &["explain"]] {
        let help = bank.command(&[command, &["--help"]].concat()).env("COLUMNS", "400").output().unwrap();
        assert!(help.status.success());
        let shown = examples(&String::from_utf8(help.stdout).unwrap());
        assert!(!shown.is_empty(), "{command:?} has no example");
        for example in shown {
            // With `--help` at the end everything before it is read and nothing is done.
            let output = bank.command(&[]).args(&example).arg("--help").output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success(), "{example:?}: {said}");
        }
    }
}

#[test]
fn help_lists_the_exit_codes_and_every_command() {
    let help = String::from_utf8(
        Command::new(env!("CARGO_BIN_EXE_carebank")).arg("--help").env("COLUMNS", "400").output().unwrap().stdout,
    )
    .unwrap();
    for word in ["init", "import", "price", "policy", "pay", "statement", "explain", "balance", "verify", "dump"] {
        assert!(help.lines().any(|line| line.trim_start().starts_with(word)), "{word}: {help}");
    }
    for exit in ["0 done", "2 asked wrongly", "3 ", "4 not found", "5 the store"] {
        assert!(help.contains(exit), "{exit}: {help}");
    }
}

/// Law 10: nothing that is printed of money, and nothing on standard error, names a child or a postcode.
#[test]
fn law_10_no_number_of_a_child_and_no_postcode_is_printed() {
    let bank = Bank::new();
    let born = [("NAOMIQUX1", "09/04/2014"), ("NAOMIQUX2", "10/05/2007")];
    let rows = [
        Row { child: "NAOMIQUX1", from: "31/03/2025", to: "14/05/2025", ..FOSTER },
        Row { child: "NAOMIQUX1", from: "14/05/2025", urn: HOME_A, ..HOME },
        Row { child: "NAOMIQUX2", from: "01/05/2025", place: "Z1", provider: "", ..FOSTER },
        // Set aside: it ends before it begins.
        Row { child: "NAOMIQUX2", from: "01/03/2025", to: "01/02/2025", ..FOSTER },
    ];
    let folder = bank.write("planted", &born, &rows);
    bank.done(&["import", "ssda903", "--authority", KENT, "--year", "2026", &folder]);
    let child = bank.json(&["statement", "child", "--council", KENT, "--local-id", "NAOMIQUX1"]);
    let placement = placement(&child, "K2");
    let reference = child["child"].as_str().unwrap().to_owned();
    let asked: [&[&str]; 13] = [
        &["pay", "run", "--through", "2025-06-30"],
        &["pay", "run", "--through", "2025-06-01"],
        &["statement", "payee", "council/E10000016"],
        &["statement", "payee", "urn/SC000001"],
        &["statement", "payee", "urn/SC999999"],
        &["statement", "council", KENT],
        &["statement", "child", &reference],
        &["balance", "--all"],
        &["explain", "--placement", &placement, "--night", "2025-05-20"],
        &["explain", "--placement", &placement, "--night", "2031-05-20"],
        &["price", "list"],
        &["policy", "list"],
        &["verify"],
    ];
    for asked in asked {
        for json in [&[][..], &["--json"]] {
            let output = bank.run(&[json, asked].concat());
            for stream in [output.stdout, output.stderr] {
                let said = String::from_utf8(stream).unwrap();
                for secret in ["NAOMIQUX", "ME1 1AA", "ME2 2AA", "ME11AA", "ME22AA"] {
                    assert!(!said.contains(secret), "{asked:?} prints {secret}: {said}");
                }
            }
        }
    }
    for line in bank.done(&["dump"]).lines().filter(|line| !line.starts_with("care_")) {
        assert!(!line.contains("NAOMIQUX") && !line.contains("ME2 2AA"), "{line}");
    }
}

/// A path in an error is the one the person gave.
#[test]
fn an_error_names_the_file_it_is_about() {
    let bank = Bank::new();
    let given = PathBuf::from("no-such-folder").join("episodes.csv").display().to_string();
    let output = bank.run(&["import", "ssda903", "--authority", KENT, "--year", "2026", &given]);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8(output.stderr).unwrap().contains(&given));
}
