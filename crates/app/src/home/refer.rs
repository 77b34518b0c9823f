//! Opening a search, and what homes are told: a summary first, the referral only to those on the list.

use care::home::{Decline, Event, Reply, What};
use kernel::{ChildRef, Masked, Night, Nights};
use matching::Search;
use register::SettingRef;
use serde::Serialize;
use store::Wing;

use super::child::completeness;
use super::facts::{self, words};
use super::list::{facts_of, stay};
use super::{Done, Step, done, known_child, not_elsewhere, row, searches, without_money};
use crate::office::{AsOf, Office};
use crate::problem::Problem;

/// How long a home is looked for unless somebody says: half a year. An assumption.
const NIGHTS: i32 = 182;
/// And in an emergency: four weeks. An assumption.
const EMERGENCY_NIGHTS: i32 = 28;

/// What is unusual about the nights looked for.
fn of_the_nights(stay: Nights, born: Night, today: Night) -> Vec<String> {
    let (first, grown) = (stay.start(), born.birthday(18));
    let mut told = Vec::new();
    if first < today {
        told.push(format!(
            "the first night looked for, {first}, has passed: if that is a slip, close the search and open another"
        ));
    }
    if stay.end() > grown {
        told.push(format!("the child is 18 on {grown}: a placement ends with the night before"));
    }
    told
}

/// What a home is sent. No name, no date of birth, no place, and of the child's words only what the child wants said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Referral {
    /// To whom.
    pub setting: SettingRef,
    /// `summary` or `full`.
    pub is: String,
    /// A reference for the answer: the child's, opaque.
    pub child: ChildRef,
    /// The nights looked for.
    pub stay: Nights,
    /// The child's age on the first night.
    pub age: i16,
    /// Of a hundred parts of a referral, so many are there.
    pub complete: u8,
    /// What the home must be able to do.
    pub needs: String,
    /// What the house must have.
    pub access: String,
    /// What the bedroom must be.
    pub room: String,
    /// What else, of the full referral alone: label and text.
    pub more: Vec<(String, String)>,
    /// What was recorded.
    pub done: Done,
}

impl Office {
    /// Opens a search.
    pub fn home_open(
        &self,
        child: ChildRef,
        from: Night,
        until: Option<Night>,
        emergency: bool,
    ) -> Result<Done, Problem> {
        let stay = stay(from, until, if emergency { EMERGENCY_NIGHTS } else { NIGHTS })?;
        let mut db = self.open(Wing::Care)?;
        let content = self.home_content(&mut db, &[&child.to_string(), "opened", &format!("{stay:?} {emergency}")])?;
        let today = self.today();
        let (mut search, mut told) = (0, Vec::new());
        let committed = self.commit(&mut db, "home", &content, |db, seq| {
            let stored = known_child(db, child)?;
            let before = searches(db, child, kernel::Seq::NOW)?;
            not_elsewhere(db, child, from)?;
            let known = facts_of(db, child, kernel::Seq::NOW)?;
            facts::search(&stored, &known, stay)?
                .check()
                .map_err(|error| Problem::refused("match.search", error.to_string()))?;
            let (complete, missing) = completeness(&known);
            search = before.len() as i64 + 1;
            let what = What::Opened { stay, emergency, complete };
            let event = Event { search, on: today, setting: None, words: false, what };
            if let Some(last) = before.last() {
                last.allows(&event)?;
            }
            told.extend(of_the_nights(stay, stored.born, today));
            told.push(format!("the referral is {complete} of 100 parts complete"));
            told.extend(missing.into_iter().map(|part| format!("still missing: {part}")));
            db.record_home_events(&[row(seq, 0, child, &event, None)])?;
            Ok(Some(()))
        })?;
        done(committed, child, search, "opened", None, told)
    }

    /// Asks a home: with a summary, or with the full referral if it is on the list.
    pub fn home_ask(&self, child: ChildRef, setting: &SettingRef, full: bool) -> Result<Referral, Problem> {
        self.home_known(setting)?;
        let step =
            Step { on: self.today(), setting: Some(setting.to_string()), what: What::Asked { full }, words: None };
        let recorded = self.home_step(child, step)?;
        let mut db = self.open(Wing::Care)?;
        let stored = known_child(&mut db, child)?;
        let case = super::last_search(&mut db, child)?;
        let known = facts_of(&mut db, child, kernel::Seq::NOW)?;
        let search = facts::search(&stored, &known, case.stay)?;
        let more = if full { full_referral(&search, &known) } else { Vec::new() };
        Ok(Referral {
            setting: setting.clone(),
            is: if full { "full" } else { "summary" }.to_owned(),
            child,
            stay: case.stay,
            age: case.stay.start().age(stored.born),
            complete: completeness(&known).0,
            needs: search.needs.to_string(),
            access: search.access.to_string(),
            room: search.room.to_string(),
            more,
            done: recorded,
        })
    }

    /// Records what a home answered.
    pub fn home_reply(
        &self,
        child: ChildRef,
        setting: &SettingRef,
        reply: Reply,
        reasons: &[Decline],
        words: Option<Masked>,
    ) -> Result<Done, Problem> {
        without_money("the answer", words.as_ref())?;
        let what = What::Replied { reply, reasons: reasons.to_vec() };
        self.home_step(child, Step { on: self.today(), setting: Some(setting.to_string()), what, words })
    }

    /// Ends a search for want of a home: an unmet need, with what was missing near.
    pub fn home_unable(&self, child: ChildRef, words: Option<Masked>) -> Result<Done, Problem> {
        without_money("the reason", words.as_ref())?;
        let list = self.home_list(child, 0, true, false, &AsOf::default())?;
        let alone = list.missing.map(|missing| missing.alone).unwrap_or_default();
        let alone: Vec<(String, u32)> = alone.into_iter().map(|(reason, homes)| (reason.to_string(), homes)).collect();
        let mut told: Vec<String> = alone
            .iter()
            .take(3)
            .map(|(reason, homes)| format!("within 20 miles {homes} homes fail by this alone: {reason}"))
            .collect();
        if list.possible > 0 {
            told.push(format!("{} homes can be offered by what is known; their answers are kept", list.possible));
        }
        let what = What::Unmet { looked_at: list.looked_at, alone };
        let recorded = self.home_step(child, Step { on: self.today(), setting: None, what, words })?;
        Ok(Done { told, ..recorded })
    }
}

impl Office {
    /// Ends a search that is no longer needed: the child stays where they are, or went home. No unmet need.
    pub fn home_close(&self, child: ChildRef, words: Option<Masked>) -> Result<Done, Problem> {
        without_money("the reason", words.as_ref())?;
        self.home_step(child, Step { on: self.today(), setting: None, what: What::Closed, words })
    }
}

/// What the shortlisted learn beside the summary.
fn full_referral(search: &Search, known: &[store::HomeFact]) -> Vec<(String, String)> {
    let mut more = vec![
        ("living with the child".to_owned(), search.own_traits().to_string()),
        ("the child cannot live with".to_owned(), search.cannot_live_with.to_string()),
        ("languages".to_owned(), search.languages.to_string()),
    ];
    if let Some(faith) = search.faith {
        more.push(("faith".to_owned(), faith.to_string()));
    }
    more.push(("brothers and sisters".to_owned(), search.siblings.len().to_string()));
    for (field, label) in [("summary", "from the social worker"), ("tell", "what the child wants you to know")] {
        if let Some(text) = words(known, field) {
            more.push((label.to_owned(), text.reveal().to_owned()));
        }
    }
    more
}
