//! Nights and half-open ranges of nights.
//!
//! The night *d* begins on local date *d* (Europe/London) and belongs to the bed where the child is at
//! midnight at its end. Nights are dates, never instants, so clock changes and leap days change nothing.

use std::fmt;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Days from 1 March of the year nought to 1 January 1970.
const TO_1970: i64 = 719_468;

/// One night, held as days since 1 January 1970. Prints as `14 May 2025`; [`Night::iso`] gives `2025-05-14`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Night(i32);

impl Night {
    /// The night that begins on this date, if there is such a date.
    pub fn try_new(year: i16, month: i8, day: i8) -> Option<Night> {
        Date::new(year, month, day).ok().map(Night::from_date)
    }

    /// The night that begins on `date`.
    pub fn from_date(date: Date) -> Night {
        // Days before the month in a year that begins in March, so that 29 February comes last: the notices of a
        // country hold a million dates, and a general span of dates costs ten times as much.
        let (month, day) = (i32::from(date.month()), i32::from(date.day()));
        let year = i32::from(date.year()) - i32::from(month <= 2);
        let before_month = (153 * ((month + 9) % 12) + 2) / 5;
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        Night(365 * year + leap_days + before_month + day - 1 - TO_1970 as i32)
    }

    /// From days since 1 January 1970, as stored. Refused outside the years 1900 to 2200.
    pub fn from_days(days: i64) -> Option<Night> {
        (-25_567..=84_006).contains(&days).then_some(Night(days as i32))
    }

    /// Days since 1 January 1970.
    pub fn days(self) -> i64 {
        i64::from(self.0)
    }

    /// The local date on which the night begins.
    pub fn date(self) -> Date {
        // The way back from `from_date`: the day within four centuries, its year from March, its month, its day.
        let days = i64::from(self.0) + TO_1970;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = i16::try_from(year + era * 400 + i64::from(month <= 2)).ok();
        let date = year.and_then(|year| Date::new(year, month as i8, day as i8).ok());
        // Past the years that the calendar library knows: its first or last day.
        date.unwrap_or(if self.0 < 0 { Date::MIN } else { Date::MAX })
    }

    /// The night `nights` later (earlier if negative).
    pub fn plus(self, nights: i32) -> Night {
        Night(self.0.saturating_add(nights))
    }

    /// The night after.
    pub fn next(self) -> Night {
        self.plus(1)
    }

    /// The night before.
    pub fn eve(self) -> Night {
        self.plus(-1)
    }

    /// `2025-05-14`.
    pub fn parse_iso(text: &str) -> Option<Night> {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        Self::from_parts(year, month, day)
    }

    /// `14/05/2025`, as SSDA903 writes dates. Two-figure years are refused.
    pub fn parse_british(text: &str) -> Option<Night> {
        let (day, rest) = text.split_once('/')?;
        let (month, year) = rest.split_once('/')?;
        Self::from_parts(year, month, day)
    }

    fn from_parts(year: &str, month: &str, day: &str) -> Option<Night> {
        let figures = |text: &str, least: usize, most: usize| {
            ((least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()))
                .then(|| text.parse::<i16>().ok())
                .flatten()
        };
        let night = Night::try_new(figures(year, 4, 4)?, figures(month, 1, 2)? as i8, figures(day, 1, 2)? as i8)?;
        Night::from_days(night.days())
    }

    /// `2025-05-14`.
    pub fn iso(self) -> String {
        let date = self.date();
        let (year, month, day) = (date.year(), date.month(), date.day());
        if !(0..=9999).contains(&year) {
            return date.to_string();
        }
        let figure = |number: i16| char::from(b'0' + (number % 10) as u8);
        let (month, day) = (i16::from(month), i16::from(day));
        let mut text = String::with_capacity(10);
        text.extend([year / 1000, year / 100, year / 10, year].map(figure));
        text.push('-');
        text.extend([month / 10, month].map(figure));
        text.push('-');
        text.extend([day / 10, day].map(figure));
        text
    }

    /// The date on which someone born on this date reaches `years`. Who is born on 29 February has
    /// birthdays on 1 March in years without one.
    pub fn birthday(self, years: i16) -> Night {
        let born = self.date();
        let year = born.year().saturating_add(years);
        Night::try_new(year, born.month(), born.day()).or_else(|| Night::try_new(year, 3, 1)).unwrap_or(self)
    }

