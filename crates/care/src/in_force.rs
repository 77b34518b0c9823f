//! Several facts may claim one night; one of them is in force.
//!
//! A later start truncates an open-ended claim. Otherwise the first recorded stands and the rest wait in a
//! queue, unpaid. Never two beds.

use std::collections::HashMap;

use kernel::{EpisodeId, Night, Nights, Seq};

use crate::episode::{Claim, Episode};

/// Nights that an episode claims while another has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The claim that waits.
    pub episode: EpisodeId,
    /// The nights it waits for.
    pub nights: Nights,
    /// The claim that has them.
    pub behind: EpisodeId,
}

/// For each night at most one episode: pieces of `episodes` (by position) in order of nights, and what waits.
pub fn in_force(episodes: &[Episode]) -> (Vec<(usize, Nights)>, Vec<Waiting>) {
    let mut claims: Vec<(usize, Claim)> = Vec::with_capacity(episodes.len());
    for (position, episode) in episodes.iter().enumerate() {
        let nights = truncated(episode, episodes);
        claims.extend(nights.into_iter().flat_map(|nights| episode.claims(nights)).map(|claim| (position, claim)));
    }
    claims.sort_by(|a, b| (a.1.since, content(&episodes[a.0])).cmp(&(b.1.since, content(&episodes[b.0]))));

    let mut standing: Vec<(usize, Nights)> = Vec::with_capacity(claims.len());
    let mut waiting = Vec::new();
    for (position, claim) in claims {
        let mut free = vec![claim.nights];
        for &(holder, held) in &standing {
            let Some(contested) = claim.nights.intersect(held) else { continue };
            waiting.push(Waiting { episode: episodes[position].id, nights: contested, behind: episodes[holder].id });
            free = free
                .into_iter()
                .flat_map(|piece| {
                    let (before, after) = piece.without(held);
                    [before, after]
                })
                .flatten()
                .collect();
        }
        standing.extend(free.into_iter().map(|piece| (position, piece)));
    }
    standing.sort_by_key(|&(_, nights)| nights);
    standing.dedup_by(|next, last| next.0 == last.0 && extended(&mut last.1, next.1));
    waiting.sort_by_key(|wait| (wait.episode, wait.behind, wait.nights));
    waiting.dedup_by(|next, last| {
        (next.episode, next.behind) == (last.episode, last.behind) && extended(&mut last.nights, next.nights)
    });
    waiting.sort_by_key(|wait| (wait.nights, wait.episode, wait.behind));
    (standing, waiting)
}

/// Makes `last` reach to the end of `next` if they touch.
fn extended(last: &mut Nights, next: Nights) -> bool {
    let touches = last.end() == next.start();
    if touches {
        *last = spanning(*last, next);
    }
    touches
}

/// From the first night of one range to the last of another.
pub(crate) fn spanning(first: Nights, last: Nights) -> Nights {
    Nights::try_new(first.start(), last.end()).expect("two ranges in order span a range")
}

/// Follows claims through what was told, one telling after another: the episodes of the last, with what each has held
/// since before it was last told. To say when an open claim ended, or that it began earlier, is a new claim to the
/// nights that this adds, and none to those it held all the time.
pub fn told(tellings: Vec<(Seq, Vec<Episode>)>) -> Vec<Episode> {
    let mut held: HashMap<EpisodeId, Vec<Claim>> = HashMap::new();
    let mut now = Vec::new();
    let mut tellings = tellings.into_iter().peekable();
    while let Some((seq, episodes)) = tellings.next() {
        now = episodes;
        for episode in &mut now {
            episode.claimed = seq;
            episode.held = held.remove(&episode.id).unwrap_or_default();
        }
        // Nobody asks what was held through the last.
        if tellings.peek().is_none() {
            break;
        }
        held = now.iter().filter_map(|episode| Some((episode.id, episode.claims(truncated(episode, &now)?)))).collect();
    }
    now
}

/// The nights an episode claims once a later start has cut an open end.
fn truncated(episode: &Episode, all: &[Episode]) -> Option<Nights> {
    let nights = episode.nights()?;
    if episode.end.is_some() {
        return Some(nights);
    }
    let next = all
        .iter()
        .filter(|other| other.start > episode.start && other.nights().is_some())
        .map(|other| other.start)
        .min();
    Nights::try_new(nights.start(), next.map_or(nights.end(), |next| next.min(nights.end())))
}

/// First recorded first. What was recorded together is ordered by its own content, never by the order of rows.
fn content(episode: &Episode) -> impl Ord + '_ {
    (
        episode.start,
        episode.end.map_or(i64::MAX, Night::days),
        (episode.place, episode.status, episode.rne, episode.provider),
        (&episode.urn, &episode.postcode),
        episode.id,
    )
}
