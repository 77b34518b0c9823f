//! Night by night, in the words of the protocol. It counts working days by walking, and is slow and plain.

use kernel::Night;
use voice::*;

const EARLY: u16 = 15;
const GRACE: u16 = 10;

fn back(mut day: Night, mut working: u16) -> Night {
    while working > 0 {
        day = day.eve();
        working -= u16::from(Calendar::shipped().is_working(day));
    }
    day
}

fn forth(mut day: Night, mut working: u16) -> Night {
    while working > 0 {
        day = day.next();
        working -= u16::from(Calendar::shipped().is_working(day));
    }
    day
}

/// The same day so many months later, or the last day of that month.
fn months(from: Night, months: i16) -> Night {
    let date = from.date();
    let month = i16::from(date.month()) - 1 + months;
    let (year, month) = (date.year() + month / 12, (month % 12 + 1) as i8);
    (1..=date.day()).rev().find_map(|day| Night::try_new(year, month, day)).unwrap()
}

/// The days on which a child is due to be asked, found by walking from the day on which they became looked after.
pub fn dues(tenure: &Tenure, looked_after: Night, held: &[Night]) -> Vec<Night> {
    let (arrived, left) = (tenure.nights().start(), tenure.nights().end());
    let settled = forth(arrived, 10);
    let mut dues: Vec<Night> = Vec::new();
    if settled < left {
        dues.push(settled);
        let (mut day, mut reviews) = (looked_after.min(arrived), 0);
        let mut latest = forth(day, 20);
        while day.next() < left {
            day = day.next();
            if day == latest || held.contains(&day) {
                reviews += 1;
                latest = months(day, if reviews == 1 { 3 } else { 6 });
                dues.extend(Some(day).filter(|day| *day > settled));
            }
        }
    }
    let last = tenure.stays().iter().max_by_key(|stay| stay.nights).unwrap();
    dues.extend(Some(last.nights.end()).filter(|_| last.departed));
    dues
}

pub struct Oracle<'a> {
    tenure: &'a Tenure,
    dues: &'a [Night],
    /// Of the tenure, known.
    facts: Vec<Fact>,
    answers: Vec<(Night, Signal)>,
    known: Night,
    /// Nights on which something begins that nothing said later reaches over.
    begins: Vec<Night>,
}

