//! Which layout and input a file is, or each part of it.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use globset::Glob;
use throughline_formats::encoding::{self, Encoding};
use throughline_model::diagnostic::Level;
use throughline_model::layout::{self, Input, Layout};

use super::discover::SourceFile;
use super::parts::Parts;
use super::raw::input::{Format, Head, distinct_names};
use super::raw::records::Delimiting;
use super::raw::sniff::{Beginning, Look, likely_header};
use super::standard;
use super::unknown::unknown;
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
    /// What a person should know about how files are read, as sentences.
    pub notes: Vec<String>,
    /// Where the parts of files are, as long as they are needed.
    pub parts: Option<Parts>,
}

/// What is known of files before they are looked at.
#[derive(Debug, Clone, Default)]
pub struct Known<'a> {
    /// The only layout to be used.
    pub layout: Option<&'a str>,
    /// The only input of it, whatever the file's name.
    pub input: Option<&'a str>,
    /// Name of their encoding.
    pub encoding: Option<&'a str>,
    /// Folder for the parts of files; without it all files are read as they are.
    pub scratch: Option<PathBuf>,
}

impl Known<'_> {
    /// The encoding that was named.
    ///
    /// # Errors
    /// There is none of that name.
    pub(crate) fn encoding(&self) -> Result<Option<&'static Encoding>> {
        let Some(name) = self.encoding else { return Ok(None) };
        let unknown = || {
            Error::input(format!("There is no encoding {name}."))
                .hint("For instance utf-8, windows-1252, windows-1250, utf-16le or shift_jis.")
        };
        encoding::named(name).map(Some).ok_or_else(unknown)
    }
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

/// Says what every file is. `layouts` in order of preference (the workspace's before the catalog's).
///
/// # Errors
/// There is no layout or encoding of that name.
pub fn recognise(files: &[SourceFile], layouts: &[Arc<Layout>], known: &Known<'_>) -> Result<Recognition> {
    let chosen: Vec<Arc<Layout>> = match known.layout {
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
    let asked = Asked {
        layouts: &chosen,
        with_standard: known.layout.is_none_or(|id| id == standard::ID),
        input: known.input,
        encoding: known.encoding()?,
    };
    let mut recognition = Recognition::default();
    if let Some(scratch) = &known.scratch {
        recognition.parts = Some(Parts::below(scratch)?);
    }
    for file in files {
        let parts = recognition.parts.as_mut().map(|parts| parts.of(file)).transpose().map(Option::flatten);
        match parts {
            Ok(None) => {
                let found = asked.one(file, &recognition.assigned);
                recognition.take(file, found);
            }
            Ok(Some(parts)) => recognition.take_parts(file, parts, &asked),
            Err(error) => recognition.problems.push(error),
        }
    }
    Ok(recognition)
}

impl Recognition {
    fn take(&mut self, file: &SourceFile, found: Result<Found>) {
        match found {
            Ok(Found::Assigned(assigned, note)) => {
                self.assigned.push(*assigned);
                self.notes.extend(note);
            }
            Ok(Found::Skipped(reason)) => self.skipped.push(Skipped { file: file.display.clone(), reason }),
            Err(error) => self.problems.push(error),
        }
    }

    /// Of several parts, those that nothing knows are left out as long as another is known.
    fn take_parts(&mut self, file: &SourceFile, parts: Vec<super::parts::OnePart>, asked: &Asked<'_>) {
        let (mut known, mut unknown) = (0, Vec::new());
        for (part, fallback, problem) in parts {
            if fallback && known > 0 {
                continue;
            }
            let found = problem.map_or_else(|| asked.one(&part, &self.assigned), Err);
            match found {
                Err(error) => unknown.push((part, error)),
                Ok(found) => {
                    known += usize::from(!matches!(&found, Found::Skipped(_)));
                    self.take(&part, Ok(found));
                }
            }
        }
        if known > 0 {
            let skip = |(part, error): (SourceFile, Error)| Skipped { file: part.display, reason: error.message };
            self.skipped.extend(unknown.into_iter().map(skip));
        } else if unknown.len() == 1 {
            self.problems.extend(unknown.into_iter().map(|(_, error)| error));
        } else if let Some((_, first)) = unknown.first() {
            let hint = first.hint.clone();
            let list: Vec<String> = unknown.iter().map(|(_, error)| format!("  {}", error.message)).collect();
            let message = format!("{} is not recognised: no layout knows any part of it.", file.display);
            let error = Error::input(format!("{message}\n{}", list.join("\n")));
            self.problems.push(hint.into_iter().fold(error, |error, hint| error.hint(hint)));
        } else if self.skipped.last().is_none_or(|last| !last.file.starts_with(&file.display)) {
            self.skipped.push(Skipped { file: file.display.clone(), reason: "The file is empty.".into() });
        }
    }
}

enum Found {
    /// To be read, with what a person should know about it.
    Assigned(Box<Assigned>, Option<String>),
    Skipped(String),
}

/// What files are held against.
struct Asked<'a> {
    layouts: &'a [Arc<Layout>],
    with_standard: bool,
    input: Option<&'a str>,
    encoding: Option<&'static Encoding>,
}

