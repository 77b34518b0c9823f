//! Settlement of return by pool.

use std::collections::BTreeMap;

use door::{HalfYear, Payee, PoolShare};
use funding::{
    Earned, Settled, SettlementAccounts, ShareRefused, Shares, settle, settle_by_placement, settlement_entry,
};
use ledger::{AccountId, Part};
use money::{Pence, Share};
use proptest::prelude::*;

const ACCOUNTS: SettlementAccounts =
    SettlementAccounts { held: AccountId(1), payable: AccountId(2), fund: AccountId(3) };

fn half_year(number: i16) -> HalfYear {
    HalfYear::parse(&format!("{}-H{}", 2024 + number / 2, 1 + number % 2)).unwrap()
}

fn share(points: u16) -> Share {
    Share::try_new(points).unwrap()
}

/// Return earned, share on account, final share, by half-year.
fn years() -> impl Strategy<Value = Vec<(i64, u16, u16)>> {
    prop::collection::vec((0i64..5_000_000, (0u16..=20).prop_map(|x| x * 500), (0u16..=20).prop_map(|x| x * 500)), 1..6)
}

fn earned(years: &[(i64, u16, u16)], closed: usize) -> Vec<Earned> {
    let of = |(at, &(pence, account, last)): (usize, &(i64, u16, u16))| Earned {
        half_year: half_year(at as i16),
        pence: Pence::new(pence),
        share: share(if at < closed { last } else { account }),
        closed: at < closed,
    };
    years.iter().enumerate().map(of).collect()
}

