//! The register as every search reads it: all homes, near and far, so that "why not this home?" has an answer for each.
//!
//! Homes near each other stand together, sixty-four in a word, and what is kept of them is turned on its side: a plane
//! for each fact, a bit for each home. A search puts together the planes that it asks for. Costs, for each word of homes:
//!
//! | read | bytes | when |
//! |---|---|---|
//! | a plane for each thing asked | 8 each, some twenty | always |
//! | nights, by their binary figures | 8 for each figure | always for a free place; else where a household is in the way |
//! | where the homes are together | 16 | always |
//! | where each home is | 8 a home | where the word is at the edge of a circle, or may hold one of the best |
//! | the home itself | | where residents' dates, rooms or a person decide; the twenty shown |
//!
//! The planes only ever save work: what they cannot decide is decided by [`crate::Verdicts::of`], and a test holds them to it.

use serde::Serialize;

use crate::capacity::{free_from, longest_full};
use crate::ground::Ground;
use crate::home::{Home, Registration};
use crate::planes::{Fact, Few, Planes, Ranked};
use crate::refs::{HomeId, Person};
use crate::words::{Accesses, Needs, Sexes};

/// Every home, and what is kept of it to be searched by.
#[derive(Clone, Debug)]
pub struct Register {
    homes: Vec<Home>,
    /// The places of the homes, in order of reference.
    by_id: Vec<u32>,
    /// Everybody at some home on some night or other, with where.
    people: Vec<(Person, u32)>,
    pub(crate) planes: Planes,
    pub(crate) ground: Ground,
    pub(crate) nights: HomeNights,
}

/// The nights that matter of each home. Where there is none: before or after all nights.
#[derive(Clone, Debug)]
pub(crate) struct HomeNights {
    /// When its approval ends.
    pub approved_until: Ranked,
    /// From when a place is free however long.
    pub free_from: Ranked,
    /// The longest stretch without a place.
    pub full_from: Ranked,
    pub full_until: Ranked,
    /// Every resident is there on some night of any stay that ends after the first and begins before the second.
    pub last_arrival: Ranked,
    pub first_departure: Ranked,
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

impl Register {
    /// Puts the homes in the register's order. Their order as given is forgotten.
    pub fn new(mut homes: Vec<Home>) -> Result<Register, Duplicate> {
        homes.sort_by_key(|home| home.id);
        if let Some(pair) = homes.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(Duplicate(pair[0].id));
        }
        let order = Ground::order(&homes);
        let mut by_id = vec![0; homes.len()];
        for (at, &given) in (0..).zip(&order) {
            by_id[given as usize] = at;
        }
        let mut given: Vec<Option<Home>> = homes.into_iter().map(Some).collect();
        let homes = order.iter().map(|&at| given[at as usize].take().expect("an order has each home once"));
        let homes: Vec<Home> = homes.collect();
        let mut planes = Planes::new(homes.len());
        let mut people = Vec::new();
        for (at, home) in homes.iter().enumerate() {
            facts(home).into_iter().for_each(|(fact, words)| planes.note(at, fact, words));
            people.extend(home.everybody().map(|person| (person, at as u32)));
        }
        people.sort_unstable();
        let ground = Ground::new(homes.iter().map(|home| home.at).collect());
        Ok(Register { by_id, people, planes, ground, nights: HomeNights::of(&homes), homes })
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

    /// The homes at which one of these people is on some night or other.
    pub(crate) fn homes_of(&self, people: impl IntoIterator<Item = Person>) -> Few {
        let homes = people.into_iter().flat_map(|person| {
            let from = self.people.partition_point(|&(other, _)| other < person);
            self.people[from..].iter().take_while(move |&&(other, _)| other == person).map(|&(_, at)| at)
        });
        Few::new(homes.collect())
    }
}

impl HomeNights {
    fn of(homes: &[Home]) -> HomeNights {
        let ranked = |night: fn(&Home) -> i32| Ranked::new(&homes.iter().map(night).collect::<Vec<_>>());
        let full: Vec<(i32, i32)> = homes.iter().map(longest_full).collect();
        HomeNights {
            approved_until: ranked(|home| match home.registration {
                Registration::ApprovedUntil(end) => end.days() as i32,
                _ => i32::MAX,
            }),
            free_from: ranked(|home| free_from(home).map_or(i32::MAX, |night| night as i32)),
            full_from: Ranked::new(&full.iter().map(|full| full.0).collect::<Vec<_>>()),
            full_until: Ranked::new(&full.iter().map(|full| full.1).collect::<Vec<_>>()),
            last_arrival: ranked(|home| {
                let arrivals = home.residents.iter().map(|resident| resident.nights.start().days() as i32);
                arrivals.max().unwrap_or(i32::MIN)
            }),
            first_departure: ranked(|home| {
                let departures = home.residents.iter().map(|resident| resident.nights.end().days() as i32);
                departures.min().unwrap_or(i32::MAX)
            }),
        }
    }
}

/// What is noted of a home: words of each fact, as bits.
fn facts(home: &Home) -> [(Fact, u64); 19] {
    let registered = matches!(home.registration, Registration::Registered | Registration::ApprovedUntil(_));
    let registration_unsaid = home.registration == Registration::Unknown;
    let not_for = |(least, most): (u8, u8)| {
        (0..18).filter(|age| !(least..=most).contains(age)).fold(0, |all, age| all | 1 << age)
    };
    let needs = home.needs_unknown.without(home.needs);
    let access = home.access_unknown.without(home.access);
    let there = home.residents.iter().fold(home.household, |all, resident| all.or(resident.traits));
    let refuses = home.residents.iter().fold(home.cannot_take, |all, resident| all.or(resident.cannot_live_with));
    [
        (Fact::Unregistered, u64::from(!registered && !registration_unsaid)),
        (Fact::RegistrationUnsaid, registration_unsaid.into()),
        (Fact::Kind, 1 << home.kind as u32),
        (Fact::Deprives, home.deprives_of_liberty.into()),
        (Fact::NotAge, home.ages.map_or(0, not_for)),
        (Fact::AgesUnsaid, home.ages.is_none().into()),
        (Fact::NotSex, Sexes::ALL.without(home.sexes).bits()),
        (Fact::LacksNeed, Needs::ALL.without(home.needs).without(needs).bits()),
        (Fact::NeedUnsaid, needs.bits()),
        (Fact::LacksAccess, Accesses::ALL.without(home.access).without(access).bits()),
        (Fact::AccessUnsaid, access.bits()),
        (Fact::PlacesUnsaid, (!home.unsaid.is_empty()).into()),
        (Fact::Withheld, home.whereabouts_withheld.into()),
        (Fact::There, there.bits()),
        (Fact::ThereUnsaid, home.household_unknown.without(there).bits()),
        (Fact::Refuses, refuses.bits()),
        (Fact::RefusesUnsaid, home.cannot_take_unknown.without(refuses).bits()),
        (Fact::Language, home.languages.bits()),
        (Fact::Faith, home.faiths.bits()),
    ]
}
