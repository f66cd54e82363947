//! Which staged keys are contested: they occur twice among the staged rows, or the table holds them already.
//!
//! Most imports bring keys that nobody has seen, and those rows become part of the table as they are. Only contested
//! keys need their versions compared.

use std::path::{Path, PathBuf};

use datafusion::arrow::array::BooleanBufferBuilder;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::compute::{concat_batches, filter_record_batch, max_string, min_string, not};
use datafusion::arrow::datatypes::{SchemaRef, UInt64Type};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use throughline_model::vocabulary::Table;

use super::arrow_file::{ArrowFile, read_batches};
use super::conform::conform;
use super::encode::{Encoder, wrong};
use super::held::keys_of;
use super::key_index::KeyIndex;
use super::keys::{HashSet, KeyBuckets};
use super::parquet_files::{DataFile, DataFiles};
use super::staging::{HASH, ORIGIN, Staged, staged_origin, staged_schema};
use crate::{Error, Result};

/// Rows read at a time.
pub(crate) const ROWS: usize = 16_384;

/// The staged rows, parted.
pub(crate) struct Parted {
    /// Files of rows whose key nobody else has.
    pub(crate) plain: Vec<DataFile>,
    /// Staged rows with contested keys.
    pub(crate) contested: Option<PathBuf>,
    /// Least and greatest value of their first key column, where that is text.
    pub(crate) range: Option<(String, String)>,
}

/// The contested keys of staged rows, whose keys the index knows from now on. `held` are the table's data files, from
/// which the index is made again where what was kept of it is absent or damaged.
pub(crate) fn find(
    folder: &Path,
    staged: &mut Staged,
    table: &Table,
    held: &[PathBuf],
    state: u64,
) -> Result<(KeyIndex, HashSet)> {
    let build = |keys: &Path| match held.is_empty() {
        true => Ok(KeyIndex::empty(folder.to_path_buf())),
        false => KeyIndex::build(folder.to_path_buf(), keys_of(held, table, keys)?),
    };
    let mut new = std::mem::replace(&mut staged.keys, KeyBuckets::new(&staged.folder));
    if let Some(mut index) = KeyIndex::open(folder.to_path_buf(), state).filter(|_| !held.is_empty()) {
        let mut hashes = Vec::new();
        if index.extend(new, &mut |hash| hashes.push(hash)).is_ok() {
            return Ok((index, HashSet::of_sorted(hashes)));
        }
        new = KeyBuckets::new(&staged.folder);
        let origins = staged.origins.as_deref().map(read_batches).transpose()?;
        for origins in origins.into_iter().flatten() {
            new.add(hashes_of(&origins?)?.values())?;
        }
    }
    let mut index = build(&staged.folder)?;
    let mut hashes = Vec::new();
    index.extend(new, &mut |hash| hashes.push(hash))?;
    Ok((index, HashSet::of_sorted(hashes)))
}

fn hashes_of(origins: &RecordBatch) -> Result<&datafusion::arrow::array::UInt64Array> {
    let column = origins.column_by_name(HASH).and_then(|column| column.as_primitive_opt::<UInt64Type>());
    column.ok_or_else(|| Error::internal("staged rows have no hashes"))
}

/// Parts the staged rows into those that can be added as they are and those whose keys are contested.
pub(crate) fn part(table: &Table, staged: Staged, contested: &HashSet) -> Result<Parted> {
    let path = staged.origins.ok_or_else(|| Error::internal("staged rows have no origins"))?;
    let marks = marks(&path, contested)?;
    let mut origins = Origins { batches: Box::new(read_batches(&path)?), rest: None };
    let schema = staged_schema(table);
    let mut parting = Parting {
        plain: Encoder::new(table, std::sync::Arc::new(|batch: &RecordBatch| Ok((batch.clone(), ()))))?,
        written: DataFiles::new(table, &staged.folder.join("plain")),
        contested: ArrowFile::create(staged.folder.join("contested.arrow"), &schema)?,
        schema,
        key: table.key.first().cloned().unwrap_or_default(),
        range: None,
    };
    let (mut plain, mut before) = (Vec::new(), 0);
    for file in staged.files {
        let mask = marks.slice(before, file.rows());
        before += file.rows();
        if mask.count_set_bits() == 0 {
            origins.next(file.rows())?;
            plain.push(file);
            continue;
        }
        parting.part(&file, &mask, &mut origins)?;
        std::fs::remove_file(&file.path)?;
    }
    parting.plain.finish(&mut |group| parting.written.append(group))?;
    plain.extend(parting.written.finish()?);
    std::fs::remove_file(path)?;
    Ok(Parted { plain, contested: parting.contested.finish()?, range: parting.range })
}

