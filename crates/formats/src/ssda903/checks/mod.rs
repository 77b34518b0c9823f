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
mod identity;
mod law;
mod previous;
mod sequence;
mod workers;

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
    Rule { code, decides, table, field, sentence, first: 2018, last: None, needs: &[], needs_last: &[], find }
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
        sequence::RULES,
        law::RULES,
        adoption::RULES,
        absence::RULES,
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
    /// The rules of the year that could not be run, because a table is not there.
    pub not_run: Vec<&'static Rule>,
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
        self.rule(flag).table == flag.table
    }
}

/// Runs every rule of the year. Those that compare with last year's return need it.
pub fn check(now: &Sheets, last: Option<&Sheets>) -> Checked {
    let case = Case::new(now, last);
    let there = |sheets: Option<&Sheets>, table: &Table| sheets.is_some_and(|sheets| sheets.get(*table).is_some());
    let (run, not_run): (Vec<&Rule>, Vec<&Rule>) =
        rules().filter(|rule| rule.applies(now.year.ends())).partition(|rule| {
            // A rule of last year's rows alone has no table of this year's to be without.
            there(Some(now), &rule.table)
                && rule.needs.iter().all(|table| there(Some(now), table))
                && rule.needs_last.iter().all(|table| there(last, table))
        });
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
