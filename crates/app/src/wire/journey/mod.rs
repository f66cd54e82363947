//! The JSON of `throughline journey` and its questions, one file each; what they share stands here.

pub mod attribution;
pub mod conformance;
pub mod delivery;
pub mod funnel;
pub mod lifecycle;
pub mod overview;
pub mod pains;
pub mod paths;
pub mod retention;
pub mod transitions;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Between;

/// What an answer is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JourneyAbout)]
pub struct About {
    case: &'static str,
    by: Option<String>,
    known: Option<bool>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    as_of: Timestamp,
    known_until: Option<Timestamp>,
    touchpoints: u64,
}

impl About {
    /// What the answer is about, as known at an instant.
    pub fn new(about: &throughline_engine::About, as_of: Timestamp) -> About {
        let scope = &about.scope;
        About {
            case: scope.case.name(),
            by: scope.by.clone(),
            known: scope.known,
            from: scope.from,
            to: scope.to,
            as_of,
            known_until: about.known_until,
            touchpoints: about.touchpoints,
        }
    }
}

/// A share of counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Share {
    count: u64,
    n: u64,
    share: Option<f64>,
    interval: Option<Between>,
}

impl From<throughline_journey::Share> for Share {
    fn from(share: throughline_journey::Share) -> Share {
        let interval = share.interval.map(between);
        Share { count: share.count, n: share.n, share: share.share, interval }
    }
}

/// Lengths of time.
#[derive(Debug, Serialize, ToSchema)]
pub struct Elapsed {
    n: u64,
    median_seconds: Option<f64>,
    p90_seconds: Option<f64>,
}

impl From<throughline_journey::Elapsed> for Elapsed {
    fn from(elapsed: throughline_journey::Elapsed) -> Elapsed {
        Elapsed { n: elapsed.n, median_seconds: seconds(elapsed.median), p90_seconds: seconds(elapsed.p90) }
    }
}

/// Seconds of microseconds.
pub fn seconds(micros: Option<f64>) -> Option<f64> {
    micros.map(|micros| micros / 1e6)
}

/// The interval of a statistic.
pub fn between(interval: throughline_stats::Interval) -> Between {
    Between { low: interval.low, high: interval.high }
}
