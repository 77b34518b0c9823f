//! Facts and events of the search for a home on both engines.

use ::postgres::{Client, NoTls};
use kernel::{Masked, Seq};
use store::{Db, Fault, Guards, HomeEvent, HomeFact, Target};

use crate::facts::{ODD, child_ref, night};
use crate::place::{Place, Told, record};

fn fact(seq: Seq, subject: &str, field: &str, body: &str) -> HomeFact {
    let words = Some(Masked::new("said by the child"));
    HomeFact { subject: subject.to_owned(), field: field.to_owned(), seq, body: body.to_owned(), words }
}

fn event(seq: Seq, item: i64, child: i64) -> HomeEvent {
    HomeEvent {
        seq,
        item,
        child: child_ref(child),
        search: 1,
        kind: "replied".to_owned(),
        on: night("2026-11-23"),
        setting: Some("urn/SC012345".to_owned()),
        body: "{\"reply\":\"yes\"}".to_owned(),
        words: None,
    }
}

/// A row in each table.
pub fn fill(db: &mut Db, seq: Seq) -> Result<(), Fault> {
    db.record_home_facts(&[fact(seq, "C-0000-0000-0001", "needs", "[\"autism\"]")])?;
    db.record_home_events(&[event(seq, 0, 1)])
}

on_each_engine!(the_last_version_by_then_is_what_is_known, odd_words_come_back);

fn the_last_version_by_then_is_what_is_known(place: &Place, told: &mut Told) {
    let mut care = place.care();
    let (child, home) = ("C-0000-0000-0001", "urn/SC012345");
    let first = record(&mut care, |db, seq| {
        db.record_home_facts(&[
            fact(seq, child, "needs", "[]"),
            fact(seq, child, "wishes", "[]"),
            fact(seq, home, "needs", "1"),
        ])?;
        db.record_home_events(&[event(seq, 0, 1), event(seq, 1, 2)])
    });
    let second = record(&mut care, |db, seq| {
        db.record_home_facts(&[fact(seq, child, "needs", "null")])?;
        db.record_home_events(&[event(seq, 0, 1)])
    });
    let bodies = |facts: Vec<HomeFact>| facts.into_iter().map(|fact| (fact.field, fact.body)).collect::<Vec<_>>();
    let pair = |field: &str, body: &str| (field.to_owned(), body.to_owned());
    assert_eq!(bodies(care.home_facts(child, first).unwrap()), [pair("needs", "[]"), pair("wishes", "[]")]);
    assert_eq!(bodies(care.home_facts(child, second).unwrap()), [pair("needs", "null"), pair("wishes", "[]")]);
    assert_eq!(bodies(care.facts_of_homes(second).unwrap()), [pair("needs", "1")]);
    assert_eq!(care.home_facts(child, Seq(0)).unwrap(), []);
    assert_eq!(care.home_events_of(child_ref(1), second).unwrap(), [event(first, 0, 1), event(second, 0, 1)]);
    assert_eq!(care.home_events_of(child_ref(1), first).unwrap(), [event(first, 0, 1)]);
    told.tell("events", &care.home_events(Seq::NOW).unwrap());
    let mut of_kinds = Vec::new();
    care.each_event_of_kinds(["replied", "said"], first, |child, kind, on| of_kinds.push((child, kind.to_owned(), on)))
        .unwrap();
    let replied = |child| (child_ref(child), "replied".to_owned(), night("2026-11-23"));
    let mut both = [replied(1), replied(2)];
    both.sort_unstable();
    assert_eq!(of_kinds, both);
    care.each_event_of_kinds(["held", "said"], Seq::NOW, |_, _, _| unreachable!("there is none")).unwrap();
}

