//! The classifier: all that a provider sees, used as well as we know how.
//!
//! A provider knows its children, when each came and left, and every due date; remittances and statements tell it the
//! pool's share of each half-year. Here it even *is* the pool, so that it knows everyone in it: the worst case. It knows
//! the behaviour model as well: what follows is learnt from half of the pools and tried on the other half.
//!
//! *Differencing.* The share of half-year g is 1 − Σ w(c,g) x(c,g) + noise, where x is a child's uncovered part and w
//! their part of the nights. From all shares together the best linear guess of x(c,h) is Cov · V⁻¹ · (what was seen less
//! what was expected). Because children come and leave, w differs from half-year to half-year, and so do the guesses.

#![allow(clippy::float_arithmetic, reason = "statistics of a study; no amount of money is worked out here")]

use super::behaviour::{BUCKETS, HALF_YEARS, Half, Lives};

/// Areas under the curve, in thousandths.
#[derive(Clone, Copy, Debug)]
pub(super) struct Auc {
    pub(super) all: u32,
    pub(super) money: u32,
    pub(super) life: u32,
    /// Of money among children with the same dates: what settlement adds to all that is seen without it.
    pub(super) alike: u32,
}

/// What an attacker knows of the population: rates and variances from the pools that it may learn from.
pub(super) struct Evidence {
    /// Of children with the same dates, how many say no.
    rate: [f64; BUCKETS],
    /// Uncovered part of a child's nights: mean, variance, and likeness from one half-year to the next.
    mean: f64,
    variance: f64,
    likeness: f64,
}

/// A guess and the truth, with the bucket it was made in.
struct Guess {
    bucket: usize,
    score: f64,
    no: bool,
}

fn learns(pool: usize) -> bool {
    pool.is_multiple_of(2)
}

fn uncovered(half: &Half) -> f64 {
    1.0 - half.covered as f64 / half.nights as f64
}

fn halves(pools: &[Lives], learning: bool) -> impl Iterator<Item = &Half> {
    let of_side = pools.iter().enumerate().filter(move |(at, _)| learns(*at) == learning);
    of_side.flat_map(|(_, lives)| &lives.children).flatten().flatten()
}

impl Evidence {
    pub(super) fn of(pools: &[Lives]) -> Evidence {
        let mut seen = [(0.0, 0.0); BUCKETS];
        let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for half in halves(pools, true) {
            seen[half.bucket].0 += f64::from(u8::from(half.no));
            seen[half.bucket].1 += 1.0;
            let part = uncovered(half);
            (count, sum, squares) = (count + 1.0, sum + part, squares + part * part);
        }
        let mean = sum / count;
        let variance = squares / count - mean * mean;
        let (mut pairs, mut together) = (0.0, 0.0);
        for (_, lives) in pools.iter().enumerate().filter(|(at, _)| learns(*at)) {
            for pair in lives.children.iter().flat_map(|child| child.windows(2)) {
                if let [Some(one), Some(next)] = pair {
                    pairs += 1.0;
                    together += (uncovered(one) - mean) * (uncovered(next) - mean);
                }
            }
        }
        let rate = seen.map(|(noes, all)| if all > 0.0 { noes / all } else { 0.0 });
        Evidence { rate, mean, variance, likeness: (together / pairs / variance).clamp(0.0, 0.99) }
    }

    /// The attack on shares of pools.
    pub(super) fn pools(&self, pools: &[Lives], shown: &[[i64; HALF_YEARS]], noise_ppm: u32, step_ppm: u32) -> Auc {
        let (noise, step) = (f64::from(noise_ppm) / 1e6, f64::from(step_ppm) / 1e6);
        let blur = noise * noise + step * step / 12.0;
        let guess = |learning: bool| -> Vec<Guess> {
            let of_side = pools.iter().zip(shown).enumerate().filter(|(at, _)| learns(*at) == learning);
            of_side.flat_map(|(_, (lives, shown))| self.difference(lives, shown, blur)).collect()
        };
        self.judge(&guess(true), guess(false))
    }

