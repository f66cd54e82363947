//! Mended rows come back: the ordinary import reads them, and their rejects are marked as done with.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use throughline_model::layout::{Layout, Origin};

use super::export::{base_name, find_input, inputs_of};
use super::mended::{Mended, MendedRow, Writing, read};
use super::mending::Mending;
use super::{ImportReport, ImportRequest, Progress, without_problems};
use crate::intake::raw::input::{Format, Head};
use crate::intake::raw::records::Delimiting;
use crate::intake::raw::sniff::Beginning;
use crate::intake::raw::{delimited, json_lines};
use crate::intake::{self, Assigned, Known, PartOf, Parts, Recognition, SourceFile};
use crate::reader::ReadOptions;
use crate::workspace::Workspace;
use crate::{Error, RejectFilter, Rejected, Result};

/// A row that is still bad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StillOpen {
    /// The reject it stands for.
    pub reject_id: String,
    /// The export that holds it.
    pub path: PathBuf,
    /// Line of the export on which it begins.
    pub line: u64,
    /// Standard table it is meant for.
    pub table: Option<String>,
    /// Column at fault.
    pub column: Option<String>,
    /// What is wrong now.
    pub reason: String,
}

/// What became of mended rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayReport {
    /// What the import did; `None` where there was nothing to import or all rows are still bad.
    pub import: Option<ImportReport>,
    /// Rows that were accepted.
    pub replayed: u64,
    /// Rows that had been replayed before.
    pub known: u64,
    /// Rows that are still bad.
    pub open: Vec<StillOpen>,
}

/// Rows of one export that are to be imported.
struct Export<'a> {
    path: PathBuf,
    mended: Mended,
    /// Rows that are not done with, each with what the ledger says of it.
    rows: Vec<(MendedRow, &'a Rejected)>,
}

/// An export on its way into the import.
struct Prepared {
    assigned: Assigned,
    /// Line of the scratch file → export and row.
    lines: BTreeMap<u64, (PathBuf, MendedRow)>,
}

