//! Files that parts are written to.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that the rows of any file may become.
const FREE_BYTES: u64 = 256 << 20;

/// A scratch folder, and how many files there are in it.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    files: usize,
    /// Bytes that rows may still become.
    room: Arc<AtomicU64>,
}

impl Spool {
    /// Files go into `folder`, which is there and goes when its owner removes it.
    pub fn new(folder: &Path) -> Self {
        Spool { folder: folder.to_path_buf(), files: 0, room: Arc::new(FREE_BYTES.into()) }
    }

    /// Begins a file of so many bytes: what is repeated in it must not fill the disk when it is written out.
    pub(crate) fn begin(&mut self, bytes: u64) {
        self.room = Arc::new(bytes.saturating_mul(zip::MOST_TIMES).max(FREE_BYTES).into());
    }

    /// The path of another file.
    pub(crate) fn path(&mut self) -> PathBuf {
        self.files += 1;
        self.folder.join(format!("part-{}", self.files))
    }

    /// Another file of rows.
    pub(crate) fn rows(&mut self) -> io::Result<Rows> {
        let path = self.path();
        Ok(Rows {
            file: BufWriter::with_capacity(1 << 16, File::create(&path)?),
            path,
            next: 1,
            room: self.room.clone(),
        })
    }
}

/// A file of rows, one per line.
#[derive(Debug)]
pub(crate) struct Rows {
    file: BufWriter<File>,
    path: PathBuf,
    next: u64,
    room: Arc<AtomicU64>,
}

impl Rows {
    /// Writes a row on that line, or on the next where rows stand there already.
    pub(crate) fn write(&mut self, line: u64, row: &[u8]) -> io::Result<()> {
        let bytes = row.len() as u64 + 1 + line.saturating_sub(self.next);
        let take = |room: u64| room.checked_sub(bytes);
        if self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_err() {
            let message = format!("its rows become more than {} times its size", zip::MOST_TIMES);
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
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
