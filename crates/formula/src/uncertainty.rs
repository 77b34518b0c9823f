//! How certain a grant is. Every draw disturbs each council's projected and proxy figures by their stated errors and the
//! weights within their ranges, and splits the total again; what the draws leave is an interval for each council, and
//! how far its place among councils holds.
//!
//! An indicator's error is the parameter `error.…` whose name its id begins with, a relative standard deviation; that of
//! a year after the base year counts once for each year ahead. A weight moves evenly between its `low` and `high`.
//!
//! Cost of a draw: a normal number for each council and disturbed input, one run of the program, one split, one sort.

use money::Pence;
use serde::Serialize;

use crate::allocate::{Limits, Splitter};
use crate::award::{YearAward, first_day, limits};
use crate::chance::Key;
use crate::params::Parameters;
use crate::program::{Register, Registers};
use crate::table::Table;
use crate::tree::Formula;
use crate::{Decimal, Refused};

/// Something that is not known for certain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Uncertain {
    /// The parameter: a weight, or the `error.…` of indicators.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// What it can be.
    pub range: Range,
}

/// How far it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Range {
    /// A number for all councils, evenly between two.
    Even {
        /// The least.
        low: Decimal,
        /// The value that was chosen.
        chosen: Decimal,
        /// The most.
        high: Decimal,
    },
    /// A relative error of each council's own figures.
    Error {
        /// The standard deviation, for a year.
        deviation: Decimal,
    },
}

#[derive(Clone, Debug)]
struct Disturbed {
    /// Which uncertain thing.
    of: usize,
    register: Register,
    deviation: Decimal,
}

/// A year of an award made ready for thousands of splits.
pub struct Model<'a> {
    formula: &'a Formula,
    year: &'a YearAward,
    loaded: Registers,
    limits: Limits,
    codes: Vec<Key>,
    disturbed: Vec<Disturbed>,
    scalars: Vec<(usize, Register)>,
    /// What is uncertain, weights first.
    pub uncertain: Vec<Uncertain>,
}

/// Where each uncertain thing is in one draw. Weights have a value; errors have the key of their field of errors.
#[derive(Clone, Debug)]
pub struct Draw {
    /// By uncertain thing.
    pub at: Vec<Place>,
}

/// One coordinate of a draw.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// As chosen, without error.
    Chosen,
    /// This value.
    Value(Decimal),
    /// This field of errors.
    Field(Key),
    /// One council's own figure alone, by its place, so many standard deviations off.
    Own(usize, Decimal),
}

/// Room for one thread's draws.
pub struct Room {
    registers: Registers,
    splitter: Splitter,
}

