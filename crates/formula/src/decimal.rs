//! Exact decimals: a whole number of 10⁻¹⁸, in 128 bits. Sums and differences are exact; a product or quotient is
//! rounded once, half away from nought, at the eighteenth decimal. The scale never depends on the operands, so the
//! order of a sum never changes a digit, and a product costs five multiplications of 64 bits.
//!
//! ```
//! use formula::Decimal;
//!
//! let share: Decimal = "0.0398".parse().unwrap();
//! let top_up: Decimal = "55.6444".parse().unwrap();
//! assert_eq!((top_up * share).to_string(), "2.21464712");
//! assert!("1,234.50".parse::<Decimal>().is_err());
//! ```

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Decimals kept.
const PLACES: u32 = 18;
const ONE: u64 = 1_000_000_000_000_000_000;
/// `ONE` with its top bit set, and the reciprocal that Möller and Granlund (2011) divide by: ⌊(2¹²⁸ − 1) / d⌋ − 2⁶⁴.
const SHIFT: u32 = ONE.leading_zeros();
const NORMAL: u64 = ONE << SHIFT;
#[expect(clippy::cast_possible_truncation, reason = "the reciprocal less 2^64 fits 64 bits by its definition")]
const RECIPROCAL: u64 = (u128::MAX / (NORMAL as u128) - (1 << 64)) as u64;

/// A number with eighteen decimals, up to about 1.7 × 10²⁰ either way.
///
/// The operators panic beyond that, as integers do: what a formula is given is bounded where it is read
/// ([`Decimal::LIMIT`]). `checked_` methods do not panic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(i128);

/// Text that is no decimal number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a plain decimal number such as 1234.5678 (no commas, at most 18 decimals, below 10^15)")]
pub struct NotDecimal(pub String);

impl Decimal {
    /// 0.
    pub const ZERO: Decimal = Decimal(0);
    /// 1.
    pub const ONE: Decimal = Decimal(ONE as i128);
    /// The greatest magnitude that is read from text: a thousand million million.
    pub const LIMIT: Decimal = Decimal(ONE as i128 * 1_000_000_000_000_000);

    /// A whole number.
    pub const fn whole(number: i64) -> Decimal {
        Decimal(number as i128 * ONE as i128)
    }

    /// `number` hundredths: pence as pounds.
    pub const fn hundredths(number: i64) -> Decimal {
        Decimal(number as i128 * (ONE / 100) as i128)
    }

    /// A sum of many; nothing where it does not fit.
    pub fn checked_sum(numbers: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
        numbers.into_iter().try_fold(Decimal::ZERO, Decimal::checked_add)
    }

    /// `number` of 10⁻¹⁸.
    pub const fn raw(number: i128) -> Decimal {
        Decimal(number)
    }

    /// How many of 10⁻¹⁸ it is.
    pub const fn to_raw(self) -> i128 {
        self.0
    }

    /// Whether it is below nought.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether it is nought.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Its magnitude.
    #[must_use]
    pub fn abs(self) -> Decimal {
        Decimal(self.0.abs())
    }

    /// The product, rounded half away from nought; `None` when it does not fit.
    #[inline]
    pub fn checked_mul(self, other: Decimal) -> Option<Decimal> {
        let negative = (self.0 < 0) != (other.0 < 0);
        let (quotient, remainder) = product_by_one(self.0.unsigned_abs(), other.0.unsigned_abs())?;
        let rounded = quotient.checked_add(u128::from(remainder >= ONE / 2))?;
        signed(rounded, negative)
    }

    /// The quotient, rounded half away from nought; `None` by nought or when it does not fit.
    pub fn checked_div(self, other: Decimal) -> Option<Decimal> {
        let negative = (self.0 < 0) != (other.0 < 0);
        let (number, by) = (self.0.unsigned_abs(), other.0.unsigned_abs());
        let mut quotient = number.checked_div(by)?;
        let mut rest = number % by;
        // Nine decimals at a time while that fits, else one at a time; `by` is below 2¹²⁷, so ten times the rest is
        // below 2¹³¹ only where it is refused.
        let mut left = PLACES;
        while left > 0 {
            let step = if left >= 9 && rest < u128::MAX / 1_000_000_000 { 9 } else { 1 };
            let times = 10_u128.pow(step);
            rest = rest.checked_mul(times)?;
            quotient = quotient.checked_mul(times)?.checked_add(rest / by)?;
            rest %= by;
            left -= step;
        }
        let rounded = quotient.checked_add(u128::from(rest >= by - rest))?;
        signed(rounded, negative)
    }

