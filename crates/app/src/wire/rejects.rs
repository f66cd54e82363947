//! The JSON of `throughline rejects`.

use serde::Serialize;
use throughline_engine::Rejected;

/// Rows that were set aside.
#[derive(Debug, Serialize)]
pub struct Rejects {
    rejects: Vec<Reject>,
    more: bool,
}

#[derive(Debug, Serialize)]
struct Reject {
    reject_id: String,
    import_id: String,
    file: String,
    line: u64,
    layout: Option<String>,
    table: Option<String>,
    column: Option<String>,
    reason: String,
    original: String,
    replayed_at: Option<String>,
}

impl Rejects {
    /// Rejects, and whether there are more.
    pub fn new(rejects: &[Rejected], more: bool) -> Rejects {
        Rejects { rejects: rejects.iter().map(Reject::from).collect(), more }
    }
}

impl From<&Rejected> for Reject {
    fn from(reject: &Rejected) -> Reject {
        Reject {
            reject_id: reject.reject_id.clone(),
            import_id: reject.import_id.clone(),
            file: reject.file.clone(),
            line: reject.line,
            layout: reject.layout.clone(),
            table: reject.table.clone(),
            column: reject.column.clone(),
            reason: reject.reason.clone(),
            original: reject.original.clone(),
            replayed_at: reject.replayed_at.clone(),
        }
    }
}
