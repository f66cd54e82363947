//! Counting what became of every file.

use std::collections::BTreeMap;

/// What became of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileCounts {
    /// The file, as the user wrote it.
    pub file: String,
    /// Layout by which it was read.
    pub layout: String,
    /// Input of the layout that it is.
    pub input: String,
    /// Rows read, rejected ones included.
    pub rows: u64,
    /// Rows that became at least one reject.
    pub rejected: u64,
    /// Rows made of it, by standard table.
    pub accepted: BTreeMap<String, u64>,
    /// Local times that did not exist and were moved forward.
    pub gaps: u64,
    /// Local times that existed twice; the earlier one was taken.
    pub overlaps: u64,
    /// Texts that a spreadsheet would run as a formula; kept as text.
    pub formulas: u64,
}

/// What became of all files, in their order; the last entry may stand for rows completed from earlier imports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// One entry per assigned file.
    pub files: Vec<FileCounts>,
    /// Rows of earlier imports that were made again, because a file they look into has arrived.
    pub completed: BTreeMap<String, u64>,
}

impl Counts {
    /// Rows read.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// Rows set aside.
    pub fn rejected(&self) -> u64 {
        self.files.iter().map(|file| file.rejected).sum()
    }

    /// Rows made for a standard table.
    pub fn accepted(&self, table: &str) -> u64 {
        self.files.iter().filter_map(|file| file.accepted.get(table)).sum()
    }
}
