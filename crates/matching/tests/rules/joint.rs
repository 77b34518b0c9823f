//! The joint proposal: its exact stage against an independent solver, the whole against trying everything.

use std::collections::BTreeMap;

use matching::*;
use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

use crate::constraints::numbers_hold;
use crate::world::{Chance, home, key, search};

/// The Hungarian algorithm of another library, on a full matrix: a column for every place and one for every child left
/// out.
fn independently(instance: &Instance) -> i64 {
    let columns: Vec<u32> =
        instance.places.iter().enumerate().flat_map(|(home, &places)| vec![home as u32; places as usize]).collect();
    let children = instance.children();
    const NEVER: i64 = 1 << 40;
    let rows: Vec<Vec<i64>> = (0..children)
        .map(|child| {
            let edges = instance.begins[child] as usize..instance.begins[child + 1] as usize;
            let cost = |home: u32| {
                let costs = edges.clone().filter(|&edge| instance.homes[edge] == home).map(|edge| instance.costs[edge]);
                costs.min().unwrap_or(NEVER)
            };
            let out = std::iter::repeat_n(instance.unplaced, children);
            columns.iter().map(|&home| -cost(home)).chain(out.map(|cost| -cost)).collect()
        })
        .collect();
    -kuhn_munkres(&Matrix::from_rows(rows).unwrap()).0
}

#[test]
fn the_exact_stage_is_what_an_independent_solver_finds() {
    let mut chance = Chance(11);
    let (mut left_out, mut pushed) = (0, 0);
    for round in 0..4_000 {
        let (children, homes) = (1 + chance.below(12), 1 + chance.below(10));
        let places = (0..homes).map(|_| chance.below(4) as u32).collect();
        let mut instance = Instance::new(places, 2_000);
        let width = [3, 50, 1_000][chance.below(3) as usize];
        for _ in 0..children {
            let there: Vec<u32> = (0..homes as u32).filter(|_| !chance.once_in(3)).collect();
            instance.child(there.into_iter().map(|home| (home, chance.below(width) as i64)));
        }
        // Leaving a child out must cost more than any other placing could save.
        instance.unplaced = 1_000 * 20;
        let assignment = assign(&instance).unwrap();
        assignment.check(&instance).unwrap_or_else(|flaw| panic!("round {round}: {flaw:?} {instance:?}"));
        let (placed, cost) = assignment.value(&instance);
        let out = instance.children() as i64 - i64::from(placed);
        assert_eq!(cost as i64 + out * instance.unplaced, independently(&instance), "round {round}");
        left_out += out;
        pushed += i64::from(assignment.home.iter().any(|&price| price > 0));
    }
    assert!(left_out > 1_000 && pushed > 1_000, "{left_out} {pushed}");
}

#[test]
fn a_proof_that_does_not_hold_is_not_believed() {
    let mut instance = Instance::new(vec![1, 1], 1_000);
    instance.child([(0, 5), (1, 9)]);
    instance.child([(0, 7)]);
    let right = assign(&instance).unwrap();
    assert_eq!(right.homes(&instance).collect::<Vec<_>>(), [Some(1), Some(0)]);
    assert_eq!(right.check(&instance), Ok(()));
    // The first child takes the cheaper home, the second is left out.
    let wrong = Assignment { edge: vec![Some(0), None], ..right.clone() };
    assert!(wrong.check(&instance).is_err());
    let wrong = Assignment { child: vec![9, 99], ..right };
    assert!(wrong.check(&instance).is_err());
}

struct World {
    searches: Vec<Search>,
    homes: Vec<Home>,
    groups: Vec<Vec<Person>>,
}

fn world(chance: &mut Chance, children: u64, homes: u64) -> World {
    let homes: Vec<Home> = (1..=homes)
        .map(|id| {
            let mut home = home(chance, id);
            home.registration = Registration::Registered;
            (home.needs, home.access) = (Needs::ALL, Accesses::ALL);
            home.ages = Some((0, 17));
            home.residents.truncate(1);
            (home.cannot_take, home.household) = (Traits::NONE, Traits::NONE);
            home
        })
        .collect();
    let mut searches: Vec<Search> = (0..children)
        .map(|child| {
            let mut search = search(chance, child);
            search.avoid_people =
                if chance.once_in(4) { vec![Person::from_number(1_000 + chance.below(children))] } else { vec![] };
            search.avoid_places.clear();
            search.cannot_live_with = if chance.once_in(4) { Trait::Boy.into() } else { Traits::NONE };
            search
        })
        .collect();
    let stay = searches[0].stay;
    for search in &mut searches {
        search.born = stay.start().plus(-4_000 - chance.below(2_000) as i32);
        search.stay = stay;
    }
    searches.retain(|search| search.check().is_ok());
    let mut left: Vec<Person> = searches.iter().map(|search| search.child).collect();
    let mut groups = Vec::new();
    while left.len() > 1 && !chance.once_in(3) {
        let size = 2 + chance.below(2) as usize;
        groups.push(left.split_off(left.len() - size.min(left.len())));
    }
    World { searches, homes, groups }
}

