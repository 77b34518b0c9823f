//! A formula as data: named steps, each an expression tree over indicators, parameters and other steps.
//!
//! `{year}` in the name of an indicator is the year that the grant is for, `{base}` the last year that was counted
//! when it was awarded.

use serde::{Deserialize, Serialize};

use crate::params::Citation;
use crate::{Decimal, Refused};

/// A node of the tree.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Expr {
    /// A number that is no choice: 0, 1, a power of ten. Anything else belongs in a parameter.
    Number(Decimal),
    /// A column of the facts.
    Indicator(String),
    /// A dated number.
    Parameter(String),
    /// Another step of the formula.
    Step(String),
    /// a + b + …
    Sum(Vec<Expr>),
    /// a × b × …
    Product(Vec<Expr>),
    /// a − b
    Difference(Box<[Expr; 2]>),
    /// a ÷ b
    Quotient(Box<[Expr; 2]>),
    /// The council's part of the sum over all councils.
    Share(Box<Expr>),
    /// The value of the first band that it falls below; the last has no bound.
    Band {
        /// What is looked up.
        of: Box<Expr>,
        /// Bands upwards.
        bands: Vec<Band>,
    },
    /// What it is above a threshold; nought below.
    Threshold {
        /// The quantity.
        of: Box<Expr>,
        /// The threshold.
        above: Box<Expr>,
    },
    /// At least.
    Floor {
        /// The quantity.
        of: Box<Expr>,
        /// The least.
        at: Box<Expr>,
    },
    /// At most.
    Cap {
        /// The quantity.
        of: Box<Expr>,
        /// The most.
        at: Box<Expr>,
    },
    /// In proportion, so that all councils sum to a total.
    Scale {
        /// The quantity.
        of: Box<Expr>,
        /// What all councils come to.
        total: Box<Expr>,
    },
    /// A part of the way from one to the other.
    Transition {
        /// Where it starts.
        from: Box<Expr>,
        /// Where it goes.
        to: Box<Expr>,
        /// 0 is the start, 1 the end.
        part: Box<Expr>,
    },
    /// To so many decimals, half away from nought.
    Round {
        /// The quantity.
        of: Box<Expr>,
        /// Decimals.
        places: u32,
    },
}

/// One band.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Its upper bound, itself outside; none for the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Expr>,
    /// The value in it.
    pub is: Expr,
}

/// A named step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name among the steps.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// Why it is so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Decimals that its page shows; all where none are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places: Option<u32>,
    /// The tree.
    pub is: Expr,
}

/// A factor: a part of the need that has a name and a line in the arithmetic.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// Its name.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// The step that is this factor's part of the need: the factors' steps sum to `need`.
    pub step: String,
}

/// Which facts a formula is worked out on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactsFrom {
    /// The shipped table, with whatever is given over it.
    #[default]
    Shipped,
    /// Only what is given.
    Given,
}

/// A version of a formula.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Formula {
    /// Its name: `children-act`.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// What it does, in a paragraph.
    #[serde(default)]
    pub summary: String,
    /// Where it comes from.
    pub source: Citation,
    /// Which facts it needs.
    #[serde(default)]
    pub facts: FactsFrom,
    /// The step that is a council's need before area cost; only its proportions count.
    pub need: String,
    /// The step that is the relative cost of the area, where the formula has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area_cost: Option<String>,
    /// The step that amounts a head are given by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heads: Option<String>,
    /// The parameter that is the least part of last year's grant, where there is a floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<String>,
    /// The parameter that is the most of last year's grant, where there is a cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<String>,
    /// Its factors.
    #[serde(default, rename = "factor", skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<Factor>,
    /// Its steps, in the order in which they are read.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

impl Formula {
    /// Reads TOML, or JSON when the name ends in `.json`.
    pub fn parse(name: &str, text: &str) -> Result<Formula, Refused> {
        let refused = |why: String| Refused::new("formula.unreadable", format!("{name}: {}", why.trim_end()));
        let formula: Formula = if name.ends_with(".json") {
            serde_json::from_str(text).map_err(|error| refused(error.to_string()))?
        } else {
            toml::from_str(text).map_err(|error| refused(error.to_string()))?
        };
        for (at, step) in formula.steps.iter().enumerate() {
            if formula.steps[..at].iter().any(|other| other.id == step.id) {
                return Err(refused(format!("the step {} is there twice", step.id)));
            }
        }
        let named = [Some(&formula.need), formula.area_cost.as_ref(), formula.heads.as_ref()];
        let wanted = named.into_iter().flatten().chain(formula.factors.iter().map(|factor| &factor.step));
        for step in wanted {
            if formula.step(step).is_none() {
                return Err(refused(format!("there is no step {step}")));
            }
        }
        Ok(formula)
    }

    /// A step by its name.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }
}

impl Expr {
    /// The nodes below, in the order in which they are read.
    pub fn below(&self) -> Vec<&Expr> {
        match self {
            Expr::Number(_) | Expr::Indicator(_) | Expr::Parameter(_) | Expr::Step(_) => Vec::new(),
            Expr::Sum(all) | Expr::Product(all) => all.iter().collect(),
            Expr::Difference(pair) | Expr::Quotient(pair) => pair.iter().collect(),
            Expr::Share(of) | Expr::Round { of, .. } => vec![of],
            Expr::Band { of, bands } => {
                let mut below: Vec<&Expr> = vec![of];
                below.extend(bands.iter().flat_map(|band| band.below.iter().chain([&band.is])));
                below
            }
            Expr::Threshold { of, above: other }
            | Expr::Floor { of, at: other }
            | Expr::Cap { of, at: other }
            | Expr::Scale { of, total: other } => vec![of, other],
            Expr::Transition { from, to, part } => vec![from, to, part],
        }
    }
}

/// The years that `{year}` and `{base}` stand for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Years {
    /// The year of the grant: 2026 is 2026-27.
    pub year: i16,
    /// The last year counted, not projected, at the award.
    pub base: i16,
}

impl Years {
    /// The name of an indicator with the years put in.
    pub fn name(self, indicator: &str) -> String {
        indicator.replace("{year}", &self.year.to_string()).replace("{base}", &self.base.to_string())
    }
}
