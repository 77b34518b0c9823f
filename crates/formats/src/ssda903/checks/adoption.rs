//! Adoption and earlier permanence: the decision, the match, the adopters, and that they agree with the episodes.

use kernel::Night;

use super::Decides::{Duty, Identity, Money};
use super::case::Case;
use super::codes::FOR_ADOPTION;
use super::columns::episodes::{DEC, DECOM, LS, PLACE, REC, RNE};
use super::columns::{ad1, perm, placed};
use super::{Found, Rule, rule};
use crate::ssda903::sheet::Row;
use crate::ssda903::tables::Table::{Ad1, Episodes, Header, PlacedAdoption, PrevPerm};

const ADOPTED: &[&str] = &["E11", "E12"];
const ITEMS: [usize; 6] =
    [ad1::DATE_INT, ad1::DATE_MATCH, ad1::FOSTER_CARE, ad1::NB_ADOPTR, ad1::SEX_ADOPTR, ad1::LS_ADOPTR];

fn not_a_date(row: Row<'_>, column: usize) -> bool {
    row.has(column) && row.date(column).is_none()
}

fn not_one_of(row: Row<'_>, column: usize, codes: &[&str]) -> bool {
    row.has(column) && !row.is(column, codes)
}

/// Flags both of an episode and a row of another table for the same child, where both have something wrong together.
fn both<'s>(
    case: &Case<'s>,
    found: &mut Found,
    episodes: impl Iterator<Item = Row<'s>>,
    table: crate::ssda903::Table,
    wrong: impl Fn(Row<'_>, Row<'_>) -> bool,
) {
    for episode in episodes {
        for other in case.beside(table, episode) {
            if wrong(episode, other) {
                found.flag(episode);
                found.flag(other);
            }
        }
    }
}

const DECISIONS: &[crate::ssda903::Table] = &[PlacedAdoption];

/// Adopted in the year, as the episodes have it.
fn adopted(case: &Case<'_>, row: Row<'_>) -> bool {
    row.is(REC, ADOPTED) && row.date(DEC).is_some_and(|dec| case.start <= dec && dec <= case.end)
}

fn earliest<'s>(rows: impl Iterator<Item = Row<'s>>, column: usize) -> Option<Row<'s>> {
    rows.filter(|row| row.date(column).is_some()).min_by_key(|row| row.date(column))
}

/// The latest, and of equals the first.
fn latest<'s>(rows: impl DoubleEndedIterator<Item = Row<'s>>, column: usize) -> Option<Row<'s>> {
    rows.filter(|row| row.date(column).is_some()).rev().max_by_key(|row| row.date(column))
}

/// 117: a decision after the year, or after the child left care.
fn decided_too_late(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let Some(last) = latest(case.begun(child).filter(|row| !row.is(REC, &["X1"])), DECOM) else { continue };
        let too_late = |night: Option<Night>| {
            night.is_some_and(|night| night > case.end || last.date(DEC).is_some_and(|dec| night > dec))
        };
        both(case, found, std::iter::once(last), PlacedAdoption, |_, row| {
            too_late(row.date(placed::DATE_PLACED)) || too_late(row.date(placed::DATE_PLACED_CEASED))
        });
    }
}

/// 118: a reversal before the year, or before care began.
fn reversed_too_early(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let first = earliest(case.begun(child).filter(|row| !row.is(LS, &["V3", "V4"])), DECOM);
        both(case, found, first.into_iter(), PlacedAdoption, |episode, row| {
            let ceased = row.date(placed::DATE_PLACED_CEASED);
            ceased.is_some_and(|ceased| ceased < case.start || Some(ceased) < episode.date(DECOM))
        });
    }
}

/// 552: the last decision after the child was first placed for adoption.
fn decided_after_placing(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let first = earliest(case.begun(child).filter(|row| row.is(PLACE, FOR_ADOPTION)), DECOM);
        let last = latest(case.of(PlacedAdoption, child), placed::DATE_PLACED);
        if let (Some(first), Some(last)) = (first, last)
            && first.date(DECOM) < last.date(placed::DATE_PLACED)
        {
            found.flag(last);
            found.flag(first);
        }
    }
}

