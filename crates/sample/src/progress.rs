//! What a caller hears during and after a run.

use std::path::PathBuf;

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Customers simulated so far.
    pub customers_done: u32,
    /// Customers in all.
    pub customers: u32,
    /// Rows written so far, over all tables.
    pub rows: u64,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Folder of the source files.
    pub sources: PathBuf,
    /// File of the truths.
    pub truth: PathBuf,
    /// One entry per file, in the order of the standard tables.
    pub tables: Vec<TableSummary>,
    /// Distinct dated contacts: interactions, orders, payments, tickets, ticket events, answered feedback, loyalty events.
    pub touchpoints: u64,
}

/// What was written into one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSummary {
    /// The standard table.
    pub table: &'static str,
    /// The file.
    pub path: PathBuf,
    /// Rows without the header, everything included.
    pub rows: u64,
    /// Distinct keys among the rows that are not broken: rows of the table when all is imported.
    pub keys: u64,
    /// Identical rows written a second time.
    pub duplicates: u64,
    /// Broken rows, which an import must set aside.
    pub dirty: u64,
    /// Rows that were recorded days after they happened.
    pub late: u64,
    /// Bytes before compression.
    pub bytes: u64,
}
