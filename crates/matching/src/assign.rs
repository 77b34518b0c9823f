//! The exact assignment: children to homes with some places each, at the least total cost, as few as possible left out.
//!
//! Successive shortest paths with potentials (Edmonds and Karp 1972; Tomizawa 1971) over sparse edges, in whole numbers.
//! Each child in turn takes the cheapest way to a free place, pushing others along where that is cheaper; the potentials
//! that are left are a proof: no edge is cheaper than its child's and home's potentials allow, and every edge in
//! use costs exactly that. [`Assignment::check`] goes through the proof edge by edge.
//!
//! | step | cost |
//! |---|---|
//! | one child | a heap of the homes met until the first free one, and of each child's edges those no dearer: a handful |
//! | all children | at worst children × edges × log homes |
//! | memory | 12 bytes an edge, 40 a home, 32 a child |

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Who could go where, and at what cost. Costs are from 0 up to below [`Instance::unplaced`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Instance {
    /// Places of each home.
    pub places: Vec<u32>,
    /// Where each child's edges begin; one more entry for the end.
    pub begins: Vec<u32>,
    /// The home of each edge; a child's edges the cheapest first.
    pub homes: Vec<u32>,
    /// The cost of each edge.
    pub costs: Vec<i64>,
    /// What it costs to leave a child out: more than any placing of the others could save.
    pub unplaced: i64,
    /// Children who must not be left out. Empty: none.
    pub must: Vec<bool>,
}

impl Instance {
    /// No children yet.
    pub fn new(places: Vec<u32>, unplaced: i64) -> Instance {
        Instance { places, begins: vec![0], unplaced, ..Instance::default() }
    }

    /// Adds a child with its homes and costs, in any order.
    pub fn child(&mut self, edges: impl IntoIterator<Item = (u32, i64)>) {
        let from = self.homes.len();
        for (home, cost) in edges {
            self.homes.push(home);
            self.costs.push(cost);
        }
        let (homes, costs) = (&mut self.homes[from..], &mut self.costs[from..]);
        if !costs.is_sorted() {
            let mut edges: Vec<(i64, u32)> = costs.iter().copied().zip(homes.iter().copied()).collect();
            edges.sort_by_key(|&(cost, _)| cost);
            edges.into_iter().enumerate().for_each(|(at, (cost, home))| (homes[at], costs[at]) = (home, cost));
        }
        self.begins.push(self.homes.len() as u32);
    }

    /// How many children.
    pub fn children(&self) -> usize {
        self.begins.len() - 1
    }

    fn edges(&self, child: usize) -> std::ops::Range<usize> {
        self.begins[child] as usize..self.begins[child + 1] as usize
    }

    fn must(&self, child: usize) -> bool {
        self.must.get(child).copied().unwrap_or(false)
    }
}

/// Who goes where, and the proof.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// Each child's edge, or none.
    pub edge: Vec<Option<u32>>,
    /// Each child's potential: what the child's placing costs, with what it pushes others to.
    pub child: Vec<i64>,
    /// Each home's potential: what one more place there would save. Nought where places are left.
    pub home: Vec<i64>,
}

/// Where the proof does not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flaw {
    /// A home has more children than places.
    OverFull(u32),
    /// A home that has places left has a potential.
    FreeButDear(u32),
    /// An edge is cheaper than its potentials allow, or one in use dearer.
    Edge(u32),
    /// A child is left out though a way was cheaper.
    LeftOut(u32),
}

const NOBODY: u32 = u32::MAX;

struct Solver<'a> {
    instance: &'a Instance,
    edge: Vec<Option<u32>>,
    child: Vec<i64>,
    home: Vec<i64>,
    there: Vec<Vec<u32>>,
    /// Of this round: the least cost so far to a home, and over which edge of which child.
    distance: Vec<i64>,
    by: Vec<(u32, u32)>,
    met: Vec<u32>,
    /// The least distance of this round to a home with a place left: nothing further is ever taken from the heap.
    enough: i64,
    heap: BinaryHeap<Reverse<(i64, u32)>>,
}

/// The end of a cheapest way.
#[derive(Clone, Copy)]
enum End {
    Nowhere,
    Free(u32),
    LeavesOut(u32),
}

/// Assigns; `None` if a child who must be placed cannot be.
pub fn assign(instance: &Instance) -> Option<Assignment> {
    let (children, homes) = (instance.children(), instance.places.len());
    let mut solver = Solver {
        instance,
        edge: vec![None; children],
        child: vec![0; children],
        home: vec![0; homes],
        there: vec![Vec::new(); homes],
        distance: vec![i64::MAX; homes],
        by: vec![(NOBODY, NOBODY); homes],
        met: Vec::new(),
        enough: i64::MAX,
        heap: BinaryHeap::new(),
    };
    // Who must be placed comes first: once placed, nobody pushes them out, for they have no way to be left out.
    let (first, then): (Vec<usize>, Vec<usize>) = (0..children).partition(|&child| instance.must(child));
    for child in first.into_iter().chain(then) {
        if !solver.add(child) {
            return None;
        }
    }
    Some(Assignment { edge: solver.edge, child: solver.child, home: solver.home })
}

