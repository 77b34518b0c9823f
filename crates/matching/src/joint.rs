//! Many at once: a home closes, or sixty children need homes. A *joint proposal*: for each child a home, none twice, the best
//! together. Each child still decides.
//!
//! What is best, in order: most children placed; most groups of brothers and sisters together; most groups together or
//! near; fewest children with no wish met; most with their first wish met; most points. The first two and the last
//! three are decided exactly for children without brothers and sisters (`assign`); groups,
//! and children who could not share the home they would share, by branch and bound (`branch`)
//! under a limit of nodes, not of time, so that a slower machine proposes the same.
//!
//! Candidates are cut to the best few for each child, and that is no guess: the exact stage's potentials tell for which
//! children a home outside their list could still matter; those get longer lists until none could.

use kernel::Nights;
use serde::Serialize;

use crate::assign::{Assignment, Instance, assign};
use crate::branch::{Branched, branch};
use crate::candidates::Candidates;
use crate::capacity::{room_for, shortage};
use crate::home::Home;
use crate::order::{Rules, Standing};
use crate::refs::{HomeId, Person};
use crate::register::Register;
use crate::search::{Search, SearchError};
use crate::tie::TieKey;

/// More children than this at once are refused: totals are kept exact.
pub const MOST_CHILDREN: usize = 20_000;
/// Points of a pair are cut off here.
pub const MOST_POINTS: i64 = 1_023;
/// What each wish met counts in points, beside siblings, closeness and the rest as the order has them.
pub const WISH_POINTS: u64 = 32;

/// How far to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JointLimits {
    /// Homes in each child's first list.
    pub candidates: usize,
    /// Nodes of the search for groups.
    pub nodes: u32,
    /// Brothers and sisters are near if no further than this from the eldest's home, in metres. An assumption: 5 miles.
    pub near: u32,
}

impl Default for JointLimits {
    fn default() -> JointLimits {
        JointLimits { candidates: 50, nodes: 1_000, near: 8_047 }
    }
}

/// Children who need homes at once.
#[derive(Clone, Copy, Debug)]
pub struct Joint<'a> {
    /// One search for each child, all for the same nights: a child who comes later is a search of its own.
    pub searches: &'a [Search],
    /// Brothers and sisters among them, the eldest first.
    pub groups: &'a [Vec<Person>],
    /// The homes.
    pub register: &'a Register,
    /// The tables.
    pub rules: &'a Rules,
    /// For ties.
    pub key: TieKey,
    /// How far to look.
    pub limits: JointLimits,
}

/// Why there can be no joint proposal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JointError {
    /// One of the searches cannot be run.
    Search(Person, SearchError),
    /// Two searches are for different nights.
    Nights(Person),
    /// A child is there twice, or in two groups.
    Twice(Person),
    /// A group names a child that is not searched for.
    NotSearched(Person),
    /// Too many children.
    TooMany(usize),
}

impl std::fmt::Display for JointError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            JointError::Search(child, error) => write!(f, "search of {child}: {error}"),
            JointError::Nights(child) => {
                write!(f, "{child} is searched for other nights than the first child: search apart")
            }
            JointError::Twice(child) => {
                write!(f, "{child} is named twice: a child has one search and at most one group")
            }
            JointError::NotSearched(child) => {
                write!(f, "a group names {child}, who is not searched for: add the search")
            }
            JointError::TooMany(count) => write!(f, "{count} children at once; at most {MOST_CHILDREN}"),
        }
    }
}

impl std::error::Error for JointError {}

/// How good a proposal is; more is better, part by part in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Value {
    /// Children placed.
    pub placed: u32,
    /// Groups together in one home.
    pub together: u32,
    /// Groups together or near.
    pub near: u32,
    /// Less what is lost: children with no wish met, without the first, and points, weighed so that no sum of the
    /// later outweighs one of the earlier. Always nought or below.
    pub rest: i128,
}

/// What a group got.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// One home for all.
    Together(HomeId),
    /// Homes near each other, the furthest this many metres from the eldest's.
    Near(u32),
    /// Homes further apart, the furthest this many metres from the eldest's.
    Apart(u32),
    /// At least one of them has no home.
    NotAllPlaced,
}

/// Why a group is not together. Kept with the proposal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyApart {
    /// No home on the register can have them all.
    NoHome,
    /// So many homes can; with them together, fewer children would be placed or fewer groups be together.
    OthersFirst(u32),
    /// So many homes can; the limit of nodes ended the search before it was known whether they could be used.
    NotDecided(u32),
}

