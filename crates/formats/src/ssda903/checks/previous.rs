//! This year's return held against last year's: one child goes on as the same child, in the same bed.

use kernel::Night;

use super::Decides::{Duty, Identity, Money};
use super::case::Case;
use super::columns::episodes::*;
use super::columns::{dolo, header, missing, placed, uasc};
use super::{Found, Rule, rule};
use crate::ssda903::sheet::Row;
use crate::ssda903::tables::Table::{self, DoLo, Episodes, Header, Missing, PlacedAdoption, Uasc};

/// Header rows of a child whom last year's Header had too, of which something is so with any of its rows.
fn header_differs(case: &Case<'_>, found: &mut Found, wrong: impl Fn(Row<'_>, Row<'_>) -> bool) {
    found.those(case.rows(Header), |row| case.last_year(Header, row).any(|last| wrong(row, last)));
}

/// 208: another number, unless one that was not known has become known, or is not known for a better reason.
fn other_pupil_number(now: &str, last: &str) -> bool {
    const UNKNOWN: [&str; 5] = ["UN1", "UN2", "UN3", "UN4", "UN5"];
    let better_reason = matches!(last, "" | "UN1") && UNKNOWN[1..].contains(&now);
    let became_known = (last.is_empty() || UNKNOWN.contains(&last)) && !now.is_empty() && !UNKNOWN.contains(&now);
    now != last && !better_reason && !became_known
}

/// The first episode of a child, with the last of the year before if that one was open.
pub(super) fn goes_on(case: &Case<'_>, found: &mut Found, wrong: impl Fn(Row<'_>, Row<'_>) -> bool) {
    for child in case.children() {
        let Some(first) = case.begun(child).next() else { continue };
        let begun = case.last_year(Episodes, first).filter(|row| row.date(DECOM).is_some());
        // Of equals the first.
        let last = begun.rev().max_by_key(|row| row.date(DECOM));
        if last.is_some_and(|last| last.date(DEC).is_none() && wrong(first, last)) {
            found.flag(first);
        }
    }
}

fn field_differs(case: &Case<'_>, found: &mut Found, column: usize) {
    goes_on(case, found, |first, last| first.text(column) != last.text(column));
}

/// 503D: other than where a code was replaced.
fn place_differs(case: &Case<'_>, found: &mut Found) {
    let ends = case.year().ends();
    goes_on(case, found, |first, last| {
        let replaced = match (last.text(PLACE), first.text(PLACE)) {
            ("H5", "K3") => matches!(ends, 2024 | 2025),
            ("Z1", "Z11" | "Z12" | "Z13" | "Z14") => ends == 2026,
            (before, now) => before == now,
        };
        !replaced
    });
}

/// 205B: unaccompanied in both years, with dates that do not bear it out.
fn status_ceases(case: &Case<'_>, found: &mut Found) {
    for row in case.rows(Uasc) {
        let Some(header) = case.header(row) else { continue };
        for last in case.last_year(Uasc, row) {
            if case.last_year(Header, row).next().is_none() {
                continue;
            }
            let (now, before) = (row.date(uasc::DUC), last.date(uasc::DUC));
            let in_year = now.is_some_and(|duc| case.start <= duc && duc <= case.end);
            let same = now.is_some() && now == before;
            let at_18 = before.is_some() && before == last.date(uasc::DOB).map(|dob| dob.birthday(18));
            if (!in_year && !same) || !at_18 {
                found.flag(row);
                found.flag(header);
            }
        }
    }
}

/// Last year's decisions and this year's of one child.
fn decisions(case: &Case<'_>, found: &mut Found, wrong: impl Fn(Row<'_>, Row<'_>) -> bool) {
    found.those(case.rows(PlacedAdoption), |row| case.last_year(PlacedAdoption, row).any(|last| wrong(row, last)));
}

/// 706: orders open last year that do not go on. The row to mend is not there, so the child's Header is flagged.
fn order_goes_on(case: &Case<'_>, found: &mut Found) {
    for last in case.last_rows(DoLo).filter(|row| !row.has(dolo::DOLO_END)) {
        let start = last.text(dolo::DOLO_START);
        if !case.this_year(DoLo, last).any(|row| row.text(dolo::DOLO_START) == start) {
            case.this_year(Header, last).take(1).for_each(|header| found.flag(header));
        }
    }
}

fn earlier(row: Row<'_>, than: Night) -> bool {
    row.date(DECOM).is_some_and(|decom| decom < than)
}

const OTHER: &str =
    "The first episode goes on from last year's, and this column differs; correct the year that is wrong.";
const EPISODES: &[Table] = &[Episodes];
const HEADER: &[Table] = &[Header];
const DECISIONS: &[Table] = &[PlacedAdoption];

