//! Health, offending, strengths and difficulties (OC2) of children looked after for the whole year: what the council must
//! have done for them (assessment, immunisations, teeth, strengths and difficulties), and whether it says so.

use super::Decides::Duty;
use super::case::Case;
use super::columns::oc2::*;
use super::{Found, Rule, rule};
use crate::ssda903::sheet::Row;
use crate::ssda903::tables::Table::{Episodes, Oc2};

/// What is asked of every child looked after for the year.
const ASKED: [usize; 4] = [IMMUNISATIONS, TEETH_CHECK, HEALTH_ASSESSMENT, SUBSTANCE_MISUSE];
/// What is asked of some, by age or by another answer.
const ASKED_OF_SOME: [usize; 4] = [CONVICTED, HEALTH_CHECK, INTERVENTION_RECEIVED, INTERVENTION_OFFERED];
/// Every answer that is nought or one.
pub(super) const ANSWERS: [usize; 8] = [
    CONVICTED,
    HEALTH_CHECK,
    IMMUNISATIONS,
    TEETH_CHECK,
    HEALTH_ASSESSMENT,
    SUBSTANCE_MISUSE,
    INTERVENTION_RECEIVED,
    INTERVENTION_OFFERED,
];
const REASONS: &[&str] = &["SDQ1", "SDQ2", "SDQ3", "SDQ4", "SDQ5"];
const MOST_DIFFICULTIES: u8 = 40;

pub(super) fn any(row: Row<'_>, columns: &[usize]) -> bool {
    columns.iter().any(|&column| row.has(column))
}

fn lacks_one(row: Row<'_>, columns: &[usize]) -> bool {
    columns.iter().any(|&column| !row.has(column))
}

fn scored_or_excused(row: Row<'_>) -> bool {
    any(row, &[SDQ_SCORE, SDQ_REASON])
}

fn is_score(text: &str) -> bool {
    text.parse::<u8>().is_ok_and(|score| score <= MOST_DIFFICULTIES)
}

/// Rows of children who were looked after for the whole year, or of those who were not.
fn of_those(case: &Case<'_>, found: &mut Found, whole_year: bool, wrong: impl Fn(Row<'_>) -> bool) {
    found.those(case.rows(Oc2), |row| wrong(row) && case.looked_after_all_year(row) == whole_year);
}

/// 191: looked after all year, and an answer is blank, or there is no row at all.
fn unanswered(case: &Case<'_>, found: &mut Found) {
    of_those(case, found, true, |row| lacks_one(row, &ASKED));
    for child in case.children() {
        let Some(first) = case.begun(child).next() else { continue };
        if case.of(Oc2, child).next().is_none() && case.looked_after_all_year(first) {
            found.flag(first);
        }
    }
}

/// Whether the child of a row had a birthday by the first day, or the last, of the year.
fn turned(row: Row<'_>, age: i16, by: kernel::Night) -> bool {
    row.date(DOB).is_some_and(|dob| dob.birthday(age) <= by)
}

/// Whether the child of a row is still younger than an age at the end of the year.
fn younger(case: &Case<'_>, row: Row<'_>, age: i16) -> bool {
    row.date(DOB).is_some_and(|dob| dob.birthday(age) > case.end)
}

const ONLY_ALL_YEAR: &str = "The child was not looked after for the whole year, so nothing is asked here; clear it.";

