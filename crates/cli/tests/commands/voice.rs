//! The child's voice through the binary: what passes to a provider, and what never does.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const KENT: &str = "E10000016";
const HOME: &str = "urn/SC000001";
/// What no output, log, error or table of the Bank may hold.
const MARKER: &str = "zanzibarquince";

/// Seventy children in one home since 1 May 2025, paid through 31 March 2026.
struct World {
    folder: TempDir,
}

impl World {
    fn new(children: usize) -> World {
        let world = World { folder: tempfile::tempdir().unwrap() };
        let mut header = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n".to_owned();
        let mut episodes =
            "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
                .to_owned();
        for child in 0..children {
            header += &format!("KID{child},F,01/06/2012,WBRI,UN1,0,\n");
            episodes += &format!("KID{child},01/05/2025,S,C2,N1,K2,PR4,,,,ME1 1AA,ME2 2AA,SC000001\n");
        }
        let folder = world.folder.path().join("return");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("header.csv"), header).unwrap();
        fs::write(folder.join("episodes.csv"), episodes).unwrap();
        fs::write(world.folder.path().join("words"), format!("I said {MARKER}")).unwrap();
        world.done(&["--clock", "2025-06-01", "init", "--reference-key", "voice"]);
        let folder = folder.display().to_string();
        world.done(&["--clock", "2026-05-01", "import", "ssda903", "--authority", KENT, "--year", "2026", &folder]);
        let agreed = ["--care", "4100.00", "--return", "900.00", "--from", "2025-04-01"];
        world.done(&[&["--clock", "2026-05-01", "price", "agree", HOME], agreed.as_slice()].concat());
        world.done(&["--clock", "2026-05-01", "pay", "run", "--through", "2026-03-31"]);
        world
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carebank"));
        command.env_remove("CAREBANK_DATABASE").env_remove("CAREBANK_REFERENCE_KEY");
        command.args(["--actor", "test", "--data"]).arg(self.folder.path().join("store"));
        command.args(arguments).output().unwrap()
    }

    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{arguments:?}: {said}");
        assert!(!said.contains(MARKER));
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(&[&["--json"], arguments].concat())).unwrap()
    }

    fn placements(&self) -> Vec<String> {
        let statement = self.json(&["statement", "payee", HOME]);
        let placements = statement["placements"].as_array().unwrap();
        placements.iter().map(|placement| placement["placement"].as_str().unwrap().to_owned()).collect()
    }

    fn answer(&self, placement: &str, marks: &str, more: &[&str]) -> String {
        let said = ["--clock", "2026-05-02", "voice", "answer", placement, "--on", "2025-06-02", "--by", "self"];
        self.done(&[said.as_slice(), &["--marks", marks], more].concat())
    }

    /// Everything that is shown of a provider's money.
    fn shown(&self, placement: &str) -> String {
        let clock = ["--clock", "2026-05-03"];
        let ways: [&[&str]; 9] = [
            &["statement", "payee", HOME],
            &["--json", "statement", "payee", HOME],
            &["statement", "council", KENT],
            &["explain", "--placement", placement, "--night", "2025-07-01"],
            &["--json", "explain", "--placement", placement, "--night", "2025-07-01"],
            &["balance", "--all"],
            &["pay", "settle"],
            &["pay", "explain", HOME, "--half-year", "2025-H1"],
            &["--json", "pay", "explain", HOME, "--half-year", "2025-H1"],
        ];
        ways.iter().map(|way| self.done(&[clock.as_slice(), way].concat())).collect()
    }

    /// Rows of the door and the Bank.
    fn banks(&self) -> Vec<String> {
        let dump = self.done(&["dump"]);
        dump.lines().filter(|line| line.starts_with("bank_") || line.starts_with("door_")).map(str::to_owned).collect()
    }
}

