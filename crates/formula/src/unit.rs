//! Units, so that children are never added to pounds. `pounds/child/week` is pounds over child and week; a share, a
//! score or an index is a bare number. Where a unit is not told, nothing is held against it.

use std::collections::BTreeMap;
use std::fmt;

const BARE: [&str; 8] = ["1", "share", "index", "score", "ratio", "number", "percent", "per cent"];

/// A product of base units with exponents. `None` inside an `Option<Unit>` means that it is not known.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Unit(BTreeMap<String, i32>);

impl Unit {
    /// A bare number.
    pub fn bare() -> Unit {
        Unit::default()
    }

    /// From text; `None` for an empty one.
    pub fn parse(text: &str) -> Option<Unit> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let mut unit = Unit::default();
        for (place, part) in text.split('/').enumerate() {
            let part = part.trim().to_ascii_lowercase();
            if BARE.contains(&part.as_str()) {
                continue;
            }
            let word = match part.as_str() {
                "children" => "child".to_owned(),
                "£" | "gbp" => "pound".to_owned(),
                other => other.strip_suffix('s').unwrap_or(other).to_owned(),
            };
            *unit.0.entry(word).or_insert(0) += if place == 0 { 1 } else { -1 };
        }
        unit.0.retain(|_, power| *power != 0);
        Some(unit)
    }

    /// The product with another, or with its inverse.
    #[must_use]
    pub fn times(mut self, other: &Unit, power: i32) -> Unit {
        for (word, exponent) in &other.0 {
            *self.0.entry(word.clone()).or_insert(0) += exponent * power;
        }
        self.0.retain(|_, power| *power != 0);
        self
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |above: bool| {
            let words = self.0.iter().filter(move |(_, power)| (**power > 0) == above);
            words.map(|(word, power)| if power.abs() == 1 { word.clone() } else { format!("{word}^{}", power.abs()) })
        };
        let many = |word: String| match word.as_str() {
            "child" => "children".to_owned(),
            "pound" | "week" => word + "s",
            _ => word,
        };
        let above = words(true).map(many).collect::<Vec<_>>().join("·");
        write!(f, "{}", if above.is_empty() { "1" } else { &above })?;
        for word in words(false) {
            write!(f, "/{word}")?;
        }
        Ok(())
    }
}
