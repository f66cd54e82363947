//! Rules over several columns of a row.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::datatypes::Float64Type;
use throughline_model::vocabulary::Table;

use super::problems::Problems;

/// Columns whose numbers must not be negative, as (table, column).
const NOT_NEGATIVE: [(&str, &str); 5] = [
    ("loyalty_events", "points"),
    ("ticket_events", "handle_seconds"),
    ("staff_activity", "hours"),
    ("tickets", "source_reopens"),
    ("tickets", "source_handoffs"),
];

/// Notes rows of `table` that contradict themselves. `columns` are in the order of the table; absent ones are None.
pub(crate) fn check(table: &Table, columns: &[Option<ArrayRef>], problems: &mut Problems) {
    let number = |name: &str| -> Option<&Float64Array> {
        let place = table.columns.iter().position(|column| column.name == name)?;
        columns.get(place)?.as_ref()?.as_primitive_opt::<Float64Type>()
    };
    if table.name == "feedback"
        && let (Some(score), Some(low), Some(high)) = (number("score"), number("scale_min"), number("scale_max"))
    {
        on_scale(score, low, high, "score", problems);
    }
    if let Some(confidence) = number("confidence") {
        outside(confidence, "confidence", |value| !(0.0..=1.0).contains(&value), "lies outside 0 to 1", problems);
    }
    if table.name == "rates"
        && let Some(rate) = number("rate")
    {
        outside(rate, "rate", |value| value <= 0.0, "is not positive", problems);
    }
    for (_, name) in NOT_NEGATIVE.iter().filter(|(of, _)| *of == table.name) {
        if let Some(values) = number(name) {
            outside(values, name, |value| value < 0.0, "is negative", problems);
        }
    }
}

fn on_scale(score: &Float64Array, low: &Float64Array, high: &Float64Array, name: &str, problems: &mut Problems) {
    for row in 0..score.len() {
        if score.is_null(row) || low.is_null(row) || high.is_null(row) {
            continue;
        }
        let (value, low, high) = (score.value(row), low.value(row), high.value(row));
        if !(low..=high).contains(&value) {
            problems.push(row, Some(name), format!("{value} lies outside the scale {low} to {high}"));
        }
    }
}

fn outside(values: &Float64Array, name: &str, bad: impl Fn(f64) -> bool, reason: &str, problems: &mut Problems) {
    for (row, value) in values.iter().enumerate() {
        if let Some(value) = value.filter(|value| bad(*value)) {
            problems.push(row, Some(name), format!("{value} {reason}"));
        }
    }
}