fn odd_words_come_back(place: &Place, told: &mut Told) {
    let mut care = place.care();
    for text in ODD {
        let words = Some(Masked::new(*text));
        record(&mut care, |db, seq| {
            db.record_home_facts(&[HomeFact { words: words.clone(), ..fact(seq, "C-1", "tell", text) }])?;
            db.record_home_events(&[HomeEvent { words: words.clone(), body: (*text).to_owned(), ..event(seq, 0, 3) }])
        });
        let facts = care.home_facts("C-1", Seq::NOW).unwrap();
        assert_eq!((facts[0].body.as_str(), &facts[0].words), (*text, &words));
        let last = care.home_events_of(child_ref(3), Seq::NOW).unwrap().pop().unwrap();
        assert_eq!((last.body.as_str(), &last.words), (*text, &words));
        told.tell("masked", &last);
    }
}

/// Column names and definitions of all that the care wing can read, as the engine itself tells them: tables and views
/// alike, but for the Bank's own tables.
fn readable(place: &Place) -> Vec<(String, String)> {
    match &place.target {
        Target::Folder(folder) => {
            let file = rusqlite::Connection::open(folder.join("carebank.sqlite")).unwrap();
            let mut all = file
                .prepare(
                    "SELECT m.name, p.name || ' ' || CASE m.type WHEN 'view' THEN m.sql ELSE '' END
                     FROM sqlite_master m JOIN pragma_table_info(m.name) p
                     WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'bank!_%' ESCAPE '!'",
                )
                .unwrap();
            all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
        }
        Target::Database(url) => {
            let told = "SELECT c.table_name::text, c.column_name || ' ' || COALESCE(v.view_definition, '')
                FROM information_schema.columns c LEFT JOIN information_schema.views v USING (table_schema, table_name)
                WHERE c.table_schema = 'public' AND c.table_name NOT LIKE 'bank!_%' ESCAPE '!'";
            let rows = Client::connect(url, NoTls).unwrap().query(told, &[]).unwrap();
            rows.into_iter().map(|row| (row.get(0), row.get(1))).collect()
        }
    }
}

/// Those with a price in them: a column called so, or a view that reads a table of the Bank.
fn priced(place: &Place) -> Vec<String> {
    const NAMES: [&str; 12] =
        ["price", "cost", "fee", "pence", "amount", "rate", "care", "ret", "margin", "contract", "budget", "tariff"];
    let speaks = |text: &str| {
        let (column, definition) = text.split_once(' ').unwrap();
        let named = column.split('_').any(|word| NAMES.contains(&word));
        named || definition.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word.starts_with("bank_"))
    };
    let mut found: Vec<String> =
        readable(place).into_iter().filter(|(_, text)| speaks(text)).map(|(name, _)| name).collect();
    found.sort();
    found.dedup();
    found
}

fn plant(place: &Place, sql: &str) {
    match &place.target {
        Target::Folder(folder) => {
            rusqlite::Connection::open(folder.join("carebank.sqlite")).unwrap().execute_batch(sql).unwrap();
        }
        Target::Database(url) => Client::connect(url, NoTls).unwrap().batch_execute(sql).unwrap(),
    }
}

/// Law 1: nothing that the care wing can read has a price in it; and if somebody puts one there, this test says where.
fn no_price_in_a_view(place: &Place) {
    assert_eq!(priced(place), [""; 0]);
    assert!(readable(place).iter().any(|(name, _)| name == "care_home_event"), "it is looked at");
    plant(place, "CREATE VIEW care_home_view AS SELECT subject, 4100 AS weekly_price FROM care_home_fact");
    assert_eq!(priced(place), ["care_home_view"]);
    plant(place, "CREATE VIEW register_view AS SELECT s.setting, p.ret AS extra FROM register_setting s, bank_price p");
    assert_eq!(priced(place), ["care_home_view", "register_view"], "under another name, by the table that it reads");
    plant(place, "CREATE TABLE register_terms (setting TEXT, agreed_fee INTEGER)");
    assert_eq!(priced(place), ["care_home_view", "register_terms", "register_view"]);
}

#[test]
fn law_1_no_price_in_a_view_on_sqlite() {
    no_price_in_a_view(&Place::sqlite(Guards::On));
}

#[test]
fn law_1_no_price_in_a_view_on_postgres() {
    if let Some(place) = Place::postgres(Guards::On) {
        no_price_in_a_view(&place);
    }
}
