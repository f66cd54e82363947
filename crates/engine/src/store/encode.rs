//! Rows into Parquet: row groups are encoded on all cores and written in their order, so that the same rows make the
//! same bytes.

use std::collections::{HashSet, VecDeque};
use std::fs::File;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::file::writer::SerializedFileWriter;
use datafusion::parquet::schema::types::ColumnPath;
use throughline_model::vocabulary::{ColumnType, Table};

use super::parquet_files::append_group;
use super::schema::stored_schema;
use crate::{Error, Result};

/// Rows of a row group.
const GROUP_ROWS: usize = 131_072;
/// Bytes of rows at which a row group is full before that.
const GROUP_BYTES: usize = 64 << 20;
/// Texts at the beginning of a row group that tell whether a dictionary is worth its while.
const SAMPLE: usize = 4_096;
/// Rows of a file.
pub(crate) const FILE_ROWS: usize = 16 * GROUP_ROWS;

pub(crate) fn wrong(error: ParquetError) -> Error {
    Error::internal(error.to_string())
}

/// How the rows of a table are written.
pub(crate) fn writer_properties(table: &Table) -> WriterProperties {
    properties(table, true)
}

fn properties(table: &Table, dictionaries: bool) -> WriterProperties {
    let level = ZstdLevel::try_new(1).unwrap_or_default();
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level));
    let mut properties = properties.set_dictionary_enabled(dictionaries);
    let column = |name: &str| ColumnPath::from(name.to_owned());
    // Dictionaries are of no use where hardly any value comes twice; neighbouring times and numbers are close.
    if let [key] = table.key.as_slice() {
        properties = properties.set_column_dictionary_enabled(column(key), false);
    }
    // Least and greatest texts lead nobody anywhere but where rows are looked up by key, or those of one import are.
    let texts = stored_schema(table);
    let texts = texts.fields().iter().filter(|field| *field.data_type() == DataType::Utf8);
    for name in texts.map(|field| field.name()).filter(|name| !table.key.contains(name) && *name != "import_id") {
        properties = properties.set_column_statistics_enabled(column(name), EnabledStatistics::None);
    }
    let instants = table.columns.iter().filter(|column| column.kind == ColumnType::Instant);
    for name in instants.map(|column| column.name.as_str()).chain(["source_seq", "source_updated_at"]) {
        properties = properties
            .set_column_dictionary_enabled(column(name), false)
            .set_column_encoding(column(name), Encoding::DELTA_BINARY_PACKED);
    }
    properties.build()
}

/// Limits how many row groups are encoded at a time, in the whole program.
struct Slots {
    free: Mutex<Option<usize>>,
    freed: Condvar,
}

static SLOTS: Slots = Slots { free: Mutex::new(None), freed: Condvar::new() };

/// The right to encode one row group.
struct Slot;

impl Slots {
    fn take(&self) -> Slot {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let left = free.get_or_insert_with(|| std::thread::available_parallelism().map_or(1, usize::from) + 1);
            if *left > 0 {
                *left -= 1;
                return Slot;
            }
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(free) = SLOTS.free.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            *free += 1;
        }
        SLOTS.freed.notify_one();
    }
}

/// Row groups of one table in the making. `P` is what else is made of each batch.
pub(crate) struct Encoder<P> {
    columns: Arc<Columns>,
    prepare: Arc<Prepare<P>>,
    group: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
    pending: VecDeque<JoinHandle<Result<Group<P>>>>,
}

/// Brings a batch into the stored schema, on the thread that encodes it.
pub(crate) type Prepare<P> = dyn Fn(&RecordBatch) -> Result<(RecordBatch, P)> + Send + Sync;

/// An encoded row group.
pub(crate) struct Group<P> {
    /// Its columns.
    pub(crate) columns: Vec<ArrowColumnChunk>,
    /// How many rows it has.
    pub(crate) rows: usize,
    /// What else was made of its batches.
    pub(crate) parts: Vec<P>,
}

