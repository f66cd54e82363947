//! Parquet files as batches of text columns; every value is written exactly.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int32Array, Int64Array, StringBuilder, new_null_array};
use datafusion::arrow::compute::{can_cast_types, cast};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::batch::{ROWS, is_blank};
use super::input::{LINE, SEQ};
use super::read::{Item, Reading, Take};
use crate::intake::open::unreadable;
use crate::{Error, Result};

/// Names of the columns of a Parquet file.
pub(crate) fn header(path: &Path) -> Result<Vec<String>> {
    let builder = builder(path)?;
    Ok(builder.schema().fields().iter().map(|field| field.name().clone()).collect())
}

fn builder(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    ParquetRecordBatchReaderBuilder::try_new(file)
        .map_err(|error| Error::input(format!("{} is no readable Parquet file: {error}.", path.display())))
}

fn reader(path: &Path, wanted: Option<Vec<usize>>) -> Result<ParquetRecordBatchReader> {
    let mut builder = builder(path)?.with_batch_size(ROWS);
    if let Some(wanted) = wanted {
        let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
        builder = builder.with_projection(mask);
    }
    builder.build().map_err(|error| Error::input(format!("{} is no readable Parquet file: {error}.", path.display())))
}

/// Reads one Parquet file.
pub(crate) fn read(reading: &Reading<'_>, take: &mut Take<'_>) -> Result<ControlFlow<()>> {
    let file = reading.file;
    let path = &file.source.path;
    let wants = |slot: usize| reading.wanted.get(slot).copied().unwrap_or(false);
    let mut places: Vec<usize> =
        file.columns.iter().enumerate().filter(|(slot, _)| wants(*slot)).filter_map(|(_, at)| *at).collect();
    let is_kept = file.number < 0;
    if is_kept {
        places.extend(
            file.header.iter().enumerate().filter(|(_, name)| [LINE, SEQ].contains(&name.as_str())).map(|(at, _)| at),
        );
    }
    places.sort_unstable();
    places.dedup();
    let total = std::fs::metadata(path).map_or(0, |data| data.len());
    let mut rows = 0;
    for batch in reader(path, Some(places.clone()))? {
        let batch = batch.map_err(|error| Error::input(format!("{} cannot be read: {error}.", path.display())))?;
        let column = |slot: usize| {
            let at = file.columns.get(slot).copied().flatten().filter(|_| wants(slot))?;
            Some(batch.column(places.binary_search(&at).ok()?))
        };
        let mut arrays: Vec<ArrayRef> = Vec::new();
        for slot in 0..reading.input.width() {
            arrays.push(match column(slot) {
                Some(values) => blank_is_empty(as_text(values)?, &reading.input.missing),
                None => new_null_array(&DataType::Utf8, batch.num_rows()),
            });
        }
        arrays.push(Arc::new(Int32Array::from_value(file.number, batch.num_rows())));
        // A Parquet file has no lines; rows are counted instead. Kept rows know where they came from.
        let numbers: ArrayRef =
            Arc::new(Int64Array::from_iter_values((1..=batch.num_rows() as i64).map(|row| rows + row)));
        let own =
            |name: &str| batch.column_by_name(name).filter(|_| is_kept).cloned().unwrap_or_else(|| numbers.clone());
        arrays.extend([own(LINE), own(SEQ)]);
        rows += batch.num_rows() as i64;
        if take(Item::Rows(RecordBatch::try_new(reading.input.schema.clone(), arrays)?)).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    reading.bytes.fetch_add(total, Ordering::Relaxed);
    Ok(take(Item::Ended { rows: rows as u64 }))
}

/// Any column as text: numbers with all their digits, times as ISO 8601.
pub(crate) fn as_text(values: &ArrayRef) -> Result<ArrayRef> {
    if can_cast_types(values.data_type(), &DataType::Utf8) {
        return Ok(cast(values, &DataType::Utf8)?);
    }
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(values.as_ref(), &options)?;
    let mut text = StringBuilder::new();
    for row in 0..values.len() {
        if values.is_null(row) {
            text.append_null();
        } else {
            text.append_value(formatter.value(row).to_string());
        }
    }
    Ok(Arc::new(text.finish()))
}

fn blank_is_empty(values: ArrayRef, missing: &[String]) -> ArrayRef {
    let texts = values.as_string::<i32>();
    let empty = |text: &str| is_blank(text) || missing.iter().any(|word| word == text.trim());
    if !texts.iter().flatten().any(empty) {
        return values;
    }
    let kept: datafusion::arrow::array::StringArray =
        texts.iter().map(|text| text.filter(|text| !empty(text))).collect();
    Arc::new(kept)
}

/// The rows numbered `rows` (sorted, from 1) as JSON objects.
pub(crate) fn originals(path: &Path, rows: &[u64], found: &mut dyn FnMut(u64, String)) -> Result<()> {
    let (mut before, mut wanted) = (0u64, rows.iter().copied().peekable());
    for batch in reader(path, None)? {
        let batch = batch?;
        let texts = batch.columns().iter().map(as_text).collect::<Result<Vec<_>>>()?;
        while let Some(row) = wanted.next_if(|row| *row <= before + batch.num_rows() as u64) {
            let at = (row - before) as usize - 1;
            let mut object = serde_json::Map::new();
            for (field, text) in batch.schema().fields().iter().zip(&texts) {
                let text = text.as_string::<i32>();
                let value = if text.is_null(at) { serde_json::Value::Null } else { text.value(at).into() };
                object.insert(field.name().clone(), value);
            }
            found(row, serde_json::Value::Object(object).to_string());
        }
        before += batch.num_rows() as u64;
        if wanted.peek().is_none() {
            break;
        }
    }
    Ok(())
}
