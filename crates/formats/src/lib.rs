//! Files that are no plain tables, as parts that are: workbooks, archives, JSON documents, event logs in XML.
//!
//! A file that can be read line by line as it is (delimited text, JSON lines) or by column (Parquet) is left alone. Any
//! other becomes one or more [`Part`]s, spooled into a scratch folder: members of an archive as they are, everything
//! else as JSON lines whose line numbers are those that people see in the file.

mod archive;
pub mod encoding;
pub mod json;
mod names;
mod ocel;
mod parts;
mod sheets;
pub mod source;
mod spool;
mod xes;
mod xml;

pub use names::distinct_names;
pub use parts::{Content, Part, expand};
pub use spool::Spool;

/// Why a file or a part of one cannot be read, as a sentence that names it, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// A sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Problem { message: message.into(), hint: None }
    }

    /// With what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A file that cannot be read.
    pub(crate) fn unreadable(display: &str, error: &impl std::fmt::Display) -> Self {
        Problem::new(format!("{display} cannot be read: {error}."))
    }
}

/// What was made, or why not.
pub type Result<T> = std::result::Result<T, Problem>;
