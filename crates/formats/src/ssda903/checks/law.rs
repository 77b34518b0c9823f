//! Legal statuses and ages: how long a status may last, and from what age a placement is lawful.

use kernel::Night;

use super::Decides::{Duty, Money};
use super::case::Case;
use super::codes::{FOR_ADOPTION, FOSTERED, TEMPORARY};
use super::columns::episodes::*;
use super::{Found, Rule, rule};
use crate::ssda903::sheet::Row;
use crate::ssda903::tables::Table::{Episodes, Header};

/// Episodes in a row under one status that together last longer than `days`. An open one lasts to 31 March.
fn status_outlasts(case: &Case<'_>, found: &mut Found, status: &str, days: i64) {
    for child in case.children() {
        let mut run: Vec<Row<'_>> = Vec::new();
        let mut span: Option<(Night, Night)> = None;
        for row in case.begun(child).filter(|row| row.text(LS) == status) {
            let (Some(from), to) = (row.date(DECOM), row.date(DEC).unwrap_or(case.end)) else { continue };
            span = match span.filter(|span| span.1 == from) {
                Some((first, last)) => Some((first, last.max(to))),
                None => {
                    run.clear();
                    Some((from, to))
                }
            };
            run.push(row);
            if span.is_some_and(|(first, last)| last.days() - first.days() > days) {
                run.iter().for_each(|&row| found.flag(row));
            }
        }
    }
}

/// Short breaks of more than 75 days together in the year.
fn too_many_breaks(case: &Case<'_>, found: &mut Found) {
    let nights = |row: Row<'_>| {
        let from = row.date(DECOM)?.max(case.start);
        let to = row.date(DEC).unwrap_or(case.end).min(case.end);
        Some(to.days() - from.days()).filter(|&nights| nights > 0)
    };
    for child in case.children() {
        let breaks = case.begun(child).filter(|row| row.is(LS, &["V3"]));
        if breaks.clone().filter_map(nights).sum::<i64>() > 75 {
            found.those(breaks, |row| nights(row).is_some());
        }
    }
}

/// Episodes in a placement that begin before the child reaches an age.
fn too_young(case: &Case<'_>, found: &mut Found, place: &str, age: i16) {
    found.those(case.rows(Episodes), |row| {
        row.text(PLACE) == place && row.date(DECOM).is_some_and(|decom| case.birthday(row, age) > Some(decom))
    });
}

/// Ended episodes in a placement that last longer than `days`.
fn too_long(case: &Case<'_>, found: &mut Found, place: &str, days: i64) {
    found.those(case.rows(Episodes), |row| {
        let ended = row.date(DECOM).zip(row.date(DEC));
        row.text(PLACE) == place && ended.is_some_and(|(decom, dec)| dec.days() - decom.days() > days)
    });
}

/// Episodes that end for a reason before the child reaches an age.
fn ended_too_young(case: &Case<'_>, found: &mut Found, reasons: &[&str], age: i16) {
    found.those(case.rows(Episodes), |row| {
        row.is(REC, reasons) && row.date(DEC).is_some_and(|dec| case.birthday(row, age) > Some(dec))
    });
}

const SHORT_BREAKS: &[&str] = &["V3", "V4"];

