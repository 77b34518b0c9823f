//! The shortlist of one child: the homes that could be offered, the child's own order, every exclusion counted.

use std::cmp::Reverse;

use serde::Serialize;

use crate::asked::Counts;
use crate::constraint::{Constraint, Verdicts};
use crate::home::{Accreditation, Home, Inspection};
use crate::order::{Met, Rules, Standing, met, siblings_here, standing};
use crate::refs::HomeId;
use crate::register::Register;
use crate::scan::Scan;
use crate::search::{Search, SearchError};
use crate::tie::TieKey;
use crate::words::{Faiths, Kind, Languages};
use kernel::GridPoint;

/// How many homes to show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Homes with explanations.
    pub shown: usize,
    /// Homes where something has to be asked first.
    pub to_ask: usize,
    /// What is near, for counting what is missing: metres from home, or from school if home is not given.
    pub area: u32,
}

impl Default for Limits {
    /// Twenty homes, ten to ask, and 20 miles.
    fn default() -> Limits {
        Limits { shown: 20, to_ask: 10, area: 32_187 }
    }
}

/// What the search found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Shortlist {
    /// Which tables the order is from.
    pub rules: String,
    /// Homes that can be offered, the best first.
    pub offered: Vec<Offered>,
    /// Homes that could be offered if a question were answered yes, the best first.
    pub to_ask: Vec<Offered>,
    /// How many can be offered.
    pub possible: u32,
    /// How many have only questions against them.
    pub uncertain: u32,
    /// How many homes were looked at: all of the register.
    pub looked_at: u32,
    /// Why the others were left out.
    pub left_out: Vec<LeftOut>,
}

/// How many homes a constraint leaves out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct LeftOut {
    /// Which.
    pub constraint: Constraint,
    /// Homes for which it is the first that fails, in the order of [`Constraint::ALL`]: these add up to all left out.
    pub homes: u32,
    /// Homes in the area that it alone leaves out: what would be there if it were mended.
    pub alone: u32,
}

/// One home, explained.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Offered {
    /// Which.
    pub home: HomeId,
    /// What sort.
    pub kind: Kind,
    /// Where.
    pub at: GridPoint,
    /// Where it stands.
    pub standing: Standing,
    /// Among its equals.
    pub token: u64,
    /// How each constraint stands.
    pub verdicts: Verdicts,
    /// Whether each wish is met, in the child's order.
    pub wishes: Vec<Met>,
    /// Brothers and sisters who live there.
    pub siblings: u64,
    /// Metres from home.
    pub from_home: Option<u32>,
    /// Metres from school.
    pub from_school: Option<u32>,
    /// Languages shared.
    pub languages: Languages,
    /// The child's faith, if it is lived there.
    pub faith: Faiths,
    /// Shown, and of no effect.
    pub accreditation: Accreditation,
    /// Shown, and of no effect.
    pub inspection: Inspection,
}

impl Offered {
    pub(crate) fn of(search: &Search, home: &Home, rules: &Rules, key: TieKey) -> Offered {
        Offered {
            home: home.id,
            kind: home.kind,
            at: home.at,
            standing: standing(search, home, rules),
            token: key.token(home.id.number()),
            verdicts: Verdicts::of(search, home),
            wishes: search.wishes.iter().map(|wish| met(search, home, wish)).collect(),
            siblings: siblings_here(search, home),
            from_home: search.home.map(|from| from.metres(home.at)),
            from_school: search.school.map(|from| from.metres(home.at)),
            languages: search.languages.and(home.languages),
            faith: home.faiths.and(search.faith.map_or(Faiths::NONE, Faiths::from)),
            accreditation: home.accreditation,
            inspection: home.inspection,
        }
    }
}

/// The best so many, found while homes go by. Equals are told apart at the end, for a token takes longer than all the rest.
pub(crate) struct Best {
    /// The best standings so far, the best first.
    top: Vec<Standing>,
    /// Homes that may be among the best, with those that were until others came.
    kept: Vec<(Standing, u32)>,
    most: usize,
    /// No home below this can still be kept.
    pub least: Standing,
}

impl Best {
    pub(crate) fn new(most: usize) -> Best {
        Best { top: Vec::with_capacity(most + 1), kept: Vec::new(), most, least: Standing::default() }
    }

    #[inline]
    pub(crate) fn offer(&mut self, standing: Standing, at: usize) {
        if standing < self.least || self.most == 0 {
            return;
        }
        self.kept.push((standing, at as u32));
        if self.top.len() == self.most && standing == self.least {
            return;
        }
        let place = self.top.partition_point(|&other| other >= standing);
        self.top.insert(place, standing);
        self.top.truncate(self.most);
        if self.top.len() == self.most {
            self.least = self.top[self.most - 1];
        }
    }

    /// Where the best are: the better standing first, then the lower token.
    pub(crate) fn places(self, register: &Register, key: TieKey) -> Vec<usize> {
        let kept = self.kept.into_iter().filter(|(standing, _)| *standing >= self.least);
        let mut kept: Vec<(Reverse<Standing>, u64, u32)> = kept
            .map(|(standing, at)| (Reverse(standing), key.token(register.homes()[at as usize].id.number()), at))
            .collect();
        kept.sort_unstable();
        kept.truncate(self.most);
        kept.into_iter().map(|(_, _, at)| at as usize).collect()
    }
}

/// Looks at every home of the register for one child.
///
/// The same search, register, tables and key give the same bytes, whatever order the homes were given in.
pub fn shortlist(
    search: &Search,
    register: &Register,
    rules: &Rules,
    key: TieKey,
    limits: Limits,
) -> Result<Shortlist, SearchError> {
    search.check()?;
    let scan = Scan::new(search, register, rules);
    let mut best = Best::new(limits.shown);
    let mut to_ask = Best::new(limits.to_ask);
    let area = search.home.or(search.school).map(|middle| (middle, limits.area));
    let (mut possible, mut uncertain) = (0, 0);
    let counts = scan.asked.each(area, |open| {
        possible += open.known.count_ones();
        uncertain += open.to_ask.count_ones();
        scan.each(open.word, open.known, best.least, |at, standing| best.offer(standing, at));
        scan.each(open.word, open.to_ask, to_ask.least, |at, standing| to_ask.offer(standing, at));
    });
    let explain = |best: Best| -> Vec<Offered> {
        let places = best.places(register, key).into_iter();
        places.map(|at| Offered::of(search, &register.homes()[at], rules, key)).collect()
    };
    Ok(Shortlist {
        rules: rules.version.clone(),
        offered: explain(best),
        to_ask: explain(to_ask),
        possible,
        uncertain,
        looked_at: register.len() as u32,
        left_out: left_out(&counts),
    })
}

fn left_out(counts: &Counts) -> Vec<LeftOut> {
    let each = Constraint::ALL.into_iter().zip(counts.first.iter().zip(&counts.alone));
    let each = each.map(|(constraint, (&homes, &alone))| LeftOut { constraint, homes, alone });
    each.filter(|left| left.homes > 0).collect()
}
