//! Opening a source file: unpacked, and as UTF-8.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

pub(crate) use throughline_formats::source::fill;
use throughline_formats::{encoding, source};

use super::discover::SourceFile;
use crate::{Error, Result};

/// Opens a file for reading its text as UTF-8; bytes read from disk are added to `count`.
pub(crate) fn open(file: &SourceFile, count: Arc<AtomicU64>) -> Result<Box<dyn Read + Send>> {
    encoding::open(&file.path, file.encoding, count).map_err(|error| unreadable(&file.path, &error))
}

/// A file of text that is no source, such as rows that come back mended: its encoding is found by looking.
pub(crate) fn text_file(path: &Path) -> Result<SourceFile> {
    let head = source::head(path, encoding::LOOKED_AT).map_err(|error| unreadable(path, &error))?;
    let encoding = encoding::guess(&head, head.len() < encoding::LOOKED_AT);
    Ok(SourceFile { encoding, ..SourceFile::new(path, path.display().to_string()) })
}

/// The error of a file that cannot be read or unpacked.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::input(format!("{} cannot be read: {error}.", path.display()))
}
