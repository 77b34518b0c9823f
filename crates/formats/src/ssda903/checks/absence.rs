//! Nights away and duties by date: missing, reviews, deprivation of liberty.

use kernel::Night;

use super::Decides::{Duty, Identity, Money};
use super::case::Case;
use super::columns::episodes::{DEC, DECOM, PLACE, REC};
use super::columns::{dolo, missing, reviews};
use super::{Found, Rule, rule};
use crate::ssda903::sheet::Row;
use crate::ssda903::tables::Table::{self, DoLo, Episodes, Missing, Reviews};

fn not_a_date(row: Row<'_>, column: usize) -> bool {
    row.has(column) && row.date(column).is_none()
}

fn before_or_after(case: &Case<'_>, night: Option<Night>) -> bool {
    night.is_some_and(|night| night < case.start || night > case.end)
}

/// Periods of one child that begin before the one before has ended, in order of their ends.
fn overlap(case: &Case<'_>, found: &mut Found, table: Table, (from, to): (usize, usize)) {
    for child in case.children() {
        let mut rows: Vec<Row<'_>> = case.of(table, child).collect();
        rows.sort_by_key(|row| {
            let (from, to) = (row.date(from), row.date(to));
            (to.or(from).is_none(), to.or(from), from.is_none(), from)
        });
        for pair in rows.windows(2) {
            if pair[0].date(to).is_none_or(|ended| pair[1].date(from).is_some_and(|begun| begun < ended)) {
                found.flag(pair[1]);
            }
        }
    }
}

/// Periods that do not end within any stretch of the child's care.
fn ends_outside_care(case: &Case<'_>, found: &mut Found, table: Table, (from, to): (usize, usize)) {
    for child in case.children() {
        if case.of(table, child).next().is_none() {
            continue;
        }
        let care = case.care(child);
        found.those(case.of(table, child), |row| {
            let Some(from) = row.date(from) else { return false };
            let outside = |care: &super::case::Care| match row.date(to) {
                None => care.to.is_some() || from < care.from,
                Some(to) => to < care.from || care.to.is_some_and(|ceased| to > ceased),
            };
            !care.is_empty() && care.iter().all(outside)
        });
    }
}

/// Episodes during an order, with the order, in placements of which something is so.
fn order_and_place(case: &Case<'_>, found: &mut Found, wrong: impl Fn(&str) -> bool) {
    for order in case.rows(DoLo) {
        let (Some(from), to) = (order.date(dolo::DOLO_START), order.date(dolo::DOLO_END).unwrap_or(case.end)) else {
            continue;
        };
        for episode in case.beside(Episodes, order) {
            let during =
                episode.date(DEC).is_none_or(|dec| from <= dec) && episode.date(DECOM).is_some_and(|d| d <= to);
            if during && wrong(episode.text(PLACE)) {
                found.flag(order);
                found.flag(episode);
            }
        }
    }
}

const MISSING_DATES: (usize, usize) = (missing::MIS_START, missing::MIS_END);
const ORDER_DATES: (usize, usize) = (dolo::DOLO_START, dolo::DOLO_END);
const BAD_DATE: &str = "This is not a date; write day/month/year, such as 14/05/2025.";
const ASKED: &[&str] = &["PN1", "PN2", "PN3", "PN4", "PN5", "PN6", "PN7"];

/// 580: a time missing that ended on the 18th birthday, with care.
fn missing_at_18(case: &Case<'_>, episode: Row<'_>) -> bool {
    let Some(dec) = episode.date(DEC) else { return false };
    let ended = |row: Row<'_>| {
        row.date(missing::MIS_END) == Some(dec) && row.date(missing::DOB).is_some_and(|dob| dob.birthday(18) == dec)
    };
    case.beside(Missing, episode).any(ended)
}

