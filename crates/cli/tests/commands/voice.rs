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
        let stay = |child: usize| format!("KID{child},01/05/2025,S,C2,N1,K2,PR4,,,,ME1 1AA,ME2 2AA,SC000001\n");
        let world = World::of(children, &(0..children).map(stay).collect::<String>());
        let agreed = ["--care", "4100.00", "--return", "900.00", "--from", "2025-04-01"];
        world.done(&[&["--clock", "2026-05-01", "price", "agree", HOME], agreed.as_slice()].concat());
        world.done(&["--clock", "2026-05-01", "pay", "run", "--through", "2026-03-31"]);
        world
    }

    /// Whatever a return tells of so many children.
    fn of(children: usize, told: &str) -> World {
        let world = World { folder: tempfile::tempdir().unwrap() };
        let mut header = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n".to_owned();
        let mut episodes =
            "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
                .to_owned();
        for child in 0..children {
            header += &format!("KID{child},F,01/06/2012,WBRI,UN1,0,\n");
        }
        episodes += told;
        let folder = world.folder.path().join("return");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("header.csv"), header).unwrap();
        fs::write(folder.join("episodes.csv"), episodes).unwrap();
        fs::write(world.folder.path().join("words"), format!("I said {MARKER}")).unwrap();
        world.done(&["--clock", "2025-06-01", "init", "--reference-key", "voice"]);
        let folder = folder.display().to_string();
        world.done(&["--clock", "2026-05-01", "import", "ssda903", "--authority", KENT, "--year", "2026", &folder]);
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

    /// Everything that is shown of a provider, of its money and of its places.
    fn shown(&self, placement: &str) -> String {
        self.ways(placement).concat()
    }

    /// Of the ways below, those that show what is paid by a pool's share.
    const PAID: [usize; 3] = [0, 1, 2];

    fn ways(&self, placement: &str) -> Vec<String> {
        let clock = ["--clock", "2026-05-03T12:00"];
        let _ = self.done(&[clock.as_slice(), &["pay", "settle"]].concat());
        let ways: [&[&str]; 23] = [
            &["balance", "--all"],
            &["pay", "explain", HOME, "--half-year", "2025-H1"],
            &["--json", "pay", "explain", HOME, "--half-year", "2025-H1"],
            &["statement", "payee", HOME],
            &["--json", "statement", "payee", HOME],
            &["statement", "payee", HOME, "--known-at", "2026-05-02T23:00"],
            &["statement", "council", KENT],
            &["--json", "statement", "council", KENT],
            &["explain", "--placement", placement, "--night", "2025-07-01"],
            &["--json", "explain", "--placement", placement, "--night", "2025-07-01"],
            &["price", "list"],
            &["--json", "price", "list"],
            &["policy", "list"],
            &["--json", "policy", "list"],
            &["register", "list"],
            &["--json", "register", "list"],
            &["register", "vacancy", "list"],
            &["--json", "register", "vacancy", "list"],
            &["register", "owners"],
            &["register", "show", HOME],
            &["--json", "register", "show", HOME],
            &["register", "history", HOME],
            &["--json", "register", "history", HOME],
        ];
        let said = |way: &&[&str]| {
            let output = self.run(&[clock.as_slice(), way].concat());
            let texts = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
            assert!(texts.iter().all(|text| !text.contains(MARKER)), "{way:?}");
            texts.concat()
        };
        ways.iter().map(said).collect()
    }

    /// Rows of the door and the Bank.
    fn banks(&self) -> Vec<String> {
        let dump = self.done(&["dump"]);
        dump.lines().filter(|line| line.starts_with("bank_") || line.starts_with("door_")).map(str::to_owned).collect()
    }
}

/// What one child, and those who ask, do in a world.
const WORLDS: [(&str, &[&[&str]]); 8] = [
    ("not asked", &[]),
    ("asked, and silent", &[&["asked"]]),
    ("yes", &[&["asked"], &["answer", "--by", "self", "--marks", "5,5,5,5,5,5"]]),
    ("something is wrong", &[&["asked"], &["answer", "--by", "self", "--marks", "5,5,1,5,5,5"]]),
    ("no", &[&["asked"], &["answer", "--by", "self", "--marks", "5,5,5,5,5,1"], &["review", "--outcome", "changes"]]),
    ("declined", &[&["answer", "--by", "self", "--declined"]]),
    ("a disclosure", &[&["answer", "--by", "self", "--marks", "1,5,5,5,5,5"]]),
    (
        "a no and a disclosure, helped",
        &[
            &["answer", "--by", "assisted", "--independent", "--marks", "1,1,1,1,1,1"],
            &["answer", "--by", "self", "--marks", "5,5,5,5,5,1"],
        ],
    ),
];

impl World {
    /// Does what a world has its child do.
    fn lives(&self, placement: &str, done: &[&[&str]]) {
        for act in done {
            let said = ["--clock", "2026-05-02", "voice", act[0], placement, "--on", "2025-06-02"];
            self.done(&[said.as_slice(), &act[1..]].concat());
        }
    }

