//! The JSON of `throughline rejects`.

use serde::Serialize;
use throughline_engine as engine;
use throughline_engine::Rejected;
use utoipa::ToSchema;

use super::import::Report;

/// Rows that were set aside.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rejects {
    rejects: Vec<Reject>,
    more: bool,
}

#[derive(Debug, Serialize, ToSchema)]
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

/// Rows handed out to be mended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RejectExport)]
pub struct Export {
    files: Vec<ExportedFile>,
    left_out: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct ExportedFile {
    path: String,
    file: String,
    rows: u64,
}

impl From<&engine::RejectExport> for Export {
    fn from(export: &engine::RejectExport) -> Export {
        let file = |one: &engine::ExportedFile| ExportedFile {
            path: one.path.display().to_string(),
            file: one.file.clone(),
            rows: one.rows,
        };
        Export { files: export.files.iter().map(file).collect(), left_out: export.left_out }
    }
}

/// What became of mended rows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RejectReplay)]
pub struct Replay {
    replayed: u64,
    known: u64,
    open: Vec<Open>,
    import: Option<Report>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StillOpen)]
struct Open {
    reject_id: String,
    path: String,
    line: u64,
    table: Option<String>,
    column: Option<String>,
    reason: String,
}

impl From<&engine::ReplayReport> for Replay {
    fn from(report: &engine::ReplayReport) -> Replay {
        let open = |one: &engine::StillOpen| Open {
            reject_id: one.reject_id.clone(),
            path: one.path.display().to_string(),
            line: one.line,
            table: one.table.clone(),
            column: one.column.clone(),
            reason: one.reason.clone(),
        };
        Replay {
            replayed: report.replayed,
            known: report.known,
            open: report.open.iter().map(open).collect(),
            import: report.import.as_ref().map(Report::from),
        }
    }
}
