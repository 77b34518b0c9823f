//! The register as columns: what every search reads of every home, side by side in memory.
//!
//! A search reads all homes, near and far, so that "why not this home?" has an answer for each. Costs, for each home:
//!
//! | read | bytes | when |
//! |---|---|---|
//! | what it may and can, what of that is unknown | 16 | always |
//! | when it has no place | 8 | always |
//! | household both ways, people as a sketch, since when it has a place, where it is | 28 | where that tells nothing against it, or one thing and it is near |
//! | languages, faiths and kind | 8 | where every constraint holds |
//! | the home itself | | where residents' dates, rooms or an unlikely sketch decide; the twenty shown |
//!
//! The columns only ever save work: what they cannot decide is decided by [`crate::Verdicts::of`], and a test holds them to it.

use serde::Serialize;

use crate::capacity::free_from;
use crate::constraint::{Constraint, Failed, Verdict, judge};
use crate::home::{Home, Registration};
use crate::refs::{HomeId, Person};
use crate::search::Search;
use crate::words::{Accesses, Kind, Needs};
use kernel::GridPoint;

/// Where the first seven constraints' fields lie in a word of what a home may and can, each with a spare bit above it:
/// adding all ones to a field carries into the spare bit exactly if anything in it is missing. Laid out so that one
/// multiplication brings the seven spare bits together, which a test tries for every combination.
struct Field {
    at: u32,
    width: u32,
    /// How far the multiplication moves the spare bit, towards the highest seven.
    moved: u32,
}

const FIELDS: [Field; 7] = [
    Field { at: 36, width: 1, moved: 21 },
    Field { at: 0, width: 1, moved: 59 },
    Field { at: 3, width: 2, moved: 54 },
    Field { at: 17, width: 18, moved: 27 },
    Field { at: 14, width: 2, moved: 41 },
    Field { at: 38, width: 24, moved: 1 },
    Field { at: 6, width: 6, moved: 49 },
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

/// All fields; their spare bits; what brings those together; and what their seven bits then mean.
const LAYOUT: (u64, u64, u64, [u8; 128]) = {
    let (mut fill, mut spare, mut together, mut at) = (0, 0, 0, 0);
    let mut meaning = [0; 128];
    while at < FIELDS.len() {
        let Field { at: low, width, moved } = FIELDS[at];
        fill |= ones(width) << low;
        spare |= 1 << (low + width);
        together |= 1 << moved;
        let bit = low + width + moved - 57;
        let mut seven = 0;
        while seven < 128 {
            meaning[seven] |= ((seven >> bit & 1) as u8) << at;
            seven += 1;
        }
        at += 1;
    }
    (fill, spare, together, meaning)
};
const FILL: u64 = LAYOUT.0;
/// The home's registration ends: whether within the stay, the home itself tells.
const ENDS: u64 = 1 << 63;

/// Constraints of a word in which something is missing, as bits of [`Failed`].
#[inline]
fn fields_missing(missing: u64) -> u32 {
    let carried = (missing + FILL) & LAYOUT.1;
    u32::from(LAYOUT.3[(carried.wrapping_mul(LAYOUT.2) >> 57) as usize])
}

const NUMBERS: u32 = Constraint::Numbers as u32;
const PEOPLE: u32 = Constraint::People as u32;
const AUTHORISED: u32 = Constraint::Authority as u32;
const PLACES: u32 = Constraint::Places as u32;
const CHILD_WITH: u32 = Constraint::ChildWithHousehold as u32;
const HOUSEHOLD_WITH: u32 = Constraint::HouseholdWithChild as u32;

/// The fields that many homes have alike: registration, age 16, authority, ages and sex. They are the first five
/// constraints in the order in which reasons are told, so what fails by one of them is told by it.
const COARSE: u64 = 1 << REGISTERED | 1 << UNDER_16 | 0b11 << AUTHORITY | ones(18) << AGES | 0b11 << SEX;

/// Needs and access, which differ from home to home, side by side: what is left to ask of homes that are alike in the coarse
/// fields and pass them.
fn fine(word: u64) -> u32 {
    (word >> NEEDS & ones(FINE_NEEDS)) as u32 | ((word >> ACCESS & ones(FIELDS[6].width)) as u32) << FINE_NEEDS
}

/// The width of needs, and so where access begins.
const FINE_NEEDS: u32 = FIELDS[5].width;

/// Homes side by side in the columns that are alike in the coarse fields: decided all at once where one of these fails.
#[derive(Clone, Copy, Debug)]
struct Alike {
    from: u32,
    to: u32,
    can: u64,
    unknown: u64,
}

/// Every home and its columns: those that are alike in the coarse fields together, and among them by reference.
#[derive(Clone, Debug)]
pub struct Register {
    homes: Vec<Home>,
    /// The places of the homes, in order of reference.
    by_id: Vec<u32>,
    alike: Vec<Alike>,
    can: Vec<u64>,
    unknown: Vec<u64>,
    /// Of the two, what is fine: see [`fine`].
    fine: Vec<u32>,
    fine_unknown: Vec<u32>,
    house: Vec<u32>,
    house_unknown: Vec<u32>,
    free: Vec<i32>,
    pub(crate) east: Vec<i32>,
    pub(crate) north: Vec<i32>,
    people: Vec<u64>,
    facts: Vec<u64>,
    full_from: Vec<i32>,
    full_until: Vec<i32>,
    dates: Vec<Dates>,
}

/// When what the columns say of a home's residents holds without looking at each.
#[derive(Clone, Copy, Debug)]
struct Dates {
    /// Every resident is there on some night of any stay that ends after the first and begins before the second.
    all_after: i32,
    all_before: i32,
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
    /// The sketch of each person to keep away from.
    people: Vec<u64>,
    start: i32,
    end: i32,
    /// A room of a certain sort is needed.
    room: bool,
    /// What a home may lack by its columns that it may yet do: the field of authority, if there is any.
    excused: u64,
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
            people: search.avoid_people.iter().map(|&person| sketch(person)).collect(),
            start: search.stay.start().days() as i32,
            end: search.stay.end().days() as i32,
            room: !search.room.is_empty(),
            excused: if search.authority.is_empty() { 0 } else { AUTHORITY_FIELD },
        }
    }
}

