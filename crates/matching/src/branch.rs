//! Brothers and sisters, and children who could not share a home: branch and bound over the exact assignment.
//!
//! A node is a list of decisions: this group in this home, near this home, or not together; this child in this home, or
//! not. Its bound is the exact assignment of what is left, with every undecided group counted as together if some home
//! could still have them: no proposal within the node can be better. Depth first, the likeliest first, a limit of nodes.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::assign::{Instance, assign};
use crate::joint::{Chosen, Problem, Value};

/// What branching found.
pub(crate) struct Branched {
    /// Each child's home and cost.
    pub chosen: Chosen,
    pub bound: Value,
    pub optimal: bool,
    pub nodes: u32,
    /// For each group, how many homes could have all of them.
    pub homes_for_all: Vec<u32>,
}

#[derive(Clone, Copy)]
enum Decision {
    Together(usize, u32),
    Near(usize, u32),
    Apart(usize),
    Fix(usize, u32),
    Forbid(usize, u32),
}

struct Link {
    decision: Decision,
    before: Option<Rc<Link>>,
}

type Path = Option<Rc<Link>>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Open,
    Together,
    Near(u32),
    Apart,
}

/// The decisions of a node, laid out.
struct State {
    modes: Vec<Mode>,
    fixed: Vec<Option<u32>>,
    forbidden: Vec<(usize, u32)>,
    /// Who is fixed to each home.
    there: BTreeMap<u32, Vec<usize>>,
}

struct Tree<'a> {
    problem: &'a Problem<'a>,
    /// For each group, the homes that could have all of them, the cheapest first.
    for_all: Vec<Vec<(i64, u32)>>,
    best: Option<(Value, Chosen)>,
    nodes: u32,
}

/// Goes on from the exact stage: `chosen` and `root` are its choice and its value.
pub(crate) fn branch(problem: &Problem, chosen: Chosen, mut root: Value) -> Branched {
    let for_all: Vec<Vec<(i64, u32)>> = problem.groups.iter().map(|group| homes_for_all(problem, group)).collect();
    let homes_for_all: Vec<u32> = for_all.iter().map(|homes| homes.len() as u32).collect();
    root.together = homes_for_all.iter().filter(|&&homes| homes > 0).count() as u32;
    let mut tree = Tree { problem, for_all, best: None, nodes: 0 };
    if tree.conflict(&chosen, &[]).is_none() && problem.value(&chosen) >= root {
        return Branched { chosen, bound: root, optimal: true, nodes: 0, homes_for_all };
    }
    let (open, truncated) = tree.search(root);
    let (value, chosen) = tree.best.take().unwrap_or_else(|| {
        // The limit came before any proposal: nobody placed is a proposal too.
        let nobody = vec![None; problem.children.len()];
        (problem.value(&nobody), nobody)
    });
    // Where lists were cut, the tree proves nothing, but the exact stage still does.
    let bound = if truncated { root } else { open.map_or(value, |open| open.max(value)).min(root) };
    Branched { chosen, bound, optimal: value >= bound, nodes: tree.nodes, homes_for_all }
}

/// Homes that can have all of a group at once, looked for in the whole register.
fn homes_for_all(problem: &Problem, group: &[usize]) -> Vec<(i64, u32)> {
    let mut homes = problem.homes_for(group);
    homes.retain(|&home| problem.places[home as usize] as usize >= group.len() && problem.can_share(home, group));
    let cost = |home: u32| group.iter().map(|&child| problem.cost(child, home)).sum();
    let mut homes: Vec<(i64, u32)> = homes.into_iter().map(|home| (cost(home), home)).collect();
    homes.sort_unstable();
    homes
}

