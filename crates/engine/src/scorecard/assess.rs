//! One reading held against its target.

use throughline_model::measure::{Aggregate, Measure};
use throughline_model::reading::{Empty, Interval, Reading};
use throughline_model::score::{WHOLE_SCALE, band_score, band_score_interval, progress, score, score_interval};
use throughline_model::status::{Status, status};

use super::view::{Assessment, Bounds, TargetView};

/// What a reading is worth against a target; `reading` is `None` where nothing was evaluated.
pub(super) fn assess(
    measure: &Measure,
    reading: Option<&Reading>,
    target: Option<TargetView>,
    close_from: f64,
) -> Assessment {
    let mut found = described(measure, reading, target);
    let Some(value) = found.value else {
        found.status = Some(Status::NoData);
        let empty = reading.and_then(|r| r.empty.as_ref()).unwrap_or(&Empty::NoRows);
        found.reason = Some(empty.to_string());
        return found;
    };
    if !found.mature {
        found.reason = Some(Empty::NotMature.to_string());
        return found;
    }
    let Some(target) = &found.target else {
        found.reason = Some("There is no target for this period.".to_owned());
        return found;
    };
    let Some(bounds) = target.bounds else {
        found.reason = target.reason.clone();
        return found;
    };
    found.progress = target.baseline.and_then(|from| progress(value, from, aim(bounds, value)));
    found.score = score_of(bounds, value);
    let Some(points) = found.score else {
        found.reason = Some("Target and floor are the same, so there is no score between them.".to_owned());
        return found;
    };
    found.score_interval = match found.interval {
        Some(interval) => scores_of(bounds, interval),
        None => is_sample(&measure.aggregate).then_some(WHOLE_SCALE),
    };
    let verdict = status(points, found.score_interval, found.n, found.minimum_n, close_from);
    found.counted = verdict.is_known();
    if !found.counted {
        let reason = format!("Too few records to tell: {} of the {} it takes.", found.n, found.minimum_n);
        let wide = "The interval is so wide that it covers every status.".to_owned();
        found.reason = Some(if found.n < found.minimum_n { reason } else { wide });
    }
    found.status = Some(verdict);
    found
}

fn described(measure: &Measure, reading: Option<&Reading>, target: Option<TargetView>) -> Assessment {
    let empty = Assessment { minimum_n: measure.minimum_n, target, ..Assessment::default() };
    let Some(reading) = reading else { return empty };
    Assessment {
        value: reading.value,
        n: reading.n,
        numerator: reading.numerator,
        denominator: reading.denominator,
        interval: reading.interval,
        mature: reading.mature,
        left_out: reading.left_out,
        ..empty
    }
}

fn score_of(bounds: Bounds, value: f64) -> Option<f64> {
    match bounds {
        Bounds::Point { target, floor } => score(value, target, floor),
        Bounds::Band { target, floor } => band_score(value, target, floor),
    }
}

/// Where progress leads to: the target, or the end of the band that is nearer.
fn aim(bounds: Bounds, value: f64) -> f64 {
    match bounds {
        Bounds::Point { target, .. } => target,
        Bounds::Band { target: (low, high), .. } => value.max(low).min(high),
    }
}

fn scores_of(bounds: Bounds, values: Interval) -> Option<Interval> {
    match bounds {
        Bounds::Point { target, floor } => score_interval(values, target, floor),
        Bounds::Band { target, floor } => band_score_interval(values, target, floor),
    }
}

/// Whether the value estimates something: if it then has no interval, nothing is known about it.
/// Totals, levels and formulas are taken as they are.
fn is_sample(aggregate: &Aggregate) -> bool {
    matches!(aggregate, Aggregate::Mean | Aggregate::Ratio | Aggregate::Nps | Aggregate::Quantile(_))
}