impl<'a> Model<'a> {
    /// Of one year. `previous` are last year's grants where floors or caps look at them.
    pub fn new(
        formula: &'a Formula,
        parameters: &Parameters,
        table: &Table,
        year: &'a YearAward,
        terms: &crate::award::Terms,
        previous: Option<&[Pence]>,
    ) -> Result<Model<'a>, Refused> {
        let on = first_day(year.year)?;
        let root = Key::new(0);
        let mut model = Model {
            formula,
            year,
            loaded: year.program.load(table)?,
            limits: limits(formula, parameters, on, terms.known, previous)?,
            codes: table.places().iter().map(|place| root.word(&place.code)).collect(),
            disturbed: Vec::new(),
            scalars: Vec::new(),
            uncertain: Vec::new(),
        };
        for scalar in &year.program.scalars {
            let Some(parameter) = parameters.get(&scalar.id) else { continue };
            let (Some(low), Some(high)) = (parameter.low, parameter.high) else { continue };
            model.scalars.push((model.uncertain.len(), scalar.register));
            let range = Range::Even { low, chosen: scalar.value, high };
            model.uncertain.push(Uncertain { id: parameter.id.clone(), title: parameter.title.clone(), range });
        }
        for (indicator, register) in &year.program.inputs {
            let named = |parameter: &&crate::Parameter| {
                parameter.id.strip_prefix("error.").is_some_and(|prefix| indicator.starts_with(prefix))
            };
            let found = parameters.all().iter().filter(named).max_by_key(|parameter| parameter.id.len());
            let Some(parameter) = found else { continue };
            let deviation = parameters.at(&parameter.id, on, terms.known)?.value;
            let ahead = years_ahead(indicator, terms.base);
            if ahead == 0 || deviation.is_zero() {
                continue;
            }
            let known = model.uncertain.iter().position(|uncertain| uncertain.id == parameter.id);
            let of = known.unwrap_or_else(|| {
                let (id, title) = (parameter.id.clone(), parameter.title.clone());
                model.uncertain.push(Uncertain { id, title, range: Range::Error { deviation } });
                model.uncertain.len() - 1
            });
            model.disturbed.push(Disturbed { of, register: *register, deviation: deviation * Decimal::whole(ahead) });
        }
        Ok(model)
    }

    /// The grants as awarded, in pence by place.
    pub fn chosen_grants(&self) -> Vec<i64> {
        self.year.lines.iter().map(|lines| lines.grant.get()).collect()
    }

    /// Room to draw in; each thread has its own.
    pub fn room(&self) -> Room {
        Room { registers: self.loaded.clone(), splitter: Splitter::default() }
    }

    /// A draw of everything, by its number.
    pub fn draw(&self, seed: u64, number: u64) -> Draw {
        let key = Key::new(seed).and(number);
        let place = |uncertain: &Uncertain| {
            let key = key.word(&uncertain.id);
            match &uncertain.range {
                Range::Even { low, high, .. } => Place::Value(*low + (*high - *low) * key.even()),
                Range::Error { .. } => Place::Field(key),
            }
        };
        Draw { at: self.uncertain.iter().map(place).collect() }
    }

    /// The draw in which nothing differs.
    pub fn chosen(&self) -> Draw {
        Draw { at: vec![Place::Chosen; self.uncertain.len()] }
    }

    /// Splits the total again; the pence by place are good until the next.
    pub fn split<'r>(&self, draw: &Draw, room: &'r mut Room) -> Result<&'r [i64], Refused> {
        for (of, register) in &self.scalars {
            let value = match (&draw.at[*of], &self.uncertain[*of].range) {
                (Place::Value(value), _) => *value,
                (_, Range::Even { chosen, .. }) => *chosen,
                _ => continue,
            };
            room.registers.column_mut(*register).fill(value);
        }
        for disturbed in &self.disturbed {
            let true_values = self.loaded.column(disturbed.register);
            let column = room.registers.column_mut(disturbed.register);
            let field = match draw.at[disturbed.of] {
                Place::Field(field) => field,
                other => {
                    column.copy_from_slice(true_values);
                    if let Place::Own(place, deviations) = other {
                        let error = true_values[place] * (disturbed.deviation * deviations);
                        column[place] = (true_values[place] + error).max(Decimal::ZERO);
                    }
                    continue;
                }
            };
            for ((value, code), column) in true_values.iter().zip(&self.codes).zip(column) {
                let error = disturbed.deviation * field.and(code.number()).normal();
                *column = (*value + *value * error).max(Decimal::ZERO);
            }
        }
        let program = &self.year.program;
        program.run(&mut room.registers)?;
        let need = room.registers.column(program.register(&self.formula.need));
        let cost = self.formula.area_cost.as_ref().map(|step| room.registers.column(program.register(step)));
        room.splitter.split(need, cost, self.year.total, &self.limits)?;
        Ok(&room.splitter.pence)
    }
}

/// Years from the base year to the year that an indicator's id ends in; one for what is not after the base year but is
/// no count of people of the base year either.
fn years_ahead(indicator: &str, base: i16) -> i64 {
    let year: Option<i16> = indicator.rsplit('_').next().and_then(|year| year.parse().ok());
    match year {
        Some(year) if indicator.starts_with("population") => i64::from((year - base).max(0)),
        _ => 1,
    }
}

/// One council's interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Interval {
    /// The grant as awarded.
    pub grant: Pence,
    /// One draw in twenty is below.
    pub low: Pence,
    /// Half are below.
    pub middle: Pence,
    /// One in twenty is above.
    pub high: Pence,
    /// Its place by pounds a child (or by pounds, where no heads are counted): 1 gets most.
    pub rank: u16,
    /// One draw in twenty has it at a lower number.
    pub rank_low: u16,
    /// One in twenty at a higher.
    pub rank_high: u16,
    /// In how many draws of a hundred it is in the same fifth of councils.
    pub same_fifth: u16,
}

