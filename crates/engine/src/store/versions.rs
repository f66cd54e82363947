//! One key's history: the versions a table holds and the staged rows become one chain of versions.
//!
//! Rows arrive sorted by key, time of recording, origin (what the table holds before what is staged) and
//! place in the source. A staged row that says nothing new adds nothing; one that differs begins a new
//! version in which columns its layout does not own keep their value. A version ends where the next begins.

use std::cmp::Ordering;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch, TimestampMicrosecondArray,
    UInt32Array,
};
use datafusion::arrow::array::{DynComparator, make_comparator};
use datafusion::arrow::compute::{SortOptions, take};
use datafusion::arrow::datatypes::{Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType};
use throughline_model::vocabulary::Table;

use super::closings::Closing;
use super::schema::stored_schema;
use super::staging::{FILE, LINE, ORIGIN, RECORD};
use crate::{Error, Result};

/// What became of the rows of a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows with a key that was new.
    pub added: u64,
    /// Rows that replaced an earlier version of the same key.
    pub corrected: u64,
    /// Rows that said what was known already.
    pub unchanged: u64,
    /// Rows that said what an earlier row of the same import had said.
    pub repeated: u64,
    /// Rows older than what is known, by the source's own time of change.
    pub stale: u64,
    /// Rows replaced by a later row of the same import.
    pub superseded: u64,
    /// Rows that left their source: the file without keys that held them came again without them.
    pub withdrawn: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.added += other.added;
        self.corrected += other.corrected;
        self.unchanged += other.unchanged;
        self.repeated += other.repeated;
        self.stale += other.stale;
        self.superseded += other.superseded;
        self.withdrawn += other.withdrawn;
    }
}

/// What a sorted batch of whole keys asks of the table.
pub struct Outcome {
    /// New versions in the stored schema.
    pub inserts: RecordBatch,
    /// Versions that end or go.
    pub closings: Vec<Closing>,
    /// What became of the staged rows.
    pub counts: Counts,
    /// File index and line of rows replaced by a later row of the same import.
    pub superseded: Vec<(i32, i64)>,
}

/// Which columns the rows of a record bring, by position in the stored schema.
pub struct Ownership {
    records: Vec<Vec<bool>>,
    tracked: usize,
}

impl Ownership {
    /// `owned` lists, per record of the layout, the columns it fills.
    pub fn new(table: &Table, owned: &[Vec<String>]) -> Self {
        let stored = stored_schema(table);
        let tracked = stored.fields().len() - 2;
        let records = owned.iter().map(|columns| {
            // Where a row came from follows the record that carries the row's required columns.
            let whole =
                table.columns.iter().filter(|column| column.required).all(|column| columns.contains(&column.name));
            let owns = |name: &String| match name.as_str() {
                "import_id" => true,
                "source" | "source_seq" | "source_updated_at" => whole,
                name => columns.iter().any(|column| column == name) || table.key.iter().any(|key| key == name),
            };
            stored.fields().iter().take(tracked).map(|field| owns(field.name())).collect()
        });
        Ownership { records: records.collect(), tracked }
    }

    fn owns(&self, record: i16, column: usize) -> bool {
        let record = usize::try_from(record).ok().and_then(|record| self.records.get(record));
        record.and_then(|columns| columns.get(column)).copied().unwrap_or(true)
    }
}

enum Source {
    Existing,
    Staged { record: i16, cells: Vec<u32> },
}

struct Version {
    row: usize,
    recorded_at: i64,
    source: Source,
}

struct Columns<'a> {
    comparators: Vec<DynComparator>,
    recorded_at: &'a TimestampMicrosecondArray,
    recorded_until: &'a TimestampMicrosecondArray,
    updated_at: &'a TimestampMicrosecondArray,
    updated_column: usize,
    origin: &'a Int8Array,
    record: &'a Int16Array,
    file: &'a Int32Array,
    line: &'a Int64Array,
}