impl Solver<'_> {
    /// Finds the cheapest way for one more child. False if there is none.
    fn add(&mut self, child: usize) -> bool {
        let instance = self.instance;
        let mut least = None;
        for edge in instance.edges(child) {
            // Potentials are never below nought, and what follows costs no less.
            if least.is_some_and(|least| instance.costs[edge] >= least) {
                break;
            }
            let reach = instance.costs[edge] + self.home[instance.homes[edge] as usize];
            least = Some(least.map_or(reach, |least: i64| least.min(reach)));
        }
        self.child[child] = match (least, instance.must(child)) {
            (Some(least), false) => least.min(instance.unplaced),
            (Some(least), true) => least,
            (None, false) => instance.unplaced,
            (None, true) => return false,
        };
        let mut moved = vec![(child as u32, 0)];
        let mut full: Vec<(u32, i64)> = Vec::new();
        let (mut best, mut end) = (i64::MAX, End::Nowhere);
        self.relax(child, 0, &mut best, &mut end);
        while let Some(Reverse((distance, home))) = self.heap.pop() {
            if distance >= best {
                break;
            }
            let at = home as usize;
            if distance > self.distance[at] {
                continue;
            }
            if self.there[at].len() < instance.places[at] as usize {
                (best, end) = (distance, End::Free(home));
                break;
            }
            full.push((home, distance));
            for who in 0..self.there[at].len() {
                let other = self.there[at][who];
                moved.push((other, distance));
                self.relax(other as usize, distance, &mut best, &mut end);
            }
        }
        if matches!(end, End::Nowhere) {
            return false;
        }
        for (home, distance) in full {
            self.home[home as usize] += (best - distance).max(0);
        }
        for (child, distance) in moved {
            self.child[child as usize] += (best - distance).max(0);
        }
        self.follow(child as u32, end);
        self.heap.clear();
        self.enough = i64::MAX;
        for home in self.met.drain(..) {
            self.distance[home as usize] = i64::MAX;
        }
        true
    }

    fn relax(&mut self, child: usize, from: i64, best: &mut i64, end: &mut End) {
        let instance = self.instance;
        let own = self.child[child];
        if !instance.must(child) && from + instance.unplaced - own < *best {
            (*best, *end) = (from + instance.unplaced - own, End::LeavesOut(child as u32));
        }
        for edge in instance.edges(child) {
            let before_home = from + instance.costs[edge] - own;
            if before_home >= *best || before_home > self.enough {
                break;
            }
            let home = instance.homes[edge] as usize;
            let distance = before_home + self.home[home];
            if distance < self.distance[home] && distance < *best && distance <= self.enough {
                if self.distance[home] == i64::MAX {
                    self.met.push(home as u32);
                }
                if self.there[home].len() < instance.places[home] as usize {
                    self.enough = distance;
                }
                self.distance[home] = distance;
                self.by[home] = (child as u32, edge as u32);
                self.heap.push(Reverse((distance, home as u32)));
            }
        }
    }

    /// Moves everybody one along the way back to the child it began with.
    fn follow(&mut self, first: u32, end: End) {
        let left = match end {
            End::Nowhere => None,
            End::Free(home) => Some(home),
            End::LeavesOut(child) => self.leave(child),
        };
        let Some(mut free) = left else { return };
        loop {
            let (child, edge) = self.by[free as usize];
            let before = self.leave(child);
            self.there[free as usize].push(child);
            self.edge[child as usize] = Some(edge);
            match before {
                Some(home) if child != first => free = home,
                _ => return,
            }
        }
    }

    fn leave(&mut self, child: u32) -> Option<u32> {
        let edge = self.edge[child as usize].take()?;
        let home = self.instance.homes[edge as usize];
        self.there[home as usize].retain(|&other| other != child);
        Some(home)
    }
}

impl Assignment {
    /// The home of each child.
    pub fn homes<'a>(&'a self, instance: &'a Instance) -> impl Iterator<Item = Option<u32>> + 'a {
        self.edge.iter().map(|edge| edge.map(|edge| instance.homes[edge as usize]))
    }

    /// How many children have a home, and the total cost of their edges.
    pub fn value(&self, instance: &Instance) -> (u32, i128) {
        let costs = self.edge.iter().flatten().map(|&edge| i128::from(instance.costs[edge as usize]));
        (self.edge.iter().flatten().count() as u32, costs.sum())
    }

    /// Goes through the proof. That it holds means: no assignment leaves fewer children out, or as few at less cost.
    pub fn check(&self, instance: &Instance) -> Result<(), Flaw> {
        let mut used = vec![0u32; instance.places.len()];
        for home in self.homes(instance).flatten() {
            used[home as usize] += 1;
        }
        for (home, (&used, &places)) in used.iter().zip(&instance.places).enumerate() {
            if used > places {
                return Err(Flaw::OverFull(home as u32));
            }
            if self.home[home] < 0 || used < places && self.home[home] != 0 {
                return Err(Flaw::FreeButDear(home as u32));
            }
        }
        for child in 0..instance.children() {
            let own = self.child[child];
            for edge in instance.edges(child) {
                let left = instance.costs[edge] + self.home[instance.homes[edge] as usize] - own;
                let used = self.edge[child] == Some(edge as u32);
                if left < 0 || used && left != 0 {
                    return Err(Flaw::Edge(edge as u32));
                }
            }
            let out = self.edge[child].is_none();
            if !instance.must(child) && (own > instance.unplaced || out && own != instance.unplaced) {
                return Err(Flaw::LeftOut(child as u32));
            }
        }
        Ok(())
    }
}
