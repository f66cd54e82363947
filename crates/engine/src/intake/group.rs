//! Records that make one row of several: values are read line by line where they are added or compared (so that a
//! bad line is named), then grouped by DataFusion, which spills what does not fit in memory.

use std::fmt;
use std::sync::{Arc, Mutex};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StringArray};
use datafusion::arrow::compute::{cast, filter_record_batch};
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::functions_aggregate::expr_fn::{count, first_value, last_value, max, min, sum};
use datafusion::logical_expr::{Expr, ExprFunctionExt};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::prelude::{SessionContext, ident};
use futures::StreamExt;
use throughline_model::layout::Aggregate;
use throughline_model::vocabulary::ColumnType;

use super::compile::{Bound, BoundRecord, Value};
use super::emit::{integers, named, pending, read};
use super::evaluate::evaluate;
use super::lookup::file_order;
use super::raw::input::{FILE, LINE, SEQ};
use super::raw::parquet::as_text;
use super::rejects::Pending;
use super::typing::problems::{Problems, Remarks};
use crate::store::schema::data_type;
use crate::{Error, Result};

const BAD: &str = "_bad";
/// Parts of a problem that travels through the grouping.
const PART: char = '\u{1f}';

/// Rejects found while lines are prepared.
pub(crate) type Found = Arc<Mutex<Vec<Pending>>>;

/// The lines of a record before they are grouped.
#[derive(Debug)]
pub(crate) struct Grouping {
    record: BoundRecord,
    groups: Vec<usize>,
    schema: SchemaRef,
    found: Found,
}

fn cells(record: &BoundRecord) -> Vec<&Bound> {
    let system = [&record.source_seq, &record.source_updated_at, &record.recorded_at];
    record.columns().chain(system.into_iter().flatten()).collect()
}

/// Whether a value must be read before lines are grouped.
fn read_first(bound: &Bound) -> bool {
    let compared = matches!(bound.map.aggregate, Some(Aggregate::Sum | Aggregate::Min | Aggregate::Max));
    compared && !matches!(bound.reader.kind, ColumnType::Text | ColumnType::Json)
}

fn value_name(index: usize) -> String {
    format!("v{index}")
}

impl Grouping {
    /// `groups`: places of the columns that make lines one row.
    pub(crate) fn new(record: BoundRecord, groups: Vec<usize>) -> Self {
        let mut fields: Vec<Field> =
            (0..groups.len()).map(|index| Field::new(format!("g{index}"), DataType::Utf8, true)).collect();
        for (index, bound) in cells(&record).into_iter().enumerate() {
            let kind = if read_first(bound) { data_type(bound.reader.kind) } else { DataType::Utf8 };
            fields.push(Field::new(value_name(index), kind, true));
        }
        fields.push(Field::new(BAD, DataType::Utf8, true));
        fields.push(Field::new(FILE, DataType::Int32, true));
        fields.push(Field::new(LINE, DataType::Int64, true));
        fields.push(Field::new(SEQ, DataType::Int64, true));
        Grouping { record, groups, schema: Arc::new(Schema::new(fields)), found: Arc::default() }
    }

    /// Lines that were set aside so far.
    pub(crate) fn found(&self) -> Found {
        self.found.clone()
    }

    /// The record as it reads the grouped rows.
    pub(crate) fn grouped_record(&self) -> BoundRecord {
        let mut record = self.record.clone();
        record.filter = None;
        let mut index = 0;
        let mut rebind = |bound: &mut Bound| {
            bound.value = Value::Column(index);
            index += 1;
        };
        record.base.iter_mut().chain(record.each.iter_mut().flatten()).for_each(&mut rebind);
        let system = [&mut record.source_seq, &mut record.source_updated_at, &mut record.recorded_at];
        system.into_iter().flatten().for_each(&mut rebind);
        record
    }

    /// Prepares one batch of raw rows.
    fn prepare(&self, raw: &RecordBatch) -> Result<RecordBatch> {
        let raw = self.usable(raw)?;
        let mut problems = Problems::default();
        let mut arrays: Vec<ArrayRef> = self.groups.iter().map(|at| as_text(raw.column(*at))).collect::<Result<_>>()?;
        for bound in cells(&self.record) {
            arrays.push(self.cell(bound, &raw, &mut problems)?);
        }
        let (files, lines) = (named(&raw, FILE)?, integers(&raw, LINE)?);
        let files_of =
            files.as_primitive_opt::<Int32Type>().ok_or_else(|| Error::internal("file numbers are missing"))?;
        let mut bad: Vec<Option<String>> = vec![None; raw.num_rows()];
        for (row, column, reason) in problems.iter() {
            if let Some(bad) = bad.get_mut(row) {
                let column = column.unwrap_or_default();
                *bad = Some(format!("{}{PART}{}{PART}{column}{PART}{reason}", files_of.value(row), lines.value(row)));
            }
        }
        arrays.push(Arc::new(StringArray::from(bad)));
        arrays.extend([files.clone(), Arc::new(lines) as ArrayRef, Arc::new(integers(&raw, SEQ)?)]);
        Ok(RecordBatch::try_new(self.schema.clone(), arrays)?)
    }