/// 579: decisions of one child that overlap.
fn decisions_overlap(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let mut rows: Vec<Row<'_>> = case.of(PlacedAdoption, child).collect();
        rows.sort_by_key(|row| (row.date(placed::DATE_PLACED).is_none(), row.date(placed::DATE_PLACED)));
        for pair in rows.windows(2) {
            let ceased = pair[0].date(placed::DATE_PLACED_CEASED);
            let from = pair[1].date(placed::DATE_PLACED);
            if ceased.is_none_or(|ceased| from.is_some_and(|from| from < ceased)) {
                found.flag(pair[1]);
            }
        }
    }
}

/// 554: a decision after the placement order.
fn decided_after_order(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let order = earliest(case.begun(child).filter(|row| row.is(LS, &["E1"])), DECOM);
        both(case, found, order.into_iter(), PlacedAdoption, |order, row| {
            row.date(placed::DATE_PLACED).is_some_and(|placed| Some(placed) > order.date(DECOM))
        });
    }
}

/// 555: a freeing order without a decision, or with one that was reversed while the order stood.
fn freed_without_decision(case: &Case<'_>, found: &mut Found) {
    for row in case.rows(Episodes).filter(|row| row.is(LS, &["D1"])) {
        let mut decisions = case.beside(PlacedAdoption, row).peekable();
        if decisions.peek().is_none() {
            found.flag(row);
        }
        if !row.has(DEC) {
            found.those(decisions, reversed);
        }
    }
}

fn reversed(row: Row<'_>) -> bool {
    row.has(placed::DATE_PLACED_CEASED) || row.has(placed::REASON_PLACED_CEASED)
}

/// Placed, or under an order to be: until 2023-24 a freeing order (D1) too.
fn to_be_adopted(case: &Case<'_>, row: Row<'_>) -> bool {
    row.is(PLACE, FOR_ADOPTION) || row.is(LS, &["E1"]) || (case.year().ends() < 2025 && row.is(LS, &["D1"]))
}

/// 557: left care otherwise than by adoption, and the decision for adoption still stands.
fn decision_outlives_care(case: &Case<'_>, found: &mut Found) {
    let left = |row: &Row<'_>| row.has(REC) && !row.is(REC, ADOPTED) && !row.is(REC, &["X1"]);
    for row in case.rows(Episodes).filter(|row| left(row) && to_be_adopted(case, *row)) {
        let mut decisions = case.beside(PlacedAdoption, row).peekable();
        if decisions.peek().is_none() {
            found.flag(row);
        }
        for decision in decisions {
            if !(decision.has(placed::DATE_PLACED_CEASED) && decision.has(placed::REASON_PLACED_CEASED)) {
                found.flag(row);
                found.flag(decision);
            }
        }
    }
}

/// 558: adopted, and every decision for adoption was reversed.
fn adopted_against_decision(case: &Case<'_>, row: Row<'_>) -> bool {
    let mut decisions = case.beside(PlacedAdoption, row).peekable();
    decisions.peek().is_some() && decisions.all(|decision| decision.has(placed::DATE_PLACED_CEASED))
}

/// 583: an earlier decision that was not reversed before the next.
fn earlier_decision_stands(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let mut rows: Vec<Row<'_>> = case.of(PlacedAdoption, child).collect();
        if rows.len() < 2 {
            continue;
        }
        // The last of those with one date, and one without a date before any, is the earlier.
        rows.sort_by_key(|row| std::cmp::Reverse(row.date(placed::DATE_PLACED)));
        found.those(rows.into_iter().skip(1), |row| !row.has(placed::DATE_PLACED_CEASED));
    }
}

