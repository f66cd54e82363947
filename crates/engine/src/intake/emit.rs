//! From a batch of raw rows to typed rows of a standard table.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int16Array, Int64Array, StringArray};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, Int64Type, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use throughline_model::vocabulary::Table;

use super::compile::{Bound, BoundRecord, Value};
use super::evaluate::{evaluate, filter_columns};
use super::raw::input::{FILE, LINE, SEQ};
use super::rejects::Pending;
use super::row_key::RowKeys;
use super::typing::column::ColumnReader;
use super::typing::problems::{Problems, Remarks};
use super::typing::rules;
use crate::store::nulls::nulls;
use crate::store::schema::{data_type, instant};
use crate::{Error, Result};

/// Typed rows and what was set aside.
#[derive(Debug, Default)]
pub(crate) struct Mapped {
    /// Rows of the standard table.
    pub(crate) rows: Vec<RecordBatch>,
    /// Rows set aside.
    pub(crate) rejects: Vec<Pending>,
    /// Remarks with the number of the file.
    pub(crate) remarks: Vec<(i32, super::typing::problems::Remark)>,
}

/// Maps the batches of one record, in their order.
#[derive(Debug)]
pub(crate) struct Mapper {
    record: BoundRecord,
    number: i16,
    ignore_recorded_at: bool,
    keys: Option<RowKeys>,
    schema: SchemaRef,
    /// The source of every row, many times over.
    source: ArrayRef,
}

/// Rows for which the source is written in advance.
const SOURCES: usize = 1 << 15;

impl Mapper {
    /// `number` is what `_record` says. `file_column` is the place of the file's number in raw batches.
    pub(crate) fn new(record: BoundRecord, number: i16, file_column: usize, ignore_recorded_at: bool) -> Self {
        let keys = record.key.as_ref().map(|(columns, _)| RowKeys::new(columns.clone(), file_column));
        let schema = emitted_schema(record.table);
        let source = Arc::new(StringArray::from_iter_values(std::iter::repeat_n(&record.layout.id, SOURCES)));
        Mapper { record, number, ignore_recorded_at, keys, schema, source }
    }

