//! Care leavers (OC3): who is still owed contact, and how they are, around each birthday from the 17th to the 21st.

use kernel::Night;

use super::Decides::Duty;
use super::case::Case;
use super::columns::ad1;
use super::columns::episodes::{DEC, DECOM, REC};
use super::columns::oc3::*;
use super::health::{ANSWERS, any};
use super::{Found, Rule, rule};
use crate::ssda903::sheet::Row;
use crate::ssda903::tables::Table::{Ad1, Episodes, Header, Oc2, Oc3};

const ITEMS: [usize; 3] = [IN_TOUCH, ACTIV, ACCOM];
const ADOPTION: [usize; 6] =
    [ad1::DATE_INT, ad1::DATE_MATCH, ad1::FOSTER_CARE, ad1::NB_ADOPTR, ad1::SEX_ADOPTR, ad1::LS_ADOPTR];
const CONTACT: &[&str] = &["YES", "NO", "DIED", "REFU", "NREQ", "RHOM"];
const ACTIVITY: &[&str] = &["F1", "P1", "F2", "P2", "F4", "P4", "F5", "P5", "G4", "G5", "G6", "0"];
const HOMES: &[&str] = &[
    "B1", "B2", "C1", "C2", "D1", "D2", "E1", "E2", "G1", "G2", "H1", "H2", "K1", "K2", "R1", "R2", "S2", "T1", "T2",
    "U1", "U2", "V1", "V2", "W1", "W2", "X2", "Y1", "Y2", "Z1", "Z2", "0",
];

fn told(row: Row<'_>) -> bool {
    any(row, &ITEMS)
}

/// The 17th or 18th birthday, whichever is the last within the year; none at another age.
fn birthday_in_year(case: &Case<'_>, row: Row<'_>) -> Option<Night> {
    let dob = row.date(DOB).filter(|dob| dob.birthday(19) > case.end)?;
    [dob.birthday(18), dob.birthday(17)].into_iter().find(|&day| day <= case.end)
}

/// The last episode of a child; of those that begin on one day the first.
fn last_episode<'s>(case: &Case<'s>, row: Row<'_>) -> Option<Row<'s>> {
    let begun = case.beside(Episodes, row).filter(|episode| episode.date(DECOM).is_some());
    begun.rev().max_by_key(|episode| episode.date(DECOM))
}

/// 1010: nothing this year of a child whose last episode was open when last year ended.
fn lost(case: &Case<'_>, row: Row<'_>) -> bool {
    let begun = case.last_year(Episodes, row).filter(|episode| episode.date(DECOM).is_some());
    let open = begun.max_by_key(|episode| episode.date(DECOM)).is_some_and(|last| !last.has(DEC));
    open && case.beside(Episodes, row).next().is_none()
}

/// 187: looked after all year, and told of as a care leaver or as adopted.
fn both_in_care_and_out(case: &Case<'_>, found: &mut Found) {
    found.those(case.rows(Oc3), |row| told(row) && case.looked_after_all_year(row));
    found.those(case.rows(Ad1), |row| any(row, &ADOPTION) && case.looked_after_all_year(row));
}

/// 215: told of as a care leaver and as looked after all year.
fn both_answered(case: &Case<'_>, found: &mut Found) {
    for row in case.rows(Oc3).filter(|&row| told(row)) {
        for health in case.beside(Oc2, row).filter(|&health| any(health, &ANSWERS)) {
            found.flag(row);
            found.flag(health);
        }
    }
}

const NOT_OWED: &str =
    "The child is not a care leaver by the episodes, so nothing is asked here; correct one of the two.";

