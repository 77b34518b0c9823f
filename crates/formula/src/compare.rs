//! Two versions side by side: who gains, who loses, a child, by tenth of deprivation; and the exact Shapley waterfall of
//! what makes the difference.
//!
//! A waterfall that adds one change after another depends on their order. Shapley's value is the average over all orders;
//! with at most eight changes all their combinations are worked out, so it is exact and sums to the whole difference.

use money::Pence;
use serde::Serialize;

use crate::allocate::{Limits, Splitter};
use crate::award::{Terms, YearAward, award};
use crate::params::Parameters;
use crate::table::Table;
use crate::tree::Formula;
use crate::{Decimal, Refused};

/// The most changes that are told apart.
pub const MOST_CHANGES: usize = 8;

/// One version: everything that an award rests on.
#[derive(Clone, Debug)]
pub struct Version {
    /// The formula.
    pub formula: Formula,
    /// Its parameters.
    pub parameters: Parameters,
    /// Its facts.
    pub table: Table,
    /// Its totals and years.
    pub terms: Terms,
}

/// One step of a waterfall: what a change makes of each council's grant, in pounds, exact to 10⁻¹⁸.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// `total`, `formula`, `facts`, a parameter, or a factor.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// By place. The changes of a council sum to its difference.
    pub pounds: Vec<Decimal>,
}

/// What a council's total over all years comes to in both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// In the first version.
    pub from: Pence,
    /// In the second.
    pub to: Pence,
    /// Second less first.
    pub difference: Pence,
    /// The difference for each child, a year, in pounds.
    pub a_child: Option<Decimal>,
    /// In parts of a hundred of the first.
    pub per_cent: Option<Decimal>,
    /// 1 is the tenth of councils that is most deprived.
    pub tenth: Option<u8>,
}

/// Both versions side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// By place.
    pub councils: Vec<Difference>,
    /// Councils that get more.
    pub gainers: usize,
    /// Councils that get less.
    pub losers: usize,
    /// What the gainers gain.
    pub moved: Pence,
    /// By tenth of deprivation, the most deprived first: the difference of its councils, and a child a year.
    pub tenths: Vec<Tenth>,
    /// What makes the difference.
    pub waterfall: Vec<Change>,
}

/// A tenth of councils.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tenth {
    /// 1 is most deprived.
    pub tenth: u8,
    /// How many councils.
    pub councils: usize,
    /// Second less first.
    pub difference: Pence,
    /// For each child, a year, in pounds.
    pub a_child: Option<Decimal>,
}

/// Compares two versions on the same councils and years. `deprivation` is the indicator that makes the tenths.
pub fn compare(from: &Version, to: &Version, deprivation: &str) -> Result<Comparison, Refused> {
    let codes = |version: &Version| version.table.places().iter().map(|place| place.code.clone()).collect::<Vec<_>>();
    if codes(from) != codes(to) || from.terms.totals.len() != to.terms.totals.len() {
        let sentence = "two versions are compared on the same councils and as many years";
        return Err(Refused::new("compare.unlike", sentence));
    }
    let (one, other) = (award_of(from)?, award_of(to)?);
    let waterfall = waterfall(from, to)?;
    let tenths = tenths(&to.table, deprivation);
    let years = Decimal::whole(i64::try_from(to.terms.totals.len()).unwrap_or(1));
    let heads = other.years[0].heads.as_ref().or(one.years[0].heads.as_ref());
    let a_child = |pence: i64, heads: Decimal| Decimal::hundredths(pence).checked_div(heads)?.checked_div(years);
    let councils: Vec<Difference> = (0..from.table.places().len())
        .map(|at| {
            let (from, to) = (one.total(at), other.total(at));
            let difference = to - from;
            let hundred = Decimal::hundredths(difference.get()) * Decimal::whole(100);
            Difference {
                from,
                to,
                difference,
                a_child: heads.and_then(|heads| a_child(difference.get(), heads[at])),
                per_cent: hundred.checked_div(Decimal::hundredths(from.get())),
                tenth: tenths.as_ref().map(|tenths| tenths[at]),
            }
        })
        .collect();
    let by_tenth = |tenth: u8| {
        let of: Vec<usize> = (0..councils.len()).filter(|at| councils[*at].tenth == Some(tenth)).collect();
        let difference: Pence = of.iter().map(|at| councils[*at].difference).sum();
        let children = heads.map(|heads| of.iter().map(|at| heads[*at]).sum::<Decimal>());
        let a_child = children.and_then(|children| a_child(difference.get(), children));
        Tenth { tenth, councils: of.len(), difference, a_child }
    };
    Ok(Comparison {
        gainers: councils.iter().filter(|council| council.difference > Pence::ZERO).count(),
        losers: councils.iter().filter(|council| council.difference < Pence::ZERO).count(),
        moved: councils.iter().map(|council| council.difference.max(Pence::ZERO)).sum(),
        tenths: if tenths.is_some() { (1..=10).map(by_tenth).collect() } else { Vec::new() },
        councils,
        waterfall,
    })
}

