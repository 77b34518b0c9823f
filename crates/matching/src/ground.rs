//! Where the homes are. Homes near each other share a word, so that a word tells at once how near any of its homes can be.

use kernel::GridPoint;

use crate::home::Home;
use crate::planes::LANES;

/// The smallest rectangle round the homes of a word.
#[derive(Clone, Copy, Debug)]
struct Patch {
    west: i32,
    east: i32,
    south: i32,
    north: i32,
}

impl Patch {
    /// From a point to the nearest and to the furthest that a home of the patch can be, in square metres.
    #[inline]
    fn squares(self, point: GridPoint) -> (i64, i64) {
        let (west, east) = (self.west - point.east(), self.east - point.east());
        let (south, north) = (self.south - point.north(), self.north - point.north());
        let square = |east: i32, north: i32| i64::from(east) * i64::from(east) + i64::from(north) * i64::from(north);
        let nearest = square(west.max(-east).max(0), south.max(-north).max(0));
        (nearest, square(west.abs().max(east.abs()), south.abs().max(north.abs())))
    }
}

/// Where every home is, in the register's order.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    points: Vec<GridPoint>,
    patches: Vec<Patch>,
}

impl Ground {
    /// The homes put in an order in which sixty-four that follow each other are near each other.
    pub fn order(homes: &[Home]) -> Vec<u32> {
        let mut places: Vec<(GridPoint, u32)> = homes.iter().map(|home| home.at).zip(0..).collect();
        halve(&mut places);
        places.into_iter().map(|(_, at)| at).collect()
    }

    pub fn new(points: Vec<GridPoint>) -> Ground {
        let patches = points.chunks(LANES).map(patch).collect();
        Ground { points, patches }
    }

    /// From a point to a home, in square metres.
    #[inline]
    pub fn square(&self, at: usize, point: GridPoint) -> i64 {
        self.points[at].distance_squared(point)
    }

    /// From a point to the nearest that a home of the word can be, in square metres.
    #[inline]
    pub fn nearest(&self, word: usize, point: GridPoint) -> i64 {
        self.patches[word].squares(point).0
    }

    /// And to the furthest.
    #[inline]
    pub fn furthest(&self, word: usize, point: GridPoint) -> i64 {
        self.patches[word].squares(point).1
    }

    /// The homes of a word no further from a point than so many metres.
    #[inline]
    pub fn within(&self, word: usize, point: GridPoint, metres: u32) -> u64 {
        let most = i64::from(metres) * i64::from(metres);
        let (nearest, furthest) = self.patches[word].squares(point);
        if nearest > most {
            return 0;
        }
        let from = word * LANES;
        let homes = &self.points[from..self.points.len().min(from + LANES)];
        if furthest <= most {
            return u64::MAX >> (LANES - homes.len());
        }
        homes.iter().rev().fold(0, |mask, home| mask << 1 | u64::from(home.distance_squared(point) <= most))
    }

    /// The homes of a word, all of them.
    #[inline]
    pub fn all(&self, word: usize) -> u64 {
        u64::MAX >> (LANES - LANES.min(self.points.len() - word * LANES))
    }

    /// How many words of homes there are.
    pub fn words(&self) -> usize {
        self.patches.len()
    }
}

fn patch(points: &[GridPoint]) -> Patch {
    let nowhere = Patch { west: i32::MAX, east: i32::MIN, south: i32::MAX, north: i32::MIN };
    points.iter().fold(nowhere, |patch, point| Patch {
        west: patch.west.min(point.east()),
        east: patch.east.max(point.east()),
        south: patch.south.min(point.north()),
        north: patch.north.max(point.north()),
    })
}

/// Halves the country across its longer side, and each half again, until a word is left; among those, as they were given.
/// Both halves but the last are of whole words.
fn halve(places: &mut [(GridPoint, u32)]) {
    if places.len() <= LANES {
        places.sort_unstable_by_key(|&(_, at)| at);
        return;
    }
    let points: Vec<GridPoint> = places.iter().map(|&(point, _)| point).collect();
    let Patch { west, east, south, north } = patch(&points);
    let half = (places.len() / 2).div_ceil(LANES) * LANES;
    if east - west > north - south {
        places.select_nth_unstable_by_key(half, |&(point, at)| (point.east(), at));
    } else {
        places.select_nth_unstable_by_key(half, |&(point, at)| (point.north(), at));
    }
    let (one, other) = places.split_at_mut(half);
    halve(one);
    halve(other);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planes::lanes;

    fn point(east: i32, north: i32) -> GridPoint {
        GridPoint::try_new(east, north).unwrap()
    }

    #[test]
    fn a_word_tells_what_each_of_its_homes_does() {
        let points: Vec<GridPoint> =
            (0..200).map(|home| point(300_000 + home * 7_919 % 60_000, 200_000 + home * 104_729 % 60_000)).collect();
        let mut order: Vec<(GridPoint, u32)> = points.iter().copied().zip(0..).collect();
        halve(&mut order);
        let mut all: Vec<u32> = order.iter().map(|&(_, at)| at).collect();
        let ground = Ground::new(order.into_iter().map(|(point, _)| point).collect());
        for from in [point(300_000, 200_000), point(330_000, 231_000), point(420_000, 190_000)] {
            for word in 0..ground.words() {
                let homes: Vec<usize> = lanes(ground.all(word)).map(|lane| word * LANES + lane).collect();
                let squares = ground.nearest(word, from)..=ground.furthest(word, from);
                assert!(homes.iter().all(|&at| squares.contains(&ground.square(at, from))));
                for metres in [0, 1_000, 9_000, 40_000, 200_000] {
                    let near = homes.iter().filter(|&&at| ground.square(at, from) <= i64::from(metres).pow(2));
                    let near: Vec<usize> = near.map(|at| at % LANES).collect();
                    assert_eq!(lanes(ground.within(word, from, metres)).collect::<Vec<_>>(), near);
                }
            }
        }
        all.sort_unstable();
        assert_eq!(all, (0..200).collect::<Vec<_>>());
    }
}