impl Workspace {
    /// Imports mended exports with the layouts that set their rows aside, and marks the rejects of accepted rows.
    ///
    /// # Errors
    /// Input: a file is no export, or names rejects that are not known. Nothing was imported then.
    pub async fn replay_rejects(
        &self,
        paths: &[String],
        now: Timestamp,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<ReplayReport> {
        let reader = self.reader(ReadOptions::at(now))?;
        let all = reader.rejects(&RejectFilter { replayed: true, ..RejectFilter::default() }).await?;
        let ledger: BTreeMap<&str, &Rejected> = all.iter().map(|reject| (reject.reject_id.as_str(), reject)).collect();
        let mut report = ReplayReport { import: None, replayed: 0, known: 0, open: Vec::new() };
        let mut exports: BTreeMap<&str, Export<'_>> = BTreeMap::new();
        for file in intake::discover(paths)? {
            let Some((source, export)) = open_rows(file.path, &ledger, &mut report)? else { continue };
            if let Some(other) = exports.get(source) {
                let (one, two) = (other.path.display(), export.path.display());
                return Err(Error::input(format!("{one} and {two} both hold rows of {source}."))
                    .hint("Replay one after the other."));
            }
            exports.insert(source, export);
        }
        if exports.is_empty() {
            return Ok(report);
        }
        fs::create_dir_all(self.folder().staging())?;
        let scratch = tempfile::Builder::new().prefix("replay-").tempdir_in(self.folder().staging())?;
        let (layouts, inputs) = (self.layouts()?, inputs_of(&reader).await?);
        let mut prepared = Vec::new();
        for (number, (source, export)) in exports.into_iter().enumerate() {
            let layout = export.rows.first().and_then(|(_, reject)| reject.layout.clone()).unwrap_or_default();
            let input = inputs.get(&(source.to_owned(), layout.clone())).cloned().unwrap_or_default();
            let folder = scratch.path().join(number.to_string());
            let mut parts = Parts::below(&self.folder().staging())?;
            let file = parts.find(source, &|name| self.folder().source(name)).ok().flatten();
            let plan = Plan { layouts: &layouts, layout, input, source, file, folder };
            prepared.push(plan.prepare(export)?);
        }
        self.bring_mended(prepared, now, report, progress).await
    }

    async fn bring_mended(
        &self,
        prepared: Vec<Prepared>,
        now: Timestamp,
        mut report: ReplayReport,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<ReplayReport> {
        let mut mending = Mending::default();
        let mut found = Recognition::default();
        let mut rows = BTreeMap::new();
        for Prepared { assigned, lines } in prepared {
            for (line, row) in lines {
                mending.add(&assigned.file.display, line, row.1.ids.clone());
                rows.insert((assigned.file.display.clone(), line), row);
            }
            found.assigned.push(assigned);
        }
        let (import, open) = self.bring(&found, &ImportRequest::default(), Some(&mending), now, progress).await?;
        let total = rows.len() as u64;
        let mut bad = 0;
        for reject in open {
            if let Some((path, row)) = rows.remove(&(reject.file.clone(), reject.line)) {
                bad += 1;
                report.open.push(still_open(path, &row, reject));
            }
        }
        report.replayed = total - bad;
        report.import = (report.replayed > 0).then_some(import);
        report.open.sort_by(|left, right| (&left.path, left.line).cmp(&(&right.path, right.line)));
        Ok(report)
    }
}

fn still_open(path: PathBuf, row: &MendedRow, reject: intake::Reject) -> StillOpen {
    let intake::Reject { table, column, reason, .. } = reject;
    let reject_id = row.ids.first().cloned().unwrap_or_default();
    StillOpen { reject_id, path, line: row.line, table, column, reason }
}

/// The rows of an export that are not done with, and the source file they come from.
fn open_rows<'a>(
    path: PathBuf,
    ledger: &BTreeMap<&str, &'a Rejected>,
    report: &mut ReplayReport,
) -> Result<Option<(&'a str, Export<'a>)>> {
    let mut mended = read(&path)?;
    let mut source: Option<&str> = None;
    let mut rows = Vec::new();
    for row in std::mem::take(&mut mended.rows) {
        let mut rejects = Vec::new();
        for id in &row.ids {
            let wrong = |what| Error::input(format!("{}, line {}: {what} {id}.", path.display(), row.line));
            let reject = ledger.get(id.as_str()).ok_or_else(|| wrong("there is no reject"))?;
            if *source.get_or_insert(&reject.file) != reject.file {
                return Err(wrong("another source file than of the rows before has the reject"));
            }
            rejects.push(*reject);
        }
        let open = rejects.iter().find(|reject| reject.replayed_at.is_none());
        match open {
            None => report.known += 1,
            Some(reject) => match unmended(&row.text) {
                None => rows.push((row, *reject)),
                Some(reason) => {
                    let (table, column, line) = (None, None, row.line);
                    let reject_id = row.ids.first().cloned().unwrap_or_default();
                    let reason = reason.to_owned();
                    report.open.push(StillOpen { reject_id, path: path.clone(), line, table, column, reason });
                }
            },
        }
    }
    let export = Export { path, mended, rows };
    Ok(source.filter(|_| !export.rows.is_empty()).map(|source| (source, export)))
}

/// What shows, before anything is imported, that nobody mended a row. Bytes that were no text were exported as
/// replacement characters; letting those in would lose what they stood for in silence.
fn unmended(text: &str) -> Option<&'static str> {
    if text.trim().is_empty() {
        Some("the row is empty")
    } else if text.contains(char::REPLACEMENT_CHARACTER) {
        Some("still holds \u{fffd} where the file was not valid UTF-8; write what belongs there")
    } else {
        None
    }
}

/// How the rows of one source file come back.
struct Plan<'a> {
    layouts: &'a [Arc<Layout>],
    layout: String,
    input: String,
    source: &'a str,
    /// The source file, if it is there still.
    file: Option<SourceFile>,
    folder: PathBuf,
}

