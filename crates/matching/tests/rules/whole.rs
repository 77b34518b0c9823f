//! The shortlist against looking at every home by hand; explanations against what they claim.

use matching::*;

use crate::world::{Chance, home, key, search};

struct World {
    search: Search,
    homes: Vec<Home>,
    key: TieKey,
}

fn world(seed: u64, homes: u64) -> World {
    let mut chance = Chance(seed);
    let mut homes: Vec<Home> = (1..=homes).map(|id| home(&mut chance, id)).collect();
    let mut search = search(&mut chance, 1);
    // Fewer obstacles than in the tests of constraints, so that there is something to order.
    search.avoid_people.truncate(1);
    search.avoid_places.truncate(1);
    for home in &mut homes {
        home.cannot_take = home.cannot_take.and(Traits::from_bits(0xFF00));
        if home.needs_unknown.bits() & 3 > 0 {
            home.needs = Needs::ALL;
            home.access = Accesses::ALL;
            home.residents.truncate(1);
        }
    }
    World { search, homes, key: key(seed) }
}

/// Every home by itself, sorted by what the order says and then the token.
fn by_hand(world: &World, rules: &Rules) -> (Vec<HomeId>, Vec<HomeId>) {
    let mut offered = Vec::new();
    let mut to_ask = Vec::new();
    for home in &world.homes {
        let verdicts = Verdicts::of(&world.search, home);
        let at = (std::cmp::Reverse(standing(&world.search, home, rules)), world.key.token(home.id.number()), home.id);
        match (verdicts.failed(), verdicts.unknown()) {
            (0, 0) => offered.push(at),
            (0, _) => to_ask.push(at),
            _ => {}
        }
    }
    let ids = |mut list: Vec<(_, _, HomeId)>| {
        list.sort();
        list.into_iter().map(|(_, _, id)| id).collect::<Vec<_>>()
    };
    (ids(offered), ids(to_ask))
}

fn list(world: &World, homes: Vec<Home>, limits: Limits) -> Shortlist {
    let register = Register::new(homes).unwrap();
    shortlist(&world.search, &register, &Rules::default(), world.key, limits).unwrap()
}

#[test]
fn a_shortlist_is_every_home_looked_at_by_hand() {
    let rules = Rules::default();
    let (mut shown, mut asked) = (0, 0);
    for seed in 0..400 {
        let world = world(seed, 120);
        let limits = Limits { shown: 7, to_ask: 5, area: 20_000 };
        let list = list(&world, world.homes.clone(), limits);
        let (offered, to_ask) = by_hand(&world, &rules);
        let ids = |list: &[Offered]| list.iter().map(|offered| offered.home).collect::<Vec<_>>();
        assert_eq!(ids(&list.offered), offered[..offered.len().min(7)], "seed {seed}");
        assert_eq!(ids(&list.to_ask), to_ask[..to_ask.len().min(5)], "seed {seed}");
        assert_eq!((list.possible as usize, list.uncertain as usize), (offered.len(), to_ask.len()), "seed {seed}");
        let middle = world.search.home.or(world.search.school);
        let near = |home: &&Home| middle.is_none_or(|middle| middle.within(home.at, limits.area));
        for (at, constraint) in Constraint::ALL.into_iter().enumerate() {
            let failed = |home: &Home| Verdicts::of(&world.search, home).failed();
            let first = |home: &&Home| failed(home) != 0 && failed(home).trailing_zeros() as usize == at;
            let homes = world.homes.iter().filter(first).count();
            let alone = world.homes.iter().filter(near).filter(|home| failed(home) == 1 << at).count();
            let told = list.left_out.iter().find(|left| left.constraint == constraint);
            let told = told.map_or((0, 0), |left| (left.homes as usize, left.alone as usize));
            assert_eq!(told, (homes, alone), "seed {seed} {constraint}");
        }
        let left: u32 = list.left_out.iter().map(|left| left.homes).sum();
        assert_eq!(left + list.possible + list.uncertain, list.looked_at, "seed {seed}: everybody is counted");
        shown += list.offered.len();
        asked += list.to_ask.len();
    }
    assert!(shown > 800 && asked > 200, "{shown} {asked}");
}