    /// The sum; `None` when it does not fit.
    pub fn checked_add(self, other: Decimal) -> Option<Decimal> {
        self.0.checked_add(other.0).map(Decimal)
    }

    /// To so many decimals, half away from nought.
    #[must_use]
    pub fn round(self, places: u32) -> Decimal {
        let Some(unit) = unit(places) else { return self };
        let half = if self.0 < 0 { -(unit / 2) } else { unit / 2 };
        Decimal((self.0 + half) / unit * unit)
    }

    /// Hundredths at or below: pounds as whole pence, and the rest below one penny.
    pub fn floor_hundredths(self) -> (i64, Decimal) {
        let unit = i128::from(ONE / 100);
        let pence = self.0.div_euclid(unit);
        let pence = i64::try_from(pence).expect("amounts of money are far below i64 pence");
        (pence, Decimal(self.0.rem_euclid(unit)))
    }

    /// The whole number at or below.
    pub fn floor(self) -> i64 {
        i64::try_from(self.0.div_euclid(i128::from(ONE))).expect("counted things are far below i64")
    }

    /// The square root, rounded down at the eighteenth decimal; nought of a negative number.
    #[must_use]
    pub fn sqrt(self) -> Decimal {
        if self.0 <= 0 {
            return Decimal::ZERO;
        }
        // √(n × 10⁻¹⁸) = √n × 10⁻⁹; nine more decimals while they fit.
        let number = self.0.unsigned_abs();
        let mut scale: u128 = 1_000_000_000;
        let mut times: u128 = 1;
        while number.checked_mul(times * 100).is_some() && scale > 1 {
            times *= 100;
            scale /= 10;
        }
        let root = (number * times).isqrt() * scale;
        Decimal(i128::try_from(root).expect("a root is smaller than what fits"))
    }

    /// With so many decimals exactly, thousands in threes: `12,345.60`.
    pub fn grouped(self, places: u32) -> String {
        let text = self.fixed(places);
        let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let mut grouped = String::from(sign);
        for (place, figure) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(figure);
        }
        if !fraction.is_empty() {
            grouped.push('.');
            grouped.push_str(fraction);
        }
        grouped
    }

    /// With so many decimals exactly, rounded half away from nought: `0.00003085129178`.
    pub fn fixed(self, places: u32) -> String {
        let rounded = self.round(places);
        let sign = if rounded.0 < 0 { "-" } else { "" };
        let number = rounded.0.unsigned_abs();
        let (whole, fraction) = (number / u128::from(ONE), number % u128::from(ONE));
        if places == 0 {
            return format!("{sign}{whole}");
        }
        let mut figures = format!("{fraction:018}");
        while figures.len() < places as usize {
            figures.push('0');
        }
        figures.truncate(places as usize);
        format!("{sign}{whole}.{figures}")
    }
}

fn unit(places: u32) -> Option<i128> {
    (places < PLACES).then(|| 10_i128.pow(PLACES - places))
}

fn signed(magnitude: u128, negative: bool) -> Option<Decimal> {
    let number = i128::try_from(magnitude).ok()?;
    Some(Decimal(if negative { -number } else { number }))
}

fn halves(number: u128) -> (u64, u64) {
    #[expect(clippy::cast_possible_truncation, reason = "the two halves of 128 bits")]
    ((number >> 64) as u64, number as u64)
}

/// ⌊a × b / 10¹⁸⌋ and the remainder, through 256 bits; `None` when the quotient does not fit 128.
#[inline]
fn product_by_one(a: u128, b: u128) -> Option<(u128, u64)> {
    let ((a1, a0), (b1, b0)) = (halves(a), halves(b));
    let low = u128::from(a0) * u128::from(b0);
    if a1 == 0 && b1 == 0 && halves(low).0 < ONE {
        // Shares, weights and errors, most of all products: one step of the division instead of two.
        let (high, low) = halves(low << SHIFT);
        let (quotient, rest) = two_by_one(high, low);
        return Some((u128::from(quotient), rest >> SHIFT));
    }
    let (cross_a, cross_b) = (u128::from(a1) * u128::from(b0), u128::from(a0) * u128::from(b1));
    let high = u128::from(a1) * u128::from(b1);
    let (carry, p0) = halves(low);
    let (up_a, mid_a) = halves(cross_a);
    let (up_b, mid_b) = halves(cross_b);
    let (carry, p1) = halves(u128::from(carry) + u128::from(mid_a) + u128::from(mid_b));
    let top = high + u128::from(up_a) + u128::from(up_b) + u128::from(carry);
    let (p3, p2) = halves(top);
    if p3 != 0 || p2 >= ONE {
        return None;
    }
    let n2 = (p2 << SHIFT) | (p1 >> (64 - SHIFT));
    let n1 = (p1 << SHIFT) | (p0 >> (64 - SHIFT));
    let n0 = p0 << SHIFT;
    let (q1, rest) = two_by_one(n2, n1);
    let (q0, rest) = two_by_one(rest, n0);
    Some(((u128::from(q1) << 64) | u128::from(q0), rest >> SHIFT))
}

