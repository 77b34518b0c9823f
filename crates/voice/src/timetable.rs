//! When a child is asked: the windows of a placement on the timetable of statutory reviews.

use std::sync::Arc;

use kernel::{Night, Nights, PlacementId};

use crate::calendar::Calendar;
use crate::protocol::Protocol;

/// Who owns a setting in the end, by an opaque name: one owner has many settings, and a move between them is no
/// fresh start.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Owner(Arc<str>);

impl Owner {
    /// By the register's name for it.
    pub fn new(name: &str) -> Owner {
        Owner(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One placement of a child, as the register of placements and that of owners have it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stay {
    /// The placement.
    pub placement: PlacementId,
    /// From arrival to departure, or to the end of what is known.
    pub nights: Nights,
    /// Who owns the setting.
    pub owner: Owner,
    /// Whether the child has left.
    pub departed: bool,
    /// Whether the child left on their own view.
    pub on_childs_view: bool,
    /// Whether the child stayed in the bed of the stay before: another council took over, and nothing else changed.
    pub same_bed: bool,
}

/// Placements that follow each other, night on night, under one owner or in one bed. Windows and coverage run through them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tenure {
    stays: Vec<Stay>,
}

impl Tenure {
    /// The placements, in order. There is one at least.
    pub fn stays(&self) -> &[Stay] {
        &self.stays
    }

    /// From the first arrival to the last departure.
    pub fn nights(&self) -> Nights {
        let (first, last) = (&self.stays[0], &self.stays[self.stays.len() - 1]);
        Nights::try_new(first.nights.start(), last.nights.end()).expect("stays in order span nights")
    }

    /// The date of the last departure, if the child has left.
    pub fn departed(&self) -> Option<Night> {
        self.stays.last().filter(|stay| stay.departed).map(|stay| stay.nights.end())
    }

    /// Whether a placement belongs to it.
    pub fn has(&self, placement: PlacementId) -> bool {
        self.stays.iter().any(|stay| stay.placement == placement)
    }

    /// The dates on which the child left a placement of it on their own view.
    pub fn left_on_childs_view(&self) -> impl Iterator<Item = Night> {
        self.stays.iter().filter(|stay| stay.departed && stay.on_childs_view).map(|stay| stay.nights.end())
    }
}

/// A child's placements, in any order, as tenures in order.
pub fn tenures(mut stays: Vec<Stay>) -> Vec<Tenure> {
    stays.sort_by_key(|stay| (stay.nights, stay.placement));
    let mut tenures: Vec<Tenure> = Vec::with_capacity(1);
    for stay in stays {
        match tenures.last_mut() {
            Some(tenure) if tenure.follows(&stay) => tenure.stays.push(stay),
            _ => tenures.push(Tenure { stays: vec![stay] }),
        }
    }
    tenures
}

impl Tenure {
    fn follows(&self, stay: &Stay) -> bool {
        let last = &self.stays[self.stays.len() - 1];
        stay.same_bed || last.owner == stay.owner && last.nights.end() == stay.nights.start()
    }
}

/// The dates of a child's reviews up to `until`: within 20 working days of becoming looked after, then within 3 months,
/// then at most every 6. A review `held` takes the place of the latest date it could have been held on.
pub fn review_dates(
    looked_after: Night,
    held: &[Night],
    until: Night,
    protocol: &Protocol,
    calendar: &Calendar,
) -> Vec<Night> {
    let version = protocol.on(looked_after);
    let mut held: Vec<Night> = held.iter().copied().filter(|held| *held > looked_after).collect();
    held.sort_unstable();
    let mut dates = Vec::new();
    let mut latest = calendar.after(looked_after, version.first_review_working_days);
    let mut before = looked_after;
    loop {
        let date = held.iter().copied().find(|held| *held > before && *held <= latest).unwrap_or(latest);
        if date > until {
            return dates;
        }
        dates.push(date);
        let months = if dates.len() == 1 { version.second_review_months } else { version.later_review_months };
        (before, latest) = (date, months_after(date, months));
    }
}

fn months_after(night: Night, months: u8) -> Night {
    Night::from_date(night.date().saturating_add(jiff::Span::new().months(i64::from(months))))
}

/// The due dates of a tenure, in order: settling-in, then with each review after it, then on leaving. A child looked
/// after since `looked_after`, whose reviews were `held` on these dates.
pub fn due_dates(
    tenure: &Tenure,
    looked_after: Night,
    held: &[Night],
    protocol: &Protocol,
    calendar: &Calendar,
) -> Vec<Night> {
    let nights = tenure.nights();
    let version = protocol.on(nights.start());
    let settled = calendar.after(nights.start(), version.settling_in_working_days);
    let mut dues = Vec::with_capacity(8);
    if settled < nights.end() {
        dues.push(settled);
        let reviews = review_dates(looked_after.min(nights.start()), held, nights.last(), protocol, calendar);
        dues.extend(reviews.into_iter().filter(|date| *date > settled));
    }
    dues.extend(tenure.departed());
    dues
}
