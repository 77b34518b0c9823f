//! One child: periods of care made of episodes, as a council would report them.

use super::beds::{Bed, Unit};
use super::life::{Life, Span, at_eighteen};
use super::people::Person;
use crate::rng::{Rng, keyed};

/// A child and all that is told of them.
#[derive(Clone, Debug)]
pub(super) struct Child {
    pub(super) person: Person,
    pub(super) periods: Vec<Period>,
    /// Which draws are this child's, whatever is asked.
    pub(super) key: [u64; 2],
}

/// From a start to be looked after to an end.
#[derive(Clone, Debug)]
pub(super) struct Period {
    pub(super) since: i32,
    pub(super) episodes: Vec<Episode>,
}

/// One row of the Episodes table.
#[derive(Clone, Debug)]
pub(super) struct Episode {
    pub(super) start: i32,
    pub(super) end: Option<i32>,
    pub(super) rne: &'static str,
    pub(super) status: &'static str,
    pub(super) bed: Bed,
    /// Why it ceased, and why the placement changed; empty while it goes on.
    pub(super) rec: &'static str,
    pub(super) reason: &'static str,
}

impl Child {
    pub(super) fn episodes(&self) -> impl Iterator<Item = &Episode> {
        self.periods.iter().flat_map(|period| &period.episodes)
    }

    /// The period and the episode of a night, if the child is looked after on it.
    pub(super) fn on(&self, night: i32) -> Option<(&Period, &Episode)> {
        let spans = |episode: &&Episode| episode.start <= night && episode.end.is_none_or(|end| night < end);
        self.periods.iter().find_map(|period| Some((period, period.episodes.iter().find(spans)?)))
    }

    /// A stream of this child's own for one purpose.
    pub(super) fn stream(&self, seed: u64, purpose: u64) -> Rng {
        keyed(seed, &[40, purpose, self.key[0], self.key[1]])
    }
}

/// The children of a unit, each to their own eighteenth birthday.
pub(super) fn children(unit: &Unit, span: Span, seed: u64, council: usize) -> Vec<Child> {
    unit.people
        .iter()
        .map(|person| {
            let key = [council as u64, person.number];
            let mut rng = keyed(seed, &[41, key[0], key[1]]);
            let lives = unit.lives.iter().zip(&unit.beds);
            let periods = lives.filter_map(|(life, beds)| period(person, life, beds, span, &mut rng)).collect();
            Child { person: person.clone(), periods, key }
        })
        .collect()
}

fn period(person: &Person, life: &Life, beds: &[Bed], span: Span, rng: &mut Rng) -> Option<Period> {
    let adult = person.eighteen;
    let since = life.since.max(person.born);
    let mut episodes: Vec<Episode> = Vec::with_capacity(life.steps.len());
    for (step, bed) in life.steps.iter().zip(beds) {
        if step.on >= adult {
            break;
        }
        if let Some(before) = episodes.last_mut() {
            (before.end, before.rec, before.reason) = (Some(step.on), "X1", step.reason);
        }
        // A brother or sister born since the others came was placed at birth at the earliest.
        let start = step.on.max(since);
        let rne = if start == since { "S" } else { step.rne };
        episodes.push(Episode { start, end: None, rne, status: step.status, bed: *bed, rec: "", reason: "" });
    }
    let last = episodes.last_mut()?;
    let end = life.end.filter(|(on, _)| *on < adult);
    match end {
        Some((on, rec)) => (last.end, last.rec) = (Some(on), rec),
        None if adult < span.until => (last.end, last.rec) = (Some(adult), at_eighteen(last.bed.place, rng)),
        None => {}
    }
    Some(Period { since, episodes })
}
