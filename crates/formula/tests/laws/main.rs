//! What must hold of every split and every award, whatever the figures: over made-up countries of a few councils, with
//! the shipped formula.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod fixture;

use fixture::{Country, country, formula, merged, parameters, terms};
use formula::{Award, Decimal, Limits, Table, allocate, award, shipped};
use money::Pence;
use proptest::prelude::*;

fn worked_out(country: &Country, totals: &[i64]) -> Award {
    award(formula(), parameters(), &country.table(), &terms(totals)).unwrap()
}

fn limits(least: Vec<i64>, most: Vec<i64>) -> Limits {
    Limits { least, most }
}

/// The oracle of floors and caps: the grant is clamp(λ × weight) for one λ, found here by halving, in integers.
fn by_halving(weights: &[u64], total: i64, least: &[i64], most: &[i64]) -> Vec<i128> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    let of = |at: usize, scale: i128| {
        let exact = i128::from(weights[at]) * scale / sum;
        exact.clamp(i128::from(least[at]) << 40, i128::from(most[at]) << 40)
    };
    // So far that the least weight alone would reach the total.
    let (mut low, mut high) = (0_i128, (i128::from(total) << 41) * sum);
    for _ in 0..110 {
        let middle = (low + high) / 2;
        let sum: i128 = (0..weights.len()).map(|at| of(at, middle)).sum();
        if sum < i128::from(total) << 40 { low = middle } else { high = middle }
    }
    (0..weights.len()).map(|at| of(at, high)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_year_sums_to_its_total_to_the_penny(country in country(2..14), totals in prop::collection::vec(1_000_000..2_000_000_000_000_i64, 1..=5)) {
        let first = totals[0];
        // Totals that do not fall, so that floors can be met.
        let totals: Vec<i64> = totals.iter().scan(first, |most, total| { *most = (*most).max(*total); Some(*most) }).collect();
        let award = worked_out(&country, &totals);
        for (year, total) in award.years.iter().zip(&totals) {
            prop_assert_eq!(year.lines.iter().map(|lines| lines.grant.get()).sum::<i64>(), *total);
            for (at, lines) in year.lines.iter().enumerate() {
                let sum = lines.need_share + lines.area_cost + lines.scaling + lines.floor_effect + lines.cap_effect + lines.rounding;
                prop_assert_eq!(sum, Decimal::hundredths(lines.grant.get()), "the lines of council {} sum", at);
                prop_assert!(lines.rounding.abs() < Decimal::hundredths(1));
                let factors: Decimal = year.factors.iter().map(|factor| factor[at]).sum();
                prop_assert!((factors - lines.need_share).abs() < Decimal::raw(1_000_000_000_000), "the factors sum to the need share");
            }
        }
    }

    #[test]
    fn twice_the_total_is_twice_the_grant_before_rounding(country in country(2..14), total in 1_000_000..1_000_000_000_000_i64) {
        let (one, two) = (worked_out(&country, &[total]), worked_out(&country, &[2 * total]));
        for (one, two) in one.years[0].lines.iter().zip(&two.years[0].lines) {
            let exact = |lines: &formula::Lines| lines.need_share + lines.area_cost;
            prop_assert!((exact(one) + exact(one) - exact(two)).abs() <= Decimal::raw(10));
        }
    }

    #[test]
    fn counting_everything_twice_changes_nothing(country in country(2..14), total in 1_000_000..1_000_000_000_000_i64) {
        let (one, two) = (worked_out(&country, &[total]), worked_out(&country.times(2), &[total]));
        for (one, two) in one.years[0].lines.iter().zip(&two.years[0].lines) {
            prop_assert_eq!(one.share, two.share);
            prop_assert_eq!(one.grant, two.grant);
        }
    }

    #[test]
    fn more_need_of_a_council_is_never_less_grant(
        country in country(2..14), which in 0..100_usize, column in 0..4_usize, more in 1..5_000_i64, total in 1_000_000..1_000_000_000_000_i64,
    ) {
        let at = which % country.councils.len();
        let mut needier = country.clone();
        needier.councils[at].raise(column, more);
        let (one, two) = (worked_out(&country, &[total]), worked_out(&needier, &[total]));
        prop_assert!(two.years[0].lines[at].grant >= one.years[0].lines[at].grant);
    }

    #[test]
    fn a_merger_leaves_third_councils_as_they_were(country in country(3..14), total in 1_000_000..1_000_000_000_000_i64) {
        let after = merged(&country);
        let (one, two) = (worked_out(&country, &[total]), worked_out(&after, &[total]));
        // The merged council stands first and takes the code of the first: third councils follow in order.
        for (one, two) in one.years[0].lines[2..].iter().zip(&two.years[0].lines[1..]) {
            let exact = |lines: &formula::Lines| lines.need_share + lines.area_cost;
            prop_assert!((exact(one) - exact(two)).abs() < Decimal::raw(1_000_000_000_000), "before rounding, to a ten-thousandth of a penny");
            prop_assert!((one.grant - two.grant).get().abs() <= 1, "after rounding, within a penny");
        }
    }

    #[test]
    fn neither_order_nor_names_count(country in country(2..14), total in 1_000_000..1_000_000_000_000_i64, seed in any::<u64>()) {
        let one = worked_out(&country, &[total, total]);
        let table = country.shuffled(seed).renamed().table();
        let two = award(formula(), parameters(), &table, &terms(&[total, total])).unwrap();
        for (one, two) in one.years.iter().zip(&two.years) {
            prop_assert_eq!(&one.lines, &two.lines);
        }
    }

    #[test]
    fn the_same_bytes_on_every_run(country in country(2..8), total in 1_000_000..1_000_000_000_000_i64) {
        let bytes = || serde_json::to_string(&worked_out(&country, &[total; 3]).years.iter().map(|year| year.lines.clone()).collect::<Vec<_>>()).unwrap();
        prop_assert_eq!(bytes(), bytes());
    }

    /// Quota: nobody is a penny or more from the exact share. Ties go to the lower code.
    #[test]
    fn without_floors_and_caps_nobody_is_a_penny_away(weights in prop::collection::vec(0..1_000_000_u64, 2..40), total in 1..1_000_000_000_i64) {
        prop_assume!(weights.iter().any(|weight| *weight > 0));
        let need: Vec<Decimal> = weights.iter().map(|weight| Decimal::whole(*weight as i64)).collect();
        let lines = allocate(&need, None, Pence::new(total), &Limits::default()).unwrap();
        let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        let mut got = 0;
        for (lines, weight) in lines.iter().zip(&weights) {
            let exact = u128::from(*weight) * total as u128 / sum;
            let grant = lines.grant.get() as u128;
            prop_assert!(grant == exact || grant == exact + 1, "{} of {}", grant, exact);
            got += lines.grant.get();
        }
        prop_assert_eq!(got, total);
        for (a, one) in lines.iter().enumerate() {
            for (b, other) in lines.iter().enumerate().skip(a + 1) {
                prop_assert!(weights[a] != weights[b] || one.grant >= other.grant, "tie of {} and {}", a, b);
            }
        }
    }

    #[test]
    fn floors_and_caps_are_the_clamp_of_one_scale(
        cells in prop::collection::vec((1..1_000_000_u64, 0..400_000_i64, 0..4_000_000_i64), 2..25), at in 0..=100_i64,
    ) {
        let weights: Vec<u64> = cells.iter().map(|cell| cell.0).collect();
        let least: Vec<i64> = cells.iter().map(|cell| cell.1).collect();
        let most: Vec<i64> = cells.iter().map(|cell| cell.1 + cell.2).collect();
        let (low, high): (i64, i64) = (least.iter().sum(), most.iter().sum());
        let total = low + (high - low) / 100 * at;
        prop_assume!(total > 0);
        let need: Vec<Decimal> = weights.iter().map(|weight| Decimal::whole(*weight as i64)).collect();
        let lines = allocate(&need, None, Pence::new(total), &limits(least.clone(), most.clone())).unwrap();
        prop_assert_eq!(lines.iter().map(|lines| lines.grant.get()).sum::<i64>(), total);
        let expected = by_halving(&weights, total, &least, &most);
        for (at, lines) in lines.iter().enumerate() {
            let grant = lines.grant.get();
            prop_assert!(least[at] <= grant && grant <= most[at]);
            let apart = ((i128::from(grant) << 40) - expected[at]).abs();
            prop_assert!(apart <= (1 << 40) + (1 << 20), "{} is not within a penny of {}", grant, expected[at] >> 40);
            prop_assert!(!lines.floor_effect.is_negative() && lines.cap_effect <= Decimal::ZERO);
        }
    }
}

