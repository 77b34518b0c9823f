//! The facts of the funding formula: made from the publishers' files, listed, shown. No store is needed.

use std::collections::BTreeMap;
use std::io::Read;

use formula::facts::{Basis, Compiled, Facts, Refusal, compile};
use kernel::Council;
use serde::Serialize;

use crate::Problem;

/// The first bytes of a file that gzip made.
const GZIP: &[u8] = &[0x1f, 0x8b];
/// The most that one file may hold when unpacked.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Makes the tables from files given as (name, bytes), plain or gzipped. Nothing is made if anything is wrong.
///
/// # Errors
/// `facts.refused`, with file, line and reason.
pub fn compile_facts(files: Vec<(String, Vec<u8>)>) -> Result<Compiled, Problem> {
    let plain = files.into_iter().map(unpacked).collect::<Result<Vec<_>, _>>()?;
    compile(&plain).map_err(|refusal| refused(&refusal))
}

fn refused(refusal: &Refusal) -> Problem {
    Problem::refused("facts.refused", format!("{refusal}. Nothing was written."))
}

fn unpacked((name, bytes): (String, Vec<u8>)) -> Result<(String, Vec<u8>), Problem> {
    if !bytes.starts_with(GZIP) {
        return Ok((name, bytes));
    }
    let wrong = |reason: String| {
        refused(&Refusal { file: name.clone(), line: None, reason: format!("it cannot be unpacked ({reason})") })
    };
    let mut plain = Vec::new();
    let mut reader = flate2::read::GzDecoder::new(bytes.as_slice()).take(LARGEST + 1);
    reader.read_to_end(&mut plain).map_err(|error| wrong(error.to_string()))?;
    if plain.len() as u64 > LARGEST {
        return Err(wrong(format!("it holds more than {LARGEST} bytes")));
    }
    Ok((name, plain))
}

/// One indicator, for a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IndicatorListing {
    /// Its name.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// Of what.
    pub unit: String,
    /// The year or date it is about.
    pub vintage: String,
    /// The day by which it was known.
    pub known_from: kernel::Night,
    /// Who published what, where, under which licence.
    pub source: formula::facts::Source,
    /// What it stands in for, and how badly.
    pub proxy: Option<String>,
    /// Councils whose value is as published.
    pub published: usize,
    /// Councils whose value is estimated or projected, by method.
    pub estimated: BTreeMap<String, usize>,
}

/// Every indicator that ships.
pub fn list_facts() -> Vec<IndicatorListing> {
    let facts = Facts::shipped();
    let listing = |indicator: &formula::facts::Indicator| {
        let mut published = 0;
        let mut estimated = BTreeMap::new();
        for (_, value) in facts.column(&indicator.id) {
            match &value.basis {
                Basis::Published => published += 1,
                Basis::Estimate(method) | Basis::Projected(method) => {
                    *estimated.entry(method.clone()).or_insert(0) += 1;
                }
            }
        }
        IndicatorListing {
            id: indicator.id.clone(),
            title: indicator.title.clone(),
            unit: indicator.unit.clone(),
            vintage: indicator.vintage.clone(),
            known_from: indicator.known_from,
            source: indicator.source.clone(),
            proxy: indicator.proxy.clone(),
            published,
            estimated,
        }
    };
    facts.indicators().iter().map(listing).collect()
}

/// What is known of one council.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CouncilFacts {
    /// ONS code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Region.
    pub region: String,
    /// What sort of council.
    pub kind: Option<formula::facts::CouncilType>,
    /// Tenth of councils by deprivation of 2025: 1 is the most deprived.
    pub deprivation_decile: Option<u8>,
    /// Its value of every indicator.
    pub values: Vec<CouncilFact>,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CouncilFact {
    /// The indicator.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// Of what.
    pub unit: String,
    /// The exact decimal.
    pub amount: String,
    /// `published`, `estimate` or `projected`.
    pub basis: &'static str,
    /// The method of an estimate or projection, and what it does.
    pub method: Option<(String, String)>,
    /// What the publisher wrote instead of a number.
    pub mark: Option<String>,
}

/// Every indicator of one council of today.
///
/// # Errors
/// `council.not-found` for one that is no more: its figures are in those of the councils that it became.
pub fn council_facts(council: &Council) -> Result<CouncilFacts, Problem> {
    if council.until.is_some() {
        let names: Vec<String> =
            council.successors.iter().map(|code| format!("{} ({code})", kernel::council(*code).name)).collect();
        let sentence = format!("{} is no more; ask for what it became: {}", council.name, names.join(", "));
        return Err(Problem::not_found("council", sentence));
    }
    let facts = Facts::shipped();
    let code = council.code.as_str();
    let fact = |indicator: &formula::facts::Indicator| {
        let value = facts.get(&indicator.id, code)?;
        let (basis, method) = match &value.basis {
            Basis::Published => ("published", None),
            Basis::Estimate(method) => ("estimate", Some(method)),
            Basis::Projected(method) => ("projected", Some(method)),
        };
        let text = |method: &String| facts.methods().get(method).cloned().unwrap_or_default();
        Some(CouncilFact {
            id: indicator.id.clone(),
            title: indicator.title.clone(),
            unit: indicator.unit.clone(),
            amount: value.amount.to_string(),
            basis,
            method: method.map(|method| (method.clone(), text(method))),
            mark: facts.mark(&indicator.id, code).map(str::to_owned),
        })
    };
    Ok(CouncilFacts {
        code: code.to_owned(),
        name: council.name.to_owned(),
        region: council.region.name().to_owned(),
        kind: formula::facts::council_type(code),
        deprivation_decile: facts.decile("imd_2025_average_score", code),
        values: facts.indicators().iter().filter_map(fact).collect(),
    })
}
