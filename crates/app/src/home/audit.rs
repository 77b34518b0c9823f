//! Whether children are treated alike, from the decisions in the store. Who a child is by law protected is read here and
//! nowhere else.

use care::home::{Event, Reply, What};
use kernel::{ChildRef, Night};
use matching::{GroupReport, Treated, audit};
use serde::Serialize;
use store::{HomeFact, StoredChild, Wing};

use super::{events, facts};
use crate::office::{AsOf, Known, Office};
use crate::problem::Problem;

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FairnessPage {
    /// From where one looks.
    pub known: Known,
    /// Searches that ended in a decision or for want of a home.
    pub searches: u32,
    /// Of each characteristic each group. What is null is suppressed.
    pub groups: Vec<GroupReport>,
}

impl Office {
    /// Offers, rank received, distance, waiting and parted brothers and sisters, by group.
    pub fn home_audit(&self, at: &AsOf) -> Result<FairnessPage, Problem> {
        let mut db = self.open(Wing::Care)?;
        let (known, _) = self.look(&mut db, at)?;
        let rows = db.home_events(known.tx)?;
        let mut treated = Vec::new();
        for of_child in rows.chunk_by(|one, other| one.child == other.child) {
            let child: ChildRef = of_child[0].child;
            let Some(stored) = db.child(child, known.tx)? else { continue };
            let of = db.home_facts(&child.to_string(), known.tx)?;
            let all = events(of_child)?;
            let last = all.iter().map(|event| event.search).max().unwrap_or(0);
            treated.extend((1..=last).filter_map(|search| {
                let its: Vec<&Event> = all.iter().filter(|event| event.search == search).collect();
                treatment(&its, &stored, &of)
            }));
        }
        let searches = matching::shown(treated.len() as u32).unwrap_or(0);
        Ok(FairnessPage { known, searches, groups: audit(&treated) })
    }
}

/// What became of one search; `None` while it goes on.
fn treatment(events: &[&Event], child: &StoredChild, known: &[HomeFact]) -> Option<Treated> {
    let opened = events.iter().find_map(|event| match event.what {
        What::Opened { stay, .. } => Some((event.on, stay)),
        _ => None,
    })?;
    let decided = events.iter().rev().find_map(|event| match &event.what {
        What::Decided { rank, metres, together, .. } => Some((event.on, *rank, *metres, *together)),
        _ => None,
    });
    let unmet = events.iter().any(|event| matches!(event.what, What::Unmet { .. }));
    if decided.is_none() && !unmet {
        return None;
    }
    let yes = events.iter().filter(|event| matches!(event.what, What::Replied { reply: Reply::Yes, .. }));
    let offers =
        yes.filter_map(|event| event.setting.as_deref()).collect::<std::collections::BTreeSet<_>>().len() as u32;
    let waited = |on: Night| u32::try_from(on.days() - opened.0.days()).unwrap_or(0);
    Some(Treated {
        groups: groups(child, known, opened.1.start()),
        offers,
        // A home that was on no list was chosen outside the child's order.
        rank: decided.map(|(_, rank, ..)| rank.unwrap_or(u32::MAX)),
        metres: decided.and_then(|(_, _, metres, _)| metres),
        waited: decided.map(|(on, ..)| waited(on)),
        parted: decided.and_then(|(.., together)| together).map(|together| !together),
    })
}

fn groups(child: &StoredChild, known: &[HomeFact], on: Night) -> Vec<(String, String)> {
    let age = match on.age(child.born) {
        ..5 => "under 5",
        5..10 => "5 to 9",
        10..16 => "10 to 15",
        _ => "16 and over",
    };
    let sex = facts::sex(child).map_or("not known", |sex| sex.word());
    // The first letter of the code is the broad group of the census.
    let ethnicity = match child.ethnic.as_ref().and_then(|code| code.as_str().chars().next()) {
        Some('W') => "white",
        Some('M') => "mixed",
        Some('A' | 'C') => "asian",
        Some('B') => "black",
        Some('O') => "other",
        _ => "not known",
    };
    let said = |field: &str, words: &[&str]| {
        let fact = known.iter().find(|fact| fact.field == field);
        let list = fact.and_then(|fact| serde_json::from_str::<Vec<String>>(&fact.body).ok()).unwrap_or_default();
        if words.is_empty() { !list.is_empty() } else { list.iter().any(|word| words.contains(&word.as_str())) }
    };
    let disabled = said("access", &[]) || said("needs", &["learning", "autism", "medical", "sign-language", "makaton"]);
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    vec![
        ("age".to_owned(), age.to_owned()),
        ("disability, as needs tell it".to_owned(), yes(disabled)),
        ("ethnicity".to_owned(), ethnicity.to_owned()),
        ("sex".to_owned(), sex.to_owned()),
        ("unaccompanied".to_owned(), yes(child.uasc)),
    ]
}
