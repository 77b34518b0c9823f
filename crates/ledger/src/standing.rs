//! What stands posted for one placement: the sum of its postings by payee, part and account.

use money::Pence;

use crate::account::AccountId;
use crate::entry::{Part, Transfer};

/// A sum of postings. Debits are positive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct StandingLine {
    /// The payee, by the number of its `payable` account.
    pub payee: AccountId,
    /// The part of the price.
    pub part: Part,
    /// The account.
    pub account: AccountId,
    /// Never nought.
    pub pence: Pence,
}

/// All that stands posted for one placement, in order of payee, part and account. The lines of each payee and
/// part sum to nought.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    lines: Vec<StandingLine>,
}

impl Standing {
    /// The lines, in order.
    pub fn lines(&self) -> &[StandingLine] {
        &self.lines
    }

    /// The payees with anything posted, in order.
    pub fn payees(&self) -> Vec<AccountId> {
        let mut payees: Vec<AccountId> = self.lines.iter().map(|line| line.payee).collect();
        payees.dedup();
        payees
    }

    /// What stands on one account for a payee and part: debit positive.
    pub fn on(&self, payee: AccountId, part: Part, account: AccountId) -> Pence {
        let key = (payee, part, account);
        self.lines
            .binary_search_by_key(&key, |line| (line.payee, line.part, line.account))
            .map_or(Pence::ZERO, |at| self.lines[at].pence)
    }

    /// What stands for a payee and part on accounts of some kinds: debit positive.
    pub fn sum(&self, payee: AccountId, part: Part, of: impl Fn(AccountId) -> bool) -> Pence {
        let theirs = self.lines.iter().filter(|line| (line.payee, line.part) == (payee, part) && of(line.account));
        theirs.map(|line| line.pence).sum()
    }

    /// Adds a transfer.
    pub fn post(&mut self, payee: AccountId, transfer: &Transfer) {
        self.add(payee, transfer.part, transfer.debit, transfer.pence);
        self.add(payee, transfer.part, transfer.credit, -transfer.pence);
    }

    fn add(&mut self, payee: AccountId, part: Part, account: AccountId, pence: Pence) {
        let key = (payee, part, account);
        match self.lines.binary_search_by_key(&key, |line| (line.payee, line.part, line.account)) {
            Ok(at) => {
                self.lines[at].pence += pence;
                if self.lines[at].pence == Pence::ZERO {
                    self.lines.remove(at);
                }
            }
            Err(at) => self.lines.insert(at, StandingLine { payee, part, account, pence }),
        }
    }

    /// As stored: `payee,part,account,pence` joined by `;`.
    pub fn to_stored(&self) -> String {
        use std::fmt::Write;
        let mut text = String::with_capacity(self.lines.len() * 20);
        for line in &self.lines {
            let separator = if text.is_empty() { "" } else { ";" };
            let _ = write!(
                text,
                "{separator}{},{},{},{}",
                line.payee.0,
                line.part.stored(),
                line.account.0,
                line.pence.get()
            );
        }
        text
    }

    /// From its stored text; `None` if it is damaged.
    pub fn from_stored(text: &str) -> Option<Standing> {
        let mut lines = Vec::with_capacity(4);
        for line in text.split(';').filter(|line| !line.is_empty()) {
            let mut fields = line.split(',').map(|field| field.parse::<i64>().ok());
            let mut next = || fields.next().flatten();
            lines.push(StandingLine {
                payee: AccountId(next()?),
                part: Part::from_stored(next()?)?,
                account: AccountId(next()?),
                pence: Pence::new(next()?),
            });
        }
        Some(Standing { lines })
    }
}
