//! Where things lie: postcode districts in councils, and how far one point is from another.

use std::collections::HashMap;
use std::fmt;

use kernel::{CouncilCode, districts, outcode};

use super::facts::{Facts, facts};
use crate::rng::Rng;

/// A postcode that there is, from a directory.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct RealPostcode {
    /// Without a space: `BL34HF`.
    pub compact: String,
    /// The council that it is in.
    pub council: CouncilCode,
    /// Where, to the metre.
    pub at: (i32, i32),
}

/// A real postcode of a district: its second half, and where it is in units of 100 m.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Real {
    half: [u8; 3],
    east: i32,
    north: i32,
}

/// A postcode district as far as it lies in one council.
struct District {
    outcode: &'static str,
    postcodes: u32,
    east: i32,
    north: i32,
    /// In order; none where postcodes are invented.
    real: Vec<Real>,
}

/// How many postcodes a district has where they are invented.
const INVENTED: u32 = 1_560;
/// How far from the middle of its district a point is at most where postcodes are invented, in units of 100 m.
const SCATTER: i32 = 15;

/// A point with a postcode of its own, in units of 100 m.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Spot {
    district: u16,
    pub(super) council: u8,
    unit: u32,
    east: i32,
    north: i32,
}

impl Spot {
    /// Miles in a straight line, in tenths.
    pub(super) fn miles(self, other: Spot) -> u32 {
        let (east, north) = (i64::from(self.east - other.east), i64::from(self.north - other.north));
        let tenths_of_km = ((east * east + north * north) as u64).isqrt();
        (tenths_of_km * 10_000 / 16_093) as u32
    }

    /// Whether both have one postcode.
    pub(super) fn is_at(self, other: Spot) -> bool {
        (self.council, self.district, self.unit) == (other.council, other.district, other.unit)
    }
}

/// All districts, and those of each council.
pub(super) struct Land {
    districts: Vec<District>,
    of: Vec<std::ops::Range<usize>>,
    near: Vec<Vec<u32>>,
    far: Vec<Vec<u32>>,
}

/// A postcode of the directory, or else one that no street has: the letters C, I, K, M, O and V never stand in the second
/// half of one.
pub(super) struct Postcode<'a>(&'a Land, Spot);

impl fmt::Display for Postcode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NEVER: &[u8; 6] = b"CIKMOV";
        let Spot { district, unit, .. } = self.1;
        let district = &self.0.districts[usize::from(district)];
        if let Some(real) = district.real.get(unit as usize) {
            return write!(f, "{} {}", district.outcode, String::from_utf8_lossy(&real.half));
        }
        let (sector, first, second) = (unit % 10, NEVER[(unit / 10 % 6) as usize], b'A' + (unit / 60 % 26) as u8);
        write!(f, "{} {sector}{}{}", district.outcode, char::from(first), char::from(second))
    }
}

impl Land {
    /// The land with postcodes of a directory, or with invented ones if there is none.
    pub(super) fn new(directory: &[RealPostcode]) -> Land {
        let mut real: HashMap<(CouncilCode, String), Vec<Real>> = HashMap::new();
        for RealPostcode { compact, council, at } in directory {
            let (Some(outcode), Some(half)) = (outcode(compact), compact.as_bytes().last_chunk()) else { continue };
            let row = Real { half: *half, east: at.0 / 100, north: at.1 / 100 };
            real.entry((*council, outcode.to_owned())).or_default().push(row);
        }
        let mut districts: Vec<District> = Vec::new();
        let of: Vec<std::ops::Range<usize>> = facts()
            .iter()
            .map(|facts| {
                let first = districts.len();
                districts.extend(outcodes(facts, &mut real));
                first..districts.len()
            })
            .collect();
        let centres: Vec<(i32, i32)> = of.iter().map(|range| centre(&districts[range.clone()])).collect();
        Land { districts, of, near: weights(&centres, 4, 10), far: weights(&centres, 3, 12) }
    }

    /// Somewhere in a council.
    pub(super) fn inside(&self, council: usize, rng: &mut Rng) -> Spot {
        let range = self.of[council].clone();
        let at = range.start + rng.heavy(self.districts[range].iter().map(|district| district.postcodes));
        let district = &self.districts[at];
        let unit = rng.below(INVENTED);
        let (east, north) = (rng.between(-SCATTER, SCATTER), rng.between(-SCATTER, SCATTER));
        let spot = Spot { district: at as u16, council: council as u8, unit, east, north };
        if district.real.is_empty() {
            return Spot { east: district.east + east, north: district.north + north, ..spot };
        }
        // One of the directory's, by the same draws, so that the rest of the country is the same with it or without.
        let wide = 2 * SCATTER as u32 + 1;
        let drawn = (unit * wide + (east + SCATTER) as u32) * wide + (north + SCATTER) as u32;
        self.real(spot, drawn)
    }

    /// The postcode after this one in its district, as another place.
    pub(super) fn beside(&self, spot: Spot) -> Spot {
        if self.districts[usize::from(spot.district)].real.is_empty() {
            return Spot { unit: (spot.unit + 1) % INVENTED, ..spot };
        }
        self.real(spot, spot.unit + 1)
    }

