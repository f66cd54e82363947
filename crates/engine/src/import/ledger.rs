//! The ledger of imports: one row per file read, one row per row set aside.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_128;

use super::report::{FileReport, TableReport};
use crate::Result;
use crate::intake::Reject;
use crate::store::Counts;

/// Rejects kept in memory before they are staged.
const FULL: usize = 4_096;

/// Rejects on their way into the ledger.
pub struct RejectRows {
    layouts: BTreeMap<String, String>,
    rows: Vec<Reject>,
}

fn texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn instants(values: impl Iterator<Item = Option<Timestamp>>) -> ArrayRef {
    let micros: TimestampMicrosecondArray = values.map(|at| at.map(Timestamp::as_microsecond)).collect();
    Arc::new(micros.with_timezone("UTC"))
}

fn integers(values: impl Iterator<Item = u64>) -> ArrayRef {
    Arc::new(values.map(|value| i64::try_from(value).ok()).collect::<Int64Array>())
}

/// Columns that say where a staged row came from, for rows the engine makes itself.
pub fn own(rows: usize, at: Timestamp) -> [(&'static str, ArrayRef); 6] {
    [
        ("source", texts((0..rows).map(|_| Some("throughline")))),
        ("recorded_at", instants((0..rows).map(|_| Some(at)))),
        ("_origin", Arc::new(Int8Array::from(vec![1; rows]))),
        ("_record", Arc::new(Int16Array::from(vec![0; rows]))),
        ("_file", Arc::new(Int32Array::from(vec![-1; rows]))),
        ("_line", Arc::new(Int64Array::from_iter_values(0..rows as i64))),
    ]
}

/// The same row rejected for the same reason has the same id, so that importing again adds nothing.
fn reject_id(reject: &Reject) -> String {
    let mut bytes = Vec::new();
    for part in [&reject.file, &reject.original, &reject.reason, reject.table.as_deref().unwrap_or("")] {
        bytes.extend_from_slice(part.as_bytes());
        bytes.push(0);
    }
    bytes.extend_from_slice(&reject.line.to_le_bytes());
    format!("{:032x}", xxh3_128(&bytes))
}

impl RejectRows {
    /// None yet; `layouts` names the layout that reads each file.
    pub fn new(layouts: BTreeMap<String, String>) -> Self {
        RejectRows { layouts, rows: Vec::new() }
    }

    /// Adds one.
    pub fn push(&mut self, reject: Reject) {
        self.rows.push(reject);
    }

    /// Whether it is time to stage them.
    pub fn is_full(&self) -> bool {
        self.rows.len() >= FULL
    }

    /// The rejects as rows of the table `rejects`, which are then forgotten here.
    pub fn take(&mut self, at: Timestamp) -> Result<RecordBatch> {
        let rows = std::mem::take(&mut self.rows);
        let ids: Vec<String> = rows.iter().map(reject_id).collect();
        let columns = [
            ("reject_id", texts(ids.iter().map(|id| Some(id.as_str())))),
            ("file", texts(rows.iter().map(|row| Some(row.file.as_str())))),
            ("line", integers(rows.iter().map(|row| row.line))),
            ("layout", texts(rows.iter().map(|row| self.layouts.get(&row.file).map(String::as_str)))),
            ("target", texts(rows.iter().map(|row| row.table.as_deref()))),
            ("column", texts(rows.iter().map(|row| row.column.as_deref()))),
            ("reason", texts(rows.iter().map(|row| Some(row.reason.as_str())))),
            ("original", texts(rows.iter().map(|row| Some(row.original.as_str())))),
            ("rejected_at", instants(rows.iter().map(|_| Some(at)))),
        ];
        let all = columns.into_iter().chain(own(rows.len(), at)).map(|(name, column)| (name, column, true));
        Ok(RecordBatch::try_from_iter_with_nullable(all)?)
    }
}

/// Rows of the table `rejects` that say that those rejects were mended and imported.
pub fn mended_rows(ids: &[String], at: Timestamp) -> Result<RecordBatch> {
    let columns = [
        ("reject_id", texts(ids.iter().map(|id| Some(id.as_str())))),
        ("replayed_at", instants(ids.iter().map(|_| Some(at)))),
    ];
    let all = columns.into_iter().chain(own(ids.len(), at)).map(|(name, column)| (name, column, true));
    Ok(RecordBatch::try_from_iter_with_nullable(all)?)
}

/// The rows of the table `imports` for the files of one import; `sizes` are bytes and checksum per file.
pub fn file_rows(import_id: &str, at: Timestamp, files: &[FileReport], sizes: &[(u64, String)]) -> Result<RecordBatch> {
    let columns = files.iter().map(|file| Ok(serde_json::to_string(&file.columns)?)).collect::<Result<Vec<_>>>()?;
    let ids: Vec<String> = (1..=files.len()).map(|place| format!("{import_id}:{place}")).collect();
    let columns = [
        ("entry_id", texts(ids.iter().map(|id| Some(id.as_str())))),
        ("file", texts(files.iter().map(|file| Some(file.file.as_str())))),
        ("checksum", texts(sizes.iter().map(|(_, checksum)| Some(checksum.as_str())))),
        ("bytes", integers(sizes.iter().map(|(bytes, _)| *bytes))),
        ("layout", texts(files.iter().map(|file| Some(file.layout.as_str())))),
        ("input", texts(files.iter().map(|file| Some(file.input.as_str())))),
        ("columns", texts(columns.iter().map(|columns| Some(columns.as_str())))),
        ("started_at", instants(files.iter().map(|_| Some(at)))),
        ("rows_read", integers(files.iter().map(|file| file.rows_read))),
        ("rows_rejected", integers(files.iter().map(|file| file.rows_rejected))),
    ];
    let all = columns.into_iter().chain(own(files.len(), at)).map(|(name, column)| (name, column, true));
    Ok(RecordBatch::try_from_iter_with_nullable(all)?)
}

/// The rows of the table `import_tables` for what one import did.
pub fn table_rows(import_id: &str, at: Timestamp, tables: &[TableReport]) -> Result<RecordBatch> {
    let ids: Vec<String> = tables.iter().map(|report| format!("{import_id}:{}", report.table)).collect();
    let counts: Vec<Counts> = tables.iter().map(|report| report.counts.unwrap_or_default()).collect();
    let count = |pick: fn(&Counts) -> u64| integers(counts.iter().map(pick));
    let columns = [
        ("entry_id", texts(ids.iter().map(|id| Some(id.as_str())))),
        ("target", texts(tables.iter().map(|report| Some(report.table.as_str())))),
        ("started_at", instants(tables.iter().map(|_| Some(at)))),
        ("staged", integers(tables.iter().map(|report| report.staged))),
        ("added", count(|counts| counts.added)),
        ("corrected", count(|counts| counts.corrected)),
        ("unchanged", count(|counts| counts.unchanged)),
        ("repeated", count(|counts| counts.repeated)),
        ("superseded", count(|counts| counts.superseded)),
        ("stale", count(|counts| counts.stale)),
        ("withdrawn", count(|counts| counts.withdrawn)),
    ];
    let all = columns.into_iter().chain(own(tables.len(), at)).map(|(name, column)| (name, column, true));
    Ok(RecordBatch::try_from_iter_with_nullable(all)?)
}
