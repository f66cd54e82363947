//! JSON lines as batches of text columns: one object per line, nested objects flattened to `a.b`, lists kept as
//! JSON. Numbers keep their digits.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use throughline_formats::json::flatten;

use super::batch::BatchBuilder;
use super::buffer::Buffer;
use super::input::InputFile;
use super::read::Item;
use super::records::{LIMIT, NOT_UTF8};
use crate::intake::discover::SourceFile;
use crate::intake::open::{open, unreadable};
use crate::{Error, Result};

/// Lines of a text file.
pub(crate) struct Lines {
    buffer: Buffer,
}

impl Lines {
    /// Opens a file.
    pub(crate) fn open(file: &SourceFile) -> Result<Self> {
        let mut buffer = Buffer::new(open(file, Arc::default())?, false);
        buffer.skip_mark().map_err(|error| unreadable(&file.path, &error))?;
        Ok(Lines { buffer })
    }

    /// Reads the next line with its number; None at the end. Lines longer than [`LIMIT`] are an error.
    pub(crate) fn next(&mut self, path: &Path, line: &mut Vec<u8>) -> Result<Option<u64>> {
        line.clear();
        let number = self.buffer.line();
        loop {
            let rest = self.buffer.fill().map_err(|error| unreadable(path, &error))?;
            if rest.is_empty() {
                return Ok((!line.is_empty()).then_some(number));
            }
            let stop = memchr::memchr(b'\n', rest);
            line.extend_from_slice(rest.get(..stop.unwrap_or(rest.len())).unwrap_or_default());
            let taken = stop.map_or(rest.len(), |stop| stop + 1);
            self.buffer.take(taken);
            if line.len() > LIMIT {
                return Err(too_long(path, number));
            }
            if stop.is_some() {
                return Ok(Some(number));
            }
        }
    }
}

/// Reads the rows of a piece of a file that begins on `line` into `batch`, counting them in `seq`.
pub(crate) fn each_row(
    file: &InputFile,
    text: &[u8],
    line: u64,
    batch: &mut BatchBuilder,
    rejects: &mut Vec<Item>,
    seq: &mut u64,
) -> Result<()> {
    let named: HashMap<&str, usize> = (0..file.columns.len())
        .filter(|slot| batch.wants(*slot))
        .filter_map(|slot| Some((file.header.get(file.columns[slot]?)?.as_str(), slot)))
        .collect();
    // The names as this file spells them.
    let mut slots: HashMap<String, Option<usize>> = HashMap::new();
    let mut values: Vec<Option<String>> = vec![None; file.columns.len()];
    for (number, line) in (line..).zip(text.split(|byte| *byte == b'\n')) {
        if line.len() > LIMIT {
            return Err(too_long(Path::new(&file.source.display), number));
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        *seq += 1;
        values.iter_mut().for_each(|value| *value = None);
        let parsed = object(line, &mut |name, value| {
            let slot = match slots.get(name) {
                Some(slot) => *slot,
                None => *slots.entry(name.to_owned()).or_insert(named.get(file.canonical(name)).copied()),
            };
            if let Some(place) = slot.and_then(|slot| values.get_mut(slot)) {
                *place = value;
            }
        });
        match parsed {
            Ok(()) => {
                for (slot, value) in values.iter().enumerate() {
                    batch.push(slot, value.as_deref());
                }
                batch.end_row(number, *seq);
            }
            Err(reason) => rejects.push(Item::Reject { file: file.number, line: number, column: None, reason }),
        }
    }
    Ok(())
}

fn too_long(path: &Path, line: u64) -> Error {
    Error::input(format!("{}, line {line}: the line is longer than {} MiB.", path.display(), LIMIT >> 20))
}

/// Flattens one line; the error is the reason.
pub(crate) fn object(line: &[u8], take: &mut dyn FnMut(&str, Option<String>)) -> std::result::Result<(), String> {
    if memchr::memchr(0, line).is_some() {
        return Err("holds a NUL byte".into());
    }
    let text = std::str::from_utf8(line).map_err(|_| NOT_UTF8.to_owned())?;
    flatten(text, take)
}

/// Every line that is not blank, with its number.
pub(crate) fn each_original(file: &SourceFile, take: &mut dyn FnMut(u64, String) -> Result<()>) -> Result<()> {
    let mut reader = Lines::open(file)?;
    let mut line = Vec::new();
    while let Some(number) = reader.next(&file.path, &mut line)? {
        if !line.iter().all(u8::is_ascii_whitespace) {
            take(number, String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned())?;
        }
    }
    Ok(())
}

/// The text of each of `lines` (sorted).
pub(crate) fn originals(file: &SourceFile, lines: &[u64], found: &mut dyn FnMut(u64, String)) -> Result<()> {
    let mut reader = Lines::open(file)?;
    let mut line = Vec::new();
    let mut wanted = lines.iter().copied().peekable();
    while wanted.peek().is_some() {
        let Some(number) = reader.next(&file.path, &mut line)? else { break };
        if wanted.next_if_eq(&number).is_some() {
            found(number, String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned());
        }
    }
    Ok(())
}