pub(super) const RULES: &[Rule] = &[
    rule("352", Money, Episodes, "DECOM", "The child was 18 when care began; correct DECOM or DOB.", |c, f| {
        f.those(c.rows(Episodes), |r| {
            let adult = r.date(DECOM).zip(c.birthday(r, 18)).is_some_and(|(decom, adult)| adult <= decom);
            r.is(RNE, &["S"]) && adult
        });
    })
    .with(&[Header]),
    rule("358", Money, Episodes, "LS", "A child under ten cannot have this criminal-law status; correct LS or DOB.", |c, f| {
        let mut flagged = Vec::new();
        f.those(c.rows(Episodes), |r| {
            let young = r.date(DECOM).zip(c.birthday(r, 10)).is_some_and(|(decom, ten)| decom < ten);
            r.is(LS, &["J1", "J2", "J3"]) && young
        });
        flagged.extend(f.here().filter_map(|row| c.header(c.row(Episodes, row)?)));
        flagged.into_iter().for_each(|header| f.flag(header));
    })
    .with(&[Header]),
    rule("359", Money, Episodes, "LS", "After the 18th birthday care goes on only as V2 in K2; end the episode.", |c, f| {
        f.those(c.rows(Episodes), |r| {
            let adult = c.birthday(r, 18).is_some_and(|adult| adult < c.end);
            adult && !r.has(DEC) && !(r.is(LS, &["V2"]) && r.is(PLACE, &["K2"]))
        });
    })
    .with(&[Header]),
    rule("361", Duty, Episodes, "LS", "Police protection (L1) lasts 72 hours at most; correct LS or the dates.", |c, f| {
        status_outlasts(c, f, "L1", 3);
    }),
    rule("362", Duty, Episodes, "LS", "An emergency protection order (L2) lasts 21 days at most; correct LS or dates.", |c, f| {
        status_outlasts(c, f, "L2", 21);
    }),
    rule("363", Duty, Episodes, "LS", "A child assessment order (L3) lasts 7 days at most; correct LS or the dates.", |c, f| {
        status_outlasts(c, f, "L3", 7);
    }),
    rule("364", Duty, Episodes, "LS", "Detention under PACE (J2) does not last beyond 21 days; correct LS or dates.", |c, f| {
        status_outlasts(c, f, "J2", 21);
    }),
    rule("365", Money, Episodes, "LS", "One short break (V3) lasts 17 days at most; correct LS or the dates.", |c, f| {
        f.those(c.rows(Episodes), |r| {
            let to = r.date(DEC).unwrap_or(c.end);
            r.is(LS, &["V3"]) && r.date(DECOM).is_some_and(|decom| to.days() - decom.days() > 17)
        });
    }),
    rule("366", Money, Episodes, "RNE", "A placement cannot change during one short break (V3): RNE must be S.", |c, f| {
        f.those(c.rows(Episodes), |r| r.is(LS, &["V3"]) && !r.is(RNE, &["S"]));
    }),
    rule("367", Money, Episodes, "LS", "Short breaks (V3) come to more than 75 days in the year; correct LS or dates.", too_many_breaks),
    rule("370", Money, Episodes, "PLACE", "The child was under 15 in independent living (P2); correct PLACE, DECOM or DOB.", |c, f| {
        too_young(c, f, "P2", 15);
    })
    .until(2023)
    .with(&[Header]),
    rule("370", Money, Episodes, "PLACE", "The child was under 16 in independent living (P2); correct PLACE, DECOM or DOB.", |c, f| {
        too_young(c, f, "P2", 16);
    })
    .since(2024)
    .until(2024)
    .with(&[Header]),
    rule("217t", Money, Episodes, "PLACE", "Independent living (P2) is no placement from 28 October 2023 on; end the episode, or correct PLACE.", |c, f| {
        let last = Night::try_new(2023, 10, 28);
        f.those(c.rows(Episodes), |r| {
            let later = if r.has(DEC) { r.date(DEC) > last } else { true };
            r.is(PLACE, &["P2"]) && later
        });
    })
    .since(2024)
    .until(2024),
    rule("426", Money, Episodes, "LS", "Short breaks under V3 and under V4 exclude each other within a year; correct LS.", |c, f| {
        for child in c.children() {
            let has = |status: &str| c.of(Episodes, child).any(|row| row.text(LS) == status);
            if has("V3") && has("V4") {
                f.those(c.of(Episodes, child), |row| row.is(LS, &["V3", "V4"]));
            }
        }
    }),
    rule("516", Money, Episodes, "REC", "Who left to stay with or near a former foster carer (E45, E46) was fostered; correct REC or PLACE.", |c, f| {
        f.those(c.rows(Episodes), |r| r.is(REC, &["E45", "E46"]) && !r.is(PLACE, FOSTERED));
    }),
    rule("234", Money, Episodes, "REASON_PLACE_CHANGE", "A child under ten does not change placement by custody; correct the reason or DOB.", |c, f| {
        f.those(c.rows(Episodes), |r| {
            r.is(REASON_PLACE_CHANGE, &["CUSTOD"]) && r.date(DECOM).is_some_and(|decom| c.birthday(r, 10) > Some(decom))
        });
    })
    .since(2026)
    .with(&[Header]),
    rule("371", Money, Episodes, "PLACE", "The child was under 14 when placed in H5; correct PLACE, DECOM or DOB.", |c, f| {
        too_young(c, f, "H5", 14);
    })
    .until(2023)
    .with(&[Header]),
    rule("371", Money, Episodes, "PLACE", "The child was under 16 when placed in H5; correct PLACE, DECOM or DOB.", |c, f| {
        too_young(c, f, "H5", 16);
    })
    .since(2024)
    .until(2024)
    .with(&[Header]),
    rule(
        "371",
        Money,
        Episodes,
        "PLACE",
        "The child was under 16 when placed in supported accommodation (K3), which is unlawful; correct the row or the placement.",
        |c, f| too_young(c, f, "K3", 16),
    )
    .since(2025)
    .with(&[Header]),
    rule("372", Money, Episodes, "PLACE", "The child was under 10 when placed in custody (R5); correct the row.", |c, f| {
        too_young(c, f, "R5", 10);
    })
    .with(&[Header]),
    rule("373", Money, Episodes, "PLACE", "The child was under 4 when placed in a school (S1); correct the row.", |c, f| {
        too_young(c, f, "S1", 4);
    })
    .with(&[Header]),
    rule("374", Money, Episodes, "PLACE", "The child was under 14 in residential employment (P3); correct the row.", |c, f| {
        too_young(c, f, "P3", 14);
    })
    .with(&[Header]),
    rule("375", Money, Episodes, "PLACE", "A temporary stay in hospital (T1) lasts 42 days at most; R2 is for longer.", |c, f| {
        too_long(c, f, "T1", 42);
    }),
    rule("376", Money, Episodes, "PLACE", "A stay for a carer's holiday (T3) lasts 21 days at most; correct PLACE.", |c, f| {
        too_long(c, f, "T3", 21);
    }),
    rule("379", Money, Episodes, "PLACE", "A temporary stay for another reason (T4) lasts seven days at most.", |c, f| {
        too_long(c, f, "T4", 7);
    }),
    rule("377", Money, Episodes, "PLACE", "There are more than two stays for a carer's holiday (T3) in the year.", |c, f| {
        for child in c.children() {
            let holidays = c.of(Episodes, child).filter(|row| row.is(PLACE, &["T3"]));
            if holidays.clone().nth(2).is_some() {
                holidays.for_each(|row| f.flag(row));
            }
        }
    }),
    rule("378", Money, Episodes, "LS", "A child placed with parents (P1) is not accommodated under section 20 (V2).", |c, f| {
        f.those(c.rows(Episodes), |r| r.is(PLACE, &["P1"]) && r.is(LS, &["V2"]));
    }),
    rule("382", Money, Episodes, "PLACE", "A short break (V3, V4) cannot be a temporary placement; correct PLACE.", |c, f| {
        f.those(c.rows(Episodes), |r| r.is(LS, SHORT_BREAKS) && r.is(PLACE, TEMPORARY));
    }),
    rule("384", Money, Episodes, "PLACE", "A short break (V3, V4) cannot be a long-term foster placement (U1, U4).", |c, f| {
        f.those(c.rows(Episodes), |r| r.is(LS, SHORT_BREAKS) && r.is(PLACE, &["U1", "U4"]));
    }),
    rule("386", Money, Episodes, "REC", "REC says adopted, and the child was 18; correct REC, DEC or DOB.", |c, f| {
        f.those(c.rows(Episodes), |r| {
            let adult = r.date(DEC).zip(c.birthday(r, 18)).is_some_and(|(dec, adult)| adult <= dec);
            r.is(REC, &["E11", "E12"]) && adult
        });
    })
    .with(&[Header]),
    rule("387", Money, Episodes, "REC", "REC says independent living, and the child was under 14; correct the row.", |c, f| {
        ended_too_young(c, f, &["E5", "E6"], 14);
    })
    .with(&[Header]),
    rule("389", Money, Episodes, "REC", "REC says adult social care, and the child was under 16; correct the row.", |c, f| {
        ended_too_young(c, f, &["E7"], 16);
    })
    .with(&[Header]),
    rule("460", Money, Episodes, "REC", "REC says stayed with carers at 18, and the child was under 18.", |c, f| {
        ended_too_young(c, f, &["E17"], 18);
    })
    .with(&[Header]),
    rule("390", Money, Episodes, "REC", "REC says adopted, and PLACE is not a placement for adoption; correct one.", |c, f| {
        f.those(c.rows(Episodes), |r| r.is(REC, &["E11", "E12"]) && !r.is(PLACE, FOR_ADOPTION));
    }),
    rule("407", Money, Episodes, "REC", "REC says special guardianship, and the child was past 18; correct the row.", |c, f| {
        let mut headers = Vec::new();
        f.those(c.rows(Episodes), |r| {
            let adult = r.date(DEC).zip(c.birthday(r, 18)).is_some_and(|(dec, adult)| adult < dec);
            r.is(REC, &["E45", "E46", "E47", "E48"]) && adult
        });
        headers.extend(f.here().filter_map(|row| c.header(c.row(Episodes, row)?)));
        headers.into_iter().for_each(|header| f.flag(header));
    })
    .with(&[Header]),
    rule("408", Money, Episodes, "LS", "PLACE says placed under a placement order, and LS is not E1; correct one.", |c, f| {
        f.those(c.rows(Episodes), |r| r.is(PLACE, &["A5", "A6"]) && !r.is(LS, &["E1"]));
    }),
    rule("445", Money, Episodes, "LS", "No freeing order (D1) was made after December 2005; correct LS or DECOM.", |c, f| {
        let last = Night::try_new(2005, 12, 31);
        f.those(c.rows(Episodes), |r| r.is(LS, &["D1"]) && r.date(DECOM) > last);
    })
    .until(2024),
    rule("446", Money, Episodes, "LS", "No placement order (E1) was made before December 2005; correct LS or DECOM.", |c, f| {
        let first = Night::try_new(2005, 12, 1);
        f.those(c.rows(Episodes), |r| r.is(LS, &["E1"]) && r.date(DECOM).is_some() && r.date(DECOM) < first);
    }),
    rule("451", Money, Episodes, "LS", "The child is still under a freeing order (D1), which ended long ago.", |c, f| {
        f.those(c.rows(Episodes), |r| r.is(LS, &["D1"]) && !r.has(DEC) && !r.has(REC));
    })
    .until(2024),
];
