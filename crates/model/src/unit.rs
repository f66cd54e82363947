//! Units of measures: how values are written in definitions and shown to people.

use std::fmt;
use std::str::FromStr;

use iso_currency::Currency;

/// What kind of number a measure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A plain number.
    Number,
    /// A share, stored as 0 to 1 and shown per hundred.
    Percent,
    /// An amount in the workspace currency.
    Money,
    /// A length of time, stored in seconds.
    Duration,
    /// A number on a scale of its own, such as NPS or a mean grade.
    Score,
    /// Loyalty points.
    Points,
}

impl Unit {
    /// All units with the names that definitions use.
    pub const ALL: [(&'static str, Unit); 6] = [
        ("number", Unit::Number),
        ("percent", Unit::Percent),
        ("money", Unit::Money),
        ("duration", Unit::Duration),
        ("score", Unit::Score),
        ("points", Unit::Points),
    ];

    /// A value as people write it, in the unit's stored form: `86%` is 0.86, `4h` and `1h 30m` are
    /// seconds, `12 000` and `1.5k` are plain numbers. A percentage without sign is taken as a share.
    pub fn parse_value(&self, text: &str) -> Result<f64, String> {
        let text = text.trim().replace('\u{2212}', "-");
        let value = match self {
            Unit::Duration => parse_duration(&text)?,
            Unit::Percent => match text.strip_suffix('%') {
                Some(hundredths) => parse_number(hundredths)? / 100.0,
                None => parse_number(&text)?,
            },
            Unit::Number | Unit::Money | Unit::Score | Unit::Points => parse_scaled(&text)?,
        };
        if value.is_finite() { Ok(value) } else { Err(format!("\"{text}\" is too large")) }
    }

    /// The value for people, rounded: `€ 1.24 m`, `3 h 20 min`, `86 %`, `12 345`. Not finite is `–`.
    pub fn format(&self, value: f64, currency: &str) -> String {
        if !value.is_finite() {
            return "–".to_owned();
        }
        let shown = match self {
            Unit::Number => number(value.abs()),
            Unit::Percent => {
                let hundredths = fixed(value.abs() * 100.0, 1);
                format!("{} %", hundredths.strip_suffix(".0").unwrap_or(&hundredths))
            }
            Unit::Money => money(value.abs(), currency),
            Unit::Duration => duration(value.abs()),
            Unit::Score => fixed(value.abs(), if value.abs() < 9.995 { 2 } else { 1 }),
            Unit::Points => format!("{} pts", number(value.abs())),
        };
        // No minus before what rounds to zero.
        let minus = value < 0.0 && shown.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        if minus { format!("-{shown}") } else { shown }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Unit::ALL.iter().find(|(_, unit)| unit == self).map_or("number", |(name, _)| name))
    }
}

impl FromStr for Unit {
    type Err = String;

    fn from_str(text: &str) -> Result<Unit, String> {
        let found = Unit::ALL.into_iter().find(|(name, _)| *name == text);
        found.map(|(_, unit)| unit).ok_or_else(|| format!("there is no unit \"{text}\""))
    }
}

/// The number in `text`, an amount that may carry the currency before or behind it (code or sign), and
/// the code that was written. Fails where the currency is none of ISO 4217.
pub fn parse_money(text: &str) -> Result<(f64, Option<String>), String> {
    let text = text.trim().replace('\u{2212}', "-");
    // "-€ 12", as it is shown: a minus before the sign.
    let currency_first = |rest: &&str| !rest.starts_with(|c: char| c.is_ascii_digit() || "-+.".contains(c));
    if let Some(rest) = text.strip_prefix('-').map(str::trim_start).filter(currency_first) {
        return parse_money(rest).map(|(amount, written)| (-amount, written));
    }
    let is_number = |c: char| c.is_ascii_digit() || "-+.".contains(c);
    let start = text.find(is_number).ok_or_else(|| format!("\"{text}\" is not an amount"))?;
    let end = text.rfind(|c: char| c.is_ascii_digit()).map_or(text.len(), |at| at + 1);
    let (before, behind) = (text[..start].trim(), text[end.max(start)..].trim());
    // "12 k EUR": the scale belongs to the number.
    let (scale, behind) = match behind.split_once(' ') {
        Some((scale, currency)) => (scale, currency.trim()),
        None if scale_of(behind).is_some() => (behind, ""),
        None => ("", behind),
    };
    let written = match (before, behind) {
        ("", "") => None,
        (one, "") | ("", one) => Some(
            currency_code(one)
                .ok_or_else(|| format!("\"{one}\" is not a currency; write an ISO 4217 code such as EUR"))?,
        ),
        _ => return Err(format!("\"{text}\" is not an amount")),
    };
    let amount = Unit::Money.parse_value(&format!("{}{scale}", &text[start..end.max(start)]))?;
    Ok((amount, written))
}

