//! Readings by measure and period, for the scorecard to look up.

use std::collections::BTreeMap;

use throughline_model::period::Period;
use throughline_model::reading::Reading;

use crate::Result;
use crate::checks::Checks;
use crate::session::Session;

type ByPeriod = BTreeMap<i32, Reading>;

/// Readings of one grain, for everyone and by segment.
#[derive(Debug, Clone, Default)]
pub struct Readings {
    everyone: BTreeMap<String, ByPeriod>,
    segments: BTreeMap<(String, String), BTreeMap<String, ByPeriod>>,
    failures: BTreeMap<String, String>,
}

impl Readings {
    /// Adds what a measure said about everyone; readings of a segment are passed over.
    pub fn add(&mut self, measure: &str, readings: impl IntoIterator<Item = Reading>) {
        let periods = self.everyone.entry(measure.to_owned()).or_default();
        let whole = readings.into_iter().filter(|reading| reading.segment.is_none());
        periods.extend(whole.map(|reading| (reading.period.index, reading)));
    }

    /// Adds what a measure said about each segment of a dimension.
    pub fn add_segments(&mut self, measure: &str, dimension: &str, readings: impl IntoIterator<Item = Reading>) {
        let segments = self.segments.entry((measure.to_owned(), dimension.to_owned())).or_default();
        for reading in readings {
            if let Some(segment) = reading.segment.clone() {
                segments.entry(segment).or_default().insert(reading.period.index, reading);
            }
        }
    }

    /// Bounds or withholds what a failed check touches, as the definitions say.
    pub(crate) async fn apply(&mut self, checks: &Checks, session: &Session) -> Result<()> {
        let everyone = self.everyone.iter_mut().map(|(id, periods)| (id, None, periods));
        let segments = self.segments.iter_mut().flat_map(|((id, dimension), segments)| {
            segments.values_mut().map(move |periods| (id, Some(dimension.as_str()), periods))
        });
        // Collected, as futures that hold closures over references are not known to be Send.
        let all: Vec<(&String, Option<&str>, &mut ByPeriod)> = everyone.chain(segments).collect();
        for (id, by, periods) in all {
            let Some(measure) = session.definitions().measures.get(id) else { continue };
            let mut readings: Vec<Reading> = std::mem::take(periods).into_values().collect();
            checks.apply(session, measure, &mut readings, by).await?;
            *periods = readings.into_iter().map(|reading| (reading.period.index, reading)).collect();
        }
        Ok(())
    }

    /// Notes that a measure could not be evaluated, and why, as a sentence.
    pub fn fail(&mut self, measure: &str, why: impl Into<String>) {
        self.failures.insert(measure.to_owned(), why.into());
    }

    /// Why a measure could not be evaluated.
    pub fn failure(&self, measure: &str) -> Option<&str> {
        self.failures.get(measure).map(String::as_str)
    }

    /// The reading of everyone.
    pub fn at(&self, measure: &str, period: &Period) -> Option<&Reading> {
        self.everyone.get(measure)?.get(&period.index)
    }

    /// The reading of one segment.
    pub fn segment_at(&self, measure: &str, dimension: &str, segment: &str, period: &Period) -> Option<&Reading> {
        let key = (measure.to_owned(), dimension.to_owned());
        self.segments.get(&key)?.get(segment)?.get(&period.index)
    }

    /// All readings of everyone, oldest first.
    pub fn of(&self, measure: &str) -> impl DoubleEndedIterator<Item = &Reading> {
        self.everyone.get(measure).into_iter().flat_map(BTreeMap::values)
    }
}
