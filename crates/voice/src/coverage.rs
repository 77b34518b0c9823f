//! Which nights of a placement the child's answers cover.
//!
//! Everything follows from the set of facts and the date through which they are known: the order in which they arrive
//! makes no difference. Cost: a few comparisons for each window and answer of a tenure, none for each night.

use kernel::{Night, Nights, PlacementId};
use serde::{Deserialize, Serialize};

use crate::answer::Signal;
use crate::calendar::Calendar;
use crate::protocol::Protocol;
use crate::timetable::Tenure;

/// How a placement review ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The placement goes on with changes. What the child said stands until the child affirms them.
    Changes,
    /// The placement goes on as it is. What the child said stands.
    NoChange,
    /// The placement is to end.
    Ends,
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The child was asked, or asked again.
    Asked,
    /// The child answered.
    Answered(Signal),
    /// A placement review ended.
    ReviewEnded(Outcome),
    /// People decided about what was disclosed on a date.
    Decided {
        /// The date of the disclosure.
        disclosed: Night,
        /// Whether it was substantiated.
        substantiated: bool,
    },
    /// A disclosure was found not to be substantiated: what else the child said in that answer counts from then on.
    Stands {
        /// The date of the answer.
        said: Night,
        /// What else it says.
        signal: Signal,
    },
}

/// A fact about one placement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Fact {
    /// The placement.
    pub placement: PlacementId,
    /// When.
    pub on: Night,
    /// What.
    pub what: What,
}

/// Why nights are uncovered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Asked, and silent past grace, or declined.
    Silence,
    /// The child did not affirm.
    NotAffirmed,
    /// A disclosure was substantiated.
    Substantiated,
}

/// The coverage of one tenure.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Coverage {
    /// Nights of the tenure.
    pub nights: Option<Nights>,
    /// Those not covered, in order, without overlap; every other night is.
    pub uncovered: Vec<(Nights, Why)>,
    /// Due dates on which the child was not asked: the council's failure, never the provider's or the child's.
    pub not_asked: Vec<Night>,
    /// Due dates in whose window the child said something, or declined to.
    pub answered: Vec<Night>,
}

impl Coverage {
    /// How many nights of `period` are covered.
    pub fn covered(&self, period: Nights) -> i64 {
        let Some(mine) = self.nights.and_then(|nights| nights.intersect(period)) else { return 0 };
        let lost: i64 =
            self.uncovered.iter().filter_map(|(nights, _)| nights.intersect(mine)).map(|nights| nights.count()).sum();
        mine.count() - lost
    }
}

/// An answer, in the order of days and, on one day, of weight.
type Heard = (Night, Signal);

/// The nights of a tenure that answers cover, as known through `known`. Facts of other placements are passed over.
pub fn coverage(
    tenure: &Tenure,
    dues: &[Night],
    facts: &[Fact],
    known: Night,
    protocol: &Protocol,
    calendar: &Calendar,
) -> Coverage {
    Told::new(tenure, dues, facts, known, protocol, calendar).coverage()
}

struct Told<'a> {
    nights: Nights,
    dues: &'a [Night],
    /// For each due date the first day of an answer that satisfies it.
    early: Vec<Night>,
    heard: Vec<Heard>,
    asked: Vec<Night>,
    /// Ends of reviews with changes.
    changed: Vec<Night>,
    substantiated: Vec<Night>,
    /// Departures on the child's view: nothing said later reaches over them.
    left: Vec<Night>,
    known: Night,
    protocol: &'a Protocol,
    calendar: &'a Calendar,
}

