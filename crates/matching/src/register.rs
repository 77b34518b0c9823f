//! The register as columns: what every search reads of every home, side by side in memory.
//!
//! A search reads all homes, near and far, so that "why not this home?" has an answer for each. Costs, for each home:
//!
//! | read | bytes | when |
//! |---|---|---|
//! | what it may and can, what of that is unknown | 16 | always |
//! | household both ways, and what of that is unknown | 8 | always |
//! | since when it has a place, where it is | 12 | always |
//! | people, as a 32-bit sketch | 4 | where there are people to keep away from |
//! | languages, faiths and kind | 8 | where every constraint holds |
//! | the home itself | | where residents' dates, rooms or an unlikely sketch decide; the twenty shown |
//!
//! The columns only ever save work: what they cannot decide is decided by [`Verdicts::of`], and a test holds them to it.

use serde::Serialize;

use crate::capacity::free_from;
use crate::constraint::{Constraint, Failed, Verdicts};
use crate::home::{Home, Registration};
use crate::refs::{HomeId, Person};
use crate::search::Search;
use crate::words::{Accesses, Kind, Needs};

/// Where each constraint's field lies in a word of what a home may and can, with a spare bit above it: adding all ones
/// to a field carries into the spare bit exactly if anything in it is missing.
struct Field {
    at: u32,
    width: u32,
}

const FIELDS: [Field; 7] = [
    Field { at: 0, width: 1 },
    Field { at: 2, width: 1 },
    Field { at: 4, width: 2 },
    Field { at: 7, width: 18 },
    Field { at: 26, width: 2 },
    Field { at: 29, width: 24 },
    Field { at: 54, width: 6 },
];
const REGISTERED: u32 = FIELDS[0].at;
const UNDER_16: u32 = FIELDS[1].at;
const AUTHORITY: u32 = FIELDS[2].at;
const AGES: u32 = FIELDS[3].at;
const SEX: u32 = FIELDS[4].at;
const NEEDS: u32 = FIELDS[5].at;
const ACCESS: u32 = FIELDS[6].at;

const fn ones(width: u32) -> u64 {
    (1 << width) - 1
}

const FILL: u64 = {
    let (mut fill, mut at) = (0, 0);
    while at < FIELDS.len() {
        fill |= ones(FIELDS[at].width) << FIELDS[at].at;
        at += 1;
    }
    fill
};
/// The home's registration ends: whether within the stay, the home itself tells.
const ENDS: u64 = 1 << 61;

/// Constraints of a word in which something is missing, as bits of [`Failed`].
#[inline]
fn fields_missing(missing: u64) -> u32 {
    let carried = missing + FILL;
    let bit = |field: usize| (carried >> (FIELDS[field].at + FIELDS[field].width) & 1) as u32;
    bit(0) | bit(1) << 1 | bit(2) << 2 | bit(3) << 3 | bit(4) << 4 | bit(5) << 5 | bit(6) << 6
}

const NUMBERS: u32 = Constraint::Numbers as u32;
const PLACES: u32 = Constraint::Places as u32;
const CHILD_WITH: u32 = Constraint::ChildWithHousehold as u32;
const HOUSEHOLD_WITH: u32 = Constraint::HouseholdWithChild as u32;

/// Every home, ordered by reference, and its columns.
#[derive(Clone, Debug)]
pub struct Register {
    homes: Vec<Home>,
    can: Vec<u64>,
    unknown: Vec<u64>,
    house: Vec<u32>,
    house_unknown: Vec<u32>,
    free: Vec<i32>,
    pub(crate) east: Vec<i32>,
    pub(crate) north: Vec<i32>,
    people: Vec<u32>,
    facts: Vec<u64>,
    dates: Vec<Dates>,
}

/// When what the columns say of a home's residents holds without looking at each.
#[derive(Clone, Copy, Debug)]
struct Dates {
    /// Every resident is there on some night of any stay that ends after the first and begins before the second.
    all_after: i32,
    all_before: i32,
    /// No place on any night from the first, until before the second.
    full_from: i32,
    full_until: i32,
}

/// Two homes have one reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Duplicate(pub HomeId);

impl std::fmt::Display for Duplicate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "two homes have the reference {}: give each its own", self.0)
    }
}

impl std::error::Error for Duplicate {}

/// A search, made ready for columns.
pub(crate) struct Asked<'a> {
    pub search: &'a Search,
    need: u64,
    house: u32,
    people: u32,
    start: i32,
    end: i32,
}

