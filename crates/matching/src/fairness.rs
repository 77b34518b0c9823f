//! Whether matching treats children alike: a report apart, over what was offered and decided. Who a child is by law
//! protected is never an input of a match, only of this.
//!
//! A share comes with its Wilson interval (Wilson 1927), so that a small group is not called treated worse by chance;
//! counts below five are not shown and the others are rounded to five, and a share is shown only where neither it nor
//! its complement rests on fewer than five children.

use std::collections::BTreeMap;

use serde::Serialize;

/// Counts below this are not shown.
pub const LEAST_SHOWN: u32 = 5;

/// What became of one child's search. Distances in metres, waiting in nights.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Treated {
    /// Each characteristic with the child's group: `("sex", "girl")`. Unknown is a group.
    pub groups: Vec<(String, String)>,
    /// Homes that said yes.
    pub offers: u32,
    /// The place in the child's own order of the home that was chosen, 1 the first; `u32::MAX`: it was on no list; `None`:
    /// no home was found.
    pub rank: Option<u32>,
    /// From home to the chosen home.
    pub metres: Option<u32>,
    /// From the search to the first night.
    pub waited: Option<u32>,
    /// Parted from a brother or sister who was searched for too; `None`: there was none.
    pub parted: Option<bool>,
}

/// A share of children, in thousandths, with its 95 % interval.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Share {
    /// Of how many children, rounded to five.
    pub of: u32,
    /// The share.
    pub share: u32,
    /// The interval's lower end.
    pub low: u32,
    /// The interval's upper end.
    pub high: u32,
}

/// One group of one characteristic. What is `None` is suppressed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct GroupReport {
    /// The characteristic.
    pub characteristic: String,
    /// The group.
    pub group: String,
    /// Children, rounded to five; `None`: fewer than five.
    pub children: Option<u32>,
    /// Who had any offer.
    pub offered: Option<Share>,
    /// Who got the first home of their order.
    pub first: Option<Share>,
    /// Who was left without a home.
    pub unplaced: Option<Share>,
    /// Of those with brothers or sisters, who was parted.
    pub parted: Option<Share>,
    /// The middle place in the child's own order of the home that was chosen, of those that were on the list.
    pub rank: Option<u32>,
    /// The middle distance, in metres, rounded down to 100.
    pub metres: Option<u32>,
    /// The middle wait, in nights.
    pub waited: Option<u32>,
    /// Whether some share's interval does not meet that of all other children: worth a person's look, proof of nothing.
    pub look: bool,
}

/// Reports on each group of each characteristic, in alphabetical order.
pub fn audit(children: &[Treated]) -> Vec<GroupReport> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Treated>> = BTreeMap::new();
    for child in children {
        for (characteristic, group) in &child.groups {
            groups.entry((characteristic, group)).or_default().push(child);
        }
    }
    let report = |(&(characteristic, group), those): (&(&str, &str), &Vec<&Treated>)| {
        let of = |others: bool| -> Vec<&Treated> {
            let is = |child: &&Treated| {
                let its = child.groups.iter().find(|(name, _)| name == characteristic);
                its.is_some_and(|(_, its)| (its != group) == others)
            };
            children.iter().filter(is).collect()
        };
        group_report(characteristic, group, those, &of(true))
    };
    hide_what_a_total_gives_away(groups.iter().map(report).collect())
}

/// What is asked of a child; `None` if it does not apply.
type Measure<'a> = &'a dyn Fn(&Treated) -> Option<bool>;

fn group_report(characteristic: &str, group: &str, those: &[&Treated], others: &[&Treated]) -> GroupReport {
    let offered = |child: &Treated| Some(child.offers > 0);
    let first = |child: &Treated| Some(child.rank == Some(1));
    let unplaced = |child: &Treated| Some(child.rank.is_none());
    let parted = |child: &Treated| child.parted;
    let measures: [Measure; 4] = [&offered, &first, &unplaced, &parted];
    let shares = measures.map(|measure| share(those, measure));
    let look = measures.iter().zip(shares).any(|(measure, mine)| {
        let theirs = share(others, measure);
        mine.zip(theirs).is_some_and(|(mine, theirs)| mine.low > theirs.high || mine.high < theirs.low)
    });
    let [offered, first, unplaced, parted] = shares;
    GroupReport {
        characteristic: characteristic.to_owned(),
        group: group.to_owned(),
        children: shown(those.len() as u32),
        offered,
        first,
        unplaced,
        parted,
        rank: middle(those.iter().filter_map(|child| child.rank).filter(|rank| *rank != u32::MAX)),
        metres: middle(those.iter().filter_map(|child| child.metres)).map(|metres| metres / 100 * 100),
        waited: middle(those.iter().filter_map(|child| child.waited)),
        look,
    }
}

