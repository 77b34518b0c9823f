//! Working days: neither a weekend nor a bank holiday of England.

use std::sync::OnceLock;

use kernel::Night;

/// Compiled facts: date, holiday, source.
const BANK_HOLIDAYS: &str = include_str!("../facts/bank-holidays.csv");

/// 1 January 1900 and 2200: the dates that a store can hold.
const FIRST: i64 = -25_567;
const LAST: i64 = 84_006;

/// Which days are working days, prepared so that counting either way costs two look-ups, whatever the number.
pub struct Calendar {
    holidays: Vec<(Night, &'static str)>,
    /// For each day from 1900: how many working days there were up to and including it.
    upto: Vec<u32>,
    /// The working days themselves, in order.
    days: Vec<i32>,
}

impl Calendar {
    /// With the bank holidays that the product ships.
    pub fn shipped() -> &'static Calendar {
        static SHIPPED: OnceLock<Calendar> = OnceLock::new();
        SHIPPED.get_or_init(|| Calendar::new(read(BANK_HOLIDAYS)))
    }

    fn new(holidays: Vec<(Night, &'static str)>) -> Calendar {
        let (mut upto, mut days) = (Vec::with_capacity((LAST - FIRST + 1) as usize), Vec::new());
        for day in FIRST..=LAST {
            // 1 January 1970 was a Thursday.
            let weekend = (day + 3).rem_euclid(7) >= 5;
            let holiday = holidays.binary_search_by_key(&day, |(night, _)| night.days()).is_ok();
            if !weekend && !holiday {
                days.push(day as i32);
            }
            upto.push(days.len() as u32);
        }
        Calendar { holidays, upto, days }
    }

    /// The bank holidays known, in order.
    pub fn holidays(&self) -> &[(Night, &'static str)] {
        &self.holidays
    }

    /// The last day of the last year whose bank holidays are known. Beyond it only weekends are left out.
    pub fn known_through(&self) -> Option<Night> {
        let last = self.holidays.last()?.0;
        Night::try_new(last.date().year(), 12, 31)
    }

    /// Whether work is done on this day.
    pub fn is_working(&self, day: Night) -> bool {
        let at = self.at(day);
        self.upto[at] > at.checked_sub(1).map_or(0, |before| self.upto[before])
    }

    /// The `count`th working day after `day`, which itself does not count.
    pub fn after(&self, day: Night, count: u16) -> Night {
        let nth = self.upto[self.at(day)] as usize + usize::from(count);
        if count == 0 { day } else { self.nth(nth.min(self.days.len())) }
    }

    /// The `count`th working day before `day`, which itself does not count.
    pub fn before(&self, day: Night, count: u16) -> Night {
        let before = self.upto[self.at(day.eve())] as usize;
        if count == 0 { day } else { self.nth((before + 1).saturating_sub(usize::from(count)).max(1)) }
    }

    /// How many working days come after `from`, up to and including `to`; none if `to` is not later.
    pub fn between(&self, from: Night, to: Night) -> i64 {
        (i64::from(self.upto[self.at(to)]) - i64::from(self.upto[self.at(from)])).max(0)
    }

    /// The working day with this number, from 1.
    fn nth(&self, number: usize) -> Night {
        Night::from_days(i64::from(self.days[number - 1])).expect("every working day kept is a storable date")
    }

    fn at(&self, day: Night) -> usize {
        (day.days().clamp(FIRST, LAST) - FIRST) as usize
    }
}

fn read(table: &'static str) -> Vec<(Night, &'static str)> {
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.starts_with("date,"));
    let mut holidays: Vec<(Night, &'static str)> = rows
        .map(|row| {
            let mut fields = row.split(',');
            let date = fields.next().and_then(Night::parse_iso);
            date.zip(fields.next()).expect("each row of the shipped table has a date and a name")
        })
        .collect();
    holidays.sort_unstable();
    holidays
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(text: &str) -> Night {
        Night::parse_iso(text).unwrap()
    }

    /// Easter Sunday by the anonymous Gregorian computus (Nature, 1876).
    fn easter(year: i16) -> Night {
        let (y, a) = (i32::from(year), i32::from(year) % 19);
        let (b, c) = (y / 100, y % 100);
        let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
        let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
        let m = (a + 11 * h + 22 * l) / 451;
        let (month, day) = ((h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1);
        Night::try_new(year, month as i8, day as i8).unwrap()
    }

    fn monday_from(mut day: Night) -> Night {
        while day.weekday() != "Mon" {
            day = day.next();
        }
        day
    }

    fn by_rule(year: i16) -> Vec<Night> {
        let date = |month, day| Night::try_new(year, month, day).unwrap();
        let mut days = vec![easter(year).plus(-2), easter(year).next()];
        days.push(monday_from(date(5, 1)));
        days.push(monday_from(date(5, 25)));
        days.push(monday_from(date(8, 25)));
        // A holiday at a weekend has the next weekday that is not one itself.
        for fixed in [date(1, 1), date(12, 25), date(12, 26)] {
            let mut day = fixed;
            while matches!(day.weekday(), "Sat" | "Sun") || days.contains(&day) {
                day = day.next();
            }
            days.push(day);
        }
        days.sort_unstable();
        days
    }

    #[test]
    fn bank_holidays_are_those_of_the_act_but_for_days_moved_by_name() {
        let calendar = Calendar::shipped();
        let moved: &[(i16, &[&str], &[&str])] = &[
            (2020, &["2020-05-04"], &["2020-05-08"]),
            (2022, &["2022-05-30"], &["2022-06-02", "2022-06-03", "2022-09-19"]),
            (2023, &[], &["2023-05-08"]),
        ];
        for year in 2017..=2027 {
            let mut expected = by_rule(year);
            if let Some((_, gone, came)) = moved.iter().find(|row| row.0 == year) {
                expected.retain(|day| !gone.iter().any(|gone| on(gone) == *day));
                expected.extend(came.iter().map(|day| on(day)));
                expected.sort_unstable();
            }
            let have: Vec<Night> =
                calendar.holidays().iter().map(|row| row.0).filter(|day| day.date().year() == year).collect();
            assert_eq!(have, expected, "{year}");
        }
        assert_eq!(calendar.known_through(), Some(on("2027-12-31")));
    }

    #[test]
    fn counting_is_walking_day_by_day() {
        let calendar = Calendar::shipped();
        for start in on("2021-12-15").days()..on("2022-06-20").days() {
            let start = Night::from_days(start).unwrap();
            for count in [0u16, 1, 5, 10, 15, 20] {
                let (mut after, mut left) = (start, count);
                while left > 0 {
                    after = after.next();
                    left -= u16::from(calendar.is_working(after));
                }
                let (mut before, mut left) = (start, count);
                while left > 0 {
                    before = before.eve();
                    left -= u16::from(calendar.is_working(before));
                }
                assert_eq!((calendar.after(start, count), calendar.before(start, count)), (after, before));
            }
        }
        assert!(!calendar.is_working(on("2022-09-19")) && calendar.is_working(on("2022-09-20")));
    }
}
