//! Who the child is: the Header, unaccompanied asylum-seeking children, and whether the tables speak of one child.

use std::collections::HashMap;

use kernel::{CodeSet, Night};

use super::Decides::Identity;
use super::case::Case;
use super::columns::episodes::{DECOM, REC};
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

/// A number that says that there is none: UN1 to UN5.
fn is_no_number(upn: &str) -> bool {
    matches!(upn, "" | "UN1" | "UN2" | "UN3" | "UN4" | "UN5")
}

/// 199: an episode after an adoption. Whoever is adopted is another child in law, with another number.
fn after_adoption(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let Some(any) = case.begun(child).next() else { continue };
        let adopted = |row: &Row<'_>| row.is(REC, &["E11", "E12"]);
        let all = case.begun(child).chain(case.last_year(Table::Episodes, any));
        let Some(first) = all.filter(adopted).filter_map(|row| row.date(DECOM)).min() else { continue };
        found.those(case.begun(child), |row| row.date(DECOM) > Some(first));
    }
}

/// 444: two children with one pupil number.
fn one_number_twice(case: &Case<'_>, found: &mut Found) {
    let mut times: HashMap<&str, u32> = HashMap::new();
    for row in case.rows(Table::Header).filter(|row| !is_no_number(row.text(header::UPN))) {
        *times.entry(row.text(header::UPN)).or_default() += 1;
    }
    found.those(case.rows(Table::Header), |row| times.get(row.text(header::UPN)).is_some_and(|&times| times > 1));
}

/// 210: UN4 is for a child who had been in care for less than a week at the end of the year.
fn more_than_a_week(case: &Case<'_>, found: &mut Found) {
    let week_before = case.end.plus(-7);
    for row in case.rows(Table::Header).filter(|row| row.is(header::UPN, &["UN4"])) {
        let Some(child) = row.child() else { continue };
        let mut care = case.care(child).into_iter();
        if care.any(|care| care.from < week_before && care.to.is_none_or(|to| to > case.end)) {
            found.flag(row);
        }
    }
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
        "209",
        Identity,
        Table::Header,
        "UPN",
        "The child is of school age, so UN1 (not yet at school) is wrong; write the number.",
        |c, f| {
            let at_school = Night::try_new(c.year().ends() - 2, 8, 31);
            f.those(c.rows(Table::Header), |r| {
                r.is(header::UPN, &["UN1"]) && r.date(header::DOB).is_some_and(|dob| Some(dob.birthday(4)) <= at_school)
            });
        },
    ),
    rule(
        "210",
        Identity,
        Table::Header,
        "UPN",
        "The child had been in care for more than a week, so UN4 (not yet known) is wrong; write the number.",
        more_than_a_week,
    )
    .with(&[Table::Episodes]),
    rule(
        "444",
        Identity,
        Table::Header,
        "UPN",
        "Another child has this pupil number too; correct whichever is wrong, or make one child of two.",
        one_number_twice,
    )
    .since(2026),
    rule("232", Identity, Table::Header, "SEX", "SEX is U, not known; write it, or check that this is so.", |c, f| {
        f.those(c.rows(Table::Header), |r| r.is(header::SEX, &["U"]));
    })
    .since(2025),
    rule(
        "231",
        Identity,
        Table::Header,
        "DOB",
        "An unaccompanied child under 11 is rare; check DOB, or who the child is.",
        |c, f| {
            f.those(c.rows(Table::Header), |r| {
                r.date(header::DOB).is_some_and(|dob| dob.birthday(11) > c.end)
                    && c.beside(Table::Uasc, r).next().is_some()
            });
        },
    )
    .since(2025)
    .with(&[Table::Uasc]),
    rule(
        "EPI",
        Identity,
        Table::Header,
        "CHILD",
        "The child has no episode, and is no care leaver either; add what is missing, or take the child out.",
        |c, f| {
            f.those(c.rows(Table::Header), |r| {
                r.child().is_some()
                    && c.beside(Table::Episodes, r).next().is_none()
                    && c.beside(Table::Oc3, r).next().is_none()
            });
        },
    )
    .with(&[Table::Episodes]),
    rule(
        "199",
        Identity,
        Table::Episodes,
        "DECOM",
        "The child was adopted before this episode; an adopted child is another child in law, with another number.",
        after_adoption,
    ),
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
    rule("INT05", Identity, Table::Oc2, "CHILD", NOT_IN_HEADER, |c, f| not_in_header(c, f, Table::Oc2)),
    rule("INT06", Identity, Table::Oc3, "CHILD", NOT_IN_HEADER, |c, f| not_in_header(c, f, Table::Oc3)),
    rule("INT07", Identity, Table::PrevPerm, "CHILD", NOT_IN_HEADER, |c, f| not_in_header(c, f, Table::PrevPerm)),
    rule("INT08", Identity, Table::Reviews, "CHILD", NOT_IN_HEADER, |c, f| not_in_header(c, f, Table::Reviews)),
    rule("INT09", Identity, Table::Uasc, "CHILD", NOT_IN_HEADER, |c, f| not_in_header(c, f, Table::Uasc)),
    rule("INT11", Identity, Table::Ad1, "DOB", OTHER_BIRTH, |c, f| other_birth(c, f, Table::Ad1)),
    rule("INT12", Identity, Table::PlacedAdoption, "DOB", OTHER_BIRTH, |c, f| other_birth(c, f, Table::PlacedAdoption)),
    rule("INT13", Identity, Table::Missing, "DOB", OTHER_BIRTH, |c, f| other_birth(c, f, Table::Missing)),
    rule("INT14", Identity, Table::Oc2, "DOB", OTHER_BIRTH, |c, f| other_birth(c, f, Table::Oc2)),
    rule("INT15", Identity, Table::Oc3, "DOB", OTHER_BIRTH, |c, f| other_birth(c, f, Table::Oc3)),
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
    rule("INT33", Identity, Table::Oc2, "CHILD", MORE_THAN_ONCE, |c, f| more_than_once(c, f, Table::Oc2)),
    rule("INT34", Identity, Table::Oc3, "CHILD", MORE_THAN_ONCE, |c, f| more_than_once(c, f, Table::Oc3)),
    rule("INT35", Identity, Table::PrevPerm, "CHILD", MORE_THAN_ONCE, |c, f| more_than_once(c, f, Table::PrevPerm)),
    rule("INT36", Identity, Table::Uasc, "CHILD", MORE_THAN_ONCE, |c, f| more_than_once(c, f, Table::Uasc)),
];
