//! The calendar of the company: local days, opening hours, months of the window, and where its story lies.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

/// Seconds of a day, hour, minute.
pub(crate) const DAY: i64 = 86_400;
pub(crate) const HOUR: i64 = 3_600;
pub(crate) const MINUTE: i64 = 60;
/// Days known past the window, for outcomes that are still to come.
const DAYS_AFTER: usize = 150;

/// Local days as UTC instants. A time of day is counted from the start of its day, so on the two days of
/// the clock change it is off by an hour, which nobody notices in simulated times.
pub(crate) struct Clock {
    starts: Vec<i64>,
    first: i64,
    dates: Vec<Date>,
    months: Vec<u32>,
    /// Days within the window.
    pub(crate) days: usize,
    zone: TimeZone,
    start: Date,
}

impl Clock {
    /// `None` where the dates leave the calendar.
    pub(crate) fn new(start: Date, months: u32, zone: TimeZone) -> Option<Clock> {
        let end = start.checked_add((months as i32).months()).ok()?;
        let last = end.checked_add((DAYS_AFTER as i32).days()).ok()?;
        let dates: Vec<Date> = start.series(1.day()).take_while(|day| *day <= last).collect();
        let starts: Option<Vec<i64>> =
            dates.iter().map(|day| Some(day.to_zoned(zone.clone()).ok()?.timestamp().as_second())).collect();
        let index = |day: &Date| (i32::from(day.year()) * 12 + i32::from(day.month())) as u32;
        let first = start.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second().div_euclid(DAY);
        Some(Clock {
            starts: starts?,
            first,
            months: dates.iter().map(|day| index(day) - index(&start)).collect(),
            days: dates.iter().take_while(|day| **day < end).count(),
            dates,
            zone,
            start,
        })
    }

    /// First second of the window.
    pub(crate) fn start(&self) -> i64 {
        self.starts[0]
    }

    /// First second after the window.
    pub(crate) fn end(&self) -> i64 {
        self.starts[self.days]
    }

    /// First second of month `month` of the window (0 is the first), even past its end.
    pub(crate) fn month_start(&self, month: u32) -> i64 {
        self.start
            .checked_add((month as i32).months())
            .ok()
            .and_then(|day| day.first_of_month().to_zoned(self.zone.clone()).ok())
            .map_or(i64::MAX / 4, |zoned| zoned.timestamp().as_second())
    }

    /// The day of an instant, counted from the start; kept within the days known.
    pub(crate) fn day_of(&self, at: i64) -> usize {
        let last = self.starts.len() - 1;
        let guess = (at - self.starts[0]).div_euclid(DAY).clamp(0, last as i64) as usize;
        if guess < last && self.starts[guess + 1] <= at {
            guess + 1
        } else if guess > 0 && self.starts[guess] > at {
            guess - 1
        } else {
            guess
        }
    }

    /// Seconds since the start of the local day.
    pub(crate) fn second_of_day(&self, at: i64) -> i64 {
        at - self.starts[self.day_of(at)]
    }

    /// The instant of a time of day; days past those known count as the last.
    pub(crate) fn at(&self, day: usize, second: i64) -> i64 {
        self.starts[day.min(self.starts.len() - 1)] + second
    }

    /// The day counted from 1970-01-01.
    pub(crate) fn epoch_day(&self, day: usize) -> i64 {
        self.first + day as i64
    }

    /// Month of the window, 0 for the first.
    pub(crate) fn month_of(&self, at: i64) -> u32 {
        self.months[self.day_of(at)]
    }

    /// Month of the window of a day.
    pub(crate) fn month_of_day(&self, day: usize) -> u32 {
        self.months[day.min(self.months.len() - 1)]
    }

    pub(crate) fn date(&self, day: usize) -> Date {
        self.dates[day.min(self.dates.len() - 1)]
    }

    pub(crate) fn is_sunday(&self, day: usize) -> bool {
        self.date(day).weekday() == Weekday::Sunday
    }

    /// Opening and closing second of the support desk on a day.
    pub(crate) fn shift(&self, day: usize) -> Option<(i64, i64)> {
        let date = self.date(day);
        let holiday = matches!((date.month(), date.day()), (1, 1) | (5, 1) | (10, 3) | (12, 25) | (12, 26));
        match date.weekday() {
            _ if holiday => None,
            Weekday::Sunday => None,
            Weekday::Saturday => Some((9 * HOUR, 16 * HOUR)),
            _ => Some((8 * HOUR, 21 * HOUR)),
        }
    }

    /// Whether the support desk is open.
    pub(crate) fn is_open(&self, at: i64) -> bool {
        let second = self.second_of_day(at);
        self.shift(self.day_of(at)).is_some_and(|(open, close)| (open..close).contains(&second))
    }

    /// The instant at which `seconds` of opening hours have passed since `from`.
    pub(crate) fn after_working(&self, from: i64, seconds: i64) -> i64 {
        let mut left = seconds.max(0);
        let first = self.day_of(from);
        for day in first..self.starts.len() {
            let Some((open, close)) = self.shift(day) else { continue };
            let begin = self.at(day, open).max(from);
            let end = self.at(day, close);
            if begin + left < end {
                return begin + left;
            }
            left -= (end - begin).max(0);
        }
        self.at(self.starts.len() - 1, 12 * HOUR).max(from) + left
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use jiff::civil::date;

    fn clock() -> Clock {
        Clock::new(date(2024, 7, 1), 24, TimeZone::get("Europe/Berlin").unwrap()).unwrap()
    }

    fn second(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_second()
    }

    #[test]
    fn the_window_is_local() {
        let clock = clock();
        assert_eq!(clock.start(), second("2024-06-30T22:00:00Z"));
        assert_eq!(clock.end(), second("2026-06-30T22:00:00Z"));
        assert_eq!(clock.days, 730);
        assert_eq!(clock.month_start(6), second("2024-12-31T23:00:00Z"));
        assert_eq!(clock.date(clock.day_of(second("2025-01-14T23:30:00Z"))), date(2025, 1, 15));
        assert_eq!(clock.month_of(second("2025-01-14T23:30:00Z")), 6);
    }

    #[test]
    fn every_day_is_found_again() {
        let clock = clock();
        for day in 0..clock.days {
            assert_eq!(clock.day_of(clock.at(day, 0)), day);
            assert_eq!(clock.day_of(clock.at(day + 1, -1)), day);
        }
    }

    #[test]
    fn working_time_skips_nights_sundays_and_holidays() {
        let clock = clock();
        // Friday 2024-12-20 20:00, two hours: one on Friday, one on Saturday from 9.
        let from = second("2024-12-20T19:00:00Z");
        assert_eq!(clock.after_working(from, 2 * HOUR), second("2024-12-21T09:00:00Z"));
        // Christmas Eve 20:30, one hour: next open day is Friday the 27th.
        let from = second("2024-12-24T19:30:00Z");
        assert_eq!(clock.after_working(from, HOUR), second("2024-12-27T07:30:00Z"));
        assert!(!clock.is_open(second("2024-12-25T10:00:00Z")));
    }
}
