//! Shapley's values against a second working: every order walked, fractions kept whole.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use formula::compare::{Version, compare, shapley};
use formula::facts::Facts;
use formula::{Decimal, Table, Terms, award, shipped};
use kernel::Night;
use money::Pence;
use proptest::prelude::*;

/// Walks every order of the players and adds up what each brings when it comes: a numerator over n!.
fn every_order(players: usize, worth: &dyn Fn(u32) -> i64) -> (Vec<i128>, i128) {
    fn walk(players: usize, come: u32, worth: &dyn Fn(u32) -> i64, sums: &mut [i128]) -> i128 {
        if come.count_ones() as usize == players {
            return 1;
        }
        let mut orders = 0;
        for player in (0..players).filter(|player| come & (1 << player) == 0) {
            let after = come | (1 << player);
            let ways = walk(players, after, worth, sums);
            sums[player] += ways * i128::from(worth(after) - worth(come));
            orders += ways;
        }
        orders
    }
    let mut sums = vec![0; players];
    let orders = walk(players, 0, worth, &mut sums);
    (sums, orders)
}

/// A value in pounds is the fraction sum/orders of pence, cut at the eighteenth decimal.
fn is_the_fraction(value: Decimal, sum: i128, orders: i128) -> bool {
    let penny = Decimal::hundredths(1).to_raw();
    value.to_raw() == sum * penny / orders
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn values_are_the_fraction_over_every_order(
        players in 1..=5_usize, worths in prop::collection::vec(-1_000_000_000_000_i64..1_000_000_000_000, 32),
    ) {
        let worth = |come: u32| worths[come as usize];
        let values = shapley(players, |come| Ok(vec![worth(come)])).unwrap();
        let (sums, orders) = every_order(players, &worth);
        prop_assert_eq!(orders, (1..=players as i128).product::<i128>());
        for (value, sum) in values.iter().zip(&sums) {
            prop_assert!(is_the_fraction(value[0], *sum, orders));
        }
        // Together exactly the whole difference.
        prop_assert_eq!(sums.iter().sum::<i128>(), orders * i128::from(worth((1 << players) - 1) - worth(0)));
    }

    /// Two that do the same have the same; one that does nothing has nothing.
    #[test]
    fn alike_have_alike_and_idle_have_nothing(worths in prop::collection::vec(-1_000_000_000_i64..1_000_000_000, 3)) {
        let worth = |come: u32| worths[(come & 0b11).count_ones() as usize];
        let values = shapley(3, |come| Ok(vec![worth(come)])).unwrap();
        prop_assert_eq!(values[0][0], values[1][0]);
        prop_assert_eq!(values[2][0], Decimal::ZERO);
    }
}

/// As many players as are ever told apart: 40,320 orders.
#[test]
fn eight_players_are_exact_too() {
    let mut number = 12_345_u64;
    let worths: Vec<i64> = (0..256)
        .map(|_| {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from(number >> 24).unwrap()
        })
        .collect();
    let worth = |come: u32| worths[come as usize];
    let values = shapley(8, |come| Ok(vec![worth(come)])).unwrap();
    let (sums, orders) = every_order(8, &worth);
    assert_eq!(orders, 40_320);
    for (value, sum) in values.iter().zip(&sums) {
        assert!(is_the_fraction(value[0], *sum, orders));
    }
    assert!(shapley(9, |_| Ok(vec![0])).is_err());
}

/// The waterfall of a real comparison, all councils: each of four changes made by hand in every order.
#[test]
fn a_waterfall_of_england_is_every_order_of_its_changes() {
    let known = Night::parse_iso("2026-03-31").unwrap();
    let terms = Terms { first: 2026, totals: vec![Pence::new(1_250_000_000_000)], base: 2023, known, previous: None };
    let from = Version {
        formula: shipped::formula("children-act").unwrap(),
        parameters: shipped::parameters().unwrap(),
        table: Table::of(&Facts::shipped()),
        terms,
    };
    let changes = [("children.counted-part", "0.9"), ("weight.children", "0.4"), ("weight.deprivation", "0.4")];
    let version = |come: u32| {
        let mut version = from.clone();
        if come & 1 != 0 {
            version.terms.totals = vec![Pence::new(1_400_000_000_001)];
        }
        for (at, (id, value)) in changes.iter().enumerate() {
            if come & (2 << at) != 0 {
                version.parameters.set(id, value.parse().unwrap()).unwrap();
            }
        }
        version
    };
    let grants: Vec<Vec<i64>> = (0..16)
        .map(|come| {
            let Version { formula, parameters, table, terms } = version(come);
            let award = award(&formula, &parameters, &table, &terms).unwrap();
            award.years[0].lines.iter().map(|lines| lines.grant.get()).collect()
        })
        .collect();
    let found = compare(&from, &version(15), "imd_2025_average_score").unwrap();
    let ids: Vec<&str> = found.waterfall.iter().map(|change| change.id.as_str()).collect();
    assert_eq!(ids, ["total", "children.counted-part", "weight.children", "weight.deprivation"]);
    for council in (0..153).collect::<Vec<usize>>() {
        let (sums, orders) = every_order(4, &|come| grants[come as usize][council]);
        for (change, sum) in found.waterfall.iter().zip(&sums) {
            assert!(is_the_fraction(change.pounds[council], *sum, orders), "{} of council {council}", change.id);
        }
        assert_eq!(found.councils[council].difference.get(), grants[15][council] - grants[0][council]);
    }
}
