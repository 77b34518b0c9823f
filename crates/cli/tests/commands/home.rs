//! The right home through the binary: from a child and a register to a decision, a night that is paid and its end; one
//! place for one of two councils; nothing of money said; the same facts in any order give the same bytes.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::io::Write;
use std::process::{Child, Command, Output, Stdio};

use postgres::{Client, NoTls};
use serde_json::{Value, json};
use tempfile::TempDir;

const GIRL: &str = r#"
needs = ["autism"]
traits = []
cannot_live_with = ["dog"]
avoid_people = []
siblings = []
home = "ME4"
school = "ME7"
wishes = [{ kind = ["foster"] }, { near-school = 8047 }]
summary = "She is settled at school."
tell = "I like drawing."
own_words = "Not with my uncle."
"#;
const HOME: &str = r#"
ages = [5, 17]
needs = ["autism"]
household = ["cat"]
cannot_take = []
access = []
"#;
const NEAR: &str = "household/KENT-0012";
const FAR: &str = "household/KENT-0013";
const CARE_HOME: &str = "urn/SC012345";

/// A store on either engine.
struct Store {
    folder: TempDir,
    place: [String; 2],
    database: Option<String>,
}

impl Store {
    fn sqlite() -> Store {
        let folder = tempfile::tempdir().unwrap();
        let place = ["--data".to_owned(), folder.path().join("store").display().to_string()];
        Store::made(Store { folder, place, database: None })
    }

    fn postgres() -> Option<Store> {
        let Ok(maintenance) = std::env::var("CAREBANK_TEST_POSTGRES") else {
            println!("SKIPPED: no PostgreSQL: CAREBANK_TEST_POSTGRES is not set, see scripts/with-postgres");
            return None;
        };
        let name = format!("carebank_home_{}", std::process::id());
        Client::connect(&maintenance, NoTls).unwrap().batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let (server, _) = maintenance.rsplit_once('/').unwrap();
        let place = ["--database".to_owned(), format!("{server}/{name}")];
        Some(Store::made(Store { folder: tempfile::tempdir().unwrap(), place, database: Some(name) }))
    }

    fn made(store: Store) -> Store {
        for (name, text) in [("child.toml", GIRL), ("home.toml", HOME)] {
            std::fs::write(store.folder.path().join(name), text).unwrap();
        }
        store.ok("2026-11-20T09:00:00Z", "init --reference-key home", "");
        store
    }

