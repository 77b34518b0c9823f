//! What is missing, counted: searches that found no home, what stood in the way near, and why homes said no.

use std::collections::{BTreeMap, BTreeSet};

use care::home::{Reply, Stage, What};
use kernel::{ChildRef, CouncilCode};
use serde::Serialize;
use store::Wing;

use super::{events, searches};
use crate::office::{AsOf, Known, Office};
use crate::problem::Problem;

/// One reason, with how often. What is null is suppressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingReason {
    /// The reason.
    pub reason: String,
    /// How many searches, rounded to five.
    pub searches: Option<u32>,
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingPage {
    /// From where one looks.
    pub known: Known,
    /// One council's children; otherwise everybody's.
    pub council: Option<CouncilCode>,
    /// Searches that have come to an end: with a home, or without.
    pub searches: Option<u32>,
    /// Of them, those that found none.
    pub unmet: Option<u32>,
    /// Of those, for how many this alone stood in the way of some home near; the most frequent first.
    pub alone: Vec<MissingReason>,
    /// In how many searches some home said no for this reason; the most frequent first.
    pub noes: Vec<MissingReason>,
}

fn counted(of: BTreeMap<String, BTreeSet<(ChildRef, i64)>>) -> Vec<MissingReason> {
    let mut all: Vec<(usize, String)> = of.into_iter().map(|(reason, searches)| (searches.len(), reason)).collect();
    all.sort_by_key(|(count, reason)| (std::cmp::Reverse(*count), reason.clone()));
    let shown = |(count, reason): (usize, String)| MissingReason { reason, searches: matching::shown(count as u32) };
    let mut shown: Vec<MissingReason> = all.into_iter().map(shown).collect();
    // Those too few to be shown stand in an order that tells nothing of how few they are.
    shown.sort_by_key(|line| (std::cmp::Reverse(line.searches), line.reason.clone()));
    shown
}

impl Office {
    /// Unmet needs and noes, counted over every search of one council's children or of all.
    pub fn home_missing(&self, council: Option<CouncilCode>, at: &AsOf) -> Result<MissingPage, Problem> {
        let mut db = self.open(Wing::Care)?;
        let (known, _) = self.look(&mut db, at)?;
        let rows = db.home_events(known.tx)?;
        let (mut ended, mut unmet) = (0, 0);
        let (mut alone, mut noes) = (BTreeMap::new(), BTreeMap::new());
        for of_child in rows.chunk_by(|one, other| one.child == other.child) {
            let child = of_child[0].child;
            let Some(stored) = db.child(child, known.tx)? else { continue };
            if council.is_some_and(|council| council != stored.council) {
                continue;
            }
            let cases = searches(&mut db, child, known.tx)?;
            let without = |search: i64| cases.iter().any(|case| case.search == search && case.stage == Stage::Unmet);
            ended += cases.iter().filter(|case| case.decision.is_some() || case.stage == Stage::Unmet).count();
            unmet += cases.iter().filter(|case| case.stage == Stage::Unmet).count();
            for event in events(of_child)? {
                let mark = (child, event.search);
                let note = |of: &mut BTreeMap<String, BTreeSet<(ChildRef, i64)>>, reason: String| {
                    of.entry(reason).or_default().insert(mark);
                };
                match &event.what {
                    What::Unmet { alone: reasons, .. } if without(event.search) => {
                        reasons.iter().for_each(|(reason, _)| note(&mut alone, reason.clone()));
                    }
                    What::Replied { reply: Reply::No, reasons } => {
                        reasons.iter().for_each(|reason| note(&mut noes, reason.sentence().to_owned()));
                    }
                    _ => {}
                }
            }
        }
        let (searches, unmet) = (matching::shown(ended as u32), matching::shown(unmet as u32));
        Ok(MissingPage { known, council, searches, unmet, alone: counted(alone), noes: counted(noes) })
    }
}