    /// The standard table.
    pub(crate) fn table(&self) -> &'static Table {
        self.record.table
    }

    /// The record.
    pub(crate) fn record(&self) -> &BoundRecord {
        &self.record
    }

    /// Whether rows get keys by their content, which depend on the rows before them.
    pub(crate) fn makes_keys(&self) -> bool {
        self.keys.is_some()
    }

    /// Maps one batch.
    pub(crate) fn map(&mut self, raw: &RecordBatch) -> Result<Mapped> {
        let keys = self.keys.as_mut().map(|keys| keys.next(raw)).transpose()?;
        self.map_with(raw, keys)
    }

    /// Maps one batch, whose rows have these keys where their record makes keys.
    pub(crate) fn map_with(&self, raw: &RecordBatch, keys: Option<ArrayRef>) -> Result<Mapped> {
        let mut mapped = Mapped::default();
        let (raw, keys) = self.filtered(raw, keys, &mut mapped)?;
        if raw.num_rows() == 0 {
            return Ok(mapped);
        }
        let mut problems = Problems::default();
        let mut remarks = Remarks::default();
        let mut base = vec![None; self.record.table.columns.len()];
        if let (Some(keys), Some((_, place))) = (keys, &self.record.key) {
            set(&mut base, *place, keys);
        }
        for bound in &self.record.base {
            let values = read(bound, &raw, &mut problems, &mut remarks)?;
            require(bound, &values, &mut problems);
            if let Some(place) = bound.place {
                set(&mut base, place, values);
            }
        }
        let system = self.system(&raw, &mut problems, &mut remarks)?;
        self.note_remarks(&raw, &remarks, &mut mapped)?;
        if self.record.each.is_empty() {
            rules::check(self.record.table, &base, &mut problems);
            self.put(&raw, base, &system, None, &problems, &mut mapped)?;
        } else {
            for index in 0..self.record.each.len() {
                self.element(index, &raw, &base, &system, &problems, &mut mapped)?;
            }
        }
        self.set_aside(&raw, &problems, &mut mapped)?;
        Ok(mapped)
    }

    fn filtered(
        &self,
        raw: &RecordBatch,
        keys: Option<ArrayRef>,
        mapped: &mut Mapped,
    ) -> Result<(RecordBatch, Option<ArrayRef>)> {
        let Some(filter) = &self.record.filter else { return Ok((raw.clone(), keys)) };
        let mut problems = Problems::default();
        let mask = evaluate(filter, raw, None, &mut problems)?;
        let mask = mask.as_boolean_opt().ok_or_else(|| Error::internal("a filter gave no flags"))?;
        self.set_aside(raw, &problems, mapped)?;
        let keys = keys.map(|keys| datafusion::arrow::compute::filter(&keys, mask)).transpose()?;
        let used = |place: usize| self.record.used.contains(&place);
        Ok((filter_columns(raw, mask, &used)?, keys))
    }

    fn element(
        &self,
        index: usize,
        raw: &RecordBatch,
        base: &[Option<ArrayRef>],
        system: &System,
        before: &Problems,
        mapped: &mut Mapped,
    ) -> Result<()> {
        let mut columns = base.to_vec();
        let (mut problems, mut remarks) = (Problems::default(), Remarks::default());
        let mut skip = vec![false; raw.num_rows()];
        for bound in self.record.each.get(index).into_iter().flatten() {
            let values = read(bound, raw, &mut problems, &mut remarks)?;
            if needed(self.record.table, bound) {
                for (row, skip) in skip.iter_mut().enumerate() {
                    *skip |= values.is_null(row) && !problems.has(row);
                }
            }
            if let Some(place) = bound.place {
                set(&mut columns, place, values);
            }
        }
        rules::check(self.record.table, &columns, &mut problems);
        self.note_remarks(raw, &remarks, mapped)?;
        for (row, skip) in skip.iter_mut().enumerate() {
            *skip |= before.has(row);
        }
        let elements = self.record.each.len() as i64;
        self.put(raw, columns, &system.spread(elements, index as i64), Some(&skip), &problems, mapped)?;
        self.set_aside(raw, &problems, mapped)
    }

    fn system(&self, raw: &RecordBatch, problems: &mut Problems, remarks: &mut Remarks) -> Result<System> {
        let mut value =
            |bound: &Option<Bound>| bound.as_ref().map(|bound| read(bound, raw, problems, remarks)).transpose();
        let own = value(&self.record.source_seq)?;
        let updated = value(&self.record.source_updated_at)?;
        let recorded = if self.ignore_recorded_at { None } else { value(&self.record.recorded_at)? };
        let place = integers(raw, SEQ)?;
        let own = own.as_ref().and_then(|own| own.as_primitive_opt::<Int64Type>());
        let seq = (0..raw.num_rows()).map(|row| match own {
            Some(own) if own.is_valid(row) => own.value(row),
            _ => place.value(row),
        });
        let none = || nulls(&instant(), raw.num_rows());
        Ok(System {
            seq: Int64Array::from_iter_values(seq),
            own_seq: own.is_some(),
            updated: updated.unwrap_or_else(none),
            recorded: recorded.unwrap_or_else(none),
        })
    }

    /// Adds the rows without problems.
    fn put(
        &self,
        raw: &RecordBatch,
        columns: Vec<Option<ArrayRef>>,
        system: &System,
        skip: Option<&[bool]>,
        problems: &Problems,
        mapped: &mut Mapped,
    ) -> Result<()> {
        let rows = raw.num_rows();
        let described = self.record.table.columns.iter().zip(columns);
        let mut arrays: Vec<ArrayRef> =
            described.map(|(column, values)| values.unwrap_or_else(|| nulls(&data_type(column.kind), rows))).collect();
        arrays.extend([
            repeated(&self.source, rows),
            Arc::new(system.seq.clone()),
            system.updated.clone(),
            system.recorded.clone(),
        ]);
        arrays.push(Arc::new(Int16Array::from_value(self.number, rows)));
        arrays.extend([named(raw, FILE)?, named(raw, LINE)?]);
        let batch = RecordBatch::try_new(self.schema.clone(), arrays)?;
        let skips = |row: usize| skip.is_some_and(|skip| skip.get(row).copied().unwrap_or(false));
        let batch = if problems.is_empty() && skip.is_none_or(|skip| !skip.contains(&true)) {
            batch
        } else {
            let keep: BooleanArray = (0..rows).map(|row| Some(!problems.has(row) && !skips(row))).collect();
            filter_record_batch(&batch, &keep)?
        };
        if batch.num_rows() > 0 {
            mapped.rows.push(batch);
        }
        Ok(())
    }

    fn set_aside(&self, raw: &RecordBatch, problems: &Problems, mapped: &mut Mapped) -> Result<()> {
        if !problems.is_empty() {
            mapped.rejects.extend(pending(raw, &self.record.table.name, problems)?);
        }
        Ok(())
    }

    fn note_remarks(&self, raw: &RecordBatch, remarks: &Remarks, mapped: &mut Mapped) -> Result<()> {
        if !remarks.0.is_empty() {
            let named = named(raw, FILE)?;
            let files =
                named.as_primitive_opt::<Int32Type>().ok_or_else(|| Error::internal("file numbers are missing"))?;
            mapped.remarks.extend(remarks.0.iter().map(|(row, remark)| (files.value(*row), *remark)));
        }
        Ok(())
    }
}

