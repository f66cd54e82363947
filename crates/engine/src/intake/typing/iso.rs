//! The generic reading of times: ISO 8601 and RFC 3339, with or without time of day and offset.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use super::time::Written;

/// Reads `2026-03-14`, `2026-03-14 09:30`, `2026-03-14T09:30:00.5`, each with time also with `Z`, `+01:00`, `+0100`,
/// `+01`, ` UTC`.
pub(super) fn read(text: &str) -> Option<Written> {
    if let Some(local) = fixed(text.as_bytes()) {
        return Some(Written::Local(local));
    }
    let date = date(text.get(..10)?)?;
    let rest = text.get(10..)?;
    if rest.is_empty() {
        return Some(Written::Local(date.to_datetime(Time::midnight())));
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let stop = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(rest.len());
    let local = date.to_datetime(time(rest.get(..stop)?)?);
    match rest.get(stop..)?.trim_start() {
        "" => Some(Written::Local(local)),
        offset => instant(local, offset_of(offset)?).map(Written::Instant),
    }
}

/// `YYYY-MM-DD HH:MM:SS` (or with `T`), nothing else.
pub(super) fn fixed(text: &[u8]) -> Option<DateTime> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b' ' | b'T', h1, h2, b':', n1, n2, b':', s1, s2] = text else {
        return None;
    };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| i16::from(byte - b'0'));
    let two = |a: &u8, b: &u8| Some(digit(a)? * 10 + digit(b)?);
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let small = |value: i16| i8::try_from(value).ok();
    let date = Date::new(year, small(two(m1, m2)?)?, small(two(d1, d2)?)?).ok()?;
    let time = Time::new(small(two(h1, h2)?)?, small(two(n1, n2)?)?, small(two(s1, s2)?)?, 0).ok()?;
    Some(date.to_datetime(time))
}

/// Microseconds since 1970-01-01 of `YYYY-MM-DD HH:MM:SS` (or with `T`), perhaps with up to six digits behind a point
/// and perhaps with `Z`, as if it were UTC; with the year and whether there was a `Z`. None for whatever is written
/// otherwise, which is not to say that it is wrong.
pub(super) fn micros(text: &[u8]) -> Option<(i64, i16, bool)> {
    let (text, zulu) = match text {
        [text @ .., b'Z'] => (text, true),
        text => (text, false),
    };
    let (head, fraction) = text.split_at_checked(19)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b' ' | b'T', h1, h2, b':', n1, n2, b':', s1, s2] = head else {
        return None;
    };
    let two = |a: &u8, b: &u8| {
        let (a, b) = (a.wrapping_sub(b'0'), b.wrapping_sub(b'0'));
        (a < 10 && b < 10).then(|| i64::from(a) * 10 + i64::from(b))
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    // Days that not every month has are left to the calendar.
    if !(1..=12).contains(&month) || !(1..=28).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let part = match fraction {
        [] => 0,
        [b'.', digits @ ..] if (1..=6).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) => {
            let value = digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
            value * [100_000, 10_000, 1_000, 100, 10, 1].get(digits.len() - 1)?
        }
        _ => return None,
    };
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some((seconds * 1_000_000 + part, year as i16, zulu))
}

/// Days since 1970-01-01 of a day of the Gregorian calendar (years from March, 400 of which have 146,097 days).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (month * 153 + 2) / 5 + day - 1 - 719_468
}

fn digits(text: &str, length: usize) -> Option<i16> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn small(text: &str) -> Option<i8> {
    digits(text, 2).and_then(|value| i8::try_from(value).ok())
}

fn date(text: &str) -> Option<Date> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    Date::new(digits(year, 4)?, small(month)?, small(day)?).ok()
}

fn time(text: &str) -> Option<Time> {
    let (text, fraction) = match text.split_once(['.', ',']) {
        Some((text, fraction)) => (text, Some(fraction)),
        None => (text, None),
    };
    let mut parts = text.split(':');
    let (hour, minute) = (small(parts.next()?)?, small(parts.next()?)?);
    let second = parts.next();
    if parts.next().is_some() || (second.is_none() && fraction.is_some()) {
        return None;
    }
    let nanos = match fraction {
        None => 0,
        Some(fraction) if (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{fraction:0<9}").parse::<i32>().ok()?
        }
        Some(_) => return None,
    };
    Time::new(hour, minute, second.map_or(Some(0), small)?, nanos).ok()
}

fn offset_of(text: &str) -> Option<Offset> {
    if matches!(text, "Z" | "z" | "UTC" | "GMT") {
        return Some(Offset::UTC);
    }
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix(['-', '\u{2212}'])?),
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some((hours, minutes)) => (small(hours)?, small(minutes)?),
        None if rest.len() == 4 => (small(rest.get(..2)?)?, small(rest.get(2..)?)?),
        None => (small(rest)?, 0),
    };
    if hours > 15 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60)).ok()
}

fn instant(local: DateTime, offset: Offset) -> Option<Timestamp> {
    offset.to_timestamp(local).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_way_says_what_the_calendar_says() {
        let day = |day: i64| Date::constant(1896, 1, 1).saturating_add(jiff::Span::new().days(day));
        for date in (0..110_000).step_by(7).map(day) {
            for time in ["T00:00:00", " 23:59:59.1", " 12:34:56.654321Z", "T01:02:03Z"] {
                let text = format!("{date}{time}");
                let expected = match read(&text) {
                    Some(Written::Local(local)) => (Offset::UTC.to_timestamp(local).ok(), false),
                    Some(Written::Instant(at)) => (Some(at), true),
                    None => (None, false),
                };
                let found = micros(text.as_bytes());
                assert_eq!(found.is_some(), date.day() < 29, "{text}");
                if let Some((micros, year, zulu)) = found {
                    assert_eq!((Timestamp::from_microsecond(micros).ok(), zulu), expected, "{text}");
                    assert_eq!(year, date.year());
                }
            }
        }
        for text in [
            "2026-03-14",
            "2026-13-01 00:00:00",
            "2026-03-14 24:00:00",
            "2026-03-14 00:00:00.1234567",
            "2026-03-14 00:00:00+01",
        ] {
            assert_eq!(micros(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn forms() {
        let shown = |text| match read(text) {
            Some(Written::Local(local)) => local.to_string(),
            Some(Written::Instant(at)) => at.to_string(),
            None => "none".to_owned(),
        };
        for (text, expected) in [
            ("2026-03-14", "2026-03-14T00:00:00"),
            ("2026-03-14 09:30", "2026-03-14T09:30:00"),
            ("2026-03-14T09:30:15", "2026-03-14T09:30:15"),
            ("2026-03-14 09:30:15.25", "2026-03-14T09:30:15.25"),
            ("2026-03-14T09:30:15Z", "2026-03-14T09:30:15Z"),
            ("2026-03-14T09:30:15.5+01:00", "2026-03-14T08:30:15.5Z"),
            ("2026-03-14 09:30:15 -0530", "2026-03-14T15:00:15Z"),
            ("2026-03-14 09:30:15+02", "2026-03-14T07:30:15Z"),
            ("2019-10-01 00:00:00 UTC", "2019-10-01T00:00:00Z"),
            ("2026-3-14", "none"),
            ("2026-03-14T", "none"),
            ("2026-03-14T24:00:00", "none"),
            ("2026-03-14T09:30:15.", "none"),
            ("2026-03-14T09:30:15 CET", "none"),
            ("14.03.2026", "none"),
            ("20260314", "none"),
            ("2026-02-29", "none"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
