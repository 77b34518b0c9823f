//! Visits, plans and notifications that fall due, by dated policy.

use std::sync::OnceLock;

use kernel::Night;

/// The rules of visits, as a table: from, first visit within days, then every days in the first year, later every days.
const VISITS: &str = include_str!("../../policy/visits.csv");

/// What is due at the start of a placement, as a table.
const DUTIES: &str = include_str!("../../policy/duties.csv");

/// At which placements something is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// At every one.
    Placement,
    /// At the first of a child who begins to be looked after.
    First,
    /// At one made in an emergency.
    Emergency,
}

/// Something to be done at the start of a placement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Duty {
    /// A placement that begins from this night on.
    pub from: Night,
    /// Its word, by which it is recorded as done.
    pub word: String,
    /// At which placements.
    pub when: When,
    /// Working days after the start.
    pub working_days: u16,
    /// What.
    pub what: String,
    /// Where it says so.
    pub source: String,
}

/// What is due at the start of placements: every duty that there is, in the order of the table.
pub fn duties() -> &'static [Duty] {
    static DUTY: OnceLock<Vec<Duty>> = OnceLock::new();
    DUTY.get_or_init(|| {
        let rows = DUTIES.lines().filter(|line| !line.starts_with('#') && !line.starts_with("from,"));
        rows.map(|row| duty(row).expect("each row of the shipped table has six cells")).collect()
    })
}

fn duty(row: &str) -> Option<Duty> {
    let mut cells = row.splitn(5, ',');
    let from = cells.next().and_then(Night::parse_iso)?;
    let word = cells.next()?.to_owned();
    let when = match cells.next()? {
        "placement" => When::Placement,
        "first" => When::First,
        "emergency" => When::Emergency,
        _ => return None,
    };
    let working_days = cells.next()?.parse().ok()?;
    let (what, source) = cells.next()?.strip_prefix('"')?.strip_suffix('"')?.split_once("\",\"")?;
    Some(Duty { from, word, when, working_days, what: what.to_owned(), source: source.to_owned() })
}

/// When a child in a placement is to be visited.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VisitRules {
    /// A placement that begins from this night on is visited by these rules.
    pub from: Night,
    /// Days from the start to the first visit.
    pub first: i32,
    /// Days from one visit to the next, at most, in the first year.
    pub then: i32,
    /// Days from one visit to the next, at most, after it.
    pub later: i32,
    /// Where it says so.
    pub source: String,
}

/// The rules for a placement that began on a night.
pub fn visit_rules(began: Night) -> &'static VisitRules {
    static RULES: OnceLock<Vec<VisitRules>> = OnceLock::new();
    let rules = RULES.get_or_init(|| read(VISITS));
    rules.iter().rev().find(|rule| rule.from <= began).unwrap_or(&rules[0])
}

fn read(table: &str) -> Vec<VisitRules> {
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.starts_with("from,"));
    let rule = |row: &str| {
        let mut cells = row.splitn(5, ',');
        let from = cells.next().and_then(Night::parse_iso)?;
        let mut days = || cells.next()?.parse().ok();
        let (first, then, later) = (days()?, days()?, days()?);
        Some(VisitRules { from, first, then, later, source: cells.next()?.trim_matches('"').to_owned() })
    };
    rows.map(|row| rule(row).expect("each row of the shipped table has five cells")).collect()
}

/// By when the next visit is due: after the last one made by `today`, or after the start.
pub fn next_visit(began: Night, visits: &[Night], today: Night) -> Night {
    let rules = visit_rules(began);
    let last = visits.iter().copied().filter(|visit| *visit >= began && *visit <= today).max();
    match last {
        None => began.plus(rules.first),
        Some(last) if last < began.birthday(1) => last.plus(rules.then),
        Some(last) => last.plus(rules.later),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duty_has_its_regulation() {
        let words: Vec<&str> = duties().iter().map(|duty| duty.word.as_str()).collect();
        assert_eq!(words, ["placement-plan", "care-plan", "notification", "health-assessment"]);
        assert_eq!(duties().iter().map(|duty| duty.working_days).collect::<Vec<_>>(), [5, 10, 5, 20]);
        assert!(duties().iter().all(|duty| duty.source.contains("Regulations 2010, regulation")));
    }

    #[test]
    fn a_child_is_visited_within_a_week_then_every_six_weeks() {
        let night = |text| Night::parse_iso(text).unwrap();
        let began = night("2026-11-23");
        let next = |visits: &[Night]| next_visit(began, visits, night("2028-01-01")).iso();
        assert_eq!(next(&[]), "2026-11-30");
        assert_eq!(next(&[night("2026-11-26")]), "2027-01-07");
        assert_eq!(next(&[night("2027-12-01"), night("2026-11-26")]), "2028-01-12");
        assert!(visit_rules(began).source.contains("regulation 28"));
    }
}