/// 584: last year's decision was reversed, and this year's is not a later one.
fn same_decision_again(case: &Case<'_>, row: Row<'_>) -> bool {
    let now = row.date(placed::DATE_PLACED);
    case.last_year(PlacedAdoption, row).filter(|last| reversed(*last)).any(|last| {
        let before = last.date(placed::DATE_PLACED);
        !row.has(placed::DATE_PLACED) || now.zip(before).is_some_and(|(now, before)| now <= before)
    })
}

/// 335: adopted by other people than FOSTER_CARE says.
fn other_adopters(episode: Row<'_>, adopters: Row<'_>) -> bool {
    let by_carers = episode.is(PLACE, &["A2", "A3", "A5"]) && adopters.is(ad1::FOSTER_CARE, &["0"]);
    let by_others = episode.is(PLACE, &["A1", "A4", "A6"]) && adopters.is(ad1::FOSTER_CARE, &["1"]);
    episode.is(REC, &["E1", "E11", "E12"]) && (by_carers || by_others)
}

/// The last night that DATE_PERM may mean: day, month or all but the year may be written `ZZ`, the year `ZZZZ`.
fn latest_meant(text: &str) -> Option<Night> {
    let mut parts = text.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let filled =
        |part: &str, unknown: &str, instead: &str| if part == unknown { instead.to_owned() } else { part.to_owned() };
    let first = format!("{}/{}/{}", filled(day, "ZZ", "01"), filled(month, "ZZ", "01"), filled(year, "ZZZZ", "2000"));
    let first = Night::parse_british(&first).filter(|_| parts.next().is_none())?;
    let date = first.date();
    match (day, month) {
        ("ZZ", "ZZ") => Night::try_new(date.year(), 12, 31),
        (_, "ZZ") => Night::try_new(date.year(), 12, date.day()),
        ("ZZ", _) if date.month() == 12 => Night::try_new(date.year(), 12, 31),
        ("ZZ", _) => Night::try_new(date.year(), date.month() + 1, 1).map(Night::eve),
        _ => Some(first),
    }
}

/// 632: the earlier arrangement was made after care began, or its date is none.
fn permanence_after_care(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        let Some(first) = case.begun(child).next() else { continue };
        for row in case.of(PrevPerm, child).filter(|row| row.has(perm::DATE_PERM)) {
            if latest_meant(row.text(perm::DATE_PERM)).is_none_or(|made| Some(made) >= first.date(DECOM)) {
                found.flag(row);
                found.flag(first);
            }
        }
    }
}

/// 633: a council's number, or where outside England.
fn is_a_council(text: &str) -> bool {
    let number = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    matches!(text, "WAL" | "SCO" | "NIR" | "NUK" | "999") || (number && kernel::find(text).is_some())
}

/// 634: an answer on earlier permanence of a child who did not come into care in the year.
fn permanence_not_asked(case: &Case<'_>, found: &mut Found) {
    for child in case.children() {
        if case.begun(child).next_back().is_none_or(|last| last.date(DECOM) >= Some(case.start)) {
            continue;
        }
        let mut any = false;
        for row in case.of(PrevPerm, child) {
            if row.has(perm::PREV_PERM) || row.has(perm::LA_PERM) || row.has(perm::DATE_PERM) {
                found.flag(row);
                any = true;
            }
        }
        if any {
            case.of(Episodes, child).for_each(|row| found.flag(row));
        }
    }
}

/// 630: who starts to be looked after has an answer on earlier permanence, and all of it.
fn permanence_is_answered(case: &Case<'_>, row: Row<'_>) -> bool {
    let mut any = false;
    let whole = |answer: Row<'_>| {
        answer.has(perm::PREV_PERM)
            && (answer.is(perm::PREV_PERM, &["Z1"]) || (answer.has(perm::LA_PERM) && answer.has(perm::DATE_PERM)))
    };
    case.beside(PrevPerm, row).inspect(|_| any = true).all(whole) && any
}

const BAD_DATE: &str = "This is not a date; write day/month/year, such as 14/05/2025.";
const BAD_CODE: &str = "This is no code of its set; correct it.";

