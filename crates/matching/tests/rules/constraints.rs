//! Hard constraints against brute force: every night of the stay, every way to give out bedrooms, every word by itself.

use kernel::{GridPoint, Night};
use matching::*;

use crate::world::{Chance, home, search};

/// 'P', 'F' or 'U'.
fn letter(verdict: Verdict) -> char {
    match verdict {
        Verdict::Pass => 'P',
        Verdict::Fail(_) => 'F',
        Verdict::Unknown(_) => 'U',
    }
}

/// Tries every way to give each person a bedroom.
fn rooms_can_be_given(wanted: &[RoomFacts], rooms: &[RoomFacts]) -> bool {
    let Some((first, others)) = wanted.split_first() else { return true };
    (0..rooms.len()).any(|at| {
        let fits = first.iter().all(|fact| rooms[at].has(fact));
        let mut left = rooms.to_vec();
        left.remove(at);
        fits && rooms_can_be_given(others, &left)
    })
}

pub fn numbers_hold(home: &Home, night: Night, newcomers: &[RoomFacts]) -> bool {
    let mut wanted: Vec<RoomFacts> =
        home.residents.iter().filter(|r| r.nights.iter().any(|n| n == night)).map(|r| r.room).collect();
    wanted.extend(newcomers);
    let closed: usize = home.closed.iter().filter(|c| c.nights.contains(night)).map(|c| usize::from(c.places)).sum();
    let enough = wanted.len() + closed <= usize::from(home.places);
    enough && (home.rooms.is_empty() || rooms_can_be_given(&wanted, &home.rooms))
}

fn plainly(constraint: Constraint, search: &Search, home: &Home) -> char {
    let nights = || search.stay.iter();
    let overlapping = || home.residents.iter().filter(|r| nights().any(|night| r.nights.contains(night)));
    let fails = |wrong: bool| if wrong { 'F' } else { 'P' };
    let age = |night: Night| night.age(search.born).min(17) as u8;
    match constraint {
        Constraint::Registration => match home.registration {
            Registration::Registered => 'P',
            Registration::ApprovedUntil(end) => fails(nights().any(|night| night >= end)),
            Registration::Suspended | Registration::Unregistered => 'F',
            Registration::Unknown => 'U',
        },
        Constraint::UnderSixteen => fails(home.kind == Kind::Supported && nights().any(|night| age(night) < 16)),
        Constraint::Authority => {
            let covered = |allows: Allows| {
                nights().all(|night| {
                    search.authority.iter().any(|authority| {
                        let old_enough = night.age(search.born) >= 13 || authority.under_thirteen;
                        authority.allows == allows
                            && authority.nights.contains(night)
                            && (allows != Allows::Secure || old_enough)
                    })
                })
            };
            let secure = home.kind == Kind::Secure && !covered(Allows::Secure);
            fails(secure || home.deprives_of_liberty && !covered(Allows::DeprivationOfLiberty))
        }
        Constraint::Age => match home.ages {
            None => 'U',
            Some((least, most)) => fails(nights().any(|night| age(night) < least || age(night) > most)),
        },
        Constraint::Sex => fails(!home.sexes.iter().any(|sex| sex == search.sex)),
        Constraint::Needs => word_by_word(search.needs.iter().map(|n| (home.needs.has(n), home.needs_unknown.has(n)))),
        Constraint::Access => {
            word_by_word(search.access.iter().map(|a| (home.access.has(a), home.access_unknown.has(a))))
        }
        Constraint::Numbers => {
            if nights().any(|night| !numbers_hold(home, night, &[search.room])) {
                'F'
            } else if home.rooms.is_empty() && !search.room.is_empty()
                || nights().any(|night| {
                    let sure = |closures: &[Closure]| {
                        let of_night = closures.iter().filter(|closure| closure.nights.contains(night));
                        of_night.map(|closure| usize::from(closure.places)).sum::<usize>()
                    };
                    let there = home.residents.iter().filter(|resident| resident.nights.contains(night)).count();
                    there + sure(&home.closed) + sure(&home.unsaid) >= usize::from(home.places)
                })
            {
                'U'
            } else {
                'P'
            }
        }
        Constraint::People => fails(search.avoid_people.iter().any(|person| {
            home.people.contains(person) || overlapping().any(|resident| resident.person == Some(*person))
        })),
        Constraint::Places if home.whereabouts_withheld => match search.avoid_places.is_empty() {
            true => 'P',
            false => 'U',
        },
        Constraint::Places => fails(search.avoid_places.iter().any(|zone| {
            let (e, n) = (zone.at.east() - home.at.east(), zone.at.north() - home.at.north());
            i64::from(e).pow(2) + i64::from(n).pow(2) <= i64::from(zone.metres).pow(2)
        })),
        Constraint::ChildWithHousehold => forbidden(search.cannot_live_with.iter().map(|word| {
            let there = home.household.has(word) || overlapping().any(|resident| resident.traits.has(word));
            (there, home.household_unknown.has(word))
        })),
        Constraint::HouseholdWithChild => {
            let mut own: Vec<Trait> = search.traits.iter().collect();
            own.push(Trait::of_age(i16::from(age(search.stay.start()))));
            own.push(Trait::of_sex(search.sex));
            forbidden(own.into_iter().map(|word| {
                let refused =
                    home.cannot_take.has(word) || overlapping().any(|resident| resident.cannot_live_with.has(word));
                (refused, home.cannot_take_unknown.has(word))
            }))
        }
    }
}

