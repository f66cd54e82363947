//! A layout guessed from a file: names, types and values of its first rows. A person edits it.

mod profile;
mod roles;
mod tables;
mod write;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::AsArray;

use super::discover::SourceFile;
use super::raw::input::{Format, InputFile, InputFiles, distinct_names, raw_schema};
use super::raw::read::{Item, read};
use super::raw::records::Delimiting;
use super::raw::sniff::{Look, sniff};
use crate::{Error, Result};
use profile::Profile;

/// Rows looked at.
const ROWS: usize = 10_000;

/// Writes a layout (TOML with comments) for a file.
///
/// # Errors
/// The file cannot be read, is empty, or nothing in it can be told apart.
pub fn suggest(path: &Path) -> Result<String> {
    let (format, header, with_header) = look(path)?;
    let columns = sample(path, format, &header)?;
    if columns.iter().all(Profile::is_empty) {
        let message = format!("{} holds no rows to guess from.", path.display());
        return Err(Error::input(message).hint("Take a file with some rows."));
    }
    let guessed = tables::guess(&columns);
    Ok(write::layout(path, format, with_header, &columns, &guessed))
}

/// How a file is written, its columns, and whether it names them.
pub(crate) fn look(path: &Path) -> Result<(Format, Vec<String>, bool)> {
    match sniff(path)? {
        Look::Empty => Err(Error::input(format!("{} is empty.", path.display()))),
        Look::JsonLines(names) => Ok((Format::JsonLines, names, true)),
        Look::Parquet(names) => Ok((Format::Parquet, names, true)),
        Look::Delimited(delimiting, first) => {
            let with_header = !first.iter().any(|cell| profile::is_data(cell));
            let names = if with_header {
                distinct_names(first)
            } else {
                (1..=first.len()).map(|number| format!("column_{number}")).collect()
            };
            Ok((Format::Delimited(delimiting, with_header), names, with_header))
        }
    }
}

/// Profiles of the columns in the first rows.
fn sample(path: &Path, format: Format, header: &[String]) -> Result<Vec<Profile>> {
    let source = SourceFile { path: path.to_path_buf(), display: path.display().to_string() };
    let columns = (0..header.len()).map(Some).collect();
    let file = InputFile { number: 0, source, format, header: header.to_vec(), columns };
    let input =
        InputFiles { schema: raw_schema(header), files: vec![file], missing: Vec::new(), feeds: Arc::default() };
    let mut profiles: Vec<Profile> = header.iter().map(|name| Profile::new(name)).collect();
    let mut rows = 0;
    read(&input, &vec![true; header.len()], &Arc::default(), &mut |item| {
        let Item::Rows(batch) = item else { return ControlFlow::Continue(()) };
        for (profile, column) in profiles.iter_mut().zip(batch.columns()) {
            for text in column.as_string::<i32>().iter().take(ROWS - rows) {
                profile.add(text);
            }
        }
        rows += batch.num_rows().min(ROWS - rows);
        if rows >= ROWS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    profiles.iter_mut().for_each(Profile::finish);
    Ok(profiles)
}

/// How a delimiter is written in a layout, where it must be.
fn delimiter(format: Format) -> Option<&'static str> {
    match format {
        Format::Delimited(Delimiting::Blanks, _) => Some(" "),
        _ => None,
    }
}
