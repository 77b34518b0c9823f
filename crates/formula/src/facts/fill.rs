//! Named estimates: what stands where a publisher withheld a value, or where a council is younger than the figure.
//!
//! | method | what it does |
//! |---|---|
//! | `predecessor` | the figure of the former council of the same area |
//! | `split` | a former council's count, cut by the children of the councils that it became |
//! | `predecessor-rate` | a former council's rate or cost, for each council that it became |
//! | `regional-rate` | the region's published count for each child × the council's own children |
//! | `regional-figure` | the rate or cost that the publisher gives for the region |
//! | `national-figure` | the same for England, where the region's is withheld too |

use std::collections::BTreeMap;

use kernel::{CouncilCode, Region};

use super::geography::predecessors;
use super::sheet::Cell;
use super::table::Made;
use crate::Decimal;

/// Cells by council, former ones too.
pub(super) type Cells = BTreeMap<CouncilCode, Cell>;
/// A finished column: every council of today.
pub(super) type Column = BTreeMap<CouncilCode, Made>;
/// Children by council of today, by which counts are split and regional rates worked out.
pub(super) type Children = BTreeMap<CouncilCode, i64>;

/// The councils of today.
pub(super) fn current() -> impl Iterator<Item = &'static kernel::Council> {
    kernel::councils().iter().filter(|council| council.until.is_none())
}

/// Cuts a whole by weights into whole parts that sum to it: largest remainder, the earlier on ties.
/// `None` if the weights sum to nothing.
pub(super) fn apportion(whole: i64, weights: &[i64]) -> Option<Vec<i64>> {
    let total: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
    if total <= 0 {
        return None;
    }
    let exact: Vec<i128> = weights.iter().map(|&weight| i128::from(whole) * i128::from(weight)).collect();
    let mut parts: Vec<i128> = exact.iter().map(|share| share.div_euclid(total)).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(exact[at].rem_euclid(total)), at));
    let left = i128::from(whole) - parts.iter().sum::<i128>();
    for at in order.into_iter().take(usize::try_from(left).ok()?) {
        parts[at] += 1;
    }
    parts.into_iter().map(|part| i64::try_from(part).ok()).collect()
}

/// The only former council of an area, with its number, if it has one.
fn predecessor(council: CouncilCode, cells: &Cells) -> Option<(&'static kernel::Council, Decimal)> {
    let [former] = predecessors(council)[..] else { return None };
    Some((kernel::council(former), cells.get(&former)?.number()?))
}

fn mark(cells: &Cells, council: CouncilCode) -> Option<String> {
    match cells.get(&council)? {
        Cell::Mark(mark) => Some(mark.clone()),
        Cell::Number(_) => None,
    }
}

/// A column of counts or sums. Estimates by regional rate are kept to `places` decimals.
///
/// # Errors
/// The first council that nothing can be said of.
pub(super) fn counts(cells: &Cells, children: &Children, places: u32) -> Result<Column, String> {
    let mut column = Column::new();
    for council in current() {
        let code = council.code;
        let made = if let Some(number) = cells.get(&code).and_then(Cell::number) {
            Made::plain(number)
        } else {
            let (amount, method) = match predecessor(code, cells) {
                Some((former, number)) if former.successors.len() == 1 => (number, "predecessor"),
                Some((former, number)) => (split(code, former, number, children)?, "split"),
                None => (regional(council, cells, children)?.round(places), "regional-rate"),
            };
            Made { amount, method: Some(method), mark: mark(cells, code) }
        };
        column.insert(code, made);
    }
    Ok(column)
}

/// A successor's part of its former council's number: whole where the number is.
fn split(own: CouncilCode, former: &kernel::Council, number: Decimal, children: &Children) -> Result<Decimal, String> {
    let weights: Vec<i64> = former.successors.iter().map(|code| children.get(code).copied().unwrap_or(0)).collect();
    let nothing = || format!("the councils that {} became have no children to split by", former.name);
    let at = former.successors.iter().position(|&code| code == own).ok_or_else(nothing)?;
    if number.round(0) == number {
        let parts = apportion(number.floor(), &weights).ok_or_else(nothing)?;
        return Ok(Decimal::whole(parts[at]));
    }
    let total = Decimal::whole(weights.iter().sum());
    Ok((number * Decimal::whole(weights[at])).checked_div(total).ok_or_else(nothing)?.round(2))
}

/// The region's count for each child, of the councils that have both, × the council's own children; England's where
/// the region has none.
fn regional(council: &kernel::Council, cells: &Cells, children: &Children) -> Result<Decimal, String> {
    let sum = |among: &dyn Fn(Region) -> bool| {
        let (mut count, mut of) = (Decimal::ZERO, 0);
        for other in current().filter(|other| among(other.region)) {
            let Some(number) = cells.get(&other.code).and_then(Cell::number) else { continue };
            count += number;
            of += children.get(&other.code).copied().unwrap_or(0);
        }
        (of > 0).then_some((count, of))
    };
    let (count, of) = sum(&|region| region == council.region)
        .or_else(|| sum(&|_| true))
        .ok_or_else(|| format!("no council has a number from which to estimate {}", council.name))?;
    let own = Decimal::whole(children.get(&council.code).copied().unwrap_or(0));
    (count * own).checked_div(Decimal::whole(of)).ok_or_else(|| format!("{} cannot be estimated", council.name))
}

/// A column of rates, percentages or unit costs.
///
/// # Errors
/// The first council that nothing can be said of.
pub(super) fn rates(
    cells: &Cells,
    regional: &dyn Fn(Region) -> Option<Decimal>,
    national: Option<Decimal>,
) -> Result<Column, String> {
    let mut column = Column::new();
    for council in current() {
        let code = council.code;
        let made = if let Some(number) = cells.get(&code).and_then(Cell::number) {
            Made::plain(number)
        } else {
            let (amount, method) = match predecessor(code, cells) {
                Some((former, number)) if former.successors.len() == 1 => (number, "predecessor"),
                Some((_, number)) => (number, "predecessor-rate"),
                None => match (regional(council.region), national) {
                    (Some(figure), _) => (figure, "regional-figure"),
                    (None, Some(figure)) => (figure, "national-figure"),
                    (None, None) => return Err(format!("nothing from which to estimate {}", council.name)),
                },
            };
            Made { amount, method: Some(method), mark: mark(cells, code) }
        };
        column.insert(code, made);
    }
    Ok(column)
}
