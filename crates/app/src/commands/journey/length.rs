//! Lengths of time as people write them: `90d`, `12 h`, `1h 30m`.

use jiff::SignedDuration;
use throughline_model::unit::Unit;

/// The length of time that a text names.
pub fn length(text: &str) -> Result<SignedDuration, String> {
    let seconds = Unit::Duration.parse_value(text)?;
    SignedDuration::try_from_secs_f64(seconds).map_err(|_| format!("\"{text}\" is too long"))
}
