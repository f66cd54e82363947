//! Ending versions: data files are written again with another `recorded_until`, or without rows that never were in
//! force. What does not change is copied as it is encoded.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch, TimestampMicrosecondArray};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{Schema, SchemaRef, TimestampMicrosecondType};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use datafusion::parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use datafusion::parquet::column::writer::ColumnCloseResult;
use datafusion::parquet::file::metadata::PageIndexPolicy;
use datafusion::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use throughline_model::vocabulary::Table;

use super::conform::conform;
use super::contest::ROWS;
use super::encode::{DataFile, create, write_group, writer_properties, wrong};
use super::held::on_all_cores;
use super::schema::stored_schema;
use crate::{Error, Result};

/// The column that changes.
const UNTIL: &str = "recorded_until";
/// Instructions held in memory; more go to disk.
const HELD: usize = 4 << 20;
/// Bytes of an instruction on disk.
const BYTES: usize = 17;

/// What becomes of one stored version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Closing {
    /// Place of its data file.
    pub(crate) file: i32,
    /// Number of its row there.
    pub(crate) row: i64,
    /// Its new end, in microseconds.
    pub(crate) until: Option<i64>,
    /// It never was in force and goes.
    pub(crate) drop: bool,
}

/// Instructions as they arrive.
pub(crate) struct Closings {
    folder: PathBuf,
    held: BTreeMap<i32, Vec<Closing>>,
    count: usize,
    spilled: BTreeMap<i32, PathBuf>,
}

impl Closings {
    /// None yet; `folder` is for those that do not fit in memory.
    pub(crate) fn new(folder: &Path) -> Self {
        Closings { folder: folder.to_path_buf(), held: BTreeMap::new(), count: 0, spilled: BTreeMap::new() }
    }

    /// Adds instructions.
    pub(crate) fn add(&mut self, closings: Vec<Closing>) -> Result<()> {
        self.count += closings.len();
        for closing in closings {
            self.held.entry(closing.file).or_default().push(closing);
        }
        if self.count < HELD {
            return Ok(());
        }
        self.count = 0;
        for (file, closings) in std::mem::take(&mut self.held) {
            let path = self.folder.join(format!("closings-{file}"));
            let bytes: Vec<u8> = closings.iter().flat_map(encoded).collect();
            File::options().create(true).append(true).open(&path)?.write_all(&bytes)?;
            self.spilled.insert(file, path);
        }
        Ok(())
    }

    /// Places of the data files that change.
    fn files(&self) -> Vec<i32> {
        let mut files: Vec<i32> = self.held.keys().chain(self.spilled.keys()).copied().collect();
        files.sort_unstable();
        files.dedup();
        files
    }

    /// The instructions for a data file, in the order of its rows.
    fn of(&self, file: i32) -> Result<Vec<Closing>> {
        let mut closings = self.held.get(&file).cloned().unwrap_or_default();
        if let Some(path) = self.spilled.get(&file) {
            let bytes = fs::read(path)?;
            closings.extend(bytes.as_chunks::<BYTES>().0.iter().map(|bytes| decoded(file, bytes)));
        }
        closings.sort_unstable();
        Ok(closings)
    }
}

fn encoded(closing: &Closing) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    bytes[..8].copy_from_slice(&closing.row.to_le_bytes());
    bytes[8..16].copy_from_slice(&closing.until.unwrap_or_default().to_le_bytes());
    bytes[16] = u8::from(closing.until.is_some()) | u8::from(closing.drop) << 1;
    bytes
}

fn decoded(file: i32, bytes: &[u8; BYTES]) -> Closing {
    let number =
        |from: usize| bytes[from..].first_chunk::<8>().map(|eight| i64::from_le_bytes(*eight)).unwrap_or_default();
    let (row, until, flags) = (number(0), number(8), bytes[16]);
    Closing { file, row, until: (flags & 1 == 1).then_some(until), drop: flags & 2 == 2 }
}