impl Tree<'_> {
    /// Searches; gives the best bound among nodes not looked at, and whether lists were cut.
    fn search(&mut self, root: Value) -> (Option<Value>, bool) {
        let problem = self.problem;
        let limit = problem.joint.limits.candidates.max(1);
        let mut truncated = !problem.candidates.iter().all(|candidates| candidates.complete());
        let mut stack: Vec<(Value, Path)> = vec![(root, None)];
        while let Some((bound, path)) = stack.pop() {
            if self.best.as_ref().is_some_and(|(best, _)| *best >= bound) {
                continue;
            }
            if self.nodes == problem.joint.limits.nodes {
                stack.push((bound, path));
                break;
            }
            self.nodes += 1;
            let Some(state) = self.state(&path) else { continue };
            let Some((chosen, bound)) = self.relax(&state) else { continue };
            if self.best.as_ref().is_some_and(|(best, _)| *best >= bound) {
                continue;
            }
            let fixed: Vec<usize> = (0..state.fixed.len()).filter(|&child| state.fixed[child].is_some()).collect();
            let conflict = self.conflict(&chosen, &fixed);
            if conflict.is_none() {
                let value = problem.value(&chosen);
                if self.best.as_ref().is_none_or(|(best, _)| value > *best) {
                    self.best = Some((value, chosen.clone()));
                }
                if value >= bound {
                    continue;
                }
            }
            let options = self.options(&state, &chosen, conflict, limit, &mut truncated);
            // The first option is looked at first, so it goes on the stack last.
            for (loses, decision) in options.into_iter().rev() {
                let bound = Value { together: bound.together - loses.0, near: bound.near - loses.1, ..bound };
                stack.push((bound, Some(Rc::new(Link { decision, before: path.clone() }))));
            }
        }
        (stack.into_iter().map(|(bound, _)| bound).max(), truncated)
    }

    /// What to decide next, with what each option takes off the bound.
    fn options(
        &self,
        state: &State,
        chosen: &[Option<(u32, i64)>],
        conflict: Option<(usize, u32)>,
        limit: usize,
        truncated: &mut bool,
    ) -> Vec<((u32, u32), Decision)> {
        let problem = self.problem;
        let is_together = |group: &[usize]| {
            let first = chosen[group[0]].map(|(home, _)| home);
            first.is_some() && group.iter().all(|&child| chosen[child].map(|(home, _)| home) == first)
        };
        let open = (0..problem.groups.len()).filter(|&at| state.modes[at] == Mode::Open);
        let undecided = open.filter(|&at| !is_together(&problem.groups[at]));
        // The largest first, then who has least choice.
        let next =
            undecided.min_by_key(|&at| (std::cmp::Reverse(problem.groups[at].len()), self.for_all[at].len(), at));
        let Some(group) = next else {
            return conflict
                .map(|(child, home)| {
                    vec![((0, 0), Decision::Fix(child, home)), ((0, 0), Decision::Forbid(child, home))]
                })
                .unwrap_or_default();
        };
        *truncated |= self.for_all[group].len() > limit;
        let loses_together = u32::from(self.can_be_together(state, group));
        let homes = self.for_all[group].iter().take(limit);
        let together = homes.map(|&(_, home)| ((0, 0), Decision::Together(group, home)));
        let eldest = problem.groups[group][0];
        let near = problem.candidates[eldest].list.iter();
        let near = near.map(|&(home, _)| ((loses_together, 0), Decision::Near(group, home)));
        let apart = ((loses_together, 1), Decision::Apart(group));
        together.chain(near).chain([apart]).collect()
    }

    fn state(&self, path: &Path) -> Option<State> {
        let problem = self.problem;
        let mut state = State {
            modes: vec![Mode::Open; problem.groups.len()],
            fixed: vec![None; problem.children.len()],
            forbidden: Vec::new(),
            there: BTreeMap::new(),
        };
        let mut link = path.as_ref();
        while let Some(here) = link {
            match here.decision {
                Decision::Together(group, home) => {
                    state.modes[group] = Mode::Together;
                    for &child in &problem.groups[group] {
                        state.fix(child, home)?;
                    }
                }
                Decision::Near(group, home) => {
                    state.modes[group] = Mode::Near(home);
                    state.fix(problem.groups[group][0], home)?;
                }
                Decision::Apart(group) => state.modes[group] = Mode::Apart,
                Decision::Fix(child, home) => state.fix(child, home)?,
                Decision::Forbid(child, home) => state.forbidden.push((child, home)),
            }
            link = here.before.as_ref();
        }
        let broken = state.forbidden.iter().any(|&(child, home)| state.fixed[child] == Some(home));
        let crowded = state.there.iter().any(|(&home, there)| !problem.can_share(home, there));
        (!broken && !crowded).then_some(state)
    }

    /// The exact assignment of what is not decided, and the bound.
    fn relax(&self, state: &State) -> Option<(Chosen, Value)> {
        let problem = self.problem;
        let mut places = problem.places.clone();
        for (&home, there) in &state.there {
            places[home as usize] = places[home as usize].saturating_sub(there.len() as u32);
        }
        let mut centre = vec![None; problem.children.len()];
        for (group, mode) in problem.groups.iter().zip(&state.modes) {
            if let Mode::Near(home) = mode {
                group.iter().for_each(|&child| centre[child] = Some(*home));
            }
        }
        let mut instance = Instance::new(places, problem.weights.unplaced);
        let mut chosen: Chosen = vec![None; problem.children.len()];
        for child in 0..problem.children.len() {
            if let Some(home) = state.fixed[child] {
                chosen[child] = Some((home, problem.cost(child, home)));
                instance.child([]);
                instance.must.push(false);
                continue;
            }
            let list = problem.candidates[child].list.iter().copied();
            instance.child(list.filter(|&(home, _)| self.may(state, child, home, centre[child])));
            instance.must.push(centre[child].is_some());
        }
        let assignment = assign(&instance)?;
        for (child, edge) in assignment.edge.iter().enumerate() {
            if let Some(edge) = edge {
                chosen[child] = Some((instance.homes[*edge as usize], instance.costs[*edge as usize]));
            }
        }
        let placed = chosen.iter().flatten().count() as u32;
        let rest = -chosen.iter().flatten().map(|(_, cost)| i128::from(*cost)).sum::<i128>();
        let together = (0..problem.groups.len()).filter(|&group| self.can_be_together(state, group)).count() as u32;
        let near = state.modes.iter().filter(|mode| **mode != Mode::Apart).count() as u32;
        Some((chosen, Value { placed, together, near, rest }))
    }

    fn may(&self, state: &State, child: usize, home: u32, centre: Option<u32>) -> bool {
        let problem = self.problem;
        let near = problem.joint.limits.near;
        if centre.is_some_and(|centre| !problem.home(centre).at.within(problem.home(home).at, near)) {
            return false;
        }
        if state.forbidden.contains(&(child, home)) {
            return false;
        }
        state.there.get(&home).is_none_or(|there| {
            let mut all = there.clone();
            all.push(child);
            problem.can_share(home, &all)
        })
    }

    fn can_be_together(&self, state: &State, group: usize) -> bool {
        match state.modes[group] {
            Mode::Together => true,
            Mode::Near(_) | Mode::Apart => false,
            Mode::Open => {
                let size = self.problem.groups[group].len();
                self.for_all[group].iter().any(|&(_, home)| {
                    let there = state.there.get(&home).map_or(0, Vec::len);
                    there == 0 || self.problem.places[home as usize] as usize >= there + size
                })
            }
        }
    }

    /// A child who could not be where it is, for who else is there; one not fixed.
    fn conflict(&self, chosen: &[Option<(u32, i64)>], fixed: &[usize]) -> Option<(usize, u32)> {
        let mut there: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (child, home) in chosen.iter().enumerate() {
            if let Some((home, _)) = home {
                there.entry(*home).or_default().push(child);
            }
        }
        let crowded = there.into_iter().find(|(home, there)| {
            let particular = there.iter().any(|&child| !self.problem.children[child].room.is_empty());
            (there.len() > 1 || particular) && !self.problem.can_share(*home, there)
        });
        let (home, there) = crowded?;
        there.into_iter().find(|child| !fixed.contains(child)).map(|child| (child, home))
    }
}

impl State {
    fn fix(&mut self, child: usize, home: u32) -> Option<()> {
        match self.fixed[child] {
            Some(other) => (other == home).then_some(()),
            None => {
                self.fixed[child] = Some(home);
                self.there.entry(home).or_default().push(child);
                Some(())
            }
        }
    }
}
