//! A second engine, for tests alone: slow, and so plain that it can be read against the formula. It walks each step's tree
//! for each council, adds the columns up afresh wherever a share is asked for, and rounds by largest remainder. The fast
//! draws must give its pence, all of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::BTreeMap;

use kernel::Night;
use money::Pence;

use crate::chance::Key;
use crate::facts::Facts;
use crate::tree::{Expr, Formula, Years};
use crate::uncertainty::{Draw, Place, Range};
use crate::{Decimal, Model, Parameters, Table, Terms, award, shipped};

struct Plain<'a> {
    formula: &'a Formula,
    years: Years,
    columns: BTreeMap<String, Vec<Decimal>>,
    parameters: BTreeMap<String, Decimal>,
    councils: usize,
}

impl Plain<'_> {
    fn step(&self, id: &str) -> Vec<Decimal> {
        let step = self.formula.steps.iter().find(|step| step.id == id).unwrap();
        self.column(&step.is)
    }

    fn column(&self, expr: &Expr) -> Vec<Decimal> {
        let each = |one: &Expr, other: &Expr, work: &dyn Fn(Decimal, Decimal) -> Decimal| -> Vec<Decimal> {
            let (one, other) = (self.column(one), self.column(other));
            (0..self.councils).map(|at| work(one[at], other[at])).collect()
        };
        let fold = |parts: &[Expr], work: &dyn Fn(Decimal, Decimal) -> Decimal| -> Vec<Decimal> {
            let columns: Vec<Vec<Decimal>> = parts.iter().map(|part| self.column(part)).collect();
            (0..self.councils).map(|at| columns.iter().map(|column| column[at]).reduce(work).unwrap()).collect()
        };
        let divided = |a: Decimal, b: Decimal| a.checked_div(b).unwrap();
        match expr {
            Expr::Number(number) => vec![*number; self.councils],
            Expr::Indicator(id) => self.columns[&self.years.name(id)].clone(),
            Expr::Parameter(id) => vec![self.parameters[id]; self.councils],
            Expr::Step(id) => self.step(id),
            Expr::Sum(parts) => fold(parts, &|a, b| a + b),
            Expr::Product(parts) => fold(parts, &|a, b| a * b),
            Expr::Difference(two) => each(&two[0], &two[1], &|a, b| a - b),
            Expr::Quotient(two) => each(&two[0], &two[1], &divided),
            Expr::Share(of) => {
                let column = self.column(of);
                let sum: Decimal = column.iter().copied().sum();
                column.into_iter().map(|value| divided(value, sum)).collect()
            }
            Expr::Transition { from, to, part } => {
                let (from, to, part) = (self.column(from), self.column(to), self.column(part));
                (0..self.councils).map(|at| from[at] + (to[at] - from[at]) * part[at]).collect()
            }
            other => panic!("the shipped formula has no {other:?}"),
        }
    }

    /// Pence of each council: shares of need × cost, whole pence, what is left to the largest remainders.
    fn pence(&self, total: Pence) -> Vec<i64> {
        let need = self.step(&self.formula.need);
        let cost = self.step(self.formula.area_cost.as_ref().unwrap());
        let weights: Vec<Decimal> = need.iter().zip(&cost).map(|(need, cost)| *need * *cost).collect();
        let sum: Decimal = weights.iter().copied().sum();
        let pounds = Decimal::hundredths(total.get());
        let exact: Vec<Decimal> = weights.iter().map(|weight| pounds * weight.checked_div(sum).unwrap()).collect();
        let penny = Decimal::hundredths(1).to_raw();
        let mut pence: Vec<i64> =
            exact.iter().map(|exact| i64::try_from(exact.to_raw().div_euclid(penny)).unwrap()).collect();
        let mut order: Vec<usize> = (0..self.councils).collect();
        order.sort_by_key(|at| (-exact[*at].to_raw().rem_euclid(penny), *at));
        let left = usize::try_from(total.get() - pence.iter().sum::<i64>()).unwrap();
        for at in order.into_iter().take(left) {
            pence[at] += 1;
        }
        pence
    }
}