pub(super) const RULES: &[Rule] = &[
    rule("335", Money, Ad1, "FOSTER_CARE", "FOSTER_CARE and PLACE disagree on whether the foster carers adopted the child; correct one.", |c, f| {
        both(c, f, c.rows(Episodes), Ad1, other_adopters);
    })
    .with(&[Episodes]),
    rule("582", Duty, Episodes, "DEC", "The child was matched on the day of the adoption; check DATE_MATCH and DEC.", |c, f| {
        f.those(c.rows(Episodes).filter(|row| row.is(REC, ADOPTED) && row.date(DEC).is_some()), |r| {
            c.beside(Ad1, r).any(|adopters| adopters.date(ad1::DATE_MATCH) == r.date(DEC))
        });
    })
    .with(&[Ad1]),
    rule("554", Duty, PlacedAdoption, "DATE_PLACED", "The decision is after the placement order (E1); correct whichever is wrong.", decided_after_order)
        .with(&[Episodes]),
    rule("555", Duty, Episodes, "LS", "A freeing order (D1) stands, and no decision for adoption does; write it, or its dates.", freed_without_decision)
        .until(2024)
        .with(&[PlacedAdoption])
        .also(&[PlacedAdoption]),
    rule("556", Duty, Episodes, "DECOM", "The decision for adoption is after the freeing order (D1); correct whichever is wrong.", |c, f| {
        f.those(c.rows(Episodes).filter(|row| row.is(LS, &["D1"])), |r| {
            let later = |decision: Row<'_>| decision.date(placed::DATE_PLACED).is_some_and(|placed| Some(placed) > r.date(DECOM));
            r.date(DECOM).is_some() && c.beside(PlacedAdoption, r).any(later)
        });
    })
    .until(2024)
    .with(&[PlacedAdoption]),
    rule("557", Duty, PlacedAdoption, "DATE_PLACED_CEASED", "The child left care and was not adopted; write when and why the decision was reversed.", decision_outlives_care)
        .with(&[Episodes])
        .also(&[Episodes]),
    rule("558", Duty, Episodes, "REC", "The child was adopted, and every decision for adoption is told as reversed; clear DATE_PLACED_CEASED, or correct REC.", |c, f| {
        f.those(c.rows(Episodes).filter(|row| row.is(REC, ADOPTED)), |r| adopted_against_decision(c, r));
    })
    .with(&[PlacedAdoption]),
    rule("583", Duty, PlacedAdoption, "DATE_PLACED_CEASED", "A later decision stands, and this one was not reversed; write when it was.", earlier_decision_stands),
    rule("584", Duty, PlacedAdoption, "DATE_PLACED", "Last year's decision was reversed, and this one is not later; correct the date.", |c, f| {
        f.those(c.rows(PlacedAdoption), |r| same_decision_again(c, r));
    })
    .after(DECISIONS),
    rule("632", Identity, PrevPerm, "DATE_PERM", "DATE_PERM is no date, or not before care began; write day/month/year, ZZ for what is not known.", permanence_after_care)
        .with(&[Episodes]),
    rule("633", Identity, PrevPerm, "LA_PERM", "LA_PERM is no council's number, nor WAL, SCO, NIR, NUK or 999; correct it.", |c, f| {
        f.those(c.rows(PrevPerm), |r| r.has(perm::LA_PERM) && !is_a_council(r.text(perm::LA_PERM)));
    }),
    rule("634", Duty, PrevPerm, "PREV_PERM", "The child did not come into care in the year, so nothing is asked here; clear it.", permanence_not_asked)
        .with(&[Episodes]),
    rule("112", Duty, Ad1, "DATE_INT", BAD_DATE, |c, f| f.those(c.rows(Ad1), |r| not_a_date(r, ad1::DATE_INT))),
    rule("113", Duty, Ad1, "DATE_MATCH", BAD_DATE, |c, f| f.those(c.rows(Ad1), |r| not_a_date(r, ad1::DATE_MATCH))),
    rule("114", Duty, Ad1, "FOSTER_CARE", BAD_CODE, |c, f| {
        f.those(c.rows(Ad1), |r| not_one_of(r, ad1::FOSTER_CARE, &["0", "1"]));
    }),
    rule("175", Duty, Ad1, "NB_ADOPTR", BAD_CODE, |c, f| {
        f.those(c.rows(Ad1), |r| not_one_of(r, ad1::NB_ADOPTR, &["1", "2"]));
    }),
    rule("176", Duty, Ad1, "SEX_ADOPTR", BAD_CODE, |c, f| {
        f.those(c.rows(Ad1), |r| not_one_of(r, ad1::SEX_ADOPTR, &["M1", "F1", "MM", "FF", "MF"]));
    }),
    rule("177", Duty, Ad1, "LS_ADOPTR", BAD_CODE, |c, f| {
        f.those(c.rows(Ad1), |r| not_one_of(r, ad1::LS_ADOPTR, &["L0", "L11", "L12", "L2", "L3", "L4"]));
    }),
    rule(
        "151",
        Duty,
        Ad1,
        "DATE_INT",
        "Some items on the adoption are filled and some blank; fill or clear all.",
        |c, f| {
            f.those(c.rows(Ad1), |r| {
                let filled = ITEMS.iter().filter(|&&item| r.has(item)).count();
                filled > 0 && filled < ITEMS.len()
            });
        },
    ),
    rule("333", Duty, Ad1, "DATE_INT", "DATE_INT is blank or after DATE_MATCH; correct whichever is wrong.", |c, f| {
        f.those(c.rows(Ad1), |r| {
            r.date(ad1::DATE_MATCH).is_some_and(|matched| r.date(ad1::DATE_INT).is_none_or(|int| int > matched))
        });
    }),
    rule(
        "331",
        Money,
        Ad1,
        "DATE_MATCH",
        "The match is after the child was placed for adoption; correct the date.",
        |c, f| {
            let adopted = c.rows(Episodes).filter(|row| row.is(REC, ADOPTED));
            both(c, f, adopted, Ad1, |episode, row| {
                row.date(ad1::DATE_MATCH).zip(episode.date(DECOM)).is_some_and(|(matched, decom)| matched > decom)
            });
        },
    )
    .with(&[Episodes]),
    rule(
        "334",
        Duty,
        Ad1,
        "DATE_INT",
        "DATE_INT is before the child's latest period of care began; correct it.",
        |c, f| {
            for child in c.children() {
                let last = latest(c.begun(child).filter(|row| row.is(RNE, &["S"])), DECOM);
                both(c, f, last.into_iter(), Ad1, |episode, row| {
                    row.date(ad1::DATE_INT).is_some_and(|int| Some(int) < episode.date(DECOM))
                });
            }
        },
    )
    .with(&[Episodes]),
    rule("521", Duty, Ad1, "DATE_INT", "DATE_INT is after the child was placed for adoption; correct it.", |c, f| {
        let placed = c.rows(Episodes).filter(|row| row.is(PLACE, FOR_ADOPTION));
        both(c, f, placed, Ad1, |episode, row| {
            row.date(ad1::DATE_INT).zip(episode.date(DECOM)).is_some_and(|(int, decom)| int > decom)
        });
    })
    .with(&[Episodes]),
    rule(
        "523",
        Duty,
        PlacedAdoption,
        "DATE_PLACED",
        "DATE_PLACED and DATE_INT are one decision; make them equal.",
        |c, f| {
            both(c, f, c.rows(PlacedAdoption), Ad1, |decision, row| {
                let days = decision.date(placed::DATE_PLACED).zip(row.date(ad1::DATE_INT));
                days.is_some_and(|(placed, int)| placed != int)
            });
        },
    )
    .with(&[Ad1]),
    rule(
        "525",
        Money,
        PlacedAdoption,
        "DATE_PLACED_CEASED",
        "The decision was reversed, and AD1 says adopted.",
        |c, f| {
            both(c, f, c.rows(PlacedAdoption), Ad1, |decision, row| {
                decision.has(placed::DATE_PLACED_CEASED) && ITEMS.iter().any(|&item| row.has(item))
            });
        },
    )
    .with(&[Ad1]),
    rule(
        "601",
        Duty,
        Ad1,
        "DATE_INT",
        "The child was adopted in the year, and items of AD1 are blank; fill them.",
        |c, f| {
            let adopted = c.rows(Episodes).filter(|&row| adopted(c, row));
            both(c, f, adopted, Ad1, |_, row| ITEMS.iter().any(|&item| !row.has(item)));
        },
    )
    .with(&[Episodes]),
    rule(
        "602",
        Money,
        Ad1,
        "CHILD",
        "AD1 says adopted, and no episode says so; end the episode, or take the row out.",
        |c, f| {
            f.those(c.rows(Ad1), |r| {
                ITEMS.iter().any(|&item| r.has(item)) && !c.beside(Episodes, r).any(|episode| adopted(c, episode))
            });
        },
    )
    .with(&[Episodes]),
    rule("115", Duty, PlacedAdoption, "DATE_PLACED", BAD_DATE, |c, f| {
        f.those(c.rows(PlacedAdoption), |r| not_a_date(r, placed::DATE_PLACED));
    }),
    rule("116", Duty, PlacedAdoption, "DATE_PLACED_CEASED", BAD_DATE, |c, f| {
        f.those(c.rows(PlacedAdoption), |r| not_a_date(r, placed::DATE_PLACED_CEASED));
    }),
    rule(
        "117",
        Duty,
        PlacedAdoption,
        "DATE_PLACED",
        "A decision is after the year, or after the child left care.",
        decided_too_late,
    )
    .with(&[Episodes]),
    rule(
        "118",
        Duty,
        PlacedAdoption,
        "DATE_PLACED_CEASED",
        "The reversal is before the year, or before care began.",
        reversed_too_early,
    )
    .with(&[Episodes]),
    rule(
        "119",
        Duty,
        PlacedAdoption,
        "DATE_PLACED_CEASED",
        "One of the reversal's date and reason is blank.",
        |c, f| {
            f.those(c.rows(PlacedAdoption), |r| {
                r.has(placed::DATE_PLACED_CEASED) != r.has(placed::REASON_PLACED_CEASED)
            });
        },
    ),
    rule("120", Duty, PlacedAdoption, "REASON_PLACED_CEASED", BAD_CODE, |c, f| {
        f.those(c.rows(PlacedAdoption), |r| not_one_of(r, placed::REASON_PLACED_CEASED, &["RD1", "RD2", "RD3", "RD4"]));
    }),
    rule(
        "184",
        Identity,
        PlacedAdoption,
        "DATE_PLACED",
        "DATE_PLACED is before the child was born; correct one.",
        |c, f| {
            f.those(c.rows(PlacedAdoption), |r| {
                r.date(placed::DATE_PLACED).is_some_and(|placed| c.born(r) > Some(placed))
            });
        },
    )
    .with(&[Header]),
    rule(
        "522",
        Duty,
        PlacedAdoption,
        "DATE_PLACED",
        "The decision is after its reversal; correct whichever is wrong.",
        |c, f| {
            f.those(c.rows(PlacedAdoption), |r| {
                let days = r.date(placed::DATE_PLACED).zip(r.date(placed::DATE_PLACED_CEASED));
                days.is_some_and(|(placed, ceased)| ceased < placed)
            });
        },
    ),
    rule(
        "551",
        Duty,
        Episodes,
        "PLACE",
        "The child is placed for adoption, and there is no DATE_PLACED; write it.",
        |c, f| {
            f.those(c.rows(Episodes), |r| {
                let mut decisions = c.beside(PlacedAdoption, r).peekable();
                let none = decisions.peek().is_none();
                r.is(PLACE, FOR_ADOPTION) && (none || decisions.any(|decision| !decision.has(placed::DATE_PLACED)))
            });
        },
    )
    .with(&[PlacedAdoption]),
    rule(
        "552",
        Duty,
        PlacedAdoption,
        "DATE_PLACED",
        "The decision is after the child was placed for adoption.",
        decided_after_placing,
    )
    .with(&[Episodes]),
    rule(
        "553",
        Duty,
        Episodes,
        "LS",
        "A placement order (E1) stands, and no decision does; write it, or its dates.",
        |c, f| {
            for episode in c.rows(Episodes).filter(|row| row.is(LS, &["E1"])) {
                if c.beside(PlacedAdoption, episode).next().is_none() {
                    f.flag(episode);
                }
                let reversed =
                    |row: Row<'_>| row.has(placed::DATE_PLACED_CEASED) || row.has(placed::REASON_PLACED_CEASED);
                f.those(c.beside(PlacedAdoption, episode).filter(|_| !episode.has(DEC)), reversed);
            }
        },
    )
    .with(&[PlacedAdoption]),
    rule(
        "563",
        Duty,
        PlacedAdoption,
        "DATE_PLACED",
        "The decision was reversed, and its own date is blank; write it.",
        |c, f| {
            f.those(c.rows(PlacedAdoption), |r| {
                r.has(placed::DATE_PLACED_CEASED) && r.has(placed::REASON_PLACED_CEASED) && !r.has(placed::DATE_PLACED)
            });
        },
    ),
    rule(
        "579",
        Duty,
        PlacedAdoption,
        "DATE_PLACED",
        "A new decision stands before the last was reversed.",
        decisions_overlap,
    ),
    rule("1003", Duty, PlacedAdoption, "DATE_PLACED", "The decision is before the child was looked after.", |c, f| {
        for child in c.children() {
            let first = earliest(c.begun(child).filter(|row| row.is(RNE, &["S"])), DECOM);
            both(c, f, first.into_iter(), PlacedAdoption, |episode, row| {
                row.date(placed::DATE_PLACED).is_some_and(|placed| Some(placed) < episode.date(DECOM))
            });
        }
    })
    .with(&[Episodes]),
    rule(
        "630",
        Duty,
        Episodes,
        "RNE",
        "The child started to be looked after; PrevPerm must say whether for the first time.",
        |c, f| {
            f.those(c.rows(Episodes), |r| {
                let new = r.is(RNE, &["S"]) && r.date(DECOM) >= Some(c.start);
                new && !permanence_is_answered(c, r)
            });
        },
    )
    .with(&[PrevPerm]),
    rule("631", Identity, PrevPerm, "PREV_PERM", BAD_CODE, |c, f| {
        f.those(c.rows(PrevPerm), |r| not_one_of(r, perm::PREV_PERM, &["P1", "P2", "P3", "P4", "Z1"]));
    }),
    rule(
        "635",
        Identity,
        PrevPerm,
        "PREV_PERM",
        "PREV_PERM Z1 says that there was none; clear its date and council.",
        |c, f| {
            f.those(c.rows(PrevPerm), |r| {
                r.is(perm::PREV_PERM, &["Z1"]) && (r.has(perm::LA_PERM) || r.has(perm::DATE_PERM))
            });
        },
    ),
];

#[cfg(test)]
#[test]
fn what_is_not_known_of_a_date_is_taken_as_late_as_it_may_be() {
    for (text, meant) in [
        ("12/05/2016", Some((2016, 5, 12))),
        ("ZZ/02/2016", Some((2016, 2, 29))),
        ("ZZ/12/2016", Some((2016, 12, 31))),
        ("12/ZZ/2016", Some((2016, 12, 12))),
        ("ZZ/ZZ/2016", Some((2016, 12, 31))),
        ("ZZ/ZZ/ZZZZ", Some((2000, 12, 31))),
        ("31/02/2016", None),
        ("2016", None),
        ("ZZ/ZZ/2016/1", None),
    ] {
        let meant = meant.and_then(|(year, month, day)| Night::try_new(year, month, day));
        assert_eq!(latest_meant(text), meant, "{text}");
    }
}