#[test]
fn floors_that_cannot_be_met_are_refused_with_the_sum_that_lacks() {
    let need = [Decimal::ONE, Decimal::ONE];
    let refused = allocate(&need, None, Pence::new(100), &limits(vec![60, 60], vec![])).unwrap_err();
    assert_eq!(refused.code, "allocation.limits");
    assert!(refused.sentence.contains("£0.20 more than £1.00"), "{refused}");
    assert!(allocate(&need, None, Pence::new(100), &limits(vec![], vec![40, 40])).is_err());
    assert!(allocate(&[Decimal::ZERO; 2], None, Pence::new(100), &Limits::default()).is_err());
}

/// A year's floor is 95 per cent of what the council had the year before, and others pay for it, by a line of its own.
#[test]
fn a_floor_is_a_line_of_its_own() {
    let country = Country::plain(3);
    let mut terms = terms(&[30_000_000]);
    terms.previous = Some(vec![Pence::new(20_000_000), Pence::new(5_000_000), Pence::new(5_000_000)]);
    let award = award(formula(), parameters(), &country.table(), &terms).unwrap();
    let lines = &award.years[0].lines;
    assert_eq!(lines[0].grant, Pence::new(19_000_000));
    assert!(lines[0].floor_effect > Decimal::ZERO);
    assert!(lines[1].scaling.is_negative());
    assert_eq!(lines[1].floor_effect, Decimal::ZERO);
}