/// Problems as rejects that still lack their original text.
pub(crate) fn pending(raw: &RecordBatch, table: &str, problems: &Problems) -> Result<Vec<Pending>> {
    let named = named(raw, FILE)?;
    let files = named.as_primitive_opt::<Int32Type>().ok_or_else(|| Error::internal("file numbers are missing"))?;
    let lines = integers(raw, LINE)?;
    let one = |(row, column, reason): (usize, Option<&str>, &str)| Pending {
        file: files.value(row),
        line: lines.value(row).max(0) as u64,
        table: Some(table.to_owned()),
        column: column.map(str::to_owned),
        reason: reason.to_owned(),
    };
    Ok(problems.iter().map(one).collect())
}

/// Columns that the system adds to each row.
struct System {
    seq: Int64Array,
    own_seq: bool,
    updated: ArrayRef,
    recorded: ArrayRef,
}

impl System {
    /// The rows made of one row are told apart, so that their order is known.
    fn spread(&self, elements: i64, index: i64) -> System {
        let seq = if self.own_seq {
            self.seq.clone()
        } else {
            Int64Array::from_iter_values(self.seq.values().iter().map(|seq| seq * elements + index))
        };
        System { seq, own_seq: self.own_seq, updated: self.updated.clone(), recorded: self.recorded.clone() }
    }
}

/// The columns of rows as they are handed to the sink.
pub(crate) fn emitted_schema(table: &Table) -> SchemaRef {
    let mut fields: Vec<Field> =
        table.columns.iter().map(|column| Field::new(&column.name, data_type(column.kind), true)).collect();
    fields.extend([
        Field::new("source", DataType::Utf8, true),
        Field::new("source_seq", DataType::Int64, true),
        Field::new("source_updated_at", instant(), true),
        Field::new("recorded_at", instant(), true),
        Field::new("_record", DataType::Int16, true),
        Field::new(FILE, DataType::Int32, true),
        Field::new(LINE, DataType::Int64, true),
    ]);
    Arc::new(Schema::new(fields))
}

/// The first `rows` of a column that says the same in every row; made anew where it has too few.
fn repeated(column: &ArrayRef, rows: usize) -> ArrayRef {
    if rows <= column.len() {
        return column.slice(0, rows);
    }
    let text = column.as_string_opt::<i32>().map(|texts| texts.value(0)).unwrap_or_default();
    Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, rows)))
}

fn set(columns: &mut [Option<ArrayRef>], place: usize, values: ArrayRef) {
    if let Some(column) = columns.get_mut(place) {
        *column = Some(values);
    }
}

fn needed(table: &Table, bound: &Bound) -> bool {
    let name = &bound.reader.name;
    table.key.contains(name) || table.column(name).is_some_and(|column| column.required)
}

fn require(bound: &Bound, values: &ArrayRef, problems: &mut Problems) {
    if bound.reader.required && values.null_count() > 0 {
        for row in (0..values.len()).filter(|row| values.is_null(*row)) {
            problems.push(row, Some(&bound.reader.name), "is empty");
        }
    }
}

/// Values of a bound column, read.
pub(crate) fn read(
    bound: &Bound,
    raw: &RecordBatch,
    problems: &mut Problems,
    remarks: &mut Remarks,
) -> Result<ArrayRef> {
    let rows = raw.num_rows();
    match &bound.value {
        Value::Absent => Ok(nulls(&data_type(bound.reader.kind), rows)),
        Value::Constant(text) => constant(&bound.reader, text, rows, problems),
        Value::Column(place) => bound.reader.read(raw.column(*place), problems, remarks),
        Value::Expr(expr) => {
            let values = evaluate(expr, raw, Some(&bound.reader.name), problems)?;
            bound.reader.read(&values, problems, remarks)
        }
    }
}

fn constant(reader: &ColumnReader, text: &str, rows: usize, problems: &mut Problems) -> Result<ArrayRef> {
    let mut own = Problems::default();
    let one = reader.read_text(&StringArray::from(vec![text]), &mut own, &mut Remarks::default());
    if let Some((_, column, reason)) = own.iter().next() {
        (0..rows).for_each(|row| problems.push(row, column, reason));
    }
    let value = datafusion::common::ScalarValue::try_from_array(&one, 0)?;
    Ok(value.to_array_of_size(rows)?)
}

pub(crate) fn named(raw: &RecordBatch, name: &str) -> Result<ArrayRef> {
    raw.column_by_name(name).cloned().ok_or_else(|| Error::internal(format!("raw rows have no {name}")))
}

/// A column of whole numbers.
pub(crate) fn integers(raw: &RecordBatch, name: &str) -> Result<Int64Array> {
    let column = named(raw, name)?;
    column
        .as_primitive_opt::<Int64Type>()
        .cloned()
        .ok_or_else(|| Error::internal(format!("{name} holds no whole numbers")))
}
