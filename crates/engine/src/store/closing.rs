//! Ending versions: data files are written again with another `recorded_until`, or without rows that never were in
//! force. What does not change is copied as it is encoded.

use std::fs::{self, File};
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

use super::closings::{Closing, Closings};
use super::conform::conform;
use super::contest::ROWS;
use super::encode::{write_group, writer_properties, wrong};
use super::held::on_all_cores;
use super::parquet_files::{DataFile, create};
use super::schema::stored_schema;
use crate::{Error, Result};

/// The column that changes.
const UNTIL: &str = "recorded_until";

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
        write_group(writer, self.rewrite.table, batches)
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