fn post(stands: &mut Settled, earned: &[Earned]) -> BTreeMap<AccountId, i64> {
    let settlement = settle(earned, *stands);
    assert!(settlement.pay >= Pence::ZERO, "nothing is taken from a payee");
    stands.paid += settlement.pay;
    stands.returned += settlement.to_fund;
    let mut balances = BTreeMap::new();
    for transfer in settlement_entry(settlement, ACCOUNTS).transfers() {
        assert_eq!(transfer.part, Part::Return, "care is never touched");
        *balances.entry(transfer.debit).or_default() += transfer.pence.get();
        *balances.entry(transfer.credit).or_default() -= transfer.pence.get();
    }
    balances
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn any_cut_into_runs_pays_the_same_pence(
        years in years(), cuts in prop::collection::vec((0u32..=100, 0usize..6), 0..12)
    ) {
        let mut cuts = cuts;
        cuts.sort_unstable();
        // Everything at once, when all is earned and closed.
        let mut at_once = Settled::default();
        post(&mut at_once, &earned(&years, years.len()));
        let mut by_runs = Settled::default();
        let mut closed = 0;
        for (percent, close) in cuts {
            closed = closed.max(close.min(years.len()));
            let so_far: Vec<(i64, u16, u16)> =
                years.iter().map(|year| (year.0 * i64::from(percent) / 100, year.1, year.2)).collect();
            post(&mut by_runs, &earned(&so_far, closed));
        }
        post(&mut by_runs, &earned(&years, years.len()));
        // The oracle: the exact sum of final shares, rounded half up; paid on account beyond it stays with the payee.
        let exact: i128 = years.iter().map(|year| i128::from(year.0) * i128::from(year.2)).sum();
        let due = Pence::new(((exact * 2 + 10_000).div_euclid(20_000)) as i64);
        let total: Pence = years.iter().map(|year| Pence::new(year.0)).sum();
        prop_assert_eq!(at_once, Settled { paid: due, returned: total - due });
        prop_assert!(by_runs.paid >= due);
        // Nothing is lost and nothing invented: what is not paid is with the fund.
        prop_assert_eq!(by_runs.paid + by_runs.returned, total.max(by_runs.paid));
        if by_runs.paid == due {
            prop_assert_eq!(by_runs, at_once);
        }
    }

    #[test]
    fn running_twice_posts_nothing(years in years(), closed in 0usize..6) {
        let mut stands = Settled::default();
        post(&mut stands, &earned(&years, closed));
        prop_assert!(settle(&earned(&years, closed), stands).is_nothing());
        prop_assert!(post(&mut stands, &earned(&years, closed)).is_empty());
    }

    #[test]
    fn what_was_paid_ahead_is_made_up_for_by_the_next_payments_on_account(
        first in 1_000i64..1_000_000, account in 10u16..=20, last in 0u16..=9, next in 1_000i64..5_000_000
    ) {
        let (account, last) = (account * 500, last * 500);
        let mut stands = Settled::default();
        post(&mut stands, &earned(&[(first, account, last)], 0));
        let on_account = stands.paid;
        let posted = post(&mut stands, &earned(&[(first, account, last)], 1));
        prop_assert_eq!(posted.get(&ACCOUNTS.payable), None);
        prop_assert_eq!(stands.paid, on_account, "nothing is taken back");
        post(&mut stands, &earned(&[(first, account, last), (next, last, last)], 1));
        let due = Pence::new(((2 * i128::from(first + next) * i128::from(last) + 10_000) / 20_000) as i64);
        prop_assert_eq!(stands.paid, due.max(on_account));
    }

    #[test]
    fn late_nights_use_the_frozen_share_and_no_other_payee_moves(
        mine in 0i64..1_000_000, late in 1i64..1_000_000, points in (0u16..=20).prop_map(|x| x * 500)
    ) {
        let mut shares = Shares::new(share(9_000));
        let (me, other) = (Payee::provider("SC1"), Payee::provider("SC2"));
        let told = PoolShare {
            pool: "region/london/residential/1".into(), half_year: half_year(0), members: vec![me.clone(), other.clone()],
            basis_points: Some(points),
        };
        shares.take(&told).unwrap();
        let of = |payee: &Payee, pence| {
            let (share, closed) = shares.of(payee, half_year(0));
            vec![Earned { half_year: half_year(0), pence: Pence::new(pence), share, closed }]
        };
        let mut stands = Settled::default();
        post(&mut stands, &of(&me, mine));
        let mut others = Settled::default();
        post(&mut others, &of(&other, mine));
        post(&mut stands, &of(&me, mine + late));
        prop_assert_eq!(stands.paid, share(points).of(Pence::new(mine + late)));
        prop_assert!(settle(&of(&other, mine), others).is_nothing());
    }

    #[test]
    fn by_placement_nothing_is_lost_either(pence in 0i64..10_000_000, nights in 1i64..184, covered in 0i64..184) {
        let settlement = settle_by_placement(Pence::new(pence), covered, nights);
        prop_assert_eq!(settlement.pay + settlement.to_fund, Pence::new(pence));
        prop_assert!(covered < nights || settlement.to_fund == Pence::ZERO);
    }
}

#[test]
fn a_pool_is_answered_once_for_a_half_year() {
    let mut shares = Shares::new(share(9_000));
    let told = |pool: &str, at, points| PoolShare {
        pool: pool.to_owned(),
        half_year: half_year(at),
        members: vec![Payee::provider("SC1")],
        basis_points: points,
    };
    let payee = Payee::provider("SC1");
    assert_eq!(shares.of(&payee, half_year(0)), (share(9_000), false));
    shares.take(&told("one", 0, Some(8_500))).unwrap();
    assert_eq!(shares.take(&told("one", 0, Some(8_000))), Err(ShareRefused::ToldBefore));
    assert_eq!(shares.take(&told("another", 0, Some(8_000))), Err(ShareRefused::ToldBefore));
    assert_eq!(shares.of(&payee, half_year(0)), (share(8_500), true));
    assert_eq!(shares.of(&payee, half_year(1)), (share(8_500), false), "the last settled share goes on account");
    // Too small to be told of: what was paid on account stands.
    shares.take(&told("thin", 1, None)).unwrap();
    assert_eq!(shares.of(&payee, half_year(1)), (share(8_500), true));
    assert_eq!(shares.of(&payee, half_year(2)), (share(8_500), false));
}
