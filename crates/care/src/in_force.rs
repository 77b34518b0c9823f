//! Several facts may claim one night; one of them is in force.
//!
//! A later start truncates an open-ended claim. Otherwise the first recorded stands and the rest wait in a
//! queue, unpaid. Never two beds.

use kernel::{EpisodeId, Night, Nights};

use crate::episode::Episode;

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
    let mut claims: Vec<(usize, Nights)> = episodes
        .iter()
        .enumerate()
        .filter_map(|(position, episode)| Some((position, truncated(episode, episodes)?)))
        .collect();
    claims.sort_by(|a, b| precedence(&episodes[a.0]).cmp(&precedence(&episodes[b.0])));

    let mut standing: Vec<(usize, Nights)> = Vec::with_capacity(claims.len());
    let mut waiting = Vec::new();
    for (position, claim) in claims {
        let mut free = vec![claim];
        for &(holder, held) in &standing {
            let Some(contested) = claim.intersect(held) else { continue };
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
    waiting.sort_by_key(|wait| (wait.nights, wait.episode, wait.behind));
    (standing, waiting)
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
fn precedence(episode: &Episode) -> impl Ord + '_ {
    (
        episode.claimed,
        episode.start,
        episode.end.map_or(i64::MAX, Night::days),
        (episode.place, episode.status, episode.rne, episode.provider),
        (&episode.urn, &episode.postcode),
        episode.id,
    )
}
