//! The facts: every council of today × every indicator, as published or as estimated by a named method.
//!
//! Owns the shipped tables (`facts/*.csv`), their catalogue (`facts/indicators.toml`: source, vintage, licence, proxy
//! and method of each indicator), and the readers that make the tables from the publishers' own files
//! ([`compile()`]). A value that a publisher withheld is never nought: it is missing, with the publisher's mark, and
//! then estimated by a method that its basis names.
//!
//! ```
//! use formula::facts::{Facts, Basis};
//!
//! let facts = Facts::shipped();
//! let children = facts.get("population_0_17_2023", "E06000061").unwrap();
//! assert_eq!(children.basis, Basis::Published);
//! let score = facts.get("imd_2019_average_score", "E06000061").unwrap(); // a council since 2021 only
//! assert!(matches!(score.basis, Basis::Estimate(_)));
//! ```

mod catalogue;
mod compile;
mod fill;
mod geography;
pub mod hexes;
mod inputs;
mod project;
mod sheet;
mod sources;
mod table;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use kernel::Night;

use crate::Decimal;

pub use compile::{CompileReport, Compiled, IndicatorReport, compile};
pub use geography::{CouncilType, Reorganised, council_type, to_current, to_former};
pub use inputs::FileReport;
pub use sheet::Refusal;
pub use sources::Kind;

/// The shipped tables by name, each below 400 KB.
const TABLES: [(&str, &str); 6] = [
    ("population", include_str!("../../facts/population.csv")),
    ("population-projected", include_str!("../../facts/population-projected.csv")),
    ("population-totals", include_str!("../../facts/population-totals.csv")),
    ("need", include_str!("../../facts/need.csv")),
    ("care", include_str!("../../facts/care.csv")),
    ("spending", include_str!("../../facts/spending.csv")),
];
const CATALOGUE: &str = include_str!("../../facts/indicators.toml");

/// Where an indicator comes from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Source {
    /// Who published what.
    pub title: String,
    /// Where.
    pub url: String,
    /// Under which licence.
    pub licence: String,
}

/// One column of the facts.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Indicator {
    /// Its stable name: `population_0_17_2024`.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// `children`, `people`, `pounds`, `pounds a week`, `per cent`, `per 10,000 children`, `score`, `index`.
    pub unit: String,
    /// The year or date it is about.
    pub vintage: String,
    /// The day from which it was known, as far as the copy that was read tells: it may have been public before.
    pub known_from: Night,
    /// Where it comes from.
    pub source: Source,
    /// What it stands in for, and how badly, when it is a proxy.
    pub proxy: Option<String>,
    /// How its values stand unless a value says otherwise.
    pub basis: Basis,
    /// The table that holds it.
    pub table: String,
}

/// How good a value is. The text names a method of [`Facts::methods`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// As published.
    Published,
    /// Worked out by a named method.
    Estimate(String),
    /// Of a year that had not come, by a named method.
    Projected(String),
}

/// One council's value.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Value {
    /// The exact decimal.
    pub amount: Decimal,
    /// How good it is.
    pub basis: Basis,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Inner {
    indicators: Vec<Indicator>,
    methods: BTreeMap<String, String>,
    /// By indicator, then by council.
    values: BTreeMap<String, BTreeMap<String, Value>>,
    /// The publisher's mark where a value was withheld: by indicator and council.
    marks: BTreeMap<(String, String), String>,
}

/// The table: councils × indicators. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(Arc<Inner>);

impl Facts {
    /// The table that ships with the product.
    pub fn shipped() -> Facts {
        static SHIPPED: OnceLock<Facts> = OnceLock::new();
        let read = || Facts::read(CATALOGUE, &TABLES).expect("the tables in this crate read: a test reads them");
        SHIPPED.get_or_init(read).clone()
    }

    /// A table from a catalogue (in TOML) and tables by name (in CSV), as `grants facts compile` writes them.
    ///
    /// # Errors
    /// The first thing that is wrong, with file, line and reason: an indicator without a column or the reverse, a
    /// council missing, unknown or twice, a cell that is blank or no number, a method that the catalogue does not have.
    pub fn read(catalogue: &str, tables: &[(&str, &str)]) -> Result<Facts, Refusal> {
        let catalogue = catalogue::Catalogue::read(catalogue)?;
        let mut inner = Inner { methods: catalogue.methods.clone(), ..Inner::default() };
        for (name, text) in tables {
            table::read(name, text, &catalogue, &mut inner)?;
        }
        if let Some(absent) = catalogue.indicators.iter().find(|found| !inner.values.contains_key(&found.id)) {
            let reason = format!("table {} has no column {}", absent.table, absent.id);
            return Err(Refusal::of("indicators.toml", None, reason));
        }
        inner.indicators = catalogue.indicators;
        Ok(Facts(Arc::new(inner)))
    }

    /// A table made in memory: indicators, and values as (indicator, council, value).
    pub fn from_parts(indicators: Vec<Indicator>, values: impl IntoIterator<Item = (String, String, Value)>) -> Facts {
        let mut inner = Inner { indicators, ..Inner::default() };
        for (indicator, council, value) in values {
            inner.values.entry(indicator).or_default().insert(council, value);
        }
        Facts(Arc::new(inner))
    }

    /// Every column, in the order of the catalogue.
    pub fn indicators(&self) -> &[Indicator] {
        &self.0.indicators
    }

    /// One column.
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.0.indicators.iter().find(|indicator| indicator.id == id)
    }

    /// What each method of estimate does, by the name that bases give it.
    pub fn methods(&self) -> &BTreeMap<String, String> {
        &self.0.methods
    }

    /// A council's value by its ONS code, if there is one.
    pub fn get(&self, indicator: &str, council: &str) -> Option<&Value> {
        self.0.values.get(indicator)?.get(council)
    }

    /// Every council's value of an indicator, in order of ONS code; nothing for an unknown one.
    pub fn column(&self, indicator: &str) -> impl Iterator<Item = (&str, &Value)> {
        self.0.values.get(indicator).into_iter().flatten().map(|(council, value)| (council.as_str(), value))
    }

    /// What the publisher wrote instead of a number, where it withheld one: `c`, `x`, `z`, `-`…
    pub fn mark(&self, indicator: &str, council: &str) -> Option<&str> {
        self.0.marks.get(&(indicator.to_owned(), council.to_owned())).map(String::as_str)
    }

    /// The tenth of councils that an indicator puts this one in: 1 has the highest values, 10 the lowest. With a score
    /// of deprivation, 1 is the most deprived tenth. Councils of one value share the tenth of the first of them.
    pub fn decile(&self, indicator: &str, council: &str) -> Option<u8> {
        let own = self.get(indicator, council)?.amount;
        let count = self.column(indicator).count();
        let above = self.column(indicator).filter(|(_, value)| value.amount > own).count();
        u8::try_from(above * 10 / count + 1).ok()
    }
}
