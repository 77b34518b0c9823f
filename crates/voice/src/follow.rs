//! What people do next, and by when. Only people of the care wing ever see it; a provider sees [`conversations`], which
//! know no answer.

use kernel::Night;
use serde::Serialize;

use crate::answer::Signal;
use crate::calendar::Calendar;
use crate::coverage::{Fact, Outcome, What, Why, coverage};
use crate::protocol::Protocol;
use crate::timetable::Tenure;

/// A date from which something may be done, and by which it must be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Ask {
    /// The due date of the window.
    pub due: Night,
    /// From when.
    pub from: Night,
    /// By when.
    pub by: Night,
}

/// What an answer, or none, opens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FollowKind {
    /// A duty person, at once.
    Safeguarding,
    /// A placement review opens; a search too, if the child wants one.
    Review,
    /// An advocate is offered.
    Advocate,
    /// A reply with what will be done, by a named person; the child sees it.
    Reply,
    /// A visit by an independent person.
    Visit,
    /// The independent reviewing officer is told.
    IroTold,
    /// The child is asked again.
    AskAgain,
    /// The child is asked whether they affirm what a review has changed.
    AskOfChanges,
    /// The council did not ask: its own failure, counted.
    NotAsked,
}

/// One thing to do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Follow {
    /// By when.
    pub by: Night,
    /// What.
    pub kind: FollowKind,
    /// What it follows from: the date of an answer, or of a review, or the due date that passed.
    pub since: Night,
    /// From when it is to be done: that day, or the day on which people decided about a disclosure in the answer.
    pub from: Night,
}

/// The ordinary conversation about a placement after each due date. It follows from dates alone: no answer can change it,
/// so being talked to tells a provider nothing.
pub fn conversations(dues: &[Night], protocol: &Protocol, calendar: &Calendar) -> Vec<Ask> {
    dues.iter()
        .map(|&due| {
            let by = calendar.after(due, protocol.on(due).conversation_working_days);
            Ask { due, from: due, by }
        })
        .collect()
}

/// The due dates for which the child is to be asked as of `today`: the time has come, and nobody has asked or answered.
pub fn to_ask(
    tenure: &Tenure,
    dues: &[Night],
    facts: &[Fact],
    today: Night,
    protocol: &Protocol,
    calendar: &Calendar,
) -> Vec<Ask> {
    let mut open = Vec::new();
    for (at, &due) in dues.iter().enumerate() {
        let from = calendar.before(due, protocol.on(due).early_working_days);
        let next = dues.get(at + 1).copied();
        if from > today || next.is_some_and(|next| next <= today) {
            continue;
        }
        let satisfies = |fact: &&Fact| {
            tenure.has(fact.placement)
                && (from..=today).contains(&fact.on)
                && matches!(fact.what, What::Asked | What::Answered(_))
        };
        if facts.iter().find(satisfies).is_none() {
            open.push(Ask { due, from, by: due });
        }
    }
    open
}

/// Everything that facts known through `known` open, in order of the date by which it is to be done.
pub fn follow_ups(
    tenure: &Tenure,
    dues: &[Night],
    facts: &[Fact],
    known: Night,
    protocol: &Protocol,
    calendar: &Calendar,
) -> Vec<Follow> {
    let mut follow = Vec::new();
    let mine = |fact: &&Fact| fact.on <= known && tenure.has(fact.placement);
    // Whether a "no" stands on a day: said by then, and not lifted by what the child affirmed after a review with changes.
    let affirmed = |from: Night, by: Night| {
        let changed = |affirmed: Night| {
            let of_it = |fact: &&Fact| fact.what == What::ReviewEnded(Outcome::Changes) && from <= fact.on;
            facts.iter().filter(mine).filter(of_it).any(|fact| fact.on <= affirmed)
        };
        let answers = facts.iter().filter(mine).filter(|fact| fact.what == What::Answered(Signal::Affirmed));
        answers.map(|fact| fact.on).any(|on| from < on && on <= by && changed(on))
    };
    let refused = |by: Night| {
        facts.iter().filter(mine).any(|fact| {
            let said = match fact.what {
                What::Answered(Signal::NotAffirmed) => fact.on,
                What::Stands { said, signal: Signal::NotAffirmed } => said,
                _ => return false,
            };
            said <= by && !affirmed(said, by)
        })
    };
    for fact in facts.iter().filter(mine) {
        let version = protocol.on(fact.on);
        let (said, signal) = match fact.what {
            What::Answered(signal) => (fact.on, Some(signal)),
            What::Stands { said, signal } => (said, Some(signal)),
            _ => (fact.on, None),
        };
        let mut open = |kind, working_days| {
            follow.push(Follow { by: calendar.after(fact.on, working_days), kind, since: said, from: fact.on });
        };
        match signal {
            Some(Signal::Safety) => {
                open(FollowKind::Safeguarding, 0);
                open(FollowKind::Reply, version.reply_working_days);
            }
            Some(Signal::NotAffirmed) => {
                open(FollowKind::Review, version.review_working_days);
                open(FollowKind::Advocate, version.review_working_days);
                open(FollowKind::Reply, version.reply_working_days);
            }
            Some(Signal::Mixed) => open(FollowKind::Reply, version.reply_working_days),
            // The nights stay uncovered until the child affirms the changes: nobody knows before the child is asked.
            None if fact.what == What::ReviewEnded(Outcome::Changes)
                && refused(fact.on)
                && tenure.departed().is_none() =>
            {
                open(FollowKind::AskOfChanges, version.review_working_days);
            }
            _ => {}
        }
    }
    let mut open = |kind, since, working_days| {
        follow.push(Follow { by: calendar.after(since, working_days), kind, since, from: since });
    };
    let covered = coverage(tenure, dues, facts, known, protocol, calendar);
    for (nights, _) in covered.uncovered.iter().filter(|(_, why)| *why == Why::Silence) {
        let version = protocol.on(nights.start());
        open(FollowKind::Visit, nights.start(), version.grace_working_days + version.visit_working_days);
        open(FollowKind::IroTold, nights.start(), version.grace_working_days);
        open(FollowKind::AskAgain, nights.start(), version.grace_working_days);
    }
    covered.not_asked.iter().for_each(|&due| open(FollowKind::NotAsked, due, 0));
    follow.sort_unstable();
    follow.dedup();
    follow
}
