//! Who the child's social worker was, and from when: from the return of 2023-24 on.

use kernel::Night;

use super::Decides::Duty;
use super::case::Case;
use super::columns::workers::*;
use super::{Found, Rule, rule};
use crate::ssda903::sheet::Row;
use crate::ssda903::tables::Table::SwEpisodes;

const REASONS: &[&str] =
    &["MANAGE", "FCONTA", "LEFTRL", "ORGRST", "TSPROC", "ABSENC", "CHCHAN", "PCCHAN", "SWDIED", "OTHERS"];

/// The first day whose social workers are asked for.
fn first_asked() -> Option<Night> {
    Night::try_new(2023, 4, 1)
}

/// A date, or one of which the day or month is written `ZZ`, as returns before 2025-26 could.
fn may_be_a_date(text: &str) -> bool {
    let filled = text.replace("ZZZZ", "2000").replace("ZZ", "01");
    Night::parse_british(&filled).is_some()
}

fn not_a_date(case: &Case<'_>, row: Row<'_>, column: usize) -> bool {
    let partly = case.year().ends() < 2026 && may_be_a_date(row.text(column));
    row.has(column) && row.date(column).is_none() && !partly
}

/// An episode that has not ended though a later one has begun.
fn not_ended(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let mut rows: Vec<Row<'_>> = case.of(SwEpisodes, child).filter(|row| row.date(SW_DECOM).is_some()).collect();
        rows.sort_by_key(|row| row.date(SW_DECOM));
        rows.pop();
        found.those(rows.into_iter(), |row| row.date(SW_DEC).is_none());
    }
}

pub(super) const RULES: &[Rule] = &[
    rule(
        "SW02STG1",
        Duty,
        SwEpisodes,
        "SW_ID",
        "SW_ID does not begin with SW or XX; write the registration number.",
        |c, f| {
            f.those(c.rows(SwEpisodes), |r| {
                let id = r.text(SW_ID);
                let short = c.year().ends() >= 2026 && r.has(SW_ID) && id.len() < 4;
                !(id.starts_with("SW") || id.starts_with("XX")) || short
            });
        },
    )
    .since(2024),
    rule("SW04STG1", Duty, SwEpisodes, "SW_DECOM", "SW_DECOM is no date; write day/month/year.", |c, f| {
        f.those(c.rows(SwEpisodes), |r| not_a_date(c, r, SW_DECOM));
    })
    .since(2024),
    rule(
        "SW05STG1",
        Duty,
        SwEpisodes,
        "SW_DEC",
        "SW_DEC is no date; write day/month/year, or leave it blank.",
        |c, f| {
            f.those(c.rows(SwEpisodes), |r| not_a_date(c, r, SW_DEC));
        },
    )
    .since(2024),
    rule(
        "SW06STG2",
        Duty,
        SwEpisodes,
        "SW_DECOM",
        "SW_DECOM is after the year ends; correct it, or leave it out.",
        |c, f| {
            f.those(c.rows(SwEpisodes), |r| r.date(SW_DECOM).is_some_and(|from| from > c.end));
        },
    )
    .since(2024),
    rule(
        "SW07STG2",
        Duty,
        SwEpisodes,
        "SW_DEC",
        "SW_DEC is before the time asked for, or after the year ends.",
        |c, f| {
            // From 2024-25 on two years are asked for.
            let years_before = if c.year().ends() >= 2025 { 1 } else { 0 };
            let from =
                kernel::ReturnYear::try_new(c.year().ends() - years_before).map_or(c.start, |y| y.nights().start());
            f.those(c.rows(SwEpisodes), |r| r.date(SW_DEC).is_some_and(|to| to < from || to > c.end));
        },
    )
    .since(2024),
    rule(
        "SW08STG2",
        Duty,
        SwEpisodes,
        "SW_DEC",
        "A later social worker has begun and this one has not ended.",
        not_ended,
    )
    .since(2024),
    rule(
        "SW09STG2",
        Duty,
        SwEpisodes,
        "SW_DEC",
        "SW_DEC is SW_DECOM, so nobody was the social worker a day.",
        |c, f| {
            f.those(c.rows(SwEpisodes), |r| r.date(SW_DEC).is_some() && r.date(SW_DEC) == r.date(SW_DECOM));
        },
    )
    .since(2024)
    .until(2025),
    rule(
        "SW09STG2",
        Duty,
        SwEpisodes,
        "SW_DEC",
        "The social worker stayed less than three days; check the dates.",
        |c, f| {
            f.those(c.rows(SwEpisodes), |r| {
                r.date(SW_DECOM).zip(r.date(SW_DEC)).is_some_and(|(from, to)| to.days() - from.days() < 3)
            });
        },
    )
    .since(2026),
    rule(
        "SW13STG1",
        Duty,
        SwEpisodes,
        "SW_REASON",
        "SW_REASON is blank or no code; write why the worker changed.",
        |c, f| {
            f.those(c.rows(SwEpisodes), |r| !r.is(SW_REASON, REASONS));
        },
    )
    .since(2024)
    .until(2024),
    rule(
        "SW13STG1",
        Duty,
        SwEpisodes,
        "SW_REASON",
        "SW_REASON is no code, or blank since 1 April 2023; correct it.",
        |c, f| {
            f.those(c.rows(SwEpisodes), |r| {
                if r.has(SW_REASON) { !r.is(SW_REASON, REASONS) } else { r.date(SW_DECOM) >= first_asked() }
            });
        },
    )
    .since(2025),
];

#[cfg(test)]
#[test]
fn part_of_a_date_may_be_unknown() {
    assert!(may_be_a_date("ZZ/05/2024") && may_be_a_date("ZZ/ZZ/2024") && may_be_a_date("01/05/2024"));
    assert!(!may_be_a_date("31/13/2024") && !may_be_a_date("MAY 2024"));
}