pub(super) const RULES: &[Rule] = &[
    rule(
        "202",
        Identity,
        Header,
        "SEX",
        "SEX is not last year's; correct it, or check that this is the same child.",
        |c, f| {
            header_differs(c, f, |now, last| now.text(header::SEX) != last.text(header::SEX));
        },
    )
    .after(HEADER),
    rule(
        "203",
        Identity,
        Header,
        "DOB",
        "DOB is not last year's; correct it, or check that this is the same child.",
        |c, f| {
            header_differs(c, f, |now, last| now.date(header::DOB) != last.date(header::DOB));
        },
    )
    .after(HEADER),
    rule("204", Identity, Header, "ETHNIC", "ETHNIC is not last year's; check that this is the same child.", |c, f| {
        header_differs(c, f, |now, last| now.text(header::ETHNIC) != last.text(header::ETHNIC));
    })
    .after(HEADER),
    rule(
        "208",
        Identity,
        Header,
        "UPN",
        "UPN is not last year's; correct it, or check that this is the same child.",
        |c, f| {
            header_differs(c, f, |now, last| other_pupil_number(now.text(header::UPN), last.text(header::UPN)));
        },
    )
    .after(HEADER),
    rule(
        "205B",
        Identity,
        Uasc,
        "DUC",
        "DUC of this year and last do not agree with each other or the 18th birthday.",
        status_ceases,
    )
    .with(HEADER)
    .after(&[Header, Uasc]),
    rule(
        "205D",
        Identity,
        Header,
        "CHILD",
        "The child is unaccompanied this year and was not last year; check both.",
        |c, f| {
            header_differs(c, f, |now, last| {
                c.beside(Uasc, now).next().is_some() && c.last_year(Uasc, last).next().is_none()
            });
        },
    )
    .with(&[Uasc])
    .after(&[Header, Uasc]),
    rule(
        "502",
        Money,
        Episodes,
        "DECOM",
        "Last year ended with an open episode, and this year's first begins elsewhen.",
        |c, f| {
            for child in c.children() {
                let Some(first) = c.begun(child).next() else { continue };
                let open = |last: Row<'_>| !last.has(DEC) && last.date(DECOM) != first.date(DECOM);
                if c.last_year(Episodes, first).any(open) {
                    f.flag(first);
                }
            }
        },
    )
    .after(EPISODES),
    rule("503A", Money, Episodes, "RNE", OTHER, |c, f| field_differs(c, f, RNE)).after(EPISODES),
    rule("503B", Money, Episodes, "LS", OTHER, |c, f| field_differs(c, f, LS)).after(EPISODES),
    rule("503C", Money, Episodes, "CIN", OTHER, |c, f| field_differs(c, f, CIN)).after(EPISODES),
    rule("503D", Money, Episodes, "PLACE", OTHER, place_differs).after(EPISODES),
    rule("503E", Money, Episodes, "PLACE_PROVIDER", OTHER, |c, f| field_differs(c, f, PLACE_PROVIDER)).after(EPISODES),
    rule("503F", Money, Episodes, "URN", OTHER, |c, f| field_differs(c, f, URN)).after(EPISODES),
    rule(
        "562",
        Money,
        Episodes,
        "DECOM",
        "The episode began before the year, and last year's return does not end with it.",
        |c, f| {
            for child in c.children() {
                let Some(first) = c.begun(child).next().filter(|&first| earlier(first, c.start)) else { continue };
                let latest = c.last_year(Episodes, first).filter_map(|row| row.date(DECOM)).max();
                if latest != first.date(DECOM) {
                    f.flag(first);
                }
            }
        },
    )
    .after(EPISODES),
    rule(
        "NoE",
        Money,
        Episodes,
        "DECOM",
        "The episode began before the year, and last year's return has none of the child.",
        |c, f| {
            f.those(c.rows(Episodes), |r| earlier(r, c.start) && c.last_year(Episodes, r).next().is_none());
        },
    )
    .after(EPISODES),
    rule(
        "559",
        Duty,
        PlacedAdoption,
        "DATE_PLACED",
        "The decision was before the year, and last year's return has none.",
        |c, f| {
            f.those(c.rows(PlacedAdoption), |r| {
                let mut last = c.last_year(PlacedAdoption, r).peekable();
                let none = last.peek().is_none() || last.any(|last| last.date(placed::DATE_PLACED).is_none());
                r.date(placed::DATE_PLACED).is_some_and(|placed| placed < c.start) && none
            });
        },
    )
    .after(DECISIONS),
    rule(
        "560",
        Duty,
        PlacedAdoption,
        "DATE_PLACED",
        "The decision stood last year with another date; correct the year that is wrong.",
        |c, f| {
            decisions(c, f, |now, last| {
                last.has(placed::DATE_PLACED)
                    && !last.has(placed::DATE_PLACED_CEASED)
                    && now.text(placed::DATE_PLACED) != last.text(placed::DATE_PLACED)
            });
        },
    )
    .after(DECISIONS),
    rule(
        "561",
        Duty,
        PlacedAdoption,
        "DATE_PLACED",
        "The decision was reversed last year; write the date of the new one.",
        |c, f| {
            decisions(c, f, |now, last| {
                let same =
                    now.has(placed::DATE_PLACED) && now.text(placed::DATE_PLACED) == last.text(placed::DATE_PLACED);
                same && (last.has(placed::REASON_PLACED_CEASED) || last.has(placed::DATE_PLACED_CEASED))
            });
        },
    )
    .after(DECISIONS),
    rule(
        "576",
        Duty,
        Missing,
        "MIS_START",
        "The child was missing when last year ended, and this year does not begin so.",
        |c, f| {
            for child in c.children() {
                let mut rows = c.of(Missing, child);
                let Some(any) = rows.next() else { continue };
                let dated = c.of(Missing, child).filter(|row| row.date(missing::MIS_START).is_some());
                let first = dated.min_by_key(|row| row.date(missing::MIS_START)).unwrap_or(any);
                let open = |last: Row<'_>| {
                    let start = last.date(missing::MIS_START);
                    !last.has(missing::MIS_END) && start.is_some() && start != first.date(missing::MIS_START)
                };
                if c.last_year(Missing, first).any(open) {
                    f.flag(first);
                }
            }
        },
    )
    .after(&[Missing]),
    rule(
        "706",
        Duty,
        Header,
        "CHILD",
        "An order was open last year, and no row of DoLo goes on from it; add it.",
        order_goes_on,
    )
    .since(2027)
    .with(&[DoLo])
    .after(&[DoLo]),
];
