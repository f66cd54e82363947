//! The past of a measure: its periods, and whether the latest of them is a signal or noise.

use throughline_model::measure::Direction;
use throughline_model::period::{Calendar, Period};
use throughline_model::reading::{Interval, Reading};
use throughline_stats::{Rule, Side, xmr};

use super::need::HISTORY;
use super::readings::Readings;
use super::view::{Point, Trend, TrendSignal, Verdict};

/// From so many values on the limits of a chart are leaned on (Wheeler 1993 uses them from five or
/// six; the run of eight needs eight).
pub(super) const LEAN_ON: usize = 8;

/// The last 24 periods up to `period`, oldest first, with gaps where there is no value.
pub(super) fn history(readings: &Readings, calendar: &Calendar, measure: &str, period: &Period) -> Vec<Point> {
    let count = i32::try_from(HISTORY).unwrap_or(i32::MAX);
    (period.index.saturating_sub(count - 1)..=period.index)
        .map(|index| {
            let at = calendar.period(period.grain, index);
            let reading = readings.at(measure, &at);
            Point {
                value: reading.and_then(|r| r.value),
                mature: reading.is_some_and(|r| r.mature),
                n: reading.map_or(0, |r| r.n),
                period: at.label,
            }
        })
        .collect()
}

/// The XmR chart over the last 24 mature periods up to `period`; a period without a value is a gap.
pub(super) fn trend(readings: &Readings, measure: &str, direction: Direction, period: &Period) -> Option<Trend> {
    let upto = readings.of(measure).filter(|r| r.period.index <= period.index && r.mature);
    let mut chart: Vec<&Reading> = upto.rev().take(HISTORY).collect();
    chart.reverse();
    let series = gapped(&chart);
    let found = xmr(&series)?;
    let last = series.len().checked_sub(1)?;
    series.last().copied().flatten()?;
    let signals: Vec<TrendSignal> = found
        .signals_at(last)
        .map(|s| TrendSignal { rule: s.rule, side: s.side, better: better(direction, s.side) })
        .collect();
    let range = found.ranges.last().copied().flatten();
    let jumped = range.is_some_and(|range| range > found.range_limit);
    let outside = |at: usize| found.signals_at(at).find(|s| s.rule == Rule::Outside).map(|s| s.side);
    let crossed = outside(last).is_some_and(|side| last.checked_sub(1).and_then(outside) != Some(side));
    let verdict = match (signals.is_empty() && !jumped, found.n < LEAN_ON) {
        (false, _) => Verdict::Signal,
        (true, true) => Verdict::Provisional,
        (true, false) => Verdict::Noise,
    };
    Some(Trend {
        periods: found.n,
        latest: chart.last()?.period.label.clone(),
        mean: found.mean,
        limits: Interval { low: found.limits.low, high: found.limits.high },
        range_limit: found.range_limit,
        signals,
        jumped,
        crossed,
        verdict,
    })
}

/// The values in time order, with `None` for periods that have no reading at all.
fn gapped(chart: &[&Reading]) -> Vec<Option<f64>> {
    let mut series = Vec::with_capacity(chart.len());
    let mut next = chart.first().map_or(0, |r| r.period.index);
    for reading in chart {
        while next < reading.period.index && series.len() < HISTORY * 2 {
            series.push(None);
            next += 1;
        }
        series.push(reading.value);
        next = reading.period.index + 1;
    }
    series
}

fn better(direction: Direction, side: Side) -> Option<bool> {
    match (direction, side) {
        (Direction::Band, _) => None,
        (Direction::Higher, Side::Above) | (Direction::Lower, Side::Below) => Some(true),
        (Direction::Higher, Side::Below) | (Direction::Lower, Side::Above) => Some(false),
    }
}
