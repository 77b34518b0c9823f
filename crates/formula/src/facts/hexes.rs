//! A hex map of the councils of today: one hexagon each, near where the council lies, none over another.
//!
//! The places are Open Data Institute Leeds' hex map of upper-tier councils (odileeds/hexmaps, MIT), updated by our
//! own rule: a council that replaced one council stands in its place; of two that replaced one, the register's first
//! stands there and the other in the nearest free place (the lowest row, then column, of several).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use kernel::CouncilCode;

use super::fill::current;

const LAYOUT: &str = include_str!("../../facts/hexes.csv");
const HEADER: &str = "council,q,r";

/// One council's place: rows grow to the north, and odd rows are pushed half a hexagon to the east.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Hex {
    /// ONS code.
    pub council: &'static str,
    /// Column.
    pub q: i16,
    /// Row.
    pub r: i16,
}

/// The map, in order of ONS code.
pub fn hexes() -> &'static [Hex] {
    static HEXES: OnceLock<Vec<Hex>> = OnceLock::new();
    HEXES.get_or_init(|| read(LAYOUT).expect("the hex map in this crate reads: a test reads it"))
}

/// A council's place.
pub fn hex(council: &str) -> Option<&'static Hex> {
    hexes().binary_search_by(|hex| hex.council.cmp(council)).ok().map(|at| &hexes()[at])
}

fn read(text: &'static str) -> Option<Vec<Hex>> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    (lines.next()? == HEADER).then_some(())?;
    let hexes: Option<Vec<Hex>> = lines
        .map(|line| {
            let mut fields = line.split(',');
            let hex = Hex { council: fields.next()?, q: fields.next()?.parse().ok()?, r: fields.next()?.parse().ok()? };
            fields.next().is_none().then_some(hex)
        })
        .collect();
    hexes.filter(|hexes| hexes.is_sorted_by(|a, b| a.council < b.council))
}

/// Steps from one hexagon to another in the odd-r layout.
fn steps((aq, ar): (i16, i16), (bq, br): (i16, i16)) -> i16 {
    let column = |q: i16, r: i16| q - (r - r.rem_euclid(2)) / 2;
    let (dx, dz) = (column(aq, ar) - column(bq, br), ar - br);
    dx.abs().max(dz.abs()).max((dx + dz).abs())
}

/// The layout of the councils of today from a published one of former councils, written as our table.
///
/// # Errors
/// The first council without a place, or with another's.
pub(super) fn write(published: &BTreeMap<CouncilCode, (i16, i16)>) -> Result<String, String> {
    let mut places: BTreeMap<CouncilCode, (i16, i16)> = BTreeMap::new();
    let mut waiting = Vec::new();
    for council in current() {
        let former = super::geography::predecessors(council.code).into_iter().find(|code| published.contains_key(code));
        match (published.get(&council.code), former) {
            (Some(&place), _) => drop(places.insert(council.code, place)),
            (None, Some(former)) if kernel::council(former).successors.first() == Some(&council.code) => {
                places.insert(council.code, published[&former]);
            }
            (None, Some(former)) => waiting.push((council.code, published[&former])),
            (None, None) => return Err(format!("the hex map has no place for {} ({})", council.name, council.code)),
        }
    }
    let mut taken: BTreeSet<(i16, i16)> = places.values().copied().collect();
    if taken.len() < places.len() {
        return Err("the hex map has two councils in one place".to_owned());
    }
    for (council, near) in waiting {
        let around = (near.1 - 9..=near.1 + 9).flat_map(|r| (near.0 - 9..=near.0 + 9).map(move |q| (q, r)));
        let free = around.filter(|place| !taken.contains(place));
        let place = free.min_by_key(|&(q, r)| (steps(near, (q, r)), r, q)).ok_or("the hex map is full")?;
        taken.insert(place);
        places.insert(council, place);
    }
    let mut text = String::from(
        "# hexes: a place on the hex map for each council of today (odd-r layout, rows northwards). Made by\n\
         # `carebank grants facts compile` from Open Data Institute Leeds' map of upper-tier councils (odileeds/hexmaps,\n\
         # MIT), updated to the councils since 1 April 2023; do not edit.\ncouncil,q,r\n",
    );
    for (council, (q, r)) in &places {
        text.push_str(&format!("{council},{q},{r}\n"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_council_of_today_has_a_place_of_its_own() {
        let places: BTreeSet<(i16, i16)> = hexes().iter().map(|hex| (hex.q, hex.r)).collect();
        assert_eq!((hexes().len(), places.len()), (153, 153));
        assert!(current().all(|council| hex(council.code.as_str()).is_some()));
    }

    #[test]
    fn councils_that_shared_a_county_stand_side_by_side() {
        for (one, other) in [("E06000061", "E06000062"), ("E06000063", "E06000064")] {
            let (one, other) = (hex(one).unwrap(), hex(other).unwrap());
            assert!(steps((one.q, one.r), (other.q, other.r)) <= 3, "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_hexagon_has_six_neighbours() {
        let around = (-3..=3).flat_map(|q| (-3..=3).map(move |r| (q, r)));
        assert_eq!(around.filter(|&place| steps((0, 1), place) == 1).count(), 6);
    }
}
