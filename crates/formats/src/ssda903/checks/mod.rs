//! The checks that decide money, duty or identity, each under the number that the Department for Education gives it.
//!
//! They look at the rows as they came ([`Sheets`]), so that a fault in one row hides none in another. What a rule means
//! is read from its published message and from what the open validator csc-validator-be-903 flags; the sentences and
//! the code are ours. Where we flag other rows than it does, `docs/ssda903-checks.md` says which and why.
//!
//! A rule that turns on two rows flags both: the one to mend, and what it was held against.
//!
//! | cost | |
//! |---|---|
//! | time | one pass over a table for each rule |
//! | memory | eight bytes a flag, eight bytes a row for the order by child |

mod absence;
mod adoption;
mod case;
mod codes;
mod columns;
mod health;
mod identity;
mod law;
mod leavers;
mod places;
mod previous;
mod sequence;
mod workers;

use super::beside::Beside;
use super::sheet::{Row, Sheets};
use super::tables::Table;
use case::Case;

/// What a rule guards.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Decides {
    /// Which nights are paid, to whom and by whom.
    Money,
    /// What the council must do for the child, and by when.
    Duty,
    /// Who the child is, and whether two rows are about one child.
    Identity,
}

impl Decides {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Decides::Money => "money",
            Decides::Duty => "duty",
            Decides::Identity => "identity",
        }
    }
}

/// What a rule asks for beside the return.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Asks {
    /// Where postcodes are.
    Postcodes,
    /// Ofsted's lists of providers.
    Providers,
}

impl Asks {
    fn is_in(self, beside: &Beside) -> bool {
        match self {
            Asks::Postcodes => beside.postcodes.is_some(),
            Asks::Providers => beside.providers.is_some(),
        }
    }
}

/// Why a rule of the year was not run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Why {
    /// A table is not among the files.
    Table(Table),
    /// A table of last year's return is not.
    LastYear(Table),
    /// It asks for what was not given.
    Asks(Asks),
}

/// One rule.
pub struct Rule {
    /// The Department's number for it.
    pub code: &'static str,
    /// What it guards.
    pub decides: Decides,
    /// The table in which it is mended.
    pub table: Table,
    /// The column in which it is mended first.
    pub field: &'static str,
    /// What is wrong and how to mend it.
    pub sentence: &'static str,
    /// The first return it applies to, by the year it ends.
    pub first: i16,
    /// The last, if it was withdrawn.
    pub last: Option<i16>,
    /// Tables without which it cannot be run, beside its own.
    pub needs: &'static [Table],
    /// Tables of last year's return without which it cannot be run.
    pub needs_last: &'static [Table],
    /// Other tables in which it may have to be mended.
    pub also: &'static [Table],
    /// What it asks for beside the return.
    pub asks: &'static [Asks],
    find: fn(&Case<'_>, &mut Found),
}

const fn rule(
    code: &'static str,
    decides: Decides,
    table: Table,
    field: &'static str,
    sentence: &'static str,
    find: fn(&Case<'_>, &mut Found),
) -> Rule {
    Rule {
        code,
        decides,
        table,
        field,
        sentence,
        first: 2018,
        last: None,
        needs: &[],
        needs_last: &[],
        also: &[],
        asks: &[],
        find,
    }
}

impl Rule {
    const fn since(self, first: i16) -> Rule {
        Rule { first, ..self }
    }

    const fn until(self, last: i16) -> Rule {
        Rule { last: Some(last), ..self }
    }

    const fn with(self, needs: &'static [Table]) -> Rule {
        Rule { needs, ..self }
    }

    const fn after(self, needs_last: &'static [Table]) -> Rule {
        Rule { needs_last, ..self }
    }

    const fn also(self, also: &'static [Table]) -> Rule {
        Rule { also, ..self }
    }

    const fn asking(self, asks: &'static [Asks]) -> Rule {
        Rule { asks, ..self }
    }

    /// Whether the return of a year is held to the rule.
    pub fn applies(&self, ends: i16) -> bool {
        self.first <= ends && self.last.is_none_or(|last| ends <= last)
    }
}

/// Every rule, by subject. A number may stand twice, for returns of different years.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        identity::RULES,
        codes::RULES,
        places::RULES,
        sequence::RULES,
        law::RULES,
        adoption::RULES,
        absence::RULES,
        health::RULES,
        leavers::RULES,
        workers::RULES,
        previous::RULES,
    ]
    .into_iter()
    .flatten()
}

