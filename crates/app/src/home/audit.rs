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
    // What stands of it: a decision of which nothing came is none, and a search that was taken up again goes on.
    let (mut decided, mut arrived, mut unmet) = (None, None, false);
    for event in events {
        match &event.what {
            // Decided by the council before: the child was looked for there.
            What::Decided { checks, .. } if checks.iter().any(|(what, _)| what == "transfer") => return None,
            What::Decided { rank, metres, together, .. } => decided = Some((event.on, *rank, *metres, *together)),
            What::Arrived { .. } => arrived = Some(event.on),
            What::NotArrived { .. } | What::Corrected { never: true, .. } => (decided, arrived) = (None, None),
            What::Corrected { arrived: Some(came), .. } => arrived = Some(*came),
            What::Unmet { .. } => unmet = true,
            What::Listed { .. } => unmet = false,
            _ => {}
        }
    }
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
        waited: decided.map(|(on, ..)| waited(arrived.unwrap_or(on))),
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

#[cfg(test)]
mod tests {
    use care::home::{Decline, View};
    use kernel::{Code, EpisodeId, Nights};

    use super::*;

    fn night(day: i64) -> Night {
        Night::from_days(20_000 + day).expect("a night of 2024")
    }

    fn what_became(all: &[(i64, Option<&str>, What)]) -> Option<Treated> {
        let child = StoredChild {
            child: ChildRef::from_hash([1; 8]),
            council: kernel::find("Kent").expect("a council").code,
            local_id: kernel::Masked::new("1"),
            born: night(-4_400),
            sex: Code::parse("F"),
            ethnic: Code::parse("MWBC"),
            uasc: true,
            year: 2025,
        };
        let stay = Nights::try_new(night(0), night(90)).expect("in order");
        let mut events = vec![Event {
            search: 1,
            on: night(0),
            setting: None,
            words: false,
            what: What::Opened { stay, emergency: false, complete: 0 },
        }];
        events.extend(all.iter().map(|(day, setting, what)| Event {
            search: 1,
            on: night(*day),
            setting: setting.map(str::to_owned),
            words: false,
            what: what.clone(),
        }));
        treatment(&events.iter().collect::<Vec<_>>(), &child, &[])
    }

    fn decided(rank: Option<u32>, check: &str) -> What {
        What::Decided {
            place: 1,
            kind: Code::parse("U6").expect("a code"),
            rank,
            metres: Some(7_000),
            together: Some(false),
            checks: vec![(check.to_owned(), "holds".to_owned())],
            kept: None,
        }
    }

    #[test]
    fn what_became_of_a_search_is_what_stands_of_it() {
        let yes = What::Replied { reply: Reply::Yes, reasons: Vec::new() };
        let no = What::Replied { reply: Reply::No, reasons: vec![Decline::Full] };
        let came = What::Arrived { episode: EpisodeId::from_hash([1; 8]), place: 1 };
        let unmet = What::Unmet { looked_at: 3, alone: Vec::new() };
        let said = What::Said { role: care::home::Role::Child, view: View::For };
        let all = [
            (1, Some("household/A"), yes.clone()),
            (1, Some("household/B"), no),
            (2, Some("household/A"), yes),
            (2, Some("household/A"), said),
            (3, Some("household/A"), decided(Some(2), "registered")),
            (5, Some("household/A"), came),
        ];
        let treated = what_became(&all).expect("decided");
        assert_eq!((treated.offers, treated.rank, treated.metres), (1, Some(2), Some(7_000)));
        assert_eq!((treated.waited, treated.parted), (Some(5), Some(true)), "to the first night");
        let groups: Vec<&str> = treated.groups.iter().map(|(_, group)| group.as_str()).collect();
        assert_eq!(groups, ["10 to 15", "no", "mixed", "girl", "yes"]);
        // Nothing came of the decision: no home was found after all.
        let none = [(3, Some("household/A"), decided(Some(1), "registered")), (4, None, What::NotArrived { place: 1 })];
        assert_eq!(what_became(&none), None, "it goes on");
        let none = [none[0].clone(), none[1].clone(), (9, None, unmet)];
        assert_eq!(what_became(&none).map(|treated| (treated.rank, treated.waited)), Some((None, None)));
        assert_eq!(what_became(&[(0, Some("household/A"), decided(None, "transfer"))]), None, "looked for elsewhere");
        let off = what_became(&[(3, Some("household/A"), decided(None, "registered"))]).expect("decided");
        assert_eq!(off.rank, Some(u32::MAX), "a home that was on no list");
    }
}
