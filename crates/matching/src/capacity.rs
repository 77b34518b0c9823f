//! Numbers, counted on every night.
//!
//! On a night, a home can have some children if they are no more than its places (less those closed that night) and, where
//! the register lists bedrooms, if every one of them can have a bedroom of their own that is what theirs has to be. The
//! second is Hall's condition, and it is decided by finding the matching: counting bedrooms fact by fact is not enough,
//! for one room that is both en suite and adapted would be counted for two children.
//!
//! Numbers fall only when somebody comes or a place closes, so the first night of the stay and the nights on which
//! that happens are the only ones to look at. Who has which room may differ from night to night; a home that cannot
//! ask a child to change rooms should list its rooms as they are left.

use kernel::{Night, Nights};

use crate::home::Home;
use crate::words::RoomFacts;

/// Why newcomers cannot all be there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shortage {
    /// More children than places on this night.
    Full(Night),
    /// Places enough, but on this night no way to give everybody a bedroom that is what theirs has to be.
    NoRoom(Night),
    /// The newcomer needs a certain bedroom and the register lists none.
    RoomsNotListed,
}

/// The first night on which newcomers, one for each entry, cannot all be there; `None` if they can throughout.
pub fn shortage(home: &Home, stay: Nights, newcomers: &[RoomFacts]) -> Option<Shortage> {
    let listed = !home.rooms.is_empty();
    if let Some(short) = nights_that_matter(home, stay).find_map(|night| on(home, night, newcomers)) {
        return Some(short);
    }
    let particular = newcomers.iter().any(|room| !room.is_empty());
    (!listed && particular).then_some(Shortage::RoomsNotListed)
}

/// How many more children without particular needs of a room can be there throughout; at most the home's places.
pub fn room_for(home: &Home, stay: Nights) -> u8 {
    let plain = vec![RoomFacts::NONE; usize::from(home.places)];
    (1..=home.places)
        .take_while(|&more| shortage(home, stay, &plain[..usize::from(more)]).is_none())
        .last()
        .unwrap_or(0)
}

/// The first night on which one more child would need a place of which nobody has said that it is free. To be asked only
/// where there is no [`shortage`] for certain.
pub fn unsaid(home: &Home, stay: Nights) -> Option<Night> {
    if home.unsaid.is_empty() {
        return None;
    }
    nights_that_matter(home, stay).find(|&night| {
        let there = home.residents.iter().filter(|resident| resident.nights.contains(night)).count();
        let shut = home.closed.iter().chain(&home.unsaid).filter(|closure| closure.nights.contains(night));
        there + 1 + shut.map(|closure| usize::from(closure.places)).sum::<usize>() > usize::from(home.places)
    })
}

fn nights_that_matter(home: &Home, stay: Nights) -> impl Iterator<Item = Night> {
    let arrivals = home.residents.iter().map(|resident| resident.nights.start());
    let closures = home.closed.iter().chain(&home.unsaid).map(|closure| closure.nights.start());
    let mut nights: Vec<Night> = arrivals.chain(closures).filter(|&night| stay.contains(night)).collect();
    nights.push(stay.start());
    nights.sort_unstable();
    nights.dedup();
    nights.into_iter()
}

fn on(home: &Home, night: Night, newcomers: &[RoomFacts]) -> Option<Shortage> {
    let there = home.residents.iter().filter(|resident| resident.nights.contains(night));
    let mut wanted: Vec<RoomFacts> = there.map(|resident| resident.room).collect();
    wanted.extend_from_slice(newcomers);
    let closed = home.closed.iter().filter(|closure| closure.nights.contains(night));
    let closed: usize = closed.map(|closure| usize::from(closure.places)).sum();
    if wanted.len() + closed > usize::from(home.places) {
        return Some(Shortage::Full(night));
    }
    (!home.rooms.is_empty() && !everybody_has_a_room(&wanted, &home.rooms)).then_some(Shortage::NoRoom(night))
}

/// Kuhn's augmenting paths: homes have few rooms.
fn everybody_has_a_room(wanted: &[RoomFacts], rooms: &[RoomFacts]) -> bool {
    fn find(
        who: usize,
        wanted: &[RoomFacts],
        rooms: &[RoomFacts],
        has: &mut [Option<usize>],
        seen: &mut [bool],
    ) -> bool {
        for room in 0..rooms.len() {
            if seen[room] || !wanted[who].without(rooms[room]).is_empty() {
                continue;
            }
            seen[room] = true;
            let free = match has[room] {
                None => true,
                Some(other) => find(other, wanted, rooms, has, seen),
            };
            if free {
                has[room] = Some(who);
                return true;
            }
        }
        false
    }
    let mut has = vec![None; rooms.len()];
    (0..wanted.len()).all(|who| find(who, wanted, rooms, &mut has, &mut vec![false; rooms.len()]))
}

/// From when one more child without particular needs of a room can be there on every night, however long: `Some` of the
/// first such night. `None` if there is a resident or closure without a known end that fills the home.
pub fn free_from(home: &Home) -> Option<i64> {
    const EVER: i64 = i32::MAX as i64;
    let ranges = home.residents.iter().map(|resident| resident.nights).chain(home.closed.iter().map(|c| c.nights));
    let mut edges: Vec<Night> = ranges.flat_map(|nights| [nights.start(), nights.end()]).collect();
    edges.sort_unstable();
    edges.dedup();
    if home.places == 0 {
        return None;
    }
    // Between two edges nothing changes, and after the last nobody is there.
    let last_full = edges.windows(2).rev().find(|pair| on(home, pair[0], &[RoomFacts::NONE]).is_some());
    let free = last_full.map_or(i64::from(i32::MIN), |pair| pair[1].days());
    let empty = edges.last().is_none_or(|&end| on(home, end, &[RoomFacts::NONE]).is_none());
    (empty && free < EVER).then_some(free)
}

/// The longest stretch of nights on each of which a child without particular needs of a room finds no place.
pub fn longest_full(home: &Home) -> (i32, i32) {
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
