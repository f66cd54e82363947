//! Rows of an answer, column by column.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use crate::Result;

/// Columns of an answer: names and types; every column may be empty.
pub(super) fn columns(columns: &[(&str, DataType)]) -> SchemaRef {
    let fields: Vec<Field> = columns.iter().map(|(name, kind)| Field::new(*name, kind.clone(), true)).collect();
    Arc::new(Schema::new(fields))
}

/// The columns of an answer on their way.
#[derive(Default)]
pub(super) struct Rows {
    columns: Vec<ArrayRef>,
}

impl Rows {
    /// Adds a column of texts.
    pub(super) fn texts<T: AsRef<str>>(mut self, values: impl Iterator<Item = Option<T>>) -> Self {
        self.columns.push(Arc::new(values.collect::<StringArray>()));
        self
    }

    /// Adds a column of counts.
    pub(super) fn counts(mut self, values: impl Iterator<Item = u64>) -> Self {
        let counts = values.map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        self.columns.push(Arc::new(Int64Array::from_iter_values(counts)));
        self
    }

    /// Adds a column of numbers.
    pub(super) fn numbers(mut self, values: impl Iterator<Item = Option<f64>>) -> Self {
        self.columns.push(Arc::new(values.collect::<Float64Array>()));
        self
    }

    /// The rows.
    pub(super) fn finish(self, schema: SchemaRef) -> Result<RecordBatch> {
        Ok(RecordBatch::try_new(schema, self.columns)?)
    }
}

/// Microseconds as seconds.
pub(super) fn seconds(micros: Option<f64>) -> Option<f64> {
    micros.map(|micros| micros / 1e6)
}
