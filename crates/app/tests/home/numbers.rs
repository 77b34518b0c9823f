//! Registered numbers are never exceeded on any night, whoever holds, decides, comes, leaves or is late, in whatever order.

use std::collections::BTreeMap;

use app::home::words::{Reply, Role, Sex, View};
use app::home::{Arrival, Correction, HoldTerms, LifeStep};
use app::{AsOf, ChildRef, Masked, Moment, Night, SettingField, SettingRef};

use crate::world::{Chance, World, night};

const CHILD: &str = "needs = []\nhome = \"ME4\"\n";
const HOME: &str = "ages = [0, 17]\ncannot_take = []\nhousehold = []\n";

fn setting(at: u64) -> SettingRef {
    SettingRef::parse(&format!("household/H-{at}")).unwrap()
}

/// How many of a home's places are taken on a night, as the register tells it.
fn taken(world: &World, setting: &SettingRef, on: Night) -> (usize, usize) {
    let page = world.office.register_show(setting, &AsOf { as_of: Some(on), known_at: None }).unwrap();
    let taken = page.places.iter().filter(|place| matches!(place.state.as_str(), "held" | "filled")).count();
    let registered = page.places.iter().filter(|place| place.state != "not-registered").count();
    (taken, registered)
}

/// The model: which child has which home for which nights; nothing but a list.
#[derive(Default)]
struct Model {
    /// By child: home, first night, the night after the last, and until when it is only held.
    beds: BTreeMap<ChildRef, (u64, Night, Night, Option<String>)>,
    /// Who has left: home, first night, and until when they were to stay.
    left: BTreeMap<ChildRef, (u64, Night, Night)>,
}

impl Model {
    fn there(&self, home: u64, on: Night, now: &str) -> usize {
        self.beds
            .values()
            .filter(|(its, from, until, held)| {
                *its == home && *from <= on && on < *until && held.as_deref().is_none_or(|expires| expires > now)
            })
            .count()
    }
}

