//! What is published, typed once more: allowances, the reference tariff, shares, kinds.

use door::Sector;
use kernel::Region;

use crate::calendar::day;

/// What a placement code is to the payer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Fostering,
    Residential,
    Supported,
    Respite,
    Nil,
    Other,
}

pub fn class(kind: &str) -> Class {
    match kind {
        "U1" | "U2" | "U3" | "U4" | "U5" | "U6" | "A3" | "A5" => Class::Fostering,
        "K1" | "K2" | "R1" | "R3" | "S1" => Class::Residential,
        "H5" | "K3" => Class::Supported,
        "T0" | "T3" | "T4" => Class::Respite,
        "A4" | "A6" | "P1" | "P2" | "P3" | "R2" | "R5" | "T1" | "T2" => Class::Nil,
        _ => Class::Other,
    }
}

/// National Minimum Allowance, pounds a week: 0-2, 3-4, 5-10, 11-15, 16-17.
const LONDON_2024: [i64; 5] = [191, 195, 217, 248, 289];
const SOUTH_EAST_2024: [i64; 5] = [183, 189, 208, 238, 278];
const ELSEWHERE_2024: [i64; 5] = [165, 170, 187, 213, 249];
const LONDON_2025: [i64; 5] = [198, 201, 225, 257, 299];
const SOUTH_EAST_2025: [i64; 5] = [189, 196, 216, 247, 288];
const ELSEWHERE_2025: [i64; 5] = [170, 176, 194, 220, 258];

/// The weekly allowance in pence and whether it is last year's paid on, or nothing before the first table. The
/// second table may not be loaded.
pub fn allowance(night: i64, age: i64, region: Region, second_year: bool) -> Option<(i64, bool)> {
    let (first, second) = (day(2024, 4, 6), day(2025, 4, 6));
    let last = day(2026, 4, 5);
    let new = second_year && night >= second;
    if night < first {
        return None;
    }
    let row = match (region, new) {
        (Region::London, false) => LONDON_2024,
        (Region::SouthEast, false) => SOUTH_EAST_2024,
        (_, false) => ELSEWHERE_2024,
        (Region::London, true) => LONDON_2025,
        (Region::SouthEast, true) => SOUTH_EAST_2025,
        (_, true) => ELSEWHERE_2025,
    };
    let band = match age {
        ..3 => 0,
        3..5 => 1,
        5..11 => 2,
        11..16 => 3,
        _ => 4,
    };
    let run_out = if new { night > last } else { night >= second };
    Some((row[band] * 100, run_out))
}

/// The whole weekly price of the reference tariff, in pence.
pub fn tariff(night: i64, class: Class, sector: Sector) -> Option<i64> {
    let begun = |year| night >= day(year, 4, 1);
    let council = matches!(sector, Sector::Own | Sector::OtherCouncil);
    match class {
        Class::Residential if begun(2023) => Some(610_600),
        Class::Residential if begun(2020) => Some(383_000),
        Class::Residential if begun(2015) => Some(300_000),
        Class::Supported if begun(2015) => Some(94_800),
        Class::Fostering | Class::Respite if council => (begun(2015) && night < day(2024, 4, 6)).then_some(64_600),
        Class::Fostering | Class::Respite if begun(2020) => Some(82_000),
        Class::Fostering | Class::Respite if begun(2015) => Some(64_600),
        _ => None,
    }
}

/// The share of a whole price, in basis points, that counts as return.
pub fn return_share(class: Class, sector: Sector) -> i64 {
    match (sector, class) {
        (Sector::Private, Class::Residential) => 2260,
        (Sector::Private, Class::Fostering | Class::Respite) => 1940,
        (Sector::Private, Class::Supported) => 3550,
        _ => 0,
    }
}

/// Whether a setting is unlawful for a child of this age on this night.
pub fn unlawful(kind: &str, night: i64, age: i64) -> bool {
    let unregulated = matches!(kind, "H5" | "K3") && age < 16 && night >= day(2021, 9, 9);
    let unregistered = kind == "H5" && age < 18 && night >= day(2023, 10, 28);
    unregulated || unregistered
}
