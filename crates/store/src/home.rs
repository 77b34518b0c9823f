//! Statements of the search for a home: what is known of a child and of a home, and what was said and done. All of it is
//! of the care wing; the Bank's connection cannot touch any of it.

use kernel::{ChildRef, Masked, Night, Seq};

use crate::db::{Db, Row};
use crate::fault::Fault;

/// Tables, columns and order of the canonical dump.
pub(crate) const TABLES: [(&str, &str, &str); 2] = [
    ("care_home_fact", "subject, field, seq, body, words", "subject, field, seq"),
    ("care_home_event", "seq, item, child, search, kind, on_night, setting, body, words", "seq, item"),
];

pub(crate) const DDL: &str = "
CREATE TABLE care_home_fact (
    subject {text} NOT NULL, field {text} NOT NULL, seq {int} NOT NULL{fk_tx}, body {text} NOT NULL, words {text},
    PRIMARY KEY (subject, field, seq)
){clustered};
CREATE TABLE care_home_event (
    seq {int} NOT NULL{fk_tx}, item {int} NOT NULL, child {int} NOT NULL, search {int} NOT NULL, kind {text} NOT NULL,
    on_night {int} NOT NULL, setting {text}, body {text} NOT NULL, words {text},
    PRIMARY KEY (seq, item)
){clustered};
CREATE INDEX care_home_event_child ON care_home_event (child);
CREATE INDEX care_home_event_setting ON care_home_event (setting);
";

/// One thing known of a child (`C-…`) or of a home (`urn/…`, `household/…`), in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeFact {
    /// Of whom.
    pub subject: String,
    /// What: `needs`, `wishes`, `household`…
    pub field: String,
    /// Recorded under this number.
    pub seq: Seq,
    /// The value, as JSON; `null` takes it back.
    pub body: String,
    /// Words of a person.
    pub words: Option<Masked>,
}

/// One thing said or done in a search for a home or in the placement that came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeEvent {
    /// The commit.
    pub seq: Seq,
    /// Its place in the commit.
    pub item: i64,
    /// Whose search.
    pub child: ChildRef,
    /// Which search of the child, from 1.
    pub search: i64,
    /// `opened`, `asked`, `replied`, `held`…
    pub kind: String,
    /// The night that it is about.
    pub on: Night,
    /// The home that it is about.
    pub setting: Option<String>,
    /// The rest, as JSON.
    pub body: String,
    /// Words of a person.
    pub words: Option<Masked>,
}

fn damaged(what: &str) -> Fault {
    Fault::Damaged(format!("a stored {what} cannot be read"))
}

fn read_fact(row: &Row<'_>) -> Result<HomeFact, Fault> {
    Ok(HomeFact {
        subject: row.text(0)?.to_owned(),
        field: row.text(1)?.to_owned(),
        seq: Seq(row.int(2)?),
        body: row.text(3)?.to_owned(),
        words: row.opt_text(4)?.map(Masked::new),
    })
}

fn read_event(row: &Row<'_>) -> Result<HomeEvent, Fault> {
    Ok(HomeEvent {
        seq: Seq(row.int(0)?),
        item: row.int(1)?,
        child: ChildRef::from_stored(row.int(2)?).ok_or_else(|| damaged("reference"))?,
        search: row.int(3)?,
        kind: row.text(4)?.to_owned(),
        on: Night::from_days(row.int(5)?).ok_or_else(|| damaged("night"))?,
        setting: row.opt_text(6)?.map(str::to_owned),
        body: row.text(7)?.to_owned(),
        words: row.opt_text(8)?.map(Masked::new),
    })
}

/// Of versions in order, the last of each field.
fn latest(facts: Vec<HomeFact>) -> Vec<HomeFact> {
    let mut last: Vec<HomeFact> = Vec::with_capacity(facts.len());
    for fact in facts {
        match last.last_mut().filter(|before| before.subject == fact.subject && before.field == fact.field) {
            Some(before) => *before = fact,
            None => last.push(fact),
        }
    }
    last
}

