//! Rows set aside. Their original text is fetched in a second pass, so that good rows cost nothing.

use std::collections::BTreeMap;

use datafusion::arrow::record_batch::RecordBatch;

use super::counts::Counts;
use super::raw::input::Format;
use super::raw::{delimited, json_lines, parquet};
use super::recognise::Assigned;
use super::sink::{Owner, Reject, Sink};
use crate::Result;

/// Rejects held before their originals are fetched; bounds memory.
const HELD: usize = 100_000;

/// A reject without its original text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pending {
    /// Number of the file.
    pub(crate) file: i32,
    /// Line on which the row begins.
    pub(crate) line: u64,
    /// The standard table.
    pub(crate) table: Option<String>,
    /// The column.
    pub(crate) column: Option<String>,
    /// Why.
    pub(crate) reason: String,
}

/// Collects rejects and hands them on with their originals.
pub(crate) struct Rejects<'a> {
    assigned: &'a [Assigned],
    held: Vec<Pending>,
}

impl<'a> Rejects<'a> {
    /// For these files.
    pub(crate) fn new(assigned: &'a [Assigned]) -> Self {
        Rejects { assigned, held: Vec::new() }
    }

    /// Adds rejects. Those of kept rows were reported by the import that brought them.
    pub(crate) fn add(&mut self, rejects: impl IntoIterator<Item = Pending>) {
        self.held.extend(rejects.into_iter().filter(|reject| reject.file >= 0));
    }

    /// Whether they should be handed on before more are collected.
    pub(crate) fn is_full(&self) -> bool {
        self.held.len() >= HELD
    }

    /// Hands on what is held, in the order of files and lines.
    pub(crate) fn flush(&mut self, sink: &mut dyn Sink, counts: &mut Counts) -> Result<()> {
        let mut held = std::mem::take(&mut self.held);
        held.sort();
        held.dedup();
        let mut by_file: BTreeMap<i32, Vec<Pending>> = BTreeMap::new();
        for reject in held {
            by_file.entry(reject.file).or_default().push(reject);
        }
        for (file, rejects) in by_file {
            let Some(assigned) = usize::try_from(file).ok().and_then(|file| self.assigned.get(file)) else { continue };
            let counted = counts.files.get_mut(file as usize);
            let lines = hand_on(assigned, rejects, sink)?;
            if let Some(counted) = counted {
                counted.rejected += lines;
            }
        }
        Ok(())
    }
}

/// Hands on the rejects of one file (sorted by line); returns how many rows they are.
fn hand_on(assigned: &Assigned, rejects: Vec<Pending>, sink: &mut dyn Sink) -> Result<u64> {
    let mut lines: Vec<u64> = rejects.iter().map(|reject| reject.line).collect();
    lines.dedup();
    let mut waiting = rejects.into_iter().peekable();
    let mut result = Ok(());
    let mut give = |line: u64, original: Option<&str>| {
        while let Some(reject) = waiting.next_if(|reject| reject.line <= line) {
            let original = if reject.line == line { original.unwrap_or_default() } else { "" };
            if result.is_ok() {
                result = sink.reject(full(assigned, reject, original));
            }
        }
    };
    let source = &assigned.file;
    let mut found = |line: u64, original: String| give(line, Some(&original));
    match assigned.format {
        Format::Delimited(delimiting, _) => delimited::originals(source, delimiting, &lines, &mut found)?,
        Format::JsonLines(_) => json_lines::originals(source, &lines, &mut found)?,
        Format::Parquet => parquet::originals(&source.path, &lines, &mut found)?,
    }
    give(u64::MAX, None);
    result.map(|()| lines.len() as u64)
}

fn full(assigned: &Assigned, reject: Pending, original: &str) -> Reject {
    let Pending { line, table, column, reason, .. } = reject;
    Reject { file: assigned.file.display.clone(), line, table, column, reason, original: original.to_owned() }
}

/// Hands rows that something else than reading set aside to `take`, with their originals, by file and line.
pub fn originals(
    assigned: &[Assigned],
    rows: &[(String, i32, i64)],
    reason: &str,
    take: &mut (dyn FnMut(Reject) -> Result<()> + Send),
) -> Result<()> {
    let mut rejects = Rejects::new(assigned);
    let mut sink = Originals { take };
    for (table, file, line) in rows {
        let line = u64::try_from(*line).unwrap_or_default();
        let table = Some(table.clone());
        rejects.add([Pending { file: *file, line, table, column: None, reason: reason.to_owned() }]);
        if rejects.is_full() {
            rejects.flush(&mut sink, &mut Counts::default())?;
        }
    }
    rejects.flush(&mut sink, &mut Counts::default())
}

struct Originals<'a> {
    take: &'a mut (dyn FnMut(Reject) -> Result<()> + Send),
}

impl Sink for Originals<'_> {
    fn begin(&mut self, _owners: &[Owner]) -> Result<()> {
        Ok(())
    }
    fn accept(&mut self, _table: &str, _batch: RecordBatch) -> Result<()> {
        Ok(())
    }
    fn reject(&mut self, reject: Reject) -> Result<()> {
        (self.take)(reject)
    }
    fn progress(&mut self, _read: u64, _total: u64, _rows: u64) {}
}