/// How many threads work when nobody says: as many as the machine has.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Draws and splits so many times. The result does not depend on the number of threads.
pub fn intervals(model: &Model, seed: u64, draws: u32, threads: usize) -> Result<Vec<Interval>, Refused> {
    if draws < 20 {
        return Err(Refused::new("uncertainty.draws", format!("{draws} draws say nothing; take at least 20")));
    }
    let places = model.codes.len();
    let heads = model.year.heads.as_deref();
    let parts = split_evenly(u64::from(draws), threads);
    let work = |(from, to): (u64, u64)| -> Result<Vec<(i64, u16)>, Refused> {
        let mut room = model.room();
        let mut results = Vec::with_capacity(places * usize::try_from(to - from).unwrap_or(0));
        let mut order = Vec::new();
        for number in from..to {
            let pence = model.split(&model.draw(seed, number), &mut room)?;
            ranks(pence, heads, &mut order);
            results.extend(pence.iter().copied().zip(order.iter().copied()));
        }
        Ok(results)
    };
    let results = on_threads(parts, work)?;
    let grants: Vec<i64> = model.year.lines.iter().map(|lines| lines.grant.get()).collect();
    let mut own = Vec::new();
    ranks(&grants, heads, &mut own);
    let fifth = |rank: u16| usize::from(rank - 1) * 5 / places;
    let interval = |at: usize| {
        let of = results.iter().flat_map(|part| part.iter().skip(at).step_by(places));
        let (mut pence, mut ranks): (Vec<i64>, Vec<u16>) = of.copied().unzip();
        pence.sort_unstable();
        ranks.sort_unstable();
        let count = pence.len();
        let same = ranks.iter().filter(|rank| fifth(**rank) == fifth(own[at])).count();
        let quantile = |of: usize| (count - 1) * of / 20;
        Interval {
            grant: Pence::new(grants[at]),
            low: Pence::new(pence[quantile(1)]),
            middle: Pence::new(pence[quantile(10)]),
            high: Pence::new(pence[quantile(19)]),
            rank: own[at],
            rank_low: ranks[quantile(1)],
            rank_high: ranks[quantile(19)],
            same_fifth: u16::try_from(same * 100 / count).unwrap_or(100),
        }
    };
    Ok((0..places).map(interval).collect())
}

/// Ranges of numbers for each thread.
pub(crate) fn split_evenly(count: u64, threads: usize) -> Vec<(u64, u64)> {
    let threads = threads.max(1) as u64;
    (0..threads).map(|at| (count * at / threads, count * (at + 1) / threads)).filter(|(from, to)| from < to).collect()
}

/// Works the parts on a thread each, results in their order.
pub(crate) fn on_threads<T: Send>(
    parts: Vec<(u64, u64)>,
    work: impl Fn((u64, u64)) -> Result<T, Refused> + Sync,
) -> Result<Vec<T>, Refused> {
    let work = &work;
    std::thread::scope(|scope| {
        let handles: Vec<_> = parts.into_iter().map(|part| scope.spawn(move || work(part))).collect();
        handles.into_iter().map(|handle| handle.join().expect("a draw does not panic")).collect()
    })
}

/// Places by amount a head, the greatest first; ties by code.
fn ranks(pence: &[i64], heads: Option<&[Decimal]>, out: &mut Vec<u16>) {
    let amount = |at: usize| {
        let heads = heads.map_or(Decimal::ONE, |heads| heads[at]);
        // Whole heads: a pound a child to a hundredth of a penny is enough for an order.
        let people = i128::from(heads.floor().max(1));
        i128::from(pence[at]) * 100 / people
    };
    let mut order: Vec<(i128, usize)> = (0..pence.len()).map(|at| (-amount(at), at)).collect();
    order.sort_unstable();
    out.clear();
    out.resize(pence.len(), 0);
    for (rank, (_, at)) in (1..).zip(order) {
        out[at] = rank;
    }
}
