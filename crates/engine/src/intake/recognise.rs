//! Which layout and input a file is.

use std::path::Path;
use std::sync::Arc;

use globset::Glob;
use throughline_model::diagnostic::Level;
use throughline_model::layout::{self, Input, Layout};

use super::discover::SourceFile;
use super::raw::input::{Format, distinct_names};
use super::raw::records::Delimiting;
use super::raw::sniff::{Look, first_record_of, sniff};
use super::standard;
use crate::{Error, Result, catalog};

/// A file, and what it is.
#[derive(Debug, Clone)]
pub struct Assigned {
    /// The file.
    pub file: SourceFile,
    /// The layout that reads it.
    pub layout: Arc<Layout>,
    /// Place of the input in the layout.
    pub input: usize,
    /// How it is written.
    pub(crate) format: Format,
    /// Its columns by the layout's names, duplicates told apart.
    pub(crate) header: Vec<String>,
}

/// A file that is left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The file, as the user wrote it.
    pub file: String,
    /// Why, as a sentence.
    pub reason: String,
}

/// What all files are.
#[derive(Debug, Default)]
pub struct Recognition {
    /// Files to read, in order.
    pub assigned: Vec<Assigned>,
    /// Files left out on purpose: empty ones, and those that a layout knows but does not import.
    pub skipped: Vec<Skipped>,
    /// Files that cannot be read or that no layout knows.
    pub problems: Vec<Error>,
}

/// The layouts of the shipped catalog.
///
/// # Errors
/// A layout of the catalog is wrong, which is a defect of the program.
pub fn catalog_layouts() -> Result<Vec<Arc<Layout>>> {
    let vocabulary = catalog::vocabulary()?;
    let mut layouts = Vec::new();
    for (path, text) in catalog::files("layouts/") {
        let (layout, problems) = layout::read(path, text, vocabulary);
        match layout {
            Some(layout) => layouts.push(Arc::new(layout)),
            None => {
                let first = problems.iter().find(|problem| problem.level == Level::Error);
                return Err(Error::internal(first.map_or_else(|| path.to_owned(), ToString::to_string)));
            }
        }
    }
    Ok(layouts)
}

/// The layout that a text (TOML) describes.
///
/// # Errors
/// Definition: the text is no layout; all its errors are named.
pub fn layout_of(text: &str) -> Result<Arc<Layout>> {
    let (layout, problems) = layout::read("layout", text, catalog::vocabulary()?);
    let errors: Vec<String> =
        problems.iter().filter(|problem| problem.level == Level::Error).map(ToString::to_string).collect();
    match layout.filter(|_| errors.is_empty()) {
        Some(layout) => Ok(Arc::new(layout)),
        None => Err(Error::definition(format!("The layout cannot be used.\n{}", errors.join("\n")))),
    }
}

/// Says what every file is. `layouts` in order of preference (the workspace's before the catalog's); `as_layout`
/// names the only layout to be used.
///
/// # Errors
/// There is no layout `as_layout`.
pub fn recognise(files: &[SourceFile], layouts: &[Arc<Layout>], as_layout: Option<&str>) -> Result<Recognition> {
    let chosen: Vec<Arc<Layout>> = match as_layout {
        Some(id) if id != standard::ID => {
            let found: Vec<_> = layouts.iter().filter(|layout| layout.id == id).take(1).cloned().collect();
            if found.is_empty() {
                let ids: Vec<&str> = layouts.iter().map(|layout| layout.id.as_str()).collect();
                return Err(
                    Error::input(format!("There is no layout {id}.")).hint(format!("Layouts: {}.", ids.join(", ")))
                );
            }
            found
        }
        Some(_) => Vec::new(),
        None => layouts.to_vec(),
    };
    let with_standard = as_layout.is_none_or(|id| id == standard::ID);
    let mut recognition = Recognition::default();
    for file in files {
        let found = sniff(&file.path).and_then(|look| one(file, &look, &chosen, with_standard, &recognition.assigned));
        match found {
            Ok(Found::Assigned(assigned)) => recognition.assigned.push(*assigned),
            Ok(Found::Skipped(reason)) => recognition.skipped.push(Skipped { file: file.display.clone(), reason }),
            Err(error) => recognition.problems.push(error),
        }
    }
    Ok(recognition)
}

enum Found {
    Assigned(Box<Assigned>),
    Skipped(String),
}

fn one(
    file: &SourceFile,
    look: &Look,
    layouts: &[Arc<Layout>],
    with_standard: bool,
    earlier: &[Assigned],
) -> Result<Found> {
    let (format, header) = match look {
        Look::Empty => return Ok(Found::Skipped("The file is empty.".into())),
        Look::Delimited(delimiting, header) => (Format::Delimited(*delimiting, true), header),
        Look::JsonLines(names) => (Format::JsonLines, names),
        Look::Parquet(names) => (Format::Parquet, names),
    };
    let vocabulary = catalog::vocabulary()?;
    if with_standard
        && let Some(table) = standard::recognise(&distinct_names(header.iter().cloned()), &stem(&file.path), vocabulary)
    {
        let lower: Vec<String> = distinct_names(header.iter().map(|name| name.to_lowercase()));
        let known = earlier.iter().map(|assigned| &assigned.layout);
        let same = known.into_iter().find(|layout| {
            layout.id == standard::ID
                && layout.inputs.iter().all(|input| input.name == table.name && input.header == lower)
        });
        let layout = same.cloned().unwrap_or_else(|| standard::layout(table, &lower));
        return Ok(Found::Assigned(Box::new(Assigned { file: file.clone(), layout, input: 0, format, header: lower })));
    }
    let mut best: Option<(usize, Assigned)> = None;
    for layout in layouts {
        for (index, input) in layout.inputs.iter().enumerate() {
            let Some((score, format, header)) = fit(file, format, header, input)? else { continue };
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                let assigned = Assigned { file: file.clone(), layout: layout.clone(), input: index, format, header };
                best = Some((score, assigned));
            }
        }
    }
    let Some((_, assigned)) = best else { return Err(unknown(file, header, layouts, with_standard)) };
    match assigned.layout.inputs.get(assigned.input).and_then(|input| input.skip.clone()) {
        Some(reason) => Ok(Found::Skipped(reason)),
        None => Ok(Found::Assigned(Box::new(assigned))),
    }
}

