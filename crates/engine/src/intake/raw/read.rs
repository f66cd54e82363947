//! Reading the files of an input, one after another, as batches in the order of the files.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use datafusion::arrow::record_batch::RecordBatch;

use super::input::{InputFile, InputFiles};
use super::{chunk_rows, parquet};
use crate::Result;

/// What reading gives.
#[derive(Debug)]
pub(crate) enum Item {
    /// Rows as text.
    Rows(RecordBatch),
    /// A row that could not even be split into columns.
    Reject {
        /// Number of the file.
        file: i32,
        /// Line on which it begins.
        line: u64,
        /// The column, where it is one.
        column: Option<String>,
        /// Why.
        reason: String,
    },
    /// A file has ended; how many rows it had, rejected ones included.
    Ended {
        /// Rows.
        rows: u64,
    },
}

/// Takes items; says whether to go on.
pub(crate) type Take<'a> = dyn FnMut(Item) -> ControlFlow<()> + 'a;

/// One file being read.
pub(crate) struct Reading<'a> {
    /// The input.
    pub(crate) input: &'a InputFiles,
    /// The file.
    pub(crate) file: &'a InputFile,
    /// Which columns are wanted.
    pub(crate) wanted: &'a [bool],
    /// Counts bytes read from disk.
    pub(crate) bytes: Arc<AtomicU64>,
}

/// Reads all files of an input. Bad rows become [`Item::Reject`].
///
/// # Errors
/// A file that cannot be read or unpacked, or whose quotes are never closed.
pub(crate) fn read(input: &InputFiles, wanted: &[bool], bytes: &Arc<AtomicU64>, take: &mut Take<'_>) -> Result<()> {
    for file in &input.files {
        let reading = Reading { input, file, wanted, bytes: bytes.clone() };
        let flow = match chunk_rows::chunks_of(&reading)? {
            Some(chunks) => chunk_rows::read_all(&reading, chunks, take)?,
            None => parquet::read(&reading, take)?,
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}