pub(super) const RULES: &[Rule] = &[
    rule("1004", Duty, Missing, "MIS_START", "MIS_START is blank or no date; write day/month/year.", |c, f| {
        f.those(c.rows(Missing), |r| r.date(missing::MIS_START).is_none());
    }),
    rule("1005", Duty, Missing, "MIS_END", BAD_DATE, |c, f| {
        f.those(c.rows(Missing), |r| not_a_date(r, missing::MIS_END))
    }),
    rule("1006", Duty, Missing, "MISSING", "MISSING is neither M nor A; correct it.", |c, f| {
        f.those(c.rows(Missing), |r| r.has(missing::MISSING) && !r.is(missing::MISSING, &["M", "A"]));
    }),
    rule(
        "564",
        Duty,
        Missing,
        "MIS_START",
        "The child was missing or away, and MIS_START is blank; write it.",
        |c, f| {
            f.those(c.rows(Missing), |r| r.is(missing::MISSING, &["M", "A"]) && !r.has(missing::MIS_START));
        },
    ),
    rule("565", Duty, Missing, "MISSING", "MIS_START is filled and MISSING blank; write M or A.", |c, f| {
        f.those(c.rows(Missing), |r| r.has(missing::MIS_START) && !r.has(missing::MISSING));
    }),
    rule("566", Duty, Missing, "MISSING", "MIS_END is filled and MISSING blank; write M or A.", |c, f| {
        f.those(c.rows(Missing), |r| r.has(missing::MIS_END) && !r.has(missing::MISSING));
    }),
    rule("567", Money, Missing, "MIS_END", "MIS_END is before MIS_START; correct whichever is wrong.", |c, f| {
        f.those(c.rows(Missing), |r| {
            r.date(missing::MIS_START).zip(r.date(missing::MIS_END)).is_some_and(|(from, to)| from > to)
        });
    }),
    rule(
        "570",
        Money,
        Missing,
        "MIS_START",
        "MIS_START is after the year ends; correct it, or leave the row out.",
        |c, f| {
            f.those(c.rows(Missing), |r| r.date(missing::MIS_START).is_some_and(|from| from > c.end));
        },
    ),
    rule(
        "571",
        Money,
        Missing,
        "MIS_END",
        "MIS_END is before the year begins or after it ends; correct it.",
        |c, f| {
            f.those(c.rows(Missing), |r| before_or_after(c, r.date(missing::MIS_END)));
        },
    ),
    rule(
        "574",
        Money,
        Missing,
        "MIS_START",
        "A new period begins before the last has ended; correct the dates.",
        |c, f| {
            overlap(c, f, Missing, MISSING_DATES);
        },
    ),
    rule(
        "575",
        Money,
        Missing,
        "MIS_END",
        "The placement has ended, so the time missing has too; write MIS_END.",
        |c, f| {
            f.those(c.rows(Missing), |r| {
                let Some(from) = r.date(missing::MIS_START) else { return false };
                let ended = |row: Row<'_>| row.date(DECOM) <= Some(from) && row.date(DEC) >= Some(from);
                !r.has(missing::MIS_END)
                    && c.beside(Episodes, r)
                        .any(|row| row.date(DECOM).is_some() && row.date(DEC).is_some() && ended(row))
            });
        },
    )
    .with(&[Episodes]),
    rule("577", Money, Missing, "MIS_END", "The child left care, and the time missing has not ended in it.", |c, f| {
        ends_outside_care(c, f, Missing, MISSING_DATES);
    })
    .with(&[Episodes]),
    rule("578", Money, Missing, "MIS_START", "MIS_START is not within the child's care; correct it.", |c, f| {
        for child in c.children() {
            if c.of(Missing, child).next().is_none() {
                continue;
            }
            let care = c.care(child);
            f.those(c.of(Missing, child), |r| {
                let Some(from) = r.date(missing::MIS_START) else { return false };
                !care.is_empty() && care.iter().all(|care| from < care.from || care.to.is_some_and(|to| from > to))
            });
        }
    })
    .with(&[Episodes]),
    rule("581", Money, Missing, "MIS_START", "The child was in no episode on MIS_START; correct it.", |c, f| {
        f.those(c.rows(Missing), |r| {
            let Some(from) = r.date(missing::MIS_START) else { return false };
            let holds = |row: Row<'_>| {
                let dec = row.date(DEC);
                row.date(DECOM).is_some_and(|decom| decom <= from) && dec.is_none_or(|dec| from <= dec)
            };
            let mut episodes = c.beside(Episodes, r).peekable();
            episodes.peek().is_some() && !episodes.any(holds)
        });
    })
    .with(&[Episodes]),
    rule("580", Money, Episodes, "REC", "The child was missing on turning 18, when care ended; REC is E8.", |c, f| {
        f.those(c.rows(Episodes).filter(|row| row.has(DEC) && !row.is(REC, &["E8"])), |r| missing_at_18(c, r));
    })
    .with(&[Missing]),
    rule(
        "586",
        Identity,
        Missing,
        "MIS_START",
        "MIS_START is not after the child was born; correct one of the two.",
        |c, f| {
            f.those(c.rows(Missing), |r| {
                r.date(missing::MIS_START).zip(r.date(missing::DOB)).is_some_and(|(from, dob)| from <= dob)
            });
        },
    ),
    rule("166", Duty, Reviews, "REVIEW", "REVIEW is blank or no date; write day/month/year.", |c, f| {
        f.those(c.rows(Reviews), |r| r.date(reviews::REVIEW).is_none());
    }),
    rule(
        "167",
        Duty,
        Reviews,
        "REVIEW_CODE",
        "REVIEW_CODE is blank or none of PN0 to PN7; write how the child took part.",
        |c, f| {
            f.those(c.rows(Reviews), |r| {
                let valid = r.is(reviews::REVIEW_CODE, ASKED) || r.is(reviews::REVIEW_CODE, &["PN0"]);
                if r.has(reviews::REVIEW) { !valid } else { r.has(reviews::REVIEW_CODE) }
            });
        },
    ),
    rule(
        "440",
        Duty,
        Reviews,
        "REVIEW_CODE",
        "PN0 is for a child under four, and this child was older; ask the child.",
        |c, f| {
            f.those(c.rows(Reviews), |r| {
                let days = r.date(reviews::REVIEW).zip(r.date(reviews::DOB));
                r.is(reviews::REVIEW_CODE, &["PN0"]) && days.is_some_and(|(review, dob)| review > dob.birthday(4))
            });
        },
    ),
    rule(
        "441",
        Duty,
        Reviews,
        "REVIEW_CODE",
        "The child was under four, so REVIEW_CODE is PN0; correct it or the dates.",
        |c, f| {
            f.those(c.rows(Reviews), |r| {
                let days = r.date(reviews::REVIEW).zip(r.date(reviews::DOB));
                r.is(reviews::REVIEW_CODE, ASKED) && days.is_some_and(|(review, dob)| review < dob.birthday(4))
            });
        },
    ),
    rule("700", Duty, DoLo, "DOLO_START", "DOLO_START is blank or no date; write day/month/year.", |c, f| {
        f.those(c.rows(DoLo), |r| r.date(dolo::DOLO_START).is_none());
    })
    .since(2027),
    rule("701", Duty, DoLo, "DOLO_END", BAD_DATE, |c, f| f.those(c.rows(DoLo), |r| not_a_date(r, dolo::DOLO_END)))
        .since(2027),
    rule("702", Duty, DoLo, "DOLO_END", "DOLO_END is not after DOLO_START; correct whichever is wrong.", |c, f| {
        f.those(c.rows(DoLo), |r| {
            r.date(dolo::DOLO_START).zip(r.date(dolo::DOLO_END)).is_some_and(|(from, to)| to <= from)
        });
    })
    .since(2027),
    rule(
        "703",
        Duty,
        DoLo,
        "DOLO_START",
        "DOLO_START is after the year ends; correct it, or leave the row out.",
        |c, f| {
            f.those(c.rows(DoLo), |r| r.date(dolo::DOLO_START).is_some_and(|from| from > c.end));
        },
    )
    .since(2027),
    rule("704", Duty, DoLo, "DOLO_END", "DOLO_END is before the year begins or after it ends; correct it.", |c, f| {
        f.those(c.rows(DoLo), |r| before_or_after(c, r.date(dolo::DOLO_END)));
    })
    .since(2027),
    rule(
        "705",
        Duty,
        DoLo,
        "DOLO_START",
        "A new order begins before the last has ended; correct the dates.",
        |c, f| {
            overlap(c, f, DoLo, ORDER_DATES);
        },
    )
    .since(2027),
    rule(
        "707",
        Duty,
        DoLo,
        "DOLO_END",
        "The child left care, and the order has not ended in it; correct the dates.",
        |c, f| {
            ends_outside_care(c, f, DoLo, ORDER_DATES);
        },
    )
    .since(2027)
    .with(&[Episodes]),
    rule(
        "708",
        Identity,
        DoLo,
        "DOLO_START",
        "DOLO_START is not after the child was born; correct one of the two.",
        |c, f| {
            f.those(c.rows(DoLo), |r| {
                r.date(dolo::DOLO_START).zip(r.date(dolo::DOB)).is_some_and(|(from, dob)| from <= dob)
            });
        },
    )
    .since(2027),
    rule(
        "709",
        Duty,
        DoLo,
        "DOLO_START",
        "A child under an order is expected in K2, Z12 or Z13; check PLACE.",
        |c, f| {
            order_and_place(c, f, |place| !matches!(place, "K2" | "Z12" | "Z13"));
        },
    )
    .since(2027)
    .with(&[Episodes]),
    rule(
        "710",
        Duty,
        DoLo,
        "DOLO_START",
        "A child under an order cannot be in K1, K3, P1 or R5; correct PLACE.",
        |c, f| {
            order_and_place(c, f, |place| matches!(place, "K1" | "K3" | "P1" | "R5"));
        },
    )
    .since(2027)
    .with(&[Episodes]),
];
