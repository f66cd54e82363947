//! The file that the rows of a query are written into, and what is found in it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::Xxh3;

use crate::{Error, Result};

const BUFFER: usize = 1 << 20;

/// A file on its way from the server.
pub(super) struct Spool {
    path: PathBuf,
    file: BufWriter<File>,
    hash: Xxh3,
    /// Bytes written so far.
    pub(super) bytes: u64,
}

/// A file with all rows of a query.
#[derive(Debug)]
pub(super) struct Spooled {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its size.
    pub(super) bytes: u64,
    /// Checksum of its content.
    pub(super) digest: String,
}

impl Spool {
    pub(super) fn create(path: PathBuf) -> Result<Spool> {
        let file = BufWriter::with_capacity(BUFFER, File::create(&path)?);
        Ok(Spool { path, file, hash: Xxh3::new(), bytes: 0 })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(self.file.write_all(bytes)?)
    }

    pub(super) fn finish(mut self) -> Result<Spooled> {
        self.file.flush()?;
        Ok(Spooled { path: self.path, bytes: self.bytes, digest: format!("{:032x}", self.hash.digest128()) })
    }
}

/// How many rows a file has, and what stands in one column of the last; rows are sorted by it, those without a value
/// first.
pub(super) fn count(path: &Path, column: Option<usize>) -> Result<(u64, Option<String>)> {
    let unreadable = |error: csv::Error| Error::internal(format!("{} cannot be read: {error}", path.display()));
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).buffer_capacity(BUFFER).from_path(path).map_err(unreadable)?;
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    let mut last = Vec::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        rows += 1;
        if let Some(value) = column.and_then(|column| record.get(column)) {
            last.clear();
            last.extend_from_slice(value);
        }
    }
    let last = String::from_utf8(last).ok().filter(|value| !value.is_empty());
    Ok((rows, last))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn rows_are_counted_across_quotes_and_the_last_value_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::create(folder.path().join("a.csv")).unwrap();
        for part in ["id,at\n1,\n2,\"20", "26\"\n\"3\n\",2027\n"] {
            spool.write(part.as_bytes()).unwrap();
        }
        let spooled = spool.finish().unwrap();
        assert_eq!((spooled.bytes, spooled.digest.len()), (28, 32));
        assert_eq!(count(&spooled.path, Some(1)).unwrap(), (3, Some("2027".into())));
        assert_eq!(count(&spooled.path, None).unwrap(), (3, None));
    }
}
