//! The register's statements on both engines, and its guards.

use kernel::Seq;
use register::{
    Conditions, ConditionsVersion, Field, Instant, PlaceRef, Says, Setting, SettingRef, Sex, Statement, Version,
};
use store::{Db, Fault, ListRecord};

use crate::facts::{ODD, night};
use crate::place::{Place, Told, record, try_record};

fn home() -> SettingRef {
    SettingRef::parse("urn/SC012345").unwrap()
}

fn list(seq: Seq) -> ListRecord {
    ListRecord {
        seq,
        source: "ofsted".to_owned(),
        as_at: night("2023-03-31"),
        whole: true,
        file: "list.csv".to_owned(),
        digest: "d1".to_owned(),
        summary: "{\"rows\":1}".to_owned(),
    }
}

fn version(seq: Seq, owner: &str) -> Version {
    let mut facts = Setting::default();
    facts.say(Field::Owner, owner);
    facts.say(Field::Name, "");
    Version { from: night("2023-03-31"), seq, listed: true, by_list: true, facts }
}

fn claim(seq: Seq) -> Statement {
    Statement {
        seq,
        place: PlaceRef::try_new(home(), 1).unwrap(),
        from: night("2025-06-02"),
        until: Some(night("2025-06-09")),
        says: Says::Free,
        turnaround: 2,
        expires: Instant::parse("2025-06-05T09:00:00.000000Z"),
        replaces: Some(Seq(1)),
        by: "the home".to_owned(),
        at: Instant::parse("2025-06-02T09:00:00.000000Z").unwrap(),
    }
}

/// A row in every table of the register.
pub fn fill(db: &mut Db, seq: Seq) -> Result<(), Fault> {
    db.record_list(&list(seq))?;
    db.record_settings(&[(home(), version(seq, "Owner Ltd"))])?;
    db.record_conditions(&conditions(seq, 0))?;
    db.record_statements(&[claim(seq)])
}

fn conditions(seq: Seq, place: u16) -> ConditionsVersion {
    let conditions = Conditions {
        ages: Some((8, 17)),
        sex: Some(Sex::Female),
        most: Some(4),
        needs: Some(vec!["learning disability".to_owned()]),
        turnaround: Some(2),
    };
    ConditionsVersion { setting: home(), place, from: night("2023-03-31"), seq, conditions }
}

on_each_engine!(what_is_recorded_of_the_register_is_read_as_known, odd_text_of_a_setting_comes_back);

fn what_is_recorded_of_the_register_is_read_as_known(place: &Place, told: &mut Told) {
    let mut care = place.care();
    let first = record(&mut care, fill);
    let second = record(&mut care, |db, seq| {
        db.record_list(&list(seq))?;
        db.record_settings(&[(home(), version(seq, "Another Ltd"))])?;
        db.record_conditions(&ConditionsVersion { conditions: Conditions::default(), ..conditions(seq, 1) })?;
        db.record_statements(&[
            Statement { says: Says::NotAvailable("repairs".to_owned()), expires: None, until: None, ..claim(seq) },
            Statement { place: PlaceRef::try_new(home(), 2).unwrap(), says: Says::Filled, ..claim(seq) },
        ])
    });
    let mut bank = place.bank();
    for (known, count) in [(Seq(0), 0), (first, 1), (second, 2)] {
        let history = bank.setting(&home(), known).unwrap();
        assert_eq!(history.versions().len(), count);
        assert_eq!(bank.settings(known).unwrap().into_values().map(|h| h.versions().len()).sum::<usize>(), count);
        assert_eq!(bank.lists(known).unwrap().len(), count);
        assert_eq!(bank.conditions(&home(), known).unwrap().len(), count);
        let all: usize = bank.all_conditions(known).unwrap().values().map(Vec::len).sum();
        assert_eq!(all, count);
        let statements = bank.statements(known).unwrap();
        assert_eq!(statements, bank.statements_of(&home(), known).unwrap());
        told.tell("statements", &statements);
    }
    assert_eq!(bank.statements(first).unwrap(), [claim(first)]);
    assert_eq!(bank.conditions(&home(), first).unwrap(), [conditions(first, 0)]);
    assert_eq!(bank.lists(first).unwrap(), [list(first)]);
    assert_eq!(bank.setting(&home(), first).unwrap().versions(), [version(first, "Owner Ltd")]);
    let other = SettingRef::parse("urn/SC999999").unwrap();
    assert!(bank.statements_of(&other, Seq::NOW).unwrap().is_empty());
    assert!(bank.settings_missing().unwrap().is_empty());
    record(&mut care, |db, seq| {
        db.record_statements(&[Statement { place: PlaceRef::try_new(other.clone(), 1).unwrap(), ..claim(seq) }])
    });
    told.tell("missing", &bank.settings_missing().unwrap());
    assert_eq!(bank.settings_missing().unwrap().len(), 1);
}

fn odd_text_of_a_setting_comes_back(place: &Place, told: &mut Told) {
    let mut care = place.care();
    for text in ODD {
        let seq = record(&mut care, |db, seq| {
            db.record_settings(&[(home(), version(seq, text))])?;
            db.record_statements(&[Statement {
                says: Says::NotAvailable((*text).to_owned()),
                by: (*text).to_owned(),
                ..claim(seq)
            }])
        });
        let history = care.setting(&home(), seq).unwrap();
        assert_eq!(history.versions().last().unwrap(), &version(seq, text));
        let statements = care.statements_of(&home(), seq).unwrap();
        assert_eq!(statements.last().unwrap().by, *text);
        told.tell("said", &statements.last());
    }
}

#[test]
fn a_claim_to_be_free_without_an_end_is_refused() {
    let refused = |place: Place| {
        let mut care = place.care();
        let forever =
            try_record(&mut care, |db, seq| db.record_statements(&[Statement { expires: None, ..claim(seq) }]));
        assert_eq!(forever.unwrap_err().code(), "store.refused");
        let backwards = try_record(&mut care, |db, seq| {
            db.record_statements(&[Statement { until: Some(night("2025-06-02")), ..claim(seq) }])
        });
        assert_eq!(backwards.unwrap_err().code(), "store.refused");
        record(&mut care, |db, seq| db.record_statements(&[claim(seq)]));
    };
    refused(Place::sqlite(store::Guards::On));
    if let Some(place) = Place::postgres(store::Guards::On) {
        refused(place);
    }
}
