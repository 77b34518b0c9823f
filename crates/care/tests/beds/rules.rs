//! Each rule of the specification by itself.

use std::collections::BTreeMap;

use care::{in_force, settle};
use kernel::{Night, Nights};
use proptest::prelude::*;

use crate::oracle::{beds, birthday, claims, has_a_night, same_place, says, temporary, window};
use crate::world::{World, any_world, chaos, config, life};

const CASES: u32 = 1_500;

/// Who has each night, by position in `episodes`; fails if anyone shares one.
fn owners(world: &World) -> BTreeMap<Night, usize> {
    let mut owner = BTreeMap::new();
    for (position, nights) in in_force(&world.episodes).0 {
        for night in nights.iter() {
            let before = owner.insert(night, position);
            assert_eq!(before, None, "two claims are in force on {night}");
        }
    }
    owner
}

proptest! {
    #![proptest_config(config(CASES))]

    #[test]
    fn law_3_never_two_beds(world in any_world()) {
        let mut slept = BTreeMap::new();
        for notice in settle(&world.child, &world.episodes).notices {
            for night in beds(&notice) {
                let before = slept.insert(night, notice.placement);
                prop_assert_eq!(before, None, "two beds on {}", night);
            }
        }
    }

    #[test]
    fn law_3_every_night_claimed_has_a_bed_and_no_other(world in any_world()) {
        let eighteen = birthday(world.child.born, 18);
        let mut slept: Vec<Night> =
            settle(&world.child, &world.episodes).notices.iter().flat_map(beds).collect();
        slept.sort();
        let wanted: Vec<Night> = window()
            .filter(|&night| night < eighteen)
            .filter(|&night| world.episodes.iter().any(|episode| claims(episode, &world.episodes, night)))
            .collect();
        prop_assert_eq!(slept, wanted);
    }

    #[test]
    fn the_order_of_rows_changes_nothing(world in any_world(), turn in any::<prop::sample::Index>(), back in any::<bool>()) {
        let mut shuffled = world.episodes.clone();
        if !shuffled.is_empty() {
            shuffled.rotate_left(turn.index(world.episodes.len()));
        }
        if back {
            shuffled.reverse();
        }
        prop_assert_eq!(settle(&world.child, &shuffled), settle(&world.child, &world.episodes));
    }

    #[test]
    fn the_first_recorded_stands(world in any_world()) {
        for (night, owner) in owners(&world) {
            let first = world
                .episodes
                .iter()
                .filter(|episode| claims(episode, &world.episodes, night))
                .map(|episode| episode.claimed)
                .min();
            prop_assert_eq!(Some(world.episodes[owner].claimed), first, "on {}", night);
        }
    }

    /// Of two recorded together, the same one has every night that both claim and nobody recorded before.
    #[test]
    fn a_tie_is_decided_once(world in chaos()) {
        let owner = owners(&world);
        let mut won: BTreeMap<(usize, usize), bool> = BTreeMap::new();
        for (&night, &holder) in &owner {
            for other in 0..world.episodes.len() {
                let tie = world.episodes[other].claimed == world.episodes[holder].claimed;
                if other != holder && tie && claims(&world.episodes[other], &world.episodes, night) {
                    let pair = (holder.min(other), holder.max(other));
                    let first = *won.entry(pair).or_insert(holder < other);
                    prop_assert_eq!(first, holder < other, "on {}", night);
                }
            }
        }
    }

    #[test]
    fn a_later_start_truncates_an_open_end(world in any_world()) {
        for (night, owner) in owners(&world) {
            let owner = &world.episodes[owner];
            if owner.end.is_some() {
                continue;
            }
            for later in &world.episodes {
                prop_assert!(
                    !(has_a_night(later) && owner.start < later.start && later.start <= night),
                    "{:?} is open and has {} although {:?} started",
                    owner.id, night, later.id
                );
            }
        }
    }

    /// What waits is exactly what is claimed and not had, each behind who has it.
    #[test]
    fn the_queue_holds_every_claim_that_lost(world in any_world()) {
        let owner = owners(&world);
        let mut wanted = Vec::new();
        for (&night, &holder) in &owner {
            for (position, episode) in world.episodes.iter().enumerate() {
                if position != holder && claims(episode, &world.episodes, night) {
                    wanted.push((night, episode.id, world.episodes[holder].id));
                }
            }
        }
        let mut waiting: Vec<_> = in_force(&world.episodes)
            .1
            .into_iter()
            .flat_map(|wait| wait.nights.iter().map(move |night| (night, wait.episode, wait.behind)).collect::<Vec<_>>())
            .collect();
        wanted.sort();
        waiting.sort();
        prop_assert_eq!(waiting, wanted);
    }

    #[test]
    fn nothing_past_the_evidence(world in any_world()) {
        for notice in settle(&world.child, &world.episodes).notices {
            for night in beds(&notice) {
                let evident = world.episodes.iter().any(|episode| {
                    episode.place == notice.kind && says(episode, night)
                });
                prop_assert!(evident, "{} is past what any episode there is evidence of", night);
                prop_assert!(night <= notice.known_through);
            }
        }
    }

    #[test]
    fn nothing_on_or_after_the_eighteenth_birthday(world in any_world()) {
        let eighteen = birthday(world.child.born, 18);
        for notice in settle(&world.child, &world.episodes).notices {
            for nights in notice.nights.iter().chain(notice.absences.iter().map(|absence| &absence.nights)) {
                prop_assert!(nights.end() <= eighteen, "{} after {}", nights, eighteen);
            }
            prop_assert!(!notice.nights.is_empty(), "a notice without nights is a withdrawal");
        }
    }

    #[test]
    fn an_absence_is_a_temporary_stay_between_nights_in_the_same_place(world in life()) {
        let settled = settle(&world.child, &world.episodes);
        let owner = owners(&world);
        for notice in &settled.notices {
            for absence in &notice.absences {
                prop_assert!(absence.code.as_str().starts_with('T'));
                let stay = settled.notices.iter().find(|stay| stay.placement == absence.stay).unwrap();
                prop_assert_eq!(stay.absent_from, Some(notice.placement));
                prop_assert!(absence.nights.iter().all(|night| beds(stay).contains(&night)));
                // Walk out of the time away on both sides: the same place, and the same placement.
                let away = |night: Night| {
                    owner.get(&night).is_some_and(|&at| temporary(&world.episodes[at]))
                };
                let mut eve = absence.nights.start().eve();
                while away(eve) {
                    eve = eve.eve();
                }
                let mut back = absence.nights.end();
                while away(back) {
                    back = back.next();
                }
                let (Some(&left), Some(&reached)) = (owner.get(&eve), owner.get(&back)) else {
                    return Err(TestCaseError::fail("away from nowhere"));
                };
                prop_assert!(same_place(&world.episodes[left], &world.episodes[reached]));
                prop_assert!(beds(notice).contains(&eve) && beds(notice).contains(&back));
            }
            let kept = notice.absences.iter().map(|absence| absence.nights);
            for away in kept {
                prop_assert!(notice.nights.iter().any(|nights| nights.intersect(away) == Some(away)));
            }
        }
        for stay in settled.notices.iter().filter(|stay| stay.absent_from.is_some()) {
            let main = settled.notices.iter().find(|main| Some(main.placement) == stay.absent_from).unwrap();
            for nights in &stay.nights {
                let told: Vec<Nights> = main.absences.iter().map(|absence| absence.nights).collect();
                prop_assert!(told.contains(nights), "{} is not told as an absence of the main place", nights);
            }
        }
    }
}
