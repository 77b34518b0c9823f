//! Small worlds at random, the same for the same seed: few words, few people, few nights, so that things meet.

use kernel::{GridPoint, Night, Nights};
use matching::*;

/// SplitMix64 (Steele, Lea and Flood 2014).
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// Each of some bits with one chance in so many.
    pub fn bits(&mut self, width: u32, times: u64) -> u64 {
        (0..width).map(|bit| u64::from(self.once_in(times)) << bit).sum()
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}

pub const FIRST: &str = "2026-11-01";

pub fn night(plus: u64) -> Night {
    Night::parse_iso(FIRST).unwrap().plus(plus as i32)
}

pub fn point(chance: &mut Chance) -> GridPoint {
    GridPoint::try_new(400_000 + chance.below(60) as i32 * 1_000, 300_000 + chance.below(60) as i32 * 1_000).unwrap()
}

fn person(chance: &mut Chance) -> Person {
    Person::from_number(chance.below(40) + 1)
}

fn nights(chance: &mut Chance) -> Nights {
    let start = chance.below(40);
    Nights::try_new(night(start), night(start + 1 + chance.below(60))).unwrap()
}

pub fn home(chance: &mut Chance, id: u64) -> Home {
    let kind = Kind::ALL[[0, 0, 0, 1, 3, 3, 3, 4, 5, 5][chance.below(10) as usize]];
    let mut home = Home::new(
        HomeId::from_number(id),
        kind,
        point(chance),
        chance.below(4) as u8 + u8::from(!id.is_multiple_of(3)),
    );
    home.registration = match chance.below(14) {
        0 => Registration::Unregistered,
        1 => Registration::Suspended,
        2 => Registration::Unknown,
        3 | 4 => Registration::ApprovedUntil(night(chance.below(80))),
        _ => Registration::Registered,
    };
    let least = chance.below(13) as u8;
    home.ages = if chance.once_in(12) { None } else { Some((least, (least + 2 + chance.below(10) as u8).min(17))) };
    home.sexes = Sexes::from_bits([3, 3, 3, 1, 2][chance.below(5) as usize]);
    home.needs = Needs::from_bits(chance.bits(24, 2) | chance.bits(24, 2));
    home.needs_unknown = Needs::from_bits(chance.bits(24, 9));
    home.access = Accesses::from_bits(chance.bits(6, 2));
    home.access_unknown = Accesses::from_bits(chance.bits(6, 9));
    if chance.once_in(2) {
        home.rooms = (0..home.places).map(|_| RoomFacts::from_bits(chance.bits(5, 2))).collect();
    }
    for _ in 0..chance.below(u64::from(home.places) + 1) {
        home.residents.push(Resident {
            person: (!chance.once_in(3)).then(|| person(chance)),
            nights: nights(chance),
            traits: Traits::from_bits(chance.bits(16, 6)),
            cannot_live_with: Traits::from_bits(chance.bits(16, 14)),
            room: RoomFacts::from_bits(if chance.once_in(3) { chance.bits(5, 5) } else { 0 }),
        });
    }
    if chance.once_in(6) {
        home.closed.push(Closure { nights: nights(chance), places: 1 + chance.below(2) as u8 });
    }
    if chance.once_in(8) {
        home.unsaid.push(Closure { nights: nights(chance), places: 1 });
    }
    home.whereabouts_withheld = chance.once_in(12);
    home.household = Traits::from_bits(chance.bits(16, 9));
    home.household_unknown = Traits::from_bits(chance.bits(16, 25)).without(home.household);
    home.cannot_take = Traits::from_bits(chance.bits(16, 18));
    home.cannot_take_unknown = Traits::from_bits(chance.bits(16, 40)).without(home.cannot_take);
    home.languages = Languages::from_bits(chance.bits(24, 8));
    home.faiths = Faiths::from_bits(chance.bits(10, 5));
    home.people = (0..chance.below(3)).map(|_| person(chance)).collect();
    home.deprives_of_liberty = chance.once_in(12);
    home.accreditation = [Accreditation::NotYet, Accreditation::Accredited][chance.below(2) as usize];
    home.inspection = [Inspection::NotYet, Inspection::Good, Inspection::Inadequate][chance.below(3) as usize];
    home
}

fn wish(chance: &mut Chance) -> Wish {
    let metres = 1_000 * (1 + chance.below(30) as u32);
    match chance.below(10) {
        0 => Wish::Kind(Kinds::from_bits(1 << chance.below(6))),
        1 => Wish::NearHome(metres),
        2 => Wish::NearSchool(metres),
        3 => Wish::NearPlace(metres),
        4 => Wish::With(person(chance)),
        5 => Wish::WithSibling,
        6 => Wish::Language(Languages::from_bits(chance.bits(24, 6))),
        7 => Wish::Faith(Faiths::from_bits(chance.bits(10, 4))),
        8 => Wish::Having(Traits::from_bits(chance.bits(16, 6))),
        _ => Wish::Without(Traits::from_bits(chance.bits(16, 6))),
    }
}

pub fn search(chance: &mut Chance, child: u64) -> Search {
    let age = [3, 9, 12, 13, 15, 16, 17][chance.below(7) as usize];
    // Birthdays within the stay are not rare here.
    let born = Night::try_new(2026 - age, 11, 1 + chance.below(28) as i8).unwrap();
    let start = chance.below(30);
    let stay = Nights::try_new(night(start), night(start + 1 + chance.below(50))).unwrap();
    let sex = [Sex::Girl, Sex::Boy][chance.below(2) as usize];
    let mut search = Search::new(Person::from_number(1_000 + child), born, sex, stay);
    search.needs = Needs::from_bits(chance.bits(24, 16));
    search.access = Accesses::from_bits(chance.bits(6, 12));
    search.room = RoomFacts::from_bits(if chance.once_in(3) { chance.bits(5, 3) } else { 0 });
    search.traits = Traits::from_bits(chance.bits(16, 14)).without(Traits::from_bits(0x3F));
    search.cannot_live_with = Traits::from_bits(chance.bits(16, 14));
    for _ in 0..chance.below(3) {
        let allows = [Allows::Secure, Allows::DeprivationOfLiberty][chance.below(2) as usize];
        search.authority.push(Authority { allows, nights: nights(chance), under_thirteen: chance.once_in(2) });
    }
    search.avoid_people = (0..chance.below(3)).map(|_| person(chance)).collect();
    search.avoid_places =
        (0..chance.below(3)).map(|_| Zone { at: point(chance), metres: chance.below(12_000) as u32 }).collect();
    search.home = (!chance.once_in(6)).then(|| point(chance));
    search.school = (!chance.once_in(3)).then(|| point(chance));
    search.near = (0..chance.below(3)).map(|_| point(chance)).collect();
    search.siblings = (0..chance.below(3))
        .map(|_| Sibling { person: person(chance), at: (!chance.once_in(3)).then(|| point(chance)) })
        .collect();
    search.languages = Languages::from_bits(chance.bits(24, 10));
    search.faith = (!chance.once_in(3)).then(|| Faith::ALL[chance.below(10) as usize]);
    search.wishes = (0..chance.below(6)).map(|_| wish(chance)).collect();
    search.wishes.retain(|wish| match wish {
        Wish::NearHome(_) => search.home.is_some(),
        Wish::NearSchool(_) => search.school.is_some(),
        Wish::NearPlace(_) => !search.near.is_empty(),
        _ => true,
    });
    search
}

pub fn key(seed: u64) -> TieKey {
    let bytes = (u128::from(seed) * 0x1234_5678_9ABC_DEF1).to_be_bytes();
    TieKey::new(bytes)
}
