//! The register through the binary: lists in, who joined, left and changed; places, vacancies that expire, one place
//! for one council; and what is wrong is refused in a sentence, with nothing loaded.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

const HEADER: &str =
    "A title,,,,,,,,\nURN,Provision type,Registration status,Local authority,Sector,Places,Owner,Name,\n";
const HOME: &str = "urn/SC000001";

struct Register {
    folder: TempDir,
}

impl Register {
    fn new() -> Register {
        let register = Register { folder: tempfile::tempdir().unwrap() };
        register.json(&["init", "--reference-key", "register"]);
        register
    }

    /// The exit code and the one document.
    fn answer(&self, arguments: &[&str]) -> (i32, Value) {
        let output = Command::new(env!("CARGO_BIN_EXE_carebank"))
            .env_remove("CAREBANK_REFERENCE_KEY")
            .arg("--data")
            .arg(self.folder.path().join("store"))
            .arg("--json")
            .args(arguments)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let document = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {text}"));
        (output.status.code().unwrap(), document)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let (exit, document) = self.answer(arguments);
        assert_eq!(exit, 0, "{arguments:?}: {document}");
        document
    }

    fn refused(&self, arguments: &[&str]) -> (i32, String) {
        let (exit, document) = self.answer(arguments);
        assert!(!document["error"]["sentence"].as_str().unwrap_or_default().is_empty(), "{document}");
        (exit, document["error"]["code"].as_str().unwrap_or_default().to_owned())
    }

    fn at(&self, moment: &str, arguments: &[&str]) -> (i32, Value) {
        self.answer(&[&["--clock", moment], arguments].concat())
    }

    fn write(&self, rows: &str) -> String {
        let file = self.folder.path().join("list.csv");
        fs::write(&file, format!("{HEADER}{rows}")).unwrap();
        file.display().to_string()
    }

    fn list(&self, rows: &str, at: &str) -> Value {
        let file = self.write(rows);
        self.json(&["register", "import", "ofsted", &file, "--at", at])
    }

    fn digest(&self) -> Value {
        self.json(&["dump", "--digest"])
    }
}

const FIRST: &str = "SC000001,Children's home,Active,Kent,Private,2,Oak Ltd,REDACTED,\n\
    1000002,Children's Home,Active,Kent,Private,3,OAK LTD,REDACTED,\n\
    1000003,Castle in the air,Resting,Leeds,Voluntary,many,,,\n";
const SECOND: &str = "SC000001,Children's home,Active,Kent,Private,4,Elm Ltd,REDACTED,\n\
    1000003,Castle in the air,Resting,Leeds,Voluntary,many,,,\n\
    1000004,Secure children's home,Active,Leeds,Local Authority,9,Leeds City Council,,\n";

