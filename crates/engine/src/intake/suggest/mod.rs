//! A layout guessed from a file: names, types and values of its first rows. A person edits it.

mod profile;
mod roles;
mod tables;
mod write;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::AsArray;
use throughline_formats::encoding::Encoding;

use super::discover::SourceFile;
use super::parts::Parts;
use super::raw::input::{Format, Head, InputFile, InputFiles, distinct_names, raw_schema};
use super::raw::read::{Item, read};
use super::raw::records::Delimiting;
use super::raw::sniff::{Beginning, Look, likely_header};
use super::recognise::Known;
use crate::{Error, Result};
use profile::Profile;

/// Rows looked at.
const ROWS: usize = 10_000;

/// What a layout is to be guessed from.
#[derive(Debug, Clone, Copy, Default)]
pub struct GuessFrom<'a> {
    /// Name of the sheet, member or list; the largest where absent.
    pub part: Option<&'a str>,
    /// Name of the encoding; found by looking where absent.
    pub encoding: Option<&'a str>,
}

/// Writes a layout (TOML with comments) for a file, or for a part of it; parts are spooled below `scratch`.
///
/// # Errors
/// The file cannot be read, is empty, or nothing in it can be told apart.
pub fn suggest(file: &SourceFile, from: GuessFrom<'_>, scratch: &Path) -> Result<String> {
    let known = Known { encoding: from.encoding, ..Known::default() };
    let mut parts = Parts::below(scratch)?;
    let found: Vec<SourceFile> = match parts.of(file)? {
        None => vec![file.clone()],
        Some(parts) => parts.into_iter().filter(|(.., problem)| problem.is_none()).map(|(part, ..)| part).collect(),
    };
    let name = |file: &SourceFile| file.part.as_ref().map(|part| part.name.clone()).unwrap_or_default();
    let chosen = match from.part {
        Some(wanted) => found.iter().find(|file| name(file) == wanted),
        None => found.iter().rev().max_by_key(|file| std::fs::metadata(&file.path).map_or(0, |data| data.len())),
    };
    let none = || {
        let names: Vec<String> = found.iter().map(name).collect();
        let error = Error::input(format!("{} has no such part.", file.display));
        if found.is_empty() {
            Error::input(format!("{} is empty.", file.display))
        } else {
            error.hint(format!("Parts: {}.", names.join(", ")))
        }
    };
    let chosen = chosen.ok_or_else(none)?;
    let looked = look(chosen, known.encoding()?)?;
    let columns = sample(&looked)?;
    if columns.iter().all(Profile::is_empty) {
        let message = format!("{} holds no rows to guess from.", chosen.display);
        return Err(Error::input(message).hint("Take a file with some rows."));
    }
    let guessed = tables::guess(&columns);
    let others = found.iter().filter(|other| *other != chosen).map(name).filter(|name| !name.is_empty()).collect();
    Ok(write::layout(&looked, others, &columns, &guessed))
}

/// A file as it looks.
pub(crate) struct Looked {
    /// The file, its encoding known.
    pub(crate) file: SourceFile,
    /// How it is written.
    pub(crate) format: Format,
    /// Names of its columns.
    pub(crate) header: Vec<String>,
    /// Whether it names them itself.
    pub(crate) with_header: bool,
}

/// Looks at a file that is read as it is.
///
/// # Errors
/// It cannot be read, or it is empty.
pub(crate) fn look(file: &SourceFile, told: Option<&'static Encoding>) -> Result<Looked> {
    let beginning = Beginning::of(file, told)?;
    let file = SourceFile { encoding: beginning.encoding, ..file.clone() };
    let looked = |format, header, with_header| Looked { file: file.clone(), format, header, with_header };
    match beginning.look(&file)? {
        Look::Empty => Err(Error::input(format!("{} is empty.", file.display))),
        Look::JsonLines(names) => Ok(looked(Format::JsonLines(0), names, true)),
        Look::Parquet(names) => Ok(looked(Format::Parquet, names, true)),
        Look::Delimited(delimiting, records) => {
            let before = likely_header(&records);
            let first = records.into_iter().nth(before).unwrap_or_default();
            if first.iter().any(|cell| profile::is_data(cell)) {
                let names = (1..=first.len()).map(|number| format!("column_{number}")).collect();
                return Ok(looked(Format::Delimited(delimiting, Head::NONE), names, false));
            }
            let head = Head { before: before as u16, lines: 1 };
            Ok(looked(Format::Delimited(delimiting, head), distinct_names(first), true))
        }
    }
}

/// Profiles of the columns in the first rows.
fn sample(looked: &Looked) -> Result<Vec<Profile>> {
    let Looked { file: source, format, header, .. } = looked;
    let columns = (0..header.len()).map(Some).collect();
    let (source, format) = (source.clone(), *format);
    let file = InputFile { number: 0, source, format, header: header.clone(), columns, spelled: None };
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