fn named<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef> {
    batch.column_by_name(name).ok_or_else(|| Error::internal(format!("staged rows have no column {name}")))
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch, tracked: usize) -> Result<Self> {
        let comparator = |column: &ArrayRef| make_comparator(column, column, SortOptions::default());
        Ok(Columns {
            comparators: batch.columns().iter().take(tracked).map(comparator).collect::<std::result::Result<_, _>>()?,
            recorded_at: named(batch, "recorded_at")?.as_primitive::<TimestampMicrosecondType>(),
            recorded_until: named(batch, "recorded_until")?.as_primitive::<TimestampMicrosecondType>(),
            updated_at: named(batch, "source_updated_at")?.as_primitive::<TimestampMicrosecondType>(),
            updated_column: batch.schema().index_of("source_updated_at")?,
            origin: named(batch, ORIGIN)?.as_primitive::<Int8Type>(),
            record: named(batch, RECORD)?.as_primitive::<Int16Type>(),
            file: named(batch, FILE)?.as_primitive::<Int32Type>(),
            line: named(batch, LINE)?.as_primitive::<Int64Type>(),
        })
    }

    fn staged(&self, row: usize) -> bool {
        self.origin.is_valid(row) && self.origin.value(row) == 1
    }
    fn until(&self, row: usize) -> Option<i64> {
        self.recorded_until.is_valid(row).then(|| self.recorded_until.value(row))
    }
    fn differs(&self, column: usize, left: usize, right: usize) -> bool {
        self.comparators.get(column).is_some_and(|compare| compare(left, right) != Ordering::Equal)
    }
}

/// Walks sorted rows of whole keys.
pub struct Walk<'a> {
    table: &'a Table,
    batch: &'a RecordBatch,
    columns: Columns<'a>,
    ownership: &'a Ownership,
    business: usize,
    counts: Counts,
    superseded: Vec<(i32, i64)>,
    inserted: Vec<Version>,
    inserted_until: Vec<Option<i64>>,
    closed: Vec<(u32, Option<i64>, bool)>,
}

impl<'a> Walk<'a> {
    /// A walk over `batch` in the staged schema of `table`.
    pub fn new(table: &'a Table, batch: &'a RecordBatch, ownership: &'a Ownership) -> Result<Self> {
        let columns = Columns::of(batch, ownership.tracked)?;
        Ok(Walk {
            table,
            batch,
            columns,
            ownership,
            business: table.columns.len(),
            counts: Counts::default(),
            superseded: Vec::new(),
            inserted: Vec::new(),
            inserted_until: Vec::new(),
            closed: Vec::new(),
        })
    }

