//! Coverage of every placement of England for a half-year, and the settlement that follows. Plain: `cargo bench -p
//! simulation`. Nothing is read or written: the store's share of the work is not in these figures.

#![allow(missing_docs)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use door::{HalfYear, Payee};
use funding::{Earned, Settled, SettlementAccounts, Shares, settle, settlement_entry};
use kernel::{ChildRef, Night, Nights, PlacementId, Region};
use ledger::AccountId;
use money::{Pence, Share};
use voice::*;

const PLACEMENTS: u64 = 84_000;

fn main() {
    let (protocol, calendar) = (Protocol::shipped(), Calendar::shipped());
    let half_year = HalfYear::parse("2025-H1").expect("a half-year");
    let period = half_year.nights();
    let mut seed = 1u64;
    let mut below = |bound: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % bound
    };
    // One child each; a year of answers behind each, so that what reaches back has something to reach over.
    let begin = period.start().plus(-400);
    let lives: Vec<(Stay, Vec<Fact>, Payee)> = (0..PLACEMENTS)
        .map(|number| {
            let placement = PlacementId::from_hash((number << 8).to_be_bytes());
            let arrival = begin.plus(below(450) as i32);
            let nights = Nights::try_new(arrival, period.end().plus(below(60) as i32)).expect("nights");
            let payee = Payee::provider(&format!("SC{}", below(6_000)));
            let owner = Owner::new(payee.as_str());
            let stay = Stay { placement, nights, owner, departed: false, on_childs_view: false, same_bed: false };
            let mut facts = Vec::new();
            let mut on = arrival.plus(10);
            while on < period.end() {
                facts.push(Fact { placement, on, what: What::Asked });
                let says = [Signal::Affirmed, Signal::Affirmed, Signal::Mixed, Signal::NotAffirmed, Signal::Declined];
                if below(10) > 0 {
                    facts.push(Fact { placement, on: on.plus(4), what: What::Answered(says[below(5) as usize]) });
                }
                facts.push(Fact { placement, on: on.plus(30), what: What::ReviewEnded(Outcome::Changes) });
                on = on.plus(120);
            }
            (stay, facts, payee)
        })
        .collect();

    let started = Instant::now();
    let known = half_year.closes_after(3);
    let mut counts: BTreeMap<Payee, (i64, i64)> = BTreeMap::new();
    let mut members: BTreeMap<Payee, Member> = BTreeMap::new();
    for (number, (stay, facts, payee)) in (0u64..).zip(&lives) {
        let looked_after: Night = stay.nights.start();
        for tenure in tenures(vec![stay.clone()]) {
            let dues = due_dates(&tenure, looked_after, &[], &protocol, calendar);
            let coverage = coverage(&tenure, &dues, facts, known, &protocol, calendar);
            let nights = tenure.nights().intersect(period).map_or(0, Nights::count);
            let count = counts.entry(payee.clone()).or_default();
            *count = (count.0 + nights, count.1 + coverage.covered(period));
            let class = "residential".to_owned();
            let empty = Member { payee: payee.clone(), region: Region::London, class, nights: Vec::new() };
            let child = ChildRef::from_hash((number << 8).to_be_bytes());
            members.entry(payee.clone()).or_insert(empty).nights.push((child, nights));
        }
    }
    let coverage_took = started.elapsed();

    let started = Instant::now();
    let terms = protocol.on(period.start()).pool;
    let key = NoiseKey::new([9; 32]);
    let members: Vec<Member> = members.into_values().collect();
    let pools = form_pools(&members, &terms, &key.of_order());
    let count = |payee: &Payee| counts.get(payee).copied().unwrap_or_default();
    let of = key.of_half_year(half_year);
    let answers = answer_pools(&pools, half_year, count, &Residuals::new(), &terms, &of);
    let mut shares = Shares::new(Share::try_new(9_000).expect("a share"));
    answers.iter().for_each(|answer| shares.take(&answer.share).expect("told once"));
    let mut moved = Pence::ZERO;
    let accounts = SettlementAccounts { held: AccountId(1), payable: AccountId(2), fund: AccountId(3) };
    for member in &members {
        let (share, closed) = shares.of(&member.payee, half_year);
        let nights: i64 = member.nights.iter().map(|(_, nights)| nights).sum();
        let earned = [Earned { half_year, pence: Pence::new(nights * 19_714), share, closed }];
        let settlement = settle(&earned, Settled::default());
        moved += settlement.pay;
        black_box(settlement_entry(settlement, accounts));
    }
    let settlement_took = started.elapsed();
    println!("coverage of {PLACEMENTS} placements for a half-year: {} ms (at most 2,000)", coverage_took.as_millis());
    println!(
        "settlement: {} pools of {} providers, {moved} paid: {} ms (at most 2,000)",
        pools.len(),
        members.len(),
        settlement_took.as_millis()
    );
    assert!(coverage_took.as_millis() <= 2_000 && settlement_took.as_millis() <= 2_000, "slower than allowed");
}
