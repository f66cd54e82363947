//! What others reach: figures written into the scorecard, or the latest of an outside series.

use std::collections::BTreeMap;

use jiff::Timestamp;
use throughline_model::period::{Calendar, Period};
use throughline_model::scorecard::Benchmark;

use super::view::BenchmarkView;

/// One figure of an outside series.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// The instant its day begins.
    pub at: Timestamp,
    /// The figure, in the unit of the measure it is compared with.
    pub value: f64,
    /// Who published it.
    pub publisher: Option<String>,
    /// How many were asked.
    pub sample: Option<u64>,
}

/// Outside series by their id; observations in any order.
pub type Series = BTreeMap<String, Vec<Observation>>;

/// The benchmarks of a measure for a period. A series gives its latest figure before the period's end.
pub(super) fn benchmarks(
    defined: &[Benchmark],
    measure: &str,
    series: &Series,
    calendar: &Calendar,
    period: &Period,
) -> Vec<BenchmarkView> {
    let of_measure = defined.iter().filter(|b| b.measure == measure);
    of_measure
        .map(|benchmark| match &benchmark.series {
            Some(id) => from_series(benchmark, id, series, calendar, period),
            None => written(benchmark),
        })
        .collect()
}

fn written(benchmark: &Benchmark) -> BenchmarkView {
    BenchmarkView {
        value: benchmark.value,
        source: benchmark.source.clone(),
        date: benchmark.date.clone(),
        sample: benchmark.sample,
        series: None,
        reason: None,
    }
}

fn from_series(
    benchmark: &Benchmark,
    id: &str,
    series: &Series,
    calendar: &Calendar,
    period: &Period,
) -> BenchmarkView {
    let figures = series.get(id).into_iter().flatten();
    let latest = figures.filter(|figure| figure.at < period.end).max_by_key(|figure| figure.at);
    let publisher = latest.and_then(|figure| figure.publisher.clone());
    let reason = || format!("The series `{id}` has no figure before the end of {}.", period.label);
    BenchmarkView {
        value: latest.map(|figure| figure.value),
        source: publisher.unwrap_or_else(|| benchmark.source.clone()),
        date: latest.map(|figure| calendar.local_day(figure.at).to_string()),
        sample: latest.and_then(|figure| figure.sample).or(benchmark.sample),
        series: Some(id.to_owned()),
        reason: latest.is_none().then(reason),
    }
}