/// Law 1: neither what is shown and of no effect nor the order in which the homes came can move a byte of the order.
#[test]
fn law_1_neither_order_of_rows_nor_accreditation_nor_inspection_moves_a_home() {
    for seed in 0..150 {
        let world = world(seed, 80);
        let before = list(&world, world.homes.clone(), Limits::default());
        let mut chance = Chance(seed + 9_000);
        let mut homes = world.homes.clone();
        chance.shuffle(&mut homes);
        assert_eq!(list(&world, homes.clone(), Limits::default()), before, "seed {seed}");
        for home in &mut homes {
            home.accreditation = [Accreditation::Without, Accreditation::Accredited][chance.below(2) as usize];
            home.inspection = [Inspection::Inadequate, Inspection::SeriousWeaknesses][chance.below(2) as usize];
        }
        let after = list(&world, homes, Limits::default());
        let order = |list: &Shortlist| list.offered.iter().map(|home| (home.home, home.standing)).collect::<Vec<_>>();
        assert_eq!(order(&after), order(&before), "seed {seed}");
        assert_eq!((after.left_out, after.possible), (before.left_out, before.possible), "seed {seed}");
    }
}

#[test]
fn why_not_says_what_is_so() {
    let rules = Rules::default();
    let (mut singles, mut behinds, mut firsts) = (0, 0, 0);
    for seed in 0..120 {
        let world = world(seed, 60);
        let register = Register::new(world.homes.clone()).unwrap();
        let (offered, _) = by_hand(&world, &rules);
        for home in &world.homes {
            let why = why_not(&world.search, &register, &rules, world.key, home.id).unwrap().unwrap();
            assert_eq!(why.of as usize, offered.len());
            let verdicts = Verdicts::of(&world.search, home);
            assert_eq!(why.fails.len() as u32, verdicts.failed().count_ones());
            assert_eq!(why.asks.len() as u32, verdicts.unknown().count_ones());
            assert_eq!(why.single.is_some(), why.fails.len() == 1);
            singles += u32::from(why.single.is_some());
            if let Some(at) = offered.iter().position(|id| *id == home.id) {
                assert_eq!(why.place as usize, at + 1, "seed {seed}");
                assert_eq!(at == 0, why.would_be_first.is_empty() && why.behind.is_none() && why.place == 1);
            }
            if let Some(behind) = why.behind {
                let leader = register.find(behind.leader).unwrap();
                assert_eq!(Some(&leader.id), offered.iter().find(|id| **id != home.id));
                let (mine, theirs) = (standing(&world.search, home, &rules), standing(&world.search, leader, &rules));
                assert!(theirs > mine && behind.leaders > behind.points, "seed {seed}: {behind:?}");
                behinds += 1;
            }
            // What would put it first does, against every home there is.
            for criterion in &why.would_be_first {
                let leader = register.find(offered[0]).unwrap();
                let mut points = standing(&world.search, home, &rules).points();
                match criterion {
                    Criterion::Wish(at) => points.wishes |= 1 << (MOST_WISHES - 1 - at),
                    Criterion::Siblings => points.siblings = 0xFFF,
                    Criterion::Closeness => points.closeness = 0xFFF,
                    Criterion::Rest => points.rest = 0xFFFF,
                }
                assert!(Standing::new(points) >= standing(&world.search, leader, &rules), "seed {seed}");
                firsts += 1;
            }
        }
    }
    assert!(singles > 300 && behinds > 500 && firsts > 300, "{singles} {behinds} {firsts}");
}

#[test]
fn what_is_missing_near_is_counted_home_by_home() {
    for seed in 0..60 {
        let world = world(seed, 80);
        let register = Register::new(world.homes.clone()).unwrap();
        let missing = missing(&world.search, &register, 20_000).unwrap();
        let middle = world.search.home.or(world.search.school);
        let near = |home: &&Home| middle.is_none_or(|middle| middle.within(home.at, 20_000));
        let failed = |home: &Home| Verdicts::of(&world.search, home).failed();
        assert_eq!(missing.near as usize, world.homes.iter().filter(near).count());
        let alone = world.homes.iter().filter(near).filter(|home| failed(home).count_ones() == 1).count();
        assert_eq!(missing.alone.iter().map(|(_, count)| *count as usize).sum::<usize>(), alone, "seed {seed}");
    }
}

#[test]
fn a_search_that_cannot_be_run_says_why() {
    let mut world = world(1, 1);
    world.search.wishes = vec![Wish::WithSibling; MOST_WISHES + 1];
    assert_eq!(world.search.check(), Err(SearchError::TooManyWishes(13)));
    world.search.wishes = vec![Wish::WithSibling, Wish::NearSchool(5)];
    world.search.school = None;
    assert!(world.search.check().unwrap_err().to_string().starts_with("wish 2 "));
    world.search.born = world.search.stay.end();
    assert_eq!(world.search.check(), Err(SearchError::NotBorn));
}
