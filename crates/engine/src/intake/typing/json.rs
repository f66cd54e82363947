//! Text that must hold JSON.

use serde::de::IgnoredAny;

/// The reason why a text is not JSON.
pub(super) fn check(text: &str) -> Result<(), String> {
    serde_json::from_str::<IgnoredAny>(text).map(|_| ()).map_err(|error| format!("is not valid JSON: {error}"))
}