impl<'a> Asked<'a> {
    pub fn new(search: &'a Search) -> Asked<'a> {
        let (first, last) = search.ages();
        let ages = ones(u32::from(last) + 1) & !ones(u32::from(first));
        // What a home must be without authority: neither secure nor depriving. Authority itself is read from the home.
        let need = 1 << REGISTERED
            | u64::from(first < 16) << UNDER_16
            | 0b11 << AUTHORITY
            | ages << AGES
            | (1 << search.sex as u32) << SEX
            | search.needs.bits() << NEEDS
            | search.access.bits() << ACCESS;
        let house = search.cannot_live_with.bits() as u32 | (search.own_traits().bits() as u32) << 16;
        Asked {
            search,
            need,
            house,
            people: sketch(search.avoid_people.iter().copied()),
            start: search.stay.start().days() as i32,
            end: search.stay.end().days() as i32,
        }
    }
}

/// A few bits of 32 for a set of people: two sets whose sketches share no bit share nobody.
pub(crate) fn sketch(people: impl Iterator<Item = Person>) -> u32 {
    people.fold(0, |bits, person| bits | 1 << (person.number().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 59))
}

impl Register {
    /// Puts the homes in columns. Their order as given is forgotten.
    pub fn new(mut homes: Vec<Home>) -> Result<Register, Duplicate> {
        homes.sort_by_key(|home| home.id);
        if let Some(pair) = homes.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(Duplicate(pair[0].id));
        }
        Ok(Register {
            can: homes.iter().map(can).collect(),
            unknown: homes.iter().map(unknown).collect(),
            house: homes.iter().map(house).collect(),
            house_unknown: homes.iter().map(house_unknown).collect(),
            free: homes.iter().map(|home| free_from(home).map_or(i32::MAX, |night| night as i32)).collect(),
            east: homes.iter().map(|home| home.at.east()).collect(),
            north: homes.iter().map(|home| home.at.north()).collect(),
            people: homes.iter().map(|home| sketch(home.everybody())).collect(),
            facts: homes.iter().map(facts).collect(),
            dates: homes.iter().map(dates).collect(),
            homes,
        })
    }

    /// Every home, ordered by reference.
    pub fn homes(&self) -> &[Home] {
        &self.homes
    }

    /// How many homes.
    pub fn len(&self) -> usize {
        self.homes.len()
    }

    /// Whether there is no home.
    pub fn is_empty(&self) -> bool {
        self.homes.is_empty()
    }

    /// The home with this reference.
    pub fn find(&self, id: HomeId) -> Option<&Home> {
        self.homes.binary_search_by_key(&id, |home| home.id).ok().map(|at| &self.homes[at])
    }

    pub(crate) fn facts(&self, at: usize) -> u64 {
        self.facts[at]
    }

    pub(crate) fn people(&self, at: usize) -> u32 {
        self.people[at]
    }

    /// What a household has and what of that nobody has said; `None` if residents come or go within the stay.
    pub(crate) fn traits(&self, asked: &Asked, at: usize) -> Option<(u16, u16)> {
        self.all_there(asked, at).then(|| (self.house[at] as u16, self.house_unknown[at] as u16))
    }

    fn all_there(&self, asked: &Asked, at: usize) -> bool {
        let dates = self.dates[at];
        asked.end > dates.all_after && asked.start < dates.all_before
    }

    /// Which constraints fail for the home at this place of the columns; where none does, whether some are unknown.
    #[inline]
    pub(crate) fn judge(&self, asked: &Asked, at: usize) -> (Failed, bool) {
        let missing = asked.need & !self.can[at];
        let unsure = missing & self.unknown[at];
        let house = asked.house & self.house[at];
        let house_unsure = asked.house & self.house_unknown[at] & !house;
        let late = self.free[at] > asked.start;
        let mut failed = fields_missing(missing & !unsure) | u32::from(late) << NUMBERS;
        failed |= u32::from(house as u16 != 0) << CHILD_WITH | u32::from(house >> 16 != 0) << HOUSEHOLD_WITH;
        if !asked.search.avoid_places.is_empty() {
            failed |= u32::from(self.near_a_zone(asked, at)) << PLACES;
        }
        let doubtful = late && !self.surely_full(asked, at)
            || house != 0 && !self.all_there(asked, at)
            || asked.people & self.people[at] != 0
            || !late && !asked.search.room.is_empty()
            || missing & AUTHORITY_FIELD != 0 && !asked.search.authority.is_empty()
            || self.unknown[at] & ENDS != 0;
        if doubtful {
            let verdicts = Verdicts::of(asked.search, &self.homes[at]);
            return (verdicts.failed(), verdicts.unknown() != 0);
        }
        // Only asked where nothing fails, and then whatever is unsure is a constraint that nobody can tell.
        (failed as Failed, unsure & FILL != 0 || house_unsure != 0)
    }

