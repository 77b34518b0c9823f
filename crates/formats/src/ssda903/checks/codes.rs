//! One episode looked at by itself: dates and codes of the year, and what goes with what.

use kernel::CodeSet;

use super::Decides::Money;
use super::columns::episodes::*;
use super::{Rule, rule};
use crate::ssda903::sheet::Row;
use crate::ssda903::tables::Table::Episodes;

/// Filled with what is no code of the set in the year of the return.
fn not_of(row: Row<'_>, column: usize, set: CodeSet, year: kernel::ReturnYear) -> bool {
    row.has(column) && !set.contains(year, row.text(column))
}

fn not_a_date(row: Row<'_>, column: usize) -> bool {
    row.has(column) && row.date(column).is_none()
}

/// The placement codes of temporary stays.
pub(super) const TEMPORARY: &[&str] = &["T0", "T1", "T2", "T3", "T4"];
pub(super) const OTHER: &[&str] = &["Z11", "Z12", "Z13", "Z14"];
pub(super) const FOR_ADOPTION: &[&str] = &["A3", "A4", "A5", "A6"];
const NO_PUBLIC_BODY: &[&str] = &["P1", "A3", "A4", "A5", "A6", "K1", "K2", "U1", "U2", "U3", "U4", "U5", "U6"];

/// Placements that may have no provider, as rule 178 has them: T4 left the list when Z1 was split.
fn bars_provider(place: &str, ends: i16) -> bool {
    match place {
        "T0" | "T1" | "T2" | "T3" => true,
        "T4" | "Z1" => ends < 2026,
        "Z11" | "Z12" | "Z13" | "Z14" => ends >= 2026,
        _ => false,
    }
}

/// Placements that need no provider, as rule 526 has them.
fn needs_no_provider(place: &str, ends: i16) -> bool {
    TEMPORARY.contains(&place) || if ends < 2026 { place == "Z1" } else { OTHER.contains(&place) }
}

/// Placements that Ofsted does not register, as rule 222 has them.
fn is_unregistered(place: &str, ends: i16) -> bool {
    match place {
        "P1" | "P3" | "R1" | "R2" | "R5" => true,
        "H5" => ends <= 2023,
        "P2" => ends <= 2024,
        "Z1" => ends < 2026,
        "Z11" | "Z12" | "Z13" | "Z14" => ends >= 2026,
        other => TEMPORARY.contains(&other),
    }
}

const BAD_DATE: &str = "This is not a date; write day/month/year, such as 14/05/2025.";

