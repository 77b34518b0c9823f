//! Moments of recording, in UTC to the microsecond, and the clock they are read from.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

const LONDON: &str = "Europe/London";

/// A moment as stored: `2025-06-02T09:00:00.000000Z`. Texts in order are moments in order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Moment(String);

impl Moment {
    fn of(timestamp: Timestamp) -> Moment {
        Moment(format!("{timestamp:.6}"))
    }

    /// Reads `2025-06-02` (the end of that day in London), `2025-06-02T10:30` or `2025-06-02 10:30:15` (London time,
    /// the end of the minute or second named), or a moment with its offset, `2025-06-02T09:30:15.123456Z`.
    pub fn parse(text: &str) -> Option<Moment> {
        let text = text.trim();
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Some(Moment::of(timestamp));
        }
        let zone = TimeZone::get(LONDON).ok()?;
        let local: DateTime = text.parse().ok()?;
        let next = match text.len() {
            10 => local.checked_add(1.day()),
            11..=16 => local.checked_add(1.minute()),
            17..=19 => local.checked_add(1.second()),
            _ => return zone.to_timestamp(local).ok().map(Moment::of),
        };
        let last = zone.to_timestamp(next.ok()?).ok()?.checked_sub(1.microsecond()).ok()?;
        Some(Moment::of(last))
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// So many hours after a stored moment.
    pub(crate) fn after(stored: &str, hours: i64) -> Option<Moment> {
        stored.parse::<Timestamp>().ok()?.checked_add(hours.hours()).ok().map(Moment::of)
    }

    /// Whole hours from one stored moment to a later one.
    pub(crate) fn hours_between(earlier: &str, later: &str) -> i64 {
        let seconds = |stored: &str| stored.parse::<Timestamp>().map_or(0, |timestamp| timestamp.as_second());
        (seconds(later) - seconds(earlier)).div_euclid(3600)
    }

    /// Whole minutes since 1 January 1970, UTC.
    pub(crate) fn minutes(&self) -> i64 {
        self.0.parse::<Timestamp>().map_or(0, |timestamp| timestamp.as_second().div_euclid(60))
    }

    /// So many minutes after the beginning of 1970, UTC.
    pub(crate) fn of_minutes(minutes: i64) -> Moment {
        Moment::of(Timestamp::from_second(minutes.saturating_mul(60)).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// The date in London of a stored moment.
    pub(crate) fn date(stored: &str) -> kernel::Night {
        let local = stored.parse::<Timestamp>().ok().zip(TimeZone::get(LONDON).ok());
        let date = local.map(|(timestamp, zone)| zone.to_datetime(timestamp).date());
        kernel::Night::from_date(date.unwrap_or(jiff::civil::Date::constant(1970, 1, 1)))
    }

    /// For a person: `2 June 2025 at 10:00:00` London time.
    pub fn shown(stored: &str) -> String {
        let local = stored.parse::<Timestamp>().ok().zip(TimeZone::get(LONDON).ok());
        local.map_or_else(
            || stored.to_owned(),
            |(timestamp, zone)| {
                let local = zone.to_datetime(timestamp);
                format!("{} at {:.0}", kernel::Night::from_date(local.date()), local.time())
            },
        )
    }
}

/// Where the present comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Always this moment: for replays, demonstrations and tests.
    Fixed(Moment),
}

impl Clock {
    /// The present moment.
    pub fn now(&self) -> Moment {
        match self {
            Clock::System => Moment::of(Timestamp::now()),
            Clock::Fixed(moment) => moment.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_means_its_end_in_london_and_a_clock_change_does_not_matter() {
        let parsed = |text| Moment::parse(text).unwrap().as_str().to_owned();
        assert_eq!(parsed("2025-06-02"), "2025-06-02T22:59:59.999999Z");
        assert_eq!(parsed("2025-01-02"), "2025-01-02T23:59:59.999999Z");
        assert_eq!(parsed("2025-03-30"), "2025-03-30T22:59:59.999999Z");
        assert_eq!(parsed("2025-06-02T10:30"), "2025-06-02T09:30:59.999999Z");
        assert_eq!(parsed("2025-06-02T09:30:15.123456Z"), "2025-06-02T09:30:15.123456Z");
        assert_eq!(Moment::shown("2025-06-02T09:30:15.123456Z"), "2 June 2025 at 10:30:15");
        for text in ["", "yesterday", "02/06/2025", "2025-13-01"] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
