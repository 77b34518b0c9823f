//! The catalogue: what each indicator is, where it comes from and how its values were made (`facts/indicators.toml`).

use std::collections::{BTreeMap, BTreeSet};

use kernel::Night;
use serde::Deserialize;

use super::{Basis, Indicator, Refusal, Source};
use crate::Decimal;

const FILE: &str = "indicators.toml";

/// The catalogue, with families of indicators written out one by one.
pub(super) struct Catalogue {
    pub(super) indicators: Vec<Indicator>,
    pub(super) methods: BTreeMap<String, String>,
    /// Published figures of England that estimates are made to sum to.
    anchors: BTreeMap<String, Decimal>,
    by_id: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    source: Vec<WrittenSource>,
    method: Vec<Method>,
    anchor: Vec<Anchor>,
    indicator: Vec<Family>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSource {
    id: String,
    title: String,
    url: String,
    licence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Method {
    id: String,
    text: String,
}

/// A published figure of England, with its source.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Anchor {
    id: String,
    value: Decimal,
    source: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Usual {
    Published,
    Estimate,
    Projected,
}

/// One indicator, or one for each age and year between two, both included: `{age}` and `{year}` in its texts stand for
/// them, `{before}` for the year before.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    id: String,
    title: String,
    unit: String,
    vintage: String,
    known_from: Night,
    source: String,
    table: String,
    basis: Usual,
    method: Option<String>,
    proxy: Option<String>,
    age: Option<[u16; 2]>,
    year: Option<[u16; 2]>,
}

impl Catalogue {
    pub(super) fn read(text: &str) -> Result<Catalogue, Refusal> {
        let refuse = |reason: String| Refusal::of(FILE, None, reason);
        let written: Written = toml::from_str(text).map_err(|error| refuse(error.to_string()))?;
        let methods: BTreeMap<String, String> =
            written.method.into_iter().map(|method| (method.id, method.text)).collect();
        let mut sources = BTreeMap::new();
        for source in written.source {
            if [&source.title, &source.url, &source.licence].iter().any(|text| text.trim().is_empty()) {
                return Err(refuse(format!("source {} lacks a title, an address or a licence", source.id)));
            }
            let shown = Source { title: source.title, url: source.url, licence: source.licence };
            sources.insert(source.id, shown);
        }
        let mut anchors = BTreeMap::new();
        for anchor in written.anchor {
            if !sources.contains_key(&anchor.source) {
                return Err(refuse(format!("anchor {} names source {}, which is not there", anchor.id, anchor.source)));
            }
            anchors.insert(anchor.id, anchor.value);
        }
        let mut indicators = Vec::new();
        for family in &written.indicator {
            let source = sources.get(&family.source).ok_or_else(|| {
                refuse(format!("indicator {} names source {}, which is not there", family.id, family.source))
            })?;
            let basis = family.basis(&methods).map_err(refuse)?;
            indicators.extend(family.members(source, &basis));
        }
        let mut by_id = BTreeMap::new();
        for (at, indicator) in indicators.iter().enumerate() {
            if by_id.insert(indicator.id.clone(), at).is_some() {
                return Err(refuse(format!("indicator {} is there twice", indicator.id)));
            }
        }
        Ok(Catalogue { indicators, methods, anchors, by_id })
    }

    pub(super) fn get(&self, id: &str) -> Option<&Indicator> {
        self.by_id.get(id).map(|&at| &self.indicators[at])
    }

    /// A published figure of England.
    pub(super) fn anchor(&self, id: &str) -> Result<Decimal, Refusal> {
        self.anchors.get(id).copied().ok_or_else(|| Refusal::of(FILE, None, format!("there is no anchor {id}")))
    }

    /// The columns of a table, in order.
    pub(super) fn columns(&self, table: &str) -> Vec<&Indicator> {
        self.indicators.iter().filter(|indicator| indicator.table == table).collect()
    }

    /// The tables that the indicators name.
    pub(super) fn tables(&self) -> BTreeSet<&str> {
        self.indicators.iter().map(|indicator| indicator.table.as_str()).collect()
    }
}

impl Family {
    fn basis(&self, methods: &BTreeMap<String, String>) -> Result<Basis, String> {
        let method = || match &self.method {
            Some(method) if methods.contains_key(method) => Ok(method.clone()),
            Some(method) => Err(format!("indicator {} names method {method}, which is not there", self.id)),
            None => Err(format!("indicator {} is not published and names no method", self.id)),
        };
        Ok(match self.basis {
            Usual::Published => Basis::Published,
            Usual::Estimate => Basis::Estimate(method()?),
            Usual::Projected => Basis::Projected(method()?),
        })
    }

    fn members(&self, source: &Source, basis: &Basis) -> Vec<Indicator> {
        let between = |range: Option<[u16; 2]>| range.map_or(vec![None], |[from, to]| (from..=to).map(Some).collect());
        let mut members = Vec::new();
        for year in between(self.year) {
            for age in between(self.age) {
                let fill = |text: &str| {
                    let mut text = text.to_owned();
                    if let Some(age) = age {
                        text = text.replace("{age}", &age.to_string());
                    }
                    if let Some(year) = year {
                        text = text.replace("{year}", &year.to_string()).replace("{before}", &(year - 1).to_string());
                    }
                    text
                };
                members.push(Indicator {
                    id: fill(&self.id),
                    title: fill(&self.title),
                    unit: self.unit.clone(),
                    vintage: fill(&self.vintage),
                    known_from: self.known_from,
                    source: source.clone(),
                    proxy: self.proxy.clone(),
                    basis: basis.clone(),
                    table: self.table.clone(),
                });
            }
        }
        members
    }
}
