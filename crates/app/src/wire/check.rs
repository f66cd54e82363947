//! Failed checks, as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use super::Between;

/// A check of a source that failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FailedCheck {
    /// volume_low, volume_high, mix, nulls, lateness, freshness, completeness, validity or uniqueness.
    kind: &'static str,
    source: String,
    table: String,
    column: Option<String>,
    value: Option<String>,
    /// First local day; null where it is about everything the source told.
    from: Option<String>,
    /// Last local day, included; null where it goes on.
    until: Option<String>,
    /// Volume: rows; freshness: seconds; else a share.
    observed: f64,
    expected: f64,
    expected_range: Option<Between>,
    /// The chance of something so far away if nothing is wrong; null where a fixed limit decides.
    p: Option<f64>,
    sentence: String,
}

impl From<&throughline_engine::FailedCheck> for FailedCheck {
    fn from(check: &throughline_engine::FailedCheck) -> FailedCheck {
        FailedCheck {
            kind: check.kind.name(),
            source: check.source.clone(),
            table: check.table.clone(),
            column: check.column.clone(),
            value: check.value.clone(),
            from: check.from.map(|day| day.to_string()),
            until: check.until.map(|day| day.to_string()),
            observed: check.observed,
            expected: check.expected,
            expected_range: check.expected_range().map(Between::from),
            p: check.p,
            sentence: check.sentence.clone(),
        }
    }
}
