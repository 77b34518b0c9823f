//! Who the child's social worker was, and from when: from the return of 2023-24 on.

use kernel::Night;

use super::Decides::Duty;
use super::case::Case;
use super::columns::episodes::{DEC, LS};
use super::columns::workers::*;
use super::{Found, Rule, rule};
use crate::ssda903::sheet::Row;
use crate::ssda903::tables::Table::{Episodes, SwEpisodes};

const REASONS: &[&str] =
    &["MANAGE", "FCONTA", "LEFTRL", "ORGRST", "TSPROC", "ABSENC", "CHCHAN", "PCCHAN", "SWDIED", "OTHERS"];

const NOT_NEXT: &str =
    "The social worker does not begin within seven days of the end of the one before; correct the dates.";

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

/// A child's social workers in order, those without a date last.
fn in_order<'s>(case: &Case<'s>, child: u32) -> Vec<Row<'s>> {
    let mut rows: Vec<Row<'_>> = case.of(SwEpisodes, child).collect();
    let last = |night: Option<Night>| (night.is_none(), night);
    rows.sort_by_key(|row| (last(row.date(SW_DECOM)), last(row.date(SW_DEC))));
    rows
}

/// Each social worker of a child after the first, with the one before.
fn successors<'s>(case: &Case<'s>, found: &mut Found, wrong: impl Fn(Row<'s>, Row<'s>) -> bool) {
    for child in case.children() {
        for pair in in_order(case, child).windows(2) {
            if wrong(pair[0], pair[1]) {
                found.flag(pair[1]);
            }
        }
    }
}

/// Whether one begins within a week of the end of the one before.
fn follows(before: Row<'_>, row: Row<'_>) -> bool {
    let between = row.date(SW_DECOM).zip(before.date(SW_DEC)).map(|(from, to)| (from.days() - to.days()).abs());
    between.is_some_and(|days| days <= 7)
}

fn is_first_contact(row: Row<'_>) -> bool {
    row.is(SW_REASON, &["FCONTA"])
}

/// SW01STG1: in care at the end of the year, and the social workers are not told whole.
fn has_no_worker(case: &Case<'_>, row: Row<'_>) -> bool {
    let mut workers = case.beside(SwEpisodes, row).peekable();
    let whole = |worker: Row<'_>| [SW_ID, SW_DECOM, SW_REASON].iter().all(|&column| worker.has(column));
    !row.has(DEC) && !row.is(LS, &["V3", "V4"]) && (workers.peek().is_none() || !workers.all(whole))
}

/// SW14STG2: one that has not ended and is not the last.
fn earlier_goes_on(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let mut rows: Vec<Row<'_>> = case.of(SwEpisodes, child).collect();
        rows.sort_by_key(|row| (row.date(SW_DECOM).is_none(), row.date(SW_DECOM)));
        rows.pop();
        found.those(rows.into_iter(), |row| row.date(SW_DEC).is_none());
    }
}

/// SW17STG2: nobody is the social worker at the end of the year.
fn nobody_now(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let rows = case.of(SwEpisodes, child);
        found.those(rows.rev().max_by_key(|row| row.date(SW_DECOM)).into_iter(), |row| row.has(SW_DEC));
    }
}

/// SW19STG2: a second one from the same day on.
fn two_from_one_day(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let rows: Vec<Row<'_>> = case.of(SwEpisodes, child).collect();
        for (place, row) in rows.iter().enumerate() {
            if rows[..place].iter().any(|other| other.text(SW_DECOM) == row.text(SW_DECOM)) {
                found.flag(*row);
            }
        }
    }
}

pub(super) const RULES: &[Rule] = &[
    rule(
        "SW01STG1",
        Duty,
        Episodes,
        "DEC",
        "The child is in care at the end of the year; SWEpisodes must say whole who the social worker is.",
        |c, f| {
            f.those(c.rows(Episodes), |r| has_no_worker(c, r));
        },
    )
    .since(2024)
    .until(2024)
    .with(&[SwEpisodes]),
    rule("SW03STG1", Duty, SwEpisodes, "SW_ID", "SW_ID, SW_DECOM or SW_REASON is blank; write it.", |c, f| {
        f.those(c.rows(SwEpisodes), |r| [SW_ID, SW_DECOM, SW_REASON].iter().any(|&column| !r.has(column)));
    })
    .since(2024)
    .until(2024),
    rule(
        "SW01aSTG1",
        Duty,
        SwEpisodes,
        "SW_ID",
        "SW_DECOM is blank or no date, or SW_ID is blank before 1 April 2023; write it.",
        |c, f| {
            f.those(c.rows(SwEpisodes), |r| {
                r.date(SW_DECOM).is_none_or(|from| Some(from) < first_asked() && !r.has(SW_ID))
            });
        },
    )
    .since(2025)
    .until(2025),
    rule(
        "SW01bSTG1",
        Duty,
        SwEpisodes,
        "SW_ID",
        "SW_DECOM is blank or no date, or SW_ID or SW_REASON is blank since 1 April 2023; write it.",
        |c, f| {
            f.those(c.rows(SwEpisodes), |r| {
                let whole = r.has(SW_ID) && r.has(SW_REASON);
                r.date(SW_DECOM).is_none_or(|from| Some(from) >= first_asked() && !whole)
            });
        },
    )
    .since(2025)
    .until(2025),
    rule("SW10STG2", Duty, SwEpisodes, "SW_DECOM", NOT_NEXT, |c, f| {
        let any_reason = c.year().ends() == 2024;
        successors(c, f, |before, row| !follows(before, row) && (any_reason || !is_first_contact(row)));
    })
    .since(2024),
    rule("SW10aSTG2", Duty, SwEpisodes, "SW_DECOM", NOT_NEXT, |c, f| {
        successors(c, f, |before, row| !follows(before, row) && !is_first_contact(row));
    })
    .since(2026),
    rule(
        "SW10bSTG2",
        Duty,
        SwEpisodes,
        "SW_DECOM",
        "First contact (FCONTA), and the social worker before had not ended; correct the dates or the reason.",
        |c, f| {
            successors(c, f, |before, row| {
                let overlap = row.date(SW_DECOM).zip(before.date(SW_DEC)).is_some_and(|(from, to)| from <= to);
                is_first_contact(row) && overlap
            });
        },
    )
    .since(2026),
    rule(
        "SW14STG2",
        Duty,
        SwEpisodes,
        "SW_DEC",
        "A later social worker is told of, and this one has not ended; write SW_DEC.",
        earlier_goes_on,
    )
    .since(2024)
    .until(2024),
    rule(
        "SW17STG2",
        Duty,
        SwEpisodes,
        "SW_DEC",
        "The last social worker has ended, and nobody is the social worker on 31 March; add who is.",
        nobody_now,
    )
    .since(2026),
    rule(
        "SW18STG2",
        Duty,
        SwEpisodes,
        "SW_DEC",
        "SW_DEC is not after SW_DECOM; correct whichever is wrong.",
        |c, f| {
            f.those(c.rows(SwEpisodes), |r| r.date(SW_DECOM).zip(r.date(SW_DEC)).is_some_and(|(from, to)| to <= from));
        },
    )
    .since(2026),
    rule(
        "SW19STG2",
        Duty,
        SwEpisodes,
        "SW_DECOM",
        "Two social workers begin on one day; keep the one who did.",
        two_from_one_day,
    )
    .since(2026),
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
