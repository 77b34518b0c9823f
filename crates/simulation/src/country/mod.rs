//! **A country**: the 153 councils of today, their children's lives through two collection years, and the homes,
//! households and agencies they live in.
//!
//! ```
//! use simulation::country::{Country, Telling};
//!
//! let country = Country::new(7);
//! let rutland = kernel::find("Rutland").unwrap().code;
//! let lives = country.council(rutland).unwrap();
//! let year = Country::years()[0];
//! let told = lives.told(year, Telling::First);
//! assert!(told.table("episodes").unwrap().lines().count() > 30);
//! assert_eq!(told, Country::new(7).council(rutland).unwrap().told(year, Telling::First));
//! ```
//!
//! Every draw is keyed by what it is about: a council, a family, a child, a stay. A council's children live the same
//! lives in the same beds whichever other councils are made, in whatever order, on however many threads. What
//! makes that possible is in `supply`: every bed of a home waits for the children of one council.
//!
//! What it was made to agree with, and how well it does, is in [`calibration`]; what it does not imitate is in
//! `docs/country.md`.

mod beds;
mod calibration;
mod child;
mod facts;
mod land;
mod life;
mod list;
mod mistakes;
mod people;
mod supply;
mod tables;
#[cfg(test)]
mod tests;
mod voices;

use kernel::{CouncilCode, Region, ReturnYear};

pub use calibration::{Calibration, Line};
pub use land::RealPostcode;
pub use mistakes::{Mistake, Telling};
pub use tables::CouncilReturn;
pub use voices::{Act, Open, Voices};

use beds::{Provision, Unit};
use child::Child;
use facts::{facts, position};
use land::Land;
use life::Span;
use people::Person;
use supply::Supply;

use crate::rng::keyed;

/// Those who start in a year per thousand looked after, without the unaccompanied: 25,170 of 76,200 (DfE 2024 and
/// 2025), less those who return to care, who are counted among those starting.
const STARTING: u32 = 340;
/// Unaccompanied children who start in a year per thousand of those there: 22 % of all who start (DfE, Local Authority
/// Interactive Tool, 2024), fewer in 2025.
const STARTING_ALONE: u32 = 820;
/// Brothers and sisters who live together, in a thousand groups, by the age of the youngest in years. Assumptions.
const STAY_TOGETHER: [(i32, u32); 3] = [(5, 720), (10, 600), (18, 220)];

/// What is there before any child is: the land, and what is registered on it.
pub struct Country {
    seed: u64,
    /// How many of a thousand children there are.
    per_mille: u32,
    land: Land,
    supply: Supply,
}

/// One council's children, and what happened to them.
pub struct Lives<'a> {
    country: &'a Country,
    at: usize,
    children: Vec<Child>,
    provision: Provision,
}

impl Country {
    /// The country of a seed.
    pub fn new(seed: u64) -> Country {
        Country::sized(seed, 1000)
    }

    /// The country of a seed with so many of every thousand children and of the households that foster them, for where
    /// less is enough. Homes and agencies stay as many as they are.
    pub fn sized(seed: u64, per_mille: u32) -> Country {
        Country::on(seed, per_mille, &[])
    }

    /// As [`Country::sized`], with postcodes of a directory, each in the council that it is really in, for whoever looks
    /// postcodes up. Without a directory they are nobody's. The children and their lives are the same.
    pub fn on(seed: u64, per_mille: u32, directory: &[RealPostcode]) -> Country {
        let land = Land::new(directory);
        let supply = Supply::new(seed, &land);
        Country { seed, per_mille: per_mille.min(1000), land, supply }
    }

    /// So many of a number of children.
    fn part(&self, children: u32) -> u32 {
        (children * self.per_mille + 500) / 1000
    }

    /// The collection years whose returns are told: 2024-25 and 2025-26.
    pub fn years() -> [ReturnYear; 2] {
        [2025, 2026].map(|ends| ReturnYear::try_new(ends).expect("two years of the collection"))
    }

    /// The councils of today in order of code; of one region, if asked.
    pub fn councils(region: Option<Region>) -> Vec<CouncilCode> {
        let wanted = |of: Region| region.is_none_or(|region| region == of);
        facts().iter().filter(|facts| wanted(facts.region)).map(|facts| facts.code).collect()
    }

