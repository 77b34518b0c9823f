//! What is published of the voice, by council and region: rates in whole per cent, small numbers suppressed. No provider
//! is ever a row, and nothing ranks anybody.

use kernel::{CouncilCode, Region};
use serde::Serialize;

/// What was counted of a council in a half-year.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Due dates in the half-year.
    pub windows: i64,
    /// Of them, those for which the child was neither asked nor heard.
    pub not_asked: i64,
    /// Of them, those for which the child answered.
    pub answered: i64,
    /// Nights in placements.
    pub nights: i64,
    /// Of them, covered.
    pub covered: i64,
    /// Children with such nights. A child for whom another council took over counts with the later alone, so that no sum
    /// has a child twice.
    pub children: i64,
    /// Of them, those with an uncovered night.
    pub uncovered_children: i64,
    /// Of them, those who answered a due date.
    pub answered_children: i64,
    /// Of them, those with a due date that they did not answer.
    pub unanswered_children: i64,
    /// Of them, those with a due date for which nobody asked.
    pub not_asked_children: i64,
    /// Answers that asked for a reply and had one.
    pub replies: i64,
    /// Children with such an answer.
    pub replied_children: i64,
    /// Working days until those replies, summed.
    pub reply_days: i64,
}

impl Counts {
    /// Both together.
    pub fn plus(&self, other: &Counts) -> Counts {
        Counts {
            windows: self.windows + other.windows,
            not_asked: self.not_asked + other.not_asked,
            answered: self.answered + other.answered,
            nights: self.nights + other.nights,
            covered: self.covered + other.covered,
            children: self.children + other.children,
            uncovered_children: self.uncovered_children + other.uncovered_children,
            answered_children: self.answered_children + other.answered_children,
            unanswered_children: self.unanswered_children + other.unanswered_children,
            not_asked_children: self.not_asked_children + other.not_asked_children,
            replies: self.replies + other.replies,
            replied_children: self.replied_children + other.replied_children,
            reply_days: self.reply_days + other.reply_days,
        }
    }
}

/// A row of what is published. What is `None` is suppressed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PublishedRow {
    /// The council; none for a region or the whole.
    pub council: Option<CouncilCode>,
    /// The region; none for the whole.
    pub region: Option<Region>,
    /// Due dates, to the nearest five.
    pub windows: i64,
    /// Of 100 due dates, those answered.
    pub answered: Option<i64>,
    /// Of 100 due dates, those for which nobody asked.
    pub not_asked: Option<i64>,
    /// Of 100 nights, those covered.
    pub covered: Option<i64>,
    /// Mean working days until a reply.
    pub reply_days: Option<i64>,
}

/// One rate of a row: what is counted, of how many, and whether so few are told of nonetheless.
type Measure = fn(&Counts, i64) -> Option<i64>;

fn per_cent(part: i64, whole: i64) -> i64 {
    (200 * part + whole) / (2 * whole.max(1))
}

/// What may be told: where enough children are on both sides, neither who did nor who did not can be known.
const MEASURES: [Measure; 4] = [
    |counts, below| {
        let shown = counts.answered_children >= below && counts.unanswered_children >= below;
        shown.then(|| per_cent(counts.answered, counts.windows))
    },
    // Nobody left out is no secret of any child.
    |counts, below| {
        let shown = counts.children >= below && (counts.not_asked == 0 || counts.not_asked_children >= below);
        shown.then(|| per_cent(counts.not_asked, counts.windows))
    },
    |counts, below| {
        let shown = counts.uncovered_children >= below && counts.children - counts.uncovered_children >= below;
        shown.then(|| per_cent(counts.covered, counts.nights))
    },
    |counts, below| {
        let shown = counts.replied_children >= below;
        shown.then(|| (2 * counts.reply_days + counts.replies) / (2 * counts.replies.max(1)))
    },
];

/// Rows of all councils by region, each region after its councils, and the whole at the end. Where the figure of one
/// member alone is suppressed, it could be had by subtraction: the smallest of the others is suppressed with it.
pub fn published(councils: &[(CouncilCode, Region, Counts)], below: u32) -> Vec<PublishedRow> {
    let below = i64::from(below.max(1));
    let mut regions: Vec<Region> = councils.iter().map(|(_, region, _)| *region).collect();
    regions.sort_unstable();
    regions.dedup();
    let (mut rows, mut whole, mut of_regions) = (Vec::new(), Counts::default(), Vec::new());
    for region in regions {
        let mut sum = Counts::default();
        let members: Vec<(CouncilCode, Counts)> =
            councils.iter().filter(|row| row.1 == region).map(|row| (row.0, row.2)).collect();
        members.iter().for_each(|(_, counts)| sum = sum.plus(counts));
        whole = whole.plus(&sum);
        let shown = suppressed(members.iter().map(|(_, counts)| counts), below);
        let row = |((council, counts), shown)| row(Some(council), Some(region), &counts, shown);
        rows.push(members.into_iter().zip(shown).map(row).collect::<Vec<PublishedRow>>());
        of_regions.push((region, sum));
    }
    let shown = suppressed(of_regions.iter().map(|(_, counts)| counts), below);
    let mut all = Vec::with_capacity(councils.len() + of_regions.len() + 1);
    for ((mut councils, (region, counts)), shown) in rows.into_iter().zip(of_regions).zip(shown) {
        not_by_addition(&mut councils, &shown);
        all.extend(councils);
        all.push(row(None, Some(region), &counts, shown));
    }
    let of_whole = MEASURES.map(|measure| measure(&whole, below));
    all.push(row(None, None, &whole, of_whole));
    all
}

