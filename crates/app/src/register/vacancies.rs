//! Which places are free, by claims that still hold; and how old the claims are.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Night;
use register::{Conditions, Field, History, PlaceRef, SettingRef, State, Statement, conditions_on, state};
use serde::Serialize;
use store::Wing;

use super::SettingFilter;
use super::look::barred;
use crate::moment::Moment;
use crate::office::{AsOf, Known, Office};
use crate::problem::Problem;

/// One place that is free, or of which nobody knows any more whether it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VacancyLine {
    /// Which place.
    pub place: PlaceRef,
    /// The sort of setting, as spelled.
    pub kind: String,
    /// The council in whose area it is.
    pub council: String,
    /// Its region.
    pub region: Option<String>,
    /// Who says so.
    pub by: String,
    /// When they said so.
    pub said_at: String,
    /// Hours since, rounded down.
    pub age_hours: i64,
    /// Until when it may be believed.
    pub expires: Option<String>,
    /// The first night it can be had, and the first night it no longer can.
    pub from: Night,
    /// `None` if it is without an end.
    pub until: Option<Night>,
    /// What it is registered for.
    pub conditions: Conditions,
}

/// Vacancies on a night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VacanciesPage {
    /// The point of view.
    pub known: Known,
    /// Free, by a claim that holds: the freshest claim first.
    pub free: Vec<VacancyLine>,
    /// The claim has expired: unknown, ask.
    pub stale: Vec<VacancyLine>,
    /// Places in each other state of which anything was said.
    pub others: BTreeMap<String, usize>,
    /// Settings that answer to the filter.
    pub settings: usize,
    /// Of them, those of which nothing was ever said.
    pub silent: usize,
}

impl Office {
    /// Vacancies in the settings that answer to a filter.
    pub fn register_vacancies(&self, filter: &SettingFilter, view: &AsOf) -> Result<VacanciesPage, Problem> {
        let mut db = self.open(Wing::Care)?;
        let (known, expiry) = self.look(&mut db, view)?;
        let mut about: BTreeMap<PlaceRef, Vec<Statement>> = BTreeMap::new();
        for said in db.statements(known.tx)? {
            about.entry(said.place.clone()).or_default().push(said);
        }
        let settings = db.settings(known.tx)?;
        let all_conditions = db.all_conditions(known.tx)?;
        let mut page = VacanciesPage {
            known,
            free: Vec::new(),
            stale: Vec::new(),
            others: BTreeMap::new(),
            settings: 0,
            silent: 0,
        };
        let on = page.known.as_of;
        let answers =
            |history: &History| history.on(on, page.known.tx).filter(|it| it.listed && filter.takes(&it.facts, on));
        let answering: BTreeMap<&SettingRef, register::Standing> =
            settings.iter().filter_map(|(setting, history)| Some((setting, answers(history)?))).collect();
        page.settings = answering.len();
        let spoken: BTreeSet<&SettingRef> = about.keys().map(|place| &place.setting).collect();
        page.silent = answering.keys().filter(|setting| !spoken.contains(**setting)).count();
        for (place, said) in &about {
            let Some(standing) = answering.get(&place.setting) else { continue };
            let conditions = all_conditions.get(&place.setting).map_or(&[][..], Vec::as_slice);
            let of_setting = conditions_on(conditions, 0, on, page.known.tx);
            let number = of_setting.most.or_else(|| standing.facts.places()).unwrap_or(0);
            let found = state(said, on, &expiry);
            let closed = barred(true, &standing.facts, place.number, number, on).is_some();
            let line = |said: &Statement| {
                let own = conditions_on(conditions, place.number, on, page.known.tx);
                line(place, &standing.facts, said, own, &page.known)
            };
            match found {
                State::Filled(_) => *page.others.entry("filled".to_owned()).or_default() += 1,
                _ if closed => *page.others.entry("not-registered".to_owned()).or_default() += 1,
                State::Free(said) => page.free.push(line(said)),
                State::Unknown(Some(said)) => page.stale.push(line(said)),
                other => *page.others.entry(other.code().to_owned()).or_default() += 1,
            }
        }
        // By age and then by reference: nothing about an owner or the order of arrival decides.
        page.free.sort_by(|a, b| (b.said_at.as_str(), &a.place).cmp(&(a.said_at.as_str(), &b.place)));
        page.stale.sort_by(|a, b| (b.said_at.as_str(), &a.place).cmp(&(a.said_at.as_str(), &b.place)));
        Ok(page)
    }
}

fn line(
    place: &PlaceRef,
    facts: &register::Setting,
    said: &Statement,
    conditions: Conditions,
    known: &Known,
) -> VacancyLine {
    let council = facts.council(known.as_of).map(|council| council.name.to_owned());
    VacancyLine {
        place: place.clone(),
        kind: facts.text(Field::Kind).unwrap_or_default().to_owned(),
        council: council.or_else(|| facts.text(Field::Council).map(str::to_owned)).unwrap_or_default(),
        region: facts.region(known.as_of).map(|region| region.name().to_owned()),
        by: said.by.clone(),
        said_at: said.at.as_str().to_owned(),
        age_hours: Moment::hours_between(said.at.as_str(), &known.known_at),
        expires: said.expires.as_ref().map(|moment| moment.as_str().to_owned()),
        from: said.from,
        until: said.until,
        conditions,
    }
}