#[test]
fn rebasing_never_takes_back_unless_asked() {
    let country = Country::plain(5);
    let mut newer = country.clone();
    newer.councils[0].projected = newer.councils[0].projected * 5 / 4;
    let (formula, parameters, terms) = (formula(), parameters(), terms(&[1_000_000_007; 4]));
    let old = award(formula, parameters, &country.table(), &terms).unwrap();
    for claw_back in [false, true] {
        let new = formula::rebase(&old, formula, parameters, &newer.table(), &terms, 2028, claw_back).unwrap();
        let total = |year: usize| new.award.years[year].lines.iter().map(|lines| lines.grant.get()).sum::<i64>();
        assert_eq!((0..4).map(total).collect::<Vec<_>>(), [1_000_000_007; 4]);
        assert!(new.difference[..2].iter().flatten().all(|pence| pence.get() == 0), "paid years stand");
        assert!(new.past[0].get() > 0 && new.past.iter().map(|pence| pence.get()).sum::<i64>() == 0);
        let more: i64 = new.difference[2..].iter().map(|year| year[0].get()).sum();
        let plain: i64 = {
            let whole = award(formula, parameters, &newer.table(), &terms).unwrap();
            (2..4).map(|at| whole.years[at].lines[0].grant.get() - old.years[at].lines[0].grant.get()).sum()
        };
        let wanted = if claw_back { plain + new.past[0].get() } else { plain };
        assert!((more - wanted).abs() <= 2, "{more} against {wanted}");
    }
    assert!(formula::rebase(&old, formula, parameters, &newer.table(), &terms, 2026, false).is_err());
}

#[test]
fn a_value_that_is_missing_is_never_nought() {
    let text = "council,population_0_17_2026\nE06000001,20000\nE06000002,\n";
    let table = Table::alone("mine.csv", text).unwrap();
    let formula = shipped::formula("equal-per-child").unwrap();
    let refused = award(&formula, parameters(), &table, &terms(&[100])).unwrap_err();
    assert_eq!(refused.code, "facts.missing");
    assert!(refused.sentence.contains("E06000002"), "{refused}");
}

#[test]
fn wrong_files_are_refused_with_file_row_and_reason() {
    let refuse = |text: &str| Table::alone("mine.csv", text).unwrap_err();
    for mark in ["c", "x", "z", "-", "1,000", "12e3", "NaN"] {
        let refused = refuse(&format!("council,children\nE06000001,1\nE06000002,\"{mark}\"\n"));
        assert!(refused.sentence.starts_with("mine.csv, row 3, children of E06000002"), "{refused}");
    }
    assert!(refuse("council,children\nE06000001,1,2\n").sentence.starts_with("mine.csv, row 2: 3 fields"));
    assert!(
        refuse("council,children\nE06000001,1\nE06000001,2\n")
            .sentence
            .contains("row 3: children of E06000001 is given a second time")
    );
    assert!(refuse("area,children\nE06000001,1\n").sentence.contains("`council`"));
    assert!(refuse("").sentence.contains("empty"));
    assert!(refuse("council,children,children\nE06000001,1,2\n").sentence.contains("named twice"));
}
