//! What is wrong with single rows of a batch, and what is worth counting about them.

use std::collections::BTreeMap;

/// Rows that cannot be used, each with the first column that is wrong and why.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    rows: BTreeMap<usize, (Option<String>, String)>,
}

impl Problems {
    /// Notes a problem; the first of a row stands.
    pub(crate) fn push(&mut self, row: usize, column: Option<&str>, reason: impl Into<String>) {
        self.rows.entry(row).or_insert_with(|| (column.map(str::to_owned), reason.into()));
    }

    /// Whether the row has one.
    pub(crate) fn has(&self, row: usize) -> bool {
        self.rows.contains_key(&row)
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Rows with column and reason, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, Option<&str>, &str)> {
        self.rows.iter().map(|(row, (column, reason))| (*row, column.as_deref(), reason.as_str()))
    }
}

/// Something remarkable about a value that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remark {
    /// A local time that did not exist was moved forward.
    Gap,
    /// Of a local time that existed twice the earlier one was taken.
    Overlap,
    /// A text that a spreadsheet would run as a formula; kept as text.
    Formula,
}

/// Remarks by row.
#[derive(Debug, Default)]
pub(crate) struct Remarks(pub(crate) Vec<(usize, Remark)>);
