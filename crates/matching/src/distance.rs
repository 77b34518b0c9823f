//! Points on the National Grid in whole metres. Distances are compared as squares, so that no root and no float has a
//! part in an order.

use serde::{Deserialize, Serialize};

/// The far corner of the National Grid, in metres.
const EAST_END: i32 = 700_000;
const NORTH_END: i32 = 1_300_000;

/// A point of the National Grid (EPSG:27700), in metres. To an outcode's middle or coarser, never to a door.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "Raw")]
pub struct Grid {
    east: i32,
    north: i32,
}

#[derive(Deserialize)]
struct Raw {
    east: i32,
    north: i32,
}

impl TryFrom<Raw> for Grid {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Grid, String> {
        Grid::try_new(raw.east, raw.north).ok_or_else(|| {
            format!(
                "east {} north {} is not on the National Grid (0 to {EAST_END}, 0 to {NORTH_END} m)",
                raw.east, raw.north
            )
        })
    }
}

impl Grid {
    /// A point, if it is on the grid.
    pub fn try_new(east: i32, north: i32) -> Option<Grid> {
        ((0..=EAST_END).contains(&east) && (0..=NORTH_END).contains(&north)).then_some(Grid { east, north })
    }

    /// Metres east of the grid's origin.
    pub fn east(self) -> i32 {
        self.east
    }

    /// Metres north of the grid's origin.
    pub fn north(self) -> i32 {
        self.north
    }

    /// Square metres between two points: at most 2.2 × 10¹².
    #[inline]
    pub fn square(self, other: Grid) -> i64 {
        let (east, north) = (i64::from(self.east - other.east), i64::from(self.north - other.north));
        east * east + north * north
    }

    /// Whether the other is no further than so many metres.
    #[inline]
    pub fn within(self, other: Grid, metres: u32) -> bool {
        self.square(other) <= i64::from(metres) * i64::from(metres)
    }

    /// Whole metres between two points, rounded down: for people to read, not to order by.
    pub fn metres(self, other: Grid) -> u32 {
        self.square(other).isqrt() as u32
    }
}

/// Tenths of a mile, rounded down, as `12.4 miles`.
pub fn miles(metres: u32) -> String {
    let tenths = u64::from(metres) * 10_000 / 1_609_344;
    format!("{}.{} miles", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mile_is_1609_metres_and_the_edge_is_within() {
        let (a, b) = (Grid::try_new(400_000, 300_000).unwrap(), Grid::try_new(403_000, 304_000).unwrap());
        assert_eq!(a.metres(b), 5_000);
        assert!(a.within(b, 5_000) && !a.within(b, 4_999));
        assert_eq!(miles(16_094), "10.0 miles");
        assert_eq!(Grid::try_new(-1, 0), None);
    }
}
