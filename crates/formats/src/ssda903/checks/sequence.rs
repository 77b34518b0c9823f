//! Episodes of one child in a row: no gap, no overlap, and each reason true of what changed.

use kernel::{CodeSet, Night};

use super::Decides::Money;
use super::case::Case;
use super::codes::TEMPORARY;
use super::columns::episodes::*;
use super::{Found, Rule, rule};
use crate::ssda903::sheet::Row;
use crate::ssda903::tables::Table::{Episodes, Header};

/// Flags the later of two neighbours of which something is so.
fn later(case: &Case<'_>, found: &mut Found, wrong: impl Fn(Row<'_>, Row<'_>) -> bool) {
    case.pairs(|before, row| {
        if wrong(before, row) {
            found.flag(row);
        }
    });
}

/// Whether an episode is in the same place as the one before it, with the same provider.
fn same_place(before: Row<'_>, row: Row<'_>) -> bool {
    [PLACE, PL_POST, URN, PLACE_PROVIDER].into_iter().all(|column| before.text(column) == row.text(column))
}

fn same_status(before: Row<'_>, row: Row<'_>) -> bool {
    before.text(LS) == row.text(LS)
}

/// Whether care ended with this episode: REC is filled, and does not say that another follows.
fn left_care(row: Row<'_>) -> bool {
    row.has(REC) && !row.is(REC, &["X1"])
}

/// An episode that says that another follows has one on its DEC, and one that says otherwise has none.
fn continuation(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let mut rows = case.of(Episodes, child).peekable();
        while let Some(row) = rows.next() {
            if row.date(DEC).is_none() || !row.has(REC) {
                continue;
            }
            let goes_on = row.is(REC, &["X1"]);
            let wrong = match rows.peek().map(|next| next.date(DECOM)) {
                None => goes_on,
                Some(None) => false,
                Some(next) => goes_on != (next == row.date(DEC)),
            };
            if wrong {
                found.flag(row);
            }
        }
    }
}

/// An episode that goes on begins when the one before it ended; of two that begin on one day, the shorter is before.
fn goes_on_from_before(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let mut rows: Vec<Row<'_>> = case.of(Episodes, child).collect();
        let late = |night: Option<Night>| (night.is_none(), night);
        rows.sort_by_key(|row| (late(row.date(DECOM)), late(row.date(DEC))));
        for pair in rows.windows(2) {
            let on = pair[0].date(DEC).is_some() && pair[0].date(DEC) == pair[1].date(DECOM);
            if pair[1].is(RNE, &["P", "L", "T", "U", "B"]) && !on {
                found.flag(pair[1]);
            }
        }
    }
}

/// After a temporary stay the child comes back to where they were.
fn returns(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let (mut before_that, mut before): (Option<Row<'_>>, Option<Row<'_>>) = (None, None);
        for row in case.of(Episodes, child) {
            if let (Some(from), Some(away)) = (before_that, before)
                && away.is(PLACE, TEMPORARY)
            {
                let elsewhere = case.year().ends() >= 2026 && row.text(PL_POST) != from.text(PL_POST);
                if !row.is(RNE, &["P"]) || row.text(PLACE) != from.text(PLACE) || elsewhere {
                    found.flag(row);
                }
            }
            (before_that, before) = (before, Some(row));
        }
    }
}

