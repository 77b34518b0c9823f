//! A search put to the register: which planes it asks for, with which nights it compares, what each word of homes answers.

use kernel::GridPoint;

use crate::constraint::{Constraint, Failed, Verdict, judge};
use crate::planes::{Fact, Few, LANES, lanes};
use crate::register::Register;
use crate::search::Search;
use crate::words::Kind;

const CONSTRAINTS: usize = Constraint::ALL.len();
const NUMBERS: usize = Constraint::Numbers as usize;
const CHILD_WITH: usize = Constraint::ChildWithHousehold as usize;
const HOUSEHOLD_WITH: usize = Constraint::HouseholdWithChild as usize;

/// A search, made ready for a register.
pub(crate) struct Asked<'a> {
    pub search: &'a Search,
    pub register: &'a Register,
    /// Planes of homes that fail a constraint for certain, and of those that have to be asked themselves.
    fails: Vec<(usize, usize)>,
    doubts: Vec<(usize, usize)>,
    /// Planes of homes of which something asked is not known.
    unsaid: Vec<usize>,
    /// Where somebody to keep away from may be.
    people: Few,
    /// If there are places to keep away from: the plane of homes of which nobody may know where they are.
    withheld: Vec<usize>,
    ranks: Ranks,
}

/// The first and the last night of the stay among each sort of night that homes have.
struct Ranks {
    approved_until: usize,
    free_from: usize,
    full_from: usize,
    full_until: usize,
    last_arrival: usize,
    first_departure: usize,
}

/// What the planes say of a word of homes, a bit for each home.
struct Told {
    /// By constraint, homes that fail it for certain.
    fails: [u64; CONSTRAINTS],
    /// By constraint, homes that have to be asked themselves.
    doubts: [u64; CONSTRAINTS],
    /// Homes of which something asked is not known.
    unknown: u64,
}

/// The homes of a word that could have the child.
#[derive(Clone, Copy)]
pub(crate) struct Possible {
    pub word: usize,
    /// Everything holds.
    pub known: u64,
    /// Nothing fails, but something has to be asked first.
    pub to_ask: u64,
}

/// How many homes are left out, and by what.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Counts {
    /// Homes by the first constraint that fails, in the order in which they are told: they add up.
    pub first: [u32; CONSTRAINTS],
    /// Homes in the area that one constraint alone leaves out.
    pub alone: [u32; CONSTRAINTS],
}

