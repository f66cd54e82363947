//! How far the inputs of a measure can be trusted, as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use super::check::FailedCheck;

/// The worst of the tables behind a measure, and the checks of them that failed for the period.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trust {
    tables: Vec<String>,
    completeness: Option<f64>,
    validity: Option<f64>,
    uniqueness: Option<f64>,
    stale: Vec<String>,
    failed_checks: Vec<FailedCheck>,
}

impl From<&throughline_engine::Trust> for Trust {
    fn from(trust: &throughline_engine::Trust) -> Trust {
        Trust {
            tables: trust.tables.clone(),
            completeness: trust.completeness,
            validity: trust.validity,
            uniqueness: trust.uniqueness,
            stale: trust.stale.clone(),
            failed_checks: trust.failed.iter().map(FailedCheck::from).collect(),
        }
    }
}
