//! Reading an export of rejects that a person has mended.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use crate::intake::SourceFile;
use crate::intake::open::{open, text_file, unreadable};
use crate::intake::raw::records::Delimiting;
use crate::intake::raw::{delimited, json_lines};
use crate::{Error, Result};

/// Name of the column that ties a row to what stands in the ledger.
pub(super) const ID: &str = "reject_id";
/// Between the ids of one row that was set aside for more than one reason.
pub(super) const AND: char = '+';

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    /// Delimited text with a header.
    Delimited(Delimiting),
    /// One JSON object per line.
    JsonLines,
}

/// One row of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MendedRow {
    /// Line of the export on which it begins.
    pub(super) line: u64,
    /// The rejects it stands for.
    pub(super) ids: Vec<String>,
    /// The row without its ids.
    pub(super) text: String,
}

/// An export.
#[derive(Debug)]
pub(super) struct Mended {
    /// How it is written.
    pub(super) writing: Writing,
    /// Its header without the ids; empty in JSON lines.
    pub(super) header: String,
    /// Its rows in order.
    pub(super) rows: Vec<MendedRow>,
}

/// Reads an export.
///
/// # Errors
/// Input: it is none, or a row has lost its id.
pub(super) fn read(path: &Path) -> Result<Mended> {
    let file = text_file(path)?;
    let writing = writing(&file)?;
    let mut mended = Mended { writing, header: String::new(), rows: Vec::new() };
    let mut first = true;
    let mut take = |line: u64, text: String| -> Result<()> {
        let split = match writing {
            Writing::Delimited(delimiting) => split_delimited(&text, delimiting),
            Writing::JsonLines => split_json(&text),
        };
        let lost = || {
            Error::input(format!("{}, line {line}: the row has no {ID}.", path.display()))
                .hint("Leave the first column of the export as it is.")
        };
        let (ids, text) = split.ok_or_else(lost)?;
        if std::mem::take(&mut first) && writing != Writing::JsonLines {
            mended.header = text;
            return Ok(());
        }
        let ids: Vec<String> = ids.split(AND).map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect();
        if ids.is_empty() {
            return Err(lost());
        }
        mended.rows.push(MendedRow { line, ids, text });
        Ok(())
    };
    match writing {
        Writing::Delimited(delimiting) => delimited::each_original(&file, delimiting, &mut take)?,
        Writing::JsonLines => json_lines::each_original(&file, &mut take)?,
    }
    Ok(mended)
}

/// What the first line tells: an object, or the name of the first column with the delimiter behind it.
fn writing(file: &SourceFile) -> Result<Writing> {
    let path = file.path.as_path();
    let mut line = Vec::new();
    let mut reader = BufReader::new(open(file, Arc::default())?);
    reader.read_until(b'\n', &mut line).map_err(|error| unreadable(path, &error))?;
    let line = String::from_utf8_lossy(&line);
    let line = line.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
    if line.trim_start().starts_with('{') {
        return Ok(Writing::JsonLines);
    }
    let behind = line.strip_prefix('"').unwrap_or(line).strip_prefix(ID);
    let behind = behind.map(|rest| rest.strip_prefix('"').unwrap_or(rest));
    match behind.and_then(|rest| rest.chars().next()) {
        Some(' ') => Ok(Writing::Delimited(Delimiting::Blanks)),
        Some(byte @ (',' | ';' | '\t' | '|')) => Ok(Writing::Delimited(Delimiting::Byte(byte as u8))),
        _ => Err(Error::input(format!("{} is no export of rejects: its first column is not {ID}.", path.display()))
            .hint("`throughline rejects export DIR` writes them.")),
    }
}

/// The character between the fields.
pub(super) fn delimiter(delimiting: Delimiting) -> char {
    match delimiting {
        Delimiting::Byte(byte) | Delimiting::Unquoted(byte) => char::from(byte),
        Delimiting::Blanks => ' ',
    }
}

fn split_delimited(text: &str, delimiting: Delimiting) -> Option<(String, String)> {
    let (ids, rest) = text.split_once(delimiter(delimiting))?;
    Some((ids.trim().trim_matches('"').to_owned(), rest.to_owned()))
}

/// The text behind the id stays as it is, so that numbers keep their digits; only an object that was written anew
/// is read and written again.
fn split_json(text: &str) -> Option<(String, String)> {
    let begin = format!("{{\"{ID}\":\"");
    if let Some((ids, rest)) = text.trim_start().strip_prefix(&begin).and_then(|rest| rest.split_once('"')) {
        let rest = rest.trim_start();
        return Some((ids.to_owned(), format!("{{{}", rest.strip_prefix(',').unwrap_or(rest))));
    }
    let mut object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let ids = object.remove(ID)?.as_str()?.to_owned();
    Some((ids, serde_json::Value::Object(object).to_string()))
}

/// A row with its ids before it.
pub(super) fn with_ids(ids: &str, text: &str, writing: Writing) -> String {
    match writing {
        Writing::Delimited(delimiting) => format!("{ids}{}{text}", delimiter(delimiting)),
        Writing::JsonLines => {
            let rest = text.trim_start();
            let rest = rest.strip_prefix('{').unwrap_or(rest);
            let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
            format!("{{\"{ID}\":\"{ids}\"{comma}{rest}")
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn mended(text: &str) -> Result<Mended> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export");
        std::fs::write(&path, text).unwrap();
        read(&path)
    }

    #[test]
    fn rows_come_back_as_they_were_written() {
        for (writing, original) in [
            (Writing::Delimited(Delimiting::Byte(b';')), "1;\"a;\nb\";2,50"),
            (Writing::Delimited(Delimiting::Byte(b',')), ",,\"never closed"),
            (Writing::JsonLines, "{\"a\":1.10,\"b\":{}}"),
            (Writing::JsonLines, "{}"),
        ] {
            let header = match writing {
                Writing::Delimited(_) => with_ids(ID, "x", writing) + "\n",
                Writing::JsonLines => String::new(),
            };
            let found = mended(&format!("{header}{}\n", with_ids("12+ab", original, writing))).unwrap();
            assert_eq!(found.writing, writing);
            let row = found.rows.first().unwrap();
            assert_eq!((row.ids.join(" "), row.text.as_str()), ("12 ab".to_owned(), original));
        }
    }

    #[test]
    fn what_a_spreadsheet_or_program_rewrote_is_read_too() {
        let found = mended("\u{feff}\"reject_id\";\"a\"\r\n\"12\";\"x\"\r\n").unwrap();
        assert_eq!((found.header.as_str(), found.rows[0].text.as_str()), ("\"a\"", "\"x\""));
        let found = mended("{\"a\":1,\"reject_id\":\"12\"}\n").unwrap();
        assert_eq!((found.rows[0].ids.join(""), found.rows[0].text.as_str()), ("12".to_owned(), "{\"a\":1}"));
        assert!(mended("a,b\n1,2\n").unwrap_err().message.contains("no export"));
        assert!(mended("reject_id,b\n,2\n").unwrap_err().message.contains("line 2"));
    }
}