impl<'a> Asked<'a> {
    pub fn new(search: &'a Search, register: &'a Register) -> Asked<'a> {
        let (first, last) = search.ages();
        let own = search.own_traits().bits();
        let with = search.cannot_live_with.bits();
        let at_kind = |kind: Kind| 1 << kind as u64;
        let planes = |asked: &[(Constraint, Fact, u64)]| -> Vec<(usize, usize)> {
            let of = asked.iter().flat_map(|&(constraint, fact, words)| {
                register.planes.of(fact, words).map(move |plane| (constraint as usize, plane))
            });
            of.collect()
        };
        let mut fails = planes(&[
            (Constraint::Registration, Fact::Unregistered, 1),
            (Constraint::UnderSixteen, Fact::Kind, if first < 16 { at_kind(Kind::Supported) } else { 0 }),
            (Constraint::Age, Fact::NotAge, 1 << first | 1 << last),
            (Constraint::Sex, Fact::NotSex, 1 << search.sex as u64),
            (Constraint::Needs, Fact::LacksNeed, search.needs.bits()),
            (Constraint::Access, Fact::LacksAccess, search.access.bits()),
            (Constraint::ChildWithHousehold, Fact::There, with),
            (Constraint::HouseholdWithChild, Fact::Refuses, own),
        ]);
        let mut doubts = planes(&[(Constraint::Numbers, Fact::PlacesUnsaid, 1)]);
        // Whether a court's authority covers every night, only the two together tell.
        let locked = planes(&[
            (Constraint::Authority, Fact::Kind, at_kind(Kind::Secure)),
            (Constraint::Authority, Fact::Deprives, 1),
        ]);
        if search.authority.is_empty() { &mut fails } else { &mut doubts }.extend(locked);
        let unsaid = planes(&[
            (Constraint::Registration, Fact::RegistrationUnsaid, 1),
            (Constraint::Age, Fact::AgesUnsaid, 1),
            (Constraint::Needs, Fact::NeedUnsaid, search.needs.bits()),
            (Constraint::Access, Fact::AccessUnsaid, search.access.bits()),
            (Constraint::ChildWithHousehold, Fact::ThereUnsaid, with),
            (Constraint::HouseholdWithChild, Fact::RefusesUnsaid, own),
        ]);
        Asked {
            search,
            register,
            fails,
            doubts,
            unsaid: unsaid.into_iter().map(|(_, plane)| plane).collect(),
            people: register.homes_of(search.avoid_people.iter().copied()),
            withheld: register.planes.of(Fact::Withheld, u64::from(!search.avoid_places.is_empty())).collect(),
            ranks: Ranks::of(search, register),
        }
    }

    /// The homes of a word of which every resident is there on some night of the stay, so that what the planes say of
    /// the household holds.
    #[inline]
    pub fn all_there(&self, word: usize) -> u64 {
        let (nights, ranks) = (&self.register.nights, &self.ranks);
        nights.last_arrival.before(ranks.last_arrival, word)
            & !nights.first_departure.before(ranks.first_departure, word)
    }

    #[inline]
    fn told(&self, word: usize) -> Told {
        let Register { planes, ground, nights, .. } = self.register;
        let mut told =
            Told { fails: [0; CONSTRAINTS], doubts: [0; CONSTRAINTS], unknown: planes.any(&self.unsaid, word) };
        for &(constraint, plane) in &self.fails {
            told.fails[constraint] |= planes.word(plane, word);
        }
        for &(constraint, plane) in &self.doubts {
            told.doubts[constraint] |= planes.word(plane, word);
        }
        let ranks = &self.ranks;
        told.fails[Constraint::Registration as usize] |= nights.approved_until.before(ranks.approved_until, word);
        // Full on the first night, or on a later one, or on none that the planes know of.
        let begun = nights.full_from.before(ranks.full_from, word);
        let full = begun & !nights.full_until.before(ranks.full_until, word);
        let late = !nights.free_from.before(ranks.free_from, word);
        let rooms = if self.search.room.is_empty() { 0 } else { u64::MAX };
        told.fails[NUMBERS] = full;
        told.doubts[NUMBERS] = (told.doubts[NUMBERS] | late | rooms) & !full;
        told.doubts[Constraint::People as usize] = self.people.word(word);
        if !self.search.avoid_places.is_empty() {
            let zones = self.search.avoid_places.iter();
            let near = zones.fold(0, |near, zone| near | ground.within(word, zone.at, zone.metres));
            let withheld = planes.any(&self.withheld, word);
            told.fails[Constraint::Places as usize] = near & !withheld;
            told.unknown |= withheld;
        }
        let conflict = told.fails[CHILD_WITH] | told.fails[HOUSEHOLD_WITH];
        if conflict != 0 {
            let some_gone = conflict & !self.all_there(word);
            for constraint in [CHILD_WITH, HOUSEHOLD_WITH] {
                told.fails[constraint] &= !some_gone;
                told.doubts[constraint] |= some_gone;
            }
        }
        told
    }

    /// Which constraints fail for one home; where none does, whether something has to be asked first.
    pub fn judge(&self, at: usize) -> (Failed, bool) {
        let mut told = self.told(at / LANES);
        told.ask(self, at / LANES, 1 << (at % LANES));
        let bit = |mask: u64| mask >> (at % LANES) & 1;
        let failed = (0..CONSTRAINTS)
            .fold(0, |failed, constraint| failed | (bit(told.fails[constraint]) as Failed) << constraint);
        (failed, bit(told.unknown) == 1)
    }

    /// The homes of a word that could have the child.
    #[inline]
    pub fn possible(&self, word: usize) -> Possible {
        let mut told = self.told(word);
        let all = self.register.ground.all(word);
        let in_doubt = all & told.in_doubt() & !told.failed();
        told.ask(self, word, in_doubt);
        told.possible(word, all)
    }

    /// Goes through every home, counts each that is left out, and gives the words in which some are not.
    pub fn each(&self, area: Option<(GridPoint, u32)>, mut possible: impl FnMut(Possible)) -> Counts {
        let mut counts = Counts::default();
        let ground = &self.register.ground;
        for word in 0..ground.words() {
            let mut told = self.told(word);
            let all = ground.all(word);
            let near = area.map_or(all, |(middle, metres)| ground.within(word, middle, metres));
            let in_doubt = all & told.in_doubt();
            if in_doubt != 0 {
                // What fails for certain before anything is in doubt need not be asked, unless it may be alone.
                told.ask(self, word, in_doubt & (told.first_in_doubt() | near & !told.several()));
            }
            if near != 0 {
                told.count(near & !told.several() & !told.in_doubt(), &mut counts.alone);
            }
            let open = told.possible(word, all);
            told.count(all & !(open.known | open.to_ask), &mut counts.first);
            if open.known | open.to_ask != 0 {
                possible(open);
            }
        }
        counts
    }
}

