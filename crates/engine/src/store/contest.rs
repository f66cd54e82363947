//! Which staged keys are contested: they occur again in the same chunk, or the table holds them already.
//!
//! Most imports bring keys that nobody has seen, and those rows can be appended as they are. Only
//! contested keys need their versions compared. Keys are compared by 64-bit hashes first; a collision
//! only makes a key contested that need not be, and the comparison of versions uses the keys themselves.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{BuildHasherDefault, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{Array, BooleanArray, RecordBatch, StringArray};
use datafusion::arrow::compute::{cast, filter_record_batch, max_string, min_string};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::ipc::reader::FileReader;
use datafusion::catalog::TableProvider;
use datafusion::common::hash_utils::{RandomState, create_hashes};
use datafusion::prelude::{DataFrame, Expr, SessionContext, col, lit};
use futures::StreamExt;

use super::staging::ArrowFile;
use crate::{Error, Result};

/// The hashes are already well mixed.
#[derive(Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

type HashedKeys = HashSet<u64, BuildHasherDefault<Ready>>;

/// Keys of one chunk that need their versions compared.
#[derive(Default)]
pub struct Contested {
    keys: HashedKeys,
    existing: bool,
    range: Option<(String, String)>,
}

/// The files a chunk falls into.
pub struct Split {
    /// Rows whose key nobody else has.
    pub plain: Option<PathBuf>,
    /// Staged rows with contested keys.
    pub staged: Option<PathBuf>,
    /// All versions the table holds of these keys.
    pub existing: Option<PathBuf>,
}

/// Brings a batch into `schema`: columns by name, cast to the type, null where absent.
pub fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = schema.fields().iter().map(|field| match batch.column_by_name(field.name()) {
        Some(column) if column.data_type() == field.data_type() => Ok(Arc::clone(column)),
        Some(column) => Ok(cast(column, field.data_type())?),
        None => Ok(datafusion::arrow::array::new_null_array(field.data_type(), batch.num_rows())),
    });
    Ok(RecordBatch::try_new(Arc::clone(schema), columns.collect::<Result<Vec<_>>>()?)?)
}

/// The batches of an Arrow file.
pub fn read_batches(path: &Path) -> Result<impl Iterator<Item = Result<RecordBatch>>> {
    let reader = FileReader::try_new(std::io::BufReader::with_capacity(1 << 20, File::open(path)?), None)?;
    Ok(reader.map(|batch| batch.map_err(Error::from)))
}

fn key_hashes(batch: &RecordBatch, key: &[String]) -> Result<Vec<u64>> {
    let mut columns = Vec::with_capacity(key.len());
    for name in key {
        let column = batch.column_by_name(name).ok_or_else(|| Error::internal(format!("no key column {name}")))?;
        columns.push(Arc::clone(column));
    }
    let mut hashes = vec![0; batch.num_rows()];
    create_hashes(&columns, &RandomState::with_seed(0), &mut hashes)?;
    Ok(hashes)
}

/// Compares the keys of a chunk with each other and with the table.
pub async fn find(
    session: &SessionContext,
    chunk: &Path,
    key: &[String],
    schema: &SchemaRef,
    table: Option<Arc<dyn TableProvider>>,
) -> Result<Contested> {
    let mut seen = HashedKeys::default();
    let mut contested = Contested::default();
    for batch in read_batches(chunk)? {
        let batch = batch?;
        contested.widen(&batch, key);
        for hash in key_hashes(&batch, key)? {
            if !seen.insert(hash) {
                contested.keys.insert(hash);
            }
        }
    }
    let Some(table) = table else { return Ok(contested) };
    let names: Vec<&str> = key.iter().map(String::as_str).collect();
    let mut stream = contested.candidates(session, table, key)?.select_columns(&names)?.execute_stream().await?;
    let key_schema = Arc::new(schema.project(&indices(schema, key)?)?);
    while let Some(batch) = stream.next().await {
        for hash in key_hashes(&conform(&batch?, &key_schema)?, key)? {
            if seen.contains(&hash) {
                contested.keys.insert(hash);
                contested.existing = true;
            }
        }
    }
    Ok(contested)
}

fn indices(schema: &SchemaRef, names: &[String]) -> Result<Vec<usize>> {
    names.iter().map(|name| schema.index_of(name).map_err(Error::from)).collect()
}

impl Contested {
    /// Whether every row can be appended as it is.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn widen(&mut self, batch: &RecordBatch, key: &[String]) {
        let first = key.first().and_then(|name| batch.column_by_name(name));
        let Some(texts) = first.and_then(|column| column.as_any().downcast_ref::<StringArray>()) else { return };
        if let (Some(low), Some(high)) = (min_string(texts), max_string(texts)) {
            let (low, high) = (low.to_owned(), high.to_owned());
            self.range = Some(match self.range.take() {
                Some((old_low, old_high)) => (old_low.min(low), old_high.max(high)),
                None => (low, high),
            });
        }
    }

    /// Rows of the table whose first key column lies within the chunk's range, so that files are pruned.
    fn candidates(&self, session: &SessionContext, table: Arc<dyn TableProvider>, key: &[String]) -> Result<DataFrame> {
        let frame = session.read_table(table)?;
        let (Some(first), Some((low, high))) = (key.first(), &self.range) else { return Ok(frame) };
        let column: Expr = col(datafusion::common::Column::new_unqualified(first));
        Ok(frame.filter(column.between(lit(low.as_str()), lit(high.as_str())))?)
    }

    fn mask(&self, batch: &RecordBatch, key: &[String], contested: bool) -> Result<BooleanArray> {
        let hashes = key_hashes(batch, key)?;
        Ok(hashes.iter().map(|hash| Some(self.keys.contains(hash) == contested)).collect())
    }

    /// Splits a chunk into rows that can be appended and rows that must be compared, and fetches what the
    /// table holds of the latter.
    pub async fn split(
        &self,
        session: &SessionContext,
        chunk: &Path,
        key: &[String],
        schema: &SchemaRef,
        table: Option<Arc<dyn TableProvider>>,
    ) -> Result<Split> {
        let create = |part: &str| ArrowFile::create(chunk.with_extension(format!("{part}.arrow")), schema);
        let (mut plain, mut staged, mut existing) = (create("plain")?, create("staged")?, create("existing")?);
        for batch in read_batches(chunk)? {
            let batch = batch?;
            plain.write(&filter_record_batch(&batch, &self.mask(&batch, key, false)?)?)?;
            staged.write(&filter_record_batch(&batch, &self.mask(&batch, key, true)?)?)?;
        }
        if let Some(table) = table.filter(|_| self.existing) {
            let mut stream = self.candidates(session, table, key)?.execute_stream().await?;
            while let Some(batch) = stream.next().await {
                let batch = conform(&batch?, schema)?;
                existing.write(&filter_record_batch(&batch, &self.mask(&batch, key, true)?)?)?;
            }
        }
        Ok(Split { plain: plain.finish()?, staged: staged.finish()?, existing: existing.finish()? })
    }
}