pub(super) const RULES: &[Rule] = &[
    rule(
        "131",
        Duty,
        Oc3,
        "IN_TOUCH",
        "IN_TOUCH is blank or no code; write whether the council is in touch.",
        |c, f| {
            f.those(c.rows(Oc3), |r| !r.is(IN_TOUCH, CONTACT));
        },
    ),
    rule(
        "132",
        Duty,
        Oc3,
        "ACTIV",
        "ACTIV is blank or no code of what a care leaver does; write it, 0 if it is not known.",
        |c, f| {
            f.those(c.rows(Oc3), |r| !r.is(ACTIV, ACTIVITY));
        },
    ),
    rule(
        "133",
        Duty,
        Oc3,
        "ACCOM",
        "ACCOM is blank or no code of where a care leaver lives; write it, 0 if it is not known.",
        |c, f| {
            f.those(c.rows(Oc3), |r| !r.is(ACCOM, HOMES));
        },
    ),
    rule(
        "153",
        Duty,
        Oc3,
        "IN_TOUCH",
        "Some items on the care leaver are filled and some blank; fill or clear all.",
        |c, f| {
            f.those(c.rows(Oc3), |r| told(r) && ITEMS.iter().any(|&column| !r.has(column)));
        },
    ),
    rule(
        "344",
        Duty,
        Oc3,
        "IN_TOUCH",
        "A care leaver who died or went home has neither activity nor home here: both are 0.",
        |c, f| {
            f.those(c.rows(Oc3), |r| {
                r.is(IN_TOUCH, &["DIED", "RHOM"]) && !(r.is(ACTIV, &["0"]) && r.is(ACCOM, &["0"]))
            });
        },
    ),
    rule(
        "345",
        Duty,
        Oc3,
        "ACTIV",
        "The council is in touch, so it knows what the care leaver does and where; 0 says that it does not.",
        |c, f| {
            f.those(c.rows(Oc3), |r| r.is(IN_TOUCH, &["YES"]) && (r.is(ACTIV, &["0"]) || r.is(ACCOM, &["0"])));
        },
    ),
    rule(
        "347",
        Duty,
        Oc3,
        "ACCOM",
        "A care leaver under 18 cannot live in a foyer (T1, T2); correct ACCOM or DOB.",
        |c, f| {
            f.those(c.rows(Oc3), |r| {
                r.is(ACCOM, &["T1", "T2"]) && r.date(DOB).is_some_and(|dob| dob.birthday(18) > c.end)
            });
        },
    )
    .since(2024),
    rule(
        "348",
        Duty,
        Oc3,
        "IN_TOUCH",
        "Last year's return says that the care leaver died; correct whichever is wrong.",
        |c, f| {
            f.those(c.rows(Oc3), |r| {
                !r.is(IN_TOUCH, &["DIED"]) && c.last_year(Oc3, r).any(|last| last.is(IN_TOUCH, &["DIED"]))
            });
        },
    )
    .since(2026)
    .after(&[Oc3]),
    rule(
        "3001",
        Duty,
        Oc3,
        "ACCOM",
        "At 17 nobody lives on with a former foster carer as a care leaver; correct ACCOM or DOB.",
        |c, f| {
            f.those(c.rows(Oc3), |r| {
                let turned = c.birthday(r, 17).is_some_and(|day| c.start <= day && day <= c.end);
                r.is(ACCOM, &["Z1", "Z2"]) && turned
            });
        },
    )
    .with(&[Header]),
    rule(
        "391",
        Duty,
        Oc3,
        "DOB",
        "The child was not yet 17, so nothing is asked here; clear the items, or correct DOB.",
        |c, f| {
            f.those(c.rows(Oc3), |r| told(r) && r.date(DOB).is_some_and(|dob| dob.birthday(17) > c.end));
        },
    ),
    rule(
        "134",
        Duty,
        Ad1,
        "DATE_INT",
        "The child is told of as a care leaver and as adopted; take one out.",
        |c, f| {
            f.those(c.rows(Ad1), |r| any(r, &ADOPTION) && c.beside(Oc3, r).any(told));
        },
    )
    .with(&[Oc3]),
    rule(
        "187",
        Duty,
        Oc3,
        "IN_TOUCH",
        "The child was looked after all year, so is no care leaver and was not adopted; correct one.",
        both_in_care_and_out,
    )
    .with(&[Ad1, Episodes])
    .also(&[Ad1]),
    rule(
        "215",
        Duty,
        Oc3,
        "IN_TOUCH",
        "The child is told of as a care leaver and as looked after all year; take one out.",
        both_answered,
    )
    .with(&[Oc2]),
    rule(
        "1000",
        Duty,
        Oc3,
        "IN_TOUCH",
        "The child died in care by the episodes; take the row out, or correct REC.",
        |c, f| {
            let died = |row: Row<'_>| row.is(REC, &["E2"]);
            f.those(c.rows(Oc3), |r| c.beside(Episodes, r).any(died) || c.last_year(Episodes, r).any(died));
        },
    )
    .with(&[Episodes]),
    rule(
        "1007",
        Duty,
        Oc3,
        "IN_TOUCH",
        "The child was still looked after on the 17th or 18th birthday, so nothing is asked here.",
        |c, f| {
            f.those(c.rows(Oc3).filter(|&row| told(row)), |r| {
                let Some(day) = birthday_in_year(c, r) else { return false };
                c.beside(Episodes, r).any(|episode| {
                    episode.date(DECOM).is_some_and(|from| from <= day)
                        && if episode.has(DEC) { episode.date(DEC) > Some(day) } else { true }
                })
            });
        },
    )
    .with(&[Episodes]),
    rule(
        "1016",
        Duty,
        Oc3,
        "IN_TOUCH",
        "The child left care after the 17th or 18th birthday of the year, so nothing is asked here.",
        |c, f| {
            f.those(c.rows(Oc3).filter(|&row| told(row)), |r| {
                birthday_in_year(c, r)
                    .is_some_and(|day| c.beside(Episodes, r).any(|episode| episode.date(DEC) >= Some(day)))
            });
        },
    )
    .since(2024)
    .with(&[Episodes]),
    rule(
        "1010",
        Duty,
        Oc3,
        "IN_TOUCH",
        "Last year ended with the child in care, and this year's episodes do not say how care ended.",
        |c, f| {
            f.those(c.rows(Oc3), |r| lost(c, r));
        },
    )
    .with(&[Episodes])
    .after(&[Episodes]),
    rule("1011", Duty, Oc3, "IN_TOUCH", NOT_OWED, |c, f| {
        f.those(c.rows(Oc3).filter(|&row| told(row)), |r| last_episode(c, r).is_some_and(|last| last.is(REC, &["E3"])));
    })
    .with(&[Episodes]),
];
