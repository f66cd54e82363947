//! What a file looks like before it is imported: its columns, its first rows, and what it was recognised as.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::AsArray;
use throughline_model::layout::Layout;

use super::discover::SourceFile;
use super::parts::Parts;
use super::raw::input::{Format, InputFile, InputFiles, raw_schema};
use super::raw::read::{Item, read};
use super::recognise::{Known, recognise};
use super::suggest::{GuessFrom, look, suggest};
use crate::Result;

/// A file at first sight.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// Layout that would read it.
    pub layout: Option<String>,
    /// Input of the layout.
    pub input: Option<String>,
    /// Why it would not be read, where no layout knows it or one leaves it out on purpose.
    pub problem: Option<String>,
    /// Names of its columns.
    pub columns: Vec<String>,
    /// Its first rows as text.
    pub rows: Vec<Vec<Option<String>>>,
    /// A layout guessed for it, where none knows it.
    pub suggestion: Option<String>,
}

/// Looks at a file, at most `most` rows of it; of several parts, at the first that a layout knows. Parts are spooled
/// below `scratch`.
///
/// # Errors
/// Input: the file cannot be read, or there is no layout `as_layout`.
pub fn preview(
    file: &SourceFile,
    layouts: &[Arc<Layout>],
    as_layout: Option<&str>,
    most: usize,
    scratch: &Path,
) -> Result<Preview> {
    let known = Known { layout: as_layout, scratch: Some(scratch.to_path_buf()), ..Known::default() };
    let found = recognise(std::slice::from_ref(file), layouts, &known)?;
    if let Some(assigned) = found.assigned.first() {
        let input = assigned.layout.inputs.get(assigned.input).map(|input| input.name.clone());
        let rows = first_rows(&assigned.file, assigned.format, &assigned.header, most)?;
        let (layout, columns) = (Some(assigned.layout.id.clone()), assigned.header.clone());
        return Ok(Preview { layout, input, problem: None, columns, rows, suggestion: None });
    }
    let problem = found.skipped.first().map(|skipped| skipped.reason.clone());
    let unknown = found.problems.first().map(|problem| problem.message.clone());
    let suggestion = if unknown.is_some() { suggest(file, GuessFrom::default(), scratch).ok() } else { None };
    let mut parts = Parts::below(scratch)?;
    let first = match parts.of(file) {
        Ok(None) => Some(file.clone()),
        Ok(Some(parts)) => parts.into_iter().find(|(.., problem)| problem.is_none()).map(|(part, ..)| part),
        Err(_) => None,
    };
    let (columns, rows) = match first.and_then(|first| look(&first, None).ok()) {
        Some(looked) => (looked.header.clone(), first_rows(&looked.file, looked.format, &looked.header, most)?),
        // An empty file, or one that is no table: why stands in the problem.
        None => (Vec::new(), Vec::new()),
    };
    Ok(Preview { layout: None, input: None, problem: problem.or(unknown), columns, rows, suggestion })
}

fn first_rows(file: &SourceFile, format: Format, header: &[String], most: usize) -> Result<Vec<Vec<Option<String>>>> {
    let columns = (0..header.len()).map(Some).collect();
    let file = InputFile { number: 0, source: file.clone(), format, header: header.to_vec(), columns, spelled: None };
    let input =
        InputFiles { schema: raw_schema(header), files: vec![file], missing: Vec::new(), feeds: Arc::default() };
    let mut rows: Vec<Vec<Option<String>>> = Vec::new();
    read(&input, &vec![true; header.len()], &Arc::default(), &mut |item| {
        let Item::Rows(batch) = item else { return ControlFlow::Continue(()) };
        for row in 0..batch.num_rows().min(most - rows.len()) {
            let cells = batch.columns().iter().take(header.len()).map(|column| {
                let column = column.as_string::<i32>();
                column.iter().nth(row).flatten().map(str::to_owned)
            });
            rows.push(cells.collect());
        }
        if rows.len() >= most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(rows)
}