    fn start(&self, at: &str, line: &str) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carebank"));
        command.args(&self.place).args(["--json", "--clock", at]).args(line.split_whitespace());
        command.env_remove("CAREBANK_DATABASE").env_remove("CAREBANK_REFERENCE_KEY").current_dir(self.folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn run(&self, at: &str, line: &str, words: &str) -> Output {
        let mut child = self.start(at, line);
        // Whoever does not read its words is done without them.
        let _ = child.stdin.take().unwrap().write_all(words.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn ok(&self, at: &str, line: &str, words: &str) -> Value {
        let output = self.run(at, line, words);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The code of what was refused.
    fn refused(&self, at: &str, line: &str, words: &str) -> String {
        let output = self.run(at, line, words);
        assert!(!output.status.success(), "{line}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        document["error"]["code"].as_str().unwrap().to_owned()
    }

    fn add(&self, setting: &str, kind: &str, postcode: &str, places: u8) {
        let mut words = vec!["register", "add", setting, "--kind", kind, "--council", "Kent", "--postcode", postcode];
        let places = places.to_string();
        words.extend(["--places", &places, "--from", "2025-04-01"]);
        let mut command = Command::new(env!("CARGO_BIN_EXE_carebank"));
        command.args(&self.place).args(["--clock", "2026-11-20T09:00:00Z"]).args(words);
        assert!(command.env_remove("CAREBANK_DATABASE").output().unwrap().status.success());
        self.ok("2026-11-20T09:00:00Z", &format!("home describe {setting} --file home.toml"), "");
    }

    fn claim(&self, place: &str) {
        self.ok(NOON, &format!("register vacancy claim {place} --by carers --expires 2026-12-31"), "");
    }

    /// Another store with the same in it. Of the embedded ones alone.
    fn copy(&self) -> Store {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("store")).unwrap();
        for name in ["child.toml", "home.toml", "store/carebank.sqlite"] {
            std::fs::copy(self.folder.path().join(name), folder.path().join(name)).unwrap();
        }
        let place = ["--data".to_owned(), folder.path().join("store").display().to_string()];
        Store { folder, place, database: None }
    }

    /// A return of one child with one episode.
    fn returned(&self, at: &str, council: &str, local: &str, episode: &str) -> Value {
        let folder = self.folder.path().join("return");
        std::fs::create_dir_all(&folder).unwrap();
        let header = format!("CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n{local},F,02/05/2014,WBRI,UN1,0,\n");
        let head = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN";
        std::fs::write(folder.join("header.csv"), header).unwrap();
        std::fs::write(folder.join("episodes.csv"), format!("{head}\n{local},{episode}\n")).unwrap();
        self.ok(at, &format!("import ssda903 --authority {council} --year 2027 return"), "")
    }

    fn child(&self, council: &str, local: &str, file: &str) -> String {
        std::fs::write(self.folder.path().join("child.toml"), file).unwrap();
        let line =
            format!("home child --council {council} --local-id {local} --born 2014-05-02 --sex girl --file child.toml");
        self.ok(NOON, &line, "")["child"].as_str().unwrap().to_owned()
    }

    /// A girl whose search is open.
    fn searching(&self, council: &str, local: &str) -> String {
        let child = self.child(council, local, GIRL);
        self.ok(NOON, &format!("home open {child} --from 2026-11-23 --until 2027-03-24"), "");
        child
    }

    fn voices(&self, child: &str, setting: &str) {
        for (role, words) in
            [("child", "I want that."), ("social-worker", "Near her school."), ("carer", "Yes, please.")]
        {
            self.ok(NOON, &format!("home say {child} {setting} --as {role} --view for --words-from -"), words);
        }
    }

    fn placed(&self, council: &str, local: &str, setting: &str) -> String {
        let child = self.searching(council, local);
        self.ok(NOON, &format!("home shortlist {child} --keep"), "");
        self.ok(NOON, &format!("home ask {child} {setting}"), "");
        self.ok(NOON, &format!("home reply {child} {setting} yes"), "");
        self.ok(NOON, &format!("home hold {child} {setting} --expires 2026-12-01"), "");
        self.voices(&child, setting);
        self.ok(NOON, &format!("home decide {child} {setting} --words-from -"), "It is what she asked for.");
        self.ok("2026-11-23T18:00:00Z", &format!("home start {child} --on 2026-11-23 --legal-status C2"), "");
        child
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let (Some(name), Ok(maintenance)) = (&self.database, std::env::var("CAREBANK_TEST_POSTGRES")) {
            let dropped = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let _ = Client::connect(&maintenance, NoTls).and_then(|mut client| client.batch_execute(&dropped));
        }
    }
}

const NOON: &str = "2026-11-20T12:00:00Z";

fn settings(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|home| home["setting"].as_str().unwrap()).collect()
}

#[test]
fn a_home_decided_on_is_paid_night_by_night_and_the_door_learns_nothing_else() {
    let store = Store::sqlite();
    store.add(NEAR, "Fostering household", "ME7", 2);
    store.add(FAR, "Fostering household", "CT1", 1);
    store.add(CARE_HOME, "Children's home", "ME4", 4);
    for place in [format!("{NEAR}/1"), format!("{FAR}/1"), format!("{CARE_HOME}/2")] {
        store.claim(&place);
    }
    let child = store.placed("Kent", "100371", NEAR);
    let list = store.ok(NOON, &format!("home shortlist {child} --explain"), "");
    assert_eq!(
        settings(&list["offered"]),
        [FAR, CARE_HOME],
        "the near home has one place left that nobody has spoken of"
    );
    assert_eq!(settings(&list["to_ask"]), [NEAR]);

    // In hospital for four nights: one placement with one absence.
    let later = "2026-12-20T18:00:00Z";
    store.ok(later, &format!("home life away {child} --on 2026-12-10 --code T1 --back 2026-12-14"), "");
    let run = store.ok(later, "pay run --through 2026-12-15", "");
    let statement = store.ok(later, &format!("statement child {child}"), "");
    let placements = statement["placements"].as_array().unwrap();
    assert_eq!(placements.len(), 2, "the home, and the bed in hospital: {statement}");
    assert_eq!(run["report"]["placements"].as_i64().or(run["placements"].as_i64()), Some(2), "{run}");

    // What lies at the door has neither a need, a wish, a word nor a setting's name.
    let dump = store.run(later, "dump", "");
    let dump =
        Command::new(env!("CARGO_BIN_EXE_carebank")).args(&store.place).arg("dump").output().map_or(dump, |dump| dump);
    let dump = String::from_utf8(dump.stdout).unwrap();
    let door: Vec<&str> = dump.lines().filter(|line| line.starts_with("door_")).collect();
    assert!(!door.is_empty());
    for told in ["autism", "drawing", "uncle", "settled", "KENT-0012", "ME7", "100371"] {
        assert!(dump.contains(told), "{told} is in the store");
        assert!(door.iter().all(|line| !line.contains(told)), "{told} is at the door");
    }

    // The child leaves; the nights after are paid to nobody, and the place is empty.
    store.ok(later, &format!("home life end {child} --on 2026-12-18 --rec E4A"), "");
    store.ok(later, "pay run --through 2026-12-19", "");
    let statement = store.ok(later, &format!("statement child {child} --as-of 2026-12-19"), "");
    assert!(statement.to_string().contains("2026-12-18"), "{statement}");
    store.ok(later, "verify", "");
    let audit = store.ok(later, "home audit", "");
    assert_eq!(audit["groups"].as_array().unwrap().len(), 5);
    assert!(
        audit["groups"].as_array().unwrap().iter().all(|group| group["children"].is_null()),
        "one child is too few"
    );
    let again = store.ok(later, &format!("home show {child}"), "");
    assert_eq!(again["searches"][0][2], json!("ended"));
}

#[test]
fn a_decision_hears_the_child_keeps_disagreement_and_says_why_not_the_first() {
    let store = Store::sqlite();
    store.add(NEAR, "Fostering household", "ME7", 1);
    store.add(FAR, "Fostering household", "CT1", 1);
    for place in [format!("{NEAR}/1"), format!("{FAR}/1")] {
        store.claim(&place);
    }
    let child = store.searching("Kent", "1");
    // The summary goes to anybody; the full referral to homes on the list alone, and the child's own words to nobody.
    let summary = store.ok(NOON, &format!("home ask {child} {FAR}"), "").to_string();
    assert!(!summary.contains("drawing") && !summary.contains("uncle") && !summary.contains("settled"), "{summary}");
    assert_eq!(store.refused(NOON, &format!("home ask {child} {FAR} --full"), ""), "home.not-listed");
    store.ok(NOON, &format!("home shortlist {child} --keep"), "");
    let full = store.ok(NOON, &format!("home ask {child} {FAR} --full"), "").to_string();
    assert!(full.contains("drawing") && full.contains("settled") && !full.contains("uncle"), "{full}");

    assert_eq!(store.refused(NOON, &format!("home decide {child} {FAR}"), ""), "home.not-held");
    store.ok(NOON, &format!("home hold {child} {FAR}"), "");
    assert_eq!(store.refused(NOON, &format!("home decide {child} {FAR}"), ""), "home.unheard");
    let say = |role: &str, view: &str, words: &str| {
        store.run(NOON, &format!("home say {child} {FAR} --as {role} --view {view} --words-from -"), words)
    };
    for (role, view, words) in [
        ("child", "against", "It is too far, it costs me my friends."),
        ("social-worker", "for", "They know autism."),
        ("carer", "for", "Gladly."),
        ("parent", "against", "No."),
    ] {
        assert!(say(role, view, words).status.success(), "{role}: a child's words are never turned away");
    }
    assert!(!say("social-worker", "for", "It is within budget.").status.success());
    assert_eq!(store.refused(NOON, &format!("home decide {child} {FAR}"), ""), "home.departure");
    assert_eq!(store.refused(NOON, &format!("home decide {child} {FAR} --words-from -"), "cheaper"), "home.money");
    let decided = store.ok(NOON, &format!("home decide {child} {FAR} --words-from -"), "The near home fell ill today.");
    assert!(decided["told"].to_string().contains("advocate"), "{decided}");
    let record = store.ok(NOON, &format!("home decision {child} --words"), "");
    assert_eq!(record["disagreed"], json!(["child", "parent"]));
    assert_eq!((&record["rank"], &record["departure"]), (&json!(2), &json!("The near home fell ill today.")));
    assert_eq!(record["checks"].as_array().unwrap().len(), 12);
    let without = store.ok(NOON, &format!("home decision {child}"), "").to_string();
    assert!(
        !without.contains("friends") && !without.contains("ill today"),
        "words are shown where they are asked for by name"
    );
}

/// Two councils want one place in one second: one has it, the other is told.
fn one_of_two_wins(store: &Store) {
    store.add(NEAR, "Fostering household", "ME7", 1);
    store.claim(&format!("{NEAR}/1"));
    let children = [store.searching("Kent", "1"), store.searching("Surrey", "2")];
    for child in &children {
        store.ok(NOON, &format!("home shortlist {child} --keep"), "");
    }
    let both: Vec<Child> =
        children.iter().map(|child| store.start(NOON, &format!("home hold {child} {NEAR}"))).collect();
    let ended: Vec<Output> = both.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
    let won = ended.iter().filter(|output| output.status.success()).count();
    assert_eq!(won, 1);
    let lost = ended.iter().find(|output| !output.status.success()).unwrap();
    let told: Value = serde_json::from_slice(&lost.stdout).unwrap();
    assert_eq!((lost.status.code(), &told["error"]["code"]), (Some(2), &json!("vacancy.taken")), "{told}");
    // A day later the hold has expired, and the other may have the place.
    let loser = &children[usize::from(ended[0].status.success())];
    store.ok("2026-11-21T12:00:01Z", &format!("home hold {loser} {NEAR}"), "");
}

#[test]
fn one_place_is_held_for_one_of_two_councils_on_sqlite() {
    one_of_two_wins(&Store::sqlite());
}

#[test]
fn one_place_is_held_for_one_of_two_councils_on_postgres() {
    if let Some(store) = Store::postgres() {
        one_of_two_wins(&store);
    }
}

#[test]
fn an_emergency_is_one_command_and_an_unmet_need_is_kept() {
    let store = Store::sqlite();
    store.add(NEAR, "Fostering household", "ME7", 1);
    store.claim(&format!("{NEAR}/1"));
    let line =
        "home emergency --council Kent --local-id 7 --born 2014-05-02 --sex girl --file child.toml --from 2026-11-20";
    let tonight = store.ok("2026-11-20T22:30:00Z", line, "");
    let child = tonight["child"].as_str().unwrap().to_owned();
    assert_eq!(tonight["held"]["setting"], json!(NEAR));
    store.ok(NOON, &format!("home say {child} {NEAR} --as social-worker --view for --words-from -"), "Tonight.");
    store.ok(NOON, &format!("home decide {child} {NEAR}"), "");
    store.ok("2026-11-20T23:00:00Z", &format!("home start {child} --on 2026-11-20 --legal-status L1"), "");
    let due = store.ok(NOON, "home due --today 2026-11-21", "").to_string();
    for said in ["hear the child", "hear the carer", "visit the child, alone", "review the child's case"] {
        assert!(due.contains(said), "{said}: {due}");
    }
    // Nothing is left for the next: what is missing is said and counted.
    let next = store.searching("Kent", "8");
    assert_eq!(store.refused(NOON, &format!("home hold {next} {NEAR}"), ""), "vacancy.taken");
    let unable = store.ok(NOON, &format!("home unable {next}"), "");
    assert!(unable["told"].to_string().contains("no place"), "{unable}");
    assert_eq!(store.ok(NOON, &format!("home show {next}"), "")["searches"][0][2], json!("unmet need"));
}

#[test]
fn a_child_who_never_came_moved_or_went_to_another_council_is_paid_for_once_a_night() {
    let store = Store::sqlite();
    store.add(NEAR, "Fostering household", "ME7", 1);
    store.add(CARE_HOME, "Children's home", "ME4", 2);
    for place in [format!("{NEAR}/1"), format!("{CARE_HOME}/1"), format!("{CARE_HOME}/2")] {
        store.claim(&place);
    }
    let child = store.placed("Kent", "1", NEAR);
    let nights = |day: &str| {
        let statement = store.ok("2027-01-20T12:00:00Z", &format!("statement child {child} --as-of {day}"), "");
        statement["nights"].as_i64().unwrap()
    };
    assert_eq!(nights("2026-11-30"), 8);
    // The true date of arrival was two nights later.
    let at = "2026-12-10T12:00:00Z";
    store.ok(at, &format!("home life correct {child} --on 2026-12-10 --arrived 2026-11-25"), "");
    assert_eq!(nights("2026-11-30"), 6);
    // A move: a second search while the first placement goes on, which ends on the day of the move.
    store.ok(at, &format!("home open {child} --from 2026-12-10 --until 2027-03-24"), "");
    store.ok(at, &format!("home shortlist {child} --keep"), "");
    store.ok(at, &format!("home hold {child} {CARE_HOME}"), "");
    store.voices(&child, CARE_HOME);
    store.ok(at, &format!("home decide {child} {CARE_HOME} --words-from -"), "She asked to move.");
    store.ok("2026-12-10T18:00:00Z", &format!("home start {child} --on 2026-12-10 --reason CHILD"), "");
    assert_eq!(nights("2026-12-15"), 21);
    let free = store.ok(at, &format!("register show {NEAR} --as-of 2026-12-12"), "");
    assert_ne!(free["places"][0]["state"], json!("filled"));
    // Another council takes over: there from that date on, here no longer, the same bed.
    let moved = store.ok(
        "2027-01-10T12:00:00Z",
        &format!("home transfer {child} --on 2027-01-10 --to Surrey --local-id 99"),
        "",
    );
    assert_eq!(nights("2027-01-20"), 46);
    let other = moved["told"][0]
        .as_str()
        .unwrap()
        .split_whitespace()
        .find(|word| word.starts_with("C-"))
        .unwrap()
        .trim_end_matches(';')
        .to_owned();
    let statement = store.ok("2027-01-20T12:00:00Z", &format!("statement child {other} --as-of 2027-01-20"), "");
    assert!(statement.to_string().contains("\"2027-01-10\""), "{statement}");
    store.ok("2027-01-20T12:00:00Z", "pay run --through 2027-01-19", "");
    store.ok("2027-01-20T12:00:00Z", "verify", "");
}

/// Two worlds that differ in who is responsible for a child who stays in bed: what the child said counts alike.
#[test]
fn what_a_child_said_goes_on_to_count_when_another_council_takes_over() {
    let at = "2027-10-08T09:00:00Z";
    let covered = |sector: &str, taken_over: bool| {
        let store = Store::sqlite();
        store.add(CARE_HOME, "Children's home", "ME4", 2);
        store.ok(NOON, &format!("register add {CARE_HOME} --sector {sector} --from 2025-04-01"), "");
        store.claim(&format!("{CARE_HOME}/1"));
        for payee in [CARE_HOME, "council/E10000016"] {
            let agree = format!("price agree {payee} --care 4200.00 --return 910.00 --from 2026-01-01");
            store.ok(NOON, &agree, "");
        }
        let child = store.placed("Kent", "1", CARE_HOME);
        let asks = store.ok("2026-12-08T12:00:00Z", "voice due --today 2026-12-08", "");
        let placement = asks["lines"][0]["placement"].clone();
        let placement = placement.as_str().unwrap();
        let asked = format!("voice answer {placement} --on 2026-12-09 --by self --marks 5,5,5,5,5,1");
        store.ok("2026-12-09T12:00:00Z", &asked, "");
        let reviewed = format!("home life reviewed {child} --on 2026-12-15");
        store.ok("2026-12-15T12:00:00Z", &reviewed, "");
        let whose = if taken_over {
            let line = format!("home transfer {child} --on 2027-01-10 --to Surrey --local-id 99");
            let told = store.ok("2027-01-10T12:00:00Z", &line, "")["told"][0].as_str().unwrap().to_owned();
            let other = told.split_whitespace().find(|word| word.starts_with("C-")).unwrap().trim_end_matches(';');
            ("Surrey", other.to_owned())
        } else {
            ("Kent", child)
        };
        // Who is responsible now has to do what is left open.
        let due = |council: &str| {
            let list =
                store.ok("2027-01-15T12:00:00Z", &format!("voice due --council {council} --today 2027-01-15"), "");
            list["lines"].as_array().unwrap().clone()
        };
        let (mine, elsewhere) = (due(whose.0), due(if taken_over { "Kent" } else { "Surrey" }));
        assert!(elsewhere.is_empty(), "{elsewhere:?}");
        assert!(mine.iter().all(|line| line["child"] == json!(whose.1)), "{mine:#?}");
        let mut what: Vec<Value> = mine.iter().map(|line| json!([line["what"], line["by"], line["arrived"]])).collect();
        assert!(what.iter().any(|line| line[0] == json!("review")), "{what:?}");
        let reviews = store.ok("2027-01-15T12:00:00Z", "home due --today 2027-01-15", "");
        let lines = reviews["lines"].as_array().unwrap();
        let of_case = lines.iter().filter(|line| line["what"] == json!("review the child's case"));
        what.extend(of_case.map(|line| json!([line["what"], line["by"]])));
        store.ok(at, "voice key", "");
        store.ok(at, "pay run --through 2027-03-31", "");
        store.ok(at, "pay settle --close 2026-H2", "");
        // The council's own home is the other's: the one that takes over is never paid for it.
        let balance = store.ok(at, "balance --all", "").to_string();
        assert!(!balance.contains("payable/council/E10000030"), "{balance}");
        let settled = sector == "private";
        let shown = format!("pay explain {CARE_HOME} --half-year 2026-H2 --auditor");
        let audit = settled.then(|| store.ok(at, &shown, "")["audit"].clone());
        let of = |name: &str| audit.as_ref().map(|audit| audit["kept"][name].as_i64().unwrap());
        store.ok(at, "verify", "");
        (of("nights"), of("covered"), what)
    };
    let (stayed, taken) = (covered("private", false), covered("private", true));
    // The "no" of 9 December is for the review of the 15th: the nights before it stay covered.
    assert_eq!((stayed.0, stayed.1), (Some(129), Some(16)));
    assert_eq!(stayed, taken);
    assert_eq!(covered("local-authority", false), covered("local-authority", true));
}

/// The child says no, and afterwards it is told anew, by whoever, where the child was: in the same bed the "no" goes on to count,
/// in another it does not.
#[test]
fn what_a_child_said_stays_with_the_bed_whatever_is_told_of_it_later() {
    let store = Store::sqlite();
    for home in [CARE_HOME, "urn/SC012347"] {
        store.add(home, "Children's home", "ME4", 2);
        store.ok(NOON, &format!("register add {home} --sector private --from 2025-04-01"), "");
        store.claim(&format!("{home}/1"));
        store.ok(NOON, &format!("price agree {home} --care 4200.00 --return 910.00 --from 2026-01-01"), "");
    }
    store.ok(NOON, "home child --council Kent --local-id 2 --born 2012-01-01 --sex boy --file child.toml", "");
    let child = store.placed("Kent", "1", CARE_HOME);
    let asks = store.ok("2026-12-08T12:00:00Z", "voice due --today 2026-12-08", "");
    let placement = asks["lines"][0]["placement"].as_str().unwrap().to_owned();
    let no = format!("voice answer {placement} --on 2026-12-07 --by self --marks 5,5,5,5,5,1 --words -");
    let unanswered = store.copy();
    store.ok("2026-12-08T12:00:00Z", &no, "I want to go home.");
    let (at, end) = ("2027-04-08T09:00:00Z", "2027-10-08T09:00:00Z");
    let transfer = |store: &Store, child: &str, on: &str, to: &str, local: &str| {
        let line = format!("home transfer {child} --on {on} --to {to} --local-id {local}");
        let told = store.ok(at, &line, "")["told"][0].as_str().unwrap().to_owned();
        told.split_whitespace().find(|word| word.starts_with("C-")).unwrap().trim_end_matches(';').to_owned()
    };
    let covered = |store: &Store| {
        store.ok(end, "voice key", "");
        store.ok(end, "pay run --through 2027-03-31", "");
        store.ok(end, "pay settle --close 2026-H2", "");
        // Small providers are one pool: of the nights of both homes.
        let shown = format!("pay explain {CARE_HOME} --half-year 2026-H2 --auditor");
        let kept = store.ok(end, &shown, "")["audit"]["kept"].clone();
        store.ok(end, "verify", "");
        (kept["nights"].as_i64().unwrap(), kept["covered"].as_i64().unwrap())
    };
    let same = |decom: &str, urn: &str| format!("{decom},S,C2,N1,K2,PR4,,,,ME4 1AA,ME4 1AA,{urn}");

    let world = store.copy();
    assert_eq!(covered(&world), (129, 14), "nothing told anew");
    // Whatever a duty person reads in the words, and whatever people decide, the "no" stands.
    let world = store.copy();
    for (on, step) in [("2027-02-01", "--words-read unsafe"), ("2027-02-08", "--decided unsubstantiated")] {
        world.ok(at, &format!("voice safety {placement} --disclosed 2026-12-07 --on {on} {step}"), "");
    }
    assert_eq!(covered(&world), (129, 14), "read as a disclosure");
    let world = store.copy();
    let both = format!("voice answer {placement} --on 2026-12-07 --by self --marks 1,5,5,5,5,5");
    world.ok(at, &both, "");
    assert_eq!(covered(&world), (129, 14), "disclosed beside it");
    // So does one in a disclosure that is not substantiated, in whichever order two of one day are typed in; and what was
    // done before that is not what then falls due.
    let plain = store.copy();
    for order in [[1, 5], [5, 1]] {
        let world = unanswered.copy();
        for keep in order {
            let line = format!("voice answer {placement} --on 2026-12-07 --by self --marks 1,5,5,5,5,{keep}");
            world.ok(at, &line, "");
        }
        world.ok(at, &format!("voice review {placement} --on 2026-12-18 --outcome no-change"), "");
        let decided =
            format!("voice safety {placement} --disclosed 2026-12-07 --on 2027-02-01 --decided unsubstantiated");
        world.ok(at, &decided, "");
        let due = world.ok(at, "voice due --today 2027-02-02", "")["lines"].to_string();
        assert!(
            ["review", "offer-advocate", "reply"].iter().all(|what| due.contains(&format!("\"what\":\"{what}\""))),
            "{due}"
        );
        assert_eq!(covered(&world), (129, 14), "{order:?}");
    }
    let world = plain;
    // A number of another place, or of another stay, is no transfer.
    world.returned(at, "Surrey", "99", &same("10/01/2027", "SC012347"));
    let line = format!("home transfer {child} --on 2027-01-10 --to Surrey --local-id 99");
    assert_eq!(world.refused(at, &line, ""), "home.transfer");
    // The council's return has the child there from a day later: thirteen nights to the seventh.
    let world = store.copy();
    world.returned(at, "Kent", "1", &same("24/11/2026", "SC012345"));
    assert_eq!(covered(&world), (128, 13), "another day");
    // Another council takes over; its return has it a day later, or told of it first.
    let world = store.copy();
    transfer(&world, &child, "2027-01-10", "Surrey", "99");
    world.returned(at, "Surrey", "99", &same("11/01/2027", "SC012345"));
    assert_eq!(covered(&world), (128, 14), "a day later");
    let world = store.copy();
    world.returned(at, "Surrey", "99", &same("10/01/2027", "SC012345"));
    let other = transfer(&world, &child, "2027-01-10", "Surrey", "99");
    let told_first = world.copy();
    // It is the same child elsewhere, for as long as it is there; and a number that is another child's is refused.
    let refused = |line: &str| world.refused(at, line, "");
    assert_eq!(refused(&format!("home open {child} --from 2027-03-01 --until 2027-03-20")), "home.transferred");
    assert_eq!(refused(&format!("home life correct {other} --on 2027-04-01 --arrived 2027-01-15")), "home.transferred");
    assert_eq!(refused(&format!("home life correct {other} --on 2027-04-01 --never")), "home.transferred");
    assert_eq!(refused(&format!("home transfer {other} --on 2027-02-10 --to Kent --local-id 2")), "home.transfer");
    assert_eq!(covered(&told_first), (129, 14), "told first");
    // Back again, under the number the first council always had.
    transfer(&world, &other, "2027-02-10", "Kent", "1");
    assert_eq!(covered(&world), (129, 14), "and back");
    // In another owner's bed from then on a "no" about this one counts no more.
    let world = store.copy();
    transfer(&world, &child, "2027-01-10", "Surrey", "99");
    world.returned(at, "Surrey", "99", &same("10/01/2027", "SC012347"));
    assert_eq!(covered(&world), (129, 14 + 81), "another bed");
    // Told of after the payment: nobody is paid twice for a night, nor for nights in good faith.
    let world = store.copy();
    world.ok("2027-04-07T09:00:00Z", "pay run --through 2027-03-31", "");
    transfer(&world, &child, "2027-01-10", "Surrey", "99");
    world.ok(at, "pay run --through 2027-03-31", "");
    let balance = world.ok(at, "balance --all", "");
    let of = |account: &str| {
        let lines = balance["accounts"].as_array().unwrap().iter();
        lines
            .filter(|line| line["account"].as_str().unwrap().starts_with(account))
            .map(|line| line["balance_pence"].as_i64().unwrap())
            .sum::<i64>()
    };
    let agreed = 420_000 * 129 / 7;
    assert_eq!((of("payable/urn/SC012345") + of("recoverable/urn/SC012345"), of("due/")), (-agreed, 0));
}

/// What is corrected reaches the door in the same commit, and what is refused leaves nothing.
#[test]
fn a_corrected_birth_is_at_the_door_and_what_is_refused_leaves_nothing() {
    let store = Store::sqlite();
    store.add(NEAR, "Fostering household", "ME7", 2);
    for place in [1, 2] {
        store.claim(&format!("{NEAR}/{place}"));
    }
    let child = store.placed("Kent", "9", NEAR);
    let at = "2026-12-20T12:00:00Z";
    let owed = || store.ok(at, &format!("statement child {child} --as-of 2026-12-10"), "").to_string();
    let before = owed();
    store.ok(at, "home child --council Kent --local-id 9 --born 2009-06-02", "");
    assert_ne!(owed(), before, "another age, another allowance");
    for (line, code) in [
        ("home child --council Kent --local-id 9 --born 2026-12-01", "home.born"),
        ("home child --council Kent --local-id 10 --born 2030-05-02 --sex girl", "home.born"),
        ("register vacancy fill urn/SC999999/1 --by carers", "setting.not-found"),
        (&format!("home life end {child} --on 2026-12-20 --rec X1"), "home.move"),
    ] {
        assert_eq!(store.refused(at, line, ""), code, "{line}");
    }
    let early = format!("register vacancy fill {NEAR}/2 --from 2025-03-01 --until 2025-03-15 --by carers");
    assert!(store.ok(at, &early, "")["against"].as_str().unwrap().contains("not in the register"));
    store.ok(at, "verify", "");
}

#[test]
fn a_child_who_never_came_leaves_nothing_to_be_paid_for_and_a_free_place() {
    let store = Store::sqlite();
    store.add(NEAR, "Fostering household", "ME7", 1);
    store.claim(&format!("{NEAR}/1"));
    let never = store.placed("Kent", "2", NEAR);
    store.ok("2026-12-20T12:00:00Z", &format!("home life correct {never} --on 2026-12-20 --never"), "");
    let at = "2026-12-20T13:00:00Z";
    let statement = store.ok(at, &format!("statement child {never} --as-of 2026-12-20"), "");
    assert_eq!(store.ok(at, &format!("register show {NEAR}"), "")["places"][0]["state"], json!("free"));
    store.ok(at, "verify", "");
    assert_eq!(statement["nights"], json!(0), "{statement}");
}

/// The hold lapsed, somebody else has the bed, and the child is there all the same: their nights are recorded where they
/// slept, and the home is shown to be over its number.
#[test]
fn a_child_who_came_to_a_bed_that_another_has_by_now_is_recorded_and_the_home_is_over_its_number() {
    let store = Store::sqlite();
    store.add(NEAR, "Fostering household", "ME7", 1);
    store.claim(&format!("{NEAR}/1"));
    let decided = |child: &str, at: &str| {
        store.ok(at, &format!("home shortlist {child} --keep"), "");
        store.ok(at, &format!("home hold {child} {NEAR}"), "");
        store.voices(child, NEAR);
        store.ok(at, &format!("home decide {child} {NEAR}"), "");
    };
    let late = &store.searching("Kent", "1");
    decided(late, NOON);
    // Nobody records that she came, and her hold ends with the day after.
    let at = "2026-11-25T12:00:00Z";
    let other = &store.child("Kent", "2", GIRL);
    let told = store.ok(at, &format!("home open {other} --from 2026-11-24 --until 2027-03-24"), "").to_string();
    assert!(told.contains("24 November 2026, has passed"), "{told}");
    decided(other, at);
    store.ok(at, &format!("home start {other} --on 2026-11-25 --legal-status C2"), "");

    let start = format!("home start {late} --on 2026-11-23 --legal-status C2");
    let output = store.run(at, &start, "");
    let refused: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(refused["error"]["code"], "vacancy.taken");
    let sentence = refused["error"]["sentence"].as_str().unwrap();
    assert!(sentence.contains("25 November 2026") && sentence.contains("--place 2"), "{sentence}");
    let started = store.ok(at, &format!("{start} --place 2"), "").to_string();
    assert!(started.contains("registered for 1 place: look at the placement now"), "{started}");
    let places = |on: &str| {
        let page = store.ok(at, &format!("register show {NEAR} --as-of {on}"), "");
        let lines = page["places"].as_array().unwrap().clone();
        lines.iter().map(|line| line["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(places("2026-11-25"), ["filled", "filled"]);
    let due = store.ok(at, "home due --today 2026-11-25", "").to_string();
    assert!(due.contains("look at the placement now"), "{due}");
    // Nobody else is sent there, and each night of hers is paid.
    let third = &store.searching("Kent", "3");
    let list = store.ok(at, &format!("home shortlist {third}"), "");
    assert_eq!((&list["offered"], &list["to_ask"]), (&json!([]), &json!([])));
    let nights = |child: &str| {
        let statement = store.ok(at, &format!("statement child {child} --as-of 2026-11-25"), "");
        statement["nights"].as_i64().unwrap()
    };
    assert_eq!((nights(late), nights(other)), (3, 1));
    store.ok("2026-11-26T09:00:00Z", &format!("home life end {late} --on 2026-11-26 --rec E4A"), "");
    let page = store.ok("2026-11-26T09:00:00Z", &format!("register show {NEAR} --as-of 2026-11-26"), "");
    let state: Vec<&str> = page["places"].as_array().unwrap().iter().map(|l| l["state"].as_str().unwrap()).collect();
    assert_eq!(state[0], "filled", "the other child is still there");
    assert_ne!(state.get(1), Some(&"filled"), "she has left hers");
    store.ok("2026-11-26T09:00:00Z", "verify", "");
}

#[test]
fn when_a_home_closes_brothers_and_sisters_are_proposed_together_and_each_still_decides() {
    let store = Store::sqlite();
    store.add(NEAR, "Fostering household", "ME7", 2);
    for place in 1..=2 {
        store.claim(&format!("{NEAR}/{place}"));
    }
    let one = store.placed("Kent", "1", NEAR);
    let two = store.placed("Kent", "2", NEAR);
    store.child("Kent", "2", &format!("siblings = [\"{one}\"]\n"));
    store.add(FAR, "Fostering household", "CT1", 1);
    store.add(CARE_HOME, "Children's home", "ME4", 4);
    for place in [format!("{FAR}/1"), format!("{CARE_HOME}/1"), format!("{CARE_HOME}/3")] {
        store.claim(&place);
    }
    let at = "2026-12-01T12:00:00Z";
    let joint = store.ok(at, &format!("home joint --closing {NEAR} --from 2026-12-15"), "");
    assert_eq!((&joint["value"]["placed"], &joint["certificate"]["optimal"]), (&json!(2), &json!(true)), "{joint}");
    assert_eq!(joint["groups"][0]["outcome"], json!(format!("together in {CARE_HOME}")));
    let children: Vec<&str> =
        joint["children"].as_array().unwrap().iter().map(|child| child["child"].as_str().unwrap()).collect();
    assert!(children.contains(&one.as_str()) && children.contains(&two.as_str()));
    assert_eq!(store.ok(at, &format!("home joint --closing {NEAR} --from 2026-12-15"), ""), joint, "the same bytes");
    // A proposal decides nothing.
    assert_eq!(store.ok(at, &format!("home show {one}"), "")["searches"][0][2], json!("placed"));
}

#[test]
fn law_1_the_binary_says_the_same_bytes_whatever_is_paid_to_whom_and_recorded_in_whatever_order() {
    let said = |order: [usize; 4], pence: [u32; 4]| {
        let store = Store::sqlite();
        for home in order {
            let setting = format!("urn/SC00000{home}");
            let owner = ["Aardvark", "Zebra"][pence[home] as usize % 2];
            let sector = ["Private", "Voluntary"][pence[home] as usize % 3 % 2];
            let line = format!(
                "register add {setting} --kind Children'shome --council Kent --postcode ME7 --places 2 --owner {owner} --sector {sector} --from 2025-04-01"
            );
            store.ok(NOON, &line, "");
            store.ok(NOON, &format!("home describe {setting} --file home.toml"), "");
            store.claim(&format!("{setting}/1"));
            store.ok(NOON, &format!("price agree {setting} --care {}.00 --from 2026-04-01", pence[home]), "");
        }
        let child = store.searching("Kent", "1");
        let list = store.run(NOON, &format!("home shortlist {child} --explain"), "");
        let why = store.run(NOON, &format!("home why-not {child} SC000002"), "");
        assert!(list.status.success() && why.status.success());
        let mut all = [list.stdout, why.stdout].concat();
        let tonight = "home emergency --council Kent --local-id 2 --born 2014-05-02 --sex girl --file child.toml --from 2026-11-20";
        for line in [
            format!("home shortlist {child} --keep"),
            format!("home ask {child} SC000001 --full"),
            format!("home joint {child} --from 2026-11-23 --until 2027-03-24"),
            tonight.to_owned(),
            "home due --today 2026-11-20".to_owned(),
        ] {
            let output = store.run(NOON, &line, "");
            assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
            all.extend(output.stdout);
        }
        all
    };
    let first = said([0, 1, 2, 3], [3_000, 3_101, 4_200, 5_303]);
    assert!(first.windows(8).any(|bytes| bytes == b"SC000003"));
    assert!(said([3, 1, 0, 2], [5_303, 4_200, 3_101, 3_000]) == first);
    assert!(said([2, 3, 1, 0], [3_101, 3_000, 5_303, 4_200]) == first);
}

/// Every step of a placement's life in order, and in the wrong order each refused by its code; every night of it has one
/// bed, whatever is corrected.
#[test]
fn the_life_of_a_placement_is_walked_in_order_and_in_no_other() {
    let store = Store::sqlite();
    store.add(NEAR, "Fostering household", "ME7", 1);
    store.add(CARE_HOME, "Children's home", "ME4", 2);
    store.claim(&format!("{NEAR}/1"));
    store.claim(&format!("{CARE_HOME}/1"));
    let child = &store.searching("Kent", "1");
    let no = |at: &str, line: &str, code: &str| {
        assert_eq!(store.refused(at, &line.replace('@', child), "words"), code, "{line}");
    };
    let yes = |at: &str, line: &str| store.ok(at, &line.replace('@', child), "words");
    let state = |at: &str, home: &str, on: &str| {
        let page = store.ok(at, &format!("register show {home} --as-of {on}"), "");
        page["places"][0]["state"].as_str().unwrap().to_owned()
    };
    for (line, code) in [
        ("home start @ --on 2026-11-20", "home.not-decided"),
        ("home introduce @ --from 2026-11-21 --until 2026-11-22", "home.not-decided"),
        ("home life not-arrived @ --on 2026-11-20", "home.not-decided"),
        ("home life visited @ --on 2026-11-20", "home.not-placed"),
        ("home life back @ --on 2026-11-20", "home.not-placed"),
        ("home life end @ --on 2026-11-20 --rec E4A", "home.not-placed"),
        ("home life correct @ --on 2026-11-20 --never", "home.not-placed"),
        ("home transfer @ --on 2026-11-20 --to Surrey --local-id 5", "home.not-placed"),
        ("home open @ --from 2026-12-01", "home.open"),
        ("home release @", "hold.not-found"),
    ] {
        no(NOON, line, code);
    }
    yes(NOON, "home shortlist @ --keep");
    yes(NOON, &format!("home hold @ {NEAR}"));
    no(NOON, "home unable @", "home.held");
    no(NOON, "home close @", "home.held");
    store.voices(child, NEAR);
    yes(NOON, &format!("home ask @ {NEAR}"));
    yes(NOON, &format!("home reply @ {NEAR} no --because residents"));
    no(NOON, &format!("home decide @ {NEAR}"), "home.said-no");
    yes(NOON, &format!("home reply @ {NEAR} yes"));
    yes(NOON, &format!("home decide @ {NEAR}"));
    no(NOON, "home release @", "home.stage");
    no(NOON, "home shortlist @ --keep", "home.stage");
    no(NOON, &format!("home ask @ {CARE_HOME}"), "home.stage");
    yes(NOON, "home introduce @ --from 2026-11-21 --until 2026-11-23");
    // The hold of a day would have ended: a place decided on is kept until the day after the first night.
    assert_eq!(state("2026-11-23T12:00:00Z", NEAR, "2026-11-23"), "held");
    yes("2026-11-23T20:00:00Z", "home life not-arrived @ --on 2026-11-23");
    assert_eq!(state("2026-11-23T20:00:00Z", NEAR, "2026-11-23"), "free");

    let at = "2026-11-24T18:00:00Z";
    yes(at, &format!("home hold @ {NEAR}"));
    yes(at, &format!("home decide @ {NEAR}"));
    no(at, "home start @ --on 2026-11-22 --legal-status C2", "home.date");
    no(at, "home start @ --on 2026-11-25 --legal-status C2", "home.date");
    yes(at, "home start @ --on 2026-11-24 --legal-status C2");
    no(at, "home start @ --on 2026-11-24 --legal-status C2", "home.not-decided");
    let at = "2026-12-20T18:00:00Z";
    for (line, code) in [
        ("home life end @ --on 2026-11-24 --rec E4A", "home.date"),
        ("home life end @ --on 2026-12-21 --rec E4A", "home.date"),
        ("home life visited @ --on 2026-11-20", "home.date"),
        ("home life visited @ --on 2027-01-20", "home.date"),
        ("home life away @ --on 2026-11-24 --code T1", "home.date"),
        ("home life away @ --on 2026-12-10 --code T1 --back 2026-12-10", "home.date"),
        ("home life away @ --on 2026-12-10 --code U6", "home.code"),
        ("home life back @ --on 2026-12-10", "home.not-away"),
        ("home life notice @ --on 2026-12-10 --by carer --ends 2026-12-01", "home.date"),
        ("home life extend @ --on 2026-12-10 --until 2026-12-01", "home.date"),
        ("home life extend @ --on 2026-12-10 --until 2032-05-03", "home.grown"),
        ("home life done @ --on 2026-12-10 --what supper", "home.duty"),
        ("home life correct @ --on 2026-12-10", "home.correct"),
        ("home life correct @ --on 2026-12-10 --ended 2026-12-05", "home.not-ended"),
        ("home life correct @ --on 2026-12-10 --arrived 2026-12-11", "home.date"),
    ] {
        no(at, line, code);
    }
    let nights = |day: &str| {
        let statement = store.ok("2027-01-20T12:00:00Z", &format!("statement child {child} --as-of {day}"), "");
        statement["nights"].as_i64().unwrap()
    };
    yes(at, "home life away @ --on 2026-12-01 --code T1");
    no(at, "home life end @ --on 2026-12-05 --rec E4A", "home.away");
    no(at, "home life back @ --on 2026-11-30", "home.date");
    yes(at, "home life back @ --on 2026-12-04");
    no(at, "home life away @ --on 2026-12-03 --code T1 --back 2026-12-06", "home.date");
    no(at, "home life end @ --on 2026-12-03 --rec E4A", "home.date");
    // A time away that was none leaves nothing behind.
    yes(at, "home life away @ --on 2026-12-08 --code T2");
    yes(at, "home life back @ --on 2026-12-08");
    assert_eq!(nights("2026-12-20"), 27);
    // The place is filled for longer, and free again when the child leaves before that.
    yes(at, "home life extend @ --on 2026-12-10 --until 2027-05-01");
    yes(at, "home life notice @ --on 2026-12-10 --by carer --ends 2027-02-01");
    // A second search while the child lives there: the placement goes on.
    yes(at, "home open @ --from 2026-12-20 --until 2027-03-24");
    yes(at, "home life visited @ --on 2026-12-19");
    let due = yes(at, "home due --today 2026-12-20").to_string();
    for said in [
        "placement-plan",
        "care-plan",
        "health-assessment",
        "find a home",
        "notice by the carer",
        "review the child's case",
    ] {
        assert!(due.contains(said), "{said}: {due}");
    }
    yes(at, "home life done @ --on 2026-12-19 --what placement-plan");
    assert!(!yes(at, "home due --today 2026-12-20").to_string().contains("placement-plan"));
    yes(at, "home shortlist @ --keep");
    yes(at, &format!("home hold @ {CARE_HOME}"));
    store.voices(child, CARE_HOME);
    yes(at, &format!("home decide @ {CARE_HOME} --words-from -"));
    yes(at, "home start @ --on 2026-12-20 --reason CHILD");
    assert_eq!(state(at, NEAR, "2026-12-20"), "free", "the former place");
    let at = "2027-01-05T18:00:00Z";
    // She came two days later than was recorded: she left the home before on that day, and no night is lost.
    yes(at, "home life correct @ --on 2027-01-05 --arrived 2026-12-22");
    assert_eq!(
        (state(at, NEAR, "2026-12-21").as_str(), state(at, CARE_HOME, "2026-12-21").as_str()),
        ("filled", "unknown")
    );
    assert_eq!(nights("2027-01-05"), 43);
    // She never came there at all: she never left the home before.
    yes(at, "home life correct @ --on 2027-01-05 --never");
    assert_eq!(
        (state(at, NEAR, "2027-01-05").as_str(), state(at, CARE_HOME, "2027-01-05").as_str()),
        ("filled", "unknown")
    );
    assert_eq!(nights("2027-01-05"), 43);
    yes(at, "home close @");
    yes(at, "home life end @ --on 2027-01-05 --rec E4A");
    assert_eq!(state(at, NEAR, "2027-01-05"), "unknown", "the carers' claim has run out: ask");
    no(at, "home life visited @ --on 2027-01-05", "home.not-placed");
    yes(at, "home life correct @ --on 2027-01-05 --ended 2027-01-03");
    assert_eq!(nights("2027-01-05"), 40);
    no(at, "home transfer @ --on 2027-01-05 --to Surrey --local-id 5", "home.not-placed");
    yes(at, "home life correct @ --on 2027-01-05 --goes-on");
    assert_eq!((nights("2027-01-05"), state(at, NEAR, "2027-01-05").as_str()), (43, "filled"));
    no(at, "home transfer @ --on 2027-01-05 --to Kent --local-id 5", "home.transfer");
    yes(at, "home transfer @ --on 2027-01-05 --to Surrey --local-id 5");
    no(at, "home life correct @ --on 2027-01-05 --arrived 2026-11-25", "home.transferred");
    assert_eq!(nights("2027-01-20"), 42, "from that date on the other council answers for the nights");
    let told = store.ok(at, "home due --council Surrey --today 2027-01-06", "").to_string();
    assert!(told.contains("visit the child"), "{told}");
    store.ok(at, "pay run --through 2027-01-04", "");
    store.ok(at, "verify", "");
    let audit = store.ok(at, "home audit", "").to_string();
    assert!(!audit.contains("\"children\":5"), "{audit}");
}
