//! Looking things up in the register, as of any night and as known at any moment.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Night;
use register::{
    Conditions, Field, Instant, PlaceRef, Setting, SettingRef, State, Statement, Status, View, conditions_on, fold,
    state,
};
use serde::Serialize;
use store::Wing;

use super::{SettingFilter, Tally, standing};
use crate::moment::Moment;
use crate::office::{AsOf, Known, Office};
use crate::problem::Problem;

/// One setting in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingLine {
    /// Its reference.
    pub setting: SettingRef,
    /// Its sort, as spelled.
    pub kind: String,
    /// Its status, as spelled.
    pub status: String,
    /// Its sector, as spelled.
    pub sector: String,
    /// Its name, unless that is withheld.
    pub name: Option<String>,
    /// The council in whose area it is: the register's name, or as spelled.
    pub council: String,
    /// Its region.
    pub region: Option<String>,
    /// Who owns it.
    pub owner: Option<String>,
    /// Places it is registered for, where that is a number.
    pub places: Option<u16>,
    /// The judgement of its last inspection; `None` is not yet inspected.
    pub overall: Option<String>,
    /// The night from which the last of this was said.
    pub since: Night,
}

/// Settings that answer to a filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingsPage {
    /// The point of view.
    pub known: Known,
    /// The newest whole list by that night.
    pub newest_list: Option<Night>,
    /// How many stand in the register in all.
    pub in_register: usize,
    /// How many of them answer, and their places.
    pub tally: Tally,
    /// They, in order of reference.
    pub settings: Vec<SettingLine>,
}

/// One owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnerLine {
    /// Its name, as most settings spell it.
    pub owner: String,
    /// Other spellings.
    pub also: Vec<String>,
    /// Settings and places.
    #[serde(flatten)]
    pub tally: Tally,
    /// Councils in whose areas they are.
    pub councils: usize,
}

/// Owners of the settings that answer to a filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnersPage {
    /// The point of view.
    pub known: Known,
    /// Settings that answer, and their places.
    pub tally: Tally,
    /// Of them, those whose owner is not told.
    pub without: Tally,
    /// Owners by their names as spelled.
    pub spelled: usize,
    /// Those with the most places first.
    pub owners: Vec<OwnerLine>,
}

/// One place of a setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlaceLine {
    /// Which.
    pub place: PlaceRef,
    /// free, held, filled, turnaround, not-available, unknown or not-registered.
    pub state: String,
    /// The reason, where there is one.
    pub reason: Option<String>,
    /// Who said so.
    pub by: Option<String>,
    /// When that was recorded.
    pub said_at: Option<Instant>,
    /// Until when it may be believed.
    pub expires: Option<Instant>,
    /// What it is registered for.
    pub conditions: Conditions,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingPage {
    /// The point of view.
    pub known: Known,
    /// Which.
    pub setting: SettingRef,
    /// Whether it stands in the register.
    pub listed: bool,
    /// The night from which the last of this was said.
    pub since: Night,
    /// What is known of it.
    pub facts: Setting,
    /// What it is registered for.
    pub conditions: Conditions,
    /// Its places.
    pub places: Vec<PlaceLine>,
}

/// One version of a setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionLine {
    /// From this night on.
    pub from: Night,
    /// When it was recorded.
    pub recorded: String,
    /// joined, left, returned or changed.
    pub what: String,
    /// Field, before, now.
    pub fields: Vec<(Field, Option<String>, Option<String>)>,
}

/// A setting through the years.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingHistory {
    /// The point of view.
    pub known: Known,
    /// Which.
    pub setting: SettingRef,
    /// Its versions in order of night.
    pub versions: Vec<VersionLine>,
}

