//! Numbers as people write them, read exactly: no float stands between the text and a decimal.

use throughline_model::layout::NumberStyle;

/// Places of money.
pub(crate) const MONEY_SCALE: u32 = 4;

/// A decimal as written: `units / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    units: i128,
    scale: u32,
}

/// Reads `1,234.56` (or `1.234,56`): sign, also behind or as parentheses; a currency sign or up to three letters
/// before or behind; groups of three parted by the other mark, a blank or an apostrophe.
pub(crate) fn decimal(text: &str, style: NumberStyle) -> Option<Decimal> {
    if let Some(plain) = plain(text.as_bytes(), if style == NumberStyle::Point { b'.' } else { b',' }) {
        return Some(plain);
    }
    let (body, negative) = unsigned(text)?;
    let (point, group) = match style {
        NumberStyle::Point => ('.', ','),
        NumberStyle::Comma => (',', '.'),
    };
    let (whole, fraction) = match body.split_once(point) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (body, None),
    };
    if whole.is_empty() && fraction.is_none_or(str::is_empty) {
        return None;
    }
    let mut units = grouped(whole, group)?;
    let mut scale = 0;
    for digit in fraction.unwrap_or_default().chars() {
        units = units.checked_mul(10)?.checked_add(i128::from(digit.to_digit(10)?))?;
        scale += 1;
        if scale > 30 {
            return None;
        }
    }
    Some(Decimal { units: if negative { -units } else { units }, scale })
}

/// Up to 18 digits with at most one point, as most numbers are written. None for whatever is written otherwise.
fn plain(text: &[u8], point: u8) -> Option<Decimal> {
    let (mut units, mut behind) = (0_i64, None);
    if text.len() > 18 || !text.iter().any(u8::is_ascii_digit) {
        return None;
    }
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => units = units * 10 + i64::from(byte - b'0'),
            byte if *byte == point && behind.is_none() => behind = Some(text.len() - at - 1),
            _ => return None,
        }
    }
    Some(Decimal { units: i128::from(units), scale: behind.unwrap_or_default() as u32 })
}

/// Takes away signs and currency; the rest must begin and end like a number.
fn unsigned(text: &str) -> Option<(&str, bool)> {
    let mut rest = text.trim();
    let mut negative = false;
    if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        (rest, negative) = (inner.trim(), true);
    }
    let mut signs = u32::from(negative);
    let mut currencies = 0;
    loop {
        let before = rest;
        for (mark, minus) in [('-', true), ('\u{2212}', true), ('+', false)] {
            let stripped = rest.strip_prefix(mark).or_else(|| rest.strip_suffix(mark));
            if let Some(stripped) = stripped {
                (rest, negative, signs) = (stripped.trim(), minus, signs + 1);
            }
        }
        if let Some(stripped) = without_currency(rest) {
            (rest, currencies) = (stripped.trim(), currencies + 1);
        }
        if rest == before {
            break;
        }
    }
    (signs <= 1 && currencies <= 1 && !rest.is_empty()).then_some((rest, negative))
}

fn without_currency(text: &str) -> Option<&str> {
    let money = |c: char| is_currency_sign(c) || c.is_alphabetic();
    let fits = |mark: &str| (1..=3).contains(&mark.chars().count());
    let head = text.trim_start_matches(money);
    if head.len() < text.len() && fits(&text[..text.len() - head.len()]) {
        return Some(head);
    }
    let tail = text.trim_end_matches(money);
    (tail.len() < text.len() && fits(&text[tail.len()..])).then_some(tail)
}

fn is_currency_sign(c: char) -> bool {
    matches!(c, '$' | '£' | '¥' | '¢' | '€' | '฿' | '\u{20a0}'..='\u{20cf}')
}

fn is_blank_mark(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}')
}

/// Digits in groups of three parted by one kind of mark, or without groups.
fn grouped(whole: &str, group: char) -> Option<i128> {
    let mut units: i128 = 0;
    let mut mark = None;
    let mut since = 0;
    for character in whole.chars() {
        if let Some(digit) = character.to_digit(10) {
            units = units.checked_mul(10)?.checked_add(i128::from(digit))?;
            since += 1;
        } else {
            let known = character == group || is_blank_mark(character);
            let first_fits = mark.is_none() && (1..=3).contains(&since);
            let next_fits = mark == Some(character) && since == 3;
            if !known || !(first_fits || next_fits) {
                return None;
            }
            (mark, since) = (Some(character), 0);
        }
    }
    (mark.is_none() || since == 3).then_some(units)
}

