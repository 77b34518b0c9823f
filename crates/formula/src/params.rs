//! Parameters: every number that a formula uses, as dated data with its source. A reform is an overlay: values that
//! take the place of those below for the days they cover.
//!
//! ```
//! use formula::Parameters;
//! use kernel::Night;
//!
//! let file = r#"
//! [[parameter]]
//! id = "weight.children"
//! title = "Weight of the number of children"
//! unit = "share"
//! [[parameter.value]]
//! value = "0.5"
//! from = "2026-04-01"
//! known_from = "2026-01-01"
//! status = "assumption"
//! source = { title = "Ours", url = "docs/formula.md", paragraph = "Weights" }
//! "#;
//! let parameters = Parameters::parse("weights.toml", file).unwrap();
//! let day = |text| Night::parse_iso(text).unwrap();
//! assert_eq!(parameters.at("weight.children", day("2027-04-01"), day("2026-02-01")).unwrap().value.to_string(), "0.5");
//! assert!(parameters.at("weight.children", day("2027-04-01"), day("2025-12-31")).is_err()); // not known yet
//! ```

use kernel::Night;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::{Decimal, Refused};

/// What a value rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// An act or regulation says so.
    Statute,
    /// Published by a public body.
    Official,
    /// Chosen by whoever wrote the file; shown as such wherever it counts.
    Assumption,
}

impl Status {
    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Status::Statute => "statute",
            Status::Official => "official",
            Status::Assumption => "assumption",
        }
    }
}

/// Where a value can be looked up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// The document.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// Where in it: paragraph, table, page.
    #[serde(default)]
    pub paragraph: String,
}

/// A value for a stretch of days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dated {
    /// The number.
    pub value: Decimal,
    /// Its first day.
    pub from: Night,
    /// Its last day; without one it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Night>,
    /// The day from which it was known.
    pub known_from: Night,
    /// What it rests on.
    pub status: Status,
    /// Where it says so; `None` is found by the linter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Citation>,
    /// Which layer gave it: 0 for the file, then each overlay.
    #[serde(skip)]
    pub layer: u32,
    /// The file and line that gave it.
    #[serde(skip)]
    pub file: String,
}

impl Dated {
    /// Whether it holds on a day, as known on another.
    pub fn in_force(&self, on: Night, known: Night) -> bool {
        self.from <= on && self.until.is_none_or(|until| on <= until) && self.known_from <= known
    }
}

/// One parameter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its stable name: `weight.deprivation`.
    pub id: String,
    /// A line for a person.
    #[serde(default)]
    pub title: String,
    /// `share`, `pounds/child`, `weeks`…
    #[serde(default)]
    pub unit: String,
    /// The factor of the formula that it belongs to, for the waterfall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<String>,
    /// The least that somebody might reasonably choose: what sensitivity goes down to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Decimal>,
    /// The most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Decimal>,
    /// Why its values leave a gap, when they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<String>,
    /// Its values.
    #[serde(default, rename = "value")]
    pub values: Vec<Dated>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    parameter: Vec<Parameter>,
}

/// The same file again, for where things stand in it.
#[derive(Deserialize)]
struct FileAt {
    #[serde(default)]
    parameter: Vec<ParameterAt>,
}

#[derive(Deserialize)]
struct ParameterAt {
    #[serde(default)]
    value: Vec<ValueAt>,
}

#[derive(Deserialize)]
struct ValueAt {
    value: Spanned<Decimal>,
}

fn line_of(text: &str, at: &ValueAt) -> usize {
    text.as_bytes().iter().take(at.value.span().start).filter(|byte| **byte == b'\n').count() + 1
}

/// All parameters, overlays included.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Parameters {
    parameters: Vec<Parameter>,
    layer: u32,
}

impl Parameters {
    /// Reads a file; `name` says which in refusals.
    pub fn parse(name: &str, text: &str) -> Result<Parameters, Refused> {
        let mut parameters = Parameters::default();
        parameters.overlay(name, text)?;
        Ok(parameters)
    }

    /// Reads a file over these: its values take the place of those below for the days that they cover.
    pub fn overlay(&mut self, name: &str, text: &str) -> Result<(), Refused> {
        if !self.parameters.is_empty() {
            self.layer += 1;
        }
        self.add(name, text)
    }

