//! The facts table: every council × indicator, with source, vintage and licence. The seam that the engine reads.

use std::collections::BTreeMap;

use crate::Decimal;

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
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Indicator {
    /// Its stable name: `population_0_17_2024`.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// `children`, `pounds`, `share`, `score`, `index`…
    pub unit: String,
    /// The year or date it is about.
    pub vintage: String,
    /// The day from which it was known.
    pub known_from: String,
    /// Where it comes from.
    pub source: Source,
    /// What it stands in for, and how badly, when it is a proxy.
    #[serde(default)]
    pub proxy: Option<String>,
}

/// How good a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As published.
    Published,
    /// Worked out by a named method.
    Estimate(String),
}

/// One council's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The exact decimal.
    pub amount: Decimal,
    /// How good it is.
    pub standing: Standing,
}

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    indicators: Vec<Indicator>,
    values: BTreeMap<(String, String), Value>,
}

impl Facts {
    /// The table that ships with the product.
    pub fn shipped() -> Facts {
        Facts::default()
    }

    /// Every column.
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// A council's value, if there is one.
    pub fn get(&self, indicator: &str, council: &str) -> Option<&Value> {
        self.values.get(&(indicator.to_owned(), council.to_owned()))
    }
}
