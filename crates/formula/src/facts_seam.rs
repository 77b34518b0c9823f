//! The one place where the facts table meets the engine's.

use crate::Decimal;
use crate::facts::{Basis, Facts, Indicator};
use crate::table::{About, Cell};

/// A council's value as a cell, if there is one.
pub fn cell(facts: &Facts, indicator: &str, council: &str) -> Option<Cell> {
    let value = facts.get(indicator, council)?;
    let amount: Decimal = value.amount;
    let basis = match &value.basis {
        Basis::Published => "published".to_owned(),
        Basis::Estimate(method) => format!("estimate: {method}"),
        Basis::Projected(method) => format!("projected: {method}"),
    };
    Some(Cell { amount, basis, given: false })
}

/// What the engine shows of an indicator.
pub fn about(indicator: &Indicator) -> About {
    About {
        id: indicator.id.clone(),
        title: indicator.title.clone(),
        unit: indicator.unit.clone(),
        vintage: indicator.vintage.clone(),
        known_from: Some(indicator.known_from),
        source: format!("{}, {} ({})", indicator.source.title, indicator.source.url, indicator.source.licence),
        proxy: indicator.proxy.clone(),
    }
}
