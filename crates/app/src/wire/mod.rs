//! What programs get: the JSON of every command. Names here are a promise, written down in
//! docs/commands.md; the engine's own types stay free to change.
//!
//! Absent is `null`, never missing; instants are UTC in RFC 3339, periods are labels with their ends,
//! shares are 0 to 1 and durations seconds.

pub mod audit;
pub mod backup;
pub mod check;
pub mod customer;
pub mod definitions;
pub mod doctor;
pub mod explain;
pub mod identity;
pub mod import;
pub mod journey;
pub mod layout;
pub mod map;
pub mod mask;
pub mod measure;
pub mod moved;
pub mod note;
pub mod plan;
pub mod refresh;
pub mod rejects;
pub mod revision;
pub mod scorecard;
pub mod sources;
pub mod sql;
pub mod token;
pub mod trust;
pub mod user;
pub mod vacuum;
pub mod workspace;

use jiff::Timestamp;
use serde::Serialize;
use throughline_model::measure::{Direction, Role};
use throughline_model::reading::Interval;
use throughline_model::status::Status;
use utoipa::ToSchema;

/// A period: its label, how long it is, and `[start, end)`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Period {
    label: String,
    grain: String,
    start: Timestamp,
    end: Timestamp,
}

impl From<&throughline_model::period::Period> for Period {
    fn from(period: &throughline_model::period::Period) -> Period {
        Period { label: period.label.clone(), grain: period.grain.to_string(), start: period.start, end: period.end }
    }
}

/// A 95 % interval. An end that is not finite is `null`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Interval)]
pub struct Between {
    low: f64,
    high: f64,
}

impl From<Interval> for Between {
    fn from(interval: Interval) -> Between {
        Between { low: interval.low, high: interval.high }
    }
}

/// The word of a status: on_target, close, off_target, too_little_data, no_data.
pub fn status(status: Status) -> &'static str {
    match status {
        Status::OnTarget => "on_target",
        Status::Close => "close",
        Status::OffTarget => "off_target",
        Status::TooLittleData => "too_little_data",
        Status::NoData => "no_data",
    }
}

/// The word of a direction: higher, lower, band.
pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Higher => "higher",
        Direction::Lower => "lower",
        Direction::Band => "band",
    }
}

/// The word of a role: leading, lagging.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Leading => "leading",
        Role::Lagging => "lagging",
    }
}
