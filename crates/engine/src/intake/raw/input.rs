//! What is read: the files of one input, each with how it is written and where its columns are.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use throughline_model::layout::Layout;

pub(crate) use throughline_formats::distinct_names;

use super::super::discover::SourceFile;
use super::super::spool::Feeds;
use super::records::Delimiting;

/// Columns that every raw batch has behind those of the input: file, line and place among the rows of the file.
pub(crate) const FILE: &str = "_file";
/// Line on which the row begins, from 1.
pub(crate) const LINE: &str = "_line";
/// Number of the row within its file, from 1.
pub(crate) const SEQ: &str = "_seq";

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Delimited text, and which rows at its top are no data.
    Delimited(Delimiting, Head),
    /// One JSON object per line; how many at the top are no data.
    JsonLines(u16),
    /// Parquet.
    Parquet,
}

/// Rows at the top of a delimited file that are no data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Titles and the like before the header.
    pub(crate) before: u16,
    /// Rows of the header; the first names the columns. None where the file has no header.
    pub(crate) lines: u16,
}

impl Head {
    /// No header.
    pub(crate) const NONE: Head = Head { before: 0, lines: 0 };
    /// One row that names the columns.
    pub(crate) const ONE: Head = Head { before: 0, lines: 1 };

    /// How many rows are no data.
    pub(crate) fn rows(self) -> usize {
        usize::from(self.before) + usize::from(self.lines)
    }
}

/// One file to read as an input.
#[derive(Debug, Clone)]
pub(crate) struct InputFile {
    /// Number in `_file`.
    pub(crate) number: i32,
    /// Where it is.
    pub(crate) source: SourceFile,
    /// How it is written.
    pub(crate) format: Format,
    /// Names of its own columns, duplicates told apart.
    pub(crate) header: Vec<String>,
    /// For each column of the input: its place in the file.
    pub(crate) columns: Vec<Option<usize>>,
    /// The layout, and which of its inputs says how the names of columns may be spelled.
    pub(crate) spelled: Option<(Arc<Layout>, usize)>,
}

impl InputFile {
    /// What a column is called that the file spells so.
    pub(crate) fn canonical<'a>(&'a self, name: &'a str) -> &'a str {
        let input = self.spelled.as_ref().and_then(|(layout, input)| layout.inputs.get(*input));
        input.and_then(|input| input.canonical(name)).unwrap_or(name)
    }
}

/// All files of one input of a layout.
#[derive(Debug, Clone)]
pub(crate) struct InputFiles {
    /// Columns of the input as text, then [`FILE`], [`LINE`], [`SEQ`].
    pub(crate) schema: SchemaRef,
    /// The files in order.
    pub(crate) files: Vec<InputFile>,
    /// Words that mean empty.
    pub(crate) missing: Vec<String>,
    /// What planned records want of the new files.
    pub(crate) feeds: Arc<Feeds>,
}

impl InputFiles {
    /// How many columns come from the files.
    pub(crate) fn width(&self) -> usize {
        self.schema.fields().len().saturating_sub(3)
    }

    /// Whether some file has the column.
    pub(crate) fn has(&self, name: &str) -> bool {
        let Ok(index) = self.schema.index_of(name) else { return false };
        self.files.iter().any(|file| file.columns.get(index).is_some_and(Option::is_some))
    }
}

/// The schema of raw batches with these columns.
pub(crate) fn raw_schema(columns: &[String]) -> SchemaRef {
    let mut fields: Vec<Field> = columns.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
    fields.push(Field::new(FILE, DataType::Int32, false));
    fields.push(Field::new(LINE, DataType::Int64, false));
    fields.push(Field::new(SEQ, DataType::Int64, false));
    Arc::new(Schema::new(fields))
}
