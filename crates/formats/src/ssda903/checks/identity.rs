//! Who the child is: the Header, unaccompanied asylum-seeking children, and whether the tables speak of one child.

use kernel::CodeSet;

use super::Decides::Identity;
use super::case::Case;
use super::columns::{header, uasc};
use super::{Found, Rule, rule};
use crate::ssda903::header::is_pupil_number;
use crate::ssda903::sheet::Row;
use crate::ssda903::tables::Table;

/// Rows of a table whose child has no row in the Header.
fn not_in_header(case: &Case<'_>, found: &mut Found, table: Table) {
    found.those(case.rows(table), |row| row.child().is_some() && case.header(row).is_none());
}

/// Rows of a table whose DOB is not that of the Header.
fn other_birth(case: &Case<'_>, found: &mut Found, table: Table) {
    let dob = table.place("DOB").unwrap_or_default();
    found
        .those(case.rows(table), |row| row.date(dob).is_some_and(|dob| case.born(row).is_some_and(|born| born != dob)));
}

/// Rows of a table in which a child stands more than once.
fn more_than_once(case: &Case<'_>, found: &mut Found, table: Table) {
    found.those(case.rows(table), |row| case.beside(table, row).nth(1).is_some());
}

fn is_upn(upn: &str) -> bool {
    is_pupil_number(upn.as_bytes()) || matches!(upn, "UN1" | "UN2" | "UN3" | "UN4" | "UN5")
}

fn is_short_break(row: Row<'_>) -> bool {
    row.is(super::columns::episodes::LS, &["V3", "V4"])
}

const NOT_IN_HEADER: &str = "This CHILD is not in the Header; add the child there, or correct CHILD.";
const OTHER_BIRTH: &str = "DOB is not the one that the Header has for this CHILD; correct whichever is wrong.";
const MORE_THAN_ONCE: &str =
    "This CHILD stands more than once in a table that has one row a child; keep the right one.";

