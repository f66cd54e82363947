//! Parquet files that are written whole: encoded row groups one after another.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::ArrowColumnChunk;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::parquet::file::writer::SerializedFileWriter;
use throughline_model::vocabulary::Table;

use super::encode::{FILE_ROWS, Group, writer_properties, wrong};
use super::schema::stored_schema;
use crate::Result;

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

/// Adds encoded columns as a row group at the end of a file.
pub(crate) fn append_group(writer: &mut SerializedFileWriter<File>, columns: Vec<ArrowColumnChunk>) -> Result<()> {
    let mut group = writer.next_row_group().map_err(wrong)?;
    for column in columns {
        column.append_to_row_group(&mut group).map_err(wrong)?;
    }
    group.close().map_err(wrong)?;
    Ok(())
}