    /// The attack on `settlement = placement`: each placement's own share is there to be read.
    pub(super) fn placements(&self, pools: &[Lives]) -> Auc {
        const STEPS: usize = 11;
        let step = |half: &Half| (uncovered(half) * 10.0) as usize;
        let mut seen = [[(0.0, 0.0); STEPS]; BUCKETS];
        for half in halves(pools, true) {
            let cell = &mut seen[half.bucket][step(half)];
            *cell = (cell.0 + f64::from(u8::from(half.no)), cell.1 + 1.0);
        }
        let rated = |half: &Half| {
            let cell = seen[half.bucket][step(half)];
            if cell.1 > 0.0 { cell.0 / cell.1 } else { 0.0 }
        };
        let area =
            |score: &dyn Fn(&Half) -> f64| area(halves(pools, false).map(|half| (score(half), half.no)).collect());
        Auc {
            all: area(&rated),
            money: area(&uncovered),
            life: area(&|half| self.rate[half.bucket]),
            alike: alike(halves(pools, false).map(|half| (half.bucket, uncovered(half), half.no)).collect()),
        }
    }

    /// Of one thing about the dates alone: due dates in the half-year, arrival in it, leaving in it or soon after.
    pub(super) fn of_dates(pools: &[Lives], of: impl Fn(usize) -> usize) -> u32 {
        let mut seen = [(0.0, 0.0); BUCKETS];
        for half in halves(pools, true) {
            let cell = &mut seen[of(half.bucket)];
            *cell = (cell.0 + f64::from(u8::from(half.no)), cell.1 + 1.0);
        }
        let rate = seen.map(|(noes, all)| if all > 0.0 { noes / all } else { 0.0 });
        area(halves(pools, false).map(|half| (rate[of(half.bucket)], half.no)).collect())
    }

    fn difference(&self, lives: &Lives, shown: &[i64; HALF_YEARS], blur: f64) -> Vec<Guess> {
        let part = |half: &Half, at: usize| half.nights as f64 / (lives.counts[at].0.max(1)) as f64;
        let mut powers = [1.0; HALF_YEARS];
        for at in 1..HALF_YEARS {
            powers[at] = powers[at - 1] * self.likeness;
        }
        let mut matrix = [[0.0; HALF_YEARS]; HALF_YEARS];
        for child in &lives.children {
            for (g, h) in (0..HALF_YEARS).flat_map(|g| (0..HALF_YEARS).map(move |h| (g, h))) {
                if let (Some(one), Some(other)) = (&child[g], &child[h]) {
                    matrix[g][h] += part(one, g) * part(other, h) * self.variance * powers[g.abs_diff(h)];
                }
            }
        }
        let mut seen = [0.0; HALF_YEARS];
        for at in 0..HALF_YEARS {
            matrix[at][at] += blur;
            seen[at] = 1.0 - self.mean - shown[at] as f64 / 1e6;
        }
        let weighed = solve(matrix, seen);
        let mut guesses = Vec::new();
        for child in &lives.children {
            for (h, half) in child.iter().enumerate().filter_map(|(h, half)| Some((h, half.as_ref()?))) {
                let from = |(g, other): (usize, &Option<Half>)| {
                    other.as_ref().map_or(0.0, |other| part(other, g) * powers[g.abs_diff(h)] * weighed[g])
                };
                let score = self.variance * child.iter().enumerate().map(from).sum::<f64>();
                guesses.push(Guess { bucket: half.bucket, score, no: half.no });
            }
        }
        guesses
    }

    /// Learns how much a guess from money adds to what dates tell, and tries it on the others.
    fn judge(&self, learning: &[Guess], trying: Vec<Guess>) -> Auc {
        let mut fit = [(0.0, 0.0); BUCKETS];
        for guess in learning {
            let rest = f64::from(u8::from(guess.no)) - self.rate[guess.bucket];
            let fitted = &mut fit[guess.bucket];
            *fitted = (fitted.0 + rest * guess.score, fitted.1 + guess.score * guess.score);
        }
        let slope = fit.map(|(with, square)| if square > 0.0 { (with / square).max(0.0) } else { 0.0 });
        let all = trying.iter().map(|guess| (self.rate[guess.bucket] + slope[guess.bucket] * guess.score, guess.no));
        Auc {
            all: area(all.collect()),
            money: area(trying.iter().map(|guess| (guess.score, guess.no)).collect()),
            life: area(trying.iter().map(|guess| (self.rate[guess.bucket], guess.no)).collect()),
            alike: alike(trying.iter().map(|guess| (guess.bucket, guess.score, guess.no)).collect()),
        }
    }
}