    /// Whole years of age on this night of someone born on `born`; nought before birth.
    pub fn age(self, born: Night) -> i16 {
        let guess = self.date().year().saturating_sub(born.date().year());
        if born.birthday(guess) > self { (guess - 1).max(0) } else { guess.max(0) }
    }

    /// `Mon`, `Tue`…
    pub fn weekday(self) -> &'static str {
        match self.date().weekday() {
            Weekday::Monday => "Mon",
            Weekday::Tuesday => "Tue",
            Weekday::Wednesday => "Wed",
            Weekday::Thursday => "Thu",
            Weekday::Friday => "Fri",
            Weekday::Saturday => "Sat",
            Weekday::Sunday => "Sun",
        }
    }
}

impl fmt::Display for Night {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let date = self.date();
        let month = MONTHS[(date.month() as usize).saturating_sub(1).min(11)];
        f.pad(&format!("{} {month} {}", date.day(), date.year()))
    }
}

impl fmt::Debug for Night {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso())
    }
}

impl Serialize for Night {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso())
    }
}

impl<'de> Deserialize<'de> for Night {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Night, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Night::parse_iso(&text).ok_or_else(|| serde::de::Error::custom(format!("not a date like 2025-05-14: {text}")))
    }
}

/// A non-empty half-open range of nights `[start, end)`: the night of arrival, not the night of departure.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Nights {
    start: Night,
    end: Night,
}

impl Nights {
    /// `None` when there is no night between the two dates (arrive and leave on one date).
    pub fn try_new(start: Night, end: Night) -> Option<Nights> {
        (start < end).then_some(Nights { start, end })
    }

    /// The first night.
    pub fn start(self) -> Night {
        self.start
    }

    /// The date of departure: the first night no longer owned.
    pub fn end(self) -> Night {
        self.end
    }

    /// The last night owned.
    pub fn last(self) -> Night {
        self.end.eve()
    }

    /// How many nights.
    pub fn count(self) -> i64 {
        self.end.days() - self.start.days()
    }

    /// Whether the range owns this night.
    pub fn contains(self, night: Night) -> bool {
        self.start <= night && night < self.end
    }

    /// The nights in both.
    pub fn intersect(self, other: Nights) -> Option<Nights> {
        Nights::try_new(self.start.max(other.start), self.end.min(other.end))
    }

    /// What is left of this range when `other` is taken out: the part before and the part after.
    pub fn without(self, other: Nights) -> (Option<Nights>, Option<Nights>) {
        (Nights::try_new(self.start, self.end.min(other.start)), Nights::try_new(self.start.max(other.end), self.end))
    }

    /// Each night in turn.
    pub fn iter(self) -> impl Iterator<Item = Night> {
        (self.start.0..self.end.0).map(Night)
    }
}

impl fmt::Display for Nights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count() == 1 {
            write!(f, "the night of {}", self.start)
        } else {
            write!(f, "{} to {}", self.start, self.last())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_counts_one_as_the_calendar_library_counts() {
        let epoch = Date::constant(1970, 1, 1);
        for days in -25_567..=84_006 {
            let date = epoch.saturating_add(jiff::Span::new().days(days));
            let night = Night::from_date(date);
            assert_eq!(night.days(), i64::from(days), "{date}");
            assert_eq!((night.date(), night.iso()), (date, date.to_string()));
        }
    }

    #[test]
    fn a_night_past_all_calendars_is_the_last_of_them() {
        assert_eq!(Night::try_new(2000, 1, 1).unwrap().plus(i32::MAX).date(), Date::MAX);
        assert_eq!(Night::try_new(1960, 1, 1).unwrap().plus(i32::MIN).date(), Date::MIN);
    }

    #[test]
    fn born_on_29_february_has_birthdays_on_1_march() {
        let born = Night::parse_british("29/02/2012").unwrap();
        assert_eq!(born.birthday(3).iso(), "2015-03-01");
        assert_eq!(born.birthday(4).iso(), "2016-02-29");
        assert_eq!(born.birthday(3).eve().age(born), 2);
        assert_eq!(born.birthday(3).age(born), 3);
    }
}
