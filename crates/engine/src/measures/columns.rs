//! Reading aggregated numbers out of record batches.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, Float64Type, Int64Type};

use crate::{Error, Result};

/// One row of a batch.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub batch: &'a RecordBatch,
    pub number: usize,
}

impl Row<'_> {
    fn column(&self, name: &str) -> Result<&ArrayRef> {
        let column = self.batch.column_by_name(name);
        column.ok_or_else(|| Error::internal(format!("The aggregate query has no column {name}.")))
    }

    /// A count; NULL is none.
    pub(crate) fn count(&self, name: &str) -> Result<u64> {
        Ok(self.number(name)?.map_or(0, |count| count.max(0.0) as u64))
    }

    /// A number, correctly rounded to a double; NULL is `None`.
    pub(crate) fn number(&self, name: &str) -> Result<Option<f64>> {
        let column = self.column(name)?;
        if column.is_null(self.number) {
            return Ok(None);
        }
        let row = self.number;
        let parsed = match column.data_type() {
            DataType::Decimal128(..) => column.as_primitive::<Decimal128Type>().value_as_string(row).parse().ok(),
            DataType::Decimal256(..) => column.as_primitive::<Decimal256Type>().value_as_string(row).parse().ok(),
            DataType::Int64 => Some(column.as_primitive::<Int64Type>().value(row) as f64),
            _ => {
                let doubles = cast(&column.slice(row, 1), &DataType::Float64)?;
                Some(doubles.as_primitive::<Float64Type>().value(0))
            }
        };
        parsed.map(Some).ok_or_else(|| Error::internal(format!("{name} is no number.")))
    }
}

/// A column of texts, whatever way they are laid out.
pub(crate) fn texts(column: &ArrayRef) -> Result<ArrayRef> {
    Ok(cast(column, &DataType::Utf8)?)
}