/// If one group alone of a characteristic is hidden, the others and the total would tell it: the next smallest goes too.
fn hide_what_a_total_gives_away(mut reports: Vec<GroupReport>) -> Vec<GroupReport> {
    let mut by: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, report) in reports.iter().enumerate() {
        by.entry(report.characteristic.clone()).or_default().push(at);
    }
    for places in by.into_values() {
        let hidden = places.iter().filter(|&&at| reports[at].children.is_none()).count();
        let smallest = places.iter().copied().filter(|&at| reports[at].children.is_some());
        if let (1, Some(at)) = (hidden, smallest.min_by_key(|&at| (reports[at].children, at))) {
            let (characteristic, group) = (reports[at].characteristic.clone(), reports[at].group.clone());
            reports[at] = group_report(&characteristic, &group, &[], &[]);
        }
    }
    reports
}

/// A count as it may be published.
pub fn shown(count: u32) -> Option<u32> {
    (count >= LEAST_SHOWN).then(|| (count + 2) / 5 * 5)
}

fn share(children: &[&Treated], measure: impl Fn(&Treated) -> Option<bool>) -> Option<Share> {
    let known: Vec<bool> = children.iter().filter_map(|child| measure(child)).collect();
    let (yes, all) = (known.iter().filter(|&&yes| yes).count() as u32, known.len() as u32);
    let few = |count: u32| (1..LEAST_SHOWN).contains(&count);
    if all < LEAST_SHOWN || few(yes) || few(all - yes) {
        return None;
    }
    let (low, high) = wilson(yes, all);
    Some(Share { of: shown(all)?, share: thousandths(yes, all), low, high })
}

fn thousandths(yes: u32, all: u32) -> u32 {
    ((u64::from(yes) * 2_000 + u64::from(all)) / (2 * u64::from(all))) as u32
}

fn middle(values: impl Iterator<Item = u32>) -> Option<u32> {
    let mut values: Vec<u32> = values.collect();
    values.sort_unstable();
    (values.len() >= LEAST_SHOWN as usize).then(|| values[values.len() / 2])
}

