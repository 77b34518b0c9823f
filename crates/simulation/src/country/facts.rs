//! How many children each council looks after.

use std::sync::OnceLock;

use kernel::{Council, CouncilCode, Region};

/// The facts, with the source of each column in the head of the file.
const FACTS: &str = include_str!("../../facts/councils-looked-after.csv");
const COLUMNS: &str = "gss,looked_after,children,unaccompanied";

/// One council of today.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Facts {
    pub(super) code: CouncilCode,
    pub(super) region: Region,
    /// Children looked after at 31 March 2024.
    pub(super) looked_after: u32,
    /// Children aged 0 to 17.
    pub(super) children: u32,
    /// Unaccompanied asylum-seeking children at 31 March 2024.
    pub(super) unaccompanied: u32,
}

impl Facts {
    pub(super) fn council(&self) -> &'static Council {
        kernel::council(self.code)
    }

    fn read(line: &str) -> Option<Facts> {
        let fields: Vec<&str> = line.split(',').collect();
        let &[gss, looked_after, children, unaccompanied] = fields.as_slice() else { return None };
        let code = CouncilCode::parse(gss)?;
        Some(Facts {
            code,
            region: kernel::council(code).region,
            looked_after: looked_after.parse().ok()?,
            children: children.parse().ok()?,
            unaccompanied: if unaccompanied.is_empty() { 0 } else { unaccompanied.parse().ok()? },
        })
    }
}

/// Every council of today, in order of code. A council is known in this country by its place here.
pub(super) fn facts() -> &'static [Facts] {
    static READ: OnceLock<Vec<Facts>> = OnceLock::new();
    READ.get_or_init(|| read(FACTS).expect("the facts in this crate read: a test reads them"))
}

fn read(text: &str) -> Option<Vec<Facts>> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    if lines.next()? != COLUMNS {
        return None;
    }
    lines.map(Facts::read).collect()
}

/// The place of a council, if it is one of today's.
pub(super) fn position(code: CouncilCode) -> Option<usize> {
    facts().binary_search_by_key(&code, |facts| facts.code).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_are_those_of_every_council_in_being() {
        let read: Vec<CouncilCode> = facts().iter().map(|facts| facts.code).collect();
        let now: Vec<CouncilCode> =
            kernel::councils().iter().filter(|council| council.until.is_none()).map(|council| council.code).collect();
        assert_eq!(read, now);
        assert_eq!(read.len(), 153);
        assert!(FACTS.len() < 20_000);
    }

    #[test]
    fn they_sum_to_what_is_published_for_england() {
        let sum = |of: fn(&Facts) -> u32| facts().iter().map(of).sum::<u32>();
        assert!(sum(|facts| facts.looked_after).abs_diff(83_630) <= 10);
        assert!(sum(|facts| facts.unaccompanied).abs_diff(7_440) <= 10);
        assert!(sum(|facts| facts.children).abs_diff(11_998_646) <= 10);
    }
}
