//! **Money**: pence, exact nightly rates, and rounding that telescopes.
//!
//! Owns the arithmetic of money and nothing else: no dates, no people, no floats. Amounts that are posted are
//! whole pence ([`Pence`]); what a night costs is kept exactly ([`Exact`]) and rounded once, cumulatively, so
//! that any cut of the nights into runs sums to the same pence.
//!
//! ```
//! use money::{Exact, NightlyRate, Pence, telescope};
//!
//! // £4,100.00 care and £900.00 return a week, thirteen nights (spec, worked example 2).
//! let care = NightlyRate::weekly(Pence::new(410_000)).times(13);
//! let ret = NightlyRate::weekly(Pence::new(90_000)).times(13);
//! let parts = telescope(&[care, ret]);
//! assert_eq!(parts, [Pence::new(761_429), Pence::new(167_142)]);
//! assert_eq!(parts.iter().copied().sum::<Pence>().to_string(), "£9,285.71");
//! # let _: Exact = care;
//! ```

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// An amount in whole pence; negative when it is taken away. Prints as `£1,234.56` or `-£1,234.56`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pence(i64);

impl Pence {
    /// Nothing.
    pub const ZERO: Pence = Pence(0);

    /// From a number of pence.
    pub const fn new(pence: i64) -> Pence {
        Pence(pence)
    }

    /// The number of pence.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Reads `£4,100.00`, `4100.00`, `4100` or `4,100.5`. Nothing finer than a penny, no sign.
    pub fn parse(text: &str) -> Option<Pence> {
        let text = text.trim();
        let text = text.strip_prefix('£').unwrap_or(text);
        let (pounds, pence) = text.split_once('.').unwrap_or((text, ""));
        let mut groups = pounds.split(',');
        let mut figures = groups.next().filter(|first| !first.is_empty())?.to_owned();
        let grouped = pounds.contains(',');
        if grouped && figures.len() > 3 {
            return None;
        }
        for group in groups {
            if group.len() != 3 {
                return None;
            }
            figures.push_str(group);
        }
        let all_figures = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if figures.len() > 12 || pence.len() > 2 || !all_figures(&figures) || !all_figures(pence) {
            return None;
        }
        let pounds: i64 = figures.parse().ok()?;
        let pence: i64 = match pence.len() {
            0 => 0,
            1 => pence.parse::<i64>().ok()? * 10,
            _ => pence.parse().ok()?,
        };
        Some(Pence(pounds * 100 + pence))
    }
}

impl fmt::Display for Pence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (pounds, pence) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        let sign = if self.0 < 0 { "-" } else { "" };
        f.pad(&format!("{sign}£{}.{pence:02}", in_threes(u128::from(pounds))))
    }
}