impl<P: Send + 'static> Encoder<P> {
    /// For rows of `table`.
    pub(crate) fn new(table: &Table, prepare: Arc<Prepare<P>>) -> Result<Self> {
        let (group, pending) = (Vec::new(), VecDeque::new());
        Ok(Encoder { columns: Arc::new(Columns::new(table)?), prepare, group, rows: 0, bytes: 0, pending })
    }

    /// Adds rows; `take` gets the row groups that are ready, in their order.
    pub(crate) fn write(&mut self, batch: &RecordBatch, take: &mut dyn FnMut(Group<P>) -> Result<()>) -> Result<()> {
        let mut rest = batch.clone();
        while rest.num_rows() > 0 {
            let fits = rest.num_rows().min(GROUP_ROWS - self.rows);
            let part = rest.slice(0, fits);
            rest = rest.slice(fits, rest.num_rows() - fits);
            self.rows += fits;
            self.bytes += size(&part);
            self.group.push(part);
            if self.rows >= GROUP_ROWS || self.bytes >= GROUP_BYTES {
                self.start(take)?;
            }
        }
        Ok(())
    }

    /// Ends the row group that is being filled, so that it is encoded from now on.
    pub(crate) fn start(&mut self, take: &mut dyn FnMut(Group<P>) -> Result<()>) -> Result<()> {
        let batches = std::mem::take(&mut self.group);
        (self.rows, self.bytes) = (0, 0);
        if batches.is_empty() {
            return Ok(());
        }
        let ready = |handle: &mut JoinHandle<_>| handle.is_finished();
        while let Some(handle) = self.pending.pop_front_if(ready) {
            take(joined(handle)?)?;
        }
        let (columns, prepare) = (self.columns.clone(), self.prepare.clone());
        let slot = SLOTS.take();
        self.pending.push_back(std::thread::spawn(move || {
            let group = columns.encode(prepare.as_ref(), batches);
            drop(slot);
            group
        }));
        Ok(())
    }

    /// Ends the last row group and waits for all.
    pub(crate) fn finish(&mut self, take: &mut dyn FnMut(Group<P>) -> Result<()>) -> Result<()> {
        self.start(take)?;
        while let Some(handle) = self.pending.pop_front() {
            take(joined(handle)?)?;
        }
        Ok(())
    }
}

fn joined<P>(handle: JoinHandle<Result<Group<P>>>) -> Result<Group<P>> {
    handle.join().map_err(|_| Error::internal("writing stopped"))?
}

/// Bytes that the rows of a batch fill.
fn size(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(|column| column.to_data().get_slice_memory_size().unwrap_or_default()).sum()
}

/// The columns of a table as they are encoded: with dictionaries of their values, or without.
struct Columns {
    schema: SchemaRef,
    with: ArrowRowGroupWriterFactory,
    without: ArrowRowGroupWriterFactory,
}

impl Columns {
    fn new(table: &Table) -> Result<Self> {
        let schema = stored_schema(table);
        let factory = |dictionaries: bool| {
            let properties = properties(table, dictionaries);
            let writer = ArrowWriter::try_new(std::io::sink(), Arc::clone(&schema), Some(properties));
            Ok::<_, Error>(writer.and_then(ArrowWriter::into_serialized_writer).map_err(wrong)?.1)
        };
        Ok(Columns { with: factory(true)?, without: factory(false)?, schema })
    }

    /// Writers for a row group that begins with these rows.
    fn writers(&self, first: &RecordBatch) -> Result<Vec<ArrowColumnWriter>> {
        let with = self.with.create_column_writers(0).map_err(wrong)?;
        let without = self.without.create_column_writers(0).map_err(wrong)?;
        let choice = with.into_iter().zip(without).zip(first.columns());
        Ok(choice.map(|((with, without), column)| if is_varied(column) { without } else { with }).collect())
    }

    fn encode<P>(&self, prepare: &Prepare<P>, batches: Vec<RecordBatch>) -> Result<Group<P>> {
        let mut writers: Vec<ArrowColumnWriter> = Vec::new();
        let (mut rows, mut parts) = (0, Vec::with_capacity(batches.len()));
        for batch in batches {
            let (batch, part) = prepare(&batch)?;
            if writers.is_empty() {
                writers = self.writers(&batch)?;
            }
            rows += batch.num_rows();
            parts.push(part);
            let mut writers = writers.iter_mut();
            for (field, column) in self.schema.fields().iter().zip(batch.columns()) {
                for leaf in compute_leaves(field, column).map_err(wrong)? {
                    let writer = writers.next().ok_or_else(|| Error::internal("a column has no writer"))?;
                    writer.write(&leaf).map_err(wrong)?;
                }
            }
        }
        let columns = writers.into_iter().map(|writer| writer.close().map_err(wrong)).collect::<Result<_>>()?;
        Ok(Group { columns, rows, parts })
    }
}

/// Whether most texts of a column are different, so that a dictionary of them would only cost time.
fn is_varied(column: &ArrayRef) -> bool {
    let Some(texts) = column.as_string_opt::<i32>() else { return false };
    let (mut seen, mut different) = (0, HashSet::new());
    for text in texts.iter().flatten().take(SAMPLE) {
        seen += 1;
        different.insert(text);
    }
    seen >= SAMPLE / 8 && different.len() * 4 > seen
}

/// Encodes batches in the stored schema as one row group at the end of a file.
pub(crate) fn write_group(
    writer: &mut SerializedFileWriter<File>,
    table: &Table,
    batches: Vec<RecordBatch>,
) -> Result<()> {
    append_group(writer, Columns::new(table)?.encode(&|batch| Ok((batch.clone(), ())), batches)?.columns)
}
