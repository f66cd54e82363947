//! The JSON of `throughline layout`.

use serde::Serialize;
use utoipa::ToSchema;

/// A suggested layout.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LayoutSuggestion)]
pub struct Suggestion {
    /// The layout as TOML.
    pub layout: String,
    /// Where it was written.
    pub path: Option<String>,
}
