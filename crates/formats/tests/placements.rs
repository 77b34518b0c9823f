//! The Placements Data Standard: our table of its fields against the published one, and what is read and written.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::path::PathBuf;

use formats::placements_standard::{Completeness, FIELDS, Kind, Placement, read, write};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A value that each field takes.
fn example(kind: Kind) -> Value {
    match kind {
        Kind::Integer => json!(2),
        Kind::Text => json!("text"),
        Kind::Boolean => json!(true),
        Kind::Date => json!("2025-07-18"),
        Kind::One(options) => json!(options[0]),
        Kind::Some(options) => json!([options[0], options[1]]),
    }
}

fn whole() -> Value {
    let mut record = json!({});
    for field in FIELDS {
        record[field.entity][field.name] = example(field.kind);
    }
    record
}

fn codes(records: &Value, completeness: Completeness) -> Vec<&'static str> {
    let text = records.to_string();
    read("file.json", text.as_bytes(), completeness).unwrap().findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_whole_placement_is_read_and_written_without_its_cost() {
    let text = json!({"metadata": {"version": "v2"}, "records": [whole()]}).to_string();
    let file = read("file.json", text.as_bytes(), Completeness::Whole).unwrap();
    assert_eq!((file.placements.len(), file.findings.len(), file.costs), (1, 0, 1));
    let written = write(&file.placements, "a test");
    assert!(!written.contains("totalWeeklyCost"), "law 1: no price passes");
    let again = read("again.json", written.as_bytes(), Completeness::Part).unwrap();
    assert_eq!((again.placements, again.findings.len()), (file.placements, 0));
    let mut placement = Placement::default();
    placement.say("ActualPlacement", "totalWeeklyCost", json!(5000));
    assert_eq!(placement, Placement::default());
}

#[test]
fn each_field_that_must_be_there_is_missed_and_each_wrong_value_found() {
    for field in FIELDS {
        let mut without = whole();
        without[field.entity].as_object_mut().unwrap().remove(field.name);
        let expected: &[&str] = if field.needed { &["CB95"] } else { &[] };
        assert_eq!(codes(&json!([without.clone()]), Completeness::Whole), expected, "{}", field.name);
        assert!(codes(&json!([without]), Completeness::Part).is_empty());
        let mut wrong = whole();
        wrong[field.entity][field.name] = json!({"x": 1});
        assert_eq!(codes(&json!([wrong]), Completeness::Whole).len(), 1, "{}", field.name);
    }
    assert_eq!(codes(&json!([{"Risk": {"a": 1}}]), Completeness::Part), ["CB92"]);
    assert_eq!(codes(&json!(["x"]), Completeness::Part), ["CB93"]);
}

#[test]
fn what_is_no_file_of_placements_is_refused() {
    let code = |text: &str| read("file.json", text.as_bytes(), Completeness::Part).unwrap_err().code();
    assert_eq!(code(""), "CB90");
    assert_eq!(code("{\"records\": 1}"), "CB90");
    assert_eq!(code("{\"metadata\": {\"version\": \"v3\"}, \"records\": []}"), "CB91");
    let said = read("file.json", "{\n  nonsense".as_bytes(), Completeness::Part).unwrap_err().to_string();
    assert!(said.contains("line 2") && !said.contains("nonsense"), "{said}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_harmed_file_is_refused_found_or_read(place in any::<proptest::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = json!([whole()]).to_string().into_bytes();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(file) = read("file.json", bytes.as_slice(), Completeness::Whole) {
            prop_assert_eq!(file.placements.len(), 1);
        }
    }
}

/// The published description, field by field.
#[test]
fn our_fields_are_those_of_the_published_standard() {
    let Some(data) = std::env::var_os("CAREBANK_SHARED_DATA").map(PathBuf::from) else {
        println!("SKIPPED: CAREBANK_SHARED_DATA does not name a folder with the Placements Data Standard");
        return;
    };
    let text = std::fs::read_to_string(data.join("placements_standard/placements.json")).unwrap();
    let published: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(published["metadata"]["version"], "v2");
    let mut theirs = Vec::new();
    for entity in published["entities"].as_array().unwrap() {
        for field in entity["fields"].as_array().unwrap() {
            let cardinality = field["cardinality"].as_str().unwrap();
            let options = field.get("options").cloned().unwrap_or(Value::Null);
            theirs.push(json!([entity["name"], field["name"], field["type"], cardinality, options]));
        }
    }
    let ours: Vec<Value> = FIELDS
        .iter()
        .map(|field| {
            let (kind, most, options) = match field.kind {
                Kind::Integer => ("Integer", "1", Value::Null),
                Kind::Text => ("String", "1", Value::Null),
                Kind::Boolean => ("Boolean", "1", Value::Null),
                Kind::Date => ("Date", "1", Value::Null),
                Kind::One(options) => ("Categorical", "1", json!(options)),
                Kind::Some(options) => ("Categorical", "*", json!(options)),
            };
            let cardinality = format!("{}..{most}", if field.needed { 1 } else { 0 });
            json!([field.entity, field.name, kind, cardinality, options])
        })
        .collect();
    assert_eq!(ours, theirs);
}
