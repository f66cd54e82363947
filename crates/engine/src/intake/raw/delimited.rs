//! Delimited text as batches of text columns.

use super::batch::{BatchBuilder, is_blank};
use super::buffer::Buffer;
use super::input::{Head, InputFile};
use super::read::Item;
use super::records::{Delimiting, Fields, LIMIT, NOT_UTF8, Records, Stop};
use crate::intake::discover::SourceFile;
use crate::intake::open::{open, unreadable};
use crate::{Error, Result};

/// Columns that are built, each with the place of its field.
pub(crate) type Slots = Vec<(usize, usize)>;

/// The columns of a file that a batch wants.
pub(crate) fn slots(file: &InputFile, batch: &BatchBuilder) -> Slots {
    let places = file.columns.iter().enumerate().filter(|(slot, _)| batch.wants(*slot));
    places.map(|(slot, place)| (slot, place.unwrap_or(usize::MAX))).collect()
}

/// Adds a record to a batch, or sets it aside; `seq` counts both. Records that say nothing are passed over.
pub(crate) fn row(
    file: &InputFile,
    fields: &Fields,
    slots: &Slots,
    seq: &mut u64,
    batch: &mut BatchBuilder,
    rejects: &mut Vec<Item>,
) {
    if fields.bytes().iter().all(u8::is_ascii_whitespace) {
        return;
    }
    *seq += 1;
    match problem(fields, &file.header) {
        Some((column, reason)) => {
            rejects.push(Item::Reject { file: file.number, line: fields.line, column, reason });
        }
        None => {
            push(batch, fields, slots);
            batch.end_row(fields.line, *seq);
        }
    }
}

fn push(batch: &mut BatchBuilder, fields: &Fields, slots: &Slots) {
    // `problem` has checked that the whole is UTF-8 and that fields end between characters.
    let text = std::str::from_utf8(fields.bytes()).unwrap_or_default();
    let ends = fields.ends();
    for &(slot, place) in slots {
        let begin = place.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
        let value = ends.get(place).and_then(|end| text.get(begin..*end));
        batch.push(slot, value);
    }
}

/// Why a record with so many fields is no row.
pub(crate) fn wrong_width(fields: usize, header: usize) -> String {
    format!("{fields} fields where the header has {header}")
}

/// Why a record is no row of this file, with the column where it is one.
fn problem(fields: &Fields, header: &[String]) -> Option<(Option<String>, String)> {
    let bytes = fields.bytes();
    let column_at =
        |offset: usize| fields.ends().iter().position(|end| offset < *end).and_then(|at| header.get(at)).cloned();
    if let Some(line) = fields.open_quote {
        return Some((
            header.get(fields.len().saturating_sub(1)).cloned(),
            format!("the quote opened in line {line} is never closed"),
        ));
    }
    if fields.len() != header.len() {
        return Some((None, wrong_width(fields.len(), header.len())));
    }
    if let Some(at) = memchr::memchr(0, bytes) {
        return Some((column_at(at), "holds a NUL byte".into()));
    }
    match std::str::from_utf8(bytes) {
        Err(error) => Some((column_at(error.valid_up_to()), NOT_UTF8.into())),
        Ok(text) => {
            let cut = fields.ends().iter().position(|end| !text.is_char_boundary(*end))?;
            Some((header.get(cut).cloned(), NOT_UTF8.into()))
        }
    }
}

/// The error of a file that cannot be read to its end.
pub(crate) fn stop_error(file: &InputFile, stop: Stop) -> Error {
    let display = &file.source.display;
    match stop {
        Stop::Io(error) => unreadable(std::path::Path::new(display), &error),
        Stop::TooLong(line) => Error::input(format!(
            "{display}, line {line}: a record is longer than {} MiB; a quote opened there is probably never closed.",
            LIMIT >> 20
        ))
        .hint("Close the quote, or write a quote within a quoted field twice."),
    }
}

/// The record that names the columns, as it stands in the file; nothing in an empty one.
pub(crate) fn header_original(file: &SourceFile, delimiting: Delimiting, head: Head) -> Result<String> {
    let mut records = Records::new(Buffer::new(open(file, std::sync::Arc::default())?, true), delimiting)?;
    let mut fields = Fields::default();
    for _ in 0..head.before {
        if !records.next(&mut fields).unwrap_or(false) {
            return Ok(String::new());
        }
    }
    match records.next(&mut fields) {
        Ok(true) => Ok(trimmed(records.original(), is_blank)),
        _ => Ok(String::new()),
    }
}

/// Every record as it stands in the file, with the line on which it begins.
pub(crate) fn each_original(
    file: &SourceFile,
    delimiting: Delimiting,
    take: &mut dyn FnMut(u64, String) -> Result<()>,
) -> Result<()> {
    let reader = open(file, std::sync::Arc::default())?;
    let mut records = Records::new(Buffer::new(reader, true), delimiting)?;
    let mut fields = Fields::default();
    loop {
        match records.next(&mut fields) {
            Ok(true) => take(fields.line, trimmed(records.original(), is_blank))?,
            Ok(false) => return Ok(()),
            Err(Stop::Io(error)) => return Err(unreadable(&file.path, &error)),
            Err(Stop::TooLong(line)) => {
                let message = format!("{}, line {line}: a record is longer than {} MiB.", file.display, LIMIT >> 20);
                return Err(Error::input(message).hint("A quote opened there is probably never closed."));
            }
        }
    }
}

/// The record that begins on each of `lines` (sorted), as it stands in the file.
pub(crate) fn originals(
    file: &SourceFile,
    delimiting: Delimiting,
    lines: &[u64],
    found: &mut dyn FnMut(u64, String),
) -> Result<()> {
    let reader = open(file, std::sync::Arc::default())?;
    let mut records = Records::new(Buffer::new(reader, true), delimiting)?;
    let mut fields = Fields::default();
    let mut wanted = lines.iter().copied().peekable();
    while let Some(line) = wanted.peek().copied() {
        if !records.next(&mut fields).unwrap_or(false) {
            break;
        }
        if fields.line >= line {
            if fields.line == line {
                found(line, trimmed(records.original(), is_blank));
            }
            while wanted.next_if(|next| *next <= fields.line).is_some() {}
        }
    }
    Ok(())
}

/// Lossy text without blank lines before it.
fn trimmed(bytes: Vec<u8>, blank: fn(&str) -> bool) -> String {
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match text.rfind('\n') {
        Some(at) if blank(&text[..at]) => text[at + 1..].to_owned(),
        _ => text,
    }
}