#[test]
fn numbers_hold_on_every_night_with_holds_in_play() {
    let (mut held, mut refused, mut came) = (0, 0, 0);
    let (mut longer, mut back, mut moved, mut never) = (0, 0, 0, 0);
    for seed in 0..3u64 {
        let mut chance = Chance(seed);
        let mut world = World::new();
        let places = [1u16, 2];
        for (at, count) in places.iter().enumerate() {
            let facts = [
                (SettingField::Kind, "Fostering household"),
                (SettingField::Council, "Kent"),
                (SettingField::Postcode, "ME7"),
                (SettingField::Places, if *count == 1 { "1" } else { "2" }),
            ];
            world.add(&setting(at as u64), &facts);
            world.office.home_describe(&setting(at as u64), HOME).unwrap();
        }
        let children: Vec<ChildRef> =
            (0..5).map(|at| world.child(&at.to_string(), "2014-05-02", Sex::Boy, CHILD)).collect();
        let (first, mut day) = (night("2026-11-20"), 0);
        let mut model = Model::default();
        for _ in 0..48 {
            let today = first.plus(day);
            let now = format!("{}T{:02}:00:00Z", today.iso(), 9);
            world.at(&now);
            let stored = Moment::parse(&now).unwrap().as_str().to_owned();
            let child = children[chance.below(5) as usize];
            let home = chance.below(2);
            let doing = chance.below(13);
            // Longer stays and corrections are of those who are there, or were.
            let child = match doing {
                8 => model.beds.iter().find(|(_, (.., held))| held.is_none()).map_or(child, |(child, _)| *child),
                10 => {
                    let slept = model.beds.iter().find(|(_, (_, from, _, held))| held.is_none() && *from < today);
                    slept.map_or(child, |(child, _)| *child)
                }
                9 => model.left.keys().find(|left| !model.beds.contains_key(left)).map_or(child, |child| *child),
                _ => child,
            };
            match doing {
                0 => day += chance.below(2) as i32,
                1 | 2 if !model.beds.contains_key(&child) => {
                    let from = today.plus(chance.below(2) as i32);
                    let until = from.plus(2 + chance.below(9) as i32);
                    if world.office.home_open(child, from, Some(until), true).is_err() {
                        // A search that was begun goes on with the nights that it has.
                    }
                    let stay =
                        world.office.home_child_show(child, &AsOf::default()).unwrap().searches.last().unwrap().1;
                    let room =
                        stay.iter().all(|on| model.there(home, on, &stored) < usize::from(places[home as usize]));
                    let expires = Moment::parse(&format!("{}T09:00:00Z", today.plus(2 + chance.below(4) as i32).iso()));
                    let terms = HoldTerms { place: None, expires: expires.clone() };
                    match world.office.home_hold(child, &setting(home), &terms) {
                        Ok(_) => {
                            assert!(room, "seed {seed}: held where the model has no room");
                            held += 1;
                            let expires = expires.map(|moment| moment.as_str().to_owned());
                            model.beds.insert(child, (home, stay.start(), stay.end(), expires));
                        }
                        Err(problem) => {
                            // One place may be free for part of the nights and another for the rest: no child changes
                            // beds in the middle, so the model may have room where no place has.
                            assert_eq!(problem.code, "vacancy.taken", "seed {seed}: {problem}");
                            refused += 1;
                        }
                    }
                }
                3 => {
                    if world.office.home_release(child).is_ok() {
                        model.beds.remove(&child);
                    }
                }
                4..=7 => {
                    let Some((home, from, until, Some(expires))) = model.beds.get(&child).cloned() else { continue };
                    if from > today || expires <= stored {
                        continue;
                    }
                    let home_ref = setting(home);
                    let words = || Some(Masked::new("yes"));
                    world.office.home_ask(child, &home_ref, false).unwrap();
                    world.office.home_reply(child, &home_ref, Reply::Yes, &[], None).unwrap();
                    world.office.home_say(child, &home_ref, Role::SocialWorker, View::For, words()).unwrap();
                    world.office.home_decide(child, &home_ref, None, words()).unwrap();
                    let arrival = Arrival { on: from, place: None, legal_status: Some("C2".to_owned()), reason: None };
                    world.office.home_start(child, &arrival).unwrap();
                    came += 1;
                    model.left.remove(&child);
                    model.beds.insert(child, (home, from, until, None));
                }
                8 => {
                    // Longer, if nobody else was promised the place.
                    let Some((home, from, until, None)) = model.beds.get(&child).cloned() else { continue };
                    let longer_until = until.max(today).plus(1 + chance.below(4) as i32);
                    match world.office.home_life(child, today, &LifeStep::Extend(longer_until), None) {
                        Ok(_) => {
                            longer += 1;
                            model.beds.insert(child, (home, from, longer_until, None));
                        }
                        Err(problem) => assert_eq!(problem.code, "vacancy.taken", "seed {seed}: {problem}"),
                    }
                }
                9 => {
                    // It was no end: the child is still there, if the place was not promised since.
                    let Some((home, from, until)) = model.left.get(&child).copied() else { continue };
                    if model.beds.contains_key(&child) {
                        continue;
                    }
                    let step = LifeStep::Correct(Correction { goes_on: true, ..Correction::default() });
                    match world.office.home_life(child, today, &step, None) {
                        Ok(_) => {
                            back += 1;
                            model.left.remove(&child);
                            model.beds.insert(child, (home, from, until.max(today.next()), None));
                        }
                        Err(problem) => assert_eq!(problem.code, "vacancy.taken", "seed {seed}: {problem}"),
                    }
                }
                10 => {
                    // The child came a night later than was recorded, or never.
                    let Some((home, from, until, None)) = model.beds.get(&child).cloned() else { continue };
                    let none = moved > never;
                    if !none && (from.next() > today || from.next() >= until) {
                        continue;
                    }
                    let correction = match none {
                        true => Correction { never: true, ..Correction::default() },
                        false => Correction { arrived: Some(from.next()), ..Correction::default() },
                    };
                    world.office.home_life(child, today, &LifeStep::Correct(correction), None).unwrap();
                    if none {
                        never += 1;
                        model.beds.remove(&child);
                    } else {
                        moved += 1;
                        model.beds.insert(child, (home, from.next(), until, None));
                    }
                }
                _ => {
                    let Some((home, from, until, None)) = model.beds.get(&child).cloned() else { continue };
                    if today <= from {
                        continue;
                    }
                    world.office.home_life(child, today, &LifeStep::End("E4A".to_owned(), None), None).unwrap();
                    model.beds.remove(&child);
                    model.left.insert(child, (home, from, until));
                }
            }
            // A hold that has expired, and has been forgotten, keeps nobody out.
            model.beds.retain(|_, (.., held)| held.as_deref().is_none_or(|expires| expires > stored.as_str()));
            for (at, count) in places.iter().enumerate() {
                for on in (0..6).map(|plus| today.plus(plus)) {
                    let (taken, registered) = taken(&world, &setting(at as u64), on);
                    assert_eq!(registered, usize::from(*count));
                    assert!(taken <= registered, "seed {seed}: {taken} of {registered} on {on}");
                    assert_eq!(
                        taken,
                        model.there(at as u64, on, &stored),
                        "seed {seed}: home {at} on {on}, seen from {today}"
                    );
                }
            }
        }
    }
    assert!(held > 8 && refused > 2 && came > 4, "{held} held, {refused} refused, {came} came");
    assert!(longer > 5 && back > 0 && moved > 1 && never > 0, "{longer} {back} {moved} {never}");
}
