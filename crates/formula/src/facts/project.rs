//! Children by single year of age after the census: aged to mid-2023, then projected by council.
//!
//! * **Mid-2023.** Each council's children of the census of 21 March 2021 grow two years older; ages 0 and 1, born
//!   since, are as many as the census found below one. The ages are then scaled to the council's published total of
//!   children at mid-2023, and sum to it exactly.
//! * **2024 to 2028.** Each year everyone grows a year older and as many are born as the year before; then the ages 0–9
//!   and 10–17 of all councils of a region are scaled so that their sum moves as the region's projection of ages 0–9
//!   and 10–19 moves. No one is taken to move between councils beyond what the scaling does.
//! * **2029 to 2034.** The same, each band of a region going on by the mean yearly step of the projection's last three
//!   years. This extends the source beyond what it says.

use std::collections::BTreeMap;

use kernel::{CouncilCode, Region};

use super::fill::apportion;
use super::sources::{CENSUS_AGES, CHILD_AGES, PROJECTED, Projection};
use crate::Decimal;

/// The year of the published totals that the projection starts from.
pub(super) const BASE: u16 = 2023;
/// The last year that is projected.
pub(super) const LAST: u16 = 2034;
/// Years between the census and the base year.
const SINCE_CENSUS: usize = 2;
/// The years over whose mean step the projection is extended.
const STEP_YEARS: u16 = 3;
/// The bands of the projection, as ages of children.
const BANDS: [(u16, std::ops::Range<usize>); 2] = [(0, 0..10), (10, 10..CHILD_AGES)];

/// Children of one council by single year of age.
pub(super) type Ages = [i64; CHILD_AGES];

/// Children at mid-2023, summing to the published total. `None` if the census found none.
pub(super) fn aged(census: &[i64; CENSUS_AGES], total: i64) -> Option<Ages> {
    // Below the years since the census this is its age 0, for those born since.
    let weights: [i64; CHILD_AGES] = std::array::from_fn(|age| census[age.saturating_sub(SINCE_CENSUS)]);
    apportion(total, &weights)?.try_into().ok()
}

/// Whole children by year and council, from the year after the base to [`LAST`].
pub(super) fn projected(
    base: &BTreeMap<CouncilCode, Ages>,
    projection: &Projection,
) -> Option<BTreeMap<u16, BTreeMap<CouncilCode, Ages>>> {
    let mut now: BTreeMap<CouncilCode, [Decimal; CHILD_AGES]> =
        base.iter().map(|(&council, ages)| (council, ages.map(Decimal::whole))).collect();
    let began = now.clone();
    let mut years = BTreeMap::new();
    for year in BASE + 1..=LAST {
        for ages in now.values_mut() {
            ages.copy_within(0..CHILD_AGES - 1, 1);
        }
        for region in Region::ALL {
            for (first, band) in &BANDS {
                let thousands = &projection[&(region, *first)];
                let sum = |of: &BTreeMap<CouncilCode, [Decimal; CHILD_AGES]>| -> Decimal {
                    let there = of.iter().filter(|(council, _)| kernel::council(**council).region == region);
                    there.flat_map(|(_, ages)| &ages[band.clone()]).copied().sum()
                };
                let target = (sum(&began) * level(thousands, year)?).checked_div(thousands[&BASE])?;
                let aged = sum(&now);
                for (_, ages) in now.iter_mut().filter(|(council, _)| kernel::council(**council).region == region) {
                    for age in &mut ages[band.clone()] {
                        *age = (*age * target).checked_div(aged)?;
                    }
                }
            }
        }
        let whole = now.iter().map(|(&council, ages)| (council, ages.map(|age| age.round(0).floor()))).collect();
        years.insert(year, whole);
    }
    Some(years)
}

/// Thousands of a band in a year, extended beyond the projection's end by its last mean step.
fn level(thousands: &BTreeMap<u16, Decimal>, year: u16) -> Option<Decimal> {
    let end = *PROJECTED.end();
    if year <= end {
        return thousands.get(&year).copied();
    }
    let step = (thousands[&end] - thousands[&(end - STEP_YEARS)]).checked_div(Decimal::whole(i64::from(STEP_YEARS)))?;
    Some(thousands[&end] + step * Decimal::whole(i64::from(year - end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_grow_two_years_older_and_keep_their_total() {
        let mut census = [0; CENSUS_AGES];
        census[0] = 10;
        census[3] = 40;
        census[17] = 1_000; // grown up by 2023
        let ages = aged(&census, 120).unwrap();
        assert_eq!((ages[0], ages[1], ages[2], ages[5]), (17, 17, 17, 69));
        assert_eq!(ages.iter().sum::<i64>(), 120);
        assert_eq!(aged(&[0; CENSUS_AGES], 120), None);
    }

    #[test]
    fn a_steady_region_only_grows_older() {
        let council = kernel::find("Kent").unwrap().code;
        let mut base = [100; CHILD_AGES];
        base[4] = 160;
        let flat: BTreeMap<u16, Decimal> = PROJECTED.map(|year| (year, Decimal::whole(500))).collect();
        let projection =
            Region::ALL.into_iter().flat_map(|region| [(region, 0), (region, 10)]).map(|key| (key, flat.clone()));
        let years = projected(&BTreeMap::from([(council, base)]), &projection.collect()).unwrap();
        let ages = years[&2026][&council];
        assert_eq!(ages[7], 160); // aged 4 in 2023
        assert_eq!(ages.iter().sum::<i64>(), 1_860);
        assert_eq!(years.keys().copied().collect::<Vec<_>>(), (2024..=2034).collect::<Vec<_>>());
    }
}
