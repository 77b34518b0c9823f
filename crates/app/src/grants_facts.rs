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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

    use std::path::Path;

    use formula::{Decimal, Status, shipped};

    use super::unpacked;

    fn text(path: &Path) -> String {
        let bytes = std::fs::read(path).unwrap();
        let (_, plain) = unpacked((path.display().to_string(), bytes)).unwrap();
        String::from_utf8(plain).unwrap()
    }

    /// England's figure of a measure of the interactive tool.
    fn england(finance: &str, measure: &str, year: &str) -> Decimal {
        let begins = format!("{measure},{year},England,");
        let row = finance.lines().find(|line| line.starts_with(&begins)).unwrap();
        row.rsplit(',').next().unwrap().parse().unwrap()
    }

    /// The amounts of the Youth and Community element stand in the golden cases, which would not come out otherwise.
    const IN_GOLDEN_CASES: &str = "youth.";

    /// Every parameter that ships as official stands in the publishers' files, where they are at hand.
    #[test]
    fn official_parameters_stand_in_the_publishers_files() {
        let parameters = shipped::parameters().unwrap();
        let official: Vec<(&str, Decimal)> = parameters
            .all()
            .iter()
            .flat_map(|parameter| parameter.values.iter().map(|value| (parameter.id.as_str(), value)))
            .filter(|(id, value)| value.status == Status::Official && !id.starts_with(IN_GOLDEN_CASES))
            .map(|(id, value)| (id, value.value))
            .collect();
        let ids: Vec<&str> = official.iter().map(|(id, _)| *id).collect();
        let looked_up = [
            "sufficiency.family-help",
            "sufficiency.leaving-care",
            "sufficiency.mix-today.fostering",
            "sufficiency.mix-today.homes",
            "sufficiency.unit.fostering",
            "sufficiency.unit.homes",
            "sufficiency.unit.looked-after",
        ];
        assert_eq!(ids, looked_up, "an official parameter is looked up here, or is an assumption");
        let Some(data) = std::env::var_os("CAREBANK_SHARED_DATA").filter(|data| Path::new(data).join("lait").is_dir())
        else {
            println!("SKIPPED: CAREBANK_SHARED_DATA does not name a folder with the publishers' files");
            return;
        };
        let data = Path::new(&data);
        let finance = text(&data.join("lait/lait_finance.csv.gz"));
        let outturn = |measure: &str| england(&finance, measure, "2023-24 (OT)");
        let placed =
            text(&data.join("cla/national_cla_on_31_march_by_placement_provider_placement_type_and_locality.csv"));
        let children = |kind: &str| -> Decimal {
            let rows = placed.lines().filter(|line| {
                line.trim_start_matches('\u{feff}').starts_with("2024,")
                    && line.contains(kind)
                    && line.contains("All children,")
            });
            rows.map(|row| row.rsplit(',').nth(1).unwrap().parse::<Decimal>().unwrap()).sum()
        };
        // Inside and outside the council's boundary.
        let part = |kind: &str| children(kind).checked_div(children("1. All children looked after")).unwrap().round(5);
        let published = [
            outturn("SafeguardingFinance") + outturn("FamilySupportFinance"),
            england(&finance, "LeaveCareSupServTotExp", "2023-24"),
            part("Foster placements"),
            part("Secure homes and children's homes"),
            outturn("FosteringFinance"),
            outturn("RescareFinance"),
            outturn("LACFinance"),
        ];
        for ((id, value), published) in official.iter().zip(published) {
            assert_eq!(*value, published, "{id}");
        }
        // The unit cost is what it says: a week of each looked-after child comes to the published spending, near enough
        // for a figure rounded to five pounds and children counted on one day.
        let weeks: Decimal = "52.142857".parse().unwrap();
        let spent = outturn("LACFinance") * weeks * children("1. All children looked after");
        let ratio = spent.checked_div(outturn("TotalLACFinance")).unwrap();
        assert!((ratio - Decimal::ONE).abs() < "0.01".parse().unwrap(), "{ratio}");
    }
}