/// A file of comma-separated values, known to have these columns, as the input of a layout that it fits best.
pub(crate) fn as_input(file: &SourceFile, layout: &Arc<Layout>, header: &[String]) -> Result<Option<Assigned>> {
    let format = Format::Delimited(Delimiting::Byte(b','), true);
    let mut best: Option<(usize, Assigned)> = None;
    for (index, input) in layout.inputs.iter().enumerate() {
        let readable = input.columns.is_empty() && input.skip.is_none() && input.delimiter.is_none();
        let Some((score, _, header)) = readable.then(|| fit(file, format, header, input)).transpose()?.flatten() else {
            continue;
        };
        if best.as_ref().is_none_or(|(most, _)| score > *most) {
            best = Some((score, Assigned { file: file.clone(), layout: layout.clone(), input: index, format, header }));
        }
    }
    Ok(best.map(|(_, assigned)| assigned))
}

/// How well a file fits an input, how it is then written and what its columns are called.
fn fit(
    file: &SourceFile,
    format: Format,
    header: &[String],
    input: &Input,
) -> Result<Option<(usize, Format, Vec<String>)>> {
    let named = input.files.as_deref().map(|pattern| name_fits(&file.path, pattern));
    if named == Some(false) {
        return Ok(None);
    }
    let bonus = usize::from(named.is_some());
    let own = match (input.delimiter, format) {
        (Some(' '), Format::Delimited(..)) => Some(Delimiting::Blanks),
        (Some(delimiter), Format::Delimited(..)) => u8::try_from(delimiter).ok().map(Delimiting::Byte),
        _ => None,
    };
    let reread = own.map(|own| first_record_of(&file.path, own)).transpose()?;
    let header = reread.as_deref().unwrap_or(header);
    let delimited = |with_header: bool| match (format, own) {
        (Format::Delimited(found, _), own) => Format::Delimited(own.unwrap_or(found), with_header),
        (other, _) => other,
    };
    if !input.columns.is_empty() {
        let fits = header.len() == input.columns.len() && matches!(format, Format::Delimited(..));
        return Ok(fits.then(|| (input.columns.len() + bonus, delimited(false), input.columns.clone())));
    }
    let named = distinct_names(header.iter().map(|name| input.canonical(name).unwrap_or(name).to_owned()));
    let all = input.header.iter().all(|column| named.contains(column));
    Ok(all.then(|| (input.header.len() + bonus, delimited(true), named)))
}

fn name_fits(path: &Path, pattern: &str) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let plain = name.trim_end_matches(".gz").trim_end_matches(".zst").to_owned();
    Glob::new(pattern).is_ok_and(|glob| {
        let glob = glob.compile_matcher();
        glob.is_match(&name) || glob.is_match(plain)
    })
}

/// Name of a file without folders and endings.
fn stem(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.split('.').next().unwrap_or_default().to_lowercase()
}

fn unknown(file: &SourceFile, header: &[String], layouts: &[Arc<Layout>], with_standard: bool) -> Error {
    let shown: Vec<String> = header.iter().take(40).map(|name| format!("\"{name}\"")).collect();
    let more = if header.len() > shown.len() { ", ..." } else { "" };
    let message = format!(
        "{} is not recognised: no layout knows a file with the columns {}{more}.",
        file.display,
        shown.join(", ")
    );
    let mut nearest: Option<(usize, String)> = None;
    let missing_of = |input: &Input| -> Vec<String> {
        let has = |column: &str| header.iter().any(|name| input.canonical(name) == Some(column));
        input.header.iter().filter(|column| !has(column)).cloned().collect()
    };
    for layout in layouts {
        for input in layout.inputs.iter().filter(|input| !input.header.is_empty()) {
            let missing = missing_of(input);
            let share = (input.header.len() - missing.len()) * 100 / input.header.len();
            if share >= 50 && nearest.as_ref().is_none_or(|(most, _)| share > *most) {
                nearest = Some((
                    share,
                    format!(
                        "The nearest is {} of layout {}, which misses {}.",
                        input.name,
                        layout.id,
                        missing.join(", ")
                    ),
                ));
            }
        }
    }
    let vocabulary = catalog::vocabulary().ok().filter(|_| with_standard);
    if nearest.is_none()
        && let Some((table, unknown)) = vocabulary.and_then(|vocabulary| standard::nearest(header, vocabulary))
        && unknown.len() * 2 < header.len()
    {
        let keys: Vec<&str> =
            table.key.iter().map(String::as_str).filter(|key| !header.iter().any(|name| name == key)).collect();
        let mut text = format!("The nearest is the standard table {}", table.name);
        if !unknown.is_empty() {
            text += &format!(", which has no {}", unknown.join(", "));
        }
        if !keys.is_empty() {
            text += &format!(", whose key {} is missing", keys.join(", "));
        }
        nearest = Some((0, text + "."));
    }
    let suggest = format!("`throughline layout suggest {}` writes a layout for it.", file.display);
    Error::input(message).hint(nearest.map_or(suggest.clone(), |(_, near)| format!("{near} {suggest}")))
}