    /// Life goes on afterwards: prices, places, runs. Whatever counts commits has counted what was said.
    fn goes_on(&self) {
        let later: [&[&str]; 5] = [
            &["price", "agree", HOME, "--care", "4200.00", "--return", "910.00", "--from", "2026-01-01"],
            &["register", "add", HOME, "--kind", "Children's home", "--places", "4", "--from", "2025-04-01"],
            &["register", "place", HOME, "--ages", "8-17", "--from", "2025-04-02"],
            &["register", "vacancy", "claim", "urn/SC000001/1", "--by", "home"],
            &["pay", "run", "--through", "2026-03-31"],
        ];
        for (minute, command) in later.into_iter().enumerate() {
            let clock = format!("2026-05-03T09:0{minute}");
            self.done(&[["--clock", clock.as_str()].as_slice(), command].concat());
        }
    }

    /// What a provider is told when it says something of its place again.
    fn told(&self) -> String {
        self.done(&["--clock", "2026-05-03T10:00", "register", "vacancy", "claim", "urn/SC000001/1", "--by", "home"])
    }
}

/// The first child answers in one of several ways, or not, or is not asked: whatever is shown of a provider, its money and
/// its places is the same, to the byte.
#[test]
fn voice_before_settlement_nothing_differs_between_worlds_that_differ_in_what_one_child_said() {
    let mut seen: Option<(Vec<String>, String)> = None;
    for (what, done) in WORLDS {
        let world = World::new(3);
        let placement = world.placements().remove(0);
        world.lives(&placement, done);
        world.goes_on();
        let shown = (world.ways(&placement), world.told());
        match &seen {
            None => {
                assert!(shown.0.concat().contains("90.00 %") && shown.0.concat().contains("urn/SC000001/1"));
                seen = Some(shown);
            }
            Some(first) => {
                for (one, other) in first.0.iter().zip(&shown.0) {
                    assert_eq!(one, other, "not asked, and {what}");
                }
                assert_eq!(first.1, shown.1, "{what}");
            }
        }
    }
}

/// What one child said moves the pool's share, or nothing; and whatever the share, only what is paid by it differs.
#[test]
fn voice_after_settlement_nothing_differs_but_by_the_pools_share() {
    let seen: Vec<(Vec<String>, i64)> = [0, 1, 30]
        .into_iter()
        .map(|noes| {
            let world = World::new(70);
            world.done(&["--clock", "2026-05-02", "voice", "key", "--from", "two worlds"]);
            let placements = world.placements();
            for placement in placements.iter().take(noes) {
                world.answer(placement, "5,5,5,5,5,1", &[]);
            }
            world.done(&["--clock", "2026-05-03", "pay", "settle", "--close", "2025-H1"]);
            let told = world.json(&["pay", "explain", HOME, "--half-year", "2025-H1"]);
            (world.ways(&placements[69]), told["share_basis_points"].as_i64().unwrap())
        })
        .collect();
    // One of seventy is less than a step: whether that child said no cannot be seen at all.
    assert_eq!(seen[0].1, seen[1].1);
    assert_eq!(seen[0].0, seen[1].0);
    // Thirty of them are seen, in what was paid and in nothing else.
    assert!(seen[2].1 < seen[0].1, "{} {}", seen[0].1, seen[2].1);
    let moved: Vec<bool> = seen[0].0.iter().zip(&seen[2].0).map(|(one, other)| one != other).collect();
    let by_share: Vec<bool> = (0..moved.len()).map(|at| World::PAID.contains(&at)).collect();
    assert_eq!(moved, by_share);
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
    let due = world.done(&["voice", "due", "--today", "2025-06-03"]);
    assert!(!due.contains("read-words") && due.contains("tell "), "read, and nobody has taken it on: {due}");
    let taken = ["--disclosed", "2025-06-02", "--on", "2025-06-02", "--acknowledged-by", "A. Person"];
    world.done(&[&["voice", "safety", &placement], taken.as_slice()].concat());
    assert!(!world.done(&["voice", "due", "--today", "2025-06-03"]).contains("tell "));
    // Said again on the same day, it is told again: what was taken on was the first.
    world.answer(&placement, "1,5,5,5,5,5", &["--words", &words]);
    assert!(world.done(&["voice", "due", "--today", "2025-06-03"]).contains("tell "));
    let dump = world.done(&["dump"]);
    for line in dump.lines().filter(|line| line.contains(MARKER)) {
        assert!(line.starts_with("care_voice_fact\t"), "{line}");
    }
    assert_eq!(dump.matches(MARKER).count(), 2);
    assert!(world.banks().iter().all(|row| !row.contains(MARKER)));
    // A backup is a store, and holds them in the same table; an export of the return, and whatever else is written, do not.
    let to = |name: &str| world.folder.path().join(name).display().to_string();
    world.done(&["backup", &to("backup")]);
    let export = ["export", "ssda903", "--authority", KENT, "--year", "2026", "--out", &to("export")];
    world.done(&export);
    world.done(&["--json", "voice", "due", "--today", "2025-06-03"]);
    world.done(&["--json", "voice", "integrity"]);
    for folder in ["export", "return"] {
        for file in fs::read_dir(to(folder)).unwrap() {
            let bytes = fs::read(file.unwrap().path()).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains(MARKER));
        }
    }
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

