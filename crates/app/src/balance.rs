//! Balances of accounts, for a date, as known at a moment.

use kernel::Night;
use ledger::Class;
use money::Pence;
use serde::Serialize;
use store::Wing;

use crate::office::{AsOf, Known, Office};
use crate::problem::Problem;

/// One account, or all accounts under one heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BalanceLine {
    /// The account, or the heading.
    pub account: String,
    /// Everything debited.
    pub debit_pence: Pence,
    /// Everything credited.
    pub credit_pence: Pence,
    /// Debits less credits.
    pub balance_pence: Pence,
}

/// A trial balance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Balance {
    /// The point of view.
    pub known: Known,
    /// Each account with a movement, by name.
    pub accounts: Vec<BalanceLine>,
    /// The same, summed by the first word of the name.
    pub headings: Vec<BalanceLine>,
    /// Debits of all accounts less credits: nought.
    pub off_pence: Pence,
}

impl Office {
    /// The trial balance: postings effective by `as_of` in runs recorded by `known_at`.
    pub fn balance(&self, view: &AsOf) -> Result<Balance, Problem> {
        let mut db = self.open(Wing::Bank)?;
        db.snapshot(|db| {
            let known = self.known(db, view)?;
            let chart = db.chart()?;
            let mut accounts: Vec<(Class, BalanceLine)> = db
                .balances(known.as_of, known.tx)?
                .into_iter()
                .map(|(id, debit, credit)| {
                    let account = chart.account(id);
                    (account.class(), line(account.as_str(), debit, credit))
                })
                .collect();
            accounts.sort_by(|a, b| (a.0, &a.1.account).cmp(&(b.0, &b.1.account)));
            let mut headings: Vec<BalanceLine> = Vec::new();
            for (_, account) in &accounts {
                let heading = account.account.split('/').next().unwrap_or_default();
                match headings.last_mut().filter(|last| last.account == heading) {
                    Some(last) => {
                        last.debit_pence += account.debit_pence;
                        last.credit_pence += account.credit_pence;
                        last.balance_pence += account.balance_pence;
                    }
                    None => headings.push(line(heading, account.debit_pence, account.credit_pence)),
                }
            }
            let off_pence = accounts.iter().map(|(_, account)| account.balance_pence).sum();
            let accounts = accounts.into_iter().map(|(_, account)| account).collect();
            Ok(Balance { known, accounts, headings, off_pence })
        })
    }
}

fn line(account: &str, debit: Pence, credit: Pence) -> BalanceLine {
    BalanceLine { account: account.to_owned(), debit_pence: debit, credit_pence: credit, balance_pence: debit - credit }
}

impl Balance {
    /// The last night looked at.
    pub fn as_of(&self) -> Night {
        self.known.as_of
    }
}
