//! Days, weeks, months, quarters and years of a workspace: half-open periods `[start, end)` in its zone.
//!
//! Daylight saving is left to the zone database: a day may have 23 or 25 hours. A period begins with
//! the first instant of its first local day.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, ISOWeekDate, Weekday, date};
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Span, Timestamp};

use crate::settings::Settings;

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grain {
    /// A local day.
    Day,
    /// A week from the workspace's first weekday.
    Week,
    /// A calendar month.
    Month,
    /// A quarter of the fiscal year.
    Quarter,
    /// A fiscal year.
    Year,
}

impl Grain {
    /// All grains from short to long, with their names.
    pub const ALL: [(&'static str, Grain); 5] = [
        ("day", Grain::Day),
        ("week", Grain::Week),
        ("month", Grain::Month),
        ("quarter", Grain::Quarter),
        ("year", Grain::Year),
    ];
}

impl fmt::Display for Grain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Grain::Day => "day",
            Grain::Week => "week",
            Grain::Month => "month",
            Grain::Quarter => "quarter",
            Grain::Year => "year",
        })
    }
}

impl FromStr for Grain {
    type Err = String;

    fn from_str(text: &str) -> Result<Grain, String> {
        let found = Grain::ALL.into_iter().find(|(name, _)| *name == text);
        found
            .map(|(_, grain)| grain)
            .ok_or_else(|| format!("there is no period \"{text}\"; one of day, week, month, quarter, year"))
    }
}

/// One period of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// How long it is.
    pub grain: Grain,
    /// Its number: days since 1970-01-01, weeks since the week that holds 1970-01-01, months since
    /// 1970-01, fiscal quarters and fiscal years since the first of fiscal year 1970.
    pub index: i32,
    /// First instant.
    pub start: Timestamp,
    /// First instant that no longer belongs to it.
    pub end: Timestamp,
    /// `2026-03-14`, `2026-W07` (`2026-02-08 week` where weeks do not start on Monday), `2026-03`,
    /// `2026-Q1`, `2026`. Fiscal years that do not start in January are named by the year they end in.
    pub label: String,
}

impl Period {
    /// Whether the instant lies in `[start, end)`.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.label)
    }
}

/// Zone, first weekday and fiscal year of a workspace: everything that turns instants into periods.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    week_start: Weekday,
    /// First month of the fiscal year, 0 to 11.
    fiscal_month: i32,
}

const EPOCH: Date = date(1970, 1, 1);
// One year off the ends of what an instant can hold, so that no zone and no week leaves the range.
const FIRST_DAY: Date = date(-9998, 1, 1);
const LAST_DAY: Date = date(9998, 12, 31);

impl Calendar {
    /// The calendar of a workspace; fails where the zone or the fiscal year is none.
    pub fn new(settings: &Settings) -> Result<Calendar, String> {
        let zone = TimeZoneDatabase::bundled()
            .get(&settings.zone)
            .map_err(|_| format!("there is no time zone \"{}\"", settings.zone))?;
        if !(1..=12).contains(&settings.fiscal_year_start) {
            return Err(format!("there is no month {}", settings.fiscal_year_start));
        }
        let fiscal_month = i32::from(settings.fiscal_year_start) - 1;
        Ok(Calendar { zone, week_start: settings.week_start, fiscal_month })
    }