/// A group of brothers and sisters in a proposal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Group {
    /// Who.
    pub children: Vec<Person>,
    /// What they got.
    pub outcome: Outcome,
    /// Why they are not together, if they are not.
    pub why_apart: Option<WhyApart>,
}

/// A child in a proposal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Proposed {
    /// Who.
    pub child: Person,
    /// Where; `None`: no home was found, an unmet need.
    pub home: Option<HomeId>,
    /// Which wish class: 0 the first wish is met (or none was made), 1 another is, 2 none is.
    pub class: Option<u8>,
    /// Where the home stands for the child.
    pub standing: Option<Standing>,
    /// Homes that could have had this child alone.
    pub possible: u32,
}

/// How far the proposal is proved.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Certificate {
    /// No proposal is better.
    pub optimal: bool,
    /// No proposal is better than this.
    pub bound: Value,
    /// Nodes looked at; 0 if the exact stage sufficed.
    pub nodes: u32,
    /// Pairs of child and home that were possible, and how many the exact stage had to hold.
    pub pairs: u64,
    /// Pairs held; for the rest the potentials show that they cannot matter.
    pub held: u64,
}

/// A joint proposal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Proposal {
    /// Each child, ordered by reference.
    pub children: Vec<Proposed>,
    /// Each group, ordered by its eldest's reference.
    pub groups: Vec<Group>,
    /// How good it is.
    pub value: Value,
    /// How far that is proved.
    pub certificate: Certificate,
    /// Homes of which one more place would help most, with how much, as the exact stage has it; the dearest first.
    pub scarce: Vec<HomeId>,
}

/// Class and points of a home for a child, as the joint proposal counts them.
pub fn class_and_points(search: &Search, standing: Standing) -> (u8, i64) {
    let points = standing.points();
    let class = if search.wishes.is_empty() || points.wishes >= 1 << (crate::search::MOST_WISHES - 1) {
        0
    } else {
        2 - u8::from(points.wishes > 0)
    };
    let wishes = u64::from(points.wishes.count_ones()) * WISH_POINTS;
    let all = (wishes + points.siblings + points.closeness + points.rest) as i64;
    (class, all.min(MOST_POINTS))
}

/// What is lost by class and points, weighed for so many children.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Weights {
    first: i64,
    none: i64,
    /// What it costs to leave a child out.
    pub unplaced: i64,
}

impl Weights {
    /// No sum over all children of what is lighter reaches one of what is heavier.
    pub fn of(children: usize) -> Weights {
        let children = children as i64;
        let first = children * MOST_POINTS + 1;
        let none = first * (children + 1);
        Weights { first, none, unplaced: (none + first) * (children + 1) }
    }

    /// The cost of one pair.
    #[inline]
    pub fn cost(self, class: u8, points: i64) -> i64 {
        [0, self.first, self.first + self.none][usize::from(class)] + MOST_POINTS - points
    }
}

/// Each child's home (in token order) and its cost, if the child has one.
pub(crate) type Chosen = Vec<Option<(u32, i64)>>;

/// Everything put in the order of tokens, in which nothing of how it was given is left.
pub(crate) struct Problem<'a> {
    pub joint: Joint<'a>,
    pub stay: Nights,
    /// Children in token order.
    pub children: Vec<&'a Search>,
    /// Homes in token order: their places in the register.
    pub homes: Vec<u32>,
    /// And back: the place in token order of each home of the register.
    pub token_order: Vec<u32>,
    pub places: Vec<u32>,
    pub groups: Vec<Vec<usize>>,
    pub weights: Weights,
    pub candidates: Vec<Candidates>,
}

