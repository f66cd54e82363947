//! The JSON of `throughline import`.

use serde::Serialize;
use throughline_engine as engine;
use utoipa::ToSchema;

/// What an import did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportReport)]
pub struct Report {
    import_id: String,
    dry_run: bool,
    files: Vec<File>,
    tables: Vec<Table>,
    rejected: u64,
    examples: Vec<Reject>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportFile)]
struct File {
    file: String,
    layout: String,
    input: String,
    rows_read: u64,
    rows_rejected: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportTable)]
struct Table {
    table: String,
    staged: u64,
    added: Option<u64>,
    corrected: Option<u64>,
    unchanged: Option<u64>,
    repeated: Option<u64>,
    stale: Option<u64>,
    superseded: Option<u64>,
    withdrawn: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportReject)]
struct Reject {
    file: String,
    line: u64,
    table: Option<String>,
    column: Option<String>,
    reason: String,
    original: String,
}

impl From<&engine::ImportReport> for Report {
    fn from(report: &engine::ImportReport) -> Report {
        Report {
            import_id: report.import_id.clone(),
            dry_run: report.dry_run,
            files: report.files.iter().map(File::from).collect(),
            tables: report.tables.iter().map(Table::from).collect(),
            rejected: report.rejected,
            examples: report.examples.iter().map(Reject::from).collect(),
            notes: report.notes.clone(),
        }
    }
}

impl From<&engine::FileReport> for File {
    fn from(file: &engine::FileReport) -> File {
        File {
            file: file.file.clone(),
            layout: file.layout.clone(),
            input: file.input.clone(),
            rows_read: file.rows_read,
            rows_rejected: file.rows_rejected,
        }
    }
}

impl From<&engine::TableReport> for Table {
    fn from(table: &engine::TableReport) -> Table {
        let counts = table.counts;
        Table {
            table: table.table.clone(),
            staged: table.staged,
            added: counts.map(|c| c.added),
            corrected: counts.map(|c| c.corrected),
            unchanged: counts.map(|c| c.unchanged),
            repeated: counts.map(|c| c.repeated),
            stale: counts.map(|c| c.stale),
            superseded: counts.map(|c| c.superseded),
            withdrawn: counts.map(|c| c.withdrawn),
        }
    }
}

impl From<&throughline_engine::intake::Reject> for Reject {
    fn from(reject: &throughline_engine::intake::Reject) -> Reject {
        Reject {
            file: reject.file.clone(),
            line: reject.line,
            table: reject.table.clone(),
            column: reject.column.clone(),
            reason: reject.reason.clone(),
            original: reject.original.clone(),
        }
    }
}