    fn surely_full(&self, asked: &Asked, at: usize) -> bool {
        let dates = self.dates[at];
        (dates.full_from..dates.full_until).contains(&asked.start)
    }

    #[inline]
    fn near_a_zone(&self, asked: &Asked, at: usize) -> bool {
        asked.search.avoid_places.iter().any(|zone| {
            let east = i64::from(self.east[at] - zone.at.east());
            let north = i64::from(self.north[at] - zone.at.north());
            east * east + north * north <= i64::from(zone.metres) * i64::from(zone.metres)
        })
    }
}

const AUTHORITY_FIELD: u64 = 0b11 << AUTHORITY;

fn can(home: &Home) -> u64 {
    let registered = matches!(home.registration, Registration::Registered | Registration::ApprovedUntil(_));
    let ages = home.ages.map_or(0, |(least, most)| {
        let end = u32::from(most.min(17)) + 1;
        ones(end) & !ones(u32::from(least).min(end))
    });
    u64::from(registered) << REGISTERED
        | u64::from(home.kind != Kind::Supported) << UNDER_16
        | u64::from(home.kind != Kind::Secure) << AUTHORITY
        | u64::from(!home.deprives_of_liberty) << (AUTHORITY + 1)
        | ages << AGES
        | home.sexes.bits() << SEX
        | home.needs.bits() << NEEDS
        | home.access.bits() << ACCESS
}

fn unknown(home: &Home) -> u64 {
    let ends = if matches!(home.registration, Registration::ApprovedUntil(_)) { ENDS } else { 0 };
    let ages = if home.ages.is_none() { ones(18) } else { 0 };
    u64::from(home.registration == Registration::Unknown) << REGISTERED
        | ages << AGES
        | (home.needs_unknown.bits() & Needs::ALL.bits()) << NEEDS
        | (home.access_unknown.bits() & Accesses::ALL.bits()) << ACCESS
        | ends
}

fn house(home: &Home) -> u32 {
    let there = home.residents.iter().fold(home.household, |all, resident| all.or(resident.traits));
    let refused = home.residents.iter().fold(home.cannot_take, |all, resident| all.or(resident.cannot_live_with));
    there.bits() as u32 | (refused.bits() as u32) << 16
}

fn house_unknown(home: &Home) -> u32 {
    home.household_unknown.bits() as u32 | (home.cannot_take_unknown.bits() as u32) << 16
}

/// Where faiths and kinds begin in a word of facts, after languages.
pub(crate) const FACT_FAITHS: u32 = 32;
pub(crate) const FACT_KINDS: u32 = 48;

fn facts(home: &Home) -> u64 {
    home.languages.bits() | home.faiths.bits() << FACT_FAITHS | 1 << (FACT_KINDS + home.kind as u32)
}

fn dates(home: &Home) -> Dates {
    let starts = home.residents.iter().map(|resident| resident.nights.start().days() as i32);
    let ends = home.residents.iter().map(|resident| resident.nights.end().days() as i32);
    let (full_from, full_until) = longest_full(home);
    Dates {
        all_after: starts.max().unwrap_or(i32::MIN),
        all_before: ends.min().unwrap_or(i32::MAX),
        full_from,
        full_until,
    }
}

/// The longest stretch of nights on each of which a child without particular needs of a room finds no place.
fn longest_full(home: &Home) -> (i32, i32) {
    use crate::capacity::shortage;
    use crate::words::RoomFacts;
    use kernel::Nights;

    if home.places == 0 {
        return (i32::MIN, i32::MAX);
    }
    let ranges = home.residents.iter().map(|resident| resident.nights).chain(home.closed.iter().map(|c| c.nights));
    let mut edges: Vec<_> = ranges.flat_map(|nights| [nights.start(), nights.end()]).collect();
    edges.sort_unstable();
    edges.dedup();
    let (mut best, mut begun) = ((0, 0), None);
    for pair in edges.windows(2) {
        let night = Nights::try_new(pair[0], pair[0].next()).expect("a night and the next are a range");
        if shortage(home, night, &[RoomFacts::NONE]).is_none() {
            begun = None;
            continue;
        }
        let from = *begun.get_or_insert(pair[0].days() as i32);
        let until = pair[1].days() as i32;
        if until - from > best.1 - best.0 {
            best = (from, until);
        }
    }
    best
}