pub(super) const RULES: &[Rule] = &[
    rule(
        "101",
        Identity,
        Table::Header,
        "SEX",
        "SEX is blank or no code of this return; write the year's code.",
        |c, f| {
            f.those(c.rows(Table::Header), |r| !CodeSet::Sex.contains(c.year(), r.text(header::SEX)));
        },
    ),
    rule("102", Identity, Table::Header, "DOB", "DOB is blank or no date; write day/month/year.", |c, f| {
        f.those(c.rows(Table::Header), |r| r.date(header::DOB).is_none());
    }),
    rule(
        "103",
        Identity,
        Table::Header,
        "ETHNIC",
        "ETHNIC is blank or no code; write one, NOBT if not yet known.",
        |c, f| {
            f.those(c.rows(Table::Header), |r| !CodeSet::Ethnic.contains(c.year(), r.text(header::ETHNIC)));
        },
    ),
    rule(
        "168",
        Identity,
        Table::Header,
        "UPN",
        "UPN is not a unique pupil number; write its letter and twelve figures, or UN1 to UN5 if there is none.",
        |c, f| f.those(c.rows(Table::Header), |r| r.has(header::UPN) && !is_upn(r.text(header::UPN))),
    ),
    rule(
        "301",
        Identity,
        Table::Header,
        "DOB",
        "DOB is after the year ends; correct it, or leave the child out.",
        |c, f| {
            f.those(c.rows(Table::Header), |r| r.date(header::DOB).is_some_and(|dob| dob > c.end));
        },
    ),
    rule("351", Identity, Table::Header, "DOB", "The child was over 25 when the year began; correct DOB.", |c, f| {
        f.those(c.rows(Table::Header), |r| r.date(header::DOB).is_some_and(|dob| dob.birthday(25) < c.start));
    }),
    rule(
        "442",
        Identity,
        Table::Header,
        "UPN",
        "UPN is blank for a child who is looked after other than for short breaks; write it, or UN1 to UN5.",
        |c, f| {
            f.those(c.rows(Table::Header), |r| {
                let mut episodes = c.beside(Table::Episodes, r);
                !r.has(header::UPN) && episodes.any(|episode| !is_short_break(episode))
            });
        },
    )
    .with(&[Table::Episodes]),
    rule(
        "104",
        Identity,
        Table::Uasc,
        "DUC",
        "DUC is no date, or before the year begins; write the date on which the status ceased or will cease.",
        |c, f| {
            f.those(c.rows(Table::Uasc), |r| r.has(uasc::DUC) && r.date(uasc::DUC).is_none_or(|duc| duc < c.start));
        },
    ),
    rule("304", Identity, Table::Uasc, "DUC", "DUC is after the child's 18th birthday; correct DUC or DOB.", |c, f| {
        f.those(c.rows(Table::Uasc), |r| {
            r.date(uasc::DUC).zip(r.date(uasc::DOB)).is_some_and(|(duc, dob)| duc > dob.birthday(18))
        });
    }),
    rule("INT01", Identity, Table::Ad1, "CHILD", NOT_IN_HEADER, |c, f| not_in_header(c, f, Table::Ad1)),
    rule("INT02", Identity, Table::PlacedAdoption, "CHILD", NOT_IN_HEADER, |c, f| {
        not_in_header(c, f, Table::PlacedAdoption);
    }),
    rule("INT03", Identity, Table::Episodes, "CHILD", NOT_IN_HEADER, |c, f| not_in_header(c, f, Table::Episodes)),
    rule("INT04", Identity, Table::Missing, "CHILD", NOT_IN_HEADER, |c, f| not_in_header(c, f, Table::Missing)),
    rule("INT07", Identity, Table::PrevPerm, "CHILD", NOT_IN_HEADER, |c, f| not_in_header(c, f, Table::PrevPerm)),
    rule("INT08", Identity, Table::Reviews, "CHILD", NOT_IN_HEADER, |c, f| not_in_header(c, f, Table::Reviews)),
    rule("INT09", Identity, Table::Uasc, "CHILD", NOT_IN_HEADER, |c, f| not_in_header(c, f, Table::Uasc)),
    rule("INT11", Identity, Table::Ad1, "DOB", OTHER_BIRTH, |c, f| other_birth(c, f, Table::Ad1)),
    rule("INT12", Identity, Table::PlacedAdoption, "DOB", OTHER_BIRTH, |c, f| other_birth(c, f, Table::PlacedAdoption)),
    rule("INT13", Identity, Table::Missing, "DOB", OTHER_BIRTH, |c, f| other_birth(c, f, Table::Missing)),
    rule("INT16", Identity, Table::PrevPerm, "DOB", OTHER_BIRTH, |c, f| other_birth(c, f, Table::PrevPerm)),
    rule("INT17", Identity, Table::Reviews, "DOB", OTHER_BIRTH, |c, f| other_birth(c, f, Table::Reviews)),
    rule("INT18", Identity, Table::Uasc, "DOB", OTHER_BIRTH, |c, f| other_birth(c, f, Table::Uasc)),
    rule(
        "INT21",
        Identity,
        Table::Uasc,
        "SEX",
        "SEX is not the one in the Header; correct whichever is wrong.",
        |c, f| {
            f.those(c.rows(Table::Uasc), |r| {
                let differs =
                    |header: Row<'_>| header.has(header::SEX) && header.text(header::SEX) != r.text(uasc::SEX);
                r.has(uasc::SEX) && c.header(r).is_some_and(differs)
            });
        },
    ),
    rule("INT31", Identity, Table::Ad1, "CHILD", MORE_THAN_ONCE, |c, f| more_than_once(c, f, Table::Ad1)),
    rule("INT32", Identity, Table::Header, "CHILD", MORE_THAN_ONCE, |c, f| more_than_once(c, f, Table::Header)),
    rule("INT35", Identity, Table::PrevPerm, "CHILD", MORE_THAN_ONCE, |c, f| more_than_once(c, f, Table::PrevPerm)),
    rule("INT36", Identity, Table::Uasc, "CHILD", MORE_THAN_ONCE, |c, f| more_than_once(c, f, Table::Uasc)),
];
