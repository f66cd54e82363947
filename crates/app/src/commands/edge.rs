//! The edges of a range of time, as people write them: periods, days, instants.

use jiff::Timestamp;
use throughline_engine::{Error, Reader, Result};
use throughline_model::period::Period;

/// The start of the period that a text names, or the instant itself.
pub fn start(reader: &Reader, text: &str) -> Result<Timestamp> {
    edge(reader, text, |period| period.start)
}

/// The end of the period that a text names, or the instant itself.
pub fn end(reader: &Reader, text: &str) -> Result<Timestamp> {
    edge(reader, text, |period| period.end)
}

fn edge(reader: &Reader, text: &str, of: fn(&Period) -> Timestamp) -> Result<Timestamp> {
    let calendar = reader.calendar();
    match calendar.parse(text) {
        Ok(period) => Ok(of(&period)),
        Err(problem) => calendar.parse_instant(text).map_err(|_| Error::input(problem)),
    }
}