impl Asked<'_> {
    fn one(&self, file: &SourceFile, earlier: &[Assigned]) -> Result<Found> {
        let beginning = Beginning::of(file, self.encoding)?;
        let look = beginning.look(file)?;
        let (format, records) = match &look {
            Look::Empty => return Ok(Found::Skipped("The file is empty.".into())),
            Look::Delimited(delimiting, records) => (Format::Delimited(*delimiting, Head::ONE), records.as_slice()),
            Look::JsonLines(names) => (Format::JsonLines(0), std::slice::from_ref(names)),
            Look::Parquet(names) => (Format::Parquet, std::slice::from_ref(names)),
        };
        let mut seen = Seen { file, beginning: &beginning, format, records, reread: Vec::new(), told: self.encoding };
        // The first row is the header, or a later one where titles stand above it.
        for place in 0..super::raw::sniff::FIRST {
            if let Some(assigned) = self.at(&mut seen, place, earlier)? {
                let input = assigned.layout.inputs.get(assigned.input);
                if let Some(reason) = input.and_then(|input| input.skip.clone()) {
                    return Ok(Found::Skipped(reason));
                }
                let guessed = beginning.guessed && assigned.file.encoding == encoding_rs::WINDOWS_1252;
                let note = guessed && input.is_none_or(|input| input.encoding.is_none());
                return Ok(Found::Assigned(Box::new(assigned), note.then(|| read_as(file))));
            }
        }
        let header = records.get(likely_header(records)).map(Vec::as_slice).unwrap_or_default();
        Err(unknown(file, header, self.layouts, self.with_standard))
    }

    /// The file with its header in one of its first records.
    fn at(&self, seen: &mut Seen<'_>, place: usize, earlier: &[Assigned]) -> Result<Option<Assigned>> {
        let header = seen.records.get(place);
        if let Some(header) = header.filter(|header| place == 0 || header.len() > 1)
            && self.with_standard
            && let Some(assigned) = self.standard(seen, place, header, earlier)?
        {
            return Ok(Some(assigned));
        }
        let spelled = header.map(|header| lower(header));
        let mut best: Option<(usize, Assigned)> = None;
        for layout in self.layouts {
            for (index, input) in layout.inputs.iter().enumerate() {
                if self.input.is_some_and(|wanted| wanted != input.name) {
                    continue;
                }
                let Some((score, assigned)) = seen.fit(layout, index, place, spelled.as_ref(), self.input.is_some())
                else {
                    continue;
                };
                if best.as_ref().is_none_or(|(most, _)| score > *most) {
                    best = Some((score, assigned));
                }
            }
        }
        Ok(best.map(|(_, assigned)| assigned))
    }

    fn standard(
        &self,
        seen: &Seen<'_>,
        place: usize,
        header: &[String],
        earlier: &[Assigned],
    ) -> Result<Option<Assigned>> {
        let names = distinct_names(header.iter().cloned());
        let Some(table) = standard::recognise(&names, &stem(seen.file), catalog::vocabulary()?) else {
            return Ok(None);
        };
        let lower: Vec<String> = distinct_names(header.iter().map(|name| name.to_lowercase()));
        let same = earlier.iter().map(|assigned| &assigned.layout).find(|layout| {
            layout.id == standard::ID
                && layout.inputs.iter().all(|input| input.name == table.name && input.header == lower)
        });
        let layout = same.cloned().unwrap_or_else(|| standard::layout(table, &lower));
        let format = match seen.format {
            Format::Delimited(delimiting, _) => Format::Delimited(delimiting, Head { before: place as u16, lines: 1 }),
            other => other,
        };
        let file = SourceFile { encoding: seen.beginning.encoding, ..seen.file.clone() };
        Ok(Some(Assigned { file, layout, input: 0, format, header: lower }))
    }
}