/// Wilson's interval at 95 %, in thousandths, rounded outwards. Whole numbers throughout: z is 1.96, so z² is
/// 38,416 / 10,000.
pub fn wilson(yes: u32, all: u32) -> (u32, u32) {
    const Z: u128 = 196;
    const Z2: u128 = Z * Z;
    // With n children and k of them: (2k + z² ± z √(z² + 4k(n − k)/n)) / (2(n + z²)), all times 10,000 n.
    let (k, n) = (u128::from(yes.min(all)), u128::from(all));
    if n == 0 {
        return (0, 1_000);
    }
    let middle = 20_000 * k + Z2;
    // √ to six figures more: z √(z² + 4k(n − k)/n) × 10,000 = 196 √(38,416 + 40,000 k(n − k)/n).
    const FINER: u128 = 1_000_000;
    let under = (Z2 + (40_000 * k * (n - k)).div_ceil(n)) * FINER * FINER;
    let root = under.isqrt();
    let exact = root * root == under;
    let root = Z * (root + u128::from(!exact));
    let whole = 2 * (10_000 * n + Z2) * FINER;
    let low = (middle * FINER).saturating_sub(root) * 1_000 / whole;
    let high = ((middle * FINER + root) * 1_000).div_ceil(whole);
    (low as u32, (high as u32).min(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The textbook formula in floating point, as the oracle.
    #[allow(clippy::float_arithmetic, reason = "an oracle for whole numbers has to reckon otherwise")]
    fn plainly(k: u32, n: u32) -> (f64, f64) {
        let (p, n, z) = (f64::from(k) / f64::from(n), f64::from(n), 1.96_f64);
        let middle = p + z * z / (2.0 * n);
        let wide = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let below = 1.0 + z * z / n;
        ((middle - wide) / below, (middle + wide) / below)
    }

    #[test]
    #[allow(clippy::float_arithmetic, reason = "compared with the oracle")]
    fn wilson_in_whole_numbers_is_the_textbook_formula() {
        for n in 1..200 {
            for k in 0..=n {
                let ((low, high), (theirs_low, theirs_high)) = (wilson(k, n), plainly(k, n));
                let close = |ours: u32, theirs: f64| (f64::from(ours) / 1_000.0 - theirs).abs() < 0.0021;
                assert!(close(low, theirs_low) && close(high, theirs_high), "{k} of {n}: {low} {high}");
                assert!(low <= thousandths(k, n) && thousandths(k, n) <= high);
            }
        }
    }

    fn child(group: &str, rank: Option<u32>) -> Treated {
        Treated {
            groups: vec![("sex".to_owned(), group.to_owned())],
            offers: u32::from(rank.is_some()),
            rank,
            metres: rank.map(|rank| rank * 1_234),
            waited: Some(7),
            parted: None,
        }
    }

    #[test]
    fn fewer_than_five_are_not_shown_and_no_total_gives_them_away() {
        let mut children = vec![child("boy", Some(1)); 40];
        children.extend(vec![child("girl", Some(1)); 12]);
        children.extend(vec![child("not-known", None); 3]);
        let report = audit(&children);
        let shown: Vec<Option<u32>> = report.iter().map(|group| group.children).collect();
        // Three are hidden; with them the next smallest, or 55 less 40 less 12 would tell.
        assert_eq!(shown, [Some(40), None, None]);
        assert_eq!((report[0].metres, report[1].metres), (Some(1_200), None));
    }

    /// Each cell counted anew by its sentence, one child after another, in fractions of floating point.
    #[test]
    #[allow(clippy::float_arithmetic, reason = "compared with the oracle")]
    fn every_cell_is_what_a_plain_count_says_or_is_hidden() {
        let mut word = 7_u64;
        let mut below = |end: u64| {
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (word >> 33) % end
        };
        let (mut shown_cells, mut hidden_cells) = (0, 0);
        for _ in 0..300 {
            let children: Vec<Treated> = (0..below(160))
                .map(|_| {
                    let placed = below(4) > 0;
                    Treated {
                        groups: vec![
                            ("sex".to_owned(), ["boy", "girl", "not known"][(below(7) / 3) as usize].to_owned()),
                            ("unaccompanied".to_owned(), ["no", "yes"][usize::from(below(9) == 0)].to_owned()),
                        ],
                        offers: below(3) as u32,
                        rank: placed.then(|| [1, 2, 9, u32::MAX][below(4) as usize]),
                        metres: (placed && below(5) > 0).then(|| below(90_000) as u32),
                        waited: placed.then(|| below(30) as u32),
                        parted: (below(3) == 0).then(|| below(2) == 0),
                    }
                })
                .collect();
            for group in audit(&children) {
                let its = (group.characteristic.clone(), group.group.clone());
                let those: Vec<&Treated> = children.iter().filter(|child| child.groups.contains(&its)).collect();
                let Some(count) = group.children else {
                    // Hidden wholly, for it is small or would give away one that is.
                    assert!(group.offered.is_none() && group.parted.is_none() && group.waited.is_none() && !group.look);
                    hidden_cells += 1;
                    continue;
                };
                assert!(those.len() >= 5 && count.abs_diff(those.len() as u32) <= 2);
                let plainly = |of: Vec<bool>| {
                    let yes = of.iter().filter(|yes| **yes).count();
                    let few = |count: usize| count > 0 && count < 5;
                    let hidden = of.len() < 5 || few(yes) || few(of.len() - yes);
                    (!hidden).then(|| yes as f64 / of.len() as f64)
                };
                let known = |child: &&&Treated| child.parted.is_some();
                for (cell, of) in [
                    (group.offered, plainly(those.iter().map(|child| child.offers > 0).collect())),
                    (group.first, plainly(those.iter().map(|child| child.rank == Some(1)).collect())),
                    (group.unplaced, plainly(those.iter().map(|child| child.rank.is_none()).collect())),
                    (group.parted, plainly(those.iter().filter(known).map(|c| c.parted == Some(true)).collect())),
                ] {
                    assert_eq!(cell.is_some(), of.is_some());
                    let (Some(cell), Some(of)) = (cell, of) else { continue };
                    assert!((f64::from(cell.share) / 1_000.0 - of).abs() <= 0.0005 + 1e-9);
                    assert!(cell.low <= cell.share && cell.share <= cell.high);
                    shown_cells += 1;
                }
                // The middle: as many are below it as above, but for those that equal it.
                for (cell, of) in [
                    (group.rank, those.iter().filter_map(|c| c.rank).filter(|rank| *rank < 10).collect::<Vec<_>>()),
                    (group.waited, those.iter().filter_map(|c| c.waited).collect()),
                ] {
                    assert_eq!(cell.is_some(), of.len() >= 5);
                    let Some(cell) = cell else { continue };
                    assert!(of.iter().filter(|value| **value < cell).count() <= of.len() / 2);
                    assert!(of.iter().filter(|value| **value > cell).count() <= of.len() / 2);
                    shown_cells += 1;
                }
            }
        }
        assert!(shown_cells > 3_000 && hidden_cells > 100, "{shown_cells} {hidden_cells}");
    }

    #[test]
    fn a_group_left_out_is_marked_for_a_look_and_an_even_one_is_not() {
        let mixed = |group: &str, placed: usize, not: usize| {
            let mut those = vec![child(group, Some(1)); placed];
            those.extend(vec![child(group, None); not]);
            those
        };
        let even = [mixed("boy", 50, 50), mixed("girl", 48, 52)].concat();
        assert!(audit(&even).iter().all(|group| !group.look));
        let uneven = [mixed("boy", 80, 20), mixed("girl", 30, 70)].concat();
        let report = audit(&uneven);
        assert!(report.iter().all(|group| group.look));
        assert_eq!(report[1].unplaced.map(|share| share.share), Some(700));
        // A share that rests on fewer than five either way is not shown.
        assert_eq!(audit(&mixed("boy", 97, 3))[0].unplaced, None);
    }
}
