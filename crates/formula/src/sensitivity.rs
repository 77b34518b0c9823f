//! What the result hangs on. Sobol indices by Saltelli's design, in all by Jansen's estimator and alone by Saltelli's, for the grants of all councils
//! together (Gamboa and others 2014: variances summed over councils); and for a tornado each thing moved alone.
//!
//! Whole-number arithmetic: a difference of grants is pence, its square fits 128 bits with a thousand million to spare.

use money::Pence;
use serde::Serialize;

use crate::chance::Key;
use crate::uncertainty::{Draw, Model, Place, Range, Uncertain, on_threads, split_evenly};
use crate::{Decimal, Refused};

/// One uncertain thing and how much hangs on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Index {
    /// What it is.
    pub uncertain: Uncertain,
    /// Part of all variance that it explains alone.
    pub first: Decimal,
    /// Part of all variance in which it has a hand.
    pub total: Decimal,
    /// Money that changes council when it alone goes to its low end; for an error, on average over fields of errors.
    pub moved_low: Pence,
    /// The same at its high end.
    pub moved_high: Pence,
}

/// A council's bar of the tornado: its grant when one thing alone is at its low and high end. For an error, the
/// council's own figure alone at 1.645 standard deviations below and above.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// What is moved.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// The grant at the low end.
    pub low: Pence,
    /// The grant at the high end.
    pub high: Pence,
}

/// Sobol indices and money moved, most first. `rows` is the size of the design: (rows × (things + 2)) splits.
pub fn indices(model: &Model, seed: u64, rows: u64, threads: usize) -> Result<Vec<Index>, Refused> {
    let things = model.uncertain.len();
    if things == 0 {
        let sentence = "nothing is uncertain: no parameter has `low` and `high` and no indicator an error";
        return Err(Refused::new("sensitivity.nothing", sentence));
    }
    if rows < 8 {
        return Err(Refused::new("sensitivity.rows", format!("{rows} rows say nothing; take at least 8")));
    }
    let parts = on_threads(split_evenly(rows, threads), |part| rows_of(model, seed, part))?;
    let mut sums = Sums::new(things, model.chosen_grants().len());
    for part in &parts {
        sums.add(part);
    }
    let variance = sums.variance(rows);
    let part = |number: i128| Decimal::raw(ratio(number, variance));
    let mut room = model.room();
    let mut found = Vec::new();
    for (at, uncertain) in model.uncertain.iter().enumerate() {
        // V_T = Σ(A − AB)²/2N (Jansen); V_1 = ΣB(AB − A)/N (Saltelli 2010). Both kept times 2N.
        let first = 2 * sums.with_b[at];
        let [moved_low, moved_high] = moved(model, at, seed, &mut room)?;
        found.push(Index {
            uncertain: uncertain.clone(),
            first: part(first),
            total: part(sums.to_a[at]),
            moved_low,
            moved_high,
        });
    }
    found.sort_by(|one, other| other.total.cmp(&one.total).then_with(|| one.uncertain.id.cmp(&other.uncertain.id)));
    Ok(found)
}

fn ratio(number: i128, of: i128) -> i128 {
    // Scaled down first, so that a million millionth times fits.
    let shift = (128 - of.unsigned_abs().leading_zeros()).saturating_sub(66);
    let (number, of) = (number >> shift, (of >> shift).max(1));
    number * 1_000_000_000 / of * 1_000_000_000
}

struct Sums {
    to_a: Vec<i128>,
    with_b: Vec<i128>,
    sum: Vec<i128>,
    squares: i128,
}

impl Sums {
    fn new(things: usize, places: usize) -> Sums {
        Sums { to_a: vec![0; things], with_b: vec![0; things], sum: vec![0; places], squares: 0 }
    }

    fn add(&mut self, other: &Sums) {
        let pairs = self.to_a.iter_mut().zip(&other.to_a).chain(self.with_b.iter_mut().zip(&other.with_b));
        for (mine, theirs) in pairs.chain(self.sum.iter_mut().zip(&other.sum)) {
            *mine += theirs;
        }
        self.squares += other.squares;
    }

