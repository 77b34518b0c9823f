//! Homes for children, before anything is assigned: for one child the cheapest, for a group all that each could be in.

use crate::joint::{MOST_POINTS, Problem, WISH_POINTS, class_and_points};
use crate::planes::{LANES, lanes};
use crate::scan::{Reach, Scan, Sight};

/// One child's possible homes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Candidates {
    /// Homes (in token order) and costs, the cheapest first.
    pub list: Vec<(u32, i64)>,
    /// How many homes are possible.
    pub possible: u32,
}

impl Candidates {
    pub fn complete(&self) -> bool {
        self.list.len() == self.possible as usize
    }

    /// Every home that is left out costs at least this.
    pub fn beyond(&self) -> i64 {
        if self.complete() { i64::MAX } else { self.list.last().map_or(0, |last| last.1) }
    }
}

/// The homes of a word that could have a child, before any is looked at by itself.
struct Prospect {
    sight: Sight,
    reach: Reach,
    /// Homes of each class, and those of which it is not known, with what the cheapest may cost at the least.
    classes: [(i64, u64); 4],
    /// The least of these.
    least: i64,
}

impl<'a> Problem<'a> {
    /// The cheapest homes for a child, all homes looked at: word by word, from where the cheapest may be.
    pub fn look(&self, child: usize, most: usize) -> Candidates {
        let (scan, register) = (self.scan(child), self.joint.register);
        let words = (0..register.ground.words()).map(|word| (word, scan.asked.possible(word).known));
        let prospects = words.filter(|&(_, known)| known != 0).map(|(word, known)| self.prospect(&scan, word, known));
        let prospects: Vec<Prospect> = prospects.collect();
        let mut order: Vec<(i64, u32)> = prospects.iter().map(|prospect| prospect.least).zip(0..).collect();
        order.sort_unstable();
        let mut dearest = (i64::MAX, u32::MAX);
        let mut kept: Vec<(i64, u32)> = Vec::with_capacity(2 * most.min(register.len()));
        for (least, at) in order {
            if least > dearest.0 {
                break;
            }
            let Prospect { sight, reach, classes, .. } = &prospects[at as usize];
            let worth =
                classes.iter().filter(|(least, _)| *least <= dearest.0).fold(0, |worth, (_, homes)| worth | homes);
            for lane in lanes(worth) {
                let (class, points) = class_and_points(self.children[child], scan.standing(sight, reach, lane));
                let pair = (self.weights.cost(class, points), self.token_order[sight.word * LANES + lane]);
                if pair < dearest {
                    kept.push(pair);
                    if kept.len() == 2 * most {
                        kept.select_nth_unstable(most - 1);
                        kept.truncate(most);
                        dearest = kept[most - 1];
                    }
                }
            }
        }
        kept.sort_unstable();
        kept.truncate(most);
        Candidates {
            list: kept.into_iter().map(|(cost, home)| (home, cost)).collect(),
            possible: prospects.iter().map(|prospect| prospect.sight.homes.count_ones()).sum(),
        }
    }

    /// What the homes of a word can cost at the least, class by class.
    fn prospect(&self, scan: &Scan, word: usize, homes: u64) -> Prospect {
        let (sight, reach) = (scan.sight(word, homes), scan.reach(word));
        let met = &sight.met[..scan.asked.search.wishes.len()];
        let any = met.iter().fold(0, |any, met| any | met);
        let first = met.first().copied().unwrap_or(u64::MAX);
        let mut class = 0;
        let classes = [first, any & !first, !(any | first)].map(|of_class| {
            let homes = homes & of_class & !sight.itself;
            let wishes = met.iter().filter(|&met| met & homes != 0).count() as u64;
            let shared = scan.shared(sight.language & homes != 0, sight.faith & homes != 0);
            let points = wishes * WISH_POINTS + reach.most.siblings + reach.most.closeness + reach.most.rest + shared;
            let least = self.weights.cost(class, (points as i64).min(MOST_POINTS));
            class += 1;
            (if homes == 0 { i64::MAX } else { least }, homes)
        });
        // A home that has to be asked itself may be as cheap as any.
        let [first, second, third] = classes;
        let itself = (if sight.itself == 0 { i64::MAX } else { 0 }, sight.itself);
        let classes = [first, second, third, itself];
        let least = classes.iter().map(|&(least, _)| least).min().unwrap_or(i64::MAX);
        Prospect { sight, reach, classes, least }
    }

    /// A child's search, made ready for the register.
    fn scan(&self, child: usize) -> Scan<'a> {
        Scan::new(self.children[child], self.joint.register, self.joint.rules)
    }

    /// The homes that each of these children could be in alone, each home once.
    pub fn homes_for(&self, children: &[usize]) -> Vec<u32> {
        let register = self.joint.register;
        let scans: Vec<Scan> = children.iter().map(|&child| self.scan(child)).collect();
        let words = (0..register.ground.words()).flat_map(|word| {
            let known = scans.iter().map(|scan| scan.asked.possible(word).known);
            lanes(known.fold(u64::MAX, |all, known| all & known)).map(move |lane| word * LANES + lane)
        });
        words.map(|at| self.token_order[at]).collect()
    }
}
