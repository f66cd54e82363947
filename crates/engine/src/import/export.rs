//! Rows that were set aside, handed out as files to be mended.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use throughline_model::layout::{Input, Layout};

use super::commit::SUPERSEDED;
use super::mended::{AND, ID, Writing, with_ids};
use crate::database;
use crate::intake::raw::delimited;
use crate::intake::raw::input::{Format, Head};
use crate::intake::raw::records::Delimiting;
use crate::intake::{Known, Parts, recognise};
use crate::reader::{ReadOptions, Reader};
use crate::workspace::Workspace;
use crate::{Error, RejectFilter, Rejected, Result, catalog};

/// One file of rows to be mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFile {
    /// Where it was written.
    pub path: PathBuf,
    /// The source file that its rows come from, as it was given.
    pub file: String,
    /// Rows in it.
    pub rows: u64,
}

/// What was handed out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RejectExport {
    /// The files, by source file.
    pub files: Vec<ExportedFile>,
    /// Rejects that there is nothing to mend about: rows that a later row replaced, and rows whose text is lost.
    pub left_out: u64,
}

/// Rows of one source file: place and text, with the ids of the rejects they stand for.
type Rows<'a> = BTreeMap<(u64, &'a str), Vec<&'a Rejected>>;

impl Workspace {
    /// Writes the rows that were set aside and not mended into `folder`, one file per source file: `reject_id`, then
    /// the columns of the source file, and every row as it stood. JSON lines and Parquet become JSON lines.
    ///
    /// # Errors
    /// Input: a file of that name is there already; nothing was written then.
    pub async fn export_rejects(&self, folder: &Path, filter: &RejectFilter, now: Timestamp) -> Result<RejectExport> {
        let reader = self.reader(ReadOptions::at(now))?;
        let rejects = reader.rejects(&RejectFilter { replayed: false, most: None, ..filter.clone() }).await?;
        let inputs = inputs_of(&reader).await?;
        let mut files: BTreeMap<&str, Rows<'_>> = BTreeMap::new();
        let mut export = RejectExport::default();
        for reject in &rejects {
            if reject.reason == SUPERSEDED || reject.original.trim().is_empty() {
                export.left_out += 1;
                continue;
            }
            let rows = files.entry(&reject.file).or_default();
            rows.entry((reject.line, &reject.original)).or_default().push(reject);
        }
        let mut taken = BTreeSet::new();
        let mut texts = Vec::new();
        for (file, rows) in files {
            let shape = self.shape(file, &rows, &inputs)?;
            let path = folder.join(export_name(file, shape.writing, &mut taken));
            if path.exists() {
                return Err(Error::input(format!("{} exists already; nothing was written.", path.display()))
                    .hint("Export into an empty folder, so that rows that are being mended are not lost."));
            }
            texts.push((path.clone(), text(&shape, &rows)));
            export.files.push(ExportedFile { path, file: file.to_owned(), rows: rows.len() as u64 });
        }
        fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
        for (path, text) in texts {
            fs::write(&path, text).map_err(|error| cannot_write(&path, &error))?;
        }
        Ok(export)
    }

    /// How the export of a file is written, and its header.
    fn shape(&self, file: &str, rows: &Rows<'_>, inputs: &BTreeMap<(String, String), String>) -> Result<Shape> {
        let first = rows.values().flatten().next();
        let id = first.and_then(|reject| reject.layout.as_deref());
        let layouts = self.layouts()?;
        let mut parts = Parts::below(&self.folder().staging())?;
        let source = parts.find(file, &|name| self.folder().source(name));
        let known = Known { layout: id, ..Known::default() };
        if let Ok(Some(source)) = source
            && let Ok(found) = recognise(std::slice::from_ref(&source), &layouts, &known)
            && let Some(assigned) = found.assigned.first()
        {
            return match assigned.format {
                Format::Delimited(delimiting, Head::NONE) => Shape::of_names(delimiting, &assigned.header),
                Format::Delimited(delimiting, head) => {
                    let header = delimited::header_original(&assigned.file, delimiting, head)?;
                    Ok(Shape { writing: Writing::Delimited(delimiting), header })
                }
                Format::JsonLines(_) | Format::Parquet => Ok(Shape::json()),
            };
        }
        if let Some(columns) = database::columns_of(self.folder(), file)? {
            return Shape::of_names(Delimiting::Byte(b','), &columns);
        }
        let originals = || rows.keys().map(|(_, original)| *original);
        if originals().next().is_some_and(|text| text.trim_start().starts_with('{')) {
            return Ok(Shape::json());
        }
        let input = id.and_then(|id| inputs.get(&(file.to_owned(), id.to_owned()))).map(String::as_str);
        let names = names(&layouts, id, input)?;
        let own =
            id.zip(input).and_then(|(id, input)| find_input(&layouts, id, input)).and_then(|input| input.delimiter);
        Shape::of_names(own.map_or_else(|| guessed(names.len(), originals()), delimiting), &names)
    }
}

