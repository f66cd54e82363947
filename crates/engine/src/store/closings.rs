//! What becomes of stored versions that others follow: instructions, collected by data file.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::Result;

/// Instructions held in memory; more go to disk.
const HELD: usize = 4 << 20;
/// Bytes of an instruction on disk.
const BYTES: usize = 17;

/// What becomes of one stored version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Closing {
    /// Place of its data file.
    pub(crate) file: i32,
    /// Number of its row there.
    pub(crate) row: i64,
    /// Its new end, in microseconds.
    pub(crate) until: Option<i64>,
    /// It never was in force and goes.
    pub(crate) drop: bool,
}

/// Instructions as they arrive.
pub(crate) struct Closings {
    folder: PathBuf,
    held: BTreeMap<i32, Vec<Closing>>,
    count: usize,
    spilled: BTreeMap<i32, PathBuf>,
}

impl Closings {
    /// None yet; `folder` is for those that do not fit in memory.
    pub(crate) fn new(folder: &Path) -> Self {
        Closings { folder: folder.to_path_buf(), held: BTreeMap::new(), count: 0, spilled: BTreeMap::new() }
    }

    /// Adds instructions.
    pub(crate) fn add(&mut self, closings: Vec<Closing>) -> Result<()> {
        self.count += closings.len();
        for closing in closings {
            self.held.entry(closing.file).or_default().push(closing);
        }
        if self.count < HELD {
            return Ok(());
        }
        self.count = 0;
        for (file, closings) in std::mem::take(&mut self.held) {
            let path = self.folder.join(format!("closings-{file}"));
            let bytes: Vec<u8> = closings.iter().flat_map(encoded).collect();
            File::options().create(true).append(true).open(&path)?.write_all(&bytes)?;
            self.spilled.insert(file, path);
        }
        Ok(())
    }

    /// Places of the data files that change.
    pub(crate) fn files(&self) -> Vec<i32> {
        let mut files: Vec<i32> = self.held.keys().chain(self.spilled.keys()).copied().collect();
        files.sort_unstable();
        files.dedup();
        files
    }

    /// The instructions for a data file, in the order of its rows.
    pub(crate) fn of(&self, file: i32) -> Result<Vec<Closing>> {
        let mut closings = self.held.get(&file).cloned().unwrap_or_default();
        if let Some(path) = self.spilled.get(&file) {
            let bytes = fs::read(path)?;
            closings.extend(bytes.as_chunks::<BYTES>().0.iter().map(|bytes| decoded(file, bytes)));
        }
        closings.sort_unstable();
        Ok(closings)
    }
}

fn encoded(closing: &Closing) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    bytes[..8].copy_from_slice(&closing.row.to_le_bytes());
    bytes[8..16].copy_from_slice(&closing.until.unwrap_or_default().to_le_bytes());
    bytes[16] = u8::from(closing.until.is_some()) | u8::from(closing.drop) << 1;
    bytes
}

fn decoded(file: i32, bytes: &[u8; BYTES]) -> Closing {
    let number =
        |from: usize| bytes[from..].first_chunk::<8>().map(|eight| i64::from_le_bytes(*eight)).unwrap_or_default();
    let (row, until, flags) = (number(0), number(8), bytes[16]);
    Closing { file, row, until: (flags & 1 == 1).then_some(until), drop: flags & 2 == 2 }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn instructions_come_back_from_disk_as_they_were() {
        for (row, until, drop) in
            [(0, None, true), (7, Some(-1), false), (i64::MAX, Some(i64::MIN), true), (1, None, false)]
        {
            let closing = Closing { file: 3, row, until, drop };
            assert_eq!(decoded(3, &encoded(&closing)), closing);
        }
        let folder = tempfile::tempdir().unwrap();
        let mut closings = Closings::new(folder.path());
        let one = |row: usize| Closing { file: (row % 2) as i32, row: row as i64, until: Some(1), drop: false };
        closings.add((0..HELD + 10).rev().map(one).collect()).unwrap();
        closings.add(vec![one(HELD + 11)]).unwrap();
        assert_eq!(closings.files(), [0, 1]);
        let second = closings.of(1).unwrap();
        assert_eq!(second.len(), HELD / 2 + 6);
        assert!(second.is_sorted() && second.last() == Some(&one(HELD + 11)));
    }
}
