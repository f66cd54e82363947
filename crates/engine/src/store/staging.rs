//! Rows on their way into a table: Parquet files in a scratch folder, ready to become part of the table as they are,
//! the hashes of their keys, and where each row came from. Memory is bounded whatever the size of the sources.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Int8Array, RecordBatch, StringArray, TimestampMicrosecondArray, UInt64Array,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimestampMicrosecondType};
use jiff::Timestamp;
use throughline_model::vocabulary::Table;

use super::arrow_file::ArrowFile;
use super::conform::conform;
use super::encode::{Encoder, Group, Prepare};
use super::keys::{KeyBuckets, key_hashes};
use super::parquet_files::{DataFile, DataFiles};
use super::schema::stored_schema;
use crate::Result;

/// Columns that travel with staged rows and are not stored.
pub const ORIGIN: &str = "_origin";
/// Index of the layout's record that made the row.
pub const RECORD: &str = "_record";
/// Index of the file the row came from.
pub const FILE: &str = "_file";
/// Line of that file.
pub const LINE: &str = "_line";
/// Hash of the row's key.
pub(crate) const HASH: &str = "_hash";

/// The stored columns of a table, then where a staged row came from.
pub fn staged_schema(table: &Table) -> SchemaRef {
    let mut fields = stored_schema(table).fields().to_vec();
    fields.extend([
        Arc::new(Field::new(ORIGIN, DataType::Int8, true)),
        Arc::new(Field::new(RECORD, DataType::Int16, true)),
        Arc::new(Field::new(FILE, DataType::Int32, true)),
        Arc::new(Field::new(LINE, DataType::Int64, true)),
    ]);
    Arc::new(Schema::new(fields))
}

/// What stands beside each staged row.
fn origin_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(HASH, DataType::UInt64, true),
        Field::new(RECORD, DataType::Int16, true),
        Field::new(FILE, DataType::Int32, true),
        Field::new(LINE, DataType::Int64, true),
    ]))
}

/// What every row of an import carries.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// The import.
    pub import_id: String,
    /// Since when rows count as known that do not say it themselves.
    pub recorded_at: Timestamp,
}

/// Staged rows of one table.
pub struct Staging {
    folder: PathBuf,
    encoder: Encoder<RecordBatch>,
    sink: GroupSink,
    /// Which columns each record of the layout owns, by index of the record.
    pub owned: Vec<Vec<String>>,
    /// Sources (files) of rows without a key of their own: what they no longer hold is withdrawn.
    pub by_file: BTreeSet<String>,
}

/// Where encoded row groups go.
struct GroupSink {
    files: DataFiles,
    origins: ArrowFile,
    keys: KeyBuckets,
    rows: u64,
}

/// Staged rows that are complete.
pub(crate) struct Staged {
    /// Scratch folder of the table.
    pub(crate) folder: PathBuf,
    /// The rows, in the stored schema.
    pub(crate) files: Vec<DataFile>,
    /// Per row, in the same order: hash of its key, record, file and line; None where there is no row.
    pub(crate) origins: Option<PathBuf>,
    /// Hashes of all keys.
    pub(crate) keys: KeyBuckets,
    /// How many rows there are.
    pub(crate) rows: u64,
}

impl Staging {
    /// Staging of `table` in `folder`, which is created.
    pub fn new(table: &Table, folder: &Path, owned: Vec<Vec<String>>, stamp: &Stamp) -> Result<Self> {
        let folder = folder.join(&table.name);
        std::fs::create_dir_all(&folder)?;
        let sink = GroupSink {
            files: DataFiles::new(table, &folder.join("staged")),
            origins: ArrowFile::plain(folder.join("origins.arrow"), &origin_schema())?,
            keys: KeyBuckets::new(&folder),
            rows: 0,
        };
        let encoder = Encoder::new(table, prepare(table, stamp.clone()))?;
        Ok(Staging { folder, encoder, sink, owned, by_file: BTreeSet::new() })
    }

    /// Adds rows, whose columns are found by name. They get the import's stamp.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let sink = &mut self.sink;
        self.encoder.write(batch, &mut |group| sink.take(group))
    }

    /// No more rows will come: the last of them are encoded from now on.
    pub fn end(&mut self) -> Result<()> {
        let sink = &mut self.sink;
        self.encoder.start(&mut |group| sink.take(group))
    }

    /// Waits for all rows to be written.
    pub(crate) fn finish(mut self) -> Result<Staged> {
        let mut sink = self.sink;
        self.encoder.finish(&mut |group| sink.take(group))?;
        Ok(Staged {
            folder: self.folder,
            files: sink.files.finish()?,
            origins: sink.origins.finish()?,
            keys: sink.keys,
            rows: sink.rows,
        })
    }
}

impl GroupSink {
    fn take(&mut self, mut group: Group<RecordBatch>) -> Result<()> {
        for origins in std::mem::take(&mut group.parts) {
            self.rows += origins.num_rows() as u64;
            if let Some(hashes) = origins.column_by_name(HASH) {
                self.keys.add(hashes.as_primitive::<datafusion::arrow::datatypes::UInt64Type>().values())?;
            }
            self.origins.write(&origins)?;
        }
        self.files.append(group)
    }
}

/// Brings a batch into the stored schema, with its stamp, and says where its rows came from.
fn prepare(table: &Table, stamp: Stamp) -> Arc<Prepare<RecordBatch>> {
    let (stored, origins, key) = (stored_schema(table), origin_schema(), table.key.clone());
    Arc::new(move |batch| {
        let rows = stamped(&conform(batch, &stored)?, &stamp)?;
        let mut columns = conform(batch, &origins)?.columns().to_vec();
        if let Some(hashes) = columns.first_mut() {
            *hashes = Arc::new(UInt64Array::from(key_hashes(&rows, &key)?));
        }
        Ok((rows, RecordBatch::try_new(Arc::clone(&origins), columns)?))
    })
}

fn stamped(batch: &RecordBatch, stamp: &Stamp) -> Result<RecordBatch> {
    let (schema, rows) = (batch.schema(), batch.num_rows());
    let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
    if let Some(place) = columns.get_mut(schema.index_of("import_id")?) {
        *place = Arc::new(StringArray::from_iter_values(std::iter::repeat_n(&stamp.import_id, rows)));
    }
    if let Some(place) = columns.get_mut(schema.index_of("recorded_at")?) {
        let (given, at) = (place.as_primitive::<TimestampMicrosecondType>(), stamp.recorded_at.as_microsecond());
        let filled = if given.null_count() == rows {
            TimestampMicrosecondArray::from_value(at, rows)
        } else {
            given.iter().map(|given| given.or(Some(at))).collect()
        };
        *place = Arc::new(filled.with_timezone("UTC"));
    }
    Ok(RecordBatch::try_new(schema, columns)?)
}

/// What marks a row as staged: [`ORIGIN`] of staged rows.
pub(crate) fn staged_origin(rows: usize) -> ArrayRef {
    Arc::new(Int8Array::from(vec![1; rows]))
}