/// How an export is written and its header, without the ids.
struct Shape {
    writing: Writing,
    header: String,
}

impl Shape {
    fn json() -> Shape {
        Shape { writing: Writing::JsonLines, header: String::new() }
    }

    fn of_names(delimiting: Delimiting, names: &[String]) -> Result<Shape> {
        let byte = match delimiting {
            Delimiting::Byte(byte) | Delimiting::Unquoted(byte) => byte,
            Delimiting::Blanks => b' ',
        };
        let mut writer = csv::WriterBuilder::new().delimiter(byte).from_writer(Vec::new());
        writer.write_record(names).map_err(|error| Error::internal(error.to_string()))?;
        let bytes = writer.into_inner().map_err(|error| Error::internal(error.to_string()))?;
        let header = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        Ok(Shape { writing: Writing::Delimited(delimiting), header })
    }
}

/// The input of the layout that read each file, by file and layout, as the newest import of it says.
pub(super) async fn inputs_of(reader: &Reader) -> Result<BTreeMap<(String, String), String>> {
    let answer = reader.sql("SELECT file, layout, input FROM imports ORDER BY started_at, entry_id", None).await?;
    let text = |value: Option<&serde_json::Value>| value.and_then(|value| value.as_str()).map(str::to_owned);
    let inputs =
        answer.rows.iter().filter_map(|row| Some(((text(row.first())?, text(row.get(1))?), text(row.get(2))?)));
    Ok(inputs.collect())
}

pub(super) fn find_input<'a>(layouts: &'a [std::sync::Arc<Layout>], id: &str, input: &str) -> Option<&'a Input> {
    let layout = layouts.iter().find(|layout| layout.id == id)?;
    layout.inputs.iter().find(|known| known.name == input)
}

/// Columns of a source file that is gone: those of its layout, else those of the standard table.
fn names(layouts: &[std::sync::Arc<Layout>], id: Option<&str>, input: Option<&str>) -> Result<Vec<String>> {
    let Some(input) = input else { return Ok(Vec::new()) };
    if let Some(known) = id.and_then(|id| find_input(layouts, id, input)) {
        return Ok(if known.columns.is_empty() { known.header.clone() } else { known.columns.clone() });
    }
    let table = catalog::vocabulary()?.table(input);
    Ok(table.map_or_else(Vec::new, |table| table.columns.iter().map(|column| column.name.clone()).collect()))
}

fn delimiting(delimiter: char) -> Delimiting {
    match u8::try_from(delimiter) {
        Ok(b' ') | Err(_) => Delimiting::Blanks,
        Ok(byte) => Delimiting::Byte(byte),
    }
}

/// The delimiter that cuts most rows into as many fields as there are columns.
fn guessed<'a>(columns: usize, originals: impl Iterator<Item = &'a str> + Clone) -> Delimiting {
    let fitting = |byte: &u8| {
        let cut = |text: &&str| text.bytes().filter(|other| other == byte).count() + 1 == columns;
        originals.clone().filter(cut).count()
    };
    // The first of the best, which `max_by_key` finds from behind.
    Delimiting::Byte([b'|', b'\t', b';', b','].into_iter().max_by_key(fitting).unwrap_or(b','))
}

/// Rows whose quotes are not closed come last, so that they swallow no other.
fn text(shape: &Shape, rows: &Rows<'_>) -> String {
    let mut lines = Vec::new();
    if let Writing::Delimited(_) = shape.writing {
        lines.push(with_ids(ID, &shape.header, shape.writing));
    }
    let is_open = |text: &str| shape.writing != Writing::JsonLines && text.matches('"').count() % 2 == 1;
    for open in [false, true] {
        for ((_, original), rejects) in rows.iter().filter(|((_, original), _)| is_open(original) == open) {
            let ids: Vec<&str> = rejects.iter().map(|reject| reject.reject_id.as_str()).collect();
            lines.push(with_ids(&ids.join(&AND.to_string()), original, shape.writing));
        }
    }
    lines.join("\n") + "\n"
}

/// The name of a file without its folder and its packing.
pub(super) fn base_name(file: &str) -> String {
    let name = Path::new(file).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.trim_end_matches(".gz").trim_end_matches(".zst").to_owned()
}

fn export_name(file: &str, writing: Writing, taken: &mut BTreeSet<String>) -> String {
    let name = base_name(file);
    let (stem, end) = name.rsplit_once('.').unwrap_or((&name, "csv"));
    let end = if writing == Writing::JsonLines { "jsonl" } else { end };
    let mut candidate = format!("{stem}.{end}");
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{stem}-{number}.{end}");
        number += 1;
    }
    candidate
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Error {
    Error::input(format!("{} cannot be written: {error}.", path.display()))
}