/// The formula's inputs as one draw has them, by the documented rule: value × (1 + deviation × years ahead × a normal
/// number of the draw, the input and the council), never below nought; weights as drawn.
fn disturbed<'a>(
    formula: &'a Formula,
    parameters: &Parameters,
    table: &Table,
    terms: &Terms,
    uncertain: &[crate::Uncertain],
    draw: &Draw,
) -> Plain<'a> {
    let on = crate::first_day(terms.first).unwrap();
    let years = Years { year: terms.first, base: terms.base };
    let mut plain =
        Plain { formula, years, columns: BTreeMap::new(), parameters: BTreeMap::new(), councils: table.places().len() };
    for parameter in parameters.all() {
        if let Ok(dated) = parameters.at(&parameter.id, on, terms.known) {
            plain.parameters.insert(parameter.id.clone(), dated.value);
        }
    }
    for indicator in table.indicators() {
        plain.columns.insert(indicator.to_owned(), table.column(indicator).unwrap());
    }
    for (thing, place) in uncertain.iter().zip(&draw.at) {
        match (place, &thing.range) {
            (Place::Value(value), _) => drop(plain.parameters.insert(thing.id.clone(), *value)),
            (Place::Field(field), Range::Error { deviation }) => {
                let prefix = thing.id.strip_prefix("error.").unwrap();
                for (indicator, column) in plain.columns.iter_mut().filter(|(id, _)| id.starts_with(prefix)) {
                    let last = indicator.rsplit('_').next().unwrap();
                    let ahead = match last.parse::<i64>() {
                        Ok(last) if indicator.starts_with("population") => (last - i64::from(terms.base)).max(0),
                        _ => 1,
                    };
                    for (value, council) in column.iter_mut().zip(table.places()) {
                        let normal = field.and(Key::new(0).word(&council.code).number()).normal();
                        let error = *deviation * Decimal::whole(ahead) * normal;
                        *value = (*value + *value * error).max(Decimal::ZERO);
                    }
                }
            }
            other => panic!("a draw of everything has no {other:?}"),
        }
    }
    plain
}

/// Every council of England, thousands of draws, every penny.
#[test]
fn fast_draws_are_the_plain_engines_to_the_penny() {
    let (formula, parameters) = (shipped::formula("children-act").unwrap(), shipped::parameters().unwrap());
    let whole = Table::of(&Facts::shipped());
    // The plain engine copies its columns for every draw: those that the formula reads are enough.
    let known = Night::parse_iso("2026-03-31").unwrap();
    let terms = Terms { first: 2026, totals: vec![Pence::new(1_250_000_000_007)], base: 2023, known, previous: None };
    let award = award(&formula, &parameters, &whole, &terms).unwrap();
    let mut table = Table::new(whole.places().to_vec()).unwrap();
    for (input, _) in &award.years[0].program.inputs {
        let cells = (0..whole.places().len()).map(|at| whole.cell(input, at).cloned()).collect();
        table.put(whole.about(input).unwrap().clone(), cells);
    }
    let model = Model::new(&formula, &parameters, &table, &award.years[0], &terms, None).unwrap();
    let undisturbed = disturbed(&formula, &parameters, &table, &terms, &[], &model.chosen());
    assert_eq!(undisturbed.pence(terms.totals[0]), model.chosen_grants());
    let draws = 0..3_000_u64;
    let one_part = |numbers: std::ops::Range<u64>| {
        let mut room = model.room();
        for number in numbers {
            let draw = model.draw(7, number);
            let plain = disturbed(&formula, &parameters, &table, &terms, &model.uncertain, &draw);
            let fast = model.split(&draw, &mut room).unwrap();
            assert_eq!(fast.len(), 153);
            assert_eq!(fast, plain.pence(terms.totals[0]), "draw {number}");
        }
    };
    std::thread::scope(|scope| {
        let half = draws.end / 2;
        let (first, one_part) = (draws.start..half, &one_part);
        scope.spawn(move || one_part(first));
        one_part(half..draws.end);
    });
}