fn row(council: Option<CouncilCode>, region: Option<Region>, counts: &Counts, shown: [Option<i64>; 4]) -> PublishedRow {
    let [answered, not_asked, covered, reply_days] = shown;
    PublishedRow { council, region, windows: (counts.windows + 2) / 5 * 5, answered, not_asked, covered, reply_days }
}

/// A region's figure that is suppressed could be had from its councils' if all of them were shown.
fn not_by_addition(councils: &mut [PublishedRow], of_region: &[Option<i64>; 4]) {
    let figures: [fn(&mut PublishedRow) -> &mut Option<i64>; 4] =
        [|row| &mut row.answered, |row| &mut row.not_asked, |row| &mut row.covered, |row| &mut row.reply_days];
    for (figure, _) in figures.into_iter().zip(of_region).filter(|(_, shown)| shown.is_none()) {
        if councils.iter_mut().all(|row| figure(row).is_some()) {
            let mut smallest: Vec<&mut PublishedRow> = councils.iter_mut().collect();
            smallest.sort_by_key(|row| row.windows);
            smallest.into_iter().take(2).for_each(|row| *figure(row) = None);
        }
    }
}

/// What may be shown of each member of a group whose sum is shown too.
fn suppressed<'a>(members: impl Iterator<Item = &'a Counts>, below: i64) -> Vec<[Option<i64>; 4]> {
    let members: Vec<&Counts> = members.collect();
    let mut shown: Vec<[Option<i64>; 4]> =
        members.iter().map(|counts| MEASURES.map(|measure| measure(counts, below))).collect();
    for at in 0..MEASURES.len() {
        if shown.iter().filter(|row| row[at].is_none()).count() == 1 {
            let smallest =
                (0..members.len()).filter(|nth| shown[*nth][at].is_some()).min_by_key(|nth| members[*nth].windows);
            if let Some(nth) = smallest {
                shown[nth][at] = None;
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counts() -> impl Strategy<Value = Counts> {
        (0i64..3, 0i64..100, 0i64..100, 0i64..40, 0i64..100, 0i64..12).prop_map(
            |(windows, asked, answered, children, hidden, replies)| Counts {
                windows: windows * children,
                not_asked: windows * (children * asked / 400),
                answered: windows * (children * answered / 100),
                answered_children: if windows > 0 { children * answered / 100 } else { 0 },
                unanswered_children: if windows > 0 { children - children * answered / 100 } else { 0 },
                not_asked_children: if windows > 0 { children * asked / 400 } else { 0 },
                replied_children: replies.min(children) / 2,
                nights: children * 90,
                covered: children * 90 - children * hidden / 100 * 30,
                children,
                uncovered_children: children * hidden / 100,
                replies,
                reply_days: replies * 7,
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn nothing_small_is_published_nor_can_be_had_by_subtraction(
            members in prop::collection::vec((0usize..3, counts()), 1..24)
        ) {
            let regions = [Region::London, Region::SouthEast, Region::NorthWest];
            let codes: Vec<CouncilCode> = kernel::councils().iter().map(|council| council.code).collect();
            let members: Vec<(CouncilCode, Region, Counts)> =
                members.into_iter().enumerate().map(|(at, (region, counts))| (codes[at], regions[region], counts)).collect();
            let rows = published(&members, 5);
            for row in rows.iter().filter(|row| row.council.is_some()) {
                let of = members.iter().find(|member| Some(member.0) == row.council).unwrap().2;
                if row.answered.is_some() {
                    prop_assert!(of.answered_children >= 5 && of.unanswered_children >= 5);
                }
                if row.covered.is_some() {
                    prop_assert!(of.uncovered_children >= 5 && of.children - of.uncovered_children >= 5);
                }
                prop_assert!(row.not_asked.is_none() || of.not_asked == 0 || of.not_asked_children >= 5);
                prop_assert!(row.not_asked.is_none() || of.children >= 5);
                prop_assert!(row.reply_days.is_none() || of.replied_children >= 5);
            }
            let hidden = |of: &dyn Fn(&&PublishedRow) -> bool, rate: fn(&PublishedRow) -> Option<i64>| {
                let group: Vec<&PublishedRow> = rows.iter().filter(of).collect();
                (group.len(), group.iter().filter(|row| rate(row).is_none()).count())
            };
            let rates: [fn(&PublishedRow) -> Option<i64>; 4] =
                [|row| row.answered, |row| row.not_asked, |row| row.covered, |row| row.reply_days];
            for rate in rates {
                for row in rows.iter().filter(|row| row.council.is_none() && row.region.is_some() && rate(row).is_none()) {
                    let of_it = rows.iter().filter(|other| other.council.is_some() && other.region == row.region);
                    prop_assert!(of_it.map(rate).any(|shown| shown.is_none()), "had by addition");
                }
                for region in regions {
                    let (all, hidden) = hidden(&|row| row.region == Some(region) && row.council.is_some(), rate);
                    prop_assert!(hidden != 1 || all == 1);
                }
                let (all, hidden) = hidden(&|row| row.council.is_none() && row.region.is_some(), rate);
                prop_assert!(hidden != 1 || all == 1);
            }
        }
    }
}