fn read_as(file: &SourceFile) -> String {
    format!(
        "{} was read as Windows-1252, since it is not UTF-8; where that is wrong, name its encoding with --encoding or \
         with `encoding` in the layout",
        file.display
    )
}

fn lower(names: &[String]) -> HashSet<String> {
    names.iter().map(|name| name.trim().to_lowercase()).collect()
}

/// A file of comma-separated values, known to have these columns, as the input of a layout that it fits best.
pub(crate) fn as_input(file: &SourceFile, layout: &Arc<Layout>, header: &[String]) -> Result<Option<Assigned>> {
    let format = Format::Delimited(Delimiting::Byte(b','), Head::ONE);
    let spelled = lower(header);
    let mut best: Option<(usize, Assigned)> = None;
    for (index, input) in layout.inputs.iter().enumerate() {
        let readable = input.columns.is_empty() && input.skip.is_none() && input.delimiter.is_none();
        let named = readable && names_fit(file, input) == Some(false);
        if !readable || named || !has_all(input, &spelled) {
            continue;
        }
        let header = canonical(input, header);
        let score = input.header.len() + usize::from(names_fit(file, input).is_some());
        let all = input.header.iter().all(|column| header.contains(column));
        if all && best.as_ref().is_none_or(|(most, _)| score > *most) {
            best = Some((score, Assigned { file: file.clone(), layout: layout.clone(), input: index, format, header }));
        }
    }
    Ok(best.map(|(_, assigned)| assigned))
}

/// A file that was looked at.
struct Seen<'a> {
    file: &'a SourceFile,
    beginning: &'a Beginning,
    format: Format,
    records: &'a [Vec<String>],
    /// Its first records as layouts want them cut and decoded.
    reread: Vec<(Delimiting, &'static Encoding, Vec<Vec<String>>)>,
    told: Option<&'static Encoding>,
}

impl Seen<'_> {
    /// How well the file fits an input with its header in the record at `place`. `spelled` are the names in that record
    /// as they were cut by looking; `named` leaves the file's name out of account.
    fn fit(
        &mut self,
        layout: &Arc<Layout>,
        index: usize,
        place: usize,
        spelled: Option<&HashSet<String>>,
        named: bool,
    ) -> Option<(usize, Assigned)> {
        let input = layout.inputs.get(index)?;
        let fits = if named { None } else { names_fit(self.file, input) };
        if fits == Some(false) {
            return None;
        }
        let bonus = usize::from(fits.is_some());
        let (format, encoding, header) = match self.format {
            Format::Delimited(found, _) => {
                let delimiting = delimiting(input, found);
                let told = self.told.or(input.encoding.as_deref().and_then(encoding::named));
                let encoding = told.unwrap_or(self.beginning.encoding);
                let same = delimiting == found && encoding == self.beginning.encoding;
                if same && !spelled.is_some_and(|spelled| has_all(input, spelled)) {
                    return None;
                }
                let records = if same { self.records } else { self.records_as(delimiting, encoding) };
                let header = records.get(place)?.clone();
                (Format::Delimited(delimiting, head(input, place)), encoding, header)
            }
            _ if place > 0 || !spelled.is_some_and(|spelled| has_all(input, spelled)) => return None,
            Format::JsonLines(_) => (
                Format::JsonLines(input.header_lines.saturating_sub(1)),
                self.beginning.encoding,
                self.records.first()?.clone(),
            ),
            Format::Parquet => (Format::Parquet, self.beginning.encoding, self.records.first()?.clone()),
        };
        let file = SourceFile { encoding, ..self.file.clone() };
        let assigned = |header| Assigned { file, layout: layout.clone(), input: index, format, header };
        if !input.columns.is_empty() {
            let fits = place == 0 && header.len() == input.columns.len() && matches!(format, Format::Delimited(..));
            return fits.then(|| (input.columns.len() + bonus, assigned(input.columns.clone())));
        }
        let header = canonical(input, &header);
        let all = input.header.iter().all(|column| header.contains(column));
        all.then(|| (input.header.len() + bonus, assigned(header)))
    }

    fn records_as(&mut self, delimiting: Delimiting, encoding: &'static Encoding) -> &[Vec<String>] {
        let known = self.reread.iter().position(|(cut, code, _)| *cut == delimiting && *code == encoding);
        let place = known.unwrap_or_else(|| {
            let records = self.beginning.records(delimiting, encoding);
            self.reread.push((delimiting, encoding, records));
            self.reread.len() - 1
        });
        self.reread.get(place).map(|(.., records)| records.as_slice()).unwrap_or_default()
    }
}