impl<'a> Problem<'a> {
    fn new(joint: Joint<'a>) -> Result<Problem<'a>, JointError> {
        if joint.searches.len() > MOST_CHILDREN {
            return Err(JointError::TooMany(joint.searches.len()));
        }
        let mut children: Vec<&Search> = joint.searches.iter().collect();
        children.sort_by_key(|search| (joint.key.token(search.child.number()), search.child));
        if let Some(pair) = children.windows(2).find(|pair| pair[0].child == pair[1].child) {
            return Err(JointError::Twice(pair[0].child));
        }
        for search in &children {
            search.check().map_err(|error| JointError::Search(search.child, error))?;
            if search.stay != children[0].stay {
                return Err(JointError::Nights(search.child));
            }
        }
        let register = joint.register.homes();
        let tokens: Vec<u64> = register.iter().map(|home| joint.key.token(home.id.number())).collect();
        let mut homes: Vec<u32> = (0..register.len() as u32).collect();
        homes.sort_by_key(|&at| tokens[at as usize]);
        let mut token_order = vec![0; homes.len()];
        for (order, &at) in homes.iter().enumerate() {
            token_order[at as usize] = order as u32;
        }
        let groups = groups(&joint, &children)?;
        let weights = Weights::of(children.len());
        let Some(stay) = children.first().map(|search| search.stay) else {
            let stay =
                Nights::try_new(kernel::Night::from_days(0).expect("1970"), kernel::Night::from_days(1).expect("1970"));
            let stay = stay.expect("one night");
            return Ok(Problem {
                joint,
                stay,
                children,
                homes,
                token_order,
                places: Vec::new(),
                groups,
                weights,
                candidates: Vec::new(),
            });
        };
        let places = homes.iter().map(|&at| u32::from(room_for(&register[at as usize], stay))).collect();
        let mut problem =
            Problem { joint, stay, children, homes, token_order, places, groups, weights, candidates: Vec::new() };
        let first = joint.limits.candidates.max(1);
        problem.candidates = (0..problem.children.len()).map(|child| problem.look(child, first)).collect();
        Ok(problem)
    }

    pub fn home(&self, order: u32) -> &'a Home {
        &self.joint.register.homes()[self.homes[order as usize] as usize]
    }

    /// What a home costs a child who could be there.
    pub fn cost(&self, child: usize, home: u32) -> i64 {
        let search = self.children[child];
        let standing = crate::order::standing(search, self.home(home), self.joint.rules);
        let (class, points) = class_and_points(search, standing);
        self.weights.cost(class, points)
    }

    fn instance(&self) -> Instance {
        let mut instance = Instance::new(self.places.clone(), self.weights.unplaced);
        for candidates in &self.candidates {
            instance.child(candidates.list.iter().copied());
        }
        instance
    }

    /// The exact stage: assigns, and lengthens lists until no home outside them could matter.
    fn exact(&mut self) -> (Instance, Assignment) {
        loop {
            let instance = self.instance();
            let assignment = assign(&instance).expect("nobody must be placed");
            let short: Vec<usize> = (0..self.children.len())
                .filter(|&child| assignment.child[child] > self.candidates[child].beyond())
                .collect();
            if short.is_empty() {
                return (instance, assignment);
            }
            for child in short {
                let longer = (self.candidates[child].list.len() * 4).max(4);
                self.candidates[child] = self.look(child, longer);
            }
        }
    }

    /// Whether children could share a home: bedrooms and numbers for all, and each able to live with each.
    pub fn can_share(&self, home: u32, children: &[usize]) -> bool {
        let rooms: Vec<_> = children.iter().map(|&child| self.children[child].room).collect();
        let apart = |a: &Search, b: &Search| {
            !a.cannot_live_with.and(b.own_traits()).is_empty() || a.avoid_people.contains(&b.child)
        };
        let mut pairs = children.iter().enumerate().flat_map(|(at, &a)| children[..at].iter().map(move |&b| (a, b)));
        !pairs.any(|(a, b)| apart(self.children[a], self.children[b]) || apart(self.children[b], self.children[a]))
            && shortage(self.home(home), self.stay, &rooms).is_none()
    }

    /// How good a choice of homes is.
    pub fn value(&self, chosen: &[Option<(u32, i64)>]) -> Value {
        let mut value = Value { placed: 0, together: 0, near: 0, rest: 0 };
        for (_, cost) in chosen.iter().flatten() {
            value.placed += 1;
            value.rest -= i128::from(*cost);
        }
        for group in &self.groups {
            match self.outcome(group, chosen) {
                Outcome::Together(_) => (value.together, value.near) = (value.together + 1, value.near + 1),
                Outcome::Near(_) => value.near += 1,
                _ => {}
            }
        }
        value
    }

