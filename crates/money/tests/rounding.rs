//! Rounding against an oracle that sees nothing but whole numbers.

use money::{Exact, NightlyRate, Pence, Share, telescope};
use proptest::prelude::*;

/// Pence of weekly amounts for so many nights, rounded half up, by long division alone.
fn oracle(weekly_nights: &[(i64, i64)]) -> i64 {
    let sevenths: i128 = weekly_nights.iter().map(|&(weekly, nights)| i128::from(weekly) * i128::from(nights)).sum();
    let (whole, left) = (sevenths.div_euclid(7), sevenths.rem_euclid(7));
    (whole + i128::from(left * 2 >= 7)) as i64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn parts_sum_to_the_rounded_total_and_each_prefix_too(
        parts in prop::collection::vec((0i64..2_000_000, 0i64..800), 1..7),
    ) {
        let exact: Vec<Exact> =
            parts.iter().map(|&(weekly, nights)| NightlyRate::weekly(Pence::new(weekly)).times(nights)).collect();
        let pence = telescope(&exact);
        for cut in 1..=parts.len() {
            let sum: Pence = pence[..cut].iter().copied().sum();
            prop_assert_eq!(sum.get(), oracle(&parts[..cut]));
        }
    }

    #[test]
    fn any_cut_of_the_nights_sums_to_the_same_pence(weekly in 0i64..2_000_000, cuts in prop::collection::vec(1i64..40, 1..9)) {
        let rate = NightlyRate::weekly(Pence::new(weekly));
        let (mut night, mut posted) = (0, Pence::ZERO);
        for nights in &cuts {
            night += nights;
            posted += rate.times(night).round() - posted;
        }
        prop_assert_eq!(posted.get(), oracle(&[(weekly, night)]));
    }

    #[test]
    fn a_share_and_its_rest_are_the_whole(weekly in 0i64..2_000_000, points in 0u16..=10_000, nights in 0i64..800) {
        let rate = NightlyRate::weekly(Pence::new(weekly));
        let share = Share::try_new(points).unwrap();
        prop_assert_eq!(rate.share(share).times(nights) + rate.share(share.rest()).times(nights), rate.times(nights));
    }

    #[test]
    fn amounts_print_and_read_back(pence in 0i64..1_000_000_000_000) {
        prop_assert_eq!(Pence::parse(&Pence::new(pence).to_string()), Some(Pence::new(pence)));
    }
}