/// Two bits of 64 for a person. A home's sketch has those of everybody there: where one is missing, so is the person.
pub(crate) fn sketch(person: Person) -> u64 {
    let hash = person.number().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    1 << (hash >> 58) | 1 << (hash >> 52 & 63)
}

impl Register {
    /// Puts the homes in columns. Their order as given is forgotten.
    pub fn new(mut homes: Vec<Home>) -> Result<Register, Duplicate> {
        homes.sort_by_key(|home| home.id);
        if let Some(pair) = homes.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(Duplicate(pair[0].id));
        }
        let coarse = |home: &Home| (can(home) & COARSE, unknown(home) & (COARSE | ENDS));
        // Stable: among those alike the order of references stays.
        homes.sort_by_cached_key(coarse);
        let mut by_id: Vec<u32> = (0..homes.len() as u32).collect();
        by_id.sort_by_key(|&at| homes[at as usize].id);
        let mut alike: Vec<Alike> = Vec::new();
        for (at, home) in (0..).zip(&homes) {
            let (can, unknown) = coarse(home);
            match alike.last_mut().filter(|last| (last.can, last.unknown) == (can, unknown)) {
                Some(last) => last.to = at + 1,
                None => alike.push(Alike { from: at, to: at + 1, can, unknown }),
            }
        }
        let full: Vec<(i32, i32)> = homes.iter().map(longest_full).collect();
        Ok(Register {
            by_id,
            alike,
            full_from: full.iter().map(|full| full.0).collect(),
            full_until: full.iter().map(|full| full.1).collect(),
            can: homes.iter().map(can).collect(),
            unknown: homes.iter().map(unknown).collect(),
            fine: homes.iter().map(|home| fine(can(home))).collect(),
            fine_unknown: homes.iter().map(|home| fine(unknown(home))).collect(),
            house: homes.iter().map(house).collect(),
            house_unknown: homes.iter().map(house_unknown).collect(),
            free: homes.iter().map(|home| free_from(home).map_or(i32::MAX, |night| night as i32)).collect(),
            east: homes.iter().map(|home| home.at.east()).collect(),
            north: homes.iter().map(|home| home.at.north()).collect(),
            people: homes.iter().map(|home| home.everybody().fold(0, |all, person| all | sketch(person))).collect(),
            facts: homes.iter().map(facts).collect(),
            dates: homes.iter().map(dates).collect(),
            homes,
        })
    }

    /// Every home, in an order that follows from what the homes are and from nothing else.
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
        let place = self.by_id.binary_search_by_key(&id, |&at| self.homes[at as usize].id).ok()?;
        Some(&self.homes[self.by_id[place] as usize])
    }

    pub(crate) fn facts(&self, at: usize) -> u64 {
        self.facts[at]
    }

    /// Whether one of these sketches fits the home's: somebody may be there.
    #[inline]
    pub(crate) fn may_have(&self, people: &[u64], at: usize) -> bool {
        people.iter().any(|&person| self.people[at] & person == person)
    }

    /// What a household has and what of that nobody has said; `None` if residents come or go within the stay.
    pub(crate) fn traits(&self, asked: &Asked, at: usize) -> Option<(u16, u16)> {
        self.all_there(asked, at).then(|| (self.house[at] as u16, self.house_unknown[at] as u16))
    }

    fn all_there(&self, asked: &Asked, at: usize) -> bool {
        let dates = self.dates[at];
        asked.end > dates.all_after && asked.start < dates.all_before
    }

    /// What the columns say of one home: what fails, what they leave in doubt, and whether anything is unknown.
    #[inline]
    fn said(&self, asked: &Asked, at: usize) -> Said {
        let missing = asked.need & !self.can[at];
        let unsure = missing & self.unknown[at];
        let conflict = asked.house & self.house[at];
        let house_unsure = asked.house & self.house_unknown[at] & !conflict;
        let late = self.free[at] > asked.start;
        let failed = fields_missing(missing & !unsure)
            | u32::from(late) << NUMBERS
            | u32::from(conflict as u16 != 0) << CHILD_WITH
            | u32::from(conflict >> 16 != 0) << HOUSEHOLD_WITH;
        let person = self.may_have(&asked.people, at);
        let zone = asked.search.avoid_places.iter().any(|zone| self.square(at, zone.at) <= square(zone.metres));
        let mut doubtful = u32::from(person) << PEOPLE
            | (self.unknown[at] >> 63) as u32
            | u32::from(missing & asked.excused != 0) << AUTHORISED;
        let withheld = self.facts[at] >> FACT_WITHHELD & 1 == 1;
        if late && !self.surely_full(asked, at) || !late && (asked.room || self.facts[at] >> FACT_UNSAID & 1 == 1) {
            doubtful |= 1 << NUMBERS;
        }
        if withheld && !asked.search.avoid_places.is_empty() {
            doubtful |= 1 << PLACES;
        }
        if conflict != 0 && !self.all_there(asked, at) {
            doubtful |= 1 << CHILD_WITH | 1 << HOUSEHOLD_WITH;
        }
        let unknown = unsure & FILL != 0 || house_unsure != 0;
        Said { failed: failed | u32::from(zone) << PLACES, doubtful, unknown }
    }

    #[inline]
    pub(crate) fn square(&self, at: usize, point: GridPoint) -> i64 {
        let east = i64::from(self.east[at] - point.east());
        let north = i64::from(self.north[at] - point.north());
        east * east + north * north
    }

    #[inline]
    fn surely_full(&self, asked: &Asked, at: usize) -> bool {
        self.full_from[at] <= asked.start && asked.start < self.full_until[at]
    }

    /// Which constraints fail for the home at this place of the columns; where none does, whether some are unknown.
    #[inline]
    pub(crate) fn judge(&self, asked: &Asked, at: usize) -> (Failed, bool) {
        let said = self.said(asked, at);
        if said.doubtful != 0 { self.ask_the_home(asked, at, said) } else { (said.failed as Failed, said.unknown) }
    }

    /// Goes through every home and counts each that is left out; `possible` gets the others: the place in the columns,
    /// and whether anything is unknown.
    ///
    /// A home that lacks one thing or more of what its columns tell for certain needs no further look: its first reason
    /// is known. Where that is all that is told against it, and it is in the area, it is judged, for it may be a home
    /// that one thing alone leaves out. Homes that are alike in the coarse fields are told together; the loop over the
    /// others has no branch to guess wrongly.
    pub(crate) fn each(
        &self,
        asked: &Asked,
        area: Option<(GridPoint, u32)>,
        mut possible: impl FnMut(usize, bool),
    ) -> Counts {
        let mut counts = Counts { all: self.len() as u32, ..Counts::default() };
        // Four tables in turns, so that one count does not wait for the one before.
        let mut seen = [[0u32; 256]; 4];
        let (mut open, mut single) = ([0u32; BLOCK], [0u32; BLOCK]);
        let mut near = Vec::new();
        let mut tally = [[0u32; 8]; 4];
        for (range, passes) in self.to_sift(asked, area, &mut counts, &mut near) {
            let (opens, singles) = match passes {
                true => self.sift_fine(asked, range, &mut tally, &mut open, &mut single),
                false => self.sift(asked, range, &mut seen, &mut open, &mut single),
            };
            for &at in &open[..opens] {
                let (failed, unknown) = self.judge(asked, at as usize);
                if failed == 0 {
                    counts.possible += 1;
                    possible(at as usize, unknown);
                } else {
                    counts.first[failed.trailing_zeros() as usize] += 1;
                    if failed.is_power_of_two() && self.in_area(at as usize, area) {
                        counts.alone[failed.trailing_zeros() as usize] += 1;
                    }
                }
            }
            for &at in single[..singles].iter().filter(|&&at| self.in_area(at as usize, area)) {
                let (failed, _) = self.judge(asked, at as usize);
                if failed.is_power_of_two() {
                    counts.alone[failed.trailing_zeros() as usize] += 1;
                }
            }
        }
        for at in near {
            let (failed, _) = self.judge(asked, at as usize);
            if failed.is_power_of_two() {
                counts.alone[failed.trailing_zeros() as usize] += 1;
            }
        }
        for told in 1..8 {
            let count: u32 = tally.iter().map(|table| table[told]).sum();
            let first = [Constraint::Needs, Constraint::Access, Constraint::Numbers][told.trailing_zeros() as usize];
            counts.first[first as usize] += count;
        }
        for told in 1..256 {
            let count: u32 = seen.iter().map(|table| table[told]).sum();
            let fields = u32::from(LAYOUT.3[told & 127]);
            let first = if fields == 0 { NUMBERS } else { fields.trailing_zeros() };
            counts.first[first as usize] += count;
        }
        counts
    }

    /// Tells of the homes that fail by a coarse field, and gives the blocks of the others, each with whether every home of it
    /// passes them for certain. Of those that fail by one such field alone, the ones in the area are put by, to be judged.
    fn to_sift(
        &self,
        asked: &Asked,
        area: Option<(GridPoint, u32)>,
        counts: &mut Counts,
        near: &mut Vec<u32>,
    ) -> Vec<((usize, usize), bool)> {
        let mut blocks: Vec<((usize, usize), bool)> = Vec::new();
        for alike in &self.alike {
            let missing = asked.need & COARSE & !alike.can;
            let fails = fields_missing(missing & !alike.unknown);
            let doubtful = missing & asked.excused | alike.unknown & ENDS;
            let (from, to) = (alike.from as usize, alike.to as usize);
            if fails == 0 || doubtful != 0 {
                let passes = doubtful == 0;
                match blocks.last_mut().filter(|last| last.0.1 == from && last.1 == passes) {
                    Some(last) => last.0.1 = to,
                    None => blocks.push(((from, to), passes)),
                }
                continue;
            }
            counts.first[fails.trailing_zeros() as usize] += alike.to - alike.from;
            if fails.is_power_of_two() {
                self.put_near_by((from, to), area, near);
            }
        }
        let cut = |((from, to), passes): ((usize, usize), bool)| {
            (from..to).step_by(BLOCK).map(move |at| ((at, to.min(at + BLOCK)), passes))
        };
        blocks.into_iter().flat_map(cut).collect()
    }

    /// The homes of a stretch that are in the area. First a box, in a loop that no branch breaks.
    fn put_near_by(&self, (from, to): (usize, usize), area: Option<(GridPoint, u32)>, near: &mut Vec<u32>) {
        let Some((middle, metres)) = area else {
            near.extend(from as u32..to as u32);
            return;
        };
        let (already, reach) = (near.len(), i32::try_from(metres).unwrap_or(i32::MAX));
        near.resize(already + to - from, 0);
        let mut count = already;
        for (at, (east, north)) in (from as u32..).zip(self.east[from..to].iter().zip(&self.north[from..to])) {
            near[count] = at;
            let inside = (east - middle.east()).abs() <= reach && (north - middle.north()).abs() <= reach;
            count += usize::from(inside);
        }
        near.truncate(count);
        let mut kept = already;
        for at in already..count {
            near[kept] = near[at];
            kept += usize::from(self.in_area(near[at] as usize, area));
        }
        near.truncate(kept);
    }

    fn in_area(&self, at: usize, area: Option<(GridPoint, u32)>) -> bool {
        area.is_none_or(|(middle, metres)| self.square(at, middle) <= square(metres))
    }

    /// The same as [`Register::sift`] for a block of which every home passes the coarse fields for certain, told by three bits:
    /// needs, access, numbers. The first of its loops goes through several homes at once.
    #[inline]
    fn sift_fine(
        &self,
        asked: &Asked,
        (from, to): (usize, usize),
        tally: &mut [[u32; 8]; 4],
        open: &mut [u32; BLOCK],
        single: &mut [u32; BLOCK],
    ) -> (usize, usize) {
        /// A bit for each of the three tellings in which one thing alone is missing.
        const ALONE: u32 = 1 << 0b001 | 1 << 0b010 | 1 << 0b100;
        let need = fine(asked.need);
        let mut told = [0u32; BLOCK];
        let columns = self.fine[from..to].iter().zip(&self.fine_unknown[from..to]);
        let columns = columns.zip(self.full_from[from..to].iter().zip(&self.full_until[from..to]));
        for (told, ((can, unknown), (full_from, full_until))) in told.iter_mut().zip(columns) {
            let missing = need & !can & !unknown;
            let needs = u32::from(missing & ones(FINE_NEEDS) as u32 != 0);
            let access = u32::from(missing >> FINE_NEEDS != 0);
            let full = u32::from(*full_from <= asked.start) & u32::from(asked.start < *full_until);
            *told = needs | access << 1 | full << 2;
        }
        let (mut opens, mut singles) = (0, 0);
        for (at, &told) in told[..to - from].iter().enumerate() {
            open[opens] = (from + at) as u32;
            opens += usize::from(told == 0);
            single[singles] = (from + at) as u32;
            singles += (ALONE >> told & 1) as usize;
            tally[at & 3][told as usize & 7] += 1;
        }
        (opens, singles)
    }

    /// The first loop, over one block: how many homes are open, and how many lack a single thing.
    #[inline]
    fn sift(
        &self,
        asked: &Asked,
        (from, to): (usize, usize),
        seen: &mut [[u32; 256]; 4],
        open: &mut [u32; BLOCK],
        single: &mut [u32; BLOCK],
    ) -> (usize, usize) {
        let columns = self.can[from..to].iter().zip(&self.unknown[from..to]);
        let columns = columns.zip(self.full_from[from..to].iter().zip(&self.full_until[from..to]));
        let (mut opens, mut singles) = (0, 0);
        for (at, ((can, unknown), (full_from, full_until))) in columns.enumerate() {
            let missing = asked.need & !can;
            let carried = ((missing & !unknown) + FILL) & LAYOUT.1;
            let full = u64::from(*full_from <= asked.start) & u64::from(asked.start < *full_until);
            let told = carried | full;
            let doubtful = missing & asked.excused | unknown & ENDS;
            let is_open = told == 0 || doubtful != 0;
            let is_single = told & told.wrapping_sub(1) == 0 && !is_open;
            open[opens] = (from + at) as u32;
            opens += usize::from(is_open);
            single[singles] = (from + at) as u32;
            singles += usize::from(is_single);
            let index = (carried.wrapping_mul(LAYOUT.2) >> 57 | full << 7) as usize;
            // What is open is counted when it has been judged: here it counts for nothing, in slot nought.
            seen[at & 3][index & usize::from(is_open).wrapping_sub(1) & 255] += 1;
        }
        (opens, singles)
    }

    /// The places in the columns of homes where nothing fails and nothing is unknown.
    pub(crate) fn possible(&self, asked: &Asked, found: &mut Vec<u32>) {
        let need = asked.need & !asked.excused;
        let fine_need = fine(need);
        // First what most homes fail by, with a count that always goes on in place of a branch that guesses wrongly.
        found.clear();
        found.resize(self.len(), 0);
        let mut count = 0;
        for alike in self.alike.iter().filter(|alike| need & COARSE & !alike.can == 0) {
            let range = alike.from as usize..alike.to as usize;
            let full = self.full_from[range.clone()].iter().zip(&self.full_until[range.clone()]);
            for (at, (can, (full_from, full_until))) in (alike.from..).zip(self.fine[range].iter().zip(full)) {
                found[count] = at;
                let full = *full_from <= asked.start && asked.start < *full_until;
                count += usize::from(fine_need & !can == 0) & usize::from(!full);
            }
        }
        found.truncate(count);
        found.retain(|&at| self.judge(asked, at as usize) == (0, false));
    }

    /// Decides by the home itself what the columns could not.
    #[cold]
    fn ask_the_home(&self, asked: &Asked, at: usize, said: Said) -> (Failed, bool) {
        let (mut failed, mut unknown) = (said.failed & !said.doubtful, said.unknown);
        let doubtful = |constraint: &Constraint| said.doubtful >> *constraint as u32 & 1 == 1;
        for constraint in Constraint::ALL.into_iter().filter(doubtful) {
            match judge(constraint, asked.search, &self.homes[at]) {
                Verdict::Pass => {}
                Verdict::Fail(_) => failed |= 1 << constraint as u32,
                Verdict::Unknown(_) => unknown = true,
            }
        }
        (failed as Failed, unknown)
    }
}

