//! A list of settings becomes versions: who joined, who left, what changed.
//!
//! Lists may come in any order. A list of an earlier date than one that is known changes what held between the two
//! and nothing after: where its word would reach over the next whole list, what held there is said again.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Night, Seq};
use serde::Serialize;

use crate::history::{History, Standing, Version};
use crate::reference::SettingRef;
use crate::setting::{Field, Setting};

/// One row of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListRow {
    /// Which setting.
    pub setting: SettingRef,
    /// From which night on: the list's own date, or that of the event in a list of movements.
    pub from: Night,
    /// Whether the setting is in the register from then on.
    pub listed: bool,
    /// What the row says.
    pub facts: Setting,
}

/// A list of settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct List {
    /// The date as at which it was made.
    pub at: Night,
    /// Whether it names everybody, so that whoever is missing has left.
    pub whole: bool,
    /// One row a setting.
    pub rows: Vec<ListRow>,
}

/// What a list changed of one setting.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Change {
    /// Which setting.
    pub setting: SettingRef,
    /// The fields that differ: field, before, now.
    pub fields: Vec<(Field, Option<String>, Option<String>)>,
}

/// What taking a list came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Taken {
    /// Versions to record.
    pub versions: Vec<(SettingRef, Version)>,
    /// In this list and in none before.
    pub joined: Vec<SettingRef>,
    /// In the register until now, and gone.
    pub left: Vec<SettingRef>,
    /// Gone before, and here again.
    pub returned: Vec<SettingRef>,
    /// Here before and now, and different.
    pub changed: Vec<Change>,
    /// Here before and now, and the same.
    pub same: usize,
}

/// Works out what a list changes. `known` are the histories so far, `whole` the dates of the whole lists so far.
pub fn take(known: &BTreeMap<SettingRef, History>, whole: &BTreeSet<Night>, list: &List, seq: Seq) -> Taken {
    let mut taken = Taken::default();
    // A list of movements may have two rows of one setting: it joined, and then it left.
    let mut fresh: BTreeMap<SettingRef, History> = BTreeMap::new();
    for row in &list.rows {
        let history =
            fresh.entry(row.setting.clone()).or_insert_with(|| known.get(&row.setting).cloned().unwrap_or_default());
        let before = history.on(row.from, Seq::NOW);
        let mut now = before.as_ref().map(|before| before.facts.clone()).unwrap_or_default();
        now.overlay(&row.facts);
        let fields = before.as_ref().map(|before| before.facts.differences(&now)).unwrap_or_default();
        match &before {
            Some(before) if before.listed == row.listed && fields.is_empty() => {
                taken.same += 1;
                continue;
            }
            Some(before) if before.listed && !row.listed => taken.left.push(row.setting.clone()),
            Some(before) if !before.listed && row.listed => taken.returned.push(row.setting.clone()),
            Some(_) => taken.changed.push(Change { setting: row.setting.clone(), fields }),
            None if row.listed => taken.joined.push(row.setting.clone()),
            None => taken.left.push(row.setting.clone()),
        }
        let version = Version { from: row.from, seq, listed: row.listed, by_list: true, facts: row.facts.clone() };
        record(&mut taken, history, &row.setting, version, whole);
    }
    if list.whole {
        for (setting, history) in known.iter().filter(|(setting, _)| !fresh.contains_key(setting)) {
            let here = history.on(list.at, Seq::NOW).is_some_and(|standing| standing.listed);
            if here && history.is_listed_by_list() {
                taken.left.push(setting.clone());
                let version = Version { from: list.at, seq, listed: false, by_list: true, facts: Setting::default() };
                record(&mut taken, &mut history.clone(), setting, version, whole);
            }
        }
    }
    taken
}

/// Records a version, and after it, if it would reach over the next whole list, what held there.
fn record(taken: &mut Taken, history: &mut History, setting: &SettingRef, version: Version, whole: &BTreeSet<Night>) {
    let (from, seq) = (version.from, version.seq);
    let next = whole.range(from.next()..).next().copied();
    let held = next.and_then(|next| history.on(next, Seq::NOW));
    history.add(version.clone());
    keep(taken, setting, version);
    let Some(next) = next else { return };
    let holds = history.on(next, Seq::NOW);
    let again = match (held, holds) {
        // It said nothing of the setting, and it is a whole list: the setting was not there.
        (None, Some(holds)) if holds.listed => again(next, seq, false, Setting::default()),
        (Some(held), Some(holds)) if differ(&held, &holds) => again(next, seq, held.listed, restored(&held, &holds)),
        _ => return,
    };
    history.add(again.clone());
    keep(taken, setting, again);
}

/// One commit says one thing of a setting from a night on: the later word is laid over the earlier.
fn keep(taken: &mut Taken, setting: &SettingRef, version: Version) {
    let same = |(other, before): &&mut (SettingRef, Version)| other == setting && before.from == version.from;
    // Two rows of one setting stand next to each other.
    match taken.versions.iter_mut().rev().take(4).find(same) {
        Some((_, before)) => {
            before.listed = version.listed;
            before.facts.overlay(&version.facts);
        }
        None => taken.versions.push((setting.clone(), version)),
    }
}

fn again(from: Night, seq: Seq, listed: bool, facts: Setting) -> Version {
    Version { from, seq, listed, by_list: true, facts }
}

/// A field that nobody had spoken of is no difference: the earlier list tells what the later one left out.
fn differ(held: &Standing, holds: &Standing) -> bool {
    held.listed != holds.listed || restored(held, holds).said().next().is_some()
}

fn restored(held: &Standing, holds: &Standing) -> Setting {
    let mut facts = Setting::default();
    for (field, text) in held.facts.said() {
        if holds.facts.text(field).unwrap_or_default() != text {
            facts.say(field, text);
        }
    }
    facts
}