/// (high × 2⁶⁴ + low) by `NORMAL`, for high below it: quotient and remainder.
#[inline]
fn two_by_one(high: u64, low: u64) -> (u64, u64) {
    let estimate = u128::from(RECIPROCAL) * u128::from(high) + ((u128::from(high) << 64) | u128::from(low));
    let (q1, q0) = halves(estimate);
    let mut quotient = q1.wrapping_add(1);
    let mut rest = low.wrapping_sub(quotient.wrapping_mul(NORMAL));
    if rest > q0 {
        quotient = quotient.wrapping_sub(1);
        rest = rest.wrapping_add(NORMAL);
    }
    if rest >= NORMAL {
        quotient = quotient.wrapping_add(1);
        rest -= NORMAL;
    }
    (quotient, rest)
}

/// A divisor met again and again, such as the sum that all shares are taken of: its reciprocal is worked out once, and a
/// quotient then costs a few multiplications (Möller and Granlund 2011, "Improved division by invariant integers",
/// algorithms 5 and 6). The same digits as [`Decimal::checked_div`].
#[derive(Clone, Copy, Debug)]
pub struct Divisor {
    negative: bool,
    /// The magnitude with its top bit set, in two halves, and how far it was moved for that.
    high: u64,
    low: u64,
    shift: u32,
    /// ⌊(2¹⁹² − 1) / (high, low)⌋ − 2⁶⁴.
    reciprocal: u64,
}

impl Divisor {
    /// `None` of nought.
    pub fn new(by: Decimal) -> Option<Divisor> {
        if by.is_zero() {
            return None;
        }
        let magnitude = by.0.unsigned_abs();
        let shift = magnitude.leading_zeros();
        let normal = magnitude << shift;
        let (high, low) = halves(normal);
        #[expect(clippy::cast_possible_truncation, reason = "the reciprocal less 2^64 fits 64 bits by its definition")]
        let mut reciprocal = (u128::MAX / u128::from(high) - (1 << 64)) as u64;
        let mut part = high.wrapping_mul(reciprocal).wrapping_add(low);
        if part < low {
            reciprocal = reciprocal.wrapping_sub(1);
            if part >= high {
                reciprocal = reciprocal.wrapping_sub(1);
                part = part.wrapping_sub(high);
            }
            part = part.wrapping_sub(high);
        }
        let (up, down) = halves(u128::from(reciprocal) * u128::from(low));
        part = part.wrapping_add(up);
        if part < up {
            reciprocal = reciprocal.wrapping_sub(1);
            if ((u128::from(part) << 64) | u128::from(down)) >= normal {
                reciprocal = reciprocal.wrapping_sub(1);
            }
        }
        Some(Divisor { negative: by.is_negative(), high, low, shift, reciprocal })
    }

    /// `number` by this, rounded half away from nought; `None` when it does not fit.
    #[inline]
    pub fn divide(&self, number: Decimal) -> Option<Decimal> {
        let negative = (number.0 < 0) != self.negative;
        let (high, low) = halves(number.0.unsigned_abs());
        // number × 10¹⁸ in three words, moved as the divisor was.
        let below = u128::from(low) * u128::from(ONE);
        let (carry, w0) = halves(below);
        let (w2, w1) = halves(u128::from(high) * u128::from(ONE) + u128::from(carry));
        let (w3, w2, w1, w0) = if self.shift < 64 { (0, w2, w1, w0) } else { (w2, w1, w0, 0) };
        let bits = self.shift % 64;
        let from_below = |next: u64| next.checked_shr(64 - bits).unwrap_or(0);
        if from_below(w3) != 0 {
            return None;
        }
        let moved = |word: u64, next: u64| (word << bits) | from_below(next);
        let (n3, n2, n1, n0) = (moved(w3, w2), moved(w2, w1), moved(w1, w0), w0 << bits);
        let normal = (u128::from(self.high) << 64) | u128::from(self.low);
        let top = (u128::from(n3) << 64) | u128::from(n2);
        if top >= normal {
            return None;
        }
        let (q1, rest) = self.three_by_two(top, n1);
        let (q0, rest) = self.three_by_two(rest, n0);
        let quotient = (u128::from(q1) << 64) | u128::from(q0);
        signed(quotient.checked_add(u128::from(rest >= normal - rest))?, negative)
    }

