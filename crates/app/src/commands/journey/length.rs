//! Lengths of time as people write them: 30d, 90 s, 1h 30m.

use throughline_engine::{Error, Result};
use throughline_model::unit::Unit;

/// The microseconds of a text such as `30d`.
///
/// # Errors
/// Input: the text is no length of time.
pub fn micros(text: &str) -> Result<i64> {
    let seconds = Unit::Duration.parse_value(text).map_err(|problem| Error::input(format!("{problem}.")))?;
    Ok((seconds * 1e6).round() as i64)
}
