//! Building batches of text columns.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int32Array, Int64Array, Int64Builder, StringBuilder};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;

use crate::Result;
use crate::store::nulls::nulls;

/// Rows of a full batch.
pub(crate) const ROWS: usize = 8192;

/// Collects rows of text.
pub(crate) struct BatchBuilder {
    schema: SchemaRef,
    columns: Vec<Option<StringBuilder>>,
    lines: Int64Builder,
    seqs: Int64Builder,
    missing: Vec<String>,
    rows: usize,
}

impl BatchBuilder {
    /// `wanted` says which columns are built; the others are empty.
    /// There will be about `rows` rows of `bytes` bytes.
    pub(crate) fn new(schema: SchemaRef, wanted: &[bool], missing: &[String], rows: usize, bytes: usize) -> Self {
        let each = bytes / wanted.len().max(1);
        let column = |wanted: &bool| wanted.then(|| StringBuilder::with_capacity(rows, each));
        BatchBuilder {
            columns: wanted.iter().map(column).collect(),
            schema,
            lines: Int64Builder::with_capacity(rows),
            seqs: Int64Builder::with_capacity(rows),
            missing: missing.to_vec(),
            rows: 0,
        }
    }

    /// Whether the column is built.
    pub(crate) fn wants(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(Option::is_some)
    }

    /// Sets a column of the row that is being built. Blank text and words that mean empty are empty.
    pub(crate) fn push(&mut self, column: usize, text: Option<&str>) {
        let Some(Some(builder)) = self.columns.get_mut(column) else { return };
        match text {
            Some(text)
                if !is_blank(text)
                    && (self.missing.is_empty() || !self.missing.iter().any(|word| word == text.trim())) =>
            {
                builder.append_value(text);
            }
            _ => builder.append_null(),
        }
    }

    /// Ends the row.
    pub(crate) fn end_row(&mut self, line: u64, seq: u64) {
        self.lines.append_value(line as i64);
        self.seqs.append_value(seq as i64);
        self.rows += 1;
    }

    /// The batch of all rows, if there are any, with `before` added to the number of each within its file.
    pub(crate) fn finish(&mut self, file: i32, before: u64) -> Result<Option<RecordBatch>> {
        if self.rows == 0 {
            return Ok(None);
        }
        let rows = self.rows;
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.columns.len() + 3);
        for builder in &mut self.columns {
            arrays.push(match builder {
                Some(builder) => Arc::new(builder.finish()),
                None => nulls(&DataType::Utf8, rows),
            });
        }
        arrays.push(Arc::new(Int32Array::from_value(file, rows)));
        arrays.push(Arc::new(self.lines.finish()));
        let seqs = self.seqs.finish();
        arrays.push(if before == 0 {
            Arc::new(seqs)
        } else {
            Arc::new(Int64Array::from_iter_values(seqs.values().iter().map(|seq| seq + before as i64)))
        });
        self.rows = 0;
        Ok(Some(RecordBatch::try_new(self.schema.clone(), arrays)?))
    }
}

/// Whether a text says nothing.
pub(crate) fn is_blank(text: &str) -> bool {
    text.as_bytes().first().is_none_or(|first| !first.is_ascii_graphic()) && text.trim().is_empty()
}