const NEAR: u32 = 15_000;

/// Whether children could be in a home together, night by night and pair by pair.
fn can_be_there(home: &Home, children: &[&Search]) -> bool {
    let rooms: Vec<RoomFacts> = children.iter().map(|search| search.room).collect();
    let listed = !home.rooms.is_empty() || rooms.iter().all(|room| room.is_empty());
    let numbers = children.is_empty() || children[0].stay.iter().all(|night| numbers_hold(home, night, &rooms));
    let pairs = children.iter().all(|a| {
        children
            .iter()
            .filter(|b| b.child != a.child)
            .all(|b| !a.avoid_people.contains(&b.child) && a.cannot_live_with.and(b.own_traits()).is_empty())
    });
    listed && numbers && pairs
}

fn value(world: &World, chosen: &[Option<usize>]) -> Value {
    let weights = Weights::of(world.searches.len());
    let mut value = Value { placed: 0, together: 0, near: 0, rest: 0 };
    for (search, home) in world.searches.iter().zip(chosen) {
        if let Some(home) = home {
            let (class, points) = class_and_points(search, standing(search, &world.homes[*home], &Rules::default()));
            value.placed += 1;
            value.rest -= i128::from(weights.cost(class, points));
        }
    }
    let place = |child: Person| world.searches.iter().position(|search| search.child == child).unwrap();
    for group in &world.groups {
        let homes: Option<Vec<usize>> = group.iter().map(|&child| chosen[place(child)]).collect();
        let Some(homes) = homes else { continue };
        let eldest = &world.homes[homes[0]];
        value.together += u32::from(homes.iter().all(|home| *home == homes[0]));
        value.near += u32::from(homes.iter().all(|home| eldest.at.within(world.homes[*home].at, NEAR)));
    }
    value
}

fn best_by_trying_everything(world: &World, chosen: &mut Vec<Option<usize>>) -> Value {
    if chosen.len() == world.searches.len() {
        return value(world, chosen);
    }
    let search = &world.searches[chosen.len()];
    chosen.push(None);
    let mut best = best_by_trying_everything(world, chosen);
    chosen.pop();
    for (at, home) in world.homes.iter().enumerate() {
        let verdicts = Verdicts::of(search, home);
        let mut there: Vec<&Search> =
            chosen.iter().zip(&world.searches).filter(|(c, _)| **c == Some(at)).map(|(_, s)| s).collect();
        there.push(search);
        if verdicts.failed() == 0 && verdicts.unknown() == 0 && can_be_there(home, &there) {
            chosen.push(Some(at));
            best = best.max(best_by_trying_everything(world, chosen));
            chosen.pop();
        }
    }
    best
}

fn joint<'a>(world: &'a World, register: &'a Register, rules: &'a Rules, candidates: usize, nodes: u32) -> Joint<'a> {
    Joint {
        searches: &world.searches,
        groups: &world.groups,
        register,
        rules,
        key: key(7),
        limits: JointLimits { candidates, nodes, near: NEAR },
    }
}

/// Whether what is proposed may be, and is what its value says.
fn check(world: &World, proposal: &Proposal) {
    let mut there: BTreeMap<HomeId, Vec<&Search>> = BTreeMap::new();
    let mut chosen = Vec::new();
    for search in &world.searches {
        let home = proposal.children.iter().find(|proposed| proposed.child == search.child).unwrap().home;
        if let Some(home) = home {
            there.entry(home).or_default().push(search);
        }
        chosen.push(home.map(|home| world.homes.iter().position(|other| other.id == home).unwrap()));
    }
    for (home, children) in there {
        let home = world.homes.iter().find(|other| other.id == home).unwrap();
        assert!(can_be_there(home, &children), "{home:?} {children:?}");
    }
    assert_eq!(proposal.value, value(world, &chosen));
    assert!(proposal.value <= proposal.certificate.bound);
}