    /// Twice the number of rows times the variance of the rows of A and B, summed over councils.
    fn variance(&self, rows: u64) -> i128 {
        let count = i128::from(2 * rows);
        self.squares - self.sum.iter().map(|sum| sum * sum / count).sum::<i128>()
    }
}

fn rows_of(model: &Model, seed: u64, (from, to): (u64, u64)) -> Result<Sums, Refused> {
    let chosen = model.chosen_grants();
    let mut sums = Sums::new(model.uncertain.len(), chosen.len());
    let mut room = model.room();
    let mut split = |draw: &Draw| -> Result<Vec<i64>, Refused> {
        // As differences from the grants awarded, so that squares stay small.
        let pence = model.split(draw, &mut room)?;
        Ok(pence.iter().zip(&chosen).map(|(pence, chosen)| pence - chosen).collect())
    };
    let apart = |one: &[i64], other: &[i64]| -> i128 {
        one.iter().zip(other).map(|(one, other)| i128::from(one - other).pow(2)).sum()
    };
    for row in from..to {
        let (a, b) = (model.draw(seed, 2 * row), model.draw(seed, 2 * row + 1));
        let (of_a, of_b) = (split(&a)?, split(&b)?);
        for result in [&of_a, &of_b] {
            for (sum, value) in sums.sum.iter_mut().zip(result) {
                *sum += i128::from(*value);
            }
            sums.squares += result.iter().map(|value| i128::from(*value).pow(2)).sum::<i128>();
        }
        for thing in 0..model.uncertain.len() {
            let mut mixed = a.clone();
            mixed.at[thing] = b.at[thing];
            let of_mixed = split(&mixed)?;
            sums.to_a[thing] += apart(&of_a, &of_mixed);
            let steps = of_b.iter().zip(&of_mixed).zip(&of_a);
            sums.with_b[thing] += steps.map(|((b, mixed), a)| i128::from(*b) * i128::from(mixed - a)).sum::<i128>();
        }
    }
    Ok(sums)
}

/// How many fields of errors an average is taken over.
const FIELDS: u64 = 32;

fn moved(model: &Model, thing: usize, seed: u64, room: &mut crate::uncertainty::Room) -> Result<[Pence; 2], Refused> {
    let chosen = model.chosen_grants();
    let mut at = |place: Place| -> Result<i64, Refused> {
        let mut draw = model.chosen();
        draw.at[thing] = place;
        let pence = model.split(&draw, room)?;
        Ok(pence.iter().zip(&chosen).map(|(pence, chosen)| (pence - chosen).max(0)).sum())
    };
    match model.uncertain[thing].range {
        Range::Even { low, high, .. } => Ok([Pence::new(at(Place::Value(low))?), Pence::new(at(Place::Value(high))?)]),
        Range::Error { .. } => {
            let key = Key::new(seed).word("fields");
            let sum: i64 = (0..FIELDS).map(|field| at(Place::Field(key.and(field)))).sum::<Result<i64, _>>()?;
            let mean = Pence::new(sum / i64::try_from(FIELDS).unwrap_or(1));
            Ok([mean, mean])
        }
    }
}

/// A council's tornado, widest bar first.
pub fn tornado(model: &Model, place: usize) -> Result<Vec<Bar>, Refused> {
    let mut room = model.room();
    let mut bars = Vec::new();
    for (at, uncertain) in model.uncertain.iter().enumerate() {
        let ends = match uncertain.range {
            Range::Even { low, high, .. } => [Place::Value(low), Place::Value(high)],
            Range::Error { .. } => {
                let far = Decimal::raw(1_645_000_000_000_000_000);
                [Place::Own(place, -far), Place::Own(place, far)]
            }
        };
        let mut grants = [Pence::ZERO; 2];
        for (grant, end) in grants.iter_mut().zip(ends) {
            let mut draw = model.chosen();
            draw.at[at] = end;
            *grant = Pence::new(model.split(&draw, &mut room)?[place]);
        }
        bars.push(Bar { id: uncertain.id.clone(), title: uncertain.title.clone(), low: grants[0], high: grants[1] });
    }
    let width = |bar: &Bar| (bar.high - bar.low).get().abs();
    bars.sort_by(|one, other| width(other).cmp(&width(one)).then_with(|| one.id.cmp(&other.id)));
    Ok(bars)
}