impl Office {
    /// Settings that answer to a filter.
    pub fn register_settings(&self, filter: &SettingFilter, view: &AsOf) -> Result<SettingsPage, Problem> {
        let mut db = self.open(Wing::Care)?;
        let (known, _) = self.look(&mut db, view)?;
        let all = standing(&mut db, known.tx, known.as_of)?;
        let lists = db.lists(known.tx)?;
        let newest = lists.iter().filter(|list| list.whole && list.as_at <= known.as_of).map(|list| list.as_at).max();
        let in_register = all.len();
        let mut tally = Tally::default();
        let answering = all.into_iter().filter(|(_, standing)| filter.takes(&standing.facts, known.as_of));
        let settings: Vec<SettingLine> = answering
            .map(|(setting, standing)| {
                tally.count(&standing.facts);
                line(setting, &standing.facts, standing.since, known.as_of)
            })
            .collect();
        Ok(SettingsPage { known, newest_list: newest, in_register, tally, settings })
    }

    /// Owners of the settings that answer to a filter.
    pub fn register_owners(&self, filter: &SettingFilter, view: &AsOf) -> Result<OwnersPage, Problem> {
        let page = self.register_settings(filter, view)?;
        let mut owners: BTreeMap<String, Owner<'_>> = BTreeMap::new();
        let mut without = Tally::default();
        for line in &page.settings {
            let places = u32::from(line.places.unwrap_or(0));
            let tally = match &line.owner {
                None => &mut without,
                Some(name) => {
                    let owner = owners.entry(fold(name)).or_default();
                    *owner.spellings.entry(name).or_default() += 1;
                    owner.councils.insert(&line.council);
                    &mut owner.tally
                }
            };
            tally.settings += 1;
            tally.places += places;
        }
        let spelled = owners.values().map(|owner| owner.spellings.len()).sum();
        let mut lines: Vec<OwnerLine> = owners.into_values().map(Owner::line).collect();
        lines.sort_by_key(|line| {
            (std::cmp::Reverse(line.tally.places), std::cmp::Reverse(line.tally.settings), line.owner.clone())
        });
        Ok(OwnersPage { known: page.known, tally: page.tally, without, spelled, owners: lines })
    }

    /// One setting, its conditions and its places.
    pub fn register_show(&self, setting: &SettingRef, view: &AsOf) -> Result<SettingPage, Problem> {
        let mut db = self.open(Wing::Care)?;
        let (known, expiry) = self.look(&mut db, view)?;
        let history = db.setting(setting, known.tx)?;
        let Some(standing) = history.on(known.as_of, known.tx) else {
            return Err(missing(setting, history.versions().first().map(|version| version.from)));
        };
        let conditions = db.conditions(setting, known.tx)?;
        let statements = db.statements_of(setting, known.tx)?;
        let of_setting = conditions_on(&conditions, 0, known.as_of, known.tx);
        let number = of_setting.most.or_else(|| standing.facts.places()).unwrap_or(0);
        let highest = statements.iter().map(|said| said.place.number).max().unwrap_or(0);
        let places = (1..=number.max(highest))
            .filter_map(|nth| PlaceRef::try_new(setting.clone(), nth))
            .map(|place| {
                let said: Vec<Statement> = statements.iter().filter(|said| said.place == place).cloned().collect();
                let own = conditions_on(&conditions, place.number, known.as_of, known.tx);
                let barred = barred(standing.listed, &standing.facts, place.number, number, known.as_of);
                place_line(place, barred, &said, own, &expiry, known.as_of)
            })
            .collect();
        Ok(SettingPage {
            known,
            setting: setting.clone(),
            listed: standing.listed,
            since: standing.since,
            facts: standing.facts,
            conditions: of_setting,
            places,
        })
    }

    /// One setting through the years, as known.
    pub fn register_history(&self, setting: &SettingRef, view: &AsOf) -> Result<SettingHistory, Problem> {
        let mut db = self.open(Wing::Care)?;
        let (known, _) = self.look(&mut db, view)?;
        let history = db.setting(setting, known.tx)?;
        let mut versions = Vec::new();
        let mut before: Option<(bool, Setting)> = None;
        for version in history.versions().iter().filter(|version| version.from <= known.as_of) {
            let (was_listed, was) = before.take().unwrap_or_default();
            let mut now = was.clone();
            now.overlay(&version.facts);
            let what = match (versions.is_empty(), was_listed, version.listed) {
                (true, _, true) => "joined",
                (_, _, false) => "left",
                (_, false, true) => "returned",
                _ => "changed",
            };
            let recorded = db.tx(version.seq)?.map(|tx| tx.at).unwrap_or_default();
            versions.push(VersionLine {
                from: version.from,
                recorded,
                what: what.to_owned(),
                fields: was.differences(&now),
            });
            before = Some((version.listed, now));
        }
        if versions.is_empty() {
            return Err(missing(setting, history.versions().first().map(|version| version.from)));
        }
        Ok(SettingHistory { known, setting: setting.clone(), versions })
    }
}

