//! Instants on the workspace's clock.

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// `2026-03-14`.
pub fn day(at: Timestamp, zone: &str) -> String {
    local(at, zone, "%Y-%m-%d")
}

/// `2026-03-14 09:30`.
pub fn minute(at: Timestamp, zone: &str) -> String {
    local(at, zone, "%Y-%m-%d %H:%M")
}

fn local(at: Timestamp, zone: &str, form: &str) -> String {
    let zone = TimeZoneDatabase::bundled().get(zone).unwrap_or(TimeZone::UTC);
    zone.to_datetime(at).strftime(form).to_string()
}

/// A length of time for people, from seconds: `3 h 20 min`.
pub fn length(seconds: f64) -> String {
    throughline_model::unit::Unit::Duration.format(seconds, "")
}
