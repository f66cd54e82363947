//! Expressions of layouts over batches of raw rows, and the rows they keep.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, new_null_array};
use datafusion::arrow::compute::{FilterBuilder, concat};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::physical_expr::PhysicalExpr;

use super::raw::input::{FILE, LINE, SEQ};
use super::typing::problems::Problems;
use crate::Result;
use crate::store::nulls::nulls;

/// Evaluates an expression. Where it fails for the batch, it is tried row by row, so that one bad row stops no other.
pub(crate) fn evaluate(
    expr: &Arc<dyn PhysicalExpr>,
    raw: &RecordBatch,
    column: Option<&str>,
    problems: &mut Problems,
) -> Result<ArrayRef> {
    if let Ok(values) = expr.evaluate(raw).and_then(|value| value.into_array(raw.num_rows())) {
        return Ok(values);
    }
    let kind = expr.data_type(&raw.schema())?;
    let mut parts: Vec<ArrayRef> = Vec::with_capacity(raw.num_rows());
    for row in 0..raw.num_rows() {
        match expr.evaluate(&raw.slice(row, 1)).and_then(|value| value.into_array(1)) {
            Ok(value) => parts.push(value),
            Err(error) => {
                problems.push(row, column, error.find_root().strip_backtrace());
                parts.push(new_null_array(&kind, 1));
            }
        }
    }
    Ok(concat(&parts.iter().map(AsRef::as_ref).collect::<Vec<_>>())?)
}

/// The rows that a mask keeps, with the columns that are used; the others are empty. File, line and number stay.
pub(crate) fn filter_columns(
    raw: &RecordBatch,
    mask: &BooleanArray,
    used: &dyn Fn(usize) -> bool,
) -> Result<RecordBatch> {
    let predicate = FilterBuilder::new(mask).optimize().build();
    let schema = raw.schema();
    let columns = raw.columns().iter().zip(schema.fields()).enumerate().map(|(place, (column, field))| {
        if used(place) || [FILE, LINE, SEQ].contains(&field.name().as_str()) {
            Ok(predicate.filter(column)?)
        } else {
            Ok(nulls(field.data_type(), predicate.count()))
        }
    });
    Ok(RecordBatch::try_new(schema.clone(), columns.collect::<Result<Vec<_>>>()?)?)
}
