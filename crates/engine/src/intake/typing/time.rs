//! Times as sources write them: by pattern and zone, with daylight saving handled by the zone database.

use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::iso;

/// Years that are taken for real; everything outside is a slip or a placeholder such as 0001-01-01.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

/// How a time was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// There was one meaning only.
    Plain,
    /// The local time did not exist (clocks went forward); it was moved forward.
    Gap,
    /// The local time existed twice (clocks went back); the earlier one was taken.
    Overlap,
}

/// A time read from text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Read {
    /// Microseconds since 1970-01-01 UTC.
    pub(crate) micros: i64,
    /// How it was read.
    pub(crate) clock: Clock,
}

/// One way of writing times.
#[derive(Debug, Clone)]
enum Pattern {
    Iso,
    Unix { per_second: i64 },
    Custom(String),
}

/// Reads the times of one column.
#[derive(Debug, Clone)]
pub(crate) struct TimeReader {
    patterns: Vec<Pattern>,
    zone: TimeZone,
    utc: bool,
    /// Whether the first pattern is ISO 8601.
    iso: bool,
}

/// A time as written: local, or with its offset.
pub(crate) enum Written {
    /// Wall clock in the reader's zone.
    Local(DateTime),
    /// With an offset: one instant.
    Instant(Timestamp),
}

impl TimeReader {
    /// `patterns` are tried in turn; none means ISO 8601. `zone` is that of local times.
    pub(crate) fn new(patterns: &[String], zone: TimeZone) -> Self {
        let mut patterns: Vec<Pattern> = patterns
            .iter()
            .map(|pattern| match pattern.as_str() {
                "iso" => Pattern::Iso,
                "unix" => Pattern::Unix { per_second: 1 },
                "unix_ms" => Pattern::Unix { per_second: 1_000 },
                "unix_us" => Pattern::Unix { per_second: 1_000_000 },
                custom => Pattern::Custom(custom.to_owned()),
            })
            .collect();
        if patterns.is_empty() {
            patterns.push(Pattern::Iso);
        }
        let utc = zone == TimeZone::UTC || zone.iana_name() == Some("UTC");
        let iso = matches!(patterns.first(), Some(Pattern::Iso));
        TimeReader { patterns, zone, utc, iso }
    }

    /// The instant that a text names; the error is the reason as a sentence part.
    pub(crate) fn instant(&self, text: &str) -> Result<Read, String> {
        if let Some((micros, year, zulu)) = self.iso.then(|| iso::micros(text.as_bytes())).flatten()
            && YEARS.contains(&year)
            && (self.utc || zulu)
        {
            return Ok(Read { micros, clock: Clock::Plain });
        }
        let read = match self.written(text)? {
            Written::Instant(at) => Read { micros: at.as_microsecond(), clock: Clock::Plain },
            Written::Local(local) => self.local(local).ok_or_else(|| format!("\"{text}\" is out of range"))?,
        };
        Ok(read)
    }

    /// The calendar day that a text names; an instant counts as the day it has in the zone.
    pub(crate) fn day(&self, text: &str) -> Result<Date, String> {
        Ok(match self.written(text)? {
            Written::Local(local) => local.date(),
            Written::Instant(at) => self.zone.to_datetime(at).date(),
        })
    }

    fn local(&self, local: DateTime) -> Option<Read> {
        if self.utc {
            let at = TimeZone::UTC.to_timestamp(local).ok()?;
            return Some(Read { micros: at.as_microsecond(), clock: Clock::Plain });
        }
        let ambiguous = self.zone.to_ambiguous_timestamp(local);
        let clock = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => Clock::Plain,
            AmbiguousOffset::Gap { .. } => Clock::Gap,
            AmbiguousOffset::Fold { .. } => Clock::Overlap,
        };
        // `compatible`: in a gap forward by its length, in a fold the earlier instant.
        Some(Read { micros: ambiguous.compatible().ok()?.as_microsecond(), clock })
    }

    fn written(&self, text: &str) -> Result<Written, String> {
        let text = text.trim();
        let mut reason = None;
        for pattern in &self.patterns {
            match read_one(pattern, text) {
                Ok(written) => return plausible(written, text),
                Err(why) => reason = reason.or(Some(why)),
            }
        }
        Err(reason.unwrap_or_else(|| format!("\"{text}\" is not a time")))
    }
}

fn read_one(pattern: &Pattern, text: &str) -> Result<Written, String> {
    match pattern {
        Pattern::Iso => iso::read(text)
            .ok_or_else(|| format!("\"{text}\" is not a date or time like 2026-03-14 or 2026-03-14T09:30:00+01:00")),
        Pattern::Unix { per_second } => {
            unix(text, *per_second).ok_or_else(|| format!("\"{text}\" is not a number of seconds since 1970"))
        }
        Pattern::Custom(pattern) => custom(pattern, text),
    }
}

fn custom(pattern: &str, text: &str) -> Result<Written, String> {
    if pattern == "%Y-%m-%d %H:%M:%S"
        && let Some(fast) = iso::fixed(text.as_bytes())
    {
        return Ok(Written::Local(fast));
    }
    let wrong = || format!("\"{text}\" is not a time written as {pattern}");
    let parts = BrokenDownTime::parse(pattern, text).map_err(|_| wrong())?;
    if parts.timestamp().is_some() || parts.offset().is_some() {
        return parts.to_timestamp().map(Written::Instant).map_err(|_| wrong());
    }
    let date = parts.to_date().map_err(|_| wrong())?;
    let time = match (parts.hour(), parts.to_time()) {
        (_, Ok(time)) => time,
        (None, Err(_)) => jiff::civil::Time::midnight(),
        (Some(_), Err(_)) => return Err(wrong()),
    };
    Ok(Written::Local(date.to_datetime(time)))
}

