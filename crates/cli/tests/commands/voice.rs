//! The child's voice through the binary: what passes to a provider, and what never does.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::BTreeSet;
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
    const PAID: [usize; 4] = [0, 1, 2, 23];

    fn ways(&self, placement: &str) -> Vec<String> {
        let clock = ["--clock", "2026-05-03T12:00"];
        let _ = self.done(&[clock.as_slice(), &["pay", "settle"]].concat());
        let export = self.folder.path().join("export").display().to_string();
        let _ = fs::remove_dir_all(&export);
        let ways: [&[&str]; 36] = [
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
            &["--json", "balance", "--all"],
            &["statement", "child", "--council", KENT, "--local-id", "KID0"],
            &["--json", "statement", "child", "--council", KENT, "--local-id", "KID0"],
            &["pay", "settle"],
            &["--json", "register", "vacancy", "list", "--known-at", "2026-05-02T23:00"],
            &["register", "vacancy", "list", "--known-at", "2026-05-02T23:00"],
            &["--json", "register", "owners"],
            &["policy", "show", "voice"],
            &["policy", "show", "tariff"],
            &["home", "due"],
            &["--json", "home", "audit"],
            &["voice", "questions", "--age", "14"],
            &["export", "ssda903", "--authority", KENT, "--year", "2026", "--out", &export],
        ];
        let said = |way: &&[&str]| {
            let output = self.run(&[clock.as_slice(), way].concat());
            let texts = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
            assert!(texts.iter().all(|text| !text.contains(MARKER)), "{way:?}");
            texts.concat()
        };
        let mut shown: Vec<String> = ways.iter().map(said).collect();
        // What was written for the department, file by file.
        let mut files: Vec<_> = fs::read_dir(&export).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        shown.extend(files.iter().map(|file| String::from_utf8(fs::read(file).unwrap()).unwrap()));
        assert!(shown.iter().all(|text| !text.contains(MARKER)));
        // The folder's own name is not what is compared.
        shown.iter_mut().for_each(|text| *text = text.replace(&self.folder.path().display().to_string(), ""));
        shown
    }

    /// A second world with the same past.
    fn copy(&self) -> World {
        let world = World { folder: tempfile::tempdir().unwrap() };
        for folder in ["store", "return"] {
            let (from, to) = (self.folder.path().join(folder), world.folder.path().join(folder));
            fs::create_dir(&to).unwrap();
            for file in fs::read_dir(from).unwrap() {
                let file = file.unwrap();
                fs::copy(file.path(), to.join(file.file_name())).unwrap();
            }
        }
        fs::copy(self.folder.path().join("words"), world.folder.path().join("words")).unwrap();
        world
    }

    /// Rows of the door and the Bank.
    fn banks(&self) -> Vec<String> {
        let dump = self.done(&["dump"]);
        dump.lines().filter(|line| line.starts_with("bank_") || line.starts_with("door_")).map(str::to_owned).collect()
    }
}

/// What one child, and those who ask, do in a world; on 2 June 2025 unless another day is given. WORDS is the file of the
/// child's words.
const WORLDS: [(&str, &[&[&str]]); 15] = [
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
    (
        "observed, by two who differ",
        &[&[
            "answer",
            "--by",
            "observed",
            "--unable",
            "--independent",
            "--marks",
            "5,5,5,5,5,5",
            "--marks",
            "5,5,5,5,5,1",
        ]],
    ),
    ("a no on another day", &[&["asked"], &["answer", "--on", "2025-09-17", "--by", "self", "--marks", "5,5,5,5,5,1"]]),
    ("words", &[&["answer", "--by", "self", "--marks", "5,5,5,5,5,5", "--words", "WORDS"]]),
    (
        "words that a duty person read as a disclosure",
        &[
            &["answer", "--by", "self", "--marks", "5,5,5,5,5,5", "--words", "WORDS"],
            &["safety", "--disclosed", "2025-06-02", "--words-read", "unsafe"],
            &["safety", "--disclosed", "2025-06-02", "--acknowledged-by", "A. Person"],
        ],
    ),
    (
        "a disclosure that was found substantiated",
        &[
            &["answer", "--by", "self", "--marks", "1,5,5,5,5,5"],
            &["safety", "--disclosed", "2025-06-02", "--on", "2025-06-20", "--decided", "substantiated"],
        ],
    ),
    (
        "a no, a reply, a review, a yes",
        &[
            &["answer", "--by", "self", "--providers-device", "--marks", "5,5,5,5,5,1"],
            &["reply", "--to", "2025-06-02", "--person", "A. Person", "--by", "2025-06-20", "--text", "WORDS"],
            &["review", "--on", "2025-06-10", "--outcome", "changes"],
            &["answer", "--on", "2025-06-17", "--by", "self", "--marks", "5,5,5,5,5,5"],
        ],
    ),
    ("a review was held, and the child was asked and said nothing", &[&["home life reviewed"], &["asked"]]),
];