    /// The homes of the twenty largest owners, and the two largest fostering agencies of each region: their
    /// numbers, and whether each is an agency.
    pub fn largest(&self) -> Vec<(u32, bool)> {
        self.supply.largest()
    }

    fn span() -> Span {
        let [first, last] = Country::years().map(ReturnYear::nights);
        Span { from: first.start().days() as i32, until: last.end().days() as i32 }
    }

    /// A council's children; `None` if it is not one of today's.
    pub fn council(&self, code: CouncilCode) -> Option<Lives<'_>> {
        let at = position(code)?;
        let span = Country::span();
        let mut units = self.units(at, span);
        let provision = beds::settle(
            &mut units,
            (at, self.part(facts()[at].looked_after)),
            span,
            &self.land,
            &self.supply,
            self.seed,
        );
        let mut children: Vec<Child> =
            units.iter().flat_map(|unit| child::children(unit, span, self.seed, at)).collect();
        children.sort_by_key(|child| child.person.number);
        Some(Lives { country: self, at, children, provision })
    }

    /// The children who are there when the time told begins, exactly as many as published, and those who come.
    fn units(&self, at: usize, span: Span) -> Vec<Unit> {
        let here = facts()[at];
        let key = at as u64;
        let mut draw = keyed(self.seed, &[20, key]);
        let alone = self.part(here.unaccompanied.min(here.looked_after));
        let others = self.part(here.looked_after).saturating_sub(alone);
        let years = (span.until - span.from) as u32;
        let coming = draw.share(others, STARTING * years, 365_000);
        let coming_alone = draw.share(alone, STARTING_ALONE * years, 365_000);
        let mut units = Vec::new();
        let mut number = 100_001;
        for (kind, count, stock) in [(0, others, true), (1, coming, false)] {
            let mut left = count as usize;
            for nth in 0.. {
                if left == 0 {
                    break;
                }
                let mut rng = keyed(self.seed, &[21, key, kind, nth]);
                let on = if stock { span.from } else { span.from + 1 + rng.below(years - 1) as i32 };
                let mut family = people::family(at, number, on, stock, &self.land, &mut rng);
                family.truncate(left);
                left -= family.len();
                number += family.len() as u64;
                // Under the age of leaving, and no young adults: those who live together leave at one time.
                let youngest = (on - family[0].born) * 4 / 1461;
                let often = STAY_TOGETHER.iter().find(|(age, _)| youngest < *age).map_or(0, |(_, often)| *often);
                let together =
                    rng.chance(often) && family.len() > 1 && family.iter().all(|child| child.eighteen > on + 60);
                let groups: Vec<Vec<Person>> =
                    if together { vec![family] } else { family.into_iter().map(|child| vec![child]).collect() };
                for (part, people) in (0..).zip(groups) {
                    units.push(self.unit((kind << 40) + (nth << 4) + part, key, people, on, stock, span));
                }
            }
        }
        for (kind, count, stock) in [(2, alone, true), (3, coming_alone, false)] {
            for nth in 0..u64::from(count) {
                let mut rng = keyed(self.seed, &[22, key, kind, nth]);
                let on = if stock { span.from } else { span.from + 1 + rng.below(years - 1) as i32 };
                let person = people::unaccompanied(at, number, on, stock, &self.land, &mut rng);
                number += 1;
                units.push(self.unit((kind << 40) + nth, key, vec![person], on, stock, span));
            }
        }
        units
    }

    fn unit(&self, key: u64, council: u64, people: Vec<Person>, on: i32, stock: bool, span: Span) -> Unit {
        let mut rng = keyed(self.seed, &[23, council, key]);
        let lives = life::live(&people, on, stock, span, &mut rng);
        Unit { key, people, lives, beds: Vec::new() }
    }
}

impl Lives<'_> {
    /// The council.
    pub fn code(&self) -> CouncilCode {
        facts()[self.at].code
    }

    /// How many children were looked after at any time in the years told.
    pub fn children(&self) -> usize {
        self.children.len()
    }
}