fn unix(text: &str, per_second: i64) -> Option<Written> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    if digits.is_empty()
        || !digits.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit())
        || fraction.len() > 9
    {
        return None;
    }
    let micros_each = 1_000_000 / per_second;
    let whole_micros = whole.parse::<i64>().ok()?.checked_mul(micros_each)?;
    let part = if fraction.is_empty() {
        0
    } else {
        fraction.parse::<i64>().ok()? * micros_each / 10i64.pow(fraction.len() as u32)
    };
    let micros =
        if whole.starts_with('-') { whole_micros.checked_sub(part)? } else { whole_micros.checked_add(part)? };
    Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_micros(micros)).ok().map(Written::Instant)
}

fn plausible(written: Written, text: &str) -> Result<Written, String> {
    let year = match &written {
        Written::Local(local) => local.year(),
        Written::Instant(at) => TimeZone::UTC.to_datetime(*at).year(),
    };
    if YEARS.contains(&year) {
        Ok(written)
    } else {
        Err(format!("\"{text}\" lies outside the years {} to {}", YEARS.start(), YEARS.end()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn reader(patterns: &[&str], zone: &str) -> TimeReader {
        let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        TimeReader::new(&patterns, TimeZone::get(zone).unwrap())
    }

    fn shown(reader: &TimeReader, text: &str) -> String {
        match reader.instant(text) {
            Ok(read) => format!("{} {:?}", Timestamp::from_microsecond(read.micros).unwrap(), read.clock),
            Err(reason) => reason,
        }
    }

    #[test]
    fn patterns_and_zones() {
        for (pattern, zone, text, expected) in [
            ("%Y-%m-%d %H:%M:%S", "America/Sao_Paulo", "2017-10-02 10:56:33", "2017-10-02T13:56:33Z Plain"),
            ("%Y/%m/%d %H:%M:%S%.f", "UTC", "2012/10/09 14:50:17.000", "2012-10-09T14:50:17Z Plain"),
            ("%d/%m/%Y %H:%M", "UTC", "29/2/2016 01:16", "2016-02-29T01:16:00Z Plain"),
            ("%Y%m%d", "Europe/Berlin", "19970101", "1996-12-31T23:00:00Z Plain"),
            ("%Y-%m-%d %H:%M:%S %z", "UTC", "2024-01-05 10:20:30 -0500", "2024-01-05T15:20:30Z Plain"),
            ("%Y-%m-%d %H:%M:%S UTC", "UTC", "2019-10-01 00:00:01 UTC", "2019-10-01T00:00:01Z Plain"),
            ("%m/%d/%Y %I:%M %p", "UTC", "03/04/2024 02:05 PM", "2024-03-04T14:05:00Z Plain"),
            ("unix", "UTC", "1700000000", "2023-11-14T22:13:20Z Plain"),
            ("unix_ms", "UTC", "1700000000123", "2023-11-14T22:13:20.123Z Plain"),
            ("unix", "UTC", "1700000000.5", "2023-11-14T22:13:20.5Z Plain"),
        ] {
            assert_eq!(shown(&reader(&[pattern], zone), text), expected, "{pattern}");
        }
    }

    #[test]
    fn clocks_going_forward_and_back() {
        let berlin = reader(&["%Y-%m-%d %H:%M:%S"], "Europe/Berlin");
        assert_eq!(shown(&berlin, "2025-03-30 02:30:00"), "2025-03-30T01:30:00Z Gap");
        assert_eq!(shown(&berlin, "2025-10-26 02:30:00"), "2025-10-26T00:30:00Z Overlap");
        assert_eq!(
            shown(&reader(&["iso"], "Europe/Berlin"), "2025-10-26T02:30:00+01:00"),
            "2025-10-26T01:30:00Z Plain"
        );
    }

    #[test]
    fn impossible_dates_are_refused_with_a_reason() {
        let dates = reader(&["%d.%m.%Y"], "UTC");
        assert_eq!(dates.day("31.02.2025"), Err("\"31.02.2025\" is not a time written as %d.%m.%Y".into()));
        assert_eq!(dates.day("28.02.2025"), Ok(jiff::civil::date(2025, 2, 28)));
        for text in [
            "0000-00-00",
            "1e9",
            "2025-02-31",
            "2025-13-01",
            "",
            "yesterday",
            "0001-01-01",
            "9999-12-31",
            "2025-01-01 25:00:00",
        ] {
            assert!(reader(&[], "UTC").instant(text).is_err(), "{text}");
            assert!(reader(&["%Y-%m-%d %H:%M:%S"], "UTC").instant(text).is_err(), "{text}");
            assert!(reader(&["unix"], "UTC").instant(text).is_err(), "{text}");
        }
        assert!(reader(&["unix"], "UTC").instant("99999999999999999999").is_err());
        assert!(reader(&["iso", "%d.%m.%Y"], "UTC").instant("01.02.2025").is_ok());
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}", near in "[-0-9TZ:. +/]{0,32}") {
            for patterns in [&[][..], &["%d/%m/%Y %H:%M"], &["unix"], &["unix_ms"], &["%Y-%m-%d %H:%M:%S"]] {
                let reader = reader(patterns, "America/New_York");
                let _ = (reader.instant(&text), reader.day(&text), reader.instant(&near), reader.day(&near));
            }
        }
    }
}
