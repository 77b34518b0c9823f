//! The years that money and returns turn on. They differ: councils and the Treasury begin on 1 April, tax
//! and the National Minimum Allowance on 6 April, and an SSDA903 return is named by the 31 March it ends on.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::night::{Night, Nights};

fn first(year: i16, month: i8, day: i8) -> Night {
    Night::try_new(year, month, day).expect("the first days of April and of any month exist in every year")
}

/// The collection year of an SSDA903 return, named by the 31 March on which it ends: 2026 is 2025-26.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReturnYear(i16);

impl ReturnYear {
    /// The first collection year that we read: 2017-18.
    pub const FIRST: ReturnYear = ReturnYear(2018);
    /// The last collection year whose code sets we know: 2026-27.
    pub const LAST: ReturnYear = ReturnYear(2027);

    /// `None` outside 2018 to 2027.
    pub fn try_new(ends: i16) -> Option<ReturnYear> {
        (Self::FIRST.0..=Self::LAST.0).contains(&ends).then_some(ReturnYear(ends))
    }

    /// The calendar year of its 31 March.
    pub fn ends(self) -> i16 {
        self.0
    }

    /// 1 April to 31 March.
    pub fn nights(self) -> Nights {
        Nights::try_new(first(self.0 - 1, 4, 1), first(self.0, 4, 1)).expect("a year has nights")
    }

    /// 31 March: the last night on which the return is evidence.
    pub fn known_through(self) -> Night {
        self.nights().last()
    }
}

impl fmt::Display for ReturnYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.0 - 1, self.0 % 100)
    }
}

/// A financial year, 1 April to 31 March, named by the year in which it begins: tariffs and grants turn on it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FinancialYear(i16);

impl FinancialYear {
    /// The financial year in which a night begins.
    pub fn of(night: Night) -> FinancialYear {
        let year = night.date().year();
        FinancialYear(if night < first(year, 4, 1) { year - 1 } else { year })
    }

    /// 1 April.
    pub fn first_night(self) -> Night {
        first(self.0, 4, 1)
    }
}

impl fmt::Display for FinancialYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.0, (self.0 + 1) % 100)
    }
}

/// A tax year, 6 April to 5 April, named by the year in which it begins: the allowance schedule turns on it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TaxYear(i16);

impl TaxYear {
    /// The tax year in which a night begins.
    pub fn of(night: Night) -> TaxYear {
        let year = night.date().year();
        TaxYear(if night < first(year, 4, 6) { year - 1 } else { year })
    }

    /// 6 April.
    pub fn first_night(self) -> Night {
        first(self.0, 4, 6)
    }
}

impl fmt::Display for TaxYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.0, (self.0 + 1) % 100)
    }
}

/// An accounting period: one calendar month. Entries are posted in the first open one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Period {
    year: i16,
    month: i8,
}

impl Period {
    /// The period in which a date falls.
    pub fn of(night: Night) -> Period {
        Period { year: night.date().year(), month: night.date().month() }
    }

    /// From `2025-05`.
    pub fn parse(text: &str) -> Option<Period> {
        (text.len() == 7).then(|| Night::parse_iso(&format!("{text}-01"))).flatten().map(Period::of)
    }

    /// From year × 12 + month − 1, as stored.
    pub fn from_index(index: i64) -> Option<Period> {
        let (year, month) = (index.div_euclid(12), index.rem_euclid(12) + 1);
        (1900..2200).contains(&year).then_some(Period { year: year as i16, month: month as i8 })
    }

    /// Year × 12 + month − 1, as stored: periods in order have indexes in order.
    pub fn index(self) -> i64 {
        i64::from(self.year) * 12 + i64::from(self.month) - 1
    }

    /// The period after.
    pub fn next(self) -> Period {
        if self.month == 12 {
            Period { year: self.year + 1, month: 1 }
        } else {
            Period { year: self.year, month: self.month + 1 }
        }
    }

    /// The first of the month.
    pub fn first_night(self) -> Night {
        first(self.year, self.month, 1)
    }

    /// The last of the month.
    pub fn last_night(self) -> Night {
        self.next().first_night().eve()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.year, self.month)
    }
}
