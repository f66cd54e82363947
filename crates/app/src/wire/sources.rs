//! The JSON of `throughline sources`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::SourceHealth;
use utoipa::ToSchema;

use super::check::FailedCheck;

/// Every source of every table.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sources {
    now: Timestamp,
    sources: Vec<Source>,
    /// Those of days oldest first, then those of whole sources.
    failed_checks: Vec<FailedCheck>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Source {
    source: String,
    table: String,
    rows: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    recorded: Option<Timestamp>,
    age_seconds: Option<f64>,
    rhythm_seconds: Option<f64>,
    stale: Option<bool>,
    lateness_seconds: Option<f64>,
    completeness: Option<f64>,
    validity: Option<f64>,
    uniqueness: Option<f64>,
}

impl Sources {
    /// The health of sources and their failed checks, with ages counted from `now`.
    pub fn new(now: Timestamp, sources: &[SourceHealth], failed: &[throughline_engine::FailedCheck]) -> Sources {
        Sources {
            now,
            sources: sources.iter().map(Source::from).collect(),
            failed_checks: failed.iter().map(FailedCheck::from).collect(),
        }
    }
}

impl From<&SourceHealth> for Source {
    fn from(one: &SourceHealth) -> Source {
        Source {
            source: one.source.clone(),
            table: one.table.clone(),
            rows: one.rows,
            first: one.first,
            last: one.last,
            recorded: one.recorded,
            age_seconds: one.age_seconds,
            rhythm_seconds: one.rhythm_seconds,
            stale: one.is_stale(),
            lateness_seconds: one.lateness_seconds,
            completeness: one.completeness,
            validity: one.validity,
            uniqueness: one.uniqueness,
        }
    }
}
