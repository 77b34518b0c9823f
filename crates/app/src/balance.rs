//! Balances of accounts, for a date, as known at a moment.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Night;
use ledger::{Account, Class};
use money::Pence;
use serde::Serialize;
use store::{Db, Wing};

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
            add_settlements(db, &known, &mut accounts)?;
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

/// Settlements have a journal beside the runs; effective is the last night that each settled.
fn add_settlements(db: &mut Db, known: &Known, accounts: &mut Vec<(Class, BalanceLine)>) -> Result<(), Problem> {
    let by_then = db.settlements(known.tx)?.into_iter().filter(|one| one.through <= known.as_of);
    let by_then: BTreeSet<i64> = by_then.map(|one| one.settlement).collect();
    let mut sums: BTreeMap<String, (Pence, Pence)> = BTreeMap::new();
    for row in db.settled(known.tx)?.into_iter().filter(|row| by_then.contains(&row.settlement)) {
        sums.entry(row.debit).or_default().0 += row.pence;
        sums.entry(row.credit).or_default().1 += row.pence;
    }
    for (name, (debit, credit)) in sums {
        match accounts.iter_mut().find(|(_, line)| line.account == name) {
            Some((_, line)) => {
                line.debit_pence += debit;
                line.credit_pence += credit;
                line.balance_pence += debit - credit;
            }
            None => {
                let account = Account::parse(&name)
                    .ok_or_else(|| store::Fault::Damaged("a stored account cannot be read".to_owned()))?;
                accounts.push((account.class(), line(&name, debit, credit)));
            }
        }
    }
    Ok(())
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
