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
