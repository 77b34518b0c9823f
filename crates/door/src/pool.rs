//! The pool share: all that the Bank ever learns of what children said.

use std::fmt;

use kernel::{Night, Nights};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Payee;

/// A half of a financial year: from April or from October. Prints as `2025-H1` (April to September 2025) and `2025-H2`
/// (October 2025 to March 2026).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct HalfYear {
    year: i16,
    second: bool,
}

impl HalfYear {
    /// The half-year in which a night begins.
    pub fn of(night: Night) -> HalfYear {
        let (year, month) = (night.date().year(), night.date().month());
        match month {
            1..=3 => HalfYear { year: year - 1, second: true },
            4..=9 => HalfYear { year, second: false },
            _ => HalfYear { year, second: true },
        }
    }

    /// From `2025-H1`.
    pub fn parse(text: &str) -> Option<HalfYear> {
        let (year, half) = text.trim().split_once("-H")?;
        let year: i16 = year.parse().ok().filter(|year| (1901..=2198).contains(year))?;
        matches!(half, "1" | "2").then_some(HalfYear { year, second: half == "2" })
    }

    /// Its nights.
    pub fn nights(self) -> Nights {
        let (from, to) =
            if self.second { ((self.year, 10), (self.year + 1, 4)) } else { ((self.year, 4), (self.year, 10)) };
        let first = |(year, month)| Night::try_new(year, month, 1).expect("every month has a first day");
        Nights::try_new(first(from), first(to)).expect("a half-year has nights")
    }

    /// The half-year after.
    pub fn next(self) -> HalfYear {
        HalfYear { year: self.year + i16::from(self.second), second: !self.second }
    }

    /// The half-year before.
    pub fn before(self) -> HalfYear {
        HalfYear { year: self.year - i16::from(!self.second), second: !self.second }
    }

    /// The first day on which it may be closed, so many months after it ends: time for silence to be heard.
    pub fn closes_after(self, months: u8) -> Night {
        let months = if self.second { 3 } else { 9 } + i16::from(months);
        let (year, month) = (self.year + i16::from(self.second) + months / 12, months % 12 + 1);
        Night::try_new(year, month as i8, 1).expect("every month has a first day")
    }
}

impl fmt::Display for HalfYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}-H{}", self.year, if self.second { 2 } else { 1 }))
    }
}

impl Serialize for HalfYear {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for HalfYear {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HalfYear, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        HalfYear::parse(&text).ok_or_else(|| serde::de::Error::custom("a half-year looks like 2025-H1"))
    }
}

/// One share for one pool and half-year, told once. It has no room for a child, a date or a signal.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolShare {
    /// The pool's name.
    pub pool: String,
    /// The half-year.
    pub half_year: HalfYear,
    /// Its members, frozen at the close, in order.
    pub members: Vec<Payee>,
    /// Covered nights over nights with noise, to the step, in basis points; none of a pool too small to be told of.
    pub basis_points: Option<u16>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_years_follow_each_other_without_a_gap() {
        let mut half_year = HalfYear::parse("2024-H2").unwrap();
        for _ in 0..6 {
            let next = half_year.next();
            assert_eq!(half_year.nights().end(), next.nights().start());
            assert_eq!((next.before(), HalfYear::of(half_year.nights().last())), (half_year, half_year));
            assert_eq!(HalfYear::parse(&half_year.to_string()), Some(half_year));
            half_year = next;
        }
        assert_eq!(HalfYear::parse("2025-H1").unwrap().closes_after(3).iso(), "2026-01-01");
        assert_eq!(HalfYear::parse("2025-H2").unwrap().closes_after(3).iso(), "2026-07-01");
    }
}
