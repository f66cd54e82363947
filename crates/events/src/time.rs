//! Times as events carry them.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::event::{Wrong, wrong};

/// What to do about a time that cannot be read.
const FIX: &str =
    "Write times like 2026-03-14T09:30:00Z or with an offset such as +01:00, or as milliseconds since 1970.";
/// Numbers from here on are milliseconds, smaller ones seconds.
const MILLIS_FROM: f64 = 1e11;
/// How far ahead of our clock an event may lie.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// Reads an instant: RFC 3339, or seconds or milliseconds since 1970.
pub fn instant(name: &str, value: &Value) -> Result<Timestamp, Wrong> {
    let read = match value {
        Value::String(text) => written(text.trim()),
        Value::Number(number) => number.as_f64().and_then(counted),
        _ => None,
    };
    let shown: String = value.to_string().chars().take(60).collect();
    let at = read.ok_or_else(|| wrong(format!("has {name} {shown}, which is no time"), FIX))?;
    let (first, last) = (at >= year(1900), at < year(2200));
    if first && last { Ok(at) } else { Err(wrong(format!("has {name} {shown}, outside 1900 to 2199"), FIX)) }
}

/// The instant, where the member is there and not null.
pub fn optional(name: &str, value: Option<&Value>) -> Result<Option<Timestamp>, Wrong> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(value) => instant(name, value).map(Some),
    }
}

/// Refuses an instant that lies more than a day ahead.
pub fn not_ahead(name: &str, at: Timestamp, received: Timestamp) -> Result<Timestamp, Wrong> {
    let ahead = at.duration_since(received) > AHEAD;
    let fix = "Check the sender's clock and the unit of the time.";
    if ahead { Err(wrong(format!("has {name} {at}, more than a day in the future"), fix)) } else { Ok(at) }
}

/// When something happened by our clock, told by a clock that may be wrong: the sender's age of it, counted back
/// from when it was received.
pub fn corrected(told: Timestamp, sent: Option<Timestamp>, received: Timestamp) -> Timestamp {
    match sent {
        Some(sent) => back(received, sent.duration_since(told)).unwrap_or(told),
        None => told,
    }
}

/// An instant before another one by `age`.
pub fn back(from: Timestamp, age: SignedDuration) -> Option<Timestamp> {
    let at = from.checked_sub(age).ok()?;
    (at >= year(1900) && at < year(2200)).then_some(at)
}

fn written(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    match text.parse::<f64>() {
        Ok(number) if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && text.len() >= 9 => {
            counted(number)
        }
        _ => None,
    }
}

fn counted(number: f64) -> Option<Timestamp> {
    let micros = if number.abs() >= MILLIS_FROM { number * 1e3 } else { number * 1e6 };
    // Beyond it lie no years that tables hold.
    (micros.abs() < 1e16).then(|| Timestamp::from_microsecond(micros.round() as i64).ok()).flatten()
}

fn year(year: i16) -> Timestamp {
    let day = Date::new(year, 1, 1).and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC));
    day.map(|day| day.timestamp()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_read_or_refused() {
        for (value, expected) in [
            (json!("2026-03-14T09:30:00Z"), Some("2026-03-14T09:30:00Z")),
            (json!(" 2026-03-14T10:30:00.25+01:00 "), Some("2026-03-14T09:30:00.25Z")),
            (json!("2012-12-02T00:30:08.276Z"), Some("2012-12-02T00:30:08.276Z")),
            (json!(1_773_480_600), Some("2026-03-14T09:30:00Z")),
            (json!(1_773_480_600_250_i64), Some("2026-03-14T09:30:00.25Z")),
            (json!("1773480600250"), Some("2026-03-14T09:30:00.25Z")),
            (json!("2026-03-14T09:30:00"), None),
            (json!("2026-03-14"), None),
            (json!("2026-02-31T00:00:00Z"), None),
            (json!("0001-01-01T00:00:00Z"), None),
            (json!("9999-12-31T00:00:00Z"), None),
            (json!(1e300), None),
            (json!(-1e300), None),
            (json!(true), None),
            (json!([]), None),
            (json!("yesterday"), None),
        ] {
            assert_eq!(instant("at", &value).ok().map(|at| at.to_string()).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn a_wrong_clock_is_corrected_by_the_age_it_tells() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let received = at("2026-03-14T09:30:10Z");
        // The sender's clock is a year behind; the event was two minutes old when it was sent.
        let told = corrected(at("2025-03-14T09:28:00Z"), Some(at("2025-03-14T09:30:00Z")), received);
        assert_eq!(told, at("2026-03-14T09:28:10Z"));
        assert_eq!(corrected(at("2025-03-14T09:28:00Z"), None, received), at("2025-03-14T09:28:00Z"));
        assert!(not_ahead("at", at("2026-03-15T09:30:00Z"), received).is_ok());
        assert!(not_ahead("at", at("2026-03-16T09:30:00Z"), received).is_err());
    }
}