/// What the columns say of one home.
#[derive(Clone, Copy)]
struct Said {
    failed: u32,
    doubtful: u32,
    unknown: bool,
}

/// How many homes are left out, and by what.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Counts {
    /// All homes.
    pub all: u32,
    /// Homes where nothing fails; some may have things unknown.
    pub possible: u32,
    /// Homes by the first constraint that fails, in the order in which they are told: they add up.
    pub first: [u32; Constraint::ALL.len()],
    /// Homes in the area that one constraint alone leaves out.
    pub alone: [u32; Constraint::ALL.len()],
}

fn square(metres: u32) -> i64 {
    i64::from(metres) * i64::from(metres)
}

/// Homes gone through at once: small enough for the nearest cache.
const BLOCK: usize = 512;

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
/// Some place is unsaid; where the home is has been withheld.
const FACT_UNSAID: u32 = 62;
const FACT_WITHHELD: u32 = 63;

fn facts(home: &Home) -> u64 {
    home.languages.bits()
        | home.faiths.bits() << FACT_FAITHS
        | 1 << (FACT_KINDS + home.kind as u32)
        | u64::from(!home.unsaid.is_empty()) << FACT_UNSAID
        | u64::from(home.whereabouts_withheld) << FACT_WITHHELD
}

fn dates(home: &Home) -> Dates {
    let starts = home.residents.iter().map(|resident| resident.nights.start().days() as i32);
    let ends = home.residents.iter().map(|resident| resident.nights.end().days() as i32);
    Dates { all_after: starts.max().unwrap_or(i32::MIN), all_before: ends.min().unwrap_or(i32::MAX) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_apart_in_every_combination() {
        for combination in 0..1u32 << FIELDS.len() {
            let fields = FIELDS.iter().enumerate().filter(|(at, _)| combination >> at & 1 == 1);
            let (lowest, all) = fields.fold((0, 0), |(lowest, all), (_, field)| {
                (lowest | 1 << field.at, all | ones(field.width) << field.at)
            });
            assert_eq!(fields_missing(lowest), combination);
            assert_eq!(fields_missing(all), combination);
        }
        assert_eq!(ENDS >> 63, 1 << Constraint::Registration as u32, "the bit is moved, not tested");
        assert_eq!((FILL | LAYOUT.1) & ENDS, 0);
    }
}