    /// Whether two rows belong to the same key.
    pub fn same_key(&self, left: usize, right: usize) -> Result<bool> {
        for name in &self.table.key {
            if self.columns.differs(self.batch.schema().index_of(name)?, left, right) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Walks all keys; the rows after the last complete key are left when `more` is to come. Returns how
    /// many rows were used and what they ask of the table.
    pub fn run(mut self, more: bool) -> Result<(usize, Outcome)> {
        let rows = self.batch.num_rows();
        let mut start = 0;
        while start < rows {
            let mut end = start + 1;
            while end < rows && self.same_key(start, end)? {
                end += 1;
            }
            if end == rows && more {
                break;
            }
            self.key(start, end);
            start = end;
        }
        Ok((start, self.outcome()?))
    }

    fn key(&mut self, start: usize, end: usize) {
        let mut versions: Vec<Version> = Vec::with_capacity(end - start);
        let mut cells: Vec<u32> = Vec::new();
        for row in start..end {
            if self.columns.staged(row) {
                self.staged(row, &mut versions, &mut cells);
            } else {
                cells = vec![row as u32; self.ownership.tracked];
                let recorded_at = self.columns.recorded_at.value(row);
                versions.push(Version { row, recorded_at, source: Source::Existing });
            }
        }
        self.chain(versions);
    }

    fn staged(&mut self, row: usize, versions: &mut Vec<Version>, cells: &mut Vec<u32>) {
        let record = self.columns.record.value(row);
        let recorded_at = self.columns.recorded_at.value(row);
        let ended = versions.last().and_then(|last| match last.source {
            Source::Existing => self.columns.until(last.row),
            Source::Staged { .. } => None,
        });
        let withdrawn = ended.is_some_and(|until| until <= recorded_at);
        if cells.is_empty() {
            *cells = vec![row as u32; self.ownership.tracked];
            self.counts.added += 1;
            versions.push(Version { row, recorded_at, source: Source::Staged { record, cells: cells.clone() } });
            return;
        }
        if self.stale(row, cells) {
            self.counts.stale += 1;
            return;
        }
        let owns = |column: usize| self.ownership.owns(record, column);
        let differs = |column: usize| owns(column) && self.columns.differs(column, row, cells[column] as usize);
        if !withdrawn && !(0..self.business).any(differs) {
            match versions.last().map(|last| &last.source) {
                Some(Source::Staged { .. }) => self.counts.repeated += 1,
                _ => self.counts.unchanged += 1,
            }
            return;
        }
        let merged: Vec<u32> =
            cells.iter().enumerate().map(|(column, cell)| if owns(column) { row as u32 } else { *cell }).collect();
        self.replace(row, record, recorded_at, merged.clone(), versions);
        *cells = merged;
    }

    /// Adds a version, or takes the place of the one recorded at the same instant.
    fn replace(&mut self, row: usize, record: i16, recorded_at: i64, cells: Vec<u32>, versions: &mut Vec<Version>) {
        if versions.last().is_some_and(|last| last.recorded_at == recorded_at) {
            let last = versions.pop();
            match last.as_ref().map(|last| (&last.source, last.row)) {
                Some((Source::Existing, existing)) => {
                    self.closed.push((existing as u32, None, true));
                    self.counts.corrected += 1;
                }
                Some((Source::Staged { record: earlier, .. }, earlier_row)) if *earlier == record => {
                    self.counts.superseded += 1;
                    self.superseded.push((self.columns.file.value(earlier_row), self.columns.line.value(earlier_row)));
                }
                _ => {}
            }
        } else {
            self.counts.corrected += 1;
        }
        versions.push(Version { row, recorded_at, source: Source::Staged { record, cells } });
    }

    fn stale(&self, row: usize, cells: &[u32]) -> bool {
        let updated = self.columns.updated_at;
        let Some(known) = cells.get(self.columns.updated_column).map(|cell| *cell as usize) else { return false };
        updated.is_valid(row) && updated.is_valid(known) && updated.value(row) < updated.value(known)
    }

    fn chain(&mut self, versions: Vec<Version>) {
        let starts: Vec<i64> = versions.iter().map(|version| version.recorded_at).collect();
        for (place, version) in versions.into_iter().enumerate() {
            let next = starts.get(place + 1).copied();
            match version.source {
                Source::Existing => {
                    let stored = self.columns.until(version.row);
                    let until = match (stored, next) {
                        (Some(stored), Some(next)) => Some(stored.min(next)),
                        (stored, next) => stored.or(next),
                    };
                    if until != stored {
                        self.closed.push((version.row as u32, until, false));
                    }
                }
                Source::Staged { .. } => {
                    self.inserted.push(version);
                    self.inserted_until.push(next);
                }
            }
        }
    }

    fn outcome(self) -> Result<Outcome> {
        let inserts = self.inserts()?;
        let closings = self.closings();
        Ok(Outcome { inserts, closings, counts: self.counts, superseded: self.superseded })
    }

    fn inserts(&self) -> Result<RecordBatch> {
        let mut columns: Vec<ArrayRef> = Vec::new();
        for column in 0..self.ownership.tracked {
            let cells: UInt32Array = self
                .inserted
                .iter()
                .map(|version| match &version.source {
                    Source::Staged { cells, .. } => cells.get(column).copied(),
                    Source::Existing => None,
                })
                .collect();
            columns.push(take(self.batch.column(column), &cells, None)?);
        }
        let recorded_at: Vec<i64> = self.inserted.iter().map(|version| version.recorded_at).collect();
        columns.push(Arc::new(TimestampMicrosecondArray::from(recorded_at).with_timezone("UTC")));
        columns.push(Arc::new(TimestampMicrosecondArray::from(self.inserted_until.clone()).with_timezone("UTC")));
        Ok(RecordBatch::try_new(stored_schema(self.table), columns)?)
    }

    fn closings(&self) -> Vec<Closing> {
        let closing = |(row, until, drop): &(u32, Option<i64>, bool)| Closing {
            file: self.columns.file.value(*row as usize),
            row: self.columns.line.value(*row as usize),
            until: *until,
            drop: *drop,
        };
        self.closed.iter().map(closing).collect()
    }
}
