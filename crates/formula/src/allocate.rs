//! Splitting a total: need shares, area cost, floors and caps to a fixed point, largest remainder in pence.
//!
//! The order never matters: councils come in order of their code, and a tie for the last penny goes to the lower code.

use money::Pence;
use serde::Serialize;

use crate::decimal::Divisor;
use crate::{Decimal, Refused};

/// The least and the most that a council can get. Each council has both or neither is asked of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The least of each council, in pence; empty where there is no floor.
    pub least: Vec<i64>,
    /// The most; empty where there is no cap.
    pub most: Vec<i64>,
}

/// A council's figure, line by line. All but `share` and `grant` are pounds; the lines from `need_share` to `rounding`
/// sum to the grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lines {
    /// Its part of all need, before area cost.
    pub share: Decimal,
    /// That part of the total.
    pub need_share: Decimal,
    /// What area cost adds or takes.
    pub area_cost: Decimal,
    /// What it gives so that others can have their floor, or gets because others are capped.
    pub scaling: Decimal,
    /// What its own floor adds.
    pub floor_effect: Decimal,
    /// What its own cap takes.
    pub cap_effect: Decimal,
    /// What rounding to the penny adds or takes: less than a penny.
    pub rounding: Decimal,
    /// The grant.
    pub grant: Pence,
}

/// Room for the hot path, kept from one split to the next.
#[derive(Clone, Debug, Default)]
pub struct Splitter {
    weights: Vec<Decimal>,
    exact: Vec<Decimal>,
    bound: Vec<Bound>,
    order: Vec<(Decimal, usize)>,
    /// The pence of each council after a split.
    pub pence: Vec<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Bound {
    #[default]
    Free,
    Floor,
    Cap,
}

impl Splitter {
    /// Splits `total` by need × cost. Afterwards `pence` sums to it exactly.
    pub fn split(
        &mut self,
        need: &[Decimal],
        cost: Option<&[Decimal]>,
        total: Pence,
        limits: &Limits,
    ) -> Result<(), Refused> {
        shares(need, cost, &mut self.weights)?;
        self.exact.clear();
        self.exact.resize(need.len(), Decimal::ZERO);
        self.bound.clear();
        self.bound.resize(need.len(), Bound::Free);
        if limits.least.is_empty() && limits.most.is_empty() {
            let pounds = Decimal::hundredths(total.get());
            for (exact, weight) in self.exact.iter_mut().zip(&self.weights) {
                *exact = pounds * *weight;
            }
        } else {
            self.fixed_point(total, limits)?;
        }
        self.round(total)
    }

    /// Whoever falls below a floor or above a cap is held there and the rest is split again, until nobody does. Of the
    /// two kinds the one that moves more money is held first: it is the one that stays held at the end (Bitran and Hax,
    /// 1981), so no one is held in vain and at most as many rounds are needed as there are councils.
    fn fixed_point(&mut self, total: Pence, limits: &Limits) -> Result<(), Refused> {
        check(total, limits, self.weights.len())?;
        let mut pool = total.get();
        loop {
            let free = |(_, bound): &(&Decimal, &Bound)| **bound == Bound::Free;
            let held: Decimal = self.weights.iter().zip(&self.bound).filter(free).map(|(weight, _)| *weight).sum();
            let (mut below, mut above) = (Decimal::ZERO, Decimal::ZERO);
            for at in 0..self.weights.len() {
                if self.bound[at] != Bound::Free {
                    continue;
                }
                let exact = (Decimal::hundredths(pool) * self.weights[at]).checked_div(held).unwrap_or_default();
                self.exact[at] = exact;
                if let Some(least) = limits.least.get(at) {
                    below += (Decimal::hundredths(*least) - exact).max(Decimal::ZERO);
                }
                if let Some(most) = limits.most.get(at) {
                    above += (exact - Decimal::hundredths(*most)).max(Decimal::ZERO);
                }
            }
            if below.is_zero() && above.is_zero() {
                return Ok(());
            }
            let (bound, at_limit) =
                if below >= above { (Bound::Floor, &limits.least) } else { (Bound::Cap, &limits.most) };
            for at in 0..self.weights.len() {
                let Some(limit) = at_limit.get(at).filter(|_| self.bound[at] == Bound::Free) else { continue };
                let pounds = Decimal::hundredths(*limit);
                let outside = if bound == Bound::Floor { self.exact[at] < pounds } else { self.exact[at] > pounds };
                if outside {
                    (self.exact[at], self.bound[at]) = (pounds, bound);
                    pool -= limit;
                }
            }
        }
    }

    /// Pounds a weight when nobody is free: the least that no floor is below, or else the most that no cap is above.
    fn scale_when_all_are_held(&self) -> Decimal {
        let of = |wanted: Bound| {
            let held = (0..self.bound.len()).filter(move |at| self.bound[*at] == wanted);
            held.filter_map(|at| self.exact[at].checked_div(self.weights[at]))
        };
        of(Bound::Floor).min().or_else(|| of(Bound::Cap).max()).unwrap_or_default()
    }