    fn real(&self, spot: Spot, nth: u32) -> Spot {
        let real = &self.districts[usize::from(spot.district)].real;
        let unit = nth % real.len() as u32;
        let Real { east, north, .. } = real[unit as usize];
        Spot { unit, east, north, ..spot }
    }

    /// Somewhere in another council: mostly the next, or, if `far`, anywhere with nearer ones likelier.
    pub(super) fn outside(&self, council: usize, far: bool, rng: &mut Rng) -> Spot {
        let weights = if far { &self.far[council] } else { &self.near[council] };
        let other = rng.heavy(weights.iter().copied());
        self.inside(other, rng)
    }

    /// How likely a child of one council is to be placed in another, when far.
    pub(super) fn pull(&self, home: usize, of: usize) -> u32 {
        self.far[home][of]
    }

    pub(super) fn postcode(&self, spot: Spot) -> Postcode<'_> {
        Postcode(self, spot)
    }
}

/// The districts that lie mostly in a council; if none does, those that do in part. With a directory, those alone that it
/// has postcodes of, unless it has none at all.
fn outcodes(facts: &Facts, real: &mut HashMap<(CouncilCode, String), Vec<Real>>) -> Vec<District> {
    let mainly =
        |district: &kernel::District| district.council.filter(|code| *code == facts.code).map(|_| district.share);
    let partly = |district: &kernel::District| {
        district.others.iter().find(|(code, _)| *code == facts.code).map(|(_, share)| *share)
    };
    let of = |part: &dyn Fn(&kernel::District) -> Option<u8>| -> Vec<District> {
        let whole = districts().iter().filter_map(|district| Some((district, u32::from(part(district)?))));
        whole
            .map(|(district, share)| District {
                outcode: district.outcode,
                postcodes: (district.postcodes * share / 100).max(1),
                east: district.centre.east() / 100,
                north: district.centre.north() / 100,
                real: Vec::new(),
            })
            .collect()
    };
    let mut found = Some(of(&mainly)).filter(|found| !found.is_empty()).unwrap_or_else(|| of(&partly));
    for district in &mut found {
        district.real = real.remove(&(facts.code, district.outcode.to_owned())).unwrap_or_default();
        district.real.sort_unstable();
        district.real.dedup_by_key(|real| real.half);
    }
    if found.iter().any(|district| !district.real.is_empty()) {
        found.retain(|district| !district.real.is_empty());
    }
    found
}

/// How likely each other council is for each: by its children, falling with a power of the distance in kilometres.
fn weights(centres: &[(i32, i32)], power: u32, softened: u64) -> Vec<Vec<u32>> {
    let weight = |one: usize, other: usize| {
        if one == other {
            return 0;
        }
        let apart = |a: i32, b: i32| u64::from(a.abs_diff(b)) / 10;
        let (east, north) = (apart(centres[one].0, centres[other].0), apart(centres[one].1, centres[other].1));
        let distance = (east * east + north * north).isqrt() + softened;
        (u64::from(facts()[other].children) * 100_000 / distance.pow(power)).clamp(1, 10_000_000) as u32
    };
    (0..centres.len()).map(|one| (0..centres.len()).map(|other| weight(one, other)).collect()).collect()
}

/// The middle of a council: the mean of its districts, weighed by their postcodes.
fn centre(districts: &[District]) -> (i32, i32) {
    let postcodes = districts.iter().map(|district| i64::from(district.postcodes)).sum::<i64>().max(1);
    let mean = |of: fn(&District) -> i32| {
        let sum: i64 = districts.iter().map(|district| i64::from(of(district)) * i64::from(district.postcodes)).sum();
        (sum / postcodes) as i32
    };
    (mean(|district| district.east), mean(|district| district.north))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_council_has_a_district_and_every_postcode_has_the_shape_of_one_and_is_none() {
        let land = Land::new(&[]);
        assert!(land.of.iter().all(|range| !range.is_empty()));
        let mut rng = crate::rng::keyed(1, &[]);
        for council in 0..facts().len() {
            for spot in [land.inside(council, &mut rng), land.outside(council, false, &mut rng)] {
                let postcode = land.postcode(spot).to_string();
                let (outcode, rest) = postcode.split_once(' ').unwrap();
                assert!(kernel::district(outcode).is_some(), "{postcode}");
                let rest = rest.as_bytes();
                assert!(rest.len() == 3 && rest[0].is_ascii_digit() && b"CIKMOV".contains(&rest[1]), "{postcode}");
            }
            assert_ne!(usize::from(land.outside(council, true, &mut rng).council), council);
        }
    }

    #[test]
    fn a_distance_is_in_tenths_of_a_mile() {
        let here = Spot { district: 0, council: 0, unit: 0, east: 0, north: 0 };
        let there = Spot { east: 300, north: 400, ..here };
        assert_eq!(here.miles(there), 310); // fifty kilometres
    }
}