pub(super) const RULES: &[Rule] = &[
    rule(
        "142",
        Money,
        Episodes,
        "DEC",
        "A later episode has begun and this one has not ended; write DEC and REC.",
        |c, f| {
            for child in c.children() {
                let mut rows = c.begun(child);
                rows.next_back();
                f.those(rows, |r| r.date(DEC).is_none() || !r.has(REC));
            }
        },
    ),
    rule(
        "302",
        Money,
        Episodes,
        "DECOM",
        "The first episode begins before the child was born; correct DECOM or DOB.",
        |c, f| {
            for child in c.children() {
                let Some(first) = c.begun(child).next() else { continue };
                if c.born(first) > first.date(DECOM) {
                    f.flag(first);
                    c.header(first).into_iter().for_each(|header| f.flag(header));
                }
            }
        },
    )
    .with(&[Header]),
    rule(
        "357",
        Money,
        Episodes,
        "RNE",
        "The first episode of a child new this year must have RNE S; correct it.",
        |c, f| {
            for child in c.children() {
                let first = c.begun(child).next();
                let new = |first: &Row<'_>| first.date(DECOM) >= Some(c.start) && !first.is(RNE, &["S"]);
                first.filter(new).into_iter().for_each(|first| f.flag(first));
            }
        },
    ),
    rule(
        "388",
        Money,
        Episodes,
        "REC",
        "REC and the next episode disagree: X1 needs one that begins on DEC, any other reason needs none.",
        continuation,
    ),
    rule(
        "431",
        Money,
        Episodes,
        "RNE",
        "RNE is S and the episode before had not ended earlier; correct one.",
        |c, f| {
            later(c, f, |before, row| {
                row.is(RNE, &["S"]) && before.date(DEC).zip(row.date(DECOM)).is_some_and(|(dec, decom)| decom <= dec)
            });
        },
    ),
    rule(
        "432",
        Money,
        Episodes,
        "RNE",
        "The child had left care, so RNE must be S; correct it, or REC before it.",
        |c, f| {
            later(c, f, |before, row| {
                let known = CodeSet::Rec.contains(c.year(), before.text(REC));
                known && left_care(before) && !row.is(RNE, &["S"])
            });
        },
    ),
    rule(
        "433",
        Money,
        Episodes,
        "DECOM",
        "RNE says that care went on, but the episode before did not end on DECOM.",
        goes_on_from_before,
    ),
    rule(
        "434",
        Money,
        Episodes,
        "RNE",
        "RNE L says that only the legal status changed, and the rows say otherwise.",
        |c, f| {
            later(c, f, |before, row| row.is(RNE, &["L"]) && (same_status(before, row) || !same_place(before, row)));
        },
    ),
    rule(
        "435",
        Money,
        Episodes,
        "RNE",
        "RNE P or T says that only the placement changed, and the rows say otherwise.",
        |c, f| {
            later(c, f, |before, row| {
                row.is(RNE, &["P", "T"]) && (!same_status(before, row) || same_place(before, row))
            });
        },
    ),
    rule(
        "436",
        Money,
        Episodes,
        "RNE",
        "RNE B or U says that status and placement changed, and the rows say otherwise.",
        |c, f| {
            later(c, f, |before, row| {
                row.is(RNE, &["B", "U"]) && (same_status(before, row) || same_place(before, row))
            });
        },
    ),
    rule(
        "437",
        Money,
        Episodes,
        "REC",
        "The child died or was found to be 18 or over, and a later episode follows.",
        |c, f| {
            c.pairs(|before, _| {
                if before.is(REC, &["E2", "E15"]) && before.date(DECOM).is_some() {
                    f.flag(before);
                }
            });
        },
    ),
    rule(
        "501",
        Money,
        Episodes,
        "DECOM",
        "DECOM is before the episode before has ended; correct one of the two.",
        |c, f| {
            later(c, f, |before, row| before.date(DEC).zip(row.date(DECOM)).is_some_and(|(dec, decom)| decom < dec));
        },
    ),
    rule(
        "504",
        Money,
        Episodes,
        "CIN",
        "CIN has changed within one period of care; keep that of its start.",
        |c, f| {
            later(c, f, |before, row| {
                let on = before.date(DEC).is_some() && before.date(DEC) == row.date(DECOM);
                before.is(REC, &["X1"]) && on && before.text(CIN) != row.text(CIN)
            });
        },
    ),
    rule(
        "217",
        Money,
        Episodes,
        "RNE",
        "With A3 or A5 the child stays with the foster carer, so RNE is S, T or U.",
        |c, f| {
            let from = Night::try_new(2015, 4, 1);
            f.those(c.rows(Episodes), |r| {
                r.is(PLACE, &["A3", "A5"]) && r.date(DECOM) >= from && !r.is(RNE, &["S", "T", "U"])
            });
        },
    ),
    rule(
        "225",
        Money,
        Episodes,
        "REASON_PLACE_CHANGE",
        "The placement changed and the reason is blank; write it.",
        |c, f| {
            c.pairs(|before, row| {
                let moved = before.is(REC, &["X1"]) && row.is(RNE, &["P", "B", "T", "U"]);
                let temporary = before.is(PLACE, TEMPORARY) || row.is(PLACE, TEMPORARY);
                if moved && !temporary && !before.has(REASON_PLACE_CHANGE) {
                    f.flag(before);
                }
            });
        },
    ),
    rule(
        "233",
        Money,
        Episodes,
        "REASON_PLACE_CHANGE",
        "The episode has not ended, so the placement has not changed; clear the reason, or end it.",
        |c, f| {
            f.those(c.rows(Episodes), |r| r.has(REASON_PLACE_CHANGE) && !r.has(DEC));
        },
    )
    .since(2026),
    rule(
        "226",
        Money,
        Episodes,
        "REASON_PLACE_CHANGE",
        "No reason is wanted for going to a temporary placement or coming back from it; clear it.",
        |c, f| {
            f.those(c.rows(Episodes), |r| r.is(PLACE, TEMPORARY) && r.has(REASON_PLACE_CHANGE));
            later(c, f, |before, row| row.is(PLACE, TEMPORARY) && before.has(REASON_PLACE_CHANGE));
        },
    ),
    rule("380", Money, Episodes, "PLACE", "Care cannot begin in a temporary placement: RNE must be P or B.", |c, f| {
        f.those(c.rows(Episodes), |r| r.is(PLACE, TEMPORARY) && !r.is(RNE, &["P", "B"]));
    }),
    rule("381", Money, Episodes, "REC", "Care cannot end in a temporary placement; correct PLACE or REC.", |c, f| {
        f.those(c.rows(Episodes), |r| r.is(PLACE, TEMPORARY) && left_care(r));
    }),
    rule(
        "383",
        Money,
        Episodes,
        "PLACE",
        "After a temporary placement the child returns to the one before; correct it.",
        returns,
    ),
];
