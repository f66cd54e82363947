//! Looking at the beginning of a file: what it is, how it is delimited, which columns it has.

use std::path::Path;
use std::sync::Arc;

use super::input::distinct_names;
use super::json_lines::object;
use super::parquet;
use super::records::Delimiting;
use crate::intake::open::{fill, open, unreadable};
use crate::{Error, Result};

/// Bytes looked at.
const SAMPLE: usize = 1 << 18;
/// Records that decide on the delimiter.
const RECORDS: usize = 50;

/// What a file looks like.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Look {
    /// Nothing in it.
    Empty,
    /// Delimited text with the fields of its first record.
    Delimited(Delimiting, Vec<String>),
    /// JSON lines with the names found.
    JsonLines(Vec<String>),
    /// Parquet with its columns.
    Parquet(Vec<String>),
}

/// Looks at a file.
///
/// # Errors
/// UTF-16, a JSON list, binary content: each with what to do.
pub(crate) fn sniff(path: &Path) -> Result<Look> {
    let mut reader = open(path, Arc::default())?;
    let mut sample = vec![0; SAMPLE];
    let length = fill(&mut reader, &mut sample).map_err(|error| unreadable(path, &error))?;
    sample.truncate(length);
    if sample.starts_with(b"PAR1") {
        return Ok(Look::Parquet(distinct_names(parquet::header(path)?)));
    }
    check_encoding(path, &sample)?;
    let text = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&sample);
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Ok(Look::Empty),
        Some(b'{') => Ok(Look::JsonLines(json_names(text))),
        Some(b'[') => Err(Error::input(format!("{} is one JSON list.", path.display()))
            .hint("Write one object per line (JSON lines).")),
        Some(_) => {
            let delimiting = delimiting(text, length < SAMPLE);
            Ok(Look::Delimited(delimiting, first_record(text, delimiting)))
        }
    }
}

fn check_encoding(path: &Path, sample: &[u8]) -> Result<()> {
    let display = path.display();
    let head = sample.get(..sample.len().min(4096)).unwrap_or_default();
    let nul = memchr::memchr_iter(0, head).count();
    if sample.starts_with(&[0xff, 0xfe])
        || sample.starts_with(&[0xfe, 0xff])
        || (head.len() >= 8 && nul * 3 > head.len())
    {
        return Err(Error::input(format!("{display} is UTF-16."))
            .hint("Save it as UTF-8, for instance: iconv -f UTF-16 -t UTF-8"));
    }
    if sample.starts_with(b"PK\x03\x04") {
        return Err(
            Error::input(format!("{display} is a spreadsheet or zip file.")).hint("Export the sheet as CSV (UTF-8).")
        );
    }
    if sample.starts_with(b"%PDF") || sample.starts_with(b"SQLite format 3") {
        return Err(Error::input(format!("{display} is not a table of text."))
            .hint("Export the data as CSV, JSON lines or Parquet."));
    }
    Ok(())
}

fn json_names(text: &[u8]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        // The last line of the sample may be cut; what cannot be read is the reader's matter.
        let _ = object(line, &mut |name, _| {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        });
    }
    names
}

/// The delimiter that cuts most records into as many fields as the first.
fn delimiting(text: &[u8], whole: bool) -> Delimiting {
    let mut best: Option<(usize, u8)> = None;
    for delimiter in [b',', b';', b'\t', b'|'] {
        let widths = widths(text, delimiter, whole);
        let Some(first) = widths.first().copied().filter(|width| *width > 1) else { continue };
        let same = widths.iter().filter(|width| **width == first).count();
        let score = same * first * if same * 10 >= widths.len() * 8 { 100 } else { 1 };
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, delimiter));
        }
    }
    match best {
        Some((_, delimiter)) => Delimiting::Byte(delimiter),
        None if looks_blank_separated(text) => Delimiting::Blanks,
        None => Delimiting::Byte(b','),
    }
}