    fn outcome(&self, group: &[usize], chosen: &[Option<(u32, i64)>]) -> Outcome {
        let homes: Option<Vec<u32>> = group.iter().map(|&child| chosen[child].map(|(home, _)| home)).collect();
        let Some(homes) = homes else { return Outcome::NotAllPlaced };
        let eldest = self.home(homes[0]);
        if homes.iter().all(|&home| home == homes[0]) {
            return Outcome::Together(eldest.id);
        }
        let furthest = homes.iter().map(|&home| eldest.at.distance_squared(self.home(home).at)).max().unwrap_or(0);
        let metres = furthest.isqrt() as u32;
        let near = i64::from(self.joint.limits.near);
        if furthest <= near * near { Outcome::Near(metres) } else { Outcome::Apart(metres) }
    }
}

/// Groups as places in the token order, in an order that does not depend on how they were given.
fn groups(joint: &Joint, children: &[&Search]) -> Result<Vec<Vec<usize>>, JointError> {
    let mut seen = vec![false; children.len()];
    let mut groups = Vec::new();
    for group in joint.groups.iter().filter(|group| group.len() > 1) {
        let mut places = Vec::new();
        for &child in group {
            let key = (joint.key.token(child.number()), child);
            let at = children
                .binary_search_by_key(&key, |search| (joint.key.token(search.child.number()), search.child))
                .map_err(|_| JointError::NotSearched(child))?;
            if std::mem::replace(&mut seen[at], true) {
                return Err(JointError::Twice(child));
            }
            places.push(at);
        }
        groups.push(places);
    }
    groups.sort();
    Ok(groups)
}

/// Proposes homes for all.
pub fn propose(joint: Joint) -> Result<Proposal, JointError> {
    let mut problem = Problem::new(joint)?;
    let (instance, assignment) = problem.exact();
    let chosen: Chosen = (assignment.edge.iter())
        .map(|edge| edge.map(|edge| (instance.homes[edge as usize], instance.costs[edge as usize])))
        .collect();
    let (placed, cost) = assignment.value(&instance);
    let all = problem.groups.len() as u32;
    let root = Value { placed, together: all, near: all, rest: -cost };
    let branched = branch(&problem, chosen, root);
    Ok(proposal(&problem, &assignment, &instance, branched))
}

fn proposal(problem: &Problem, exact: &Assignment, instance: &Instance, branched: Branched) -> Proposal {
    let chosen = &branched.chosen;
    let mut children: Vec<Proposed> = problem
        .children
        .iter()
        .zip(chosen)
        .zip(&problem.candidates)
        .map(|((search, chosen), candidates)| {
            let home = chosen.map(|(home, _)| problem.home(home));
            let standing = home.map(|home| crate::order::standing(search, home, problem.joint.rules));
            Proposed {
                child: search.child,
                home: home.map(|home| home.id),
                class: standing.map(|standing| class_and_points(search, standing).0),
                standing,
                possible: candidates.possible,
            }
        })
        .collect();
    children.sort_by_key(|proposed| proposed.child);
    let mut groups: Vec<Group> = (problem.groups.iter().enumerate())
        .map(|(at, group)| {
            let outcome = problem.outcome(group, chosen);
            let could = branched.homes_for_all[at];
            let why_apart = match outcome {
                Outcome::Together(_) => None,
                _ if could == 0 => Some(WhyApart::NoHome),
                _ if branched.optimal => Some(WhyApart::OthersFirst(could)),
                _ => Some(WhyApart::NotDecided(could)),
            };
            Group { children: group.iter().map(|&child| problem.children[child].child).collect(), outcome, why_apart }
        })
        .collect();
    groups.sort_by_key(|group| group.children.clone());
    let mut scarce: Vec<(i64, usize)> =
        exact.home.iter().copied().enumerate().filter(|(_, price)| *price > 0).map(|(at, price)| (price, at)).collect();
    scarce.sort_by_key(|&(price, at)| (std::cmp::Reverse(price), at));
    Proposal {
        children,
        groups,
        value: problem.value(chosen),
        certificate: Certificate {
            optimal: branched.optimal,
            bound: branched.bound,
            nodes: branched.nodes,
            pairs: problem.candidates.iter().map(|candidates| u64::from(candidates.possible)).sum(),
            held: instance.homes.len() as u64,
        },
        scarce: scarce.iter().take(10).map(|&(_, at)| problem.home(at as u32).id).collect(),
    }
}

/// The exact stage alone, and its instance: for measuring and for other solvers to be set beside it. Groups and who could
/// share with whom are left out of it.
pub fn exact_stage(joint: Joint) -> Result<(Instance, Assignment), JointError> {
    Ok(Problem::new(joint)?.exact())
}
