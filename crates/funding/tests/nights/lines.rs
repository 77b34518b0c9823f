//! The lines and what they come to, night by night, for random placements.

use std::collections::BTreeMap;

use funding::{Cost, Flag, Line, LineKind, Payer, lines, required};
use ledger::Part;
use money::{NightlyRate, Pence};
use proptest::prelude::*;

use crate::calendar::night;
use crate::oracle::{self, NightLine};
use crate::world::{World, config, world};

/// A night's exact price in 1/70,000 of a penny: that many nights cost that many pence.
fn exact(rate: NightlyRate) -> i128 {
    i128::from(rate.times(70_000).round().get())
}

fn by_night(lines: &[Line]) -> BTreeMap<i64, Vec<NightLine>> {
    let mut nights: BTreeMap<i64, Vec<NightLine>> = BTreeMap::new();
    for line in lines {
        for night in line.nights.iter() {
            nights.entry(night.days()).or_default().push(NightLine {
                kind: line.kind.name(),
                fund: line.payer == Payer::Fund,
                care: exact(line.care),
                ret: exact(line.ret),
                provisional: line.flags.has(Flag::Provisional),
                interim: line.flags.has(Flag::Interim),
                unlawful: line.kind != LineKind::Notice && line.flags.has(Flag::Unlawful),
            });
        }
    }
    nights
}

/// Care of the fund, care of the council, return of the fund, return of the council.
pub fn parts(required: &[(Cost, Pence)]) -> [i64; 4] {
    let mut parts = [0; 4];
    for (cost, pence) in required {
        let part = if cost.part == Part::Care { 0 } else { 2 };
        parts[part + usize::from(cost.payer == Payer::Council)] += pence.get();
    }
    parts
}

fn check(world: &World) -> Result<(), TestCaseError> {
    let through = night(world.through);
    let answer = lines(&world.notice(), &world.policy(), &world.book(), through);
    let Ok(wanted) = world.all() else {
        prop_assert!(answer.is_err(), "a night without a price must be an error");
        return Ok(());
    };
    let Ok(answer) = answer else { return Err(TestCaseError::fail(format!("{answer:?}"))) };
    let answered = by_night(&answer);
    for night in world.nights[0].0 - 5..world.known_through + 60 {
        let on_night = answered.get(&night).map_or(&[][..], Vec::as_slice);
        let wanted: Vec<NightLine> = wanted.iter().filter(|line| line.0 == night).map(|line| line.1.clone()).collect();
        prop_assert_eq!(on_night, wanted.as_slice(), "on the night of {}", crate::calendar::night(night));
    }
    prop_assert!(answer.is_sorted_by_key(|line| line.nights.start()));
    prop_assert_eq!(parts(&required(&answer)), oracle::required(&wanted));
    Ok(())
}

proptest! {
    #![proptest_config(config(3_000))]

    #[test]
    fn every_night_has_the_line_the_rules_give_it(world in world()) {
        check(&world)?;
    }
}

proptest! {
    #![proptest_config(config(1_000))]

    /// Law 3: where the placement has the bed, one bed line a night from the scheme's start to the run or the evidence.
    #[test]
    fn law_3_one_bed_line_for_every_night_slept_there(world in world()) {
        let Ok(answer) = lines(&world.notice(), &world.policy(), &world.book(), night(world.through)) else {
            return Ok(());
        };
        let mut beds: BTreeMap<i64, u32> = BTreeMap::new();
        for line in answer.iter().filter(|line| line.kind == LineKind::Bed) {
            line.nights.iter().for_each(|night| *beds.entry(night.days()).or_default() += 1);
        }
        let away = |night: i64| world.absences.iter().any(|&(from, end, _)| from <= night && night < end);
        let slept = world.nights.iter().flat_map(|&(from, end)| from..end).filter(|&night| !away(night));
        let wanted: BTreeMap<i64, u32> = slept
            .filter(|&night| world.scheme_start <= night && night <= world.through.min(world.known_through))
            .map(|night| (night, 1))
            .collect();
        prop_assert_eq!(beds, wanted);
    }

    /// The parts always sum to the rounded total.
    #[test]
    fn the_parts_sum_to_the_rounded_total(world in world()) {
        let Ok(answer) = lines(&world.notice(), &world.policy(), &world.book(), night(world.through)) else {
            return Ok(());
        };
        let total: i128 =
            answer.iter().map(|line| (exact(line.care) + exact(line.ret)) * i128::from(line.nights.count())).sum();
        let posted: i64 = required(&answer).iter().map(|(_, pence)| pence.get()).sum();
        prop_assert_eq!(posted, oracle::round(total));
    }
}
