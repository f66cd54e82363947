//! Obstacles and findings as sentences; money is left to who knows the currency.

use std::fmt;

use super::result::{Comparison, Finding, LastTouch, Obstacle, Pain};

const HOUR: i64 = 3_600_000_000;

impl fmt::Display for LastTouch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LastTouch::Channel(name) => write!(f, "over {name}"),
            LastTouch::Kind(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Obstacle::DropOff { step, by, .. } => {
                write!(f, "drop-off above that of others at {step} where the last touchpoint was {by}")
            }
            Obstacle::SameOrder { within } => {
                write!(f, "several tickets about one order within {}", duration(*within))
            }
            Obstacle::AfterSolved { within } => {
                write!(f, "contact again within {} of a solved ticket", duration(*within))
            }
            Obstacle::SlowAnswer { longer_than, .. } => {
                write!(f, "waiting longer than {} for an answer", duration(*longer_than))
            }
            Obstacle::LateDelivery => f.write_str("delivery later than promised"),
            Obstacle::SlowDelivery { longer_than, .. } => {
                write!(f, "waiting longer than {} for the delivery", duration(*longer_than))
            }
            Obstacle::CustomerScore { instrument, by } => {
                write!(f, "the customer's {instrument} score falls by {:.0} % of the scale or more", by * 100.0)
            }
            Obstacle::TouchpointScore { kind, .. } => {
                write!(f, "a score below the former mean at {kind}, where the mean falls")
            }
            Obstacle::Repeat { step, times } => write!(f, "{step} {times} times or more in a visit without moving on"),
            Obstacle::BackAndForth { from, to } => write!(f, "back and forth between {from} and {to} in a visit"),
        }
    }
}

impl Pain {
    /// What the comparison shows, as sentences that describe and do not explain; `horizon` in microseconds.
    pub fn words(&self, horizon: i64) -> String {
        let within = duration(horizon);
        let Some(comparison) = &self.comparison else {
            return format!("Too little data to compare purchases within {within} with those of comparable customers.");
        };
        let shares = shares(comparison, &within);
        match self.finding {
            Finding::BoughtLess => {
                format!("{shares} They bought less often; that describes and is no proof of a cause.")
            }
            Finding::BoughtMore => {
                format!("{shares} They bought more often; that describes and is no proof of a cause.")
            }
            Finding::NoDifferenceShown | Finding::TooLittleData => format!("{shares} No difference is shown."),
        }
    }
}

fn shares(comparison: &Comparison, within: &str) -> String {
    let Comparison { affected, affected_share, comparable, comparable_share, difference, interval, .. } = comparison;
    format!(
        "Of {affected} affected customers {:.1} % bought within {within}, of {comparable} comparable ones {:.1} %: \
         {:+.1} points (95 % interval {:+.1} to {:+.1}).",
        affected_share * 100.0,
        comparable_share * 100.0,
        difference * 100.0,
        interval.low * 100.0,
        interval.high * 100.0,
    )
}

/// A duration for people: in days from two days on, else in hours or minutes.
fn duration(micros: i64) -> String {
    let in_units = |unit: i64| micros as f64 / unit as f64;
    let (value, unit) = match micros {
        micros if micros >= 48 * HOUR => (in_units(24 * HOUR), "days"),
        micros if micros >= 2 * HOUR => (in_units(HOUR), "hours"),
        _ => (in_units(HOUR / 60), "minutes"),
    };
    let digits = usize::from((value - value.round()).abs() >= 0.05);
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        let minute = HOUR / 60;
        let cases = [(30 * minute, "30 minutes"), (150 * minute, "2.5 hours"), (7 * 24 * HOUR, "7 days")];
        for (micros, expected) in cases {
            assert_eq!(duration(micros), expected);
        }
    }
}
