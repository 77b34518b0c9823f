//! What is told again and again: who claimed a night first, and has never let go of it, has it.

use care::{Episode, in_force, told};
use kernel::{EpisodeId, Night, Seq};
use proptest::prelude::*;

use crate::oracle::{claims, window};
use crate::world::{chaos, config};

/// The same claims as told up to four times: some not told, some open that were closed, some begun earlier or ended
/// later, with evidence that grows.
fn tellings() -> impl Strategy<Value = Vec<(Seq, Vec<Episode>)>> {
    let change = prop::collection::vec((0..6u8, -4..5i32), 8);
    (chaos(), prop::collection::vec(change, 1..5)).prop_map(|(world, changes)| {
        let told = |(at, changes): (usize, &Vec<(u8, i32)>)| {
            let changed = world.episodes.iter().zip(changes).filter_map(|(episode, &(what, shift))| {
                let mut episode = episode.clone();
                match what {
                    0 => return None,
                    1 => episode.end = None,
                    2 => episode.start = episode.start.plus(shift),
                    3 => episode.end = episode.end.map(|end| end.plus(shift)),
                    _ => {}
                }
                episode.known_through = episode.known_through.plus(7 * at as i32 - 20);
                Some(episode)
            });
            (Seq(at as i64 + 1), changed.collect())
        };
        changes.iter().enumerate().map(told).collect()
    })
}

/// Since which telling an episode has claimed a night in every one.
fn since(tellings: &[(Seq, Vec<Episode>)], id: EpisodeId, night: Night) -> Option<Seq> {
    let claimed = |all: &[Episode]| all.iter().any(|episode| episode.id == id && claims(episode, all, night));
    tellings.iter().rev().take_while(|(_, all)| claimed(all)).map(|&(seq, _)| seq).last()
}

proptest! {
    #![proptest_config(config(3_000))]

    #[test]
    fn who_claimed_a_night_first_and_never_let_go_has_it(tellings in tellings()) {
        let now = told(tellings.clone());
        let (standing, _) = in_force(&now);
        for night in window() {
            let owner = standing.iter().find(|(_, nights)| nights.contains(night)).map(|&(owner, _)| &now[owner]);
            let first = now.iter().filter_map(|episode| since(&tellings, episode.id, night)).min();
            let has = owner.map(|owner| since(&tellings, owner.id, night).expect("who has a night claims it"));
            prop_assert_eq!(has, first, "on {}", night);
        }
    }
}
