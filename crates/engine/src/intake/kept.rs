//! Inputs of records that look into other files are kept, so that a file that arrives later completes them.
//!
//! `FOLDER/<layout>/<input>/<import id>-<n>.parquet` holds the raw rows of one file of one import. Only files of
//! imports that took place count; those of an import that failed are as good as absent.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use datafusion::arrow::array::AsArray;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use xxhash_rust::xxh3::Xxh3;

use super::discover::SourceFile;
use super::raw::input::{Format, InputFile};
use super::raw::parquet;
use crate::error::{DOCTOR, at};
use crate::{Error, Result, proof};

/// Where inputs are kept, and which imports count.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The folder.
    pub folder: PathBuf,
    /// Ids of the imports that took place.
    pub imports: BTreeSet<String>,
}

impl Kept {
    /// Kept files of an input with their columns, in the order of the imports.
    pub(crate) fn files(&self, layout: &str, input: &str) -> Result<Vec<(PathBuf, Vec<String>)>> {
        let folder = self.folder.join(layout).join(input);
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for entry in fs::read_dir(&folder).map_err(at(&folder))? {
            let path = entry?.path();
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let import = name.rsplit_once('-').map(|(import, _)| import.to_owned()).unwrap_or_default();
            if path.extension().is_some_and(|end| end == "parquet") && self.imports.contains(&import) {
                prove(&path)?;
                found.push((path.clone(), parquet::header(&path)?));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Kept files as files to read; their numbers are negative, the newest has -1.
    pub(crate) fn input_files(files: Vec<(PathBuf, Vec<String>)>, columns: &[String]) -> Vec<InputFile> {
        let count = files.len() as i32;
        let numbered = files.into_iter().enumerate();
        numbered
            .map(|(index, (path, header))| InputFile {
                number: index as i32 - count,
                source: SourceFile::new(&path, path.display().to_string()),
                format: Format::Parquet,
                columns: columns.iter().map(|name| header.iter().position(|known| known == name)).collect(),
                header,
                spelled: None,
            })
            .collect()
    }
}

/// Writes the raw rows of one file; given up when the same rows are kept already.
pub(crate) struct KeptWriter {
    path: PathBuf,
    writer: Option<ArrowWriter<File>>,
    digest: Xxh3,
}

impl KeptWriter {
    /// Begins the `number`th file of an input.
    pub(crate) fn new(kept: &Kept, layout: &str, input: &str, import_id: &str, number: i32) -> Result<Self> {
        let folder = kept.folder.join(layout).join(input);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        Ok(KeptWriter { path: folder.join(format!("{import_id}-{number}.parquet")), writer: None, digest: Xxh3::new() })
    }

    /// Adds rows.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        for column in batch.columns().iter().filter_map(|column| column.as_string_opt::<i32>()) {
            self.digest.update(column.value_data());
            for offset in column.value_offsets() {
                self.digest.update(&offset.to_le_bytes());
            }
        }
        if self.writer.is_none() {
            let level = ZstdLevel::try_new(1).map_err(|error| Error::internal(error.to_string()))?;
            let options = WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
            let file = File::create(&self.path).map_err(at(&self.path))?;
            self.writer = Some(ArrowWriter::try_new(file, batch.schema(), Some(options)).map_err(wrong)?);
        }
        if let Some(writer) = &mut self.writer {
            writer.write(batch).map_err(wrong)?;
        }
        Ok(())
    }

    /// Ends the file. The same content in `known` makes it superfluous.
    pub(crate) fn finish(self, known: &[InputFile]) -> Result<()> {
        let Some(writer) = self.writer else { return Ok(()) };
        let digest = format!("{:016x}", self.digest.digest());
        writer.close().map_err(wrong)?;
        if known.iter().any(|file| noted(&file.source.path).is_some_and(|(rows, _)| rows == digest)) {
            fs::remove_file(&self.path)?;
            return Ok(());
        }
        let bytes = proof::hash(&self.path).map_err(at(&self.path))?;
        let noted = self.path.with_extension("digest");
        fs::write(&noted, format!("{digest}\n{bytes:016x}")).map_err(at(&noted))
    }
}

/// Hash of the rows of a kept file, and of its bytes where an earlier program did not leave it out.
fn noted(path: &Path) -> Option<(String, Option<String>)> {
    let text = fs::read_to_string(path.with_extension("digest")).ok()?;
    let mut lines = text.lines().map(str::to_owned);
    Some((lines.next()?, lines.next()))
}

/// Whether a kept file is what was written, as far as that was noted.
pub(crate) fn prove(path: &Path) -> Result<()> {
    let Some((_, Some(hash))) = noted(path) else { return Ok(()) };
    match format!("{:016x}", proof::hash(path).map_err(at(path))?) == hash {
        true => Ok(()),
        false => Err(Error::damaged(format!("The kept input {} is damaged.", path.display())).hint(DOCTOR)),
    }
}

fn wrong(error: datafusion::parquet::errors::ParquetError) -> Error {
    Error::internal(error.to_string())
}