#[test]
fn siblings_and_sharing_are_what_trying_everything_finds() {
    let rules = Rules::default();
    let (mut together, mut apart, mut nodes) = (0, 0, 0);
    for seed in 0..1_500 {
        let mut chance = Chance(seed * 31 + 5);
        let (children, homes) = (1 + chance.below(5), 1 + chance.below(5));
        let world = world(&mut chance, children, homes);
        let register = Register::new(world.homes.clone()).unwrap();
        let proposal = propose(joint(&world, &register, &rules, 50, 100_000)).unwrap();
        check(&world, &proposal);
        let best = best_by_trying_everything(&world, &mut Vec::new());
        assert!(proposal.certificate.optimal, "seed {seed}");
        assert_eq!(proposal.value, best, "seed {seed}: {proposal:#?}");
        together += best.together;
        apart += world.groups.len() as u32 - best.together;
        nodes += proposal.certificate.nodes;
    }
    assert!(together > 100 && apart > 100 && nodes > 2_000, "{together} {apart} {nodes}");
}

#[test]
fn a_gap_is_told_and_its_bound_holds_when_nodes_or_lists_run_out() {
    let rules = Rules::default();
    let mut undecided = 0;
    for seed in 0..600 {
        let mut chance = Chance(seed * 17 + 3);
        let world = world(&mut chance, 5, 5);
        let register = Register::new(world.homes.clone()).unwrap();
        let proposal = propose(joint(&world, &register, &rules, 1 + seed as usize % 3, 1 + seed as u32 % 4)).unwrap();
        check(&world, &proposal);
        let best = best_by_trying_everything(&world, &mut Vec::new());
        assert!(best <= proposal.certificate.bound, "seed {seed}");
        assert!(!proposal.certificate.optimal || proposal.value == best, "seed {seed}");
        undecided += u32::from(!proposal.certificate.optimal);
    }
    assert!(undecided > 50, "{undecided}");
}

/// Short lists, made longer where the potentials say that it could matter, propose what whole lists do.
#[test]
fn short_lists_lose_nothing() {
    let rules = Rules::default();
    let mut lengthened = 0;
    for seed in 0..150 {
        let mut chance = Chance(seed * 13 + 1);
        let mut world = world(&mut chance, 25, 25);
        world.groups.clear();
        let register = Register::new(world.homes.clone()).unwrap();
        let value = |candidates| {
            let (instance, assignment) = exact_stage(joint(&world, &register, &rules, candidates, 1)).unwrap();
            assignment.check(&instance).unwrap();
            (assignment.value(&instance), instance.homes.len())
        };
        let (short, whole) = (value(2), value(1_000));
        assert_eq!(short.0, whole.0, "seed {seed}");
        lengthened += usize::from(short.1 < whole.1);
    }
    assert!(lengthened > 50, "{lengthened}");
}

/// Law 1 for many at once: neither the order of children, of homes nor of groups moves anything.
#[test]
fn the_same_proposal_in_whatever_order_everything_came() {
    let rules = Rules::default();
    for seed in 0..120 {
        let mut chance = Chance(seed + 77);
        let mut world = world(&mut chance, 9, 9);
        let register = Register::new(world.homes.clone()).unwrap();
        let before = propose(joint(&world, &register, &rules, 4, 60)).unwrap();
        chance.shuffle(&mut world.searches);
        chance.shuffle(&mut world.groups);
        let mut homes = world.homes.clone();
        chance.shuffle(&mut homes);
        for home in &mut homes {
            home.accreditation = Accreditation::Without;
            home.inspection = Inspection::Inadequate;
        }
        let register = Register::new(homes).unwrap();
        let after = propose(joint(&world, &register, &rules, 4, 60)).unwrap();
        assert_eq!(serde_json::to_string(&before).unwrap(), serde_json::to_string(&after).unwrap(), "seed {seed}");
    }
}

#[test]
fn what_cannot_be_proposed_says_why() {
    let rules = Rules::default();
    let mut world = world(&mut Chance(1), 4, 3);
    let register = Register::new(world.homes.clone()).unwrap();
    let stranger = Person::parse("STRANGER").unwrap();
    world.groups = vec![vec![world.searches[0].child, stranger]];
    assert_eq!(propose(joint(&world, &register, &rules, 5, 5)), Err(JointError::NotSearched(stranger)));
    world.groups.clear();
    let twice = world.searches[0].clone();
    world.searches.push(twice.clone());
    assert_eq!(propose(joint(&world, &register, &rules, 5, 5)), Err(JointError::Twice(twice.child)));
    world.searches.truncate(0);
    assert_eq!(propose(joint(&world, &register, &rules, 5, 5)).unwrap().children, []);
}
