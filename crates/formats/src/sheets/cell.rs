//! A cell as JSON: numbers in the fewest digits that are exact, times as ISO text.

use calamine::{Data, ExcelDateTime};

use crate::spool::push_text;

/// Adds the value of a cell to a line; empty ones are null.
pub(super) fn push(line: &mut Vec<u8>, value: &Data) {
    match value {
        Data::Empty => line.extend_from_slice(b"null"),
        Data::String(text) if text.is_empty() => line.extend_from_slice(b"null"),
        Data::Int(number) => line.extend_from_slice(number.to_string().as_bytes()),
        Data::Float(number) if number.is_finite() => line.extend_from_slice(number.to_string().as_bytes()),
        Data::Bool(flag) => line.extend_from_slice(flag.to_string().as_bytes()),
        other => push_text(line, &text(other)),
    }
}

/// The value of a cell as text.
pub(super) fn text(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::Bool(flag) => flag.to_string(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Error(error) => error.to_string(),
        Data::DateTime(time) => iso(time),
    }
}

fn iso(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    if time.is_duration() || (0.0..1.0).contains(&time.as_f64()) {
        let hours =
            if time.is_duration() { (time.as_f64().max(0.0) * 24.0 + 1e-9).floor() as u64 } else { hour.into() };
        return format!("{hours:02}:{minute:02}:{second:02}{}", fraction(milli));
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => date,
        _ => format!("{date}T{hour:02}:{minute:02}:{second:02}{}", fraction(milli)),
    }
}

fn fraction(milli: u16) -> String {
    if milli == 0 { String::new() } else { format!(".{milli:03}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use calamine::{CellErrorType, ExcelDateTimeType};

    use super::*;

    #[test]
    fn cells_as_json() {
        let time = |value, kind| Data::DateTime(ExcelDateTime::new(value, kind, false));
        for (value, expected) in [
            (Data::Empty, "null"),
            (Data::String(String::new()), "null"),
            (Data::String("a \"b\"\nc".into()), r#""a \"b\"\nc""#),
            (Data::Float(12.0), "12"),
            (Data::Float(1234567890123456.0), "1234567890123456"),
            (Data::Float(19.99), "19.99"),
            (Data::Float(-0.1), "-0.1"),
            (Data::Float(f64::NAN), "\"NaN\""),
            (Data::Bool(true), "true"),
            (Data::Error(CellErrorType::NA), "\"#N/A\""),
            (time(45413.0, ExcelDateTimeType::DateTime), "\"2024-05-01\""),
            (time(45413.5, ExcelDateTimeType::DateTime), "\"2024-05-01T12:00:00\""),
            (time(45943.541, ExcelDateTimeType::DateTime), "\"2025-10-13T12:59:02.400\""),
            (time(0.25, ExcelDateTimeType::DateTime), "\"06:00:00\""),
            (time(1.5, ExcelDateTimeType::TimeDelta), "\"36:00:00\""),
        ] {
            let mut line = Vec::new();
            push(&mut line, &value);
            assert_eq!(String::from_utf8(line).unwrap(), expected, "{value:?}");
        }
    }
}
