//! Amounts of money as exact decimals with four places, from JSON numbers and texts.

use std::ops::{Add, Sub};

use serde_json::Value;

/// Most that an amount column holds: 14 digits before the point.
const MOST: i128 = 10_i128.pow(18);

/// An amount in ten-thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(i128);

impl Amount {
    /// Reads a number or a text such as `"19.99"`; None where it is none. A fifth place is rounded, half away from 0.
    pub fn read(value: Option<&Value>) -> Option<Amount> {
        match value? {
            Value::Number(number) => Amount::parse(&number.to_string()),
            Value::String(text) => Amount::parse(text.trim()),
            _ => None,
        }
    }

    /// Reads digits with a point, and an exponent as short spellings of doubles have it.
    pub fn parse(text: &str) -> Option<Amount> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (sign, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, mantissa),
        };
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: String = [whole, part].concat();
        if digits.is_empty() || digits.len() > 25 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number: i128 = digits.parse().ok()?;
        // Ten-thousandths: four places more than written.
        let shift = exponent.checked_add(4)?.checked_sub(i32::try_from(part.len()).ok()?)?;
        let power = 10_i128.checked_pow(shift.unsigned_abs().min(30))?;
        let scaled = if shift >= 0 { number.checked_mul(power)? } else { (number + power / 2) / power };
        (scaled < MOST).then_some(Amount(sign * scaled))
    }

    /// Unless it is negative.
    pub fn positive(self) -> Option<Amount> {
        (self.0 >= 0).then_some(self)
    }

    /// The amount without its sign.
    pub fn size(self) -> Amount {
        Amount(self.0.abs())
    }
}

impl Add for Amount {
    type Output = Amount;
    fn add(self, other: Amount) -> Amount {
        Amount(self.0.saturating_add(other.0))
    }
}

impl Sub for Amount {
    type Output = Amount;
    fn sub(self, other: Amount) -> Amount {
        Amount(self.0.saturating_sub(other.0))
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (sign, size) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        write!(f, "{sign}{}.{:04}", size / 10_000, size % 10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, expected) in [
            ("19.99", Some("19.9900")),
            ("0.1", Some("0.1000")),
            ("25", Some("25.0000")),
            ("-3.5", Some("-3.5000")),
            ("1e2", Some("100.0000")),
            ("1.00005", Some("1.0001")),
            ("1e-7", Some("0.0000")),
            ("99999999999999.9999", Some("99999999999999.9999")),
            ("100000000000000", None),
            ("1e300", None),
            ("1e-2147483647", Some("0.0000")),
            ("1e2147483647", None),
            ("", None),
            (".", None),
            ("-", None),
            ("1,5", None),
            ("$5", None),
            ("NaN", None),
        ] {
            assert_eq!(Amount::parse(text).map(|amount| amount.to_string()).as_deref(), expected, "{text}");
        }
    }
}
