//! Readings that a session was asked for before: the scorecards of neighbouring periods need mostly the same ones.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use throughline_model::period::Period;
use throughline_model::reading::Reading;

/// What a measure said, or why it could not be evaluated.
pub(crate) type Said = std::result::Result<Vec<Reading>, String>;

/// Readings of everyone by grain and measure, each over one run of periods.
#[derive(Default)]
pub(crate) struct Remembered {
    measures: Mutex<HashMap<(String, String), Span>>,
}

struct Span {
    first: i32,
    last: i32,
    said: Said,
}

impl Remembered {
    /// What a measure said from one period to another, where all of that is remembered.
    pub(crate) fn get(&self, measure: &str, first: &Period, last: &Period) -> Option<Said> {
        let measures = self.measures();
        let span =
            measures.get(&key(measure, last)).filter(|span| span.first <= first.index && last.index <= span.last)?;
        let inside = |reading: &&Reading| (first.index..=last.index).contains(&reading.period.index);
        Some(span.said.as_ref().map(|readings| readings.iter().filter(inside).cloned().collect()).map_err(Clone::clone))
    }

    /// Remembers what a measure said from one period to another, in place of what it said before.
    pub(crate) fn put(&self, measure: &str, first: &Period, last: &Period, said: Said) {
        self.measures().insert(key(measure, last), Span { first: first.index, last: last.index, said });
    }

    fn measures(&self) -> MutexGuard<'_, HashMap<(String, String), Span>> {
        self.measures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(measure: &str, period: &Period) -> (String, String) {
    (period.grain.to_string(), measure.to_owned())
}