impl<'a> Told<'a> {
    fn new(
        tenure: &Tenure,
        dues: &'a [Night],
        facts: &[Fact],
        known: Night,
        protocol: &'a Protocol,
        calendar: &'a Calendar,
    ) -> Told<'a> {
        let early = dues.iter().map(|due| calendar.before(*due, protocol.on(*due).early_working_days)).collect();
        let left = tenure.left_on_childs_view().collect();
        let (heard, asked, changed, substantiated) = <(Vec<Heard>, Vec<Night>, Vec<Night>, Vec<Night>)>::default();
        let (nights, mut stands) = (tenure.nights(), Vec::new());
        let mut told =
            Told { nights, dues, early, heard, asked, changed, substantiated, left, known, protocol, calendar };
        for fact in facts.iter().filter(|fact| fact.on <= known && tenure.has(fact.placement)) {
            match fact.what {
                What::Asked => told.asked.push(fact.on),
                What::Answered(signal) => told.heard.push((fact.on, signal)),
                What::ReviewEnded(Outcome::Changes) => told.changed.push(fact.on),
                What::Decided { disclosed, substantiated: true } => told.substantiated.push(disclosed),
                What::Stands { said, signal } => stands.push((said, signal)),
                What::ReviewEnded(_) | What::Decided { .. } => {}
            }
        }
        told.heard.retain(|&(on, signal)| signal != Signal::Safety || stands.iter().all(|(said, _)| *said != on));
        told.heard.extend(stands);
        told.heard.sort_unstable();
        told.asked.sort_unstable();
        told
    }

    fn coverage(&self) -> Coverage {
        let mut blocks = self.noes();
        blocks.extend(self.substantiated.iter().map(|&on| (on, self.nights.end(), Why::Substantiated)));
        let mut barriers: Vec<Night> = blocks.iter().map(|block| block.0).chain(self.left.iter().copied()).collect();
        barriers.sort_unstable();
        let mut silent = Vec::new();
        let mut coverage = Coverage { nights: Some(self.nights), ..Coverage::default() };
        for window in 0..self.dues.len() {
            self.window(window, &barriers, &mut silent, &mut coverage);
        }
        coverage.uncovered = laid_out(self.nights, &blocks, &silent);
        coverage
    }

    /// From when each "no" uncovers, and until when: a review that ended with changes, which the child then affirmed.
    fn noes(&self) -> Vec<(Night, Night, Why)> {
        let noes = self.heard.iter().filter(|(_, signal)| *signal == Signal::NotAffirmed);
        noes.map(|&(on, _)| (self.answers_from(on), self.lifted(on), Why::NotAffirmed)).collect()
    }

    /// The due date that a "no" of `on` answers, or the day itself.
    fn answers_from(&self, on: Night) -> Night {
        let past = self.dues.partition_point(|due| *due <= on);
        let Some(window) = past.checked_sub(1) else { return on };
        let answered = self.heard.iter().any(|&(when, signal)| {
            self.early[window] <= when
                && (when, signal) < (on, Signal::NotAffirmed)
                && matches!(signal, Signal::Affirmed | Signal::Mixed | Signal::Safety)
        });
        let asked = self.asked_for(window).is_some_and(|asked| asked <= on);
        if answered || !(asked || self.is_for(window, on)) { on } else { self.dues[window] }
    }

    /// Whether what was said or asked on a day is for this window. Once the time of the next due date has come, it is
    /// for that one.
    fn is_for(&self, window: usize, on: Night) -> bool {
        let next_begins = self.early.get(window + 1).copied();
        self.in_window(window, on) && (on <= self.dues[window] || next_begins.is_none_or(|next| on < next))
    }

    /// From the first day that is early enough to the next due date.
    fn in_window(&self, window: usize, on: Night) -> bool {
        self.early[window] <= on && self.dues.get(window + 1).is_none_or(|next| on < *next)
    }

    fn asked_for(&self, window: usize) -> Option<Night> {
        self.asked.iter().copied().find(|on| self.is_for(window, *on))
    }

    fn lifted(&self, no: Night) -> Night {
        let affirmed = self.heard.iter().find(|(on, signal)| {
            let changed = |ended: &Night| no <= *ended && *ended <= *on;
            *signal == Signal::Affirmed && *on > no && self.changed.iter().any(changed)
        });
        affirmed.map_or(self.nights.end(), |&(on, _)| on)
    }

    /// What of a window is uncovered by silence. It is cut where nothing later reaches back over.
    fn window(&self, at: usize, barriers: &[Night], silent: &mut Vec<Nights>, coverage: &mut Coverage) {
        let due = self.dues[at];
        let end = self.dues.get(at + 1).copied().unwrap_or(self.nights.end());
        let asked = self.asked_for(at);
        let declined = self.heard.iter().any(|&(on, signal)| {
            signal == Signal::Declined
                && self.in_window(at, on)
                && (self.is_for(at, on) || asked.is_some_and(|asked| asked <= on))
        });
        let any_answer = self.heard.iter().any(|(on, _)| self.in_window(at, *on));
        if asked.is_none() && !any_answer && due < self.known {
            coverage.not_asked.push(due);
        }
        if any_answer {
            coverage.answered.push(due);
        }
        let from = due.max(asked.unwrap_or(due));
        let grace = self.protocol.on(due).grace_working_days;
        let past_grace = asked.is_some() && self.known > self.calendar.after(from, grace);
        if !declined && !past_grace {
            return;
        }
        let mut start = from;
        while start < end {
            let barrier = barriers.iter().copied().find(|barrier| *barrier > start);
            let stop = barrier.map_or(end, |barrier| barrier.min(end));
            if !self.reached(at, barrier)
                && let Some(nights) = Nights::try_new(start, stop)
            {
                silent.push(nights);
            }
            start = stop;
        }
    }

    /// Whether an answer covers nights of a window before the next `barrier`: one that wants to stay, given early
    /// enough for the window or at any time later; or a disclosure in the window, as if covered until decided.
    fn reached(&self, window: usize, barrier: Option<Night>) -> bool {
        self.heard.iter().any(|&(on, signal)| {
            self.early[window] <= on
                && barrier.is_none_or(|barrier| on < barrier)
                && match signal {
                    Signal::Affirmed | Signal::Mixed => true,
                    Signal::Safety => self.in_window(window, on),
                    Signal::Declined | Signal::NotAffirmed => false,
                }
        })
    }
}

/// Lays blocks over silence: nights in order, each with its weightiest reason.
fn laid_out(nights: Nights, blocks: &[(Night, Night, Why)], silent: &[Nights]) -> Vec<(Nights, Why)> {
    if blocks.is_empty() && silent.is_empty() {
        return Vec::new();
    }
    let blocks = blocks.iter().filter_map(|&(from, to, why)| Some((Nights::try_new(from, to)?, why)));
    let all: Vec<(Nights, Why)> = blocks
        .chain(silent.iter().map(|&silent| (silent, Why::Silence)))
        .filter_map(|(range, why)| Some((range.intersect(nights)?, why)))
        .collect();
    let mut cuts: Vec<Night> = all.iter().flat_map(|(range, _)| [range.start(), range.end()]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut laid: Vec<(Nights, Why)> = Vec::with_capacity(all.len());
    for pair in cuts.windows(2) {
        let Some(piece) = Nights::try_new(pair[0], pair[1]) else { continue };
        let Some(why) = all.iter().filter(|(range, _)| range.contains(piece.start())).map(|(_, why)| *why).max() else {
            continue;
        };
        match laid.last_mut() {
            Some((last, reason)) if *reason == why && last.end() == piece.start() => {
                *last = Nights::try_new(last.start(), piece.end()).expect("two ranges in order span a range");
            }
            _ => laid.push((piece, why)),
        }
    }
    laid
}
