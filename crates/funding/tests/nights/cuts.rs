//! Any cut into runs posts the same pence.

use std::collections::BTreeMap;

use funding::{Lost, clipped, lines, reconcile, required};
use ledger::{Chart, Class, Part, Standing};
use money::Pence;
use proptest::prelude::*;

use crate::calendar::night;
use crate::lines::parts;
use crate::world::{World, config, world};

/// What stands by account and part, after runs through each of these nights.
fn run_through(world: &World, stops: &[i64]) -> Option<(Standing, Chart)> {
    let (notice, policy, book) = (world.notice(), world.policy(), world.book());
    let (mut standing, mut chart) = (Standing::default(), Chart::default());
    let mut before: Option<i64> = None;
    for &stop in stops {
        let now = lines(&notice, &policy, &book, night(stop)).ok()?;
        let run_before = before.replace(stop).map_or_else(Vec::new, |last| required(&clipped(&now, night(last))));
        for (payee, entry) in
            reconcile(&notice, &required(&now), Some(&run_before), &standing, &mut chart, |_| Lost::default())
        {
            for transfer in entry.transfers() {
                assert!(transfer.pence > Pence::ZERO && transfer.debit != transfer.credit);
                standing.post(payee, transfer);
            }
        }
        let mut sums: BTreeMap<_, Pence> = BTreeMap::new();
        for line in standing.lines() {
            *sums.entry((line.payee, line.part)).or_default() += line.pence;
        }
        assert!(sums.values().all(|&sum| sum == Pence::ZERO), "what stands for a payee and part sums to nought");
    }
    Some((standing, chart))
}

fn by_account(standing: &Standing, chart: &Chart) -> BTreeMap<(String, bool), i64> {
    let mut by_account = BTreeMap::new();
    for line in standing.lines() {
        *by_account.entry((chart.account(line.account).to_string(), line.part == Part::Care)).or_default() +=
            line.pence.get();
    }
    by_account
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn any_cut_into_runs_posts_the_same_pence(world in world(), cuts in prop::collection::vec(0..620i64, 0..12)) {
        let mut stops: Vec<i64> = cuts.into_iter().map(|back| world.through - back).collect();
        stops.sort();
        stops.push(world.through);
        let Some((once, chart_once)) = run_through(&world, &[world.through]) else { return Ok(()) };
        let Some((often, chart_often)) = run_through(&world, &stops) else { return Ok(()) };
        prop_assert_eq!(by_account(&often, &chart_often), by_account(&once, &chart_once));
    }

    /// What stands on cost accounts is what is required, owed to the payee and held for it, and nothing else stands.
    #[test]
    fn what_stands_after_a_run_is_what_is_required(world in world()) {
        let Some((standing, chart)) = run_through(&world, &[world.through]) else { return Ok(()) };
        let now = lines(&world.notice(), &world.policy(), &world.book(), night(world.through)).unwrap();
        let [fund_care, council_care, fund_return, council_return] = parts(&required(&now));
        let sum = |class: Class, part: Part| -> i64 {
            let of = standing.lines().iter().filter(|line| chart.class(line.account) == class && line.part == part);
            of.map(|line| line.pence.get()).sum()
        };
        prop_assert_eq!(sum(Class::Care, Part::Care), fund_care);
        prop_assert_eq!(sum(Class::Due, Part::Care), council_care);
        prop_assert_eq!(sum(Class::Return, Part::Return), fund_return);
        prop_assert_eq!(sum(Class::Due, Part::Return), council_return);
        prop_assert_eq!(sum(Class::Payable, Part::Care), -(fund_care + council_care));
        prop_assert_eq!(sum(Class::Held, Part::Return), -(fund_return + council_return));
        let others = [Class::Recoverable, Class::GoodFaith].map(|class| sum(class, Part::Care));
        prop_assert_eq!(others, [0, 0]);
    }

    #[test]
    fn running_again_posts_nothing(world in world()) {
        let Some((standing, mut chart)) = run_through(&world, &[world.through - 30, world.through]) else {
            return Ok(());
        };
        let now = lines(&world.notice(), &world.policy(), &world.book(), night(world.through)).unwrap();
        let again = reconcile(&world.notice(), &required(&now), Some(&required(&now)), &standing, &mut chart, |_| Lost::default());
        prop_assert!(again.is_empty());
    }
}
