//! The chart of accounts.

use std::collections::HashMap;
use std::fmt;

/// The number of an account in one ledger, in the order of opening, from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AccountId(pub i64);

/// What an account is for, read from its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Class {
    /// `care/<kind>`: cost of care, borne by the fund.
    Care,
    /// `return/<kind>`: return above the cost of care, borne by the fund.
    Return,
    /// `due/<council>/<kind>`: charged to a council instead.
    Due,
    /// `due/<council>/good-faith`: charged to a council that told late, so that a payee may keep what it had.
    GoodFaith,
    /// `payable/<payee>`: owed to a payee.
    Payable,
    /// `held/<payee>`: return earned by nights, not yet settled.
    Held,
    /// `recoverable/<payee>`: overpaid, taken back only by a decided plan.
    Recoverable,
}

/// An account by name. Names carry bodies (councils, providers), never a person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Account(String);

impl Account {
    /// Cost of care of one kind of line.
    pub fn care(kind: &str) -> Account {
        Account(format!("care/{kind}"))
    }

    /// Return of one kind of line.
    pub fn ret(kind: &str) -> Account {
        Account(format!("return/{kind}"))
    }

    /// Charged to a council for one kind of line.
    pub fn due(council: &str, kind: &str) -> Account {
        Account(format!("due/{council}/{kind}"))
    }

    /// Charged to a council that told late.
    pub fn good_faith(council: &str) -> Account {
        Account(format!("due/{council}/good-faith"))
    }

    /// Owed to a payee.
    pub fn payable(payee: &str) -> Account {
        Account(format!("payable/{payee}"))
    }

    /// Return earned, not yet settled.
    pub fn held(payee: &str) -> Account {
        Account(format!("held/{payee}"))
    }

    /// Overpaid.
    pub fn recoverable(payee: &str) -> Account {
        Account(format!("recoverable/{payee}"))
    }

    /// From a stored name; `None` if its first word is not in the chart.
    pub fn parse(name: &str) -> Option<Account> {
        let account = Account(name.to_owned());
        account.try_class().map(|_| account)
    }

    fn try_class(&self) -> Option<Class> {
        let (first, rest) = self.0.split_once('/')?;
        Some(match first {
            "care" => Class::Care,
            "return" => Class::Return,
            "due" if rest.ends_with("/good-faith") => Class::GoodFaith,
            "due" => Class::Due,
            "payable" => Class::Payable,
            "held" => Class::Held,
            "recoverable" => Class::Recoverable,
            _ => return None,
        })
    }

    /// What the account is for.
    pub fn class(&self) -> Class {
        self.try_class().expect("every constructor writes a name of the chart")
    }

    /// The part after the first word: the payee, the kind, or council and kind.
    pub fn subject(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, rest)| rest)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The accounts that are open, and those opened since they were loaded.
#[derive(Clone, Default, Debug)]
pub struct Chart {
    accounts: Vec<Account>,
    /// Of each account, so that no run reads the names again and again.
    classes: Vec<Class>,
    ids: HashMap<Account, AccountId>,
    loaded: usize,
}

impl Chart {
    /// From stored rows in order of their numbers, which must run from 1 without a gap.
    pub fn from_stored(rows: impl IntoIterator<Item = (AccountId, Account)>) -> Option<Chart> {
        let mut chart = Chart::default();
        for (id, account) in rows {
            if chart.open(&account) != id {
                return None;
            }
        }
        chart.loaded = chart.accounts.len();
        Some(chart)
    }

    /// The number of an account, opened if need be.
    pub fn open(&mut self, account: &Account) -> AccountId {
        if let Some(&id) = self.ids.get(account) {
            return id;
        }
        self.accounts.push(account.clone());
        self.classes.push(account.class());
        let id = AccountId(self.accounts.len() as i64);
        self.ids.insert(account.clone(), id);
        id
    }

    /// The number of an account that is open.
    pub fn find(&self, account: &Account) -> Option<AccountId> {
        self.ids.get(account).copied()
    }

    /// The account of a number given by this chart.
    pub fn account(&self, id: AccountId) -> &Account {
        &self.accounts[id.0 as usize - 1]
    }

    /// Whether this chart has the number.
    pub fn has(&self, id: AccountId) -> bool {
        (1..=self.accounts.len() as i64).contains(&id.0)
    }

    /// What the account of a number is for.
    pub fn class(&self, id: AccountId) -> Class {
        self.classes[id.0 as usize - 1]
    }

    /// Accounts opened since the chart was loaded, in order.
    pub fn opened(&self) -> impl Iterator<Item = (AccountId, &Account)> {
        self.accounts.iter().enumerate().skip(self.loaded).map(|(at, account)| (AccountId(at as i64 + 1), account))
    }

    /// All accounts in order of their numbers.
    pub fn all(&self) -> impl Iterator<Item = (AccountId, &Account)> {
        self.accounts.iter().enumerate().map(|(at, account)| (AccountId(at as i64 + 1), account))
    }
}