/// Solves a symmetric positive system by elimination.
fn solve(mut matrix: [[f64; HALF_YEARS]; HALF_YEARS], mut right: [f64; HALF_YEARS]) -> [f64; HALF_YEARS] {
    for at in 0..HALF_YEARS {
        let pivot = matrix[at];
        if pivot[at] <= 0.0 {
            continue;
        }
        for below in at + 1..HALF_YEARS {
            let factor = matrix[below][at] / pivot[at];
            for column in at..HALF_YEARS {
                matrix[below][column] -= factor * pivot[column];
            }
            right[below] -= factor * right[at];
        }
    }
    let mut answer = [0.0; HALF_YEARS];
    for at in (0..HALF_YEARS).rev() {
        let known: f64 = (at + 1..HALF_YEARS).map(|column| matrix[at][column] * answer[column]).sum();
        answer[at] = if matrix[at][at] > 0.0 { (right[at] - known) / matrix[at][at] } else { 0.0 };
    }
    answer
}

/// The chance, in thousandths, that a child who said no has a higher score than one who did not; ties count half.
fn area(scored: Vec<(f64, bool)>) -> u32 {
    let (right, of) = pairs(scored);
    ((1_000 * right) / of.max(1)) as u32
}

/// The same, of pairs of children in one bucket alone.
fn alike(scored: Vec<(usize, f64, bool)>) -> u32 {
    let of_bucket =
        |bucket: usize| scored.iter().filter(move |one| one.0 == bucket).map(|one| (one.1, one.2)).collect();
    let sums = (0..BUCKETS).map(|bucket| pairs(of_bucket(bucket)));
    let (right, of) = sums.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    ((1_000 * right) / of.max(1)) as u32
}

/// Twice the pairs in the right order, and twice all pairs, in whole numbers.
fn pairs(mut scored: Vec<(f64, bool)>) -> (u128, u128) {
    scored.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut pairs, mut below, mut at) = (0u128, 0u128, 0);
    while at < scored.len() {
        let tied = scored[at..].iter().take_while(|one| one.0.total_cmp(&scored[at].0).is_eq()).count();
        let noes = scored[at..at + tied].iter().filter(|one| one.1).count() as u128;
        let others = tied as u128 - noes;
        pairs += noes * (2 * below + others);
        below += others;
        at += tied;
    }
    let noes = scored.len() as u128 - below;
    (pairs, 2 * noes * below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_is_the_share_of_pairs_in_the_right_order() {
        assert_eq!(area(vec![(1.0, true), (0.0, false)]), 1_000);
        assert_eq!(area(vec![(0.0, true), (1.0, false)]), 0);
        assert_eq!(area(vec![(1.0, true), (1.0, false)]), 500);
        assert_eq!(alike(vec![(0, 1.0, true), (0, 1.0, false), (1, 9.0, false), (1, 10.0, true)]), 750);
        assert_eq!(area(vec![(2.0, true), (1.0, false), (3.0, false), (0.0, true)]), 250);
    }

    #[test]
    fn elimination_solves() {
        let mut matrix = [[0.1; HALF_YEARS]; HALF_YEARS];
        (0..HALF_YEARS).for_each(|at| matrix[at][at] = 2.0 + at as f64);
        let right = [1.0; HALF_YEARS];
        let answer = solve(matrix, right);
        for row in matrix {
            let sum: f64 = row.iter().zip(answer).map(|(one, other)| one * other).sum();
            assert!((sum - 1.0).abs() < 1e-9);
        }
    }
}