    /// The workspace's time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The local day of an instant.
    pub fn local_day(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// First instant of a local day: midnight, or the end of the gap where midnight does not exist, or
    /// the earlier of two midnights.
    pub fn start_of_day(&self, day: Date) -> Timestamp {
        self.resolve(day.clamp(FIRST_DAY, LAST_DAY).at(0, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// A local time as an instant: the earlier one in an overlap, moved forward in a gap.
    fn resolve(&self, local: DateTime) -> Option<Timestamp> {
        self.zone.to_ambiguous_timestamp(local).compatible().ok()
    }

    /// The period that holds an instant.
    pub fn containing(&self, grain: Grain, at: Timestamp) -> Period {
        self.period(grain, self.index_of(grain, self.local_day(at)))
    }

    /// The period with a number; numbers beyond the years -9998 to 9998 give the outermost period.
    pub fn period(&self, grain: Grain, index: i32) -> Period {
        let index = self.clamp(grain, index);
        let first = self.first_day(grain, index);
        Period {
            grain,
            index,
            start: self.start_of_day(first),
            end: self.start_of_day(self.first_day(grain, index + 1)),
            label: self.label(grain, first, index),
        }
    }

    /// The period before.
    pub fn previous(&self, period: &Period) -> Period {
        self.period(period.grain, period.index.saturating_sub(1))
    }

    /// The same period a year before. For a day the same date (28 February for the 29th), for a week
    /// the one 52 weeks earlier, so that weekdays stay comparable.
    pub fn year_before(&self, period: &Period) -> Period {
        let index = match period.grain {
            Grain::Day => {
                let day = self.first_day(Grain::Day, self.clamp(Grain::Day, period.index));
                let before = day.checked_sub(Span::new().years(1)).unwrap_or(FIRST_DAY);
                self.index_of(Grain::Day, before)
            }
            Grain::Week => period.index.saturating_sub(52),
            Grain::Month => period.index.saturating_sub(12),
            Grain::Quarter => period.index.saturating_sub(4),
            Grain::Year => period.index.saturating_sub(1),
        };
        self.period(period.grain, index)
    }

    /// Every period that overlaps `[from, to)`, in order; empty where `to <= from`. A local day that the
    /// zone left out has no length and is no part of it.
    pub fn range(&self, grain: Grain, from: Timestamp, to: Timestamp) -> Vec<Period> {
        if to <= from {
            return Vec::new();
        }
        let first = self.index_of(grain, self.local_day(from));
        let last = self.index_of(grain, self.local_day(to));
        (first..=last)
            .map(|index| self.period(grain, index))
            .filter(|period| period.start < period.end && period.start < to && from < period.end)
            .collect()
    }

    /// Starts of the periods `first_index..=last_index` and, last of all, the end of the last one.
    pub fn boundaries(&self, grain: Grain, first_index: i32, last_index: i32) -> Vec<Timestamp> {
        let first = self.clamp(grain, first_index);
        let last = self.clamp(grain, last_index);
        if last < first {
            return Vec::new();
        }
        (first..=last + 1).map(|index| self.start_of_day(self.first_day(grain, index))).collect()
    }

    /// A period by its label; the grain follows from the form. Weeks may also be named by any of their
    /// days, `2026-02-10 week`.
    pub fn parse(&self, text: &str) -> Result<Period, String> {
        let text = text.trim();
        let wrong = || format!("\"{text}\" is not a period; write 2026-03-14, 2026-W07, 2026-03, 2026-Q1 or 2026");
        let (grain, index) = if let Some(day) = text.strip_suffix(" week") {
            (Grain::Week, self.index_of(Grain::Week, parse_date(day).ok_or_else(wrong)?))
        } else {
            match text.split_once('-') {
                None => (Grain::Year, parse_year(text).ok_or_else(wrong)? - 1970),
                Some((year, rest)) => {
                    let year = parse_year(year).ok_or_else(wrong)?;
                    self.parse_within_year(text, year, rest)?.ok_or_else(wrong)?
                }
            }
        };
        Ok(self.period(grain, index))
    }

    fn parse_within_year(&self, text: &str, year: i32, rest: &str) -> Result<Option<(Grain, i32)>, String> {
        if let Some(week) = rest.strip_prefix('W') {
            if self.week_start != Weekday::Monday {
                let hint = "name the week by one of its days, such as \"2026-02-08 week\"";
                return Err(format!("weeks have no ISO number here, they do not start on Monday; {hint}"));
            }
            let monday = two_digits(week, 1..=53)
                .and_then(|week| ISOWeekDate::new(i16::try_from(year).ok()?, week, Weekday::Monday).ok());
            return Ok(monday.map(|day| (Grain::Week, self.index_of(Grain::Week, day.date()))));
        }
        if let Some(quarter) = rest.strip_prefix('Q') {
            let quarter = quarter.parse().ok().filter(|q| quarter.len() == 1 && (1..=4).contains(q));
            return Ok(quarter.map(|quarter: i32| (Grain::Quarter, (year - 1970) * 4 + quarter - 1)));
        }
        if rest.len() == 2 {
            let month = two_digits(rest, 1..=12);
            return Ok(month.map(|m| (Grain::Month, (year - 1970) * 12 + i32::from(m) - 1)));
        }
        Ok(parse_date(text).map(|day| (Grain::Day, self.index_of(Grain::Day, day))))
    }

    /// An instant as people write it: `2026-03-14` (start of the local day), `2026-03-14T10:00` (local),
    /// or with an offset or zone: `2026-03-14T10:00Z`, `…+02:00`, `…[Europe/Berlin]`.
    pub fn parse_instant(&self, text: &str) -> Result<Timestamp, String> {
        let text = text.trim();
        let parser = DateTimeParser::new();
        let parsed = if text.contains('[') {
            let database = TimeZoneDatabase::bundled();
            parser.parse_zoned_with(&database, text).ok().map(|zoned| zoned.timestamp())
        } else if let Ok(instant) = parser.parse_timestamp(text) {
            Some(instant)
        } else {
            parser.parse_datetime(text).ok().and_then(|local| self.resolve(local))
        };
        parsed.ok_or_else(|| {
            format!("\"{text}\" is not a point in time; write 2026-03-14, 2026-03-14T10:00 or 2026-03-14T10:00Z")
        })
    }

    /// First month (months since 1970-01) of a fiscal year.
    fn year_month(&self, year: i32) -> i32 {
        let ends_a_year_later = if self.fiscal_month == 0 { 0 } else { 12 };
        year * 12 + self.fiscal_month - ends_a_year_later
    }

    /// Days from 1970-01-01 back to the first day of its week, as 0 to 6.
    fn week_lead(&self) -> i32 {
        i32::from(EPOCH.weekday().since(self.week_start))
    }

    fn first_day(&self, grain: Grain, index: i32) -> Date {
        let month = match grain {
            Grain::Day => return day_at(index),
            Grain::Week => return day_at(index * 7 - self.week_lead()),
            Grain::Month => index,
            Grain::Quarter => self.year_month(index.div_euclid(4)) + 3 * index.rem_euclid(4),
            Grain::Year => self.year_month(index),
        };
        let year = i16::try_from(1970 + month.div_euclid(12)).ok();
        let month = i8::try_from(month.rem_euclid(12) + 1).ok();
        let first = year.zip(month).and_then(|(year, month)| Date::new(year, month, 1).ok());
        first.unwrap_or(LAST_DAY)
    }

    fn index_of(&self, grain: Grain, day: Date) -> i32 {
        let day = day.clamp(FIRST_DAY, LAST_DAY);
        let month = (i32::from(day.year()) - 1970) * 12 + i32::from(day.month()) - 1;
        // Months since the start of fiscal year 1970.
        let fiscal = month - self.year_month(0);
        match grain {
            Grain::Day => days_since_epoch(day),
            Grain::Week => (days_since_epoch(day) + self.week_lead()).div_euclid(7),
            Grain::Month => month,
            Grain::Quarter => fiscal.div_euclid(3),
            Grain::Year => fiscal.div_euclid(12),
        }
    }

    fn clamp(&self, grain: Grain, index: i32) -> i32 {
        // The outermost periods may be cut by the range; leave them out.
        let first = self.index_of(grain, FIRST_DAY) + 1;
        let last = self.index_of(grain, LAST_DAY) - 1;
        index.clamp(first, last)
    }

    fn label(&self, grain: Grain, first: Date, index: i32) -> String {
        match grain {
            Grain::Day => first.to_string(),
            Grain::Week if self.week_start == Weekday::Monday => {
                let week = first.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Grain::Week => format!("{first} week"),
            Grain::Month => format!("{:04}-{:02}", first.year(), first.month()),
            Grain::Quarter => {
                format!("{:04}-Q{}", 1970 + index.div_euclid(4), index.rem_euclid(4) + 1)
            }
            Grain::Year => format!("{:04}", 1970 + index),
        }
    }
}

fn day_at(index: i32) -> Date {
    let span = Span::new().try_days(index);
    span.and_then(|span| EPOCH.checked_add(span)).unwrap_or(LAST_DAY)
}

fn days_since_epoch(day: Date) -> i32 {
    day.duration_since(EPOCH).as_hours().div_euclid(24) as i32
}

fn parse_year(text: &str) -> Option<i32> {
    let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn two_digits(text: &str, allowed: std::ops::RangeInclusive<i8>) -> Option<i8> {
    let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && allowed.contains(number))
}

/// A day written as `2026-03-14`; anything else, 2026-02-30 included, is none.
pub fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let year = parse_year(parts.next()?)?;
    let month = two_digits(parts.next()?, 1..=12)?;
    let day = two_digits(parts.next()?, 1..=31)?;
    Date::new(i16::try_from(year).ok()?, month, day).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn calendar(zone: &str, week_start: Weekday, fiscal_year_start: i8) -> Calendar {
        let settings = Settings { zone: zone.into(), week_start, fiscal_year_start, ..Settings::default() };
        Calendar::new(&settings).unwrap()
    }

    fn berlin() -> Calendar {
        calendar("Europe/Berlin", Weekday::Monday, 1)
    }

    fn hours(period: &Period) -> i64 {
        (period.end - period.start).get_seconds().abs() / 3600 + (period.end - period.start).get_hours().abs() as i64
    }

    #[track_caller]
    fn check(calendar: &Calendar, grain: Grain, at: &str, label: &str, start: &str, end: &str) {
        let at = calendar.parse_instant(at).unwrap();
        let period = calendar.containing(grain, at);
        let day = |at| calendar.local_day(at).to_string();
        assert_eq!((period.label.as_str(), day(period.start), day(period.end)), (label, start.into(), end.into()));
        assert!(period.contains(at));
        assert_eq!(calendar.parse(label).unwrap(), period, "the label parses back");
        assert_eq!(calendar.period(grain, period.index), period);
    }

    #[test]
    fn days_follow_daylight_saving() {
        let berlin = berlin();
        let length = |label: &str| hours(&berlin.parse(label).unwrap());
        assert_eq!(length("2025-03-30"), 23);
        assert_eq!(length("2025-10-26"), 25);
        assert_eq!(length("2025-10-27"), 24);
        assert_eq!(length("2025-03"), 31 * 24 - 1);
        assert_eq!(berlin.parse("2025-03-30").unwrap().start.to_string(), "2025-03-29T23:00:00Z");
    }

    #[test]
    fn a_midnight_that_is_missing_or_comes_twice() {
        // Brazil sprang forward at midnight, Cuba falls back to midnight, Samoa left out a day.
        let start = |zone: &str, day: &str| {
            calendar(zone, Weekday::Monday, 1).start_of_day(parse_date(day).unwrap()).to_string()
        };
        assert_eq!(start("America/Sao_Paulo", "2018-11-04"), "2018-11-04T03:00:00Z");
        assert_eq!(start("America/Havana", "2025-11-02"), "2025-11-02T04:00:00Z");
        let apia = calendar("Pacific/Apia", Weekday::Monday, 1);
        let missing = apia.parse("2011-12-30").unwrap();
        assert_eq!(missing.start, missing.end);
        let week = apia.range(
            Grain::Day,
            apia.parse_instant("2011-12-29").unwrap(),
            apia.parse_instant("2012-01-01").unwrap(),
        );
        assert_eq!(week.iter().map(|p| p.label.as_str()).collect::<Vec<_>>(), ["2011-12-29", "2011-12-31"]);
    }

    #[test]
    fn weeks_around_new_year() {
        let berlin = berlin();
        check(&berlin, Grain::Week, "2020-12-31", "2020-W53", "2020-12-28", "2021-01-04");
        check(&berlin, Grain::Week, "2021-01-03T23:59", "2020-W53", "2020-12-28", "2021-01-04");
        check(&berlin, Grain::Week, "2021-01-04", "2021-W01", "2021-01-04", "2021-01-11");
        check(&berlin, Grain::Week, "2025-12-29", "2026-W01", "2025-12-29", "2026-01-05");
        check(&berlin, Grain::Week, "1970-01-01", "1970-W01", "1969-12-29", "1970-01-05");
        let sunday = calendar("America/New_York", Weekday::Sunday, 1);
        check(&sunday, Grain::Week, "2026-02-08", "2026-02-08 week", "2026-02-08", "2026-02-15");
        check(&sunday, Grain::Week, "2025-12-31", "2025-12-28 week", "2025-12-28", "2026-01-04");
        assert!(sunday.parse("2026-W07").unwrap_err().contains("do not start on Monday"));
        assert!(berlin.parse("2021-W53").is_err(), "2021 has 52 weeks");
        assert_eq!(berlin.parse("2026-02-11 week").unwrap().label, "2026-W07");
    }

    #[test]
    fn months_quarters_and_fiscal_years() {
        let plain = berlin();
        check(&plain, Grain::Month, "2026-03-31T23:59", "2026-03", "2026-03-01", "2026-04-01");
        check(&plain, Grain::Quarter, "2026-03-31", "2026-Q1", "2026-01-01", "2026-04-01");
        check(&plain, Grain::Year, "2026-12-31", "2026", "2026-01-01", "2027-01-01");
        let april = calendar("Asia/Tokyo", Weekday::Monday, 4);
        check(&april, Grain::Year, "2025-04-01", "2026", "2025-04-01", "2026-04-01");
        check(&april, Grain::Year, "2025-03-31", "2025", "2024-04-01", "2025-04-01");
        check(&april, Grain::Quarter, "2026-03-31", "2026-Q4", "2026-01-01", "2026-04-01");
        check(&april, Grain::Quarter, "2025-04-01", "2026-Q1", "2025-04-01", "2025-07-01");
        check(&april, Grain::Month, "2026-01-15", "2026-01", "2026-01-01", "2026-02-01");
        let december = calendar("UTC", Weekday::Monday, 12);
        check(&december, Grain::Year, "2025-12-01", "2026", "2025-12-01", "2026-12-01");
    }

    #[test]
    fn neighbours_and_ranges() {
        let berlin = berlin();
        let label = |period: Period| period.label;
        let parse = |text| berlin.parse(text).unwrap();
        assert_eq!(label(berlin.previous(&parse("2026-01"))), "2025-12");
        assert_eq!(label(berlin.year_before(&parse("2024-02-29"))), "2023-02-28");
        assert_eq!(label(berlin.year_before(&parse("2026-Q1"))), "2025-Q1");
        assert_eq!(label(berlin.year_before(&parse("2026-W07"))), "2025-W07");
        let at = |text| berlin.parse_instant(text).unwrap();
        let labels: Vec<String> =
            berlin.range(Grain::Month, at("2025-12-31T23:59"), at("2026-02-01")).into_iter().map(label).collect();
        assert_eq!(labels, ["2025-12", "2026-01"]);
        assert!(berlin.range(Grain::Day, at("2026-01-02"), at("2026-01-02")).is_empty());
        let first = parse("2026-01").index;
        let boundaries = berlin.boundaries(Grain::Month, first, first + 1);
        assert_eq!(boundaries, [at("2026-01-01"), at("2026-02-01"), at("2026-03-01")]);
        assert!(berlin.boundaries(Grain::Month, 5, 4).is_empty());
    }

    #[test]
    fn instants() {
        let berlin = berlin();
        let check = |text: &str, expected: &str| {
            assert_eq!(berlin.parse_instant(text).unwrap().to_string(), expected, "{text}");
        };
        check("2026-03-14", "2026-03-13T23:00:00Z");
        check("2026-03-14T10:00", "2026-03-14T09:00:00Z");
        check("2026-03-14 10:00:30.5", "2026-03-14T09:00:30.5Z");
        check("2026-03-14T10:00Z", "2026-03-14T10:00:00Z");
        check("2026-03-14T10:00-03:00", "2026-03-14T13:00:00Z");
        check("2026-03-14T10:00[America/Sao_Paulo]", "2026-03-14T13:00:00Z");
        check("2025-03-30T02:30", "2025-03-30T01:30:00Z");
        check("2025-10-26T02:30", "2025-10-26T00:30:00Z");
        for bad in ["", "2025-02-30", "31.02.2025", "0000-00-00", "1e9", "2026-03", "2026-03-14T25:00"] {
            assert!(berlin.parse_instant(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn labels_that_are_none() {
        let berlin = berlin();
        for bad in [
            "",
            "26",
            "2026-13",
            "2026-00",
            "2026-Q5",
            "2026-Q",
            "2026-W00",
            "2026-W54",
            "2026-02-30",
            "2026-1",
            "+026",
            "2026-Q+1",
            "x week",
            "2026-03-14T10:00",
            "ä",
        ] {
            assert!(berlin.parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_parses_or_says_why(text in "\\PC{0,24}") {
            let _ = berlin().parse(&text);
            let _ = berlin().parse_instant(&text);
        }

        #[test]
        fn periods_tile_the_time_line(index in any::<i32>(), grain in 0usize..5, fiscal in 1i8..=12) {
            let calendar = calendar("America/New_York", Weekday::Saturday, fiscal);
            let period = calendar.period(Grain::ALL[grain].1, index);
            prop_assert!(period.start < period.end);
            let before = calendar.previous(&period);
            if before.index < period.index {
                prop_assert_eq!(before.end, period.start);
            }
            prop_assert_eq!(&calendar.containing(period.grain, period.start), &period);
            calendar.year_before(&period);
            if (0..=9998).contains(&calendar.local_day(period.start).year()) {
                prop_assert_eq!(calendar.parse(&period.label).unwrap(), period);
            }
        }
    }
}