/// Writes the data files that change again, into `folder`. Gives the place of each with what takes its place, which
/// is nothing where no row is left.
pub(crate) fn close(
    table: &Table,
    held: &[PathBuf],
    closings: &Closings,
    folder: &Path,
) -> Result<Vec<(usize, Option<DataFile>)>> {
    let done = Mutex::new(Vec::new());
    on_all_cores(&closings.files(), &|_, file| {
        let place = usize::try_from(*file).map_err(|_| Error::internal("a version has no data file"))?;
        let path = held.get(place).ok_or_else(|| Error::internal("a version has no data file"))?;
        let closings = closings.of(*file)?;
        let rewrite = Rewrite { table, schema: stored_schema(table), path, closings: &closings };
        let written = rewrite.run(&folder.join(format!("closed-{place:05}.parquet")))?;
        done.lock().unwrap_or_else(PoisonError::into_inner).push((place, written));
        Ok(())
    })?;
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(place, _)| *place);
    Ok(done)
}

/// One data file, written again.
struct Rewrite<'a> {
    table: &'a Table,
    schema: SchemaRef,
    path: &'a Path,
    closings: &'a [Closing],
}

impl Rewrite<'_> {
    fn run(&self, to: &Path) -> Result<Option<DataFile>> {
        let input = File::open(self.path)?;
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        let metadata = ArrowReaderMetadata::load(&input, options).map_err(wrong)?;
        let mut writer = create(to, &self.schema, &writer_properties(self.table))?;
        let ours = writer.schema_descr() == metadata.parquet_schema();
        let mut first = 0;
        for number in 0..metadata.metadata().num_row_groups() {
            let next = first + metadata.metadata().row_group(number).num_rows();
            let group = Group { rewrite: self, input: &input, metadata: &metadata, number };
            let closings = within(self.closings, first, next);
            if ours && !closings.iter().any(|closing| closing.drop) {
                group.copy(&mut writer, closings, first)?;
            } else {
                group.encode(&mut writer, closings, first)?;
            }
            first = next;
        }
        if writer.flushed_row_groups().is_empty() {
            fs::remove_file(to)?;
            return Ok(None);
        }
        let metadata = Arc::new(writer.close().map_err(wrong)?);
        Ok(Some(DataFile { path: to.to_path_buf(), metadata }))
    }
}

/// The instructions for rows from `first` to before `next`.
fn within(closings: &[Closing], first: i64, next: i64) -> &[Closing] {
    let from = closings.partition_point(|closing| closing.row < first);
    let to = closings.partition_point(|closing| closing.row < next);
    closings.get(from..to).unwrap_or_default()
}

struct Group<'a> {
    rewrite: &'a Rewrite<'a>,
    input: &'a File,
    metadata: &'a ArrowReaderMetadata,
    number: usize,
}

