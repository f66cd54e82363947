//! Arrow files in a scratch folder.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::ipc::CompressionType;
use datafusion::arrow::ipc::reader::FileReader;
use datafusion::arrow::ipc::writer::{FileWriter, IpcWriteOptions};

use crate::{Error, Result};

/// A writer of Arrow files.
pub struct ArrowFile {
    path: PathBuf,
    writer: FileWriter<BufWriter<File>>,
    rows: usize,
}

impl ArrowFile {
    /// Creates `path`, compressed with LZ4; it must end in `.arrow`.
    pub fn create(path: PathBuf, schema: &SchemaRef) -> Result<Self> {
        Self::with(path, schema, Some(CompressionType::LZ4_FRAME))
    }

    /// The same without compression.
    pub fn plain(path: PathBuf, schema: &SchemaRef) -> Result<Self> {
        Self::with(path, schema, None)
    }

    fn with(path: PathBuf, schema: &SchemaRef, compression: Option<CompressionType>) -> Result<Self> {
        let options = IpcWriteOptions::default().try_with_compression(compression)?;
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

impl fmt::Debug for ArrowFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrowFile").field("path", &self.path).field("rows", &self.rows).finish_non_exhaustive()
    }
}

/// The batches of an Arrow file.
pub fn read_batches(path: &Path) -> Result<impl Iterator<Item = Result<RecordBatch>> + use<>> {
    let reader = FileReader::try_new(BufReader::with_capacity(1 << 20, File::open(path)?), None)?;
    Ok(reader.map(|batch| batch.map_err(Error::from)))
}