#[test]
fn a_second_list_tells_who_joined_left_and_changed() {
    let register = Register::new();
    let first = register.list(FIRST, "2023-03-31");
    assert_eq!((first["joined"].as_array().unwrap().len(), first["rows"].as_i64()), (3, Some(3)));
    let codes: Vec<&str> = first["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["CB70", "CB72", "CB73"], "what is not known is kept and counted");
    let again = register.list(FIRST, "2023-03-31");
    assert_eq!((&again["tx"], &again["same"]), (&Value::Null, &json!(3)));
    let second = register.list(SECOND, "2024-03-31");
    assert_eq!(second["joined"], json!(["urn/1000004"]));
    assert_eq!(second["left"], json!(["urn/1000002"]));
    assert_eq!(
        second["changed"],
        json!([{"setting": HOME, "fields": [["places", "2", "4"], ["owner", "Oak Ltd", "Elm Ltd"]]}])
    );
    let homes = |date: &str| register.json(&["register", "list", "--kind", "childrens-homes", "--as-of", date]);
    assert_eq!(homes("2023-12-31")["tally"], json!({"settings": 2, "places": 5}));
    assert_eq!(homes("2024-12-31")["tally"], json!({"settings": 2, "places": 13}));
    let owners = register.json(&["register", "owners", "--as-of", "2023-12-31"]);
    assert_eq!((&owners["owners"][0]["owner"], &owners["spelled"]), (&json!("OAK LTD"), &json!(2)));
    let history = register.json(&["register", "history", "1000002"]);
    let what: Vec<&str> = history["versions"].as_array().unwrap().iter().map(|v| v["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["joined", "left"]);
    let verified = register.json(&["verify"]);
    let check =
        verified["checks"].as_array().unwrap().iter().find(|c| c["what"].as_str().unwrap().contains("register"));
    assert_eq!(check.unwrap()["failed"], 0);
}

#[test]
fn law_6_an_earlier_list_taken_in_later_changes_nothing_after_the_next() {
    let register = Register::new();
    register.list(SECOND, "2024-03-31");
    let before = register.json(&["register", "list", "--as-of", "2024-03-31"])["settings"].clone();
    register.list(FIRST, "2023-03-31");
    let after = register.json(&["register", "list", "--as-of", "2024-03-31"])["settings"].clone();
    assert_eq!(before, after);
    assert_eq!(register.json(&["register", "list", "--as-of", "2024-03-30"])["in_register"], 3);
}

#[test]
fn a_claim_that_nobody_renews_is_no_vacancy() {
    let register = Register::new();
    register.list(FIRST, "2023-03-31");
    let claim = ["register", "vacancy", "claim", "urn/SC000001/1", "--by", "the home"];
    // No clock runs backwards: the list was recorded now, so the claims come after.
    let (exit, done) = register.at("2031-06-02T09:00:00Z", &claim);
    assert_eq!((exit, &done["expires"]), (0, &json!("2031-06-05T09:00:00.000000Z")), "{done}");
    let seen = |moment: &str| register.at(moment, &["register", "vacancy", "list"]).1;
    let fresh = seen("2031-06-05T08:59:59Z");
    assert_eq!((fresh["free"].as_array().unwrap().len(), &fresh["free"][0]["age_hours"]), (1, &json!(71)));
    let stale = seen("2031-06-05T09:00:00Z");
    assert_eq!((stale["free"].as_array().unwrap().len(), stale["stale"].as_array().unwrap().len()), (0, 1));
    let known_then = register.json(&["register", "vacancy", "list", "--known-at", "2031-06-03T09:00:00Z"]);
    assert_eq!(known_then["free"].as_array().unwrap().len(), 1, "as known then, it was free");
}

#[test]
fn of_two_councils_one_holds_the_place_and_the_other_is_told() {
    let register = Register::new();
    register.list(FIRST, "2023-03-31");
    let hold = |by: &'static str| ["register", "vacancy", "hold", "urn/SC000001/1", "--by", by];
    let racing: Vec<i32> = std::thread::scope(|scope| {
        let threads: Vec<_> = ["Kent", "Leeds"]
            .map(|by| {
                scope.spawn({
                    let register = &register;
                    move || register.answer(&hold(by)).0
                })
            })
            .into();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(racing.iter().filter(|exit| **exit == 0).count(), 1, "{racing:?}");
    let page = register.json(&["register", "show", HOME]);
    assert_eq!(page["places"][0]["state"], "held");
    let holder = page["places"][0]["by"].as_str().unwrap().to_owned();
    let other = if holder == "Kent" { "Leeds" } else { "Kent" };
    let fill = |by: &str| register.answer(&["register", "vacancy", "fill", "urn/SC000001/1", "--by", by]);
    assert_eq!(fill(other).1["error"]["code"], "vacancy.taken");
    assert_eq!(fill(&holder).0, 0);
}

#[test]
fn a_place_is_made_ready_after_a_departure_and_a_withdrawn_departure_was_none() {
    let register = Register::new();
    register.list(FIRST, "2023-03-31");
    register.json(&["register", "place", HOME, "--turnaround", "2", "--ages", "8-17", "--from", "2023-03-31"]);
    register.json(&["register", "vacancy", "fill", "urn/SC000001/1", "--from", "2025-06-01"]);
    register.json(&["register", "vacancy", "end", "urn/SC000001/1", "--on", "2025-06-20"]);
    let state = |night: &str| {
        register.json(&["register", "show", HOME, "--as-of", night])["places"][0]["state"].as_str().unwrap().to_owned()
    };
    let nights = ["2025-05-31", "2025-06-19", "2025-06-20", "2025-06-21", "2025-06-22"];
    assert_eq!(nights.map(state), ["unknown", "filled", "turnaround", "turnaround", "unknown"]);
    let claim = ["register", "vacancy", "claim", "urn/SC000001/1", "--from", "2025-06-10"];
    assert_eq!(register.refused(&claim), (2, "vacancy.taken".to_owned()));
    register.json(&["register", "vacancy", "withdraw", "urn/SC000001/1"]);
    assert_eq!(nights.map(state), ["unknown", "filled", "filled", "filled", "filled"]);
}

#[test]
fn nobody_is_offered_a_place_that_is_not_registered() {
    let register = Register::new();
    register.list(&FIRST.replace("home,Active", "home,Suspended"), "2023-03-31");
    let claim = |place: &str| register.refused(&["register", "vacancy", "claim", place]);
    assert_eq!(claim("urn/SC000001/1"), (2, "vacancy.not-registered".to_owned()), "suspended");
    assert_eq!(claim("urn/1000002/4"), (2, "vacancy.not-registered".to_owned()), "the fourth of three");
    assert_eq!(claim("urn/9999999/1"), (4, "setting.not-found".to_owned()));
    assert_eq!(register.refused(&["register", "show", "urn/9999999"]), (4, "setting.not-found".to_owned()));
    register.json(&[
        "register",
        "add",
        "household/KENT-1",
        "--kind",
        "Fostering household",
        "--places",
        "2",
        "--from",
        "2025-01-01",
    ]);
    register.json(&["register", "add", "household/KENT-1", "--postcode", "me1 1zz", "--from", "2025-01-01"]);
    let kept = register.json(&["register", "show", "household/KENT-1"])["facts"]["postcode"].clone();
    assert_eq!(kept, "ME1", "where a family lives is known by district alone");
    register.json(&["register", "vacancy", "claim", "household/KENT-1/2"]);
    assert_eq!(register.json(&["register", "vacancy", "list"])["free"][0]["place"], "household/KENT-1/2");
    // A child who is there is recorded where none should be, and it says so.
    register.json(&[
        "register",
        "add",
        "household/KENT-2",
        "--kind",
        "Kinship household",
        "--places",
        "1",
        "--from",
        "2025-01-01",
    ]);
    let filled = register.json(&["register", "vacancy", "fill", "household/KENT-2/2"]);
    assert_eq!(filled["against"], "the setting is registered for 1 place");
    let one = register.json(&["register", "vacancy", "fill", "household/KENT-2/1"]);
    assert_eq!(one["against"], json!(null));
    let next_year = register.write(SECOND);
    let import = ["register", "import", "ofsted", &next_year, "--at", "2031-03-31"];
    let early = register.at("2031-03-30T12:00:00Z", &import);
    assert_eq!((early.0, early.1["error"]["code"].as_str()), (2, Some("register.date")), "of a day to come");
    register.list(SECOND, "2025-03-31");
    let later = register.json(&["register", "list", "--as-of", "2031-12-31", "--kind", "fostering household"]);
    assert_eq!(later["tally"]["settings"], 1, "a list of Ofsted's says nothing of households");
}

#[test]
fn a_councils_list_of_households_tells_who_joined_left_and_changed() {
    let register = Register::new();
    register.list(&FIRST.replacen("Children's home", "Supported accommodation", 1), "2023-03-31");
    let take = |rows: &str, council: &str, at: &str| {
        let file = register.folder.path().join("households.csv");
        fs::write(&file, rows).unwrap();
        let file = file.to_str().unwrap().to_owned();
        register.answer(&["register", "import", "households", &file, "--authority", council, "--at", at])
    };
    let first = "household,kind,places,postcode\nK-1,Fostering household,2,ME1 1ZZ\nK-2,Kinship household,1,\n\
                 K-3,Adoptive household,1,CT1\n";
    let (exit, joined) = take(first, "Kent", "2024-03-31");
    assert_eq!((exit, joined["joined"].as_array().unwrap().len()), (0, 3), "{joined}");
    // The next year's has no postcodes: it says nothing of them.
    let second =
        "kind,household,places\nFostering household,K-1,3\nAdoptive household,K-3,1\nFostering household,K-4,1\n";
    let (_, changed) = take(second, "Kent", "2025-03-31");
    assert_eq!(changed["joined"], json!(["household/K-4"]));
    assert_eq!(changed["left"], json!(["household/K-2"]));
    assert_eq!(changed["changed"][0]["fields"], json!([["places", "2", "3"]]));
    assert_eq!((changed["changed"].as_array().unwrap().len(), changed["same"].as_i64()), (1, Some(1)));
    let before = register.digest();
    assert_eq!(take(second, "Kent", "2025-03-31").1["tx"], json!(null), "the same list again says nothing new");
    let (exit, refused) = take(second, "Leeds", "2025-03-31");
    assert_eq!((exit, refused["error"]["code"].as_str()), (3, Some("register.household")), "{refused}");
    for wrong in ["household,kind\nK-1,Fostering household\n", "household,kind,places\nK-1,Boarding school,2\n"] {
        assert_eq!(take(wrong, "Kent", "2025-09-30").0, 3, "{wrong}");
    }
    assert_eq!(take(second, "Kent", "2099-03-31").1["error"]["code"], "register.date", "of a day to come");
    assert_eq!(register.digest(), before);
    // Neither list says anything of the other's settings.
    register.list(&FIRST.replacen("Children's home", "Supported accommodation", 1), "2025-09-30");
    let here = register.json(&["register", "list", "--as-of", "2026-12-31"]);
    let count = |kind: &str| {
        register.json(&["register", "list", "--as-of", "2026-12-31", "--kind", kind])["tally"]["settings"].clone()
    };
    assert_eq!((count("fostering household"), count("kinship household")), (json!(2), json!(0)), "{here}");
    assert_eq!(count("supported accommodation"), json!(1));
}

#[test]
fn a_harmed_list_leaves_the_store_as_it_was() {
    let register = Register::new();
    register.list(FIRST, "2023-03-31");
    let before = register.digest();
    let cases = [
        ("register.CB63", SECOND.replacen("Elm Ltd", "\"Elm Ltd", 1)),
        ("register.CB64", SECOND.replacen("Elm Ltd", "Elm, Ltd", 1)),
        ("register.CB65", SECOND.replacen("1000004", "10000", 1)),
        ("register.CB66", SECOND.replacen("1000004", "1000003", 1)),
        ("register.CB68", String::new()),
    ];
    for (code, rows) in cases {
        let file = register.write(&rows);
        let refused = register.refused(&["register", "import", "ofsted", &file, "--at", "2024-03-31"]);
        assert_eq!(refused, (3, code.to_owned()), "{rows}");
    }
    let missing = register.refused(&["register", "import", "ofsted", "nowhere.csv", "--at", "2024-03-31"]);
    assert_eq!(missing.0, 3);
    assert_eq!(register.digest(), before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever happened to the bytes, the list is taken whole or the store is as it was.
    #[test]
    fn mutated_bytes_load_whole_or_not_at_all(
        harm in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let register = Register::new();
        let mut bytes = format!("{HEADER}{FIRST}").into_bytes();
        for (place, byte) in harm {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let file = register.folder.path().join("harmed.csv");
        fs::write(&file, &bytes).unwrap();
        let before = register.digest();
        let (exit, document) = register.answer(&["register", "import", "ofsted", file.to_str().unwrap(), "--at", "2023-03-31"]);
        if exit == 0 {
            let joined = document["joined"].as_array().unwrap().len();
            prop_assert_eq!(Some(joined as i64), document["rows"].as_i64());
            prop_assert_eq!(&register.json(&["register", "list"])["in_register"], &json!(joined));
        } else {
            prop_assert_eq!((exit, register.digest()), (3, before));
        }
    }
}

/// Placements come in as filled places, once; a price and a child's number stay outside.
#[test]
fn placements_of_the_standard_fill_places_and_bring_no_price() {
    let register = Register::new();
    register.list(FIRST, "2023-03-31");
    let record = |child: i64, urn: &str| {
        json!({
            "PlacementAvailability": {"childId": child},
            "ActualPlacement": {"totalWeeklyCost": 987654, "providerURN": urn, "placementType": "Residential"},
            "QualityAssurance": {"placementDate": "2025-07-18"},
        })
    };
    let file = register.folder.path().join("placements.json");
    let taken = |records: Value| {
        fs::write(&file, records.to_string()).unwrap();
        register.answer(&["register", "import", "placements-standard", file.to_str().unwrap(), "--authority", "Kent"])
    };
    let two = json!([record(77001, "SC000001"), record(77002, "SC000001"), record(77003, "9999999")]);
    let (exit, first) = taken(two.clone());
    assert_eq!((exit, &first["filled"]), (0, &json!(["urn/SC000001/1", "urn/SC000001/2"])));
    assert_eq!((&first["costs_left_out"], &first["unknown_settings"]), (&json!(3), &json!(["9999999"])));
    let again = taken(two).1;
    assert_eq!((&again["tx"], &again["known"]), (&Value::Null, &json!(2)));
    let full = taken(json!([record(77004, "SC000001")])).1;
    assert_eq!(full["full"], json!([HOME]), "a third child in two places is told, not placed");
    let before = register.digest();
    let (exit, wrong) = taken(json!([record(1, "1000002"), {"ActualPlacement": {"placementType": "Castle"}}]));
    assert_eq!((exit, &wrong["error"]["code"]), (3, &json!("register.CB94")));
    assert_eq!(register.digest(), before, "nothing of the file was loaded");
    let out = register.json(&["register", "export", "placements-standard"]);
    assert_eq!(out["records"].as_array().unwrap().len(), 2);
    assert_eq!(
        out["records"][0]["ActualPlacement"],
        json!({"placementLocation": "Kent", "placementType": "Residential", "providerURN": "SC000001"})
    );
    let dump = Command::new(env!("CARGO_BIN_EXE_carebank"))
        .arg("--data")
        .arg(register.folder.path().join("store"))
        .arg("dump")
        .output()
        .unwrap();
    let dump = String::from_utf8(dump.stdout).unwrap();
    assert!(!dump.contains("987654") && !dump.contains("77001"), "laws 1 and 10");
}

fn shared(name: &str) -> Option<String> {
    let Some(data) = std::env::var_os("CAREBANK_SHARED_DATA").map(PathBuf::from) else {
        println!("SKIPPED: CAREBANK_SHARED_DATA does not name a folder with Ofsted's lists");
        return None;
    };
    Some(data.join("providers").join(name).display().to_string())
}

/// 2,883 homes, 12,750 places, 2,291 private, 889 owners: what one finds by the usual spelling, whatever the status.
/// Those that are active, however spelled, are as many; but they are others, and have another place.
#[test]
fn the_published_list_of_2023_counts_as_it_should() {
    let Some(file) = shared("provider_at_march.csv") else { return };
    let register = Register::new();
    let began = Instant::now();
    let report = register.json(&["register", "import", "ofsted", &file, "--at", "2023-03-31"]);
    let taken = began.elapsed();
    println!("taken in {taken:?}");
    assert!(taken.as_secs() < 10, "the aim is below a second on a quiet machine: {taken:?}");
    let counted = |which: &str| {
        let line = report["homes"].as_array().unwrap().iter().find(|line| line["which"] == which).unwrap();
        ["homes", "places", "private", "owners"].map(|what| line[what].as_i64().unwrap())
    };
    assert_eq!(counted("all, in the usual spelling"), [2883, 12750, 2291, 889]);
    assert_eq!(counted("active, however spelled"), [2883, 12751, 2292, 885]);
    assert_eq!(counted("all, however spelled"), [2890, 12774, 2298, 889]);
    assert_eq!(counted("all, spelled otherwise"), [7, 24, 7, 7]);
    assert_eq!(counted("not active"), [7, 23, 6, 7]);
    assert_eq!((&report["rows"], &report["findings"]), (&json!(3546), &json!([])), "every word of it is known");
    let again = register.json(&["register", "import", "ofsted", &file, "--at", "2023-03-31"]);
    assert_eq!((&again["tx"], &again["same"]), (&Value::Null, &json!(3546)));
    let homes = register.json(&["register", "list", "--kind", "childrens-homes"]);
    assert_eq!(homes["tally"], json!({"settings": 2890, "places": 12774}));
    let councils: std::collections::BTreeSet<&str> =
        homes["settings"].as_array().unwrap().iter().map(|line| line["council"].as_str().unwrap()).collect();
    assert!(councils.len() > 140 && !councils.contains(""));
}

#[test]
fn the_joiners_and_leavers_of_2022_fill_in_the_year_before() {
    let (Some(list), Some(moved)) = (shared("provider_at_march.csv"), shared("joiners_leavers_22.csv")) else { return };
    let register = Register::new();
    register.json(&["register", "import", "ofsted", &list, "--at", "2023-03-31"]);
    let before = register.json(&["register", "list", "--as-of", "2023-03-31"])["tally"].clone();
    let report = register.json(&["register", "import", "ofsted", &moved, "--at", "2022-03-31"]);
    assert_eq!((report["whole"].as_bool(), report["rows"].as_i64()), (Some(false), Some(504)));
    assert_eq!((report["joined"].as_array().unwrap().len(), report["left"].as_array().unwrap().len()), (341, 167));
    assert_eq!(register.json(&["register", "list", "--as-of", "2023-03-31"])["tally"], before);
    assert!(register.json(&["register", "list", "--as-of", "2022-03-31"])["in_register"].as_i64().unwrap() > 300);
    let again = register.json(&["register", "import", "ofsted", &moved, "--at", "2022-03-31"]);
    assert_eq!(again["tx"], Value::Null);
}