impl Told {
    /// Homes that fail something for certain.
    #[inline]
    fn failed(&self) -> u64 {
        self.fails.iter().fold(0, |all, fails| all | fails)
    }

    /// Homes that fail several things for certain.
    #[inline]
    fn several(&self) -> u64 {
        self.fails.iter().fold((0, 0), |(one, several), fails| (one | fails, several | one & fails)).1
    }

    #[inline]
    fn in_doubt(&self) -> u64 {
        self.doubts.iter().fold(0, |all, doubts| all | doubts)
    }

    /// Homes of which a constraint is in doubt and none before it fails.
    fn first_in_doubt(&self) -> u64 {
        let each = self.fails.iter().zip(&self.doubts);
        each.fold((0, 0), |(failed, first), (fails, doubts)| (failed | fails, first | doubts & !failed)).1
    }

    #[inline]
    fn possible(&self, word: usize, all: u64) -> Possible {
        let open = all & !self.failed();
        Possible { word, known: open & !self.unknown, to_ask: open & self.unknown }
    }

    /// Counts homes, each by the first thing that it fails.
    #[inline]
    fn count(&self, mut homes: u64, counts: &mut [u32; CONSTRAINTS]) {
        for (fails, count) in self.fails.iter().zip(counts) {
            if homes & fails != 0 {
                *count += (homes & fails).count_ones();
                homes &= !fails;
            }
        }
    }

    /// Decides by the homes themselves what is in doubt of these.
    fn ask(&mut self, asked: &Asked, word: usize, homes: u64) {
        for lane in lanes(homes & self.in_doubt()) {
            let (bit, home) = (1 << lane, &asked.register.homes()[word * LANES + lane]);
            for (at, constraint) in
                Constraint::ALL.into_iter().enumerate().filter(|&(at, _)| self.doubts[at] & bit != 0)
            {
                match judge(constraint, asked.search, home) {
                    Verdict::Pass => {}
                    Verdict::Fail(_) => self.fails[at] |= bit,
                    Verdict::Unknown(_) => self.unknown |= bit,
                }
            }
            self.doubts.iter_mut().for_each(|doubts| *doubts &= !bit);
        }
    }
}

impl Ranks {
    fn of(search: &Search, register: &Register) -> Ranks {
        let nights = &register.nights;
        let second = search.stay.start().days() as i32 + 1;
        let end = search.stay.end().days() as i32;
        Ranks {
            approved_until: nights.approved_until.rank(end),
            free_from: nights.free_from.rank(second),
            full_from: nights.full_from.rank(second),
            full_until: nights.full_until.rank(second),
            last_arrival: nights.last_arrival.rank(end),
            first_departure: nights.first_departure.rank(second),
        }
    }
}