/// One row flagged by one rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Flag {
    rule: u16,
    /// The table of the row.
    pub table: Table,
    /// The row's place in its sheet, the first being 0.
    pub row: u32,
}

/// What a rule has flagged so far.
pub(super) struct Found {
    rule: u16,
    flags: Vec<Flag>,
}

impl Found {
    fn flag(&mut self, row: Row<'_>) {
        self.flags.push(Flag { rule: self.rule, table: row.table(), row: row.index as u32 });
    }

    /// Flags those of some rows of which something is so.
    fn those<'r>(&mut self, rows: impl Iterator<Item = Row<'r>>, wrong: impl Fn(Row<'r>) -> bool) {
        rows.filter(|&row| wrong(row)).for_each(|row| self.flag(row));
    }
}

/// What the checks of a return found.
pub struct Checked {
    /// The rules that were run, in the order of [`rules`].
    pub run: Vec<&'static Rule>,
    /// The rules of the year that could not be run, and the first reason why.
    pub not_run: Vec<(&'static Rule, Why)>,
    /// Every row flagged, by rule, table and row.
    pub flags: Vec<Flag>,
}

impl Checked {
    /// The rule that flagged.
    pub fn rule(&self, flag: &Flag) -> &'static Rule {
        self.run[flag.rule as usize]
    }

    /// Whether the flag is on the row to mend, and not on what it was held against.
    pub fn to_mend(&self, flag: &Flag) -> bool {
        let rule = self.rule(flag);
        rule.table == flag.table || rule.also.contains(&flag.table)
    }
}

/// Why a rule cannot be run; none if it can.
fn why_not(rule: &Rule, now: &Sheets, last: Option<&Sheets>, beside: &Beside) -> Option<Why> {
    let lacks = |sheets: Option<&Sheets>, table: Table| sheets.is_none_or(|sheets| sheets.get(table).is_none());
    let mut own = std::iter::once(rule.table).chain(rule.needs.iter().copied());
    own.find(|&table| lacks(Some(now), table))
        .map(Why::Table)
        .or_else(|| rule.needs_last.iter().copied().find(|&table| lacks(last, table)).map(Why::LastYear))
        .or_else(|| rule.asks.iter().copied().find(|asks| !asks.is_in(beside)).map(Why::Asks))
}

/// Runs every rule of the year. Those that compare with last year's return need it, and those that ask for postcodes or
/// Ofsted's lists need those.
pub fn check(now: &Sheets, last: Option<&Sheets>, beside: &Beside) -> Checked {
    let case = Case::new(now, last, beside);
    let (mut run, mut not_run): (Vec<&Rule>, Vec<(&Rule, Why)>) = (Vec::new(), Vec::new());
    for rule in rules().filter(|rule| rule.applies(now.year.ends())) {
        match why_not(rule, now, last, beside) {
            None => run.push(rule),
            Some(why) => not_run.push((rule, why)),
        }
    }
    let mut found = Found { rule: 0, flags: Vec::new() };
    for (number, rule) in run.iter().enumerate() {
        let from = found.flags.len();
        found.rule = number as u16;
        (rule.find)(&case, &mut found);
        found.flags[from..].sort_unstable();
    }
    found.flags.dedup();
    Checked { run, not_run, flags: found.flags }
}

impl Found {
    /// The rows of its own table that the present rule has flagged so far.
    fn here(&self) -> impl Iterator<Item = u32> + '_ {
        self.flags.iter().rev().take_while(|flag| flag.rule == self.rule).map(|flag| flag.row)
    }
}
