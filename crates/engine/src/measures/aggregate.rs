//! The SQL that turns the rows of a measure into sums: exact decimals, so that no result depends on the
//! order in which rows are added.

use throughline_model::measure::{Aggregate, Measure};

use super::row_query::{Holds, RowQuery};
use crate::session::quote;

/// Places kept of a double when it is summed.
const DOUBLE_PLACES: i8 = 12;
/// Most places kept of a decimal when it is squared.
const SQUARED_PLACES: i8 = 12;

/// A column as an exact number; what is no number below 10²⁶ is NULL.
pub(crate) fn exact(column: &str, holds: Holds) -> String {
    let name = quote::name(column);
    match holds {
        Holds::Flag | Holds::Nothing => format!("CAST({name} AS BIGINT)"),
        Holds::Integer => format!("CAST({name} AS DECIMAL(38, 0))"),
        Holds::Double => format!("TRY_CAST({name} AS DECIMAL(38, {DOUBLE_PLACES}))"),
        _ => name,
    }
}

/// A column as a double; what is no number below 10²⁶ is NULL.
pub(crate) fn double(column: &str, holds: Holds) -> String {
    let name = quote::name(column);
    match holds {
        // NaN sorts above all numbers.
        Holds::Double => format!("CASE WHEN abs({name}) < 1e26 THEN {name} END"),
        Holds::Flag => format!("CAST(CAST({name} AS BIGINT) AS DOUBLE)"),
        _ => format!("CAST({name} AS DOUBLE)"),
    }
}

/// As [`exact`], wide enough to be squared.
fn wide(column: &str, holds: Holds) -> String {
    let places = match holds {
        Holds::Double => DOUBLE_PLACES,
        Holds::Decimal(places) => places.clamp(0, SQUARED_PLACES),
        _ => 0,
    };
    format!("CAST({} AS DECIMAL(76, {places}))", exact(column, holds))
}

fn holds(rows: &RowQuery, column: &str) -> Holds {
    rows.holds(column).unwrap_or(Holds::Nothing)
}

/// The aggregated columns of one measure, `(name, SQL)`; every name begins with `prefix`.
pub(crate) fn columns(measure: &Measure, rows: &RowQuery, prefix: &str) -> Vec<(String, String)> {
    let value = exact("value", holds(rows, "value"));
    let parts: Vec<(&str, String)> = match &measure.aggregate {
        Aggregate::Count | Aggregate::Formula(_) | Aggregate::Quantile(_) => vec![("n", "COUNT(\"key\")".into())],
        Aggregate::Distinct => {
            vec![("n", "COUNT(\"unit\")".into()), ("distinct", "COUNT(DISTINCT \"unit\")".into())]
        }
        Aggregate::Sum => vec![("n", format!("COUNT({value})")), ("sum", format!("SUM({value})"))],
        Aggregate::Level => vec![("n", running(format!("COUNT({value})"))), ("sum", running(format!("SUM({value})")))],
        Aggregate::Mean => {
            let wide = wide("value", holds(rows, "value"));
            vec![
                ("n", format!("COUNT({value})")),
                ("sum", format!("SUM({value})")),
                ("squares", format!("SUM({wide} * {wide})")),
            ]
        }
        Aggregate::Nps => nps(&value),
        Aggregate::Ratio => ratio(rows),
    };
    parts.into_iter().map(|(name, sql)| (format!("{prefix}{name}"), sql)).collect()
}

fn nps(value: &str) -> Vec<(&'static str, String)> {
    let answers = |condition: &str| format!("COUNT(*) FILTER (WHERE {value} {condition})");
    vec![
        ("promoters", answers("BETWEEN 9 AND 10")),
        ("passives", format!("COUNT(*) FILTER (WHERE {value} >= 7 AND {value} < 9)")),
        ("detractors", format!("COUNT(*) FILTER (WHERE {value} >= 0 AND {value} < 7)")),
    ]
}

fn ratio(rows: &RowQuery) -> Vec<(&'static str, String)> {
    let (above, wide_above) =
        (exact("numerator", holds(rows, "numerator")), wide("numerator", holds(rows, "numerator")));
    let Some(below) = rows.holds("denominator") else {
        // Every row is one of the denominator.
        let usable = format!("{above} IS NOT NULL");
        return vec![
            ("used", format!("COUNT({above})")),
            ("n", format!("COUNT({above})")),
            ("sum", format!("SUM({above})")),
            ("divisor", format!("COUNT({above})")),
            ("odd", format!("COUNT(*) FILTER (WHERE {usable} AND {above} NOT IN (0, 1))")),
            ("squares", format!("SUM({wide_above} * {wide_above})")),
            ("divisor_squares", format!("COUNT({above})")),
            ("products", format!("SUM({above})")),
        ];
    };
    let (divisor, wide_divisor) = (exact("denominator", below), wide("denominator", below));
    let usable = format!("{above} IS NOT NULL AND {divisor} IS NOT NULL");
    let filtered = |sql: String| format!("{sql} FILTER (WHERE {usable})");
    let plain = format!("{above} IN (0, 1) AND {divisor} IN (0, 1) AND {above} <= {divisor}");
    vec![
        ("used", filtered("COUNT(*)".into())),
        ("n", format!("COUNT(*) FILTER (WHERE {usable} AND {divisor} <> 0)")),
        ("sum", filtered(format!("SUM({above})"))),
        ("divisor", filtered(format!("SUM({divisor})"))),
        ("odd", format!("COUNT(*) FILTER (WHERE {usable} AND NOT ({plain}))")),
        ("squares", filtered(format!("SUM({wide_above} * {wide_above})"))),
        ("divisor_squares", filtered(format!("SUM({wide_divisor} * {wide_divisor})"))),
        ("products", filtered(format!("SUM({wide_above} * {wide_divisor})"))),
    ]
}

/// A sum over all periods up to and including this one.
fn running(sum: String) -> String {
    format!("SUM({sum}) OVER running")
}
