//! Keys for rows that have none: hash of the row and its occurrence number among equal rows of the file.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringBuilder};
use datafusion::arrow::datatypes::Int32Type;
use datafusion::arrow::record_batch::RecordBatch;
use xxhash_rust::xxh3::Xxh3;

use crate::{Error, Result};

/// Makes keys in the order of the rows. Memory grows with the number of different rows of one file.
#[derive(Debug)]
pub(crate) struct RowKeys {
    columns: Vec<usize>,
    file_column: usize,
    file: Option<i32>,
    seen: HashMap<u128, u32>,
}

impl RowKeys {
    /// `columns` are hashed; `file_column` holds the number of the file.
    pub(crate) fn new(columns: Vec<usize>, file_column: usize) -> Self {
        RowKeys { columns, file_column, file: None, seen: HashMap::new() }
    }

    /// Keys of the rows of the next batch.
    pub(crate) fn next(&mut self, batch: &RecordBatch) -> Result<ArrayRef> {
        let files = batch.column(self.file_column).as_primitive_opt::<Int32Type>();
        let files = files.ok_or_else(|| Error::internal("raw rows have no file number"))?;
        let schema = batch.schema();
        let named = |at: &usize| Some((schema.field(*at).name().as_str(), batch.column(*at).as_string_opt::<i32>()?));
        let columns: Vec<_> = self.columns.iter().filter_map(named).collect();
        let mut keys = StringBuilder::with_capacity(batch.num_rows(), batch.num_rows() * 34);
        let mut hasher = Xxh3::new();
        for row in 0..batch.num_rows() {
            if self.file != Some(files.value(row)) {
                self.seen.clear();
                self.file = Some(files.value(row));
            }
            hasher.reset();
            for (name, column) in &columns {
                // Names keep a score of one question apart from the same score of another; a length before each
                // text keeps "ab", "c" apart from "a", "bc".
                hasher.update(name.as_bytes());
                let text = column.is_valid(row).then(|| column.value(row));
                hasher.update(&text.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
                hasher.update(text.unwrap_or_default().as_bytes());
            }
            let hash = hasher.digest128();
            let occurrence = self.seen.entry(hash).or_insert(0);
            *occurrence += 1;
            keys.append_value(format!("{hash:032x}-{occurrence}"));
        }
        Ok(Arc::new(keys.finish()))
    }
}
