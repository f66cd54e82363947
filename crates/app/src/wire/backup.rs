//! Backups that were made, and workspaces made of them.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::{BackupReport, RestoreReport};

/// What a backup did.
#[derive(Debug, Serialize)]
pub struct Backup {
    folder: String,
    at: Timestamp,
    import: u64,
    files: u64,
    bytes: u64,
    copied_bytes: u64,
    removed: u64,
}

impl From<&BackupReport> for Backup {
    fn from(report: &BackupReport) -> Backup {
        Backup {
            folder: report.folder.display().to_string(),
            at: report.at,
            import: report.import,
            files: report.files,
            bytes: report.bytes,
            copied_bytes: report.copied_bytes,
            removed: report.removed,
        }
    }
}

/// What a restored workspace holds.
#[derive(Debug, Serialize)]
pub struct Restored {
    folder: String,
    workspace: String,
    at: Timestamp,
    program: String,
    import: u64,
    files: u64,
    bytes: u64,
    rows: u64,
    newest: Option<Timestamp>,
    revisions: u64,
}

impl From<&RestoreReport> for Restored {
    fn from(report: &RestoreReport) -> Restored {
        Restored {
            folder: report.folder.display().to_string(),
            workspace: report.workspace.clone(),
            at: report.at,
            program: report.program.clone(),
            import: report.import,
            files: report.files,
            bytes: report.bytes,
            rows: report.rows,
            newest: report.newest,
            revisions: report.revisions,
        }
    }
}