#[derive(Default)]
struct Owner<'n> {
    spellings: BTreeMap<&'n str, usize>,
    councils: BTreeSet<&'n str>,
    tally: Tally,
}

impl Owner<'_> {
    fn line(self) -> OwnerLine {
        let mut spellings: Vec<(&str, usize)> = self.spellings.into_iter().collect();
        spellings.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
        let mut names = spellings.into_iter().map(|(name, _)| name.to_owned());
        OwnerLine {
            owner: names.next().unwrap_or_default(),
            also: names.collect(),
            tally: self.tally,
            councils: self.councils.len(),
        }
    }
}

fn line(setting: SettingRef, facts: &Setting, since: Night, on: Night) -> SettingLine {
    let text = |field| facts.text(field).map(str::to_owned);
    let council = facts.council(on).map(|council| council.name.to_owned());
    SettingLine {
        setting,
        kind: text(Field::Kind).unwrap_or_default(),
        status: text(Field::Status).unwrap_or_default(),
        sector: text(Field::Sector).unwrap_or_default(),
        name: text(Field::Name),
        council: council.or_else(|| text(Field::Council)).unwrap_or_default(),
        region: facts.region(on).map(|region| region.name().to_owned()),
        owner: text(Field::Owner),
        places: facts.places(),
        overall: text(Field::Overall),
        since,
    }
}

fn missing(setting: &SettingRef, first: Option<Night>) -> Problem {
    let sentence = match first {
        Some(first) => format!("{setting} was not in the register yet; it is from {first} on: give a later --as-of"),
        None => format!("{setting} is not in the register; see `carebank register list`"),
    };
    Problem::not_found("setting", sentence)
}

/// Why nobody can come to a place whatever was said of it: not in the register, not registered, more than registered.
pub(super) fn barred(listed: bool, facts: &Setting, place: u16, number: u16, on: Night) -> Option<String> {
    if !listed {
        Some("the setting has left the register".to_owned())
    } else if facts.status() == Some(Status::Suspended) {
        Some("the setting's registration is suspended".to_owned())
    } else if !facts.is_registered(on) {
        Some("the setting is not registered on this night".to_owned())
    } else if place > number {
        let places = if number == 1 { "place" } else { "places" };
        Some(format!("the setting is registered for {number} {places}"))
    } else {
        None
    }
}

fn place_line(
    place: PlaceRef,
    barred: Option<String>,
    said: &[Statement],
    conditions: Conditions,
    view: &View,
    on: Night,
) -> PlaceLine {
    let found = state(said, on, view);
    let statement = found.statement();
    // Where a child lives is a fact even where no child should.
    let shown = if barred.is_some() && !matches!(found, State::Filled(_)) { "not-registered" } else { found.code() };
    let told = statement.and_then(|said| match &said.says {
        register::Says::NotAvailable(reason) => Some(reason.clone()),
        _ => None,
    });
    PlaceLine {
        place,
        state: shown.to_owned(),
        reason: barred.or(told).or_else(|| match found {
            State::Unknown(Some(said)) => {
                let when = said.expires.as_ref().map(|moment| Moment::shown(moment.as_str())).unwrap_or_default();
                Some(format!("ask: the claim expired on {when}"))
            }
            State::Unknown(None) => Some("ask: nobody has said".to_owned()),
            _ => None,
        }),
        by: statement.map(|said| said.by.clone()),
        said_at: statement.map(|said| said.at.clone()),
        expires: statement.and_then(|said| said.expires.clone()),
        conditions,
    }
}
