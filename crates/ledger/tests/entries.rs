//! Entries, standings and seals against plain sums.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use kernel::{CouncilCode, Night, Nights, PlacementId, Seq};
use ledger::{Account, AccountId, Chart, Entry, GENESIS, Leg, Part, Posting, Sealer, Standing, Transfer};
use money::Pence;
use proptest::prelude::*;

fn part(care: bool) -> Part {
    if care { Part::Care } else { Part::Return }
}

/// Legs that sum to nought in each part: the last leg of each takes what is left.
fn balanced_legs() -> impl Strategy<Value = Vec<Leg>> {
    prop::collection::vec((1i64..30, -500_000i64..500_000, any::<bool>()), 0..10).prop_map(|raw| {
        let mut legs: BTreeMap<(bool, i64), i64> = BTreeMap::new();
        for (account, pence, care) in raw {
            *legs.entry((care, account)).or_default() += pence;
        }
        for care in [true, false] {
            let left: i64 = legs.iter().filter(|(key, _)| key.0 == care).map(|(_, pence)| pence).sum();
            *legs.entry((care, 40)).or_default() -= left;
        }
        legs.into_iter()
            .filter(|&(_, pence)| pence != 0)
            .map(|((care, account), pence)| Leg {
                account: AccountId(account),
                part: part(care),
                pence: Pence::new(pence),
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn transfers_move_exactly_what_the_legs_say(legs in balanced_legs(), shift in 0usize..10) {
        let entry = Entry::balanced(legs.clone()).unwrap();
        let mut moved: BTreeMap<(Part, AccountId), Pence> = BTreeMap::new();
        for transfer in entry.transfers() {
            prop_assert!(transfer.pence > Pence::ZERO);
            prop_assert_ne!(transfer.debit, transfer.credit);
            *moved.entry((transfer.part, transfer.debit)).or_default() += transfer.pence;
            *moved.entry((transfer.part, transfer.credit)).or_default() -= transfer.pence;
        }
        let wanted: BTreeMap<_, _> = legs.iter().map(|leg| ((leg.part, leg.account), leg.pence)).collect();
        prop_assert_eq!(moved, wanted);
        let mut other_order = legs.clone();
        other_order.rotate_left(shift % legs.len().max(1));
        prop_assert_eq!(Entry::balanced(other_order).unwrap(), entry);
    }

    #[test]
    fn legs_that_do_not_balance_are_no_entry(legs in balanced_legs(), off in 1i64..9) {
        let mut legs = legs;
        legs.push(Leg { account: AccountId(50), part: Part::Care, pence: Pence::new(off) });
        prop_assert!(Entry::balanced(legs).is_err());
    }

    #[test]
    fn a_standing_is_the_sum_of_its_transfers_and_reads_back(
        transfers in prop::collection::vec((1i64..5, 6i64..9, 10i64..14, any::<bool>(), 1i64..10_000), 0..30),
    ) {
        let mut standing = Standing::default();
        let mut sums: BTreeMap<(i64, Part, i64), i64> = BTreeMap::new();
        for (payee, debit, credit, care, pence) in transfers {
            let transfer = Transfer { debit: AccountId(debit), credit: AccountId(credit), part: part(care), pence: Pence::new(pence) };
            standing.post(AccountId(payee), &transfer);
            *sums.entry((payee, part(care), debit)).or_default() += pence;
            *sums.entry((payee, part(care), credit)).or_default() -= pence;
        }
        sums.retain(|_, pence| *pence != 0);
        let lines: Vec<_> = standing.lines().iter().map(|line| ((line.payee.0, line.part, line.account.0), line.pence.get())).collect();
        prop_assert_eq!(lines, sums.into_iter().collect::<Vec<_>>());
        prop_assert_eq!(Standing::from_stored(&standing.to_stored()), Some(standing));
    }

    #[test]
    fn any_change_of_any_posting_breaks_the_seal(at in 0usize..6, field in 0usize..11, by in 1i64..5) {
        let postings: Vec<Posting> = (0..6).map(posting).collect();
        let mut changed = postings.clone();
        change(&mut changed[at], field, by);
        prop_assert_ne!(seal(&postings), seal(&changed));
        let mut fewer = postings.clone();
        fewer.remove(at);
        prop_assert_ne!(seal(&postings), seal(&fewer));
    }
}

fn posting(line: i64) -> Posting {
    let first = Night::parse_iso("2025-05-01").unwrap();
    Posting {
        run: 3,
        placement: PlacementId::from_stored(77).unwrap(),
        line,
        transfer: Transfer { debit: AccountId(10), credit: AccountId(20), part: Part::Care, pence: Pence::new(500) },
        payee: AccountId(20),
        council: CouncilCode::parse("E10000016").unwrap(),
        nights: Nights::try_new(first, first.plus(7)).unwrap(),
        terms: Seq(9),
    }
}

fn change(posting: &mut Posting, field: usize, by: i64) {
    let nights = posting.nights;
    match field {
        0 => posting.run += by,
        1 => posting.placement = PlacementId::from_stored(77 + by).unwrap(),
        2 => posting.line += 100 + by,
        3 => posting.transfer.debit.0 += by,
        4 => posting.transfer.credit.0 += by,
        5 => posting.transfer.part = Part::Return,
        6 => posting.transfer.pence += Pence::new(by),
        7 => posting.payee.0 += by,
        8 => posting.nights = Nights::try_new(nights.start().plus(-(by as i32)), nights.end()).unwrap(),
        9 => posting.nights = Nights::try_new(nights.start(), nights.end().plus(by as i32)).unwrap(),
        _ => posting.council = CouncilCode::parse("E10000017").unwrap(),
    }
}

fn seal(postings: &[Posting]) -> String {
    let mut sealer = Sealer::new(GENESIS);
    postings.iter().for_each(|posting| sealer.posting(posting));
    sealer.finish(std::iter::empty(), "run 3").hash.to_string()
}

#[test]
fn the_chart_knows_what_each_account_is_for() {
    let mut chart = Chart::default();
    for name in [
        "care/bed",
        "return/bed",
        "due/E10000016/bed",
        "due/E10000016/good-faith",
        "payable/urn/1",
        "held/urn/1",
        "recoverable/urn/1",
    ] {
        let account = Account::parse(name).unwrap();
        let id = chart.open(&account);
        assert_eq!((chart.open(&account), chart.find(&account)), (id, Some(id)));
        assert_eq!(chart.account(id).as_str(), name);
    }
    assert!(Account::parse("cash/bed").is_none());
}