    /// Whole pence; the pence left over go to the largest remainders, ties to the lower code.
    fn round(&mut self, total: Pence) -> Result<(), Refused> {
        self.pence.clear();
        self.order.clear();
        let mut left = total.get();
        for (at, exact) in self.exact.iter().enumerate() {
            let (pence, rest) = exact.floor_hundredths();
            self.pence.push(pence);
            left -= pence;
            if self.bound[at] == Bound::Free {
                self.order.push((-rest, at));
            }
        }
        let moved = usize::try_from(left.unsigned_abs()).unwrap_or(usize::MAX);
        if moved > self.order.len() {
            let sentence = "the total cannot be reached: every council is held at its floor or cap";
            return Err(Refused::new("allocation.limits", sentence));
        }
        // Shares are rounded at the eighteenth decimal, so a sum of floors can be a penny too much as well.
        self.order.sort_unstable();
        let chosen: &mut dyn Iterator<Item = &(Decimal, usize)> =
            if left < 0 { &mut self.order.iter().rev() } else { &mut self.order.iter() };
        for (_, at) in chosen.take(moved) {
            self.pence[*at] += left.signum();
        }
        Ok(())
    }
}

fn check(total: Pence, limits: &Limits, councils: usize) -> Result<(), Refused> {
    let refused = |sentence: String| Err(Refused::new("allocation.limits", sentence));
    for (limits, what) in [(&limits.least, "floors"), (&limits.most, "caps")] {
        if !limits.is_empty() && limits.len() != councils {
            return refused(format!("{} {what} for {councils} councils", limits.len()));
        }
    }
    if let Some((least, most)) = limits.least.iter().zip(&limits.most).find(|(least, most)| least > most) {
        let (least, most) = (Pence::new(*least), Pence::new(*most));
        return refused(format!("a floor of {least} is above the cap of {most}; lower the one or raise the other"));
    }
    // Beyond all totals they are refused alike, however far.
    let together = |limits: &[i64]| limits.iter().fold(0, |sum: i64, limit| sum.saturating_add(*limit));
    let least = together(&limits.least);
    if least > total.get() {
        let (least, short) = (Pence::new(least), Pence::new(least - total.get()));
        return refused(format!(
            "the floors sum to {least}, {short} more than {total}; lower the floor or raise the total"
        ));
    }
    let most = together(&limits.most);
    if !limits.most.is_empty() && most < total.get() {
        let (most, over) = (Pence::new(most), Pence::new(total.get() - most));
        return refused(format!("the caps sum to {most}, {over} less than {total}; raise the cap or lower the total"));
    }
    Ok(())
}

/// Shares of need × cost, to the eighteenth decimal.
fn shares(need: &[Decimal], cost: Option<&[Decimal]>, out: &mut Vec<Decimal>) -> Result<(), Refused> {
    let refused = |what: String| Refused::new("allocation.need", what);
    out.clear();
    for (at, need) in need.iter().enumerate() {
        let cost = cost.map_or(Decimal::ONE, |cost| cost[at]);
        if need.is_negative() || cost.is_negative() {
            return Err(refused(format!("council number {} in order has a negative need or area cost", at + 1)));
        }
        let weight = need.checked_mul(cost);
        out.push(weight.ok_or_else(|| refused("need times area cost does not fit (10^20)".to_owned()))?);
    }
    let sum = Decimal::checked_sum(out.iter().copied());
    let sum = sum.ok_or_else(|| refused("need of all councils together does not fit (10^20)".to_owned()))?;
    let by = Divisor::new(sum).ok_or_else(|| {
        refused("need times area cost comes to nought for all councils together: nobody has any need".to_owned())
    })?;
    for weight in out.iter_mut() {
        *weight = by.divide(*weight).ok_or_else(|| refused("a share does not fit (10^20)".to_owned()))?;
    }
    Ok(())
}

/// A whole split with its lines.
pub fn allocate(
    need: &[Decimal],
    cost: Option<&[Decimal]>,
    total: Pence,
    limits: &Limits,
) -> Result<Vec<Lines>, Refused> {
    let mut splitter = Splitter::default();
    splitter.split(need, cost, total, limits)?;
    let pounds = Decimal::hundredths(total.get());
    let mut plain = Vec::new();
    shares(need, None, &mut plain)?;
    let free = |at: &usize| splitter.bound[*at] == Bound::Free;
    let open: Decimal = (0..need.len()).filter(free).map(|at| splitter.weights[at]).sum();
    let pool: Decimal = (0..need.len()).filter(free).map(|at| splitter.exact[at]).sum();
    let all_held = splitter.scale_when_all_are_held();
    let lines = (0..need.len()).map(|at| {
        let need_share = pounds * plain[at];
        let costed = pounds * splitter.weights[at];
        let bound = splitter.bound[at];
        let grant = Pence::new(splitter.pence[at]);
        let exact = splitter.exact[at];
        let scale = |weight: Decimal| (pool * weight).checked_div(open).unwrap_or_else(|| all_held * weight);
        let scaled = match bound {
            Bound::Free => exact,
            Bound::Floor => scale(splitter.weights[at]).min(exact),
            Bound::Cap => scale(splitter.weights[at]).max(exact),
        };
        let held = exact - scaled;
        let of = |wanted: Bound| if bound == wanted { held } else { Decimal::ZERO };
        Lines {
            share: plain[at],
            need_share,
            area_cost: costed - need_share,
            scaling: scaled - costed,
            floor_effect: of(Bound::Floor),
            cap_effect: of(Bound::Cap),
            rounding: Decimal::hundredths(grant.get()) - exact,
            grant,
        }
    });
    Ok(lines.collect())
}