// Signs that stand for one currency on their own; "$" is read as US dollars, as it is shown.
const SIGNS: [(&str, &str); 7] =
    [("EUR", "€"), ("USD", "$"), ("GBP", "£"), ("JPY", "¥"), ("BRL", "R$"), ("INR", "₹"), ("KRW", "₩")];

fn currency_code(text: &str) -> Option<String> {
    let by_sign = SIGNS.iter().find(|(_, sign)| *sign == text).map(|(code, _)| *code);
    let code = by_sign.or_else(|| Currency::from_code(text).map(|_| text))?;
    Some(code.to_owned())
}

fn parse_number(text: &str) -> Result<f64, String> {
    let text = text.trim();
    if text.contains(',') {
        let hint = "write decimals with a point and thousands with a space: 12 000.5";
        return Err(format!("\"{text}\" has a comma; {hint}"));
    }
    let space = |c: char| matches!(c, ' ' | '_' | '\u{a0}' | '\u{202f}' | '\u{2009}');
    let groups_fit = text.split(space).skip(1).all(|group| {
        let digits = group.bytes().take_while(u8::is_ascii_digit).count();
        digits == 3 && group.as_bytes().get(3).is_none_or(|byte| *byte == b'.')
    });
    let digits = text.replace(space, "");
    let allowed = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    let number = digits.parse::<f64>().ok().filter(|number| number.is_finite());
    match number {
        Some(number) if groups_fit && allowed => Ok(number),
        _ => Err(format!("\"{text}\" is not a number")),
    }
}

fn scale_of(suffix: &str) -> Option<f64> {
    match suffix {
        "k" => Some(1e3),
        "m" => Some(1e6),
        "bn" => Some(1e9),
        _ => None,
    }
}

fn parse_scaled(text: &str) -> Result<f64, String> {
    let end = text
        .rfind(|c: char| !c.is_ascii_lowercase())
        .map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8));
    match scale_of(&text[end..]) {
        Some(scale) => Ok(parse_number(&text[..end])? * scale),
        None => parse_number(text),
    }
}

fn seconds_of(unit: &str) -> Option<f64> {
    match unit {
        "s" | "sec" | "second" | "seconds" => Some(1.0),
        "m" | "min" | "minute" | "minutes" => Some(60.0),
        "h" | "hour" | "hours" => Some(3600.0),
        "d" | "day" | "days" => Some(86_400.0),
        "w" | "week" | "weeks" => Some(604_800.0),
        _ => None,
    }
}

/// `90 s`, `30m`, `1h 30m`, `2d`; each part a number with its unit, elapsed time (a day is 24 hours).
fn parse_duration(text: &str) -> Result<f64, String> {
    let wrong = || format!("\"{text}\" is not a duration; write 90 s, 30 m, 4 h, 2 d or 1 h 30 m");
    let (minus, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest.trim_start()),
        None => (1.0, text),
    };
    let mut seconds = 0.0;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let unit_at = rest.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(wrong)?;
        let (value, behind) = rest.split_at(unit_at);
        let unit_end = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(unit_end);
        let value = parse_number(value).ok().filter(|value| *value >= 0.0).ok_or_else(wrong)?;
        seconds += value * seconds_of(unit).ok_or_else(wrong)?;
        rest = behind.trim_start();
    }
    Ok(minus * seconds)
}

fn fixed(value: f64, decimals: usize) -> String {
    let digits = format!("{value:.decimals$}");
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits.as_str(), None),
    };
    let mut grouped = String::with_capacity(digits.len() + whole.len() / 3);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    match fraction {
        Some(fraction) => format!("{grouped}.{fraction}"),
        None => grouped,
    }
}

