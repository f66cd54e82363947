//! Rows on their way into a table: Arrow files in a scratch folder, one file per chunk.
//!
//! A chunk is the unit in which an import compares keys, so its size bounds the memory an import needs,
//! whatever the size of its sources.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::ipc::CompressionType;
use datafusion::arrow::ipc::writer::{FileWriter, IpcWriteOptions};
use throughline_model::vocabulary::Table;

use super::schema::stored_schema;
use crate::Result;

/// Rows of a chunk: 64 MiB of key hashes while keys are compared.
const CHUNK_ROWS: usize = 4_000_000;

/// Columns that travel with staged rows and are not stored.
pub const ORIGIN: &str = "_origin";
/// Index of the layout's record that made the row.
pub const RECORD: &str = "_record";
/// Index of the file the row came from.
pub const FILE: &str = "_file";
/// Line of that file.
pub const LINE: &str = "_line";

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

/// A writer of Arrow files, LZ4 compressed.
pub struct ArrowFile {
    path: PathBuf,
    writer: FileWriter<BufWriter<File>>,
    rows: usize,
}

impl ArrowFile {
    /// Creates `path`; it must end in `.arrow`.
    pub fn create(path: PathBuf, schema: &SchemaRef) -> Result<Self> {
        let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME))?;
        let file = BufWriter::with_capacity(1 << 20, File::create(&path)?);
        Ok(ArrowFile { path, writer: FileWriter::try_new_with_options(file, schema, options)?, rows: 0 })
    }

    /// Adds a batch.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        if batch.num_rows() > 0 {
            self.writer.write(batch)?;
            self.rows += batch.num_rows();
        }
        Ok(())
    }

    /// Rows written so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Closes the file; its path, or `None` where it holds no row.
    pub fn finish(mut self) -> Result<Option<PathBuf>> {
        self.writer.finish()?;
        Ok((self.rows > 0).then_some(self.path))
    }
}

/// Staged rows of one table, chunk by chunk.
pub struct Staging {
    folder: PathBuf,
    schema: SchemaRef,
    open: Option<ArrowFile>,
    chunks: Vec<PathBuf>,
    /// Which columns each record of the layout owns, by index of the record.
    pub owned: Vec<Vec<String>>,
    /// Sources (files) of rows without a key of their own: what they no longer hold is withdrawn.
    pub by_file: BTreeSet<String>,
}

impl Staging {
    /// Staging of `table` in `folder`, which is created.
    pub fn new(table: &Table, folder: &Path, owned: Vec<Vec<String>>) -> Result<Self> {
        let folder = folder.join(&table.name);
        std::fs::create_dir_all(&folder)?;
        Ok(Staging {
            folder,
            schema: staged_schema(table),
            open: None,
            chunks: Vec::new(),
            owned,
            by_file: BTreeSet::new(),
        })
    }

    /// Adds rows in the staged schema.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        if self.open.as_ref().is_some_and(|file| file.rows() >= CHUNK_ROWS) {
            self.close()?;
        }
        if self.open.is_none() {
            let path = self.folder.join(format!("chunk-{:05}.arrow", self.chunks.len()));
            self.open = Some(ArrowFile::create(path, &self.schema)?);
        }
        match &mut self.open {
            Some(file) => file.write(batch),
            None => Ok(()),
        }
    }

    fn close(&mut self) -> Result<()> {
        if let Some(file) = self.open.take() {
            self.chunks.extend(file.finish()?);
        }
        Ok(())
    }

    /// Closes the last chunk; the paths of all chunks in order.
    pub fn finish(&mut self) -> Result<Vec<PathBuf>> {
        self.close()?;
        Ok(std::mem::take(&mut self.chunks))
    }
}
