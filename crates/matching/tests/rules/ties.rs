//! Law 1: a tie is broken by nothing that anybody could arrange for.

use kernel::GridPoint;
use matching::*;

use crate::world::{Chance, key, search};

fn equal_homes(ids: impl IntoIterator<Item = u64>) -> Vec<Home> {
    let at = GridPoint::try_new(430_000, 330_000).unwrap();
    ids.into_iter().map(|id| Home::new(HomeId::from_number(id), Kind::Foster, at, 1)).collect()
}

fn plain_search() -> Search {
    let search = search(&mut Chance(5), 1);
    Search::new(search.child, search.born, search.sex, search.stay)
}

fn order(homes: Vec<Home>, key: TieKey) -> Vec<u64> {
    let register = Register::new(homes).unwrap();
    let list = shortlist(&plain_search(), &register, &Rules::default(), key, Limits::default()).unwrap();
    list.offered.iter().map(|home| home.home.number()).collect()
}

/// What a tie broken by the order of rows would look like, and that the property catches it.
fn by_insertion(homes: &[Home]) -> Vec<u64> {
    homes.iter().take(20).map(|home| home.id.number()).collect()
}

#[test]
fn a_planted_tie_broken_by_order_of_rows_is_caught() {
    let homes = equal_homes(1..=30);
    let mut turned = homes.clone();
    turned.reverse();
    // The property: the same homes in another order give the same list.
    assert_eq!(order(homes.clone(), key(1)), order(turned.clone(), key(1)));
    assert_ne!(by_insertion(&homes), by_insertion(&turned), "the planted leak must break the property");
}

#[test]
fn equal_homes_change_places_from_search_to_search() {
    let mut first = [0u32; 10];
    for seed in 0..2_000 {
        first[order(equal_homes(1..=10), key(seed))[0] as usize - 1] += 1;
    }
    // Each of ten equal homes should be first 200 times of 2,000; five standard deviations are 67.
    assert!(first.iter().all(|&times| (133..=267).contains(&times)), "{first:?}");
}

/// Renaming every home, such that the tokens stay, renames the result and does nothing else: a reference acts on the
/// order through its token alone, so not by its first letters, its length or its number.
#[test]
fn renaming_homes_consistently_under_the_key_renames_the_list() {
    for seed in 0..50 {
        let (one, two) = (key(seed), key(seed + 1_000));
        let renamed = |id: u64| two.reference(one.token(id));
        let ids = 1..=40;
        let before = order(equal_homes(ids.clone()), one);
        let after = order(equal_homes(ids.map(renamed)), two);
        assert_eq!(before.into_iter().map(renamed).collect::<Vec<_>>(), after);
    }
}