fn trimmed(value: f64, decimals: usize) -> String {
    let digits = fixed(value, decimals);
    if !digits.contains('.') {
        return digits;
    }
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Three significant digits of a million or a billion.
fn large(value: f64) -> String {
    let (scaled, name) = if value >= 999.5e6 { (value / 1e9, "bn") } else { (value / 1e6, "m") };
    let decimals = if scaled < 9.995 {
        2
    } else if scaled < 99.95 {
        1
    } else {
        0
    };
    format!("{} {name}", fixed(scaled, decimals))
}

fn number(value: f64) -> String {
    if value >= 999_999.5 {
        return large(value);
    }
    let decimals = if value >= 99.95 {
        0
    } else if value >= 9.995 {
        1
    } else if value >= 0.0995 || value == 0.0 {
        2
    } else {
        // Three significant digits, but no more than six places.
        ((2.0 - value.log10().floor()).clamp(2.0, 6.0)) as usize
    };
    trimmed(value, decimals)
}

fn money(value: f64, currency: &str) -> String {
    let sign = SIGNS.iter().find(|(code, _)| *code == currency).map_or(currency, |(_, sign)| sign);
    let minor = Currency::from_code(currency).and_then(|currency| currency.exponent()).unwrap_or(2);
    let amount = if value >= 999_999.5 {
        large(value)
    } else if value >= 99.995 {
        fixed(value, 0)
    } else {
        fixed(value, usize::from(minor))
    };
    format!("{sign} {amount}")
}

/// The two largest units that are not zero, rounded to the smaller one.
fn duration(seconds: f64) -> String {
    const DAY: f64 = 86_400.0;
    if seconds < 9.95 {
        return format!("{} s", trimmed(seconds, if seconds < 0.0995 { 3 } else { 1 }));
    }
    // Each step rounds first, so that 59.6 s is a minute and 23 h 59.9 min a day.
    if seconds < 59.5 {
        return format!("{} s", fixed(seconds, 0));
    }
    let (step, big, big_name, small_name) = if seconds < 3_599.5 {
        (1.0, 60.0, "min", "s")
    } else if seconds < DAY - 30.0 {
        (60.0, 3_600.0, "h", "min")
    } else {
        (3_600.0, DAY, "d", "h")
    };
    let rounded = (seconds / step).round() * step;
    let whole = (rounded / big).floor();
    let rest = ((rounded - whole * big) / step).round();
    if rest == 0.0 || whole >= 100.0 {
        return format!("{} {big_name}", fixed(whole, 0));
    }
    format!("{} {big_name} {rest:.0} {small_name}", fixed(whole, 0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_as_people_write_them() {
        let check = |unit: Unit, text: &str, expected: f64| {
            let value = unit.parse_value(text).unwrap();
            assert!((value - expected).abs() < 1e-9, "{text}: {value}");
        };
        check(Unit::Duration, "4h", 14_400.0);
        check(Unit::Duration, "30m", 1_800.0);
        check(Unit::Duration, "2d", 172_800.0);
        check(Unit::Duration, "90 s", 90.0);
        check(Unit::Duration, "1 h 30 min", 5_400.0);
        check(Unit::Duration, "1.5 hours", 5_400.0);
        check(Unit::Duration, "-1d", -86_400.0);
        check(Unit::Percent, "86%", 0.86);
        check(Unit::Percent, "86.5 %", 0.865);
        check(Unit::Percent, "0.86", 0.86);
        check(Unit::Number, "12 000", 12_000.0);
        check(Unit::Number, "12\u{202f}000.5", 12_000.5);
        check(Unit::Number, "1.5k", 1_500.0);
        check(Unit::Money, "1.24 m", 1_240_000.0);
        check(Unit::Money, "2bn", 2e9);
        check(Unit::Score, "\u{2212}12.5", -12.5);
    }

    #[test]
    fn values_that_are_none() {
        for (unit, text) in [
            (Unit::Duration, "4"),
            (Unit::Duration, ""),
            (Unit::Duration, "h"),
            (Unit::Duration, "4 parsecs"),
            (Unit::Duration, "1h -30m"),
            (Unit::Percent, "many %"),
            (Unit::Percent, "inf"),
            (Unit::Number, "12,000"),
            (Unit::Number, "12 00"),
            (Unit::Number, "1e999"),
            (Unit::Number, "NaN"),
            (Unit::Money, "12 EUR"),
            (Unit::Number, "k"),
        ] {
            assert!(unit.parse_value(text).is_err(), "{unit} {text}");
        }
    }

    #[test]
    fn amounts_with_their_currency() {
        let check = |text: &str, amount: f64, code: Option<&str>| {
            let (value, written) = parse_money(text).unwrap();
            assert_eq!((value, written.as_deref()), (amount, code), "{text}");
        };
        check("12000 EUR", 12_000.0, Some("EUR"));
        check("€ 12 000", 12_000.0, Some("EUR"));
        check("USD 1.5k", 1_500.0, Some("USD"));
        check("1.5 m BRL", 1.5e6, Some("BRL"));
        check("-20.50", -20.5, None);
        for bad in ["", "EUR", "12 XYZ", "EUR 12 USD", "1 2 EUR", "ä1ä"] {
            assert!(parse_money(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values_for_people() {
        let check = |unit: Unit, value: f64, expected: &str| {
            assert_eq!(unit.format(value, "EUR"), expected);
        };
        check(Unit::Money, 1_240_000.0, "€ 1.24 m");
        check(Unit::Money, 41_237.4, "€ 41 237");
        check(Unit::Money, 12.5, "€ 12.50");
        check(Unit::Money, -853.2, "-€ 853");
        check(Unit::Money, 999_999.7, "€ 1.00 m");
        check(Unit::Money, 2.5e9, "€ 2.50 bn");
        check(Unit::Duration, 12_000.0, "3 h 20 min");
        check(Unit::Duration, 3_599.8, "1 h");
        check(Unit::Duration, 59.7, "1 min");
        check(Unit::Duration, 90.0, "1 min 30 s");
        check(Unit::Duration, 86_390.0, "1 d");
        check(Unit::Duration, 187_200.0, "2 d 4 h");
        check(Unit::Duration, 0.25, "0.2 s");
        check(Unit::Duration, 0.0, "0 s");
        check(Unit::Percent, 0.86, "86 %");
        check(Unit::Percent, 0.8634, "86.3 %");
        check(Unit::Percent, -0.00001, "0 %");
        check(Unit::Number, 12_345.0, "12 345");
        check(Unit::Number, 0.003_42, "0.00342");
        check(Unit::Number, 3.25, "3.25");
        check(Unit::Number, 12_340_000.0, "12.3 m");
        check(Unit::Score, -12.34, "-12.3");
        check(Unit::Score, 4.314, "4.31");
        check(Unit::Points, 1_240.0, "1 240 pts");
        check(Unit::Number, f64::NAN, "–");
        assert_eq!(Unit::Money.format(1_500.0, "CHF"), "CHF 1 500");
        assert_eq!(Unit::Money.format(15.4, "JPY"), "¥ 15");
    }

    proptest! {
        #[test]
        fn any_text_parses_or_says_why(text in "\\PC{0,24}") {
            for (_, unit) in Unit::ALL {
                let _ = unit.parse_value(&text);
            }
            let _ = parse_money(&text);
        }

        #[test]
        fn near_values_never_panic(text in "[-+0-9 .,%kmhdsw€eE$]{0,12}") {
            for (_, unit) in Unit::ALL {
                if let Ok(value) = unit.parse_value(&text) {
                    prop_assert!(value.is_finite());
                }
            }
            let _ = parse_money(&text);
        }

        #[test]
        fn what_is_shown_reads_back(value in -1e9f64..1e9) {
            for unit in [Unit::Number, Unit::Percent, Unit::Duration] {
                let shown = unit.format(value, "EUR");
                let read = unit.parse_value(&shown).unwrap();
                prop_assert!((read - value).abs() <= value.abs() * 0.011 + 0.051, "{shown} {value}");
            }
            let (read, code) = parse_money(&Unit::Money.format(value, "EUR")).unwrap();
            prop_assert_eq!(code.as_deref(), Some("EUR"));
            prop_assert!((read - value).abs() <= value.abs() * 0.011 + 0.051);
        }

        #[test]
        fn every_number_can_be_shown(value in any::<f64>()) {
            for (_, unit) in Unit::ALL {
                prop_assert!(!unit.format(value, "EUR").is_empty());
            }
        }
    }
}