pub(super) const RULES: &[Rule] = &[
    rule("141", Money, Episodes, "DECOM", BAD_DATE, |c, f| f.those(c.rows(Episodes), |r| not_a_date(r, DECOM))),
    rule("147", Money, Episodes, "DEC", BAD_DATE, |c, f| f.those(c.rows(Episodes), |r| not_a_date(r, DEC))),
    rule("143", Money, Episodes, "RNE", "RNE is no code of this return; correct it.", |c, f| {
        f.those(c.rows(Episodes), |r| not_of(r, RNE, CodeSet::Rne, c.year()));
    }),
    rule("144", Money, Episodes, "LS", "LS is no legal status code of this return; correct it.", |c, f| {
        f.those(c.rows(Episodes), |r| not_of(r, LS, CodeSet::LegalStatus, c.year()));
    }),
    rule("145", Money, Episodes, "CIN", "CIN is no category of need; correct it.", |c, f| {
        f.those(c.rows(Episodes), |r| not_of(r, CIN, CodeSet::Need, c.year()));
    }),
    rule("146", Money, Episodes, "PLACE", "PLACE is no placement code of this return; correct it.", |c, f| {
        f.those(c.rows(Episodes), |r| not_of(r, PLACE, CodeSet::Place, c.year()));
    }),
    rule("149", Money, Episodes, "REC", "REC is no reason for an episode to cease; correct it.", |c, f| {
        f.those(c.rows(Episodes), |r| not_of(r, REC, CodeSet::Rec, c.year()));
    }),
    rule("1009", Money, Episodes, "REASON_PLACE_CHANGE", "This is no reason for a change of placement.", |c, f| {
        f.those(c.rows(Episodes), |r| not_of(r, REASON_PLACE_CHANGE, CodeSet::PlaceChange, c.year()));
    }),
    rule(
        "148",
        Money,
        Episodes,
        "DEC",
        "One of DEC and REC is filled and the other blank; fill or clear both.",
        |c, f| {
            f.those(c.rows(Episodes), |r| r.has(DEC) != r.has(REC));
        },
    ),
    rule(
        "178",
        Money,
        Episodes,
        "PLACE_PROVIDER",
        "PLACE_PROVIDER is no provider code, or the placement is one that has none; correct it or leave it blank.",
        |c, f| {
            f.those(c.rows(Episodes), |r| {
                let valid = CodeSet::Provider.contains(c.year(), r.text(PLACE_PROVIDER));
                r.has(PLACE_PROVIDER) && (!valid || bars_provider(r.text(PLACE), c.year().ends()))
            });
        },
    ),
    rule("213", Money, Episodes, "PLACE_PROVIDER", "This placement has no provider; leave it blank.", |c, f| {
        f.those(c.rows(Episodes), |r| {
            let other = c.year().ends() >= 2026 && r.is(PLACE, OTHER);
            r.has(PLACE_PROVIDER) && (r.is(PLACE, TEMPORARY) || other)
        });
    }),
    rule(
        "526",
        Money,
        Episodes,
        "PLACE_PROVIDER",
        "PLACE_PROVIDER is blank; write who provides the placement.",
        |c, f| {
            f.those(c.rows(Episodes), |r| !r.has(PLACE_PROVIDER) && !needs_no_provider(r.text(PLACE), c.year().ends()));
        },
    ),
    rule("527", Money, Episodes, "PLACE_PROVIDER", "The council's own provision (PR1) is no P1, R2 or R5.", |c, f| {
        f.those(c.rows(Episodes), |r| r.is(PLACE, &["P1", "R2", "R5"]) && r.is(PLACE_PROVIDER, &["PR1"]));
    }),
    rule("528", Money, Episodes, "PLACE_PROVIDER", "Another council's provision (PR2) is no P1, R2 or R5.", |c, f| {
        f.those(c.rows(Episodes), |r| r.is(PLACE, &["P1", "R2", "R5"]) && r.is(PLACE_PROVIDER, &["PR2"]));
    }),
    rule(
        "529",
        Money,
        Episodes,
        "PLACE_PROVIDER",
        "Another public body (PR3) does not provide this kind of placement; correct PLACE or PLACE_PROVIDER.",
        |c, f| f.those(c.rows(Episodes), |r| r.is(PLACE, NO_PUBLIC_BODY) && r.is(PLACE_PROVIDER, &["PR3"])),
    ),
    rule(
        "530",
        Money,
        Episodes,
        "PLACE_PROVIDER",
        "A private provider (PR4) is no parent (P1); correct one.",
        |c, f| {
            f.those(c.rows(Episodes), |r| r.is(PLACE, &["P1"]) && r.is(PLACE_PROVIDER, &["PR4"]));
        },
    ),
    rule(
        "531",
        Money,
        Episodes,
        "PLACE_PROVIDER",
        "A voluntary provider (PR5) is no parent (P1); correct one.",
        |c, f| {
            f.those(c.rows(Episodes), |r| r.is(PLACE, &["P1"]) && r.is(PLACE_PROVIDER, &["PR5"]));
        },
    ),
    rule(
        "550",
        Money,
        Episodes,
        "PLACE_PROVIDER",
        "A parent (PR0) provides only P1; correct one of the two.",
        |c, f| {
            f.those(c.rows(Episodes), |r| !r.is(PLACE, &["P1"]) && r.is(PLACE_PROVIDER, &["PR0"]));
        },
    ),
    rule("222", Money, Episodes, "URN", "Ofsted does not register this kind of placement; leave URN blank.", |c, f| {
        f.those(c.rows(Episodes), |r| {
            r.has(URN) && !r.is(URN, &["XXXXXXX"]) && is_unregistered(r.text(PLACE), c.year().ends())
        });
    }),
    rule(
        "242",
        Money,
        Episodes,
        "URN",
        "URN XXXXXXX is for adoption and fostering alone; write the number.",
        |c, f| {
            f.those(c.rows(Episodes), |r| {
                let place = r.text(PLACE);
                r.is(URN, &["XXXXXXX"]) && !FOR_ADOPTION.contains(&place) && !FOSTERED.contains(&place)
            });
        },
    )
    .since(2026),
    rule("353", Money, Episodes, "DECOM", "DECOM is before 14 October 1991, when the Act came into force.", |c, f| {
        let act = kernel::Night::try_new(1991, 10, 14);
        f.those(c.rows(Episodes), |r| r.date(DECOM) < act && r.date(DECOM).is_some());
    }),
    rule(
        "354",
        Money,
        Episodes,
        "DECOM",
        "DECOM is after the year ends; correct it, or leave the episode out.",
        |c, f| {
            f.those(c.rows(Episodes), |r| r.date(DECOM).is_some_and(|decom| decom > c.end));
        },
    ),
    rule(
        "385",
        Money,
        Episodes,
        "DEC",
        "DEC is after the year ends; leave DEC and REC blank, or correct it.",
        |c, f| {
            f.those(c.rows(Episodes), |r| r.date(DEC).is_some_and(|dec| dec > c.end));
        },
    ),
    rule(
        "355",
        Money,
        Episodes,
        "DEC",
        "DEC is DECOM, so the episode has no night; correct it if it had one.",
        |c, f| {
            f.those(c.rows(Episodes), |r| r.date(DEC).is_some() && r.date(DEC) == r.date(DECOM));
        },
    ),
    rule("356", Money, Episodes, "DEC", "DEC is before DECOM; correct whichever is wrong.", |c, f| {
        f.those(c.rows(Episodes), |r| r.date(DEC).zip(r.date(DECOM)).is_some_and(|(dec, decom)| dec < decom));
    }),
];

pub(super) const FOSTERED: &[&str] = &["U1", "U2", "U3", "U4", "U5", "U6"];

#[cfg(test)]
#[test]
fn a_temporary_stay_never_needs_a_provider() {
    for ends in 2018..=2027 {
        assert!(TEMPORARY.iter().all(|place| needs_no_provider(place, ends)));
        assert!(["T0", "T1", "T2", "T3"].iter().all(|place| bars_provider(place, ends)));
    }
}