impl Decimal {
    /// In ten-thousandths; a fifth place is rounded half away from zero. None beyond 14 digits before the point.
    pub(crate) fn money(self) -> Option<i128> {
        let units = if self.scale <= MONEY_SCALE {
            self.units.checked_mul(10i128.pow(MONEY_SCALE - self.scale))?
        } else {
            let unit = 10i128.pow(self.scale - MONEY_SCALE);
            let half = unit / 2 * self.units.signum();
            self.units.checked_add(half)? / unit
        };
        (units.unsigned_abs() < 10u128.pow(18)).then_some(units)
    }

    /// As a whole number, where it is one.
    pub(crate) fn integer(self) -> Option<i64> {
        let unit = 10i128.checked_pow(self.scale)?;
        (self.units % unit == 0).then(|| i64::try_from(self.units / unit).ok()).flatten()
    }
}

/// A double: the nearest to the text, which may have an exponent.
pub(crate) fn double(text: &str, style: NumberStyle) -> Option<f64> {
    let text = text.trim();
    // The standard parser is exact, but also knows words such as `inf`.
    let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    if plain && style == NumberStyle::Point {
        return text.parse::<f64>().ok().filter(|number| number.is_finite());
    }
    let decimal = decimal(text, style)?;
    format!("{}e-{}", decimal.units, decimal.scale).parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn money(text: &str, style: NumberStyle, expected: Option<i128>) {
        assert_eq!(decimal(text, style).and_then(Decimal::money), expected, "{text}");
    }

    #[test]
    fn money_is_exact() {
        use NumberStyle::{Comma, Point};
        for (text, expected) in [
            ("0.1", 1_000),
            ("12", 120_000),
            (" 1,234.56 ", 12_345_600),
            ("1,234,567", 12_345_670_000),
            ("$12.50", 125_000),
            ("R$ 9.99", 99_900),
            ("-3.5", -35_000),
            ("\u{2212}3.5", -35_000),
            ("3.5-", -35_000),
            ("(3.50)", -35_000),
            ("-$3.50", -35_000),
            ("$-3.50", -35_000),
            ("12.50 EUR", 125_000),
            ("€12", 120_000),
            ("1 234.5", 12_345_000),
            ("1'234.5", 12_345_000),
            (".5", 5_000),
            ("5.", 50_000),
            ("0.00005", 1),
            ("-0.00005", -1),
            ("0.00004", 0),
            ("99999999999999.9999", 999_999_999_999_999_999),
            ("+7", 70_000),
        ] {
            money(text, Point, Some(expected));
        }
        for text in [
            "",
            "-",
            "abc",
            "1e9",
            "12,50",
            "1,2345",
            "1,23,456",
            "1.2.3",
            "--5",
            "5--",
            "1,234 567",
            "NaN",
            "inf",
            "0x10",
            "12.5%",
            "100000000000000",
            "=1+1",
            "$",
            "EURO 5",
            "٣",
            "1 2",
        ] {
            money(text, Point, None);
        }
        for (text, expected) in [
            ("1.234,56", Some(12_345_600)),
            ("12,5", Some(125_000)),
            ("12.5", None),
            ("1.234", Some(12_340_000)),
            ("€ 3,99", Some(39_900)),
        ] {
            money(text, Comma, expected);
        }
    }

    #[test]
    fn doubles_and_integers() {
        for (text, expected) in [
            ("1e-05", Some(1e-5)),
            ("0.1", Some(0.1)),
            ("1,000.5", Some(1000.5)),
            ("inf", None),
            ("1e999", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(double(text, NumberStyle::Point), expected, "{text}");
        }
        assert_eq!(double("0,1", NumberStyle::Comma), Some(0.1));
        let integer = |text| decimal(text, NumberStyle::Point).and_then(Decimal::integer);
        assert_eq!(
            (integer("3.0"), integer("3.5"), integer("-1,000"), integer("9223372036854775808")),
            (Some(3), None, Some(-1000), None)
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            for style in [NumberStyle::Point, NumberStyle::Comma] {
                let _ = (decimal(&text, style).map(|d| (d.money(), d.integer())), double(&text, style));
            }
        }

        #[test]
        fn near_numbers_never_panic(text in "[-+0-9.,' $€()e]{0,40}") {
            let _ = (decimal(&text, NumberStyle::Point).map(|d| (d.money(), d.integer())), double(&text, NumberStyle::Point));
        }

        #[test]
        fn what_is_written_is_read(units in -999_999_999_999i64..999_999_999_999) {
            let text = format!("{}{}.{:04}", if units < 0 { "-" } else { "" }, units.abs() / 10_000, units.abs() % 10_000);
            prop_assert_eq!(decimal(&text, NumberStyle::Point).and_then(Decimal::money), Some(i128::from(units)));
        }
    }
}