impl Plan<'_> {
    fn prepare(&self, export: Export<'_>) -> Result<Prepared> {
        fs::create_dir_all(&self.folder)?;
        let path = self.folder.join(base_name(self.source));
        let headless = find_input(self.layouts, &self.layout, &self.input).filter(|input| !input.columns.is_empty());
        let mut scratch = Scratch::default();
        if self.needs_whole() {
            self.splice(&export, &mut scratch)?;
        } else {
            if headless.is_none() && export.mended.writing != Writing::JsonLines {
                scratch.add(&export.mended.header);
            }
            for (row, _) in &export.rows {
                let line = scratch.add(&row.text);
                scratch.lines.insert(line, (export.path.clone(), row.clone()));
            }
        }
        fs::write(&path, &scratch.text)?;
        let part = self.file.as_ref().and_then(|file| file.part.clone());
        let part = part.map(|part| PartOf { columns: None, ..part });
        let file = SourceFile { part, ..SourceFile::new(path, self.source) };
        let mut assigned = match headless {
            Some(input) => self.headless(file, input.columns.clone())?,
            None => self.recognised(file)?,
        };
        assigned.format = self.format(&export, assigned.format);
        Ok(Prepared { assigned, lines: scratch.lines })
    }

    /// How the rows come back: cut as they were handed out, and with all that stood above them only where all rows do.
    fn format(&self, export: &Export<'_>, found: Format) -> Format {
        let whole = self.needs_whole();
        match (found, export.mended.writing) {
            (Format::Delimited(found, head), Writing::Delimited(written)) => {
                let head = if whole || head == Head::NONE { head } else { Head::ONE };
                let same = matches!((found, written), (Delimiting::Unquoted(a), Delimiting::Byte(b)) if a == b);
                Format::Delimited(if same { found } else { written }, head)
            }
            (Format::JsonLines(_), _) if !whole => Format::JsonLines(0),
            (found, _) => found,
        }
    }

    /// Whether a row of the source says nothing without the others of its file: several lines make one row, or
    /// equal rows are counted to make a key.
    fn needs_whole(&self) -> bool {
        let layout = self.layouts.iter().find(|layout| layout.id == self.layout);
        layout.into_iter().flat_map(|layout| &layout.records).any(|record| match &record.origin {
            Origin::Query(sql) => sql.text.contains(&self.input),
            Origin::Input(name) => *name == self.input && (!record.group_by.is_empty() || record.key_by.is_some()),
        })
    }

    /// The whole source file with the mended rows in their places.
    fn splice(&self, export: &Export<'_>, scratch: &mut Scratch) -> Result<()> {
        let mut waiting: BTreeMap<u64, &(MendedRow, &Rejected)> =
            export.rows.iter().map(|row| (row.1.line, row)).collect();
        let mut take = |line: u64, original: String| -> Result<()> {
            match waiting.get(&line).filter(|(_, reject)| reject.original == original) {
                Some((row, _)) => {
                    let at = scratch.add(&row.text);
                    scratch.lines.insert(at, (export.path.clone(), row.clone()));
                    waiting.remove(&line);
                }
                None => {
                    scratch.add(&original);
                }
            }
            Ok(())
        };
        if let Some(source) = &self.file {
            let own = find_input(self.layouts, &self.layout, &self.input).and_then(|input| input.encoding.as_deref());
            let known = Known { encoding: own, ..Known::default() };
            let encoding = Beginning::of(source, known.encoding()?)?.encoding;
            let source = SourceFile { encoding, ..source.clone() };
            match export.mended.writing {
                Writing::Delimited(delimiting) => delimited::each_original(&source, delimiting, &mut take)?,
                Writing::JsonLines => json_lines::each_original(&source, &mut take)?,
            }
        }
        if waiting.is_empty() && scratch.lines.len() == export.rows.len() {
            return Ok(());
        }
        let message = format!(
            "Several lines of {} make one row, so mended lines come back with all others; but the file is not there \
             as it was imported.",
            self.source
        );
        Err(Error::input(message).hint("Mend the file itself and import it again."))
    }

    fn headless(&self, file: SourceFile, header: Vec<String>) -> Result<Assigned> {
        let layout = self.layouts.iter().find(|layout| layout.id == self.layout);
        let place = layout.and_then(|layout| layout.inputs.iter().position(|input| input.name == self.input));
        let (Some(layout), Some(input)) = (layout.cloned(), place) else {
            return Err(Error::input(format!("There is no layout {} any more.", self.layout)));
        };
        let format = Format::Delimited(Delimiting::Byte(b','), Head::NONE);
        Ok(Assigned { file, layout, input, format, header })
    }

    fn recognised(&self, file: SourceFile) -> Result<Assigned> {
        // What was handed out is UTF-8, whatever the source was.
        let known = Known {
            layout: Some(self.layout.as_str()).filter(|id| !id.is_empty()),
            input: Some(self.input.as_str()).filter(|input| !input.is_empty()),
            encoding: Some("utf-8"),
            scratch: None,
        };
        let mut found = without_problems(intake::recognise(std::slice::from_ref(&file), self.layouts, &known)?)?;
        let unknown = || Error::input(format!("{} is not imported any more.", self.source));
        if found.assigned.is_empty() { Err(unknown()) } else { Ok(found.assigned.remove(0)) }
    }
}

/// The text of a scratch file and which of its lines are mended rows.
#[derive(Default)]
struct Scratch {
    text: String,
    lines: BTreeMap<u64, (PathBuf, MendedRow)>,
    last: u64,
}

impl Scratch {
    /// Adds a record; the line on which it begins.
    fn add(&mut self, record: &str) -> u64 {
        let begin = self.last + 1;
        self.text.push_str(record);
        self.text.push('\n');
        self.last = begin + record.matches('\n').count() as u64;
        begin
    }
}
