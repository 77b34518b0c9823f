//! Councils and districts that were and are: values carried from former councils to today's and back by the dated
//! register, and from lower-tier districts to the council above them.

use std::collections::BTreeMap;

use kernel::{CouncilCode, Night};

use crate::Decimal;

/// What sort of council it is, as ONS codes tell: E06, E08, E09 or E10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CouncilType {
    /// Unitary authority, the Isles of Scilly among them.
    Unitary,
    /// Metropolitan district.
    MetropolitanDistrict,
    /// London borough, and the City of London.
    LondonBorough,
    /// County council, with districts below it.
    County,
}

/// The type of a council by its ONS code.
pub fn council_type(code: &str) -> Option<CouncilType> {
    match code.get(..3)? {
        "E06" => Some(CouncilType::Unitary),
        "E08" => Some(CouncilType::MetropolitanDistrict),
        "E09" => Some(CouncilType::LondonBorough),
        "E10" => Some(CouncilType::County),
        _ => None,
    }
}

/// A value carried across a reorganisation, with the councils that it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reorganised {
    /// The value; sums are kept.
    pub amount: Decimal,
    /// Whose values it was made of: itself alone where nothing happened.
    pub from: Vec<CouncilCode>,
}

/// Sums by council, carried to the councils of today. A council that became one council gives it everything; one that
/// was split gives by weight: `weight(former, successor)` says how much of the former lies in the successor, in any
/// unit, such as children.
///
/// # Errors
/// The first split for which there is no weight above nought. Nothing is split evenly by default.
pub fn to_current(
    values: &BTreeMap<CouncilCode, Decimal>,
    weight: &dyn Fn(CouncilCode, CouncilCode) -> Option<Decimal>,
) -> Result<BTreeMap<CouncilCode, Reorganised>, String> {
    let mut carried = BTreeMap::new();
    for (&council, &amount) in values {
        forward(council, council, amount, weight, &mut carried)?;
    }
    Ok(carried)
}

fn forward(
    origin: CouncilCode,
    council: CouncilCode,
    amount: Decimal,
    weight: &dyn Fn(CouncilCode, CouncilCode) -> Option<Decimal>,
    carried: &mut BTreeMap<CouncilCode, Reorganised>,
) -> Result<(), String> {
    let known = kernel::council(council);
    if known.until.is_none() {
        add(carried, council, amount, origin);
        return Ok(());
    }
    let parts = split(amount, council, &known.successors, &|successor| weight(council, successor))?;
    for (successor, part) in parts {
        forward(origin, successor, part, weight, carried)?;
    }
    Ok(())
}

/// Sums by council of today, carried back to the councils in being on a night: successors are added up, and a council
/// that took over several gives each its part by `weight(former, successor)`.
///
/// # Errors
/// The first council of several predecessors for which there is no weight above nought.
pub fn to_former(
    values: &BTreeMap<CouncilCode, Decimal>,
    night: Night,
    weight: &dyn Fn(CouncilCode, CouncilCode) -> Option<Decimal>,
) -> Result<BTreeMap<CouncilCode, Reorganised>, String> {
    let mut carried = BTreeMap::new();
    for (&council, &amount) in values {
        backward(council, council, amount, night, weight, &mut carried)?;
    }
    Ok(carried)
}

fn backward(
    origin: CouncilCode,
    council: CouncilCode,
    amount: Decimal,
    night: Night,
    weight: &dyn Fn(CouncilCode, CouncilCode) -> Option<Decimal>,
    carried: &mut BTreeMap<CouncilCode, Reorganised>,
) -> Result<(), String> {
    if kernel::council(council).in_force(night) {
        add(carried, council, amount, origin);
        return Ok(());
    }
    let parts = split(amount, council, &predecessors(council), &|former| weight(former, council))?;
    for (former, part) in parts {
        backward(origin, former, part, night, weight, carried)?;
    }
    Ok(())
}

/// The councils whose area, or part of it, this one took over.
pub(super) fn predecessors(council: CouncilCode) -> Vec<CouncilCode> {
    kernel::councils().iter().filter(|former| former.successors.contains(&council)).map(|former| former.code).collect()
}

fn add(carried: &mut BTreeMap<CouncilCode, Reorganised>, council: CouncilCode, amount: Decimal, origin: CouncilCode) {
    let entry = carried.entry(council).or_insert(Reorganised { amount: Decimal::ZERO, from: Vec::new() });
    entry.amount += amount;
    entry.from.push(origin);
}

/// Cuts an amount by weights; the last part takes what rounding leaves, so that the parts sum to the whole.
fn split(
    amount: Decimal,
    council: CouncilCode,
    among: &[CouncilCode],
    weight: &dyn Fn(CouncilCode) -> Option<Decimal>,
) -> Result<Vec<(CouncilCode, Decimal)>, String> {
    if let [only] = among {
        return Ok(vec![(*only, amount)]);
    }
    let name = kernel::council(council).name;
    let mut weights = Vec::new();
    for &other in among {
        let missing = || format!("{name} ({council}) and {other} share an area, and no weight says how much of it");
        weights.push(weight(other).filter(|weight| !weight.is_negative()).ok_or_else(missing)?);
    }
    let total: Decimal = weights.iter().copied().sum();
    let mut parts = Vec::new();
    let mut left = amount;
    for (at, &other) in among.iter().enumerate() {
        let of_weight = (amount * weights[at]).checked_div(total);
        let of_weight = of_weight.ok_or_else(|| format!("the weights of {name} ({council}) sum to nothing"))?;
        let part = if at + 1 == among.len() { left } else { of_weight };
        left -= part;
        parts.push((other, part));
    }
    Ok(parts)
}

/// Lower-tier districts and the council above each.
pub(super) struct Districts {
    /// Districts in being, to the council above them (of today).
    pub(super) above: BTreeMap<String, CouncilCode>,
    /// Districts abolished, to the council that replaced each.
    pub(super) replaced: BTreeMap<String, String>,
}

impl Districts {
    /// The council of today in whose area a district lies or lay.
    pub(super) fn council(&self, district: &str) -> Option<CouncilCode> {
        if let Some(&council) = self.above.get(district) {
            return Some(council);
        }
        if let Some(council) = CouncilCode::parse(district).filter(|code| kernel::council(*code).until.is_none()) {
            return Some(council);
        }
        let next = self.replaced.get(district)?;
        if next == district { None } else { self.council(next) }
    }
}