impl<'a> Oracle<'a> {
    pub fn new(tenure: &'a Tenure, dues: &'a [Night], facts: &[Fact], known: Night) -> Oracle<'a> {
        let mine = |fact: &&Fact| tenure.stays().iter().any(|stay| stay.placement == fact.placement);
        let facts: Vec<Fact> = facts.iter().filter(mine).filter(|fact| fact.on <= known).copied().collect();
        // A disclosure that was found not to be substantiated is no answer any more; what else was said that day is.
        let set_aside =
            |on: Night| facts.iter().any(|fact| matches!(fact.what, What::Stands { said, .. } if said == on));
        let answer = |fact: &Fact| match fact.what {
            What::Answered(Signal::Safety) if set_aside(fact.on) => None,
            What::Answered(signal) => Some((fact.on, signal)),
            What::Stands { said, signal } => Some((said, signal)),
            _ => None,
        };
        let answers = facts.iter().filter_map(answer).collect();
        let mut oracle = Oracle { tenure, dues, facts, answers, known, begins: Vec::new() };
        let begins = |night: &Night| oracle.begins_on(*night);
        let first = tenure.nights().start();
        let last = known.max(tenure.nights().end());
        let days = (0..=last.days() - first.days()).map(|day| first.plus(day as i32));
        oracle.begins = days.filter(begins).collect();
        oracle
    }

    fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter()
    }

    fn answers(&self) -> &[(Night, Signal)] {
        &self.answers
    }

    fn wants_to_stay(signal: Signal) -> bool {
        matches!(signal, Signal::Affirmed | Signal::Mixed)
    }

    /// From when the "no" of a day uncovers: from the due date that it answers, or from the day itself if that is
    /// earlier or the due date has an answer already.
    fn no_begins(&self, said: Night) -> Night {
        let Some(&due) = self.dues.iter().rfind(|due| **due <= said) else { return said };
        let already = |&(when, signal): &(Night, Signal)| {
            let counts = Self::wants_to_stay(signal) || signal == Signal::Safety;
            // On one day, wanting to stay comes before not wanting to, and a disclosure after both.
            let first = when < said || (when == said && signal != Signal::Safety);
            counts && first && when >= back(due, EARLY)
        };
        let next = self.dues.iter().copied().find(|next| *next > said);
        let early_for_next = said != due && next.is_some_and(|next| said >= back(next, EARLY));
        let asked = self.asked(due, next).is_some_and(|asked| asked <= said);
        if self.answers().iter().any(already) || (early_for_next && !asked) { said } else { due }
    }

    /// When the child was first asked for a due date. Asked after it, when the time of the next has come, is for the next.
    fn asked(&self, due: Night, next: Option<Night>) -> Option<Night> {
        let asked = self.facts().filter(|fact| fact.what == What::Asked).map(|fact| fact.on);
        asked.filter(|day| Self::is_for(*day, due, next)).min()
    }

    fn is_for(day: Night, due: Night, next: Option<Night>) -> bool {
        let gone = next.is_some_and(|next| day >= next || (day > due && day >= back(next, EARLY)));
        day >= back(due, EARLY) && !gone
    }

    /// Nights on which an interval that nothing reaches over begins.
    fn begins_on(&self, night: Night) -> bool {
        let no = |&(said, signal): &(Night, Signal)| signal == Signal::NotAffirmed && self.no_begins(said) == night;
        let left = |stay: &Stay| stay.departed && stay.on_childs_view && stay.nights.end() == night;
        self.answers().iter().any(no) || self.harm_from(night) || self.tenure.stays().iter().any(left)
    }

    fn harm_from(&self, night: Night) -> bool {
        self.facts().any(|fact| fact.what == What::Decided { disclosed: night, substantiated: true })
    }

    fn no_holds(&self, night: Night) -> bool {
        let answers = self.answers();
        answers.iter().filter(|(_, signal)| *signal == Signal::NotAffirmed).any(|&(said, _)| {
            let affirmed_changes = |&(affirmed, signal): &(Night, Signal)| {
                signal == Signal::Affirmed
                    && affirmed > said
                    && affirmed <= night
                    && self.facts().any(|fact| {
                        fact.what == What::ReviewEnded(Outcome::Changes) && said <= fact.on && fact.on <= affirmed
                    })
            };
            self.no_begins(said) <= night && !answers.iter().any(affirmed_changes)
        })
    }

    fn nothing_begins_after(&self, night: Night, through: Night) -> bool {
        !self.begins.iter().any(|begins| night < *begins && *begins <= through)
    }

    pub fn uncovered(&self, night: Night) -> bool {
        let harmed =
            |fact: &Fact| matches!(fact.what, What::Decided { disclosed, substantiated: true } if disclosed <= night);
        if self.facts().any(harmed) {
            return true;
        }
        if self.no_holds(night) {
            return true;
        }
        let Some(at) = self.dues.iter().rposition(|due| *due <= night) else { return false };
        let (due, next) = (self.dues[at], self.dues.get(at + 1).copied());
        let in_window = |day: Night| day >= back(due, EARLY) && next.is_none_or(|next| day < next);
        let answers = self.answers();
        let covers = |&(said, signal): &(Night, Signal)| {
            let heard = Oracle::wants_to_stay(signal) && said >= back(due, EARLY);
            let disclosed = signal == Signal::Safety && in_window(said);
            (heard || disclosed) && self.nothing_begins_after(night, said)
        };
        if answers.iter().any(covers) {
            return false;
        }
        let asked = self.asked(due, next);
        let from = due.max(asked.unwrap_or(due));
        if night < from {
            return false;
        }
        let declined = answers.iter().any(|&(said, signal)| {
            let for_it = Oracle::is_for(said, due, next) || asked.is_some_and(|asked| asked <= said);
            signal == Signal::Declined && in_window(said) && for_it
        });
        declined || (asked.is_some() && self.known > forth(from, GRACE))
    }
}