#[test]
fn voice_before_settlement_nothing_differs_between_two_worlds_that_differ_in_one_answer() {
    let worlds = [World::new(3), World::new(3), World::new(3)];
    let answers = ["5,5,5,5,5,5", "5,5,5,5,5,1", "1,1,1,1,1,1"];
    let seen: Vec<(String, Vec<String>)> = worlds
        .iter()
        .zip(answers)
        .map(|(world, marks)| {
            let placement = world.placements().remove(0);
            world.answer(&placement, marks, &[]);
            (world.shown(&placement), world.banks())
        })
        .collect();
    assert!(seen[0].0.contains("90.00 %") && !seen[0].1.is_empty());
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[test]
fn voice_words_of_a_child_are_in_the_care_wings_own_table_and_nowhere_else() {
    let world = World::new(3);
    let placement = world.placements().remove(0);
    let words = world.folder.path().join("words").display().to_string();
    let recorded = world.answer(&placement, "5,5,5,5,5,5", &["--words", &words]);
    assert!(recorded.contains("A duty person is to be told now"), "{recorded}");
    // Refused: a mark outside the scale.
    let wrong = ["voice", "answer", &placement, "--on", "2025-06-02", "--by", "self", "--marks", "9,5,5,5,5,5"];
    let refused = world.run(&[wrong.as_slice(), &["--words", &words]].concat());
    assert_eq!(refused.status.code(), Some(2));
    let due = world.done(&["voice", "due", "--today", "2025-06-03"]);
    assert!(due.contains("read-words") && due.contains("tell director-of-childrens-services"), "{due}");
    let at_once = world.done(&["--clock", "2026-05-02", "voice", "due", "--today", "2025-06-03"]);
    assert!(at_once.contains("tell duty-social-worker"), "{at_once}");
    let read = ["--disclosed", "2025-06-02", "--on", "2025-06-02", "--words-read", "safe"];
    world.done(&[&["voice", "safety", &placement], read.as_slice()].concat());
    assert!(!world.done(&["voice", "due", "--today", "2025-06-03"]).contains("read-words"));
    let dump = world.done(&["dump"]);
    for line in dump.lines().filter(|line| line.contains(MARKER)) {
        assert!(line.starts_with("care_voice_fact\t"), "{line}");
    }
    assert_eq!(dump.matches(MARKER).count(), 1);
    let mut all = vec![recorded, due, world.shown(&placement), world.done(&["verify"])];
    all.extend([refused.stdout, refused.stderr].map(|bytes| String::from_utf8(bytes).unwrap()));
    all.push(world.done(&["statement", "council", KENT]));
    assert!(all.iter().all(|text| !text.contains(MARKER)));
}

#[test]
fn voice_a_half_year_is_closed_once_and_an_auditor_can_check_it() {
    let world = World::new(70);
    world.done(&["--clock", "2026-05-02", "voice", "key"]);
    let placements = world.placements();
    for placement in &placements[..7] {
        world.answer(placement, "5,5,5,5,5,1", &[]);
    }
    assert!(world.done(&["voice", "integrity"]).starts_with("7 flags"), "seven alike within minutes");
    world.done(&["--clock", "2026-05-03", "pay", "settle"]);
    let open = world.json(&["pay", "explain", HOME, "--half-year", "2025-H1"]);
    assert_eq!((open["closed"].as_bool(), open["share_basis_points"].as_i64()), (Some(false), Some(9_000)));
    let early = world.run(&["--clock", "2026-05-03", "--json", "pay", "settle", "--close", "2025-H2"]);
    let early: Value = serde_json::from_slice(&early.stdout).unwrap();
    assert_eq!(early["error"]["code"], "voice.early");
    world.done(&["--clock", "2026-05-03", "--key", "one", "pay", "settle", "--close", "2025-H1"]);
    let again = world.json(&["--clock", "2026-05-04", "pay", "settle", "--close", "2025-H1"]);
    assert_eq!(again["posted"], false, "closed once");
    // A "no" after the close changes nothing any more.
    world.answer(&placements[20], "5,5,5,5,5,1", &[]);
    assert_eq!(world.json(&["--clock", "2026-05-05", "pay", "settle"])["posted"], false);

    let told = world.json(&["pay", "explain", HOME, "--half-year", "2025-H1"]);
    assert!(told["audit"].is_null() && told["closed"] == true);
    let shown = world.json(&["pay", "explain", HOME, "--half-year", "2025-H1", "--auditor"]);
    let audit = &shown["audit"];
    assert_eq!((audit["agrees"].as_bool(), audit["pool"].as_str()), (Some(true), Some("own/urn/SC000001")));
    assert_eq!(audit["beforehand"], false, "the hash was recorded in May 2026, and an auditor is told");
    // 70 children for 153 nights; seven said no on 2 June, the day it was due: 121 nights each.
    let kept = |name: &str| audit["kept"][name].as_i64().unwrap();
    assert_eq!((kept("nights"), kept("covered")), (70 * 153, 70 * 153 - 7 * 121));
    let exact = (2 * kept("covered") * 1_000_000 + kept("nights")) / (2 * kept("nights"));
    let share = told["share_basis_points"].as_i64().unwrap();
    assert_eq!(share * 100 + kept("carried_on_ppm"), exact + kept("noise_ppm"));
    // What the half-year earned is paid by its share or back with the fund; the other half-year is on account.
    let other = world.json(&["pay", "explain", HOME, "--half-year", "2025-H2"]);
    let pence = |value: &Value, name: &str| value[name].as_i64().unwrap();
    let (first, second) = (pence(&told, "earned_pence"), pence(&other, "earned_pence"));
    let due = (2 * (first + second) * share + 10_000) / 20_000;
    let paid = pence(&told, "paid_pence");
    assert_eq!(other["share_basis_points"].as_i64(), Some(share), "the last settled share goes on account");
    assert_eq!(paid, due.max((2 * (first + second) * 9_000 + 10_000) / 20_000));
    let balance = world.json(&["balance", "--all"]);
    assert_eq!(balance["off_pence"], 0);
    let held = balance["accounts"].as_array().unwrap().iter().find(|line| line["account"] == "held/urn/SC000001");
    let to_fund = pence(&told, "to_fund_pence");
    assert_eq!(held.unwrap()["balance_pence"].as_i64(), Some(paid + to_fund - first - second));
    world.done(&["verify"]);
}