/// Figures in groups of three, as the British write them.
fn in_threes(number: u128) -> String {
    let figures = number.to_string();
    let mut text = String::with_capacity(figures.len() + figures.len() / 3);
    for (place, figure) in figures.chars().enumerate() {
        if place > 0 && (figures.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(figure);
    }
    text
}

impl fmt::Debug for Pence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Add for Pence {
    type Output = Pence;
    fn add(self, other: Pence) -> Pence {
        Pence(self.0.checked_add(other.0).expect("national totals are far below i64 pence"))
    }
}

impl Sub for Pence {
    type Output = Pence;
    fn sub(self, other: Pence) -> Pence {
        Pence(self.0.checked_sub(other.0).expect("national totals are far below i64 pence"))
    }
}

impl Neg for Pence {
    type Output = Pence;
    fn neg(self) -> Pence {
        Pence(-self.0)
    }
}

impl AddAssign for Pence {
    fn add_assign(&mut self, other: Pence) {
        *self = *self + other;
    }
}

impl SubAssign for Pence {
    fn sub_assign(&mut self, other: Pence) {
        *self = *self - other;
    }
}

impl Sum for Pence {
    fn sum<I: Iterator<Item = Pence>>(amounts: I) -> Pence {
        amounts.fold(Pence::ZERO, Add::add)
    }
}

/// A share in basis points, nought to 10,000 (the whole).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct Share(u16);

impl Share {
    /// The whole.
    pub const WHOLE: Share = Share(10_000);

    /// `None` above the whole.
    pub fn try_new(basis_points: u16) -> Option<Share> {
        (basis_points <= 10_000).then_some(Share(basis_points))
    }

    /// Basis points.
    pub fn basis_points(self) -> u16 {
        self.0
    }

    /// This share of an amount, to the penny, half up.
    pub fn of(self, amount: Pence) -> Pence {
        let product = i128::from(amount.0) * i128::from(self.0);
        Pence(divide_half_up(product, 10_000))
    }

    /// What the share leaves.
    pub fn rest(self) -> Share {
        Share(10_000 - self.0)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Share, D::Error> {
        let points = u16::deserialize(deserializer)?;
        Share::try_new(points).ok_or_else(|| serde::de::Error::custom("a share is 0 to 10000 basis points"))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match rest {
            0 => write!(f, "{whole} %"),
            _ if rest % 10 == 0 => write!(f, "{whole}.{} %", rest / 10),
            _ => write!(f, "{whole}.{rest:02} %"),
        }
    }
}

/// Sevenths of a penny by basis points: the one denominator in which every night's price is a whole number.
const DENOMINATOR: i128 = 7 * 10_000;

/// An exact amount: a whole number of 1/70,000 of a penny. Only [`Exact::round`] makes pence of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Exact(i128);

impl Exact {
    /// Nothing.
    pub const ZERO: Exact = Exact(0);

    /// To the penny, half up.
    pub fn round(self) -> Pence {
        Pence(divide_half_up(self.0, DENOMINATOR))
    }
}

impl Add for Exact {
    type Output = Exact;
    fn add(self, other: Exact) -> Exact {
        Exact(self.0 + other.0)
    }
}

impl AddAssign for Exact {
    fn add_assign(&mut self, other: Exact) {
        self.0 += other.0;
    }
}

impl fmt::Display for Exact {
    /// Pounds to a hundredth of a penny, for a trace: `£447.2857`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, half) = (DENOMINATOR.unsigned_abs(), DENOMINATOR.unsigned_abs() / 2);
        let hundredths = (self.0.unsigned_abs() * 100 + half) / whole;
        let sign = if self.0 < 0 { "-" } else { "" };
        f.pad(&format!("{sign}£{}.{:04}", in_threes(hundredths / 10_000), hundredths % 10_000))
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn divide_half_up(numerator: i128, denominator: i128) -> i64 {
    let quotient = (2 * numerator + denominator).div_euclid(2 * denominator);
    i64::try_from(quotient).expect("national totals are far below i64 pence")
}

/// What one night costs, exactly: a weekly price W is W/7 a night. No 52-week or monthly shortcut.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct NightlyRate(Exact);

impl NightlyRate {
    /// Nothing a night.
    pub const NIL: NightlyRate = NightlyRate(Exact::ZERO);

    /// A seventh of a weekly price.
    pub fn weekly(price: Pence) -> NightlyRate {
        NightlyRate(Exact(i128::from(price.0) * 10_000))
    }

    /// A price by the night.
    pub fn nightly(price: Pence) -> NightlyRate {
        NightlyRate(Exact(i128::from(price.0) * DENOMINATOR))
    }

    /// A share of the rate, exactly. Taken of a price, never of another share: then a basis point always divides.
    pub fn share(self, share: Share) -> NightlyRate {
        let product = (self.0).0 * i128::from(share.0);
        assert!(product % 10_000 == 0, "a share of a share is not exact");
        NightlyRate(Exact(product / 10_000))
    }

    /// This rate for so many nights.
    pub fn times(self, nights: i64) -> Exact {
        Exact((self.0).0 * i128::from(nights))
    }

    /// The sum of two rates: an addition on top of a price.
    pub fn plus(self, other: NightlyRate) -> NightlyRate {
        NightlyRate(self.0 + other.0)
    }

    /// Whether the rate is nothing.
    pub fn is_nil(self) -> bool {
        self.0 == Exact::ZERO
    }

    /// One night's exact price.
    pub fn exact(self) -> Exact {
        self.0
    }
}

/// Whole pence for parts in a fixed order, such that each prefix of the parts sums to its rounded exact sum:
/// part k is R(S_k) − R(S_{k−1}). So the parts always sum to the rounded total.
pub fn telescope(parts: &[Exact]) -> Vec<Pence> {
    let mut sum = Exact::ZERO;
    let mut before = Pence::ZERO;
    parts
        .iter()
        .map(|&part| {
            sum += part;
            let after = sum.round();
            let pence = after - before;
            before = after;
            pence
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pounds_are_written_as_the_british_write_them() {
        for (pence, text) in [(0, "£0.00"), (5, "£0.05"), (123_456_789, "£1,234,567.89"), (-44_729, "-£447.29")] {
            assert_eq!(Pence::new(pence).to_string(), text);
        }
    }

    #[test]
    fn pounds_are_read_as_the_british_write_them() {
        for text in ["£4,100.00", "4100.00", "4100", "4,100", " £4100.0 "] {
            assert_eq!(Pence::parse(text), Some(Pence::new(410_000)), "{text}");
        }
        for text in ["", "£", "-5", "4.100.00", "41,00", "4100.001", "4 100", "1e3", "£1,2345", "12345,678"] {
            assert_eq!(Pence::parse(text), None, "{text}");
        }
    }

    #[test]
    fn half_a_penny_rounds_up() {
        assert_eq!(Exact(DENOMINATOR / 2).round(), Pence::new(1));
        assert_eq!(Exact(DENOMINATOR / 2 - 1).round(), Pence::new(0));
        assert_eq!(Exact(-DENOMINATOR / 2).round(), Pence::new(0));
    }

    #[test]
    fn worked_example_1_sums_three_rates_exactly() {
        let rate = |pounds: i64| NightlyRate::weekly(Pence::new(pounds * 100));
        let sum = rate(208).times(6) + rate(216).times(3) + rate(247).times(5);
        assert_eq!(sum.round().to_string(), "£447.29");
        assert_eq!(sum.to_string(), "£447.2857");
    }

    #[test]
    fn a_share_of_a_price_is_exact() {
        let rate = NightlyRate::weekly(Pence::new(333));
        let share = Share::try_new(3333).unwrap();
        assert_eq!((rate.share(share).times(70_000) + rate.share(share.rest()).times(70_000)), rate.times(70_000));
    }
}