    /// Rows that pass the filter and belong to a group; others without a group are set aside.
    fn usable(&self, raw: &RecordBatch) -> Result<RecordBatch> {
        let mut problems = Problems::default();
        let mut keep = vec![true; raw.num_rows()];
        if let Some(filter) = &self.record.filter {
            let mask = evaluate(filter, raw, None, &mut problems)?;
            let mask = mask.as_boolean_opt().ok_or_else(|| Error::internal("a filter gave no flags"))?;
            keep.iter_mut().enumerate().for_each(|(row, keep)| *keep = mask.is_valid(row) && mask.value(row));
        }
        for at in &self.groups {
            for row in (0..raw.num_rows()).filter(|row| raw.column(*at).is_null(*row)) {
                if keep.get(row).copied().unwrap_or(false) {
                    problems.push(row, None, format!("{} is empty", raw.schema().field(*at).name()));
                }
            }
        }
        if !problems.is_empty()
            && let Ok(mut found) = self.found.lock()
        {
            found.extend(pending(raw, &self.record.table.name, &problems)?);
        }
        let mask: BooleanArray = keep.iter().enumerate().map(|(row, keep)| Some(*keep && !problems.has(row))).collect();
        Ok(filter_record_batch(raw, &mask)?)
    }

    fn cell(&self, bound: &Bound, raw: &RecordBatch, problems: &mut Problems) -> Result<ArrayRef> {
        if read_first(bound) {
            return read(bound, raw, problems, &mut Remarks::default());
        }
        let rows = raw.num_rows();
        match &bound.value {
            Value::Absent => Ok(datafusion::arrow::array::new_null_array(&DataType::Utf8, rows)),
            Value::Constant(text) => Ok(Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, rows)))),
            Value::Column(at) => as_text(raw.column(*at)),
            Value::Expr(expr) => as_text(&evaluate(expr, raw, Some(&bound.reader.name), problems)?),
        }
    }

    /// Groups the lines; rows come in the order of their first line.
    pub(crate) async fn run(
        self: Arc<Self>,
        session: &SessionContext,
        lines: SendableRecordBatchStream,
    ) -> Result<SendableRecordBatchStream> {
        let this = self.clone();
        let prepared = lines.map(move |batch| this.prepare(&batch?).map_err(Into::into));
        let prepared: SendableRecordBatchStream =
            Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), prepared));
        let once = Once { schema: self.schema.clone(), stream: Mutex::new(Some(prepared)) };
        let table = StreamingTable::try_new(self.schema.clone(), vec![Arc::new(once)])?;
        let groups = (0..self.groups.len()).map(|index| ident(format!("g{index}"))).collect();
        let mut names: Vec<String> = Vec::new();
        let mut values: Vec<Expr> = Vec::new();
        for (index, bound) in cells(&self.record).into_iter().enumerate() {
            let name = value_name(index);
            values.push(aggregate(ident(&name), bound.map.aggregate)?.alias(&name));
            names.push(name);
        }
        values.push(min(ident(BAD)).alias(BAD));
        values.push(min(ident(FILE)).alias(FILE));
        values.push(first_value(ident(LINE), file_order()).alias(LINE));
        values.push(first_value(ident(SEQ), file_order()).alias(SEQ));
        names.extend([BAD, FILE, LINE, SEQ].map(str::to_owned));
        let grouped = session.read_table(Arc::new(table))?.aggregate(groups, values)?;
        let grouped = grouped.select(names.iter().map(ident))?.sort(file_order())?;
        Ok(grouped.execute_stream().await?)
    }
}

fn aggregate(value: Expr, how: Option<Aggregate>) -> Result<Expr> {
    let present = value.clone().is_not_null();
    Ok(match how {
        None | Some(Aggregate::First) => first_value(value, file_order()).filter(present).build()?,
        Some(Aggregate::Last) => last_value(value, file_order()).filter(present).build()?,
        Some(Aggregate::Sum) => sum(value),
        Some(Aggregate::Min) => min(value),
        Some(Aggregate::Max) => max(value),
        Some(Aggregate::Count) => count(value),
    })
}

/// Takes groups with a bad line out of a batch of grouped rows.
pub(crate) fn split_bad(batch: &RecordBatch, table: &str) -> Result<(RecordBatch, Vec<Pending>)> {
    let bad = cast(&named(batch, BAD)?, &DataType::Utf8)?;
    let bad = bad.as_string::<i32>();
    if bad.null_count() == bad.len() {
        return Ok((batch.clone(), Vec::new()));
    }
    let mut rejects = Vec::new();
    for text in bad.iter().flatten() {
        let mut parts = text.splitn(4, PART);
        let mut part = || parts.next().unwrap_or_default().to_owned();
        let (file, line, column, reason) = (part(), part(), part(), part());
        rejects.push(Pending {
            file: file.parse().unwrap_or_default(),
            line: line.parse().unwrap_or_default(),
            table: Some(table.to_owned()),
            column: (!column.is_empty()).then_some(column),
            reason,
        });
    }
    let good: BooleanArray = (0..bad.len()).map(|row| Some(bad.is_null(row))).collect();
    Ok((filter_record_batch(batch, &good)?, rejects))
}

/// A stream as a table that can be read once.
struct Once {
    schema: SchemaRef,
    stream: Mutex<Option<SendableRecordBatchStream>>,
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl PartitionStream for Once {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        match self.stream.lock().ok().and_then(|mut stream| stream.take()) {
            Some(stream) => stream,
            None => {
                let error = Error::internal("lines to be grouped were asked for twice");
                let failed = futures::stream::once(async move { Err(error.into()) });
                Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), failed))
            }
        }
    }
}