    /// (top, next) by the divisor, for top below it: quotient and remainder.
    #[inline]
    fn three_by_two(&self, top: u128, next: u64) -> (u64, u128) {
        let normal = (u128::from(self.high) << 64) | u128::from(self.low);
        let (u2, u1) = halves(top);
        let estimate = (u128::from(self.reciprocal) * u128::from(u2)).wrapping_add(top);
        let (mut quotient, guess) = halves(estimate);
        let rest_high = u1.wrapping_sub(quotient.wrapping_mul(self.high));
        let mut rest = ((u128::from(rest_high) << 64) | u128::from(next))
            .wrapping_sub(u128::from(self.low) * u128::from(quotient))
            .wrapping_sub(normal);
        quotient = quotient.wrapping_add(1);
        if halves(rest).0 >= guess {
            quotient = quotient.wrapping_sub(1);
            rest = rest.wrapping_add(normal);
        }
        if rest >= normal {
            quotient = quotient.wrapping_add(1);
            rest -= normal;
        }
        (quotient, rest)
    }
}

impl FromStr for Decimal {
    type Err = NotDecimal;

    /// `-12.5`, `12`, `0.000000000000000001`. No commas, no exponent, no blank.
    fn from_str(text: &str) -> Result<Decimal, NotDecimal> {
        let refuse = || NotDecimal(text.chars().take(40).collect());
        let (negative, figures) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = figures.split_once('.').unwrap_or((figures, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !plain(whole) || !plain(fraction) || whole.len() > 16 || fraction.len() > PLACES as usize {
            return Err(refuse());
        }
        let whole: u128 = whole.parse().map_err(|_| refuse())?;
        let fraction: u128 = format!("{fraction:0<18}").parse().map_err(|_| refuse())?;
        let read = signed(whole * u128::from(ONE) + fraction, negative).ok_or_else(refuse)?;
        if read.abs() < Decimal::LIMIT { Ok(read) } else { Err(refuse()) }
    }
}

impl fmt::Display for Decimal {
    /// All decimals that are not nought at the end: `12.5`, `-3`, `0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.fixed(PLACES);
        f.pad(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Add for Decimal {
    type Output = Decimal;
    #[inline]
    fn add(self, other: Decimal) -> Decimal {
        Decimal(self.0.checked_add(other.0).expect("sums of bounded inputs fit"))
    }
}

impl Sub for Decimal {
    type Output = Decimal;
    #[inline]
    fn sub(self, other: Decimal) -> Decimal {
        Decimal(self.0.checked_sub(other.0).expect("differences of bounded inputs fit"))
    }
}

impl Mul for Decimal {
    type Output = Decimal;
    #[inline]
    fn mul(self, other: Decimal) -> Decimal {
        self.checked_mul(other).expect("products of bounded inputs fit")
    }
}

impl Neg for Decimal {
    type Output = Decimal;
    fn neg(self) -> Decimal {
        Decimal(-self.0)
    }
}

impl AddAssign for Decimal {
    #[inline]
    fn add_assign(&mut self, other: Decimal) {
        *self = *self + other;
    }
}

impl SubAssign for Decimal {
    fn sub_assign(&mut self, other: Decimal) {
        *self = *self - other;
    }
}

impl Sum for Decimal {
    fn sum<I: Iterator<Item = Decimal>>(numbers: I) -> Decimal {
        numbers.fold(Decimal::ZERO, Add::add)
    }
}

impl Serialize for Decimal {
    /// As text: a number of JSON would be read as a float.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    /// From text, or from a whole number. Never from a float: its digits are no longer those that were published.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Whole(i64),
            Text(String),
        }
        match Written::deserialize(deserializer) {
            Ok(Written::Whole(number)) => Ok(Decimal::whole(number)),
            Ok(Written::Text(text)) => text.parse().map_err(serde::de::Error::custom),
            Err(_) => Err(serde::de::Error::custom("write a decimal in quotes: \"0.25\"")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The oracle: long multiplication on decimal figures, no carry shared with the code above.
    fn by_hand(a: u128, b: u128) -> Vec<u8> {
        let figures = |n: u128| n.to_string().bytes().rev().map(|b| u32::from(b - b'0')).collect::<Vec<_>>();
        let (a, b) = (figures(a), figures(b));
        let mut sum = vec![0_u32; a.len() + b.len() + 1];
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                sum[i + j] += x * y;
            }
        }
        for place in 0..sum.len() - 1 {
            sum[place + 1] += sum[place] / 10;
            sum[place] %= 10;
        }
        sum.into_iter().map(|figure| u8::try_from(figure).unwrap()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn a_product_is_long_multiplication_rounded_once(
            a in prop_oneof![0..1_u128 << 40, 0..1_u128 << 64, 0..1_u128 << 80, 0..1_u128 << 93],
            b in prop_oneof![0..1_u128 << 40, 0..1_u128 << 64, 0..1_u128 << 80, 0..1_u128 << 93],
        ) {
            let mut figures = by_hand(a, b);
            let up = figures[17] >= 5;
            figures.drain(..18);
            let text: String = figures.iter().rev().map(|figure| char::from(b'0' + figure)).collect();
            let expected = text.parse::<u128>().unwrap() + u128::from(up);
            let product = Decimal(a as i128).checked_mul(Decimal(b as i128)).unwrap();
            prop_assert_eq!(product.0 as u128, expected);
            prop_assert_eq!(Decimal(-(a as i128)) * Decimal(b as i128), -product);
        }

        #[test]
        fn a_quotient_times_its_divisor_comes_back(a in 0..1_i128 << 100, b in 1..1_i128 << 90) {
            if let Some(quotient) = Decimal(a).checked_div(Decimal(b)) {
                // |q − a/b| ≤ ½ of 10⁻¹⁸, so |q × b − a| ≤ b/2 of them, and the product rounds once more.
                let back = quotient * Decimal(b);
                prop_assert!((back - Decimal(a)).0.abs() <= b / 2 / i128::from(ONE) + 1);
            }
        }

        #[test]
        fn a_divisor_kept_gives_the_same_digits(
            a in prop_oneof![-(1_i128 << 60)..1_i128 << 60, -(1_i128 << 100)..1_i128 << 100, any::<i128>()],
            b in prop_oneof![-(1_i128 << 61)..1_i128 << 61, -(1_i128 << 90)..1_i128 << 90, -(1_i128 << 123)..1_i128 << 123],
        ) {
            let (a, b) = (Decimal(a.max(-i128::MAX)), Decimal(b));
            prop_assert_eq!(Divisor::new(b).and_then(|by| by.divide(a)), a.checked_div(b));
            let near = Decimal(b.0 / 3 * 2);
            prop_assert_eq!(Divisor::new(b).and_then(|by| by.divide(near)), near.checked_div(b));
        }

        #[test]
        fn text_comes_back(raw in -(1_i128 << 108)..1_i128 << 108) {
            let number = Decimal(raw);
            prop_assert_eq!(number.to_string().parse::<Decimal>().unwrap(), number);
        }

        #[test]
        fn a_root_squared_is_just_below(raw in 0..1_i128 << 100) {
            let root = Decimal(raw).sqrt();
            prop_assert!(root * root <= Decimal(raw + 1));
            let next = root + Decimal::raw(1_000_000_000);
            prop_assert!(next * next >= Decimal(raw));
        }
    }

    #[test]
    fn what_is_no_plain_decimal_is_refused() {
        for text in ["", "-", ".5", "5.", "1e3", "1,000", " 1", "+1", "0.1234567890123456789", "1000000000000000", "x"]
        {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
        assert_eq!("999999999999999.5".parse::<Decimal>().unwrap().to_string(), "999999999999999.5");
    }

    #[test]
    fn rounding_is_half_away_from_nought() {
        let number: Decimal = "2.345".parse().unwrap();
        assert_eq!(number.fixed(2), "2.35");
        assert_eq!((-number).fixed(2), "-2.35");
        assert_eq!(Decimal::whole(1_234_567).grouped(1), "1,234,567.0");
        assert_eq!(Decimal::hundredths(-105).floor_hundredths(), (-105, Decimal::ZERO));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let large = Decimal::LIMIT;
        assert_eq!(large.checked_mul(large), None);
        assert_eq!(Decimal::ONE.checked_div(Decimal::ZERO), None);
        assert_eq!(Decimal(i128::MAX).checked_add(Decimal(1)), None);
    }
}
