//! Rows into Parquet: row groups are encoded on all cores and written in their order, so that the same rows make the
//! same bytes.

use std::collections::VecDeque;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::parquet::file::writer::SerializedFileWriter;
use datafusion::parquet::schema::types::ColumnPath;
use throughline_model::vocabulary::{ColumnType, Table};

use super::schema::stored_schema;
use crate::{Error, Result};

/// Rows of a row group.
const GROUP_ROWS: usize = 131_072;
/// Bytes of rows at which a row group is full before that.
const GROUP_BYTES: usize = 64 << 20;
/// Rows of a file.
const FILE_ROWS: usize = 16 * GROUP_ROWS;

pub(crate) fn wrong(error: ParquetError) -> Error {
    Error::internal(error.to_string())
}

/// How the rows of a table are written.
pub(crate) fn writer_properties(table: &Table) -> WriterProperties {
    let level = ZstdLevel::try_new(1).unwrap_or_default();
    let mut properties = WriterProperties::builder().set_compression(Compression::ZSTD(level));
    let column = |name: &str| ColumnPath::from(name.to_owned());
    // Dictionaries are of no use where hardly any value comes twice; neighbouring times and numbers are close.
    if let [key] = table.key.as_slice() {
        properties = properties.set_column_dictionary_enabled(column(key), false);
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
    schema: SchemaRef,
    factory: Arc<ArrowRowGroupWriterFactory>,
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
    columns: Vec<ArrowColumnChunk>,
    rows: usize,
    /// What else was made of its batches.
    pub(crate) parts: Vec<P>,
}

impl<P: Send + 'static> Encoder<P> {
    /// For rows of `table`.
    pub(crate) fn new(table: &Table, prepare: Arc<Prepare<P>>) -> Result<Self> {
        let schema = stored_schema(table);
        let writer = ArrowWriter::try_new(std::io::sink(), Arc::clone(&schema), Some(writer_properties(table)));
        let (_, factory) = writer.and_then(ArrowWriter::into_serialized_writer).map_err(wrong)?;
        let (group, pending) = (Vec::new(), VecDeque::new());
        Ok(Encoder { schema, factory: Arc::new(factory), prepare, group, rows: 0, bytes: 0, pending })
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

    fn start(&mut self, take: &mut dyn FnMut(Group<P>) -> Result<()>) -> Result<()> {
        let batches = std::mem::take(&mut self.group);
        (self.rows, self.bytes) = (0, 0);
        if batches.is_empty() {
            return Ok(());
        }
        let ready = |handle: &mut JoinHandle<_>| handle.is_finished();
        while let Some(handle) = self.pending.pop_front_if(ready) {
            take(joined(handle)?)?;
        }
        let (schema, factory, prepare) = (self.schema.clone(), self.factory.clone(), self.prepare.clone());
        let slot = SLOTS.take();
        self.pending.push_back(std::thread::spawn(move || {
            let group = encode(&schema, &factory, prepare.as_ref(), batches);
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

fn encode<P>(
    schema: &SchemaRef,
    factory: &ArrowRowGroupWriterFactory,
    prepare: &Prepare<P>,
    batches: Vec<RecordBatch>,
) -> Result<Group<P>> {
    let mut writers = factory.create_column_writers(0).map_err(wrong)?;
    let (mut rows, mut parts) = (0, Vec::with_capacity(batches.len()));
    for batch in batches {
        let (batch, part) = prepare(&batch)?;
        rows += batch.num_rows();
        parts.push(part);
        let mut writers = writers.iter_mut();
        for (field, column) in schema.fields().iter().zip(batch.columns()) {
            for leaf in compute_leaves(field, column).map_err(wrong)? {
                let writer = writers.next().ok_or_else(|| Error::internal("a column has no writer"))?;
                writer.write(&leaf).map_err(wrong)?;
            }
        }
    }
    let columns = writers.into_iter().map(|writer| writer.close().map_err(wrong)).collect::<Result<_>>()?;
    Ok(Group { columns, rows, parts })
}

/// A Parquet file that is written whole.
#[derive(Debug, Clone)]
pub(crate) struct DataFile {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// What its footer says.
    pub(crate) metadata: Arc<ParquetMetaData>,
}

impl DataFile {
    /// Rows in it.
    pub(crate) fn rows(&self) -> usize {
        usize::try_from(self.metadata.file_metadata().num_rows()).unwrap_or_default()
    }
}

/// Row groups in files, `STEM-NUMBER.parquet`.
pub(crate) struct DataFiles {
    stem: PathBuf,
    schema: SchemaRef,
    properties: WriterProperties,
    open: Option<(SerializedFileWriter<File>, PathBuf, usize)>,
    done: Vec<DataFile>,
}

impl DataFiles {
    /// Files of `table`.
    pub(crate) fn new(table: &Table, stem: &Path) -> Self {
        let (stem, properties) = (stem.to_path_buf(), writer_properties(table));
        DataFiles { stem, schema: stored_schema(table), properties, open: None, done: Vec::new() }
    }

    /// Adds a row group.
    pub(crate) fn append<P>(&mut self, group: Group<P>) -> Result<()> {
        if self.open.as_ref().is_some_and(|(.., rows)| *rows + group.rows > FILE_ROWS) {
            self.close()?;
        }
        if self.open.is_none() {
            let path = PathBuf::from(format!("{}-{:05}.parquet", self.stem.display(), self.done.len()));
            self.open = Some((create(&path, &self.schema, &self.properties)?, path, 0));
        }
        if let Some((writer, _, rows)) = &mut self.open {
            append_group(writer, group.columns)?;
            *rows += group.rows;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        if let Some((writer, path, _)) = self.open.take() {
            self.done.push(DataFile { path, metadata: Arc::new(writer.close().map_err(wrong)?) });
        }
        Ok(())
    }

    /// All files.
    pub(crate) fn finish(mut self) -> Result<Vec<DataFile>> {
        self.close()?;
        Ok(self.done)
    }
}

/// Begins a Parquet file.
pub(crate) fn create(
    path: &Path,
    schema: &SchemaRef,
    properties: &WriterProperties,
) -> Result<SerializedFileWriter<File>> {
    let writer = ArrowWriter::try_new(File::create(path)?, Arc::clone(schema), Some(properties.clone()));
    Ok(writer.and_then(ArrowWriter::into_serialized_writer).map_err(wrong)?.0)
}

fn append_group(writer: &mut SerializedFileWriter<File>, columns: Vec<ArrowColumnChunk>) -> Result<()> {
    let mut group = writer.next_row_group().map_err(wrong)?;
    for column in columns {
        column.append_to_row_group(&mut group).map_err(wrong)?;
    }
    group.close().map_err(wrong)?;
    Ok(())
}

/// Encodes batches in the stored schema as one row group at the end of a file.
pub(crate) fn write_group(
    writer: &mut SerializedFileWriter<File>,
    schema: &SchemaRef,
    batches: Vec<RecordBatch>,
) -> Result<()> {
    let factory = ArrowRowGroupWriterFactory::new(writer, Arc::clone(schema));
    let group = encode(schema, &factory, &|batch| Ok((batch.clone(), ())), batches)?;
    append_group(writer, group.columns)
}