/// How a layout says that a file is cut; where it says nothing, as was found by looking.
fn delimiting(input: &Input, found: Delimiting) -> Delimiting {
    let byte = match (input.delimiter, found) {
        (Some(' '), _) | (None, Delimiting::Blanks) => return Delimiting::Blanks,
        (Some(delimiter), _) => u8::try_from(delimiter).unwrap_or(b','),
        (None, Delimiting::Byte(byte) | Delimiting::Unquoted(byte)) => byte,
    };
    match (input.quoted, found) {
        (Some(false), _) => Delimiting::Unquoted(byte),
        (None, Delimiting::Unquoted(other)) if other == byte => found,
        _ => Delimiting::Byte(byte),
    }
}

/// The rows that are no data, with the header in the record at `place`.
fn head(input: &Input, place: usize) -> Head {
    match input.columns.is_empty() {
        true => Head { before: place as u16, lines: input.header_lines },
        false => Head::NONE,
    }
}

/// Whether a row names all columns that an input must have, or has as many as one without header.
fn has_all(input: &Input, spelled: &HashSet<String>) -> bool {
    let has = |name: &String| spelled.contains(&name.trim().to_lowercase());
    let synonyms =
        |column: &String| input.synonyms.iter().any(|(name, others)| name == column && others.iter().any(has));
    !input.columns.is_empty() || input.header.iter().all(|column| has(column) || synonyms(column))
}

/// Names of columns as the layout calls them, duplicates told apart.
fn canonical(input: &Input, header: &[String]) -> Vec<String> {
    distinct_names(header.iter().map(|name| input.canonical(name).unwrap_or(name).to_owned()))
}

/// Whether the names of a file and of its part are as an input wants them; None where it wants nothing.
fn names_fit(file: &SourceFile, input: &Input) -> Option<bool> {
    let matches = |pattern: &str, names: &[&str]| {
        Glob::new(pattern).is_ok_and(|glob| {
            let glob = glob.compile_matcher();
            names.iter().any(|name| glob.is_match(name))
        })
    };
    let of_file = input.files.as_deref().map(|pattern| {
        let name = file.name();
        matches(pattern, &[&name, name.trim_end_matches(".gz").trim_end_matches(".zst")])
    });
    let of_part = input.part.as_deref().map(|pattern| {
        let name = file.part.as_ref().map(|part| part.name.as_str()).unwrap_or_default();
        matches(pattern, &[name, name.rsplit(['/', '\\']).next().unwrap_or_default()])
    });
    match (of_file, of_part) {
        (None, None) => None,
        (one, other) => Some(one.unwrap_or(true) && other.unwrap_or(true)),
    }
}

/// Name of a file, or of its part, without folders and endings.
fn stem(file: &SourceFile) -> String {
    let part = file.part.as_ref().map(|part| part.name.clone()).filter(|name| !name.is_empty());
    let name = part.unwrap_or_else(|| file.name());
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.split('.').next().unwrap_or_default().to_lowercase()
}