#[test]
fn voice_another_protocol_can_be_loaded_and_a_wrong_one_is_refused() {
    let world = World::new(3);
    let shipped = world.done(&["policy", "show", "voice"]);
    let load = |text: &str| {
        let file = world.folder.path().join("voice.toml");
        fs::write(&file, text).unwrap();
        world.run(&["--clock", "2026-05-02", "--json", "policy", "load", &file.display().to_string()])
    };
    let refused = |text: &str, code: &str, why: &str| {
        let output = load(text);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((output.status.code(), found["error"]["code"].as_str()), (Some(2), Some(code)), "{found}");
        assert!(found["error"]["sentence"].as_str().unwrap().contains(why), "{found}");
    };
    let unasked = shipped.replace("after_minutes = 0\n", "after_minutes = 5\n");
    refused(&unasked, "policy.voice", "somebody must be told of a disclosure at once");
    refused(&shipped.replace("grace_working_days = 10", ""), "policy.voice", "grace_working_days");
    // Nobody was asked yet: any protocol will do. This one has no patience with silence.
    assert!(load(&shipped.replace("grace_working_days = 10", "grace_working_days = 1")).status.success());
    assert!(world.done(&["policy", "show", "voice"]).contains("grace_working_days = 1\n"));
    let placement = world.placements().remove(0);
    world.done(&["--clock", "2026-05-02", "voice", "asked", &placement, "--on", "2025-06-02"]);
    let due = world.done(&["--clock", "2026-05-02", "voice", "due", "--today", "2025-06-05"]);
    assert!(due.contains("ask-again"), "silent after one working day: {due}");
    // From now on what children were asked under stays, and versions are added.
    refused(&shipped, "policy.voice-in-force", "stay word for word");
    let before = world.done(&["policy", "show", "voice"]);
    let version = before[before.find("[[version]]").unwrap()..].to_owned();
    let later = version.replace("2017-04-01", "2027-04-01").replace("version = \"1\"", "version = \"2\"");
    assert!(load(&format!("{before}\n{later}")).status.success());
    world.done(&["verify"]);
    let asked = world.done(&["voice", "questions", "--age", "5"]);
    assert!(asked.contains("Do you feel safe here?") && asked.contains("read straight away"), "{asked}");
}

#[test]
fn voice_what_cannot_have_been_is_refused() {
    let world = World::new(3);
    let placement = world.placements().remove(0);
    let tried = |arguments: &[&str]| {
        let output = world.run(&[["--clock", "2026-05-02", "--json", "voice"].as_slice(), arguments].concat());
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        found["error"]["code"].as_str().unwrap_or("done").to_owned()
    };
    assert_eq!(tried(&["asked", &placement, "--on", "2026-05-03"]), "voice.date", "tomorrow");
    assert_eq!(tried(&["asked", &placement, "--on", "2025-04-30"]), "voice.date", "before the child came");
    let step = ["--disclosed", "2025-06-02", "--on", "2025-06-03", "--acknowledged-by", "A. Person"];
    assert_eq!(tried(&[["safety", &placement].as_slice(), &step].concat()), "voice.answer.not-found");
    assert_eq!(tried(&["published", "--half-year", "2025-H1"]), "voice.open");
}

/// A child who moves on 1 August between two homes of one owner is not asked to settle in anew; between two owners, by
/// 15 August.
#[test]
fn voice_a_move_between_homes_of_one_owner_by_the_register_gives_no_fresh_window() {
    let moved = "KID0,01/05/2025,S,C2,N1,K2,PR4,01/08/2025,X1,CARPL,ME1 1AA,ME2 2AA,SC000001\n\
                 KID0,01/08/2025,P,C2,N1,K2,PR4,,,,ME1 1AA,ME3 3AA,SC000002\n";
    let world = World::of(1, moved);
    let fresh = || {
        let due = world.json(&["voice", "due", "--today", "2025-08-14"]);
        let lines = due["lines"].as_array().unwrap().clone();
        lines.iter().any(|line| line["what"] == "ask" && line["by"] == "2025-08-15")
    };
    assert!(fresh(), "two payees, and no register: two owners");
    for (setting, owner) in [("urn/SC000001", "One & Co Ltd"), ("urn/SC000002", "ONE AND CO LTD")] {
        let add = ["register", "add", setting, "--kind", "Children's home", "--owner", owner, "--from", "2025-04-01"];
        world.done(&[["--clock", "2026-05-01"].as_slice(), &add].concat());
    }
    assert!(!fresh(), "one owner, however it is spelt");
}
