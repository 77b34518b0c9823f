//! What ships with the product: formulas and parameters.

use crate::{Formula, Parameters, Refused};

const FORMULAS: [(&str, &str); 5] = [
    ("children-act.toml", include_str!("../formulas/children-act.toml")),
    ("equal-per-child.toml", include_str!("../formulas/equal-per-child.toml")),
    ("need-led.toml", include_str!("../formulas/need-led.toml")),
    ("todays-spending.toml", include_str!("../formulas/todays-spending.toml")),
    ("youth-community.toml", include_str!("../formulas/youth-community.toml")),
];

const PARAMETERS: [(&str, &str); 4] = [
    ("children-act.toml", include_str!("../parameters/children-act.toml")),
    ("sufficiency.toml", include_str!("../parameters/sufficiency.toml")),
    ("uncertainty.toml", include_str!("../parameters/uncertainty.toml")),
    ("youth-community.toml", include_str!("../parameters/youth-community.toml")),
];

/// The ids of the shipped formulas.
pub fn formulas() -> impl Iterator<Item = &'static str> {
    FORMULAS.iter().map(|(name, _)| name.trim_end_matches(".toml"))
}

/// The text of a shipped formula.
pub fn formula_text(id: &str) -> Option<&'static str> {
    FORMULAS.iter().find(|(name, _)| name.trim_end_matches(".toml") == id).map(|(_, text)| *text)
}

/// A shipped formula.
pub fn formula(id: &str) -> Result<Formula, Refused> {
    let text = formula_text(id).ok_or_else(|| {
        let known: Vec<&str> = formulas().collect();
        Refused::new(
            "formula.unknown",
            format!("no formula {id} ships; there are {}, or name a file", known.join(", ")),
        )
    })?;
    Formula::parse(id, text)
}

/// The files of the shipped parameters, with their names.
pub fn parameter_files() -> &'static [(&'static str, &'static str)] {
    &PARAMETERS
}

/// The shipped parameters.
pub fn parameters() -> Result<Parameters, Refused> {
    let mut parameters = Parameters::default();
    for (name, text) in PARAMETERS {
        // One layer: files that ship do not overlay each other, and the linter finds it when they try.
        parameters.add(name, text)?;
    }
    Ok(parameters)
}
