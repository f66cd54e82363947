//! The JSON of `throughline apply` and `throughline revisions`.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// One revision of the definitions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Revision {
    number: u64,
    content: String,
    at: Timestamp,
    who: String,
    why: String,
    from: Timestamp,
}

impl From<&throughline_engine::Revision> for Revision {
    fn from(revision: &throughline_engine::Revision) -> Revision {
        Revision {
            number: revision.number,
            content: revision.content.clone(),
            at: revision.at,
            who: revision.who.clone(),
            why: revision.why.clone(),
            from: revision.from,
        }
    }
}

/// What `apply` did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Applied {
    /// Whether there is a new revision.
    pub changed: bool,
    /// The new revision.
    pub revision: Option<Revision>,
}

/// All revisions, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Revisions {
    /// The revisions.
    pub revisions: Vec<Revision>,
}
