//! Pools and their one share.

use std::collections::{BTreeMap, BTreeSet};

use door::{HalfYear, Payee};
use kernel::{ChildRef, Region};
use proptest::prelude::*;
use voice::*;

const TERMS: PoolTerms =
    PoolTerms { children: 60, child_share_ppm: 50_000, noise_ppm: 100_000, step_ppm: 50_000, close_months: 3 };

fn key() -> NoiseKey {
    NoiseKey::new([3; 32])
}

fn member(number: usize, region: usize, children: usize) -> Member {
    let regions = [Region::London, Region::SouthEast, Region::NorthWest];
    let nights = (0..children).map(|child| {
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&(number as u32).to_be_bytes());
        bytes[4..].copy_from_slice(&((child as u32) << 8).to_be_bytes());
        (ChildRef::from_hash(bytes), 30 + (number * 7 + child * 13) as i64 % 150)
    });
    let class = if number.is_multiple_of(3) { "residential" } else { "fostering" };
    Member {
        payee: Payee::provider(&format!("SC{number:05}")),
        region: regions[region % 3],
        class: class.to_owned(),
        nights: nights.collect(),
    }
}

fn country() -> impl Strategy<Value = Vec<Member>> {
    prop::collection::vec((0usize..3, 1usize..90), 0..60).prop_map(|sizes| {
        sizes.into_iter().enumerate().map(|(number, (region, children))| member(number, region, children)).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_provider_is_in_one_pool_and_every_pool_that_is_told_of_is_large_enough(members in country()) {
        let pools = form_pools(&members, &TERMS, &key());
        let mut seen = BTreeSet::new();
        for pool in &pools {
            let mut nights: BTreeMap<ChildRef, i64> = BTreeMap::new();
            for payee in &pool.members {
                prop_assert!(seen.insert(payee.clone()), "{} is in two pools", payee);
                let mine = members.iter().find(|member| member.payee == *payee).unwrap();
                mine.nights.iter().for_each(|&(child, count)| *nights.entry(child).or_default() += count);
            }
            let total: i64 = nights.values().sum();
            if !pool.thin {
                prop_assert!(nights.len() >= 60, "{}", pool.name);
                prop_assert!(nights.values().all(|&count| count * 20 <= total), "{}", pool.name);
            }
        }
        prop_assert_eq!(seen.len(), members.len());
        let mut other = members.clone();
        other.reverse();
        prop_assert_eq!(form_pools(&other, &TERMS, &key()), pools);
    }

    #[test]
    fn what_rounding_leaves_over_is_carried_and_nothing_is_lost(
        members in country(), covered in prop::collection::vec(0i64..=100, 8)
    ) {
        let pools = form_pools(&members, &TERMS, &key());
        let (mut carried, mut half_year) = (Residuals::new(), HalfYear::parse("2025-H1").unwrap());
        let mut sums: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for percent in covered {
            let of = key().of_half_year(half_year);
            let answers = answer_pools(&pools, half_year, |_| (1_000, percent * 10), &carried, &TERMS, &of);
            for answer in answers {
                let Some(points) = answer.share.basis_points else {
                    prop_assert!(answer.share.pool == "thin");
                    continue;
                };
                prop_assert!(points <= 10_000 && points % 500 == 0);
                let sum = sums.entry(answer.share.pool.clone()).or_default();
                sum.0 += i64::from(points) * 100;
                sum.1 += percent * 10_000 + answer.noise_ppm;
                prop_assert_eq!(sum.0 + answer.carried_on_ppm, sum.1);
                carried.insert(answer.share.pool.clone(), answer.carried_on_ppm);
            }
            half_year = half_year.next();
        }
    }
}

#[test]
fn a_pool_keeps_its_members_when_a_provider_elsewhere_comes() {
    let members: Vec<Member> = (0..40).map(|number| member(number, number, 5 + number % 20)).collect();
    let before = form_pools(&members, &TERMS, &key());
    let mut more = members.clone();
    more.push(Member { region: Region::SouthWest, ..member(99, 0, 80) });
    let after = form_pools(&more, &TERMS, &key());
    assert!(before.iter().all(|pool| after.contains(pool)));
}

#[test]
fn an_auditor_with_the_key_of_a_half_year_works_out_its_noise_and_no_other() {
    let (one, other) = (HalfYear::parse("2025-H1").unwrap(), HalfYear::parse("2025-H2").unwrap());
    let committed = key().of_half_year(one).commitment();
    let shown = NoiseKey::parse(&key().of_half_year(one).reveal()).unwrap();
    assert_eq!(shown.commitment(), committed);
    assert_eq!(shown.noise("own/urn/SC1", 100_000), key().of_half_year(one).noise("own/urn/SC1", 100_000));
    assert_ne!(shown.noise("own/urn/SC1", 100_000), key().of_half_year(other).noise("own/urn/SC1", 100_000));
}