impl World {
    /// Does what a world has its child do.
    fn lives(&self, placement: &str, done: &[&[&str]]) {
        let words = self.folder.path().join("words").display().to_string();
        for act in done {
            let child = || self.json(&["explain", "--placement", placement, "--night", "2025-07-01"])["child"].clone();
            let (about, noun) = match act[0] {
                "home life reviewed" => (child().as_str().unwrap().to_owned(), &["home", "life", "reviewed"][..]),
                _ => (placement.to_owned(), &["voice", act[0]][..]),
            };
            let on: &[&str] = if act.contains(&"--on") { &[] } else { &["--on", "2025-06-02"] };
            let rest = act[1..].iter().map(|word| if *word == "WORDS" { words.as_str() } else { *word });
            let rest: Vec<&str> = rest.collect();
            self.done(&[&["--clock", "2026-05-02"], noun, &[about.as_str()], on, &rest].concat());
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
    let begun = World::new(3);
    for (what, done) in WORLDS {
        let world = begun.copy();
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
                assert_eq!(first.0.len(), shown.0.len());
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
    all.extend(refused_with_words(&world, &placement, &words));
    // What is closed, published and shown to an auditor afterwards.
    world.done(&["--clock", "2026-05-04", "voice", "key"]);
    let close = ["pay", "settle", "--close", "2025-H1"];
    all.push(world.done(&[&["--clock", "2026-05-04", "--json"], close.as_slice()].concat()));
    all.push(world.done(&["--json", "voice", "published", "--half-year", "2025-H1"]));
    all.push(world.done(&["--json", "pay", "explain", HOME, "--half-year", "2025-H1", "--auditor"]));
    all.extend(["tell", "integrity", "due"].map(|what| text(world.run(&["--json", "voice", what]))));
    all.push(text(world.run(&["--database", "postgres://nobody@127.0.0.1:1/none", "voice", "due"])));
    all.push(text(world.run(&["--data", &to("restored"), "restore", &to("backup")])));
    all.push(world.done(&["home", "due"]));
    all.push(world.done(&["--json", "verify"]));
    assert!(all.iter().all(|text| !text.contains(MARKER)));
    let dump = world.done(&["dump"]);
    assert!(dump.lines().filter(|line| line.contains(MARKER)).all(|line| line.starts_with("care_voice_fact\t")));
}

fn text(output: Output) -> String {
    [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat()
}

/// What is said when words cannot be taken, for whatever reason.
fn refused_with_words(world: &World, placement: &str, words: &str) -> Vec<String> {
    let broken = world.folder.path().join("broken").display().to_string();
    fs::write(&broken, [MARKER.as_bytes(), &[0xff]].concat()).unwrap();
    let answer = |placement, on, by, marks, words, more: &[&str]| {
        let said = ["voice", "answer", placement, "--on", on, "--by", by, "--marks", marks, "--words", words];
        world.run(&[&["--clock", "2026-05-02", "--json"], more, said.as_slice()].concat())
    };
    let (day, marks) = ("2025-06-02", "5,5,5,5,5,5");
    let kept = answer(placement, day, "self", marks, words, &["--key", "once"]);
    let refused = [
        answer(placement, day, "self", "9,5,5,5,5,5", words, &[]),
        answer(placement, day, "self", "5,5", words, &[]),
        answer(placement, "2031-01-01", "self", marks, words, &[]),
        answer(placement, "2025-04-30", "self", marks, words, &[]),
        answer("P-0000-0000-0000", day, "self", marks, words, &[]),
        answer(placement, day, "assisted", marks, words, &[]),
        answer(placement, day, "observed", marks, words, &[]),
        answer(placement, day, "self", marks, &broken, &[]),
        answer(placement, day, "self", "1,5,5,5,5,5", words, &["--key", "once"]),
        world.run(&[
            "voice",
            "reply",
            placement,
            "--to",
            "2025-05-05",
            "--on",
            day,
            "--person",
            "A",
            "--by",
            day,
            "--text",
            words,
        ]),
        world.run(&[
            "voice", "reply", placement, "--to", day, "--on", day, "--person", " ", "--by", day, "--text", words,
        ]),
    ];
    assert!(kept.status.success());
    assert!(refused.iter().all(|output| !output.status.success()), "{refused:?}");
    refused.into_iter().chain([kept]).map(text).collect()
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
    let about = |on: &str, verb: &str, more: &[&str]| {
        let said = [verb, placement.as_str(), "--on", on];
        tried(&[said.as_slice(), more].concat())
    };
    // Nobody under 4 or unable answers; nobody able is observed; empty words are none.
    let fives = "5,5,5,5,5,5";
    assert_eq!(about("2025-06-02", "answer", &["--by", "self", "--unable", "--marks", fives]), "voice.answer");
    let observed = ["--by", "observed", "--independent", "--marks", fives, "--marks", fives];
    assert_eq!(about("2025-06-02", "answer", &observed), "voice.answer");
    let empty = world.folder.path().join("empty").display().to_string();
    fs::write(&empty, " \n").unwrap();
    assert_eq!(about("2025-06-02", "answer", &["--by", "self", "--marks", fives, "--words", &empty]), "voice.empty");
    // About an answer without words that is no disclosure there is nothing to read, to take on or to decide.
    assert_eq!(about("2025-06-02", "answer", &["--by", "self", "--marks", fives]), "done");
    let safety =
        |on: &str, disclosed: &str, step: &[&str]| about(on, "safety", &[&["--disclosed", disclosed], step].concat());
    for step in [&["--decided", "substantiated"], &["--words-read", "unsafe"], &["--acknowledged-by", "A. Person"]] {
        assert_eq!(safety("2025-06-03", "2025-06-02", step), "voice.disclosure", "{step:?}");
    }
    let words = world.folder.path().join("words").display().to_string();
    assert_eq!(about("2025-07-02", "answer", &["--by", "self", "--marks", fives, "--words", &words]), "done");
    assert_eq!(
        safety("2025-07-03", "2025-07-02", &["--decided", "substantiated"]),
        "voice.disclosure",
        "nobody has read it"
    );
    assert_eq!(safety("2025-07-01", "2025-07-02", &["--words-read", "unsafe"]), "voice.date", "before it was said");
    assert_eq!(safety("2025-07-03", "2025-07-02", &["--words-read", "unsafe"]), "done");
    assert_eq!(safety("2025-07-03", "2025-07-02", &["--decided", "substantiated"]), "done");
    // A reply is after the answer, and promises nothing for the past.
    let reply = |to: &str, on: &str, by: &str| {
        about(on, "reply", &["--to", to, "--person", "A. Person", "--by", by, "--text", &words])
    };
    assert_eq!(reply("2025-07-02", "2025-07-01", "2025-07-20"), "voice.date");
    assert_eq!(reply("2025-07-02", "2025-07-09", "2025-07-08"), "voice.date");
    assert_eq!(reply("2025-07-02", "2025-07-09", "2025-07-20"), "done");
    // Far days are far, and no more.
    assert_eq!(tried(&["due", "--today", "9999-12-31"]), "usage");
    assert_eq!(tried(&["due", "--today", "2099-12-31"]), "done");
    assert_eq!(tried(&["due", "--today", "1970-01-01"]), "done");
}

/// Half-years are closed in order, after a run, once the key is committed to: whatever is asked otherwise does nothing.
#[test]
fn voice_a_half_year_cannot_be_closed_out_of_turn() {
    let folder = tempfile::tempdir().unwrap();
    let none = World { folder };
    let settle = |world: &World, close: &str| {
        let output = world.run(&["--clock", "2027-05-02", "--json", "pay", "settle", "--close", close]);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        found["error"]["code"].as_str().unwrap_or("done").to_owned()
    };
    assert_eq!(settle(&none, "2025-H1"), "store.missing");
    let unpaid = World::of(1, "KID0,01/05/2025,S,C2,N1,K2,PR4,,,,ME1 1AA,ME2 2AA,SC000001\n");
    unpaid.done(&["--clock", "2026-05-02", "voice", "key", "--from", "turn"]);
    assert_eq!(settle(&unpaid, "2025-H1"), "run.empty");
    assert!(!unpaid.banks().iter().any(|row| row.starts_with("door_share")), "nothing half-done");
    let world = World::new(2);
    assert_eq!(settle(&world, "2025-H1"), "voice.uncommitted");
    world.done(&["--clock", "2026-05-02", "voice", "key", "--from", "turn"]);
    assert_eq!(settle(&world, "2025-H2"), "voice.order", "2025-H1 could never be closed any more");
    assert_eq!(settle(&world, "2024-H2"), "nights.not-found");
    assert_eq!(settle(&world, "2025-H1"), "done");
    assert_eq!(settle(&world, "2025-H1"), "done", "again does nothing");
    assert_eq!(settle(&world, "2025-H2"), "done");
    let shares = world.banks().iter().filter(|row| row.starts_with("door_share")).count();
    assert_eq!(shares, 2);
    world.done(&["verify"]);
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

/// When the child is asked follows from the days on which reviews were held, whoever tells them: an officer or a return.
#[test]
fn voice_due_dates_follow_the_reviews_that_were_held() {
    let world = World::of(1, "KID0,01/05/2025,S,C2,N1,K2,PR4,,,,ME1 1AA,ME2 2AA,SC000001\n");
    let asks = || {
        let due = world.json(&["voice", "due", "--today", "2025-08-08"]);
        let asks = due["lines"].as_array().unwrap().iter().filter(|line| line["what"] == "ask").cloned();
        asks.map(|line| line["by"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let due = world.json(&["voice", "due", "--today", "2025-08-08"]);
    let child = due["lines"][0]["child"].as_str().unwrap().to_owned();
    let review = |more: &[&str]| {
        let said = ["--clock", "2026-05-02", "--json", "home", "life", "reviewed", child.as_str(), "--on"];
        let output = world.run(&[said.as_slice(), more].concat());
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    assert_eq!(asks(), ["2025-06-02"], "nobody says that one was held: the last day allowed");
    assert_eq!(review(&["2025-05-20"])["recorded"], true);
    assert_eq!(asks(), ["2025-05-20", "2025-08-20"], "the next is within three months of it");
    assert_eq!(review(&["2025-05-20", "--not-held"])["recorded"], true);
    assert_eq!(asks(), ["2025-06-02"], "it was not, after all");
    assert_eq!(review(&["2026-05-03"])["error"]["code"], "home.date", "tomorrow");
    assert!(review(&["2024-05-20"])["told"][0].as_str().unwrap().contains("in no placement"), "a slip of the year");
    // A return tells two reviews: of the day of which an officer has spoken, the officer stands.
    let folder = world.folder.path().join("return");
    let reviews = "CHILD,DOB,REVIEW,REVIEW_CODE\nKID0,01/06/2012,20/05/2025,PN1\nKID0,01/06/2012,27/05/2025,PN1\n";
    fs::write(folder.join("reviews.csv"), reviews).unwrap();
    let folder = folder.display().to_string();
    world.done(&["--clock", "2026-05-03", "import", "ssda903", "--authority", KENT, "--year", "2026", &folder]);
    assert_eq!(asks(), ["2025-05-27", "2025-08-27"]);
    assert_eq!(review(&["2025-05-20"])["recorded"], true);
    assert_eq!(asks(), ["2025-05-27"], "the second of two; the next is within half a year");
}

/// What protects a child does not end with a correction, a time away, or half a year without anybody doing it.
#[test]
fn voice_what_is_to_be_done_stays_whatever_becomes_of_the_placement() {
    let stay = |child: usize, from: &str, rest: &str| format!("KID{child},{from},C2,N1,{rest}\n");
    let home = |to: &str| format!("K2,PR4,{to},ME1 1AA,ME2 2AA,SC000001");
    let away = |to: &str| format!("T1,PR4,{to},ME1 1AA,ME2 2AA,");
    let (gone, open) = (|on: &str| format!("{on},X1,OTHER"), ",,");
    let others = [1, 2, 3].map(|child| stay(child, "01/05/2025,S", &home(open))).concat();
    let first = stay(0, "01/05/2025,S", &home(&gone("10/12/2025"))) + &stay(0, "10/12/2025,P", &away(open));
    let world = World::of(4, &(first + &others));
    let due = |today: &str, placement: &str| {
        let due = world.json(&["--clock", "2026-05-02T12:00", "voice", "due", "--today", today]);
        let lines = due["lines"].as_array().unwrap().iter().filter(|line| line["placement"] == placement).cloned();
        lines.map(|line| line["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let asks = world.json(&["voice", "due", "--today", "2025-12-24"]);
    let arrived = |on: &str| {
        let lines = asks["lines"].as_array().unwrap().iter().filter(|line| line["arrived"] == on);
        lines.map(|line| line["placement"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let hospital = arrived("2025-12-10").pop_first().unwrap();
    let mut homes = arrived("2025-05-01").into_iter();
    let (no, silent, withdrawn) = (homes.next().unwrap(), homes.next().unwrap(), homes.next().unwrap());
    let say = |arguments: &[&str]| world.done(&[["--clock", "2026-05-02", "voice"].as_slice(), arguments].concat());
    let lowest = ["--by", "self", "--marks", "1,1,1,1,1,1"];
    for (placement, on) in [(&hospital, "2025-12-12"), (&withdrawn, "2025-07-01")] {
        say(&[["answer", placement.as_str(), "--on", on].as_slice(), &lowest].concat());
    }
    say(&["answer", &no, "--on", "2025-06-02", "--by", "self", "--marks", "3,3,3,3,3,1"]);
    say(&["asked", &silent, "--on", "2025-05-15"]);
    let of_disclosure = |placement: &str| {
        let mut found = due("2026-03-30", placement);
        found.retain(|what| what == "safeguarding" || what == "decide" || what.starts_with("tell d"));
        found.sort();
        found
    };
    let open = ["decide", "safeguarding", "tell duty-social-worker"];
    assert_eq!(
        (of_disclosure(&hospital), of_disclosure(&withdrawn)),
        (open.map(str::to_owned).to_vec(), open.map(str::to_owned).to_vec())
    );
    let of_no =
        || due("2026-03-30", &no).into_iter().filter(|what| what != "ask" && what != "not-asked").collect::<Vec<_>>();
    assert_eq!(of_no(), ["offer-advocate", "review", "reply"], "ten months later");
    // A review of the same day is about it, and a second "no" after that asks for another.
    say(&["review", &no, "--on", "2025-06-02", "--outcome", "changes"]);
    assert_eq!(of_no(), ["ask-again", "reply"]);
    assert!(due("2025-06-10", &no).contains(&"ask-again".to_owned()), "whether the child affirms the changes");
    say(&["answer", &no, "--on", "2025-06-02", "--by", "self", "--marks", "3,3,3,3,2,1"]);
    assert_eq!(of_no(), ["offer-advocate", "review", "reply"], "said again");
    // Asking once more is no visit, and tells the reviewing officer nothing.
    let of_silence = || due("2025-07-10", &silent).into_iter().filter(|what| what != "ask").collect::<Vec<_>>();
    assert_eq!(of_silence(), ["ask-again", "tell-iro", "visit"]);
    say(&["asked", &silent, "--on", "2025-07-09"]);
    assert_eq!(of_silence(), ["tell-iro", "visit"]);
    say(&["visited", &silent, "--on", "2025-07-09", "--person", "J Okafor"]);
    say(&["iro-told", &silent, "--on", "2025-07-09", "--person", "A Shah"]);
    assert_eq!(of_silence(), [""; 0]);

    // The hospital was a time away after all, and one child was never there.
    let back = stay(0, "01/05/2025,S", &home(&gone("10/12/2025")))
        + &stay(0, "10/12/2025,P", &away(&gone("13/12/2025")))
        + &stay(0, "13/12/2025,P", &home(",,"));
    let folder = world.folder.path().join("return");
    let before = fs::read_to_string(folder.join("episodes.csv")).unwrap();
    let head = before.lines().next().unwrap();
    let told: Vec<String> = others.lines().map(str::to_owned).collect();
    for leave_out in 1..4 {
        let kept = told.iter().filter(|line| !line.starts_with(&format!("KID{leave_out},")));
        let kept: String = kept.map(|line| format!("{line}\n")).collect();
        fs::write(folder.join("episodes.csv"), format!("{head}\n{back}{kept}")).unwrap();
        let folder = folder.display().to_string();
        world.done(&["--clock", "2026-05-02", "import", "ssda903", "--authority", KENT, "--year", "2026", &folder]);
        assert_eq!(of_disclosure(&hospital), open, "a time away");
        assert_eq!(of_disclosure(&withdrawn), open, "without KID{leave_out}");
    }
    for (placement, on) in [(&hospital, "2025-12-12"), (&withdrawn, "2025-07-01")] {
        let step = ["safety", placement.as_str(), "--disclosed", on, "--on", "2026-05-01"];
        say(&[step.as_slice(), &["--acknowledged-by", "A. Person"]].concat());
        say(&[step.as_slice(), &["--decided", "unsubstantiated"]].concat());
        assert_eq!(of_disclosure(placement), [""; 0]);
    }
}

/// A disclosure goes out by every channel at once, to the next by escalation, until a named person has taken it on; and
/// whatever becomes of the channels, what the child said is recorded.
#[test]
fn voice_a_disclosure_goes_out_by_every_channel_and_says_nothing_of_what_was_said() {
    let world = World::new(2);
    let placements = world.placements();
    let path = |name: &str| world.folder.path().join(name);
    let program = |name: &str, body: &str| {
        use std::os::unix::fs::PermissionsExt;
        fs::write(path(name), format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(path(name), fs::Permissions::from_mode(0o700)).unwrap();
    };
    let out = path("").display().to_string();
    program("good", &format!("cat >> {out}/taken; echo $# >> {out}/taken; env >> {out}/environment"));
    program("bad", "exit 3");
    program("slow", &format!("sleep 600 & echo $! > {out}/sleeping; wait"));
    let configure = |names: &[&str]| {
        let one = |name: &&str| format!("[[channel]]\nname = \"{name}\"\nprogram = \"../{name}\"\nseconds = 1\n");
        fs::write(path("store").join("channels.toml"), names.iter().map(one).collect::<String>()).unwrap();
    };
    let taken = || fs::read_to_string(path("taken")).unwrap_or_default();
    let tell = |minute: &str| {
        let clock = format!("2026-05-02T{minute}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_carebank"));
        command
            .env("PGPASSWORD", "hunter2")
            .env_remove("CAREBANK_CHANNELS")
            .args(["--actor", "t", "--json", "--clock"]);
        let output = command.arg(clock).arg("--data").arg(path("store")).args(["voice", "tell"]).output().unwrap();
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code().unwrap(), told["tried"].as_array().unwrap().len(), told["untold"].as_i64().unwrap())
    };
    let answer = |placement: &str, marks: &str, more: &[&str]| {
        let said = ["--clock", "2026-05-02T10:00", "voice", "answer", placement, "--on", "2025-06-02", "--by", "self"];
        let output = world.run(&[said.as_slice(), &["--marks", marks], more].concat());
        assert_eq!(output.status.code(), Some(0), "recorded, whatever becomes of a channel");
        String::from_utf8(output.stderr).unwrap()
    };
    // Nothing goes out unless it is configured, and `tell` says that nobody was told.
    let words = path("words").display().to_string();
    assert_eq!(answer(&placements[0], "1,5,5,5,5,5", &["--words", &words]), "");
    assert_eq!(tell("10:01"), (1, 0, 1));
    configure(&["bad"]);
    assert!(answer(&placements[1], "1,5,5,5,5,5", &[]).contains("2 messages that no channel took"));
    assert_eq!(tell("10:02"), (1, 2, 2));
    // A trial tells of each channel whether it works, and of nobody.
    configure(&["bad", "good"]);
    let trial = world.run(&["--clock", "2026-05-02T10:02", "--json", "voice", "tell", "--trial"]);
    let tried: Value = serde_json::from_slice(&trial.stdout).unwrap();
    assert_eq!((trial.status.code(), &tried[0]["failed"]), (Some(1), &Value::from("it ended with 3")));
    assert_eq!((&tried[1]["channel"], &tried[1]["failed"]), (&Value::from("good"), &Value::Null));
    assert_eq!(taken(), "role: trial\nplacement: none\ndue: 2026-05-02T09:02:00.000000Z\n0\n");
    fs::remove_file(path("taken")).unwrap();
    // One that hangs and one that fails keep nothing from the one that works; and what hung is ended.
    configure(&["slow", "bad", "good"]);
    let began = std::time::Instant::now();
    assert_eq!(tell("10:03"), (0, 6, 0));
    assert!(began.elapsed() < std::time::Duration::from_secs(10), "one second for the one that hangs");
    let sleeping = fs::read_to_string(path("sleeping")).unwrap();
    assert!(!std::path::Path::new("/proc").join(sleeping.trim()).join("exe").exists(), "{sleeping} is still asleep");
    let mut messages: Vec<String> = placements[..2]
        .iter()
        .map(|placement| {
            format!("role: duty-social-worker\nplacement: {placement}\ndue: 2026-05-02T09:00:00.000000Z\n0\n")
        })
        .collect();
    messages.sort();
    assert_eq!(taken(), messages.concat(), "role, reference, time, and no argument");
    let environment = fs::read_to_string(path("environment")).unwrap();
    assert!(environment.contains("PATH=") && !environment.contains("hunter2"), "{environment}");
    // It is told once, not every minute; then to the next by escalation, until a named person has taken it on.
    configure(&["good"]);
    assert_eq!(tell("10:29"), (0, 0, 0));
    let taken_on = ["--disclosed", "2025-06-02", "--on", "2026-05-02", "--acknowledged-by", "A. Person"];
    world.done(&[&["--clock", "2026-05-02T10:29", "voice", "safety", &placements[0]], taken_on.as_slice()].concat());
    assert_eq!(tell("10:31"), (0, 1, 0));
    assert!(taken().contains(&format!("role: duty-manager\nplacement: {}\n", placements[1])));
    assert!(!taken().contains(&format!("role: duty-manager\nplacement: {}\n", placements[0])));
    // After a night without power everybody above is told at once, the last for the last time.
    assert_eq!(tell("23:00"), (0, 2, 0));
    assert!(taken().contains("role: director-of-childrens-services"));
    let line =
        |line: &str| ["role: ", "placement: P-", "due: "].iter().any(|word| line.starts_with(word)) || line == "0";
    assert!(taken().lines().all(line), "{}", taken());
    let wrong = "[[channel]]\nname = \"mail\"\nprogram = \"mail\"\npassword = \"x\"\n";
    fs::write(path("store").join("channels.toml"), wrong).unwrap();
    let refused = world.run(&["voice", "tell"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("unknown field `password`"));
    world.done(&["verify"]);
}

/// A language is a folder of two files. The language of this test is English backwards, so to speak: nobody speaks it.
#[test]
fn voice_children_are_asked_in_a_language_that_was_loaded_and_is_complete() {
    let world = World::of(1, "KID0,01/05/2025,S,C2,N1,K2,PR4,,,,ME1 1AA,ME2 2AA,SC000001\n");
    let folder = world.folder.path().join("xx");
    fs::create_dir(&folder).unwrap();
    let texts = concat!(env!("CARGO_MANIFEST_DIR"), "/../voice/texts/en/");
    let english = ["questions.toml", "letters.toml"].map(|name| fs::read_to_string(format!("{texts}{name}")).unwrap());
    let questions = english[0].replace("I feel safe here", "Ereh efas leef i").replace("Do you", "Uoy od");
    let letters = english[1].replace("It is time", "Emit si ti");
    let load = |questions: &str| {
        fs::write(folder.join("questions.toml"), questions).unwrap();
        fs::write(folder.join("letters.toml"), &letters).unwrap();
        let from = folder.display().to_string();
        let loaded = world.run(&["--clock", "2026-05-02", "--json", "voice", "language", "xx", "--from", &from]);
        serde_json::from_slice::<Value>(&loaded.stdout).unwrap()
    };
    let asked = |tag: &str| world.run(&["--json", "voice", "questions", "--age", "9", "--language", tag]);
    let found: Value = serde_json::from_slice(&asked("xx").stdout).unwrap();
    assert_eq!(found["error"]["code"], "voice.language.not-found");
    let refused = load(&questions.replace("[band.faces]", "[band.pictures]"));
    let why = refused["error"]["sentence"].as_str().unwrap();
    assert!(why.starts_with("xx: questions.toml: [band.faces] safe is missing;"), "{why}");
    assert_eq!(asked("xx").status.code(), Some(4), "nothing half-done");
    assert_eq!(load(&questions)["recorded"], true);
    assert_eq!(load(&questions)["recorded"], false);
    let found: Value = serde_json::from_slice(&asked("xx").stdout).unwrap();
    assert_eq!(found["questions"][0][1], "Ereh efas leef i");
    assert!(found["invitation"].as_str().unwrap().starts_with("Emit si ti"));
    let found: Value = serde_json::from_slice(&asked("en").stdout).unwrap();
    assert_eq!(found["questions"][0][1], "I feel safe here");
    assert_eq!(asked("XX").status.code(), Some(2));
    world.done(&["verify"]);
}