/// Of each word that must not be there: is it, and if not, might it be.
fn forbidden(words: impl Iterator<Item = (bool, bool)>) -> char {
    worst_of(words.map(|word| match word {
        (true, _) => 'F',
        (false, true) => 'U',
        (false, false) => 'P',
    }))
}

/// Of each word that must hold: does it, and if not, might it.
fn word_by_word(words: impl Iterator<Item = (bool, bool)>) -> char {
    worst_of(words.map(|(holds, unknown)| match (holds, unknown) {
        (true, _) => 'P',
        (false, true) => 'U',
        (false, false) => 'F',
    }))
}

fn worst_of(letters: impl Iterator<Item = char>) -> char {
    let letters: Vec<char> = letters.collect();
    ['F', 'U'].into_iter().find(|letter| letters.contains(letter)).unwrap_or('P')
}

#[test]
fn every_constraint_is_what_brute_force_says() {
    let mut chance = Chance(1);
    let mut seen = [[0u32; 3]; Constraint::ALL.len()];
    for round in 0..6_000 {
        let (search, home) = (search(&mut chance, round), home(&mut chance, round + 1));
        for (constraint, verdict) in Verdicts::of(&search, &home).iter() {
            let (ours, theirs) = (letter(verdict), plainly(constraint, &search, &home));
            assert_eq!(ours, theirs, "{constraint} in round {round}: {verdict:?}\n{search:#?}\n{home:#?}");
            seen[constraint as usize]["PFU".find(ours).unwrap()] += 1;
        }
    }
    // Each constraint was seen to hold and to fail, so that none is proved by silence.
    for constraint in Constraint::ALL {
        let [pass, fail, _] = seen[constraint as usize];
        assert!(pass > 50 && fail > 50, "{constraint}: {:?}", seen[constraint as usize]);
    }
}

#[test]
fn registered_numbers_are_never_exceeded_on_any_night() {
    let mut chance = Chance(2);
    let (mut offered, mut refused) = (0, 0);
    for round in 0..4_000 {
        let (search, mut home) = (search(&mut chance, round), home(&mut chance, round + 1));
        home.rooms.truncate(usize::from(home.places));
        // As many newcomers as the home says it has room for: on no night more children than places.
        let free = room_for(&home, search.stay);
        let there = |night: Night| home.residents.iter().filter(|r| r.nights.contains(night)).count();
        for night in search.stay.iter().filter(|_| free > 0) {
            assert!(there(night) + usize::from(free) <= usize::from(home.places), "round {round}, {night}");
            assert!(numbers_hold(&home, night, &vec![RoomFacts::NONE; usize::from(free)]), "round {round}, {night}");
        }
        let one_more = vec![RoomFacts::NONE; usize::from(free) + 1];
        assert!(search.stay.iter().any(|night| !numbers_hold(&home, night, &one_more)), "round {round}: one more fits");
        offered += u32::from(free > 0);
        refused += u32::from(free == 0);
    }
    assert!(offered > 500 && refused > 500, "{offered} {refused}");
}

#[test]
fn one_room_that_is_two_things_is_not_counted_for_two_children() {
    let room = |facts: &[RoomFact]| facts.iter().copied().collect::<RoomFacts>();
    let mut home = Home::new(HomeId::from_number(1), Kind::ChildrensHome, GridPoint::try_new(0, 0).unwrap(), 2);
    home.rooms = vec![room(&[RoomFact::EnSuite, RoomFact::Adapted]), room(&[])];
    let stay = kernel::Nights::try_new(crate::world::night(0), crate::world::night(7)).unwrap();
    let wanted = [room(&[RoomFact::EnSuite]), room(&[RoomFact::Adapted])];
    assert_eq!(shortage(&home, stay, &wanted), Some(Shortage::NoRoom(stay.start())));
    home.rooms[1] = room(&[RoomFact::Adapted]);
    assert_eq!(shortage(&home, stay, &wanted), None);
}

/// The law as sentences: each would be true of nobody's register, and is refused all the same.
#[test]
fn what_is_unlawful_is_refused_with_its_reason() {
    let mut chance = Chance(3);
    let mut search = search(&mut chance, 1);
    search.born = Night::try_new(2012, 1, 1).unwrap();
    search.authority.clear();
    let at = GridPoint::try_new(1, 1).unwrap();
    let kind = |kind| Home::new(HomeId::from_number(1), kind, at, 1);
    let reason = |constraint, home: &Home, search: &Search| match judge(constraint, search, home) {
        Verdict::Fail(reason) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(Constraint::UnderSixteen, &kind(Kind::Supported), &search), Reason::UnderSixteen);
    assert_eq!(reason(Constraint::Authority, &kind(Kind::Secure), &search), Reason::NoAuthority(Allows::Secure));
    let (first, second) = (search.stay.start(), search.stay.start().next());
    search.stay = kernel::Nights::try_new(first, first.plus(10)).unwrap();
    let nights = kernel::Nights::try_new(first, second).unwrap();
    search.authority = vec![Authority { allows: Allows::Secure, nights, under_thirteen: false }];
    let ends = Reason::AuthorityEnds(Allows::Secure, second);
    assert_eq!(reason(Constraint::Authority, &kind(Kind::Secure), &search), ends);
    search.born = Night::try_new(2015, 1, 1).unwrap();
    assert_eq!(reason(Constraint::Authority, &kind(Kind::Secure), &search), Reason::UnderThirteen);
    let unregistered = Home { registration: Registration::Unregistered, ..kind(Kind::ChildrensHome) };
    assert_eq!(reason(Constraint::Registration, &unregistered, &search), Reason::Unregistered);
}