pub(super) const RULES: &[Rule] = &[
    rule("180", Duty, Oc2, "SDQ_SCORE", "SDQ_SCORE is no whole number from 0 to 40; correct it.", |c, f| {
        f.those(c.rows(Oc2), |r| r.has(SDQ_SCORE) && !is_score(r.text(SDQ_SCORE)));
    }),
    rule("196", Duty, Oc2, "SDQ_REASON", "SDQ_REASON is none of SDQ1 to SDQ5; correct it.", |c, f| {
        f.those(c.rows(Oc2), |r| r.has(SDQ_REASON) && !r.is(SDQ_REASON, REASONS));
    }),
    rule(
        "197a",
        Duty,
        Oc2,
        "SDQ_REASON",
        "There is a score, so no reason for having none is wanted; clear one.",
        |c, f| {
            f.those(c.rows(Oc2), |r| r.has(SDQ_SCORE) && r.has(SDQ_REASON));
        },
    ),
    rule(
        "186",
        Duty,
        Oc2,
        "SDQ_SCORE",
        "The child was 4 to 16 and looked after all year; write the score, or why there is none.",
        |c, f| {
            of_those(c, f, true, |r| !scored_or_excused(r) && turned(r, 4, c.start) && younger(c, r, 17));
        },
    )
    .with(&[Episodes]),
    rule(
        "197B",
        Duty,
        Oc2,
        "SDQ_REASON",
        "The child turned 4 or 17 in the year; write the score, or why there is none.",
        |c, f| {
            of_those(c, f, true, |r| {
                let in_year = |age| turned(r, age, c.end) && !turned(r, age, c.start.eve());
                !scored_or_excused(r) && (in_year(4) || in_year(17))
            });
        },
    )
    .with(&[Episodes]),
    rule(
        "157",
        Duty,
        Oc2,
        "SDQ_REASON",
        "SDQ1 is for a child under 4 or over 16, and this child was neither; ask for the score.",
        |c, f| {
            of_those(c, f, true, |r| {
                let too_old = r.date(DOB).is_none_or(|dob| dob.birthday(16) < c.end);
                r.is(SDQ_REASON, &["SDQ1"]) && !r.has(SDQ_SCORE) && turned(r, 4, c.start) && !too_old
            });
        },
    )
    .with(&[Episodes]),
    rule(
        "188",
        Duty,
        Oc2,
        "SDQ_SCORE",
        "The child was under 4, so no score is asked; clear it, or correct DOB.",
        |c, f| {
            f.those(c.rows(Oc2), |r| scored_or_excused(r) && younger(c, r, 4));
        },
    ),
    rule(
        "189",
        Duty,
        Oc2,
        "SDQ_SCORE",
        "The child was 17 before the year began, so no score is asked; clear it, or correct DOB.",
        |c, f| {
            f.those(c.rows(Oc2), |r| scored_or_excused(r) && turned(r, 17, c.start.eve()));
        },
    ),
    rule("185", Duty, Oc2, "SDQ_SCORE", ONLY_ALL_YEAR, |c, f| of_those(c, f, false, |r| r.has(SDQ_SCORE)))
        .with(&[Episodes]),
    rule("198", Duty, Oc2, "SDQ_REASON", ONLY_ALL_YEAR, |c, f| of_those(c, f, false, |r| r.has(SDQ_REASON)))
        .with(&[Episodes]),
    rule("190", Duty, Oc2, "HEALTH_ASSESSMENT", ONLY_ALL_YEAR, |c, f| of_those(c, f, false, |r| any(r, &ANSWERS)))
        .with(&[Episodes]),
    rule("181", Duty, Oc2, "HEALTH_ASSESSMENT", "An answer is neither 0 nor 1; correct it.", |c, f| {
        f.those(c.rows(Oc2), |r| ANSWERS.iter().any(|&column| !r.is(column, &["", "0", "1"])));
    }),
    rule(
        "182",
        Duty,
        Oc2,
        "HEALTH_ASSESSMENT",
        "Some answers on health are filled and some blank; fill or clear all.",
        |c, f| {
            f.those(c.rows(Oc2), |r| lacks_one(r, &ASKED) && any(r, &ASKED_OF_SOME));
        },
    ),
    rule(
        "191",
        Duty,
        Oc2,
        "HEALTH_ASSESSMENT",
        "The child was looked after all year, and an answer on health is blank or the row is not there; write it.",
        unanswered,
    )
    .with(&[Episodes])
    .also(&[Episodes]),
    rule(
        "158",
        Duty,
        Oc2,
        "INTERVENTION_OFFERED",
        "An intervention was received, so whether it was offered is not asked; clear it.",
        |c, f| {
            f.those(c.rows(Oc2), |r| r.is(INTERVENTION_RECEIVED, &["1"]) && r.has(INTERVENTION_OFFERED));
        },
    ),
    rule(
        "159",
        Duty,
        Oc2,
        "INTERVENTION_OFFERED",
        "No intervention was received for substance misuse; write whether one was offered.",
        |c, f| {
            f.those(c.rows(Oc2), |r| {
                r.is(SUBSTANCE_MISUSE, &["1"]) && r.is(INTERVENTION_RECEIVED, &["0"]) && !r.has(INTERVENTION_OFFERED)
            });
        },
    ),
    rule(
        "192",
        Duty,
        Oc2,
        "INTERVENTION_RECEIVED",
        "The child misuses a substance; write whether an intervention was received.",
        |c, f| {
            f.those(c.rows(Oc2), |r| r.is(SUBSTANCE_MISUSE, &["1"]) && !r.has(INTERVENTION_RECEIVED));
        },
    ),
    rule(
        "193",
        Duty,
        Oc2,
        "SUBSTANCE_MISUSE",
        "An intervention is told of, and no substance misuse; correct one.",
        |c, f| {
            f.those(c.rows(Oc2), |r| {
                r.is(SUBSTANCE_MISUSE, &["", "0"]) && any(r, &[INTERVENTION_RECEIVED, INTERVENTION_OFFERED])
            });
        },
    ),
    rule(
        "542",
        Duty,
        Oc2,
        "CONVICTED",
        "The child was under 10, so no conviction is asked; clear it, or correct DOB.",
        |c, f| {
            f.those(c.rows(Oc2), |r| r.has(CONVICTED) && younger(c, r, 10));
        },
    ),
    rule(
        "543",
        Duty,
        Oc2,
        "CONVICTED",
        "The child was 10 or over and looked after all year; write whether convicted.",
        |c, f| {
            of_those(c, f, true, |r| !r.has(CONVICTED) && turned(r, 10, c.end.eve()));
        },
    )
    .with(&[Episodes]),
    rule(
        "544",
        Duty,
        Oc2,
        "HEALTH_ASSESSMENT",
        "A conviction is told of, and an answer on health is blank; write it.",
        |c, f| {
            f.those(c.rows(Oc2), |r| r.is(CONVICTED, &["1"]) && lacks_one(r, &ASKED));
        },
    ),
    rule(
        "545",
        Duty,
        Oc2,
        "HEALTH_CHECK",
        "The child was under 5 and looked after all year; write whether health checks were up to date.",
        |c, f| {
            of_those(c, f, true, |r| !r.has(HEALTH_CHECK) && younger(c, r, 5));
        },
    )
    .with(&[Episodes]),
    rule(
        "546",
        Duty,
        Oc2,
        "HEALTH_CHECK",
        "The child was 5 or over, so early health checks are not asked; clear it, or correct DOB.",
        |c, f| {
            of_those(c, f, true, |r| r.has(HEALTH_CHECK) && turned(r, 5, c.end));
        },
    )
    .with(&[Episodes]),
    rule(
        "547",
        Duty,
        Oc2,
        "HEALTH_ASSESSMENT",
        "Health checks are told of, and an answer on health is blank; write it.",
        |c, f| {
            f.those(c.rows(Oc2), |r| r.is(HEALTH_CHECK, &["1"]) && lacks_one(r, &ASKED));
        },
    ),
];

#[cfg(test)]
#[test]
fn a_score_is_a_whole_number_to_forty() {
    assert!(["0", "7", "40"].into_iter().all(is_score));
    assert!(["", "41", "-1", "7.5", "HIGH"].into_iter().all(|text| !is_score(text)));
}