/// For each staged row whether its key is contested.
fn marks(origins: &Path, contested: &HashSet) -> Result<BooleanBuffer> {
    let mut marks = BooleanBufferBuilder::new(0);
    for batch in read_batches(origins)? {
        for hash in hashes_of(&batch?)?.values() {
            marks.append(contested.contains(*hash));
        }
    }
    Ok(marks.finish())
}

struct Parting {
    plain: Encoder<()>,
    written: DataFiles,
    contested: ArrowFile,
    schema: SchemaRef,
    key: String,
    range: Option<(String, String)>,
}

impl Parting {
    fn part(&mut self, file: &DataFile, mask: &BooleanBuffer, origins: &mut Origins) -> Result<()> {
        let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(&file.path)?).map_err(wrong)?;
        let mut at = 0;
        for rows in reader.with_batch_size(ROWS).build().map_err(wrong)? {
            let rows = rows?;
            let mask = BooleanArray::new(mask.slice(at, rows.num_rows()), None);
            at += rows.num_rows();
            let origins = origins.next(rows.num_rows())?;
            let chosen = filter_record_batch(&rows, &mask)?;
            self.widen(&chosen);
            self.contested.write(&with_origins(&chosen, &filter_record_batch(&origins, &mask)?, &self.schema)?)?;
            let rest = filter_record_batch(&rows, &not(&mask)?)?;
            self.plain.write(&rest, &mut |group| self.written.append(group))?;
        }
        Ok(())
    }

    fn widen(&mut self, batch: &RecordBatch) {
        let key = batch.column_by_name(&self.key);
        let Some(texts) = key.and_then(|column| column.as_any().downcast_ref::<StringArray>()) else { return };
        if let (Some(low), Some(high)) = (min_string(texts), max_string(texts)) {
            let (low, high) = (low.to_owned(), high.to_owned());
            self.range = Some(match self.range.take() {
                Some((least, greatest)) => (least.min(low), greatest.max(high)),
                None => (low, high),
            });
        }
    }
}

/// Rows in the staged schema, from what is stored and where it came from.
fn with_origins(rows: &RecordBatch, origins: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let named = |batch: &RecordBatch| -> Vec<(String, ArrayRef, bool)> {
        let fields = batch.schema();
        let fields = fields.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
        fields.into_iter().zip(batch.columns().iter().cloned()).map(|(name, column)| (name, column, true)).collect()
    };
    let mut all = named(rows);
    all.extend(named(origins));
    all.push((ORIGIN.to_owned(), staged_origin(rows.num_rows()), true));
    conform(&RecordBatch::try_from_iter_with_nullable(all)?, schema)
}

/// Origins of staged rows, as many at a time as are asked for.
struct Origins {
    batches: Box<dyn Iterator<Item = Result<RecordBatch>>>,
    rest: Option<RecordBatch>,
}

impl Origins {
    fn next(&mut self, rows: usize) -> Result<RecordBatch> {
        let (mut parts, mut missing) = (Vec::new(), rows);
        while missing > 0 {
            let batch = match self.rest.take() {
                Some(rest) => rest,
                None => self.batches.next().ok_or_else(|| Error::internal("staged rows lack their origins"))??,
            };
            let taken = missing.min(batch.num_rows());
            missing -= taken;
            if taken < batch.num_rows() {
                self.rest = Some(batch.slice(taken, batch.num_rows() - taken));
            }
            parts.push(batch.slice(0, taken));
        }
        let first = parts.first().ok_or_else(|| Error::internal("no rows were asked for"))?;
        Ok(concat_batches(&first.schema(), &parts)?)
    }
}
