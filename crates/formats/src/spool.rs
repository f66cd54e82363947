//! Files that parts are written to.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A scratch folder, and how many files there are in it.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    files: usize,
}

impl Spool {
    /// Files go into `folder`, which is there and goes when its owner removes it.
    pub fn new(folder: &Path) -> Self {
        Spool { folder: folder.to_path_buf(), files: 0 }
    }

    /// The path of another file.
    pub(crate) fn path(&mut self) -> PathBuf {
        self.files += 1;
        self.folder.join(format!("part-{}", self.files))
    }

    /// Another file of rows.
    pub(crate) fn rows(&mut self) -> io::Result<Rows> {
        let path = self.path();
        Ok(Rows { file: BufWriter::with_capacity(1 << 16, File::create(&path)?), path, next: 1 })
    }
}

/// A file of rows, one per line.
#[derive(Debug)]
pub(crate) struct Rows {
    file: BufWriter<File>,
    path: PathBuf,
    next: u64,
}

impl Rows {
    /// Writes a row on that line, or on the next where rows stand there already.
    pub(crate) fn write(&mut self, line: u64, row: &[u8]) -> io::Result<()> {
        while self.next < line {
            self.file.write_all(b"\n")?;
            self.next += 1;
        }
        self.file.write_all(row)?;
        self.file.write_all(b"\n")?;
        self.next += 1;
        Ok(())
    }

    /// Ends the file; its path.
    pub(crate) fn finish(mut self) -> io::Result<PathBuf> {
        self.file.flush()?;
        Ok(self.path)
    }
}

/// Adds a text to a line of JSON.
pub(crate) fn push_text(line: &mut Vec<u8>, text: &str) {
    // Texts are always JSON.
    let _ = serde_json::to_writer(line, text);
}
