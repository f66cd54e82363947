//! What an import says about itself, while it runs and afterwards.

use super::sink::Staged;
use crate::catalog;
use crate::intake::{self, Recognition};
use crate::store::Counts;

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Another process imports into this workspace; this one waits for it.
    Waiting,
    /// Sources are being read.
    Reading {
        /// Bytes read so far, as they lie on disk.
        bytes: u64,
        /// Bytes of all sources.
        total: u64,
        /// Records read so far.
        rows: u64,
    },
    /// Rows are being brought into a table.
    Writing {
        /// The table.
        table: String,
    },
    /// Touchpoints are being laid out as journeys.
    Journeys {
        /// Touchpoints read so far.
        rows: u64,
    },
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// Path as given.
    pub file: String,
    /// Layout that read it.
    pub layout: String,
    /// Input of that layout.
    pub input: String,
    /// Records found.
    pub rows_read: u64,
    /// Rows set aside.
    pub rows_rejected: u64,
}

/// What became of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableReport {
    /// The table.
    pub table: String,
    /// Rows staged for it.
    pub staged: u64,
    /// What became of them; `None` in a dry run.
    pub counts: Option<Counts>,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// Its id; stands on every row it wrote.
    pub import_id: String,
    /// Nothing was written.
    pub dry_run: bool,
    /// Files in the order they were read.
    pub files: Vec<FileReport>,
    /// Tables by name.
    pub tables: Vec<TableReport>,
    /// Rows set aside.
    pub rejected: u64,
    /// The first of them.
    pub examples: Vec<crate::intake::Reject>,
    /// What a person should know: local times moved out of a gap, files that matched no layout, and so on.
    pub notes: Vec<String>,
}

impl ImportReport {
    /// What was read and staged; what became of the tables is not known yet.
    pub(super) fn of(
        import_id: &str,
        dry_run: bool,
        found: &Recognition,
        counts: &intake::Counts,
        staged: &Staged,
    ) -> Self {
        let file = |file: &intake::FileCounts| FileReport {
            file: file.file.clone(),
            layout: file.layout.clone(),
            input: file.input.clone(),
            rows_read: file.rows,
            rows_rejected: file.rejected,
        };
        let ours =
            |table: &str| catalog::vocabulary().is_ok_and(|all| all.table(table).is_some_and(|table| table.ledger));
        let tables = staged.tables.iter().filter(|(table, _)| !ours(table));
        let table = |(table, (_, rows)): (&String, &(_, u64))| TableReport {
            table: table.clone(),
            staged: *rows,
            counts: None,
        };
        ImportReport {
            import_id: import_id.to_owned(),
            dry_run,
            files: counts.files.iter().map(file).collect(),
            tables: tables.map(table).collect(),
            rejected: staged.rejected,
            examples: staged.examples.clone(),
            notes: notes(found, counts),
        }
    }
}

fn notes(found: &Recognition, counts: &intake::Counts) -> Vec<String> {
    let mut notes: Vec<String> =
        found.skipped.iter().map(|one| format!("{} was left out: {}", one.file, one.reason)).collect();
    notes.extend(found.notes.iter().cloned());
    for file in &counts.files {
        let mut note = |count: u64, what: &str| {
            if count > 0 {
                notes.push(format!("{}: {count} {what}", file.file));
            }
        };
        note(file.gaps, "local time(s) that do not exist were moved forward past the clock change");
        note(file.overlaps, "local time(s) that exist twice were read as the earlier one");
        note(file.formulas, "text(s) that a spreadsheet would run as a formula were kept as text");
    }
    for (table, rows) in &counts.completed {
        notes.push(format!("{rows} row(s) of {table} from earlier imports were completed by a file of this one"));
    }
    notes
}