fn award_of(version: &Version) -> Result<crate::award::Award, Refused> {
    award(&version.formula, &version.parameters, &version.table, &version.terms)
}

/// The tenth of each council: 1 has the highest values. Councils of one value share the tenth of the first of them.
fn tenths(table: &Table, indicator: &str) -> Option<Vec<u8>> {
    let values = table.column(indicator).ok()?;
    let tenth = |own: &Decimal| {
        let above = values.iter().filter(|value| *value > own).count();
        u8::try_from(above * 10 / values.len() + 1).ok()
    };
    values.iter().map(tenth).collect()
}

/// Shapley's values of `changes` players over councils. `worth` gives the pence by place when the players of a mask have
/// changed. Exact: numerators in whole pence over n!, divided once.
pub fn shapley(
    changes: usize,
    mut worth: impl FnMut(u32) -> Result<Vec<i64>, Refused>,
) -> Result<Vec<Vec<Decimal>>, Refused> {
    if changes > MOST_CHANGES {
        let sentence = format!("the versions differ in {changes} ways; a waterfall tells at most {MOST_CHANGES} apart");
        return Err(Refused::new("compare.changes", sentence));
    }
    let all: Vec<Vec<i64>> = (0..1_u32 << changes).map(&mut worth).collect::<Result<_, _>>()?;
    let factorial = |of: usize| (1..=i128::try_from(of).unwrap_or(1)).product::<i128>();
    let whole = factorial(changes);
    let places = all[0].len();
    let value = |player: usize, place: usize| {
        let mut sum = 0_i128;
        for mask in (0..all.len()).filter(|mask| mask & (1 << player) == 0) {
            let before = mask.count_ones() as usize;
            let orders = factorial(before) * factorial(changes - before - 1);
            sum += orders * i128::from(all[mask | (1 << player)][place] - all[mask][place]);
        }
        // Hundredths of a pound over n!.
        Decimal::raw(sum * Decimal::hundredths(1).to_raw() / whole)
    };
    Ok((0..changes).map(|player| (0..places).map(|place| value(player, place)).collect()).collect())
}

#[derive(Clone, Debug)]
enum Lever {
    Totals,
    Formula,
    Facts,
    Parameter(String),
    OtherParameters(Vec<String>),
}

/// What differs between two versions, and what each difference makes of every grant.
fn waterfall(from: &Version, to: &Version) -> Result<Vec<Change>, Refused> {
    let levers = levers(from, to);
    let worth = |mask: u32| {
        let mut version = from.clone();
        for (at, lever) in levers.iter().enumerate() {
            if mask & (1 << at) != 0 {
                lever.pull(&mut version, to);
            }
        }
        let award = award_of(&version)?;
        Ok((0..version.table.places().len()).map(|place| award.total(place).get()).collect())
    };
    let values = shapley(levers.len(), worth)?;
    let change = |(lever, pounds): (&Lever, Vec<Decimal>)| {
        let (id, title) = lever.named(to);
        Change { id, title, pounds }
    };
    Ok(levers.iter().zip(values).map(change).collect())
}