impl Db {
    /// Records versions of facts about children and homes.
    pub fn record_home_facts(&mut self, facts: &[HomeFact]) -> Result<(), Fault> {
        self.bulk("care_home_fact", &["subject", "field", "seq", "body", "words"], &mut |rows| {
            facts.iter().try_for_each(|fact| {
                rows.put(&[
                    fact.subject.as_str().into(),
                    fact.field.as_str().into(),
                    fact.seq.0.into(),
                    fact.body.as_str().into(),
                    fact.words.as_ref().map(Masked::reveal).into(),
                ])
            })
        })
    }

    /// What was known of one child or home by `known`: the last version of each field, by field.
    pub fn home_facts(&mut self, subject: &str, known: Seq) -> Result<Vec<HomeFact>, Fault> {
        let versions = self.rows(
            "SELECT subject, field, seq, body, words FROM care_home_fact
             WHERE subject = ?1 AND seq <= ?2 ORDER BY subject, field, seq",
            &[subject.into(), known.0.into()],
            read_fact,
        )?;
        Ok(latest(versions))
    }

    /// What was known of every home by `known`: by home and field. Homes begin with a small letter, children with C-.
    pub fn facts_of_homes(&mut self, known: Seq) -> Result<Vec<HomeFact>, Fault> {
        let versions = self.rows(
            "SELECT subject, field, seq, body, words FROM care_home_fact
             WHERE subject > 'a' AND seq <= ?1 ORDER BY subject, field, seq",
            &[known.0.into()],
            read_fact,
        )?;
        Ok(latest(versions))
    }

    /// Records what was said and done.
    pub fn record_home_events(&mut self, events: &[HomeEvent]) -> Result<(), Fault> {
        self.bulk(
            "care_home_event",
            &["seq", "item", "child", "search", "kind", "on_night", "setting", "body", "words"],
            &mut |rows| {
                events.iter().try_for_each(|event| {
                    rows.put(&[
                        event.seq.0.into(),
                        event.item.into(),
                        event.child.stored().into(),
                        event.search.into(),
                        event.kind.as_str().into(),
                        event.on.days().into(),
                        event.setting.as_deref().into(),
                        event.body.as_str().into(),
                        event.words.as_ref().map(Masked::reveal).into(),
                    ])
                })
            },
        )
    }

    /// What was said and done about one child by `known`, in order.
    pub fn home_events_of(&mut self, child: ChildRef, known: Seq) -> Result<Vec<HomeEvent>, Fault> {
        self.rows(
            "SELECT seq, item, child, search, kind, on_night, setting, body, words FROM care_home_event
             WHERE child = ?1 AND seq <= ?2 ORDER BY seq, item",
            &[child.stored().into(), known.0.into()],
            read_event,
        )
    }

    /// What was said and done about every child by `known`, by child and in order.
    pub fn home_events(&mut self, known: Seq) -> Result<Vec<HomeEvent>, Fault> {
        self.rows(
            "SELECT seq, item, child, search, kind, on_night, setting, body, words FROM care_home_event
             WHERE seq <= ?1 ORDER BY child, seq, item",
            &[known.0.into()],
            read_event,
        )
    }

    /// What was said and done of one kind by `known`, by child and in order.
    pub fn home_events_of_kind(&mut self, kind: &str, known: Seq) -> Result<Vec<HomeEvent>, Fault> {
        self.rows(
            "SELECT seq, item, child, search, kind, on_night, setting, body, words FROM care_home_event
             WHERE kind = ?1 AND seq <= ?2 ORDER BY child, seq, item",
            &[kind.into(), known.0.into()],
            read_event,
        )
    }

    /// Gives by child and in order of record every event of two kinds by `known`: its kind, and the day it is about.
    pub fn each_event_of_kinds(
        &mut self,
        kinds: [&str; 2],
        known: Seq,
        mut each: impl FnMut(ChildRef, &str, Night),
    ) -> Result<(), Fault> {
        self.each(
            "SELECT child, kind, on_night FROM care_home_event
             WHERE kind IN (?1, ?2) AND seq <= ?3 ORDER BY child, seq, item",
            &[kinds[0].into(), kinds[1].into(), known.0.into()],
            |row| {
                let child = ChildRef::from_stored(row.int(0)?).ok_or_else(|| damaged("reference"))?;
                each(child, row.text(1)?, Night::from_days(row.int(2)?).ok_or_else(|| damaged("night"))?);
                Ok(())
            },
        )
    }
}
