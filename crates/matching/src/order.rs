//! The order: lexicographic, in whole points from fixed tables.
//!
//! First the child's wishes, each outweighing all that follow it; then brothers and sisters; then closeness to home and
//! school, in bands; then the rest. Four numbers side by side in one word, compared as a whole: no weight can trade a
//! wish for anything below it, and nothing in it predicts how a child will do.

use serde::{Deserialize, Serialize};

use crate::home::Home;
use crate::search::{MOST_WISHES, Search, Wish};
use crate::words::Languages;
use kernel::GridPoint;

/// The fixed tables. Which distances make a band and what a shared language counts are **assumptions** of this project,
/// to be decided with young people and practitioners; they matter only between homes that are equal in every wish.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Which tables these are: kept with every result.
    pub version: String,
    /// The outer edge of each band, in metres, the nearest first. Being in the nearest gives one point for each band.
    pub bands: [u32; 6],
    /// For each brother or sister who lives in the home. One who lives near counts at most the number of bands.
    pub sibling_here: u8,
    /// For a language shared.
    pub language: u16,
    /// For the child's faith lived in the home.
    pub faith: u16,
    /// For each band nearer to one of the places to be near.
    pub near_place: u16,
}

impl Default for Rules {
    /// Bands of 1, 3, 5, 10, 20 and 50 miles: 20 is the distance beyond which SSDA903 tables call a placement far.
    fn default() -> Rules {
        Rules {
            version: "order-2026-11".to_owned(),
            bands: [1_609, 4_828, 8_047, 16_093, 32_187, 80_467],
            sibling_here: 20,
            language: 12,
            faith: 8,
            near_place: 1,
        }
    }
}

impl Rules {
    /// How many band edges the distance lies within.
    #[inline]
    pub fn band(&self, square: i64) -> u64 {
        self.bands.iter().map(|&edge| u64::from(square <= i64::from(edge) * i64::from(edge))).sum()
    }

    /// The most that closeness can come to.
    pub fn most_closeness(&self) -> u64 {
        2 * self.bands.len() as u64
    }
}

const WISHES: u32 = 48;
const SIBLINGS: u32 = 36;
const CLOSENESS: u32 = 24;

/// Where a home stands for a child: more is better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize)]
#[serde(into = "Points")]
pub struct Standing(u64);

/// A standing, taken apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Points {
    /// One bit a wish, the first wish highest.
    pub wishes: u64,
    /// For brothers and sisters.
    pub siblings: u64,
    /// For closeness to home and school.
    pub closeness: u64,
    /// For the rest.
    pub rest: u64,
}

impl From<Standing> for Points {
    fn from(standing: Standing) -> Points {
        standing.points()
    }
}

impl Standing {
    /// From its parts; each part is capped to its room.
    #[inline]
    pub fn new(points: Points) -> Standing {
        let part = |value: u64, at: u32, end: u32| value.min((1 << (end - at)) - 1) << at;
        Standing(
            part(points.wishes, WISHES, 64)
                | part(points.siblings, SIBLINGS, WISHES)
                | part(points.closeness, CLOSENESS, SIBLINGS)
                | part(points.rest, 0, CLOSENESS),
        )
    }

    /// Its parts.
    #[inline]
    pub fn points(self) -> Points {
        let part = |at: u32, end: u32| self.0 >> at & ((1 << (end - at)) - 1);
        Points {
            wishes: part(WISHES, 64),
            siblings: part(SIBLINGS, WISHES),
            closeness: part(CLOSENESS, SIBLINGS),
            rest: part(0, CLOSENESS),
        }
    }
}

/// One thing that the order looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Criterion {
    /// The wish with this place in the list, from 0.
    Wish(usize),
    /// Brothers and sisters.
    Siblings,
    /// Closeness to home and school.
    Closeness,
    /// Languages, faith, places to be near.
    Rest,
}

/// Whether a wish is met.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Met {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Nobody has said. In the order it counts as not met; the shortlist says what to ask.
    Unknown,
}

/// Whether a home meets a wish of the child.
pub fn met(search: &Search, home: &Home, wish: &Wish) -> Met {
    let yes = |is: bool| if is { Met::Yes } else { Met::No };
    let near = |points: &[GridPoint], metres: u32| yes(points.iter().any(|point| point.within(home.at, metres)));
    match *wish {
        Wish::Kind(kinds) => yes(kinds.has(home.kind)),
        Wish::NearHome(metres) => near(search.home.as_slice(), metres),
        Wish::NearSchool(metres) => near(search.school.as_slice(), metres),
        Wish::NearPlace(metres) => near(&search.near, metres),
        Wish::With(person) => yes(home.has(person, search.stay)),
        Wish::WithSibling => yes(siblings_here(search, home) > 0),
        Wish::Language(languages) => yes(!languages.and(home.languages).is_empty()),
        Wish::Faith(faiths) => yes(!faiths.and(home.faiths).is_empty()),
        Wish::Having(traits) => {
            let there = !traits.and(home.traits_in(search.stay)).is_empty();
            let unknown = !traits.and(home.household_unknown).is_empty();
            if there || !unknown { yes(there) } else { Met::Unknown }
        }
        Wish::Without(traits) => {
            let there = !traits.and(home.traits_in(search.stay)).is_empty();
            let unknown = !traits.and(home.household_unknown).is_empty();
            if there || !unknown { yes(!there) } else { Met::Unknown }
        }
    }
}

/// How many of the child's brothers and sisters live in the home.
pub fn siblings_here(search: &Search, home: &Home) -> u64 {
    search.siblings.iter().filter(|sibling| home.has(sibling.person, search.stay)).count() as u64
}

/// The number of which a wish at this place of a list is a bit.
#[inline]
pub(crate) fn wish_bit(at: usize) -> u64 {
    1 << (MOST_WISHES - 1 - at)
}

/// Where a home stands for a child, worked out from the two sides and nothing else.
pub fn standing(search: &Search, home: &Home, rules: &Rules) -> Standing {
    let wishes = search.wishes.iter().enumerate();
    let wishes = wishes.filter(|(_, wish)| met(search, home, wish) == Met::Yes).map(|(at, _)| wish_bit(at)).sum();
    let siblings = search.siblings.iter().map(|sibling| {
        if home.has(sibling.person, search.stay) {
            u64::from(rules.sibling_here)
        } else {
            sibling.at.map_or(0, |at| rules.band(at.distance_squared(home.at)))
        }
    });
    let band = |point: &GridPoint| rules.band(point.distance_squared(home.at));
    let language = if search.languages.and(home.languages) == Languages::NONE { 0 } else { rules.language };
    let faith = if search.faith.is_some_and(|faith| home.faiths.has(faith)) { rules.faith } else { 0 };
    let places: u64 = search.near.iter().map(|point| band(point) * u64::from(rules.near_place)).sum();
    Standing::new(Points {
        wishes,
        siblings: siblings.sum(),
        closeness: search.home.iter().chain(&search.school).map(band).sum(),
        rest: u64::from(language) + u64::from(faith) + places,
    })
}