impl Group<'_> {
    /// Copies the encoded columns; only the ends of versions are written again, where some change.
    fn copy(&self, writer: &mut SerializedFileWriter<File>, closings: &[Closing], first: i64) -> Result<()> {
        let until = self.rewrite.schema.index_of(UNTIL)?;
        let mut new = if closings.is_empty() { None } else { Some(self.ends(writer, until, closings, first)?) };
        let mut group = writer.next_row_group().map_err(wrong)?;
        for place in 0..self.metadata.metadata().row_group(self.number).num_columns() {
            match new.take_if(|_| place == until) {
                Some(ends) => ends.append_to_row_group(&mut group).map_err(wrong)?,
                None => self.copy_column(&mut group, place)?,
            }
        }
        group.close().map_err(wrong)?;
        Ok(())
    }

    fn copy_column(&self, group: &mut SerializedRowGroupWriter<'_, File>, place: usize) -> Result<()> {
        let metadata = self.metadata.metadata();
        let rows = metadata.row_group(self.number);
        let column = rows.column(place);
        let column_index = metadata.column_index().and_then(|all| all.get(self.number)?.get(place).cloned());
        let offset_index = metadata.offset_index().and_then(|all| all.get(self.number)?.get(place).cloned());
        let close = ColumnCloseResult {
            bytes_written: column.compressed_size().unsigned_abs(),
            rows_written: rows.num_rows().unsigned_abs(),
            metadata: column.clone(),
            bloom_filter: None,
            column_index,
            offset_index,
        };
        group.append_column(self.input, close).map_err(wrong)
    }

    fn rows(&self, mask: ProjectionMask) -> Result<impl Iterator<Item = Result<RecordBatch>>> {
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.input.try_clone()?, self.metadata.clone());
        let builder = builder.with_projection(mask).with_row_groups(vec![self.number]).with_batch_size(ROWS);
        Ok(builder.build().map_err(wrong)?.map(|batch| batch.map_err(Error::from)))
    }

    /// The new ends of its versions, encoded.
    fn ends(
        &self,
        writer: &SerializedFileWriter<File>,
        place: usize,
        closings: &[Closing],
        first: i64,
    ) -> Result<ArrowColumnChunk> {
        let mask = ProjectionMask::leaves(self.metadata.parquet_schema(), [place]);
        let field = self.rewrite.schema.field(place).clone();
        let alone = Arc::new(Schema::new(vec![field.clone()]));
        let factory = ArrowRowGroupWriterFactory::new(writer, Arc::clone(&self.rewrite.schema));
        let column = factory.create_column_writers(self.number).map_err(wrong)?.into_iter().nth(place);
        let mut column = column.ok_or_else(|| Error::internal("a column has no writer"))?;
        let mut at = first;
        for batch in self.rows(mask)? {
            let batch = conform(&batch?, &alone)?;
            let next = at + batch.num_rows() as i64;
            let ends: ArrayRef = Arc::new(ended(batch.column(0), within(closings, at, next), at));
            for leaf in compute_leaves(&field, &ends).map_err(wrong)? {
                column.write(&leaf).map_err(wrong)?;
            }
            at = next;
        }
        column.close().map_err(wrong)
    }

    /// Encodes all rows again, without those that go.
    fn encode(&self, writer: &mut SerializedFileWriter<File>, closings: &[Closing], first: i64) -> Result<()> {
        let schema = &self.rewrite.schema;
        let until = schema.index_of(UNTIL)?;
        let (mut batches, mut at) = (Vec::new(), first);
        for batch in self.rows(ProjectionMask::all())? {
            let batch = conform(&batch?, schema)?;
            let next = at + batch.num_rows() as i64;
            let closings = within(closings, at, next);
            let mut columns = batch.columns().to_vec();
            if let Some(ends) = columns.get_mut(until) {
                *ends = Arc::new(ended(ends, closings, at));
            }
            let mut stays = vec![true; batch.num_rows()];
            for closing in closings.iter().filter(|closing| closing.drop) {
                if let Some(stays) = usize::try_from(closing.row - at).ok().and_then(|row| stays.get_mut(row)) {
                    *stays = false;
                }
            }
            let batch = RecordBatch::try_new(Arc::clone(schema), columns)?;
            batches.push(filter_record_batch(&batch, &BooleanArray::from(stays))?);
            at = next;
        }
        if batches.iter().all(|batch| batch.num_rows() == 0) {
            return Ok(());
        }
        write_group(writer, schema, batches)
    }
}

/// The ends of versions, of which the first stands in row `at`, with those that the instructions change.
fn ended(stored: &ArrayRef, closings: &[Closing], at: i64) -> TimestampMicrosecondArray {
    let mut ends: Vec<Option<i64>> = stored.as_primitive::<TimestampMicrosecondType>().iter().collect();
    for closing in closings.iter().filter(|closing| !closing.drop) {
        if let Some(end) = usize::try_from(closing.row - at).ok().and_then(|row| ends.get_mut(row)) {
            *end = closing.until;
        }
    }
    TimestampMicrosecondArray::from(ends).with_timezone("UTC")
}
