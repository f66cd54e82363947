//! What intake hands over, and what it needs to know.

use std::path::Path;

use datafusion::arrow::record_batch::RecordBatch;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Result;

/// What reading an import needs to know.
#[derive(Debug, Clone)]
pub struct MapContext<'a> {
    /// Id of the import.
    pub import_id: &'a str,
    /// When the import happens.
    pub recorded_at: Timestamp,
    /// Whether that was said by the user, who then overrides what the source says.
    pub recorded_at_given: bool,
    /// The workspace's zone: local times of layouts without a zone are read in it.
    pub zone: TimeZone,
    /// The workspace's currency.
    pub currency: &'a str,
    /// Memory for sorting, joining and grouping.
    pub memory_bytes: usize,
    /// Where to spill what does not fit.
    pub spill_dir: &'a Path,
}

/// A row that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// The file, as the user wrote it.
    pub file: String,
    /// Line on which the row begins, from 1 (Parquet: number of the row).
    pub line: u64,
    /// The standard table that it was to become a row of; None where it could not be split into columns.
    pub table: Option<String>,
    /// The column that is wrong.
    pub column: Option<String>,
    /// Why.
    pub reason: String,
    /// The row as it stands in the file (Parquet: as JSON).
    pub original: String,
}

/// Which columns the rows of one record set; `_record` is the place in the list handed to [`Sink::begin`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Id of the layout.
    pub source: String,
    /// The standard table.
    pub table: String,
    /// Columns that these rows set; others keep the value they have.
    pub columns: Vec<String>,
    /// The rows have no key of their own, so that a file's correction replaces all its rows.
    pub by_file: bool,
}

/// Takes what was read.
pub trait Sink: Send {
    /// Called once, before any row: who owns what, by `_record`.
    fn begin(&mut self, owners: &[Owner]) -> Result<()>;

    /// Rows of `table`: all its columns (null where not owned), then source Utf8, source_seq Int64,
    /// source_updated_at and recorded_at Timestamp(us, UTC) (null: the import's), `_record` Int16, `_file` Int32
    /// (place among the assigned files; negative for rows completed from an earlier import), `_line` Int64.
    fn accept(&mut self, table: &str, batch: RecordBatch) -> Result<()>;

    /// A row that was set aside.
    fn reject(&mut self, reject: Reject) -> Result<()>;

    /// Bytes read from disk so far, of all files, and rows read so far.
    fn progress(&mut self, bytes_read: u64, bytes_total: u64, rows: u64);
}
