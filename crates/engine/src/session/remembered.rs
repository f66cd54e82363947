//! Readings that a session was asked for before: the scorecards of neighbouring periods need mostly the same ones.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};

use throughline_model::period::Period;
use throughline_model::reading::Reading;

/// Readings of everyone by grain and measure, each over one run of periods.
#[derive(Default)]
pub(crate) struct Remembered {
    measures: Mutex<HashMap<(String, String), Span>>,
}

struct Span {
    first: i32,
    last: i32,
    readings: Vec<Reading>,
}

impl Remembered {
    /// The readings of a measure from one period to another, where all of them are remembered.
    pub(crate) fn get(&self, measure: &str, wanted: &RangeInclusive<&Period>) -> Option<Vec<Reading>> {
        let measures = self.measures();
        let covers = |span: &&Span| span.first <= wanted.start().index && wanted.end().index <= span.last;
        let span = measures.get(&key(measure, wanted.end())).filter(covers)?;
        Some(within(&span.readings, wanted))
    }

    /// Remembers the readings of a measure over some periods, in place of those before; gives back the ones `wanted`.
    pub(crate) fn put(
        &self,
        measure: &str,
        over: &RangeInclusive<&Period>,
        readings: Vec<Reading>,
        wanted: &RangeInclusive<&Period>,
    ) -> Vec<Reading> {
        let found = within(&readings, wanted);
        let (first, last) = (over.start().index, over.end().index);
        self.measures().insert(key(measure, over.end()), Span { first, last, readings });
        found
    }

    fn measures(&self) -> MutexGuard<'_, HashMap<(String, String), Span>> {
        self.measures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn within(readings: &[Reading], wanted: &RangeInclusive<&Period>) -> Vec<Reading> {
    let inside = |reading: &&Reading| (wanted.start().index..=wanted.end().index).contains(&reading.period.index);
    readings.iter().filter(inside).cloned().collect()
}

fn key(measure: &str, period: &Period) -> (String, String) {
    (period.grain.to_string(), measure.to_owned())
}
