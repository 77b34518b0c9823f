//! What the rules say, night by night.

use std::collections::BTreeMap;

use care::Episode;
use door::{Absence, PlacementNotice};
use kernel::{EpisodeId, Night, Nights};

use crate::world::{WINDOW, base};

/// Every night that anything in a world can be about, and some more.
pub fn window() -> impl Iterator<Item = Night> {
    (-2..WINDOW + 40).map(|day| base().plus(day))
}

/// Whether an episode, read by itself, claims a night: from DECOM, not on DEC, not past the evidence.
pub fn says(episode: &Episode, night: Night) -> bool {
    episode.start <= night && episode.end.is_none_or(|end| night < end) && night <= episode.known_through
}

/// Whether it still claims it once a later start has cut an open end.
pub fn claims(episode: &Episode, all: &[Episode], night: Night) -> bool {
    let cut = |later: &Episode| episode.start < later.start && later.start <= night && has_a_night(later);
    says(episode, night) && (episode.end.is_some() || !all.iter().any(cut))
}

/// Whether an episode has any night at all: then it has the first.
pub fn has_a_night(episode: &Episode) -> bool {
    says(episode, episode.start)
}

/// Birthdays by plain arithmetic: who is born on 29 February has them on 1 March.
pub fn birthday(born: Night, age: i16) -> Night {
    let (year, month, day) = (born.date().year() + age, born.date().month(), born.date().day());
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (month, day) == (2, 29) && !leap {
        Night::try_new(year, 3, 1).unwrap()
    } else {
        Night::try_new(year, month, day).unwrap()
    }
}

/// Nights in a row in one episode.
#[derive(Clone, Debug)]
pub struct Run {
    pub episode: usize,
    pub from: Night,
    pub end: Night,
}

/// From who has each night to runs of nights.
pub fn runs(owner: &BTreeMap<Night, usize>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (&night, &episode) in owner {
        match runs.last_mut().filter(|run| run.end == night && run.episode == episode) {
            Some(run) => run.end = night.next(),
            None => runs.push(Run { episode, from: night, end: night.next() }),
        }
    }
    runs
}

/// Which stay each run belongs to, and which stay a temporary stay is away from.
pub struct Stays {
    pub of_run: Vec<usize>,
    pub away_from: BTreeMap<usize, usize>,
}

/// The rules, run after run: one episode is one stay however often another claim interrupts it; a change of legal
/// status alone is no move; a temporary code between two episodes in the same place is an absence.
pub fn stays(runs: &[Run], episodes: &[Episode]) -> Stays {
    let mut of_run: Vec<usize> = Vec::new();
    let mut of_episode: BTreeMap<EpisodeId, usize> = BTreeMap::new();
    let mut away_from = BTreeMap::new();
    let mut fresh = 0;
    for (at, run) in runs.iter().enumerate() {
        let episode = &episodes[run.episode];
        let follows = |before: usize| runs[before].end == runs[before + 1].from;
        let before = at.checked_sub(1).filter(|&before| follows(before));
        let mut stay = of_episode.get(&episode.id).copied();
        if stay.is_none() {
            stay = before
                .filter(|&before| episode.rne.as_str() == "L" && same_place(&episodes[runs[before].episode], episode))
                .map(|before| of_run[before]);
        }
        if stay.is_none() && !temporary(episode) {
            // Walk back over temporary nights in a row, to the place that was left.
            let mut left = before;
            let mut away = Vec::new();
            let mut away_runs = Vec::new();
            while let Some(temporary_run) = left.filter(|&left| temporary(&episodes[runs[left].episode])) {
                away.push(of_run[temporary_run]);
                away_runs.push(temporary_run);
                left = temporary_run.checked_sub(1).filter(|&before| follows(before));
            }
            // Where another claim has nights of the time away, it is no absence.
            let whole = away_runs.iter().all(|&away| {
                let same = |other: usize| episodes[runs[other].episode].id == episodes[runs[away].episode].id;
                (0..runs.len()).filter(|&other| same(other)).all(|other| away_runs.contains(&other))
            });
            let back =
                left.filter(|&left| whole && !away.is_empty() && same_place(&episodes[runs[left].episode], episode));
            if let Some(main) = back {
                stay = Some(of_run[main]);
                away_from.extend(away.into_iter().map(|away| (away, of_run[main])));
            }
        }
        let stay = stay.unwrap_or_else(|| {
            fresh += 1;
            fresh - 1
        });
        of_episode.insert(episode.id, stay);
        of_run.push(stay);
    }
    Stays { of_run, away_from }
}

pub fn temporary(episode: &Episode) -> bool {
    matches!(episode.place.as_str(), "T0" | "T1" | "T2" | "T3" | "T4")
}

pub fn same_place(one: &Episode, other: &Episode) -> bool {
    one.place == other.place
        && one.provider == other.provider
        && one.urn == other.urn
        && one.postcode.reveal() == other.postcode.reveal()
}

/// The nights on which a notice says the child slept there.
pub fn beds(notice: &PlacementNotice) -> Vec<Night> {
    let away = |night: Night| notice.absences.iter().any(|absence: &Absence| absence.nights.contains(night));
    notice.nights.iter().flat_map(|nights: &Nights| nights.iter()).filter(|&night| !away(night)).collect()
}
