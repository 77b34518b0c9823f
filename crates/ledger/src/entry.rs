//! Entries: what one run posts for one placement and payee.

use std::fmt;

use kernel::{CouncilCode, Night, Nights, PlacementId};
use money::Pence;
use thiserror::Error;

use crate::account::AccountId;

/// The part of a price that an amount belongs to. (The SSDA903 *return* is [`kernel::ReturnYear`].)
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// The cost of care.
    Care,
    /// What the provider charges above the cost of care.
    Return,
}

impl Part {
    /// As stored.
    pub fn stored(self) -> i64 {
        self as i64
    }

    /// From its stored number.
    pub fn from_stored(number: i64) -> Option<Part> {
        [Part::Care, Part::Return].into_iter().find(|part| part.stored() == number)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Part::Care => "care",
            Part::Return => "return",
        })
    }
}

/// One side: a debit if positive, a credit if negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Leg {
    /// The account.
    pub account: AccountId,
    /// The part of the price. Each part balances by itself.
    pub part: Part,
    /// Pence, never nought.
    pub pence: Pence,
}

/// An amount that leaves one account and reaches another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Transfer {
    /// The account debited.
    pub debit: AccountId,
    /// The account credited.
    pub credit: AccountId,
    /// The part of the price.
    pub part: Part,
    /// Pence, always above nought.
    pub pence: Pence,
}

/// Why legs are no entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("an entry must balance: its {part} legs sum to {off}")]
pub struct Unbalanced {
    /// The part that does not balance.
    pub part: Part,
    /// By how much.
    pub off: Pence,
}

/// Transfers that balance because each of them does.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Entry {
    transfers: Vec<Transfer>,
}

impl Entry {
    /// The only way to make an entry: legs that sum to nought in each part. Debits meet credits in the order of
    /// accounts, so that the same legs always give the same transfers.
    pub fn balanced(mut legs: Vec<Leg>) -> Result<Entry, Unbalanced> {
        legs.sort_by_key(|leg| (leg.part, leg.account));
        let mut transfers = Vec::with_capacity(legs.len());
        for part in [Part::Care, Part::Return] {
            let of_part = || legs.iter().filter(move |leg| leg.part == part);
            let off: Pence = of_part().map(|leg| leg.pence).sum();
            if off != Pence::ZERO {
                return Err(Unbalanced { part, off });
            }
            let mut credits = of_part().filter(|leg| leg.pence < Pence::ZERO);
            let mut credit = credits.next().map(|leg| (leg.account, -leg.pence));
            for debit in of_part().filter(|leg| leg.pence > Pence::ZERO) {
                let mut left = debit.pence;
                while left > Pence::ZERO {
                    let (account, available) = credit.expect("debits and credits of a part are equal");
                    let pence = left.min(available);
                    transfers.push(Transfer { debit: debit.account, credit: account, part, pence });
                    left -= pence;
                    credit = if available > pence {
                        Some((account, available - pence))
                    } else {
                        credits.next().map(|leg| (leg.account, -leg.pence))
                    };
                }
            }
        }
        Ok(Entry { transfers })
    }

    /// The transfers, in order.
    pub fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }
}

/// A transfer as it stands in the ledger, with its dimensions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Posting {
    /// Which run posted it.
    pub run: i64,
    /// Whose nights.
    pub placement: PlacementId,
    /// Its place within the run's entry for that placement, from 0.
    pub line: i64,
    /// Accounts, part and amount.
    pub transfer: Transfer,
    /// The payee, by the number of its `payable` account.
    pub payee: AccountId,
    /// The responsible council.
    pub council: CouncilCode,
    /// The nights concerned; the first of them is the effective date.
    pub nights: Nights,
    /// The latest price or policy that was known when the amount was worked out.
    pub terms: kernel::Seq,
}

impl Posting {
    /// The effective date.
    pub fn effective(&self) -> Night {
        self.nights.start()
    }
}