    /// Reads a file beside these, into the same layer.
    pub fn add(&mut self, name: &str, text: &str) -> Result<(), Refused> {
        let unreadable = |error: toml::de::Error| {
            Refused::new("parameters.unreadable", format!("{name}: {}", error.to_string().trim_end()))
        };
        let file: File = toml::from_str(text).map_err(unreadable)?;
        let places: FileAt = toml::from_str(text).map_err(unreadable)?;
        let layer = self.layer;
        for (mut parameter, at) in file.parameter.into_iter().zip(places.parameter) {
            for (value, at) in parameter.values.iter_mut().zip(&at.value) {
                value.layer = layer;
                value.file = format!("{name}, line {}", line_of(text, at));
            }
            self.merge(parameter);
        }
        self.parameters.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(())
    }

    fn merge(&mut self, over: Parameter) {
        let Some(known) = self.parameters.iter_mut().find(|known| known.id == over.id) else {
            self.parameters.push(over);
            return;
        };
        if !over.title.is_empty() {
            known.title = over.title;
        }
        if !over.unit.is_empty() {
            known.unit = over.unit;
        }
        known.factor = over.factor.or_else(|| known.factor.take());
        known.low = over.low.or(known.low);
        known.high = over.high.or(known.high);
        known.gap = over.gap.or_else(|| known.gap.take());
        known.values.extend(over.values);
    }

    /// One number given on the command line, for all days: an assumption by whoever gives it.
    pub fn set(&mut self, id: &str, value: Decimal) -> Result<(), Refused> {
        self.layer += 1;
        let layer = self.layer;
        let Some(parameter) = self.parameters.iter_mut().find(|parameter| parameter.id == id) else {
            let known: Vec<&str> = self.parameters.iter().map(|parameter| parameter.id.as_str()).collect();
            let sentence = format!("there is no parameter {id}; there are {}", known.join(", "));
            return Err(Refused::new("parameters.unknown", sentence));
        };
        let first = Night::try_new(1900, 1, 1).expect("a date");
        parameter.values.push(Dated {
            value,
            from: first,
            until: None,
            known_from: first,
            status: Status::Assumption,
            source: Some(Citation {
                title: "Given with the command".to_owned(),
                url: String::new(),
                paragraph: String::new(),
            }),
            layer,
            file: "the command line".to_owned(),
        });
        Ok(())
    }

    /// Puts a parameter in the place of the one of its id, all values with it.
    pub fn replace(&mut self, parameter: Parameter) {
        match self.parameters.binary_search_by(|known| known.id.cmp(&parameter.id)) {
            Ok(at) => self.parameters[at] = parameter,
            Err(at) => self.parameters.insert(at, parameter),
        }
    }

    /// Every parameter, in order of id.
    pub fn all(&self) -> &[Parameter] {
        &self.parameters
    }

    /// A parameter by id.
    pub fn get(&self, id: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.id == id)
    }

    /// Values of overlays that take effect on none of these days, as known on `known`: given in vain.
    pub fn idle<'a>(&'a self, days: &'a [Night], known: Night) -> impl Iterator<Item = (&'a Parameter, &'a Dated)> {
        self.parameters.iter().flat_map(move |parameter| {
            let mut layers: Vec<u32> = parameter.values.iter().map(|value| value.layer).filter(|at| *at > 0).collect();
            layers.dedup();
            let of = move |layer: u32| parameter.values.iter().filter(move |value| value.layer == layer);
            let idle = move |layer: &u32| !of(*layer).any(|value| days.iter().any(|day| value.in_force(*day, known)));
            layers.into_iter().filter(idle).filter_map(move |layer| Some((parameter, of(layer).next()?)))
        })
    }

    /// The value in force on a day, as known on another: the last layer, and in it the last known.
    pub fn at(&self, id: &str, on: Night, known: Night) -> Result<&Dated, Refused> {
        let parameter = self.get(id).ok_or_else(|| {
            Refused::new(
                "parameters.unknown",
                format!("there is no parameter {id}; add it to the parameters or an overlay"),
            )
        })?;
        let found = parameter.values.iter().filter(|value| value.in_force(on, known));
        found.max_by_key(|value| (value.layer, value.known_from)).ok_or_else(|| {
            let sentence =
                format!("the parameter {id} has no value for {on} that was known by {known}; add a dated value");
            Refused::new("parameters.gap", sentence)
        })
    }
}