fn levers(from: &Version, to: &Version) -> Vec<Lever> {
    let mut levers = Vec::new();
    if from.terms.totals != to.terms.totals || from.terms.previous != to.terms.previous {
        levers.push(Lever::Totals);
    }
    if from.formula != to.formula || from.terms.base != to.terms.base {
        levers.push(Lever::Formula);
    }
    if from.table != to.table {
        levers.push(Lever::Facts);
    }
    let differs = |id: &str| from.parameters.get(id) != to.parameters.get(id);
    let ids = to.parameters.all().iter().map(|parameter| parameter.id.clone());
    let mut ids: Vec<String> = ids.filter(|id| differs(id) && from.parameters.get(id).is_some()).collect();
    let room = MOST_CHANGES - levers.len();
    let rest = if ids.len() > room { ids.split_off(room - 1) } else { Vec::new() };
    levers.extend(ids.into_iter().map(Lever::Parameter));
    if !rest.is_empty() {
        levers.push(Lever::OtherParameters(rest));
    }
    levers
}

impl Lever {
    fn pull(&self, version: &mut Version, to: &Version) {
        let set = |version: &mut Version, id: &String| {
            if let Some(parameter) = to.parameters.get(id) {
                version.parameters.replace(parameter.clone());
            }
        };
        match self {
            Lever::Totals => {
                version.terms.totals.clone_from(&to.terms.totals);
                version.terms.previous.clone_from(&to.terms.previous);
            }
            Lever::Formula => {
                version.formula = to.formula.clone();
                version.terms.base = to.terms.base;
                // A formula's own parameters come with it.
                for parameter in to.parameters.all() {
                    if version.parameters.get(&parameter.id).is_none() {
                        version.parameters.replace(parameter.clone());
                    }
                }
            }
            Lever::Facts => version.table = to.table.clone(),
            Lever::Parameter(id) => set(version, id),
            Lever::OtherParameters(ids) => ids.iter().for_each(|id| set(version, id)),
        }
    }

    fn named(&self, to: &Version) -> (String, String) {
        let named = |id: &str, title: &str| (id.to_owned(), title.to_owned());
        match self {
            Lever::Totals => named("total", "The total, or last year's grants"),
            Lever::Formula => named("formula", &format!("The formula: {}", to.formula.title)),
            Lever::Facts => named("facts", "The facts"),
            Lever::Parameter(id) => {
                let title = to.parameters.get(id).map_or(id.as_str(), |parameter| parameter.title.as_str());
                named(id, title)
            }
            Lever::OtherParameters(ids) => named("other", &format!("Other parameters: {}", ids.join(", "))),
        }
    }
}

/// From the same for every child to a year's formula, factor by factor: until a factor counts, its weight goes by
/// children. Area cost is the last change. Floors and caps are left out: they have lines of their own.
pub fn by_factor(formula: &Formula, year: &YearAward) -> Result<Vec<Change>, Refused> {
    let heads = year.heads.as_ref().ok_or_else(|| {
        Refused::new(
            "compare.heads",
            format!("the formula {} counts no heads, so there is no same for every child", formula.id),
        )
    })?;
    let column = |step: &String| year.registers.column(year.program.register(step)).to_vec();
    let all: Decimal = heads.iter().copied().sum();
    let factors: Vec<(Vec<Decimal>, Decimal)> = formula
        .factors
        .iter()
        .map(|factor| {
            let part = column(&factor.step);
            let weight = part.iter().copied().sum();
            (part, weight)
        })
        .collect();
    let cost = formula.area_cost.as_ref().map(column);
    let mut splitter = Splitter::default();
    let worth = |mask: u32| {
        let need: Vec<Decimal> = (0..heads.len())
            .map(|at| {
                let part = |(which, (part, weight)): (usize, &(Vec<Decimal>, Decimal))| {
                    let counts = mask & (1 << which) != 0;
                    if counts { part[at] } else { (*weight * heads[at]).checked_div(all).unwrap_or_default() }
                };
                factors.iter().enumerate().map(part).sum()
            })
            .collect();
        let costed = cost.as_deref().filter(|_| mask & (1 << factors.len()) != 0);
        splitter.split(&need, costed, year.total, &Limits::default())?;
        Ok(splitter.pence.clone())
    };
    let values = shapley(factors.len() + usize::from(cost.is_some()), worth)?;
    let names = formula.factors.iter().map(|factor| (factor.id.clone(), factor.title.clone()));
    let names = names.chain([("area-cost".to_owned(), "Area cost".to_owned())]);
    Ok(names.zip(values).map(|((id, title), pounds)| Change { id, title, pounds }).collect())
}
