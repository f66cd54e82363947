//! One text → one value, for the kinds of values that are neither time nor text.

use throughline_model::layout::NumberStyle;

use super::number::{decimal, double};

/// A flag.
pub(super) fn flag(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" => Ok(true),
        "false" | "f" | "no" | "n" | "0" => Ok(false),
        _ => Err(format!("\"{text}\" is neither true nor false")),
    }
}

fn written(style: NumberStyle) -> &'static str {
    match style {
        NumberStyle::Point => "1,234.56",
        NumberStyle::Comma => "1.234,56",
    }
}

/// Money in ten-thousandths.
pub(super) fn money(text: &str, style: NumberStyle, negative_allowed: bool) -> Result<i128, String> {
    let number =
        decimal(text, style).ok_or_else(|| format!("\"{text}\" is not an amount written as {}", written(style)))?;
    let money = number.money().ok_or_else(|| format!("\"{text}\" is too large for an amount"))?;
    if money < 0 && !negative_allowed {
        return Err(format!("\"{text}\" is negative"));
    }
    Ok(money)
}

/// A double.
pub(super) fn number(text: &str, style: NumberStyle) -> Result<f64, String> {
    double(text, style).ok_or_else(|| format!("\"{text}\" is not a number written as {}", written(style)))
}

/// A whole number.
pub(super) fn integer(text: &str, style: NumberStyle) -> Result<i64, String> {
    let plain = text.parse().ok();
    plain.or_else(|| decimal(text, style)?.integer()).ok_or_else(|| format!("\"{text}\" is not a whole number"))
}
