//! Instants and days as text, without allocation: these are most of what is written.

/// Civil date (year, month, day) of a day counted from 1970-01-01.
/// Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
pub(crate) fn civil(days: i64) -> (i64, u8, u8) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = (doy - (153 * mp + 2) / 5 + 1) as u8;
    let month = if mp < 10 { mp + 3 } else { mp - 9 } as u8;
    (yoe + era * 400 + i64::from(month <= 2), month, day)
}

/// Appends `2024-07-01` for a day counted from 1970-01-01.
pub(crate) fn push_day(out: &mut Vec<u8>, days: i64) {
    let (year, month, day) = civil(days);
    push_padded(out, year, 4);
    out.push(b'-');
    push_padded(out, i64::from(month), 2);
    out.push(b'-');
    push_padded(out, i64::from(day), 2);
}

/// Appends `2024-07-01T08:03:12Z` for seconds since 1970-01-01 UTC.
pub(crate) fn push_instant(out: &mut Vec<u8>, seconds: i64) {
    push_day(out, seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    for (mark, part) in [(b'T', second / 3600), (b':', second / 60 % 60), (b':', second % 60)] {
        out.push(mark);
        push_padded(out, part, 2);
    }
    out.push(b'Z');
}

/// Appends a number that is not negative, padded with zeros.
pub(crate) fn push_padded(out: &mut Vec<u8>, value: i64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    let mut rest = value.unsigned_abs();
    while rest > 0 {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits[at.min(digits.len() - width)..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_calendar_library() {
        for seconds in (-2_000_000_000..4_000_000_000_i64).step_by(86_413_777) {
            let mut out = Vec::new();
            push_instant(&mut out, seconds);
            let expected = jiff::Timestamp::from_second(seconds).unwrap().to_string();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn pads_and_does_not_cut() {
        let show = |value, width| {
            let mut out = Vec::new();
            push_padded(&mut out, value, width);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(show(0, 1), "0");
        assert_eq!(show(7, 3), "007");
        assert_eq!(show(12345, 3), "12345");
    }
}
