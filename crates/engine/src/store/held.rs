//! Reading the rows of some keys out of a table's data files, each with the place where it stands.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{ArrayRef, Int32Array, Int64Array, RecordBatch};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection,
};
use datafusion::parquet::file::metadata::RowGroupMetaData;
use datafusion::parquet::file::statistics::Statistics;
use throughline_model::vocabulary::Table;

use super::arrow_file::ArrowFile;
use super::conform::conform;
use super::contest::ROWS;
use super::encode::wrong;
use super::keys::{HashSet, KeyBuckets, key_hashes};
use super::schema::stored_schema;
use super::staging::{FILE, LINE, staged_schema};
use crate::{Error, Result};

/// Does something for each of `tasks` on all cores; the first error stops the rest.
pub(crate) fn on_all_cores<T: Sync>(tasks: &[T], work: &(dyn Fn(usize, &T) -> Result<()> + Sync)) -> Result<()> {
    let next = AtomicUsize::new(0);
    let failed: Mutex<Option<Error>> = Mutex::new(None);
    let worker = || {
        while let Some((number, task)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, tasks.get(n)?)))
        {
            if let Err(error) = work(number, task) {
                next.store(tasks.len(), Ordering::Relaxed);
                failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(tasks.len());
    std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(worker))));
    failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

/// One row group of a data file.
struct Group {
    /// Place of the file.
    file: usize,
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    number: usize,
    /// Number of its first row within the file.
    first: usize,
}

impl Group {
    /// All row groups of some files.
    fn all(files: &[PathBuf]) -> Result<Vec<Group>> {
        let mut groups = Vec::new();
        for (file, path) in files.iter().enumerate() {
            let metadata = ArrowReaderMetadata::load(&File::open(path)?, Default::default()).map_err(wrong)?;
            let mut first = 0;
            for number in 0..metadata.metadata().num_row_groups() {
                groups.push(Group { file, path: path.clone(), metadata: metadata.clone(), number, first });
                first += metadata.metadata().row_group(number).num_rows() as usize;
            }
        }
        Ok(groups)
    }

    fn row_group(&self) -> &RowGroupMetaData {
        self.metadata.metadata().row_group(self.number)
    }

    fn read(&self, names: &[String], selection: Option<RowSelection>) -> Result<ParquetRecordBatchReader> {
        let file = File::open(&self.path)?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().map(String::as_str));
        let builder = builder.with_projection(mask).with_row_groups(vec![self.number]).with_batch_size(ROWS);
        let builder = match selection {
            Some(selection) => builder.with_row_selection(selection),
            None => builder,
        };
        builder.build().map_err(wrong)
    }

    /// The hashes of its keys, in the order of its rows.
    fn each_key(&self, key: &[String], schema: &SchemaRef, take: &mut dyn FnMut(&[u64])) -> Result<()> {
        for batch in self.read(key, None)? {
            take(&key_hashes(&conform(&batch?, schema)?, key)?);
        }
        Ok(())
    }

    /// Whether its first key column may hold a text of the range.
    fn overlaps(&self, column: Option<&String>, range: Option<&(String, String)>) -> bool {
        let (Some(name), Some((low, high))) = (column, range) else { return true };
        let chunk = self.row_group().columns().iter().find(|chunk| chunk.column_descr().name() == name);
        match chunk.and_then(|chunk| chunk.statistics()) {
            Some(Statistics::ByteArray(values)) => match (values.min_opt(), values.max_opt()) {
                (Some(least), Some(greatest)) => least.data() <= high.as_bytes() && greatest.data() >= low.as_bytes(),
                _ => true,
            },
            _ => true,
        }
    }
}

fn key_schema(table_key: &[String], schema: &SchemaRef) -> Result<SchemaRef> {
    let fields = table_key.iter().map(|name| Ok(schema.field_with_name(name)?.clone())).collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(Schema::new(fields)))
}

/// The hashes of all keys in a table's data files.
pub(crate) fn keys_of(files: &[PathBuf], table: &Table, scratch: &Path) -> Result<KeyBuckets> {
    let scratch = scratch.join("held");
    std::fs::create_dir_all(&scratch)?;
    let keys = Mutex::new(KeyBuckets::new(&scratch));
    let schema = key_schema(&table.key, &stored_schema(table))?;
    on_all_cores(&Group::all(files)?, &|_, group| {
        let mut hashes = Vec::with_capacity(group.row_group().num_rows() as usize);
        group.each_key(&table.key, &schema, &mut |some| hashes.extend_from_slice(some))?;
        keys.lock().unwrap_or_else(PoisonError::into_inner).add(&hashes)
    })?;
    Ok(keys.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Writes all versions of contested keys that the data files hold to `path`, in the staged schema: `_file` is the
/// place of the data file, `_line` the number of the row in it. `range` is that of the contested keys' first column.
pub(crate) fn fetch(
    files: &[PathBuf],
    table: &Table,
    contested: &HashSet,
    range: Option<&(String, String)>,
    path: PathBuf,
) -> Result<Option<PathBuf>> {
    let schema = staged_schema(table);
    let stored = stored_schema(table);
    let keys = key_schema(&table.key, &stored)?;
    let names: Vec<String> = stored.fields().iter().map(|field| field.name().clone()).collect();
    let mut groups = Group::all(files)?;
    groups.retain(|group| group.overlaps(table.key.first(), range));
    let found = Mutex::new(ArrowFile::create(path, &schema)?);
    on_all_cores(&groups, &|_, group| {
        let (mut rows, mut at) = (Vec::new(), 0);
        group.each_key(&table.key, &keys, &mut |hashes| {
            rows.extend((at..).zip(hashes).filter(|(_, hash)| contested.contains(**hash)).map(|(row, _)| row));
            at += hashes.len();
        })?;
        if rows.is_empty() {
            return Ok(());
        }
        let ranges = rows.chunk_by(|left, right| left + 1 == *right);
        let ranges = ranges.filter_map(|run| Some(Range { start: *run.first()?, end: run.last()? + 1 }));
        let selection = RowSelection::from_consecutive_ranges(ranges, at);
        let mut rows = rows.into_iter();
        for batch in group.read(&names, Some(selection))? {
            let batch = conform(&batch?, &schema)?;
            let places = rows.by_ref().take(batch.num_rows()).map(|row| (group.first + row) as i64);
            let batch = placed(&batch, group.file, Int64Array::from_iter_values(places))?;
            found.lock().unwrap_or_else(PoisonError::into_inner).write(&batch)?;
        }
        Ok(())
    })?;
    found.into_inner().unwrap_or_else(PoisonError::into_inner).finish()
}

fn placed(batch: &RecordBatch, file: usize, rows: Int64Array) -> Result<RecordBatch> {
    let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
    let file = i32::try_from(file).map_err(|_| Error::internal("there are too many data files"))?;
    let values: [(&str, ArrayRef); 2] =
        [(FILE, Arc::new(Int32Array::from_value(file, batch.num_rows()))), (LINE, Arc::new(rows))];
    for (name, column) in values {
        if let Some(place) = columns.get_mut(batch.schema().index_of(name)?) {
            *place = column;
        }
    }
    Ok(RecordBatch::try_new(batch.schema(), columns)?)
}
