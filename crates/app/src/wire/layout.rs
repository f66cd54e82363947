//! The JSON of `throughline layout`.

use serde::Serialize;

/// A suggested layout.
#[derive(Debug, Serialize)]
pub struct Suggestion {
    /// The layout as TOML.
    pub layout: String,
    /// Where it was written.
    pub path: Option<String>,
}