fn widths(text: &[u8], delimiter: u8, whole: bool) -> Vec<usize> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
    let mut widths: Vec<usize> =
        reader.byte_records().take(RECORDS + 1).map_while(|record| Some(record.ok()?.len())).collect();
    if widths.len() > RECORDS || (!whole && widths.len() > 1) {
        widths.pop();
    }
    widths
}

fn looks_blank_separated(text: &[u8]) -> bool {
    let widths: Vec<usize> = text
        .split(|byte| *byte == b'\n')
        .take(RECORDS)
        .map(|line| line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count())
        .filter(|width| *width > 0)
        .collect();
    widths.len() > 1 && widths.iter().all(|width| *width > 1 && Some(width) == widths.first())
}

fn first_record(text: &[u8], delimiting: Delimiting) -> Vec<String> {
    match delimiting {
        Delimiting::Byte(delimiter) => {
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
            let first = reader.byte_records().next().and_then(|record| record.ok()).unwrap_or_default();
            first.iter().map(|field| String::from_utf8_lossy(field).trim().to_owned()).collect()
        }
        Delimiting::Blanks => {
            let line = text
                .split(|byte| *byte == b'\n')
                .find(|line| !line.iter().all(u8::is_ascii_whitespace))
                .unwrap_or_default();
            String::from_utf8_lossy(line).split_ascii_whitespace().map(str::to_owned).collect()
        }
    }
}

/// The first record cut by a delimiter that a layout names.
pub(crate) fn first_record_of(path: &Path, delimiting: Delimiting) -> Result<Vec<String>> {
    let mut reader = open(path, Arc::default())?;
    let mut sample = vec![0; SAMPLE];
    let length = fill(&mut reader, &mut sample).map_err(|error| unreadable(path, &error))?;
    sample.truncate(length);
    Ok(first_record(sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&sample), delimiting))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn look(bytes: &[u8]) -> Result<Look> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        sniff(&path)
    }

    #[test]
    fn delimiters() {
        let comma = Delimiting::Byte(b',');
        for (text, delimiting, header) in [
            ("a,b\n1,2\n", comma, vec!["a", "b"]),
            ("a;b;c\n1,5;2,5;x\n", Delimiting::Byte(b';'), vec!["a", "b", "c"]),
            ("a\tb\n1, x\t2\n", Delimiting::Byte(b'\t'), vec!["a", "b"]),
            ("a|b\n1|2\n", Delimiting::Byte(b'|'), vec!["a", "b"]),
            ("\u{feff}\"a, x\",b\r\n\"1;2;3\",2\r\n", comma, vec!["a, x", "b"]),
            (" id date  value\n 1 2 3\n 4 5 6\n", Delimiting::Blanks, vec!["id", "date", "value"]),
            ("a\n1\n", comma, vec!["a"]),
            ("order id\n1\n", comma, vec!["order id"]),
        ] {
            let header = header.into_iter().map(str::to_owned).collect();
            assert_eq!(look(text.as_bytes()).unwrap(), Look::Delimited(delimiting, header), "{text:?}");
        }
    }

    #[test]
    fn other_kinds() {
        assert_eq!(look(b"").unwrap(), Look::Empty);
        assert_eq!(look(b"\xef\xbb\xbf\r\n").unwrap(), Look::Empty);
        let names = Look::JsonLines(vec!["a".into(), "b.c".into(), "d".into()]);
        assert_eq!(look(b"{\"a\":1,\"b\":{\"c\":2}}\n{\"d\":1}\n").unwrap(), names);
        for (bytes, part) in [
            (&b"\xff\xfea\0,\0b\0\n\0"[..], "UTF-16"),
            (b"a\0,\0b\0\n\x001\0,\x002\0", "UTF-16"),
            (b"[{\"a\":1}]", "JSON list"),
            (b"PK\x03\x04....", "spreadsheet"),
        ] {
            let error = look(bytes).unwrap_err();
            assert!(error.message.contains(part) && error.hint.is_some(), "{error}");
        }
    }
}
