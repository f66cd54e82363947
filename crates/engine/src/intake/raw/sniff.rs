//! Looking at the beginning of a file: how it is encoded and delimited, and what its first rows say.

use std::collections::HashSet;

use throughline_formats::encoding::{self, Encoding, LOOKED_AT, decoded_head};
use throughline_formats::source;

use super::input::distinct_names;
use super::json_lines::object;
use super::parquet;
use super::records::Delimiting;
use crate::intake::discover::SourceFile;
use crate::intake::open::unreadable;
use crate::{Error, Result};

/// Records that decide on the delimiter.
const RECORDS: usize = 50;
/// Records among which the header is looked for.
pub(crate) const FIRST: usize = 20;
/// Lines that decide whether quotes are text.
const LINES: usize = 2000;

/// What a file looks like.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Look {
    /// Nothing in it.
    Empty,
    /// Delimited text with the fields of its first records.
    Delimited(Delimiting, Vec<Vec<String>>),
    /// JSON lines with the names found.
    JsonLines(Vec<String>),
    /// Parquet with its columns.
    Parquet(Vec<String>),
}

/// The beginning of a file.
#[derive(Debug)]
pub(crate) struct Beginning {
    bytes: Vec<u8>,
    /// How its text is encoded.
    pub(crate) encoding: &'static Encoding,
    /// Whether nobody and no mark told the encoding.
    pub(crate) guessed: bool,
}

impl Beginning {
    /// Of a file; `told` is the encoding that somebody named. A mark at the beginning is never wrong.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn of(file: &SourceFile, told: Option<&'static Encoding>) -> Result<Beginning> {
        let bytes = source::head(&file.path, LOOKED_AT).map_err(|error| unreadable(&file.path, &error))?;
        let known = Encoding::for_bom(&bytes).map(|(marked, _)| marked).or(told);
        let encoding = known.unwrap_or_else(|| encoding::guess(&bytes, bytes.len() < LOOKED_AT));
        Ok(Beginning { bytes, encoding, guessed: known.is_none() })
    }

    fn whole(&self) -> bool {
        self.bytes.len() < LOOKED_AT
    }

    /// What it looks like.
    ///
    /// # Errors
    /// Binary content: with what to do.
    pub(crate) fn look(&self, file: &SourceFile) -> Result<Look> {
        if let Some(columns) = file.part.as_ref().and_then(|part| part.columns.clone()) {
            return Ok(Look::JsonLines(columns));
        }
        if self.bytes.starts_with(b"PAR1") {
            return Ok(Look::Parquet(distinct_names(parquet::header(&file.path)?)));
        }
        let text = decoded_head(&self.bytes, self.encoding);
        let head = text.get(..text.len().min(4096)).unwrap_or_default();
        if head.len() >= 8 && memchr::memchr_iter(0, head).count() * 3 > head.len() {
            return Err(Error::input(format!("{} is not a table of text.", file.display))
                .hint("Export the data as CSV, a spreadsheet, JSON or Parquet."));
        }
        let mut letters = text.iter().filter(|byte| !byte.is_ascii_whitespace());
        Ok(match (letters.next(), letters.next()) {
            (None, _) => Look::Empty,
            (Some(b'{'), Some(b'"' | b'}') | None) | (Some(b'['), Some(b'{' | b'[' | b']')) => {
                Look::JsonLines(json_names(&text))
            }
            _ => {
                let delimiting = delimiting(&text, self.whole());
                Look::Delimited(delimiting, first_records(&text, delimiting))
            }
        })
    }

    /// The first records, cut and decoded as a layout says.
    pub(crate) fn records(&self, delimiting: Delimiting, encoding: &'static Encoding) -> Vec<Vec<String>> {
        first_records(&decoded_head(&self.bytes, encoding), delimiting)
    }
}

fn json_names(text: &[u8]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    for line in text.split(|byte| *byte == b'\n') {
        // The last line of the look may be cut; what cannot be read is the reader's matter.
        let _ = object(line, &mut |name, _| {
            if !known.contains(name) {
                known.insert(name.to_owned());
                names.push(name.to_owned());
            }
        });
    }
    names
}

/// The delimiter that cuts most records into as many fields as the first, or as most: titles may stand above.
fn delimiting(text: &[u8], whole: bool) -> Delimiting {
    let mut best: Option<(usize, u8)> = None;
    for delimiter in [b',', b';', b'\t', b'|'] {
        let widths = widths(text, delimiter, whole);
        let first = widths.first().copied().filter(|width| *width > 1);
        for width in first.into_iter().chain(commonest(&widths)) {
            let same = widths.iter().filter(|other| **other == width).count();
            let score = same * width * if same * 10 >= widths.len() * 8 { 100 } else { 1 };
            if best.is_none_or(|(most, _)| score > most) {
                best = Some((score, delimiter));
            }
        }
    }
    match best {
        Some((_, b'\t')) if quotes_are_text(text, b'\t', whole) => Delimiting::Unquoted(b'\t'),
        Some((_, delimiter)) => Delimiting::Byte(delimiter),
        None if looks_blank_separated(text) => Delimiting::Blanks,
        None => Delimiting::Byte(b','),
    }
}

/// The width that most records have, where that is more than one field and more than one record.
fn commonest(widths: &[usize]) -> Option<usize> {
    let count = |width: usize| widths.iter().filter(|other| **other == width).count();
    widths.iter().copied().filter(|width| *width > 1 && count(*width) > 1).max_by_key(|width| (count(*width), *width))
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

/// Whether quotes enclose nothing: every line has its fields, and only with quotes as quotes some lose theirs.
fn quotes_are_text(text: &[u8], delimiter: u8, whole: bool) -> bool {
    let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').take(LINES).collect();
    let taken: usize = lines.iter().map(|line| line.len() + 1).sum();
    if !whole && taken > text.len() {
        lines.pop();
    }
    let text = text.get(..taken.min(text.len())).unwrap_or_default();
    lines.retain(|line| !line.trim_ascii().is_empty());
    let width = |line: &[u8]| memchr::memchr_iter(delimiter, line).count() + 1;
    let Some(first) = lines.last().map(|line| width(line)) else { return false };
    let right = lines.iter().filter(|line| width(line) == first).count();
    if right * 100 < lines.len() * 95 || memchr::memchr(b'"', text).is_none() {
        return false;
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
    let quoted =
        reader.byte_records().filter(|record| record.as_ref().is_ok_and(|record| record.len() == first)).count();
    quoted < right
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

fn first_records(text: &[u8], delimiting: Delimiting) -> Vec<Vec<String>> {
    match delimiting {
        Delimiting::Byte(delimiter) | Delimiting::Unquoted(delimiter) => {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter)
                .quoting(matches!(delimiting, Delimiting::Byte(_)))
                .from_reader(text);
            let text = |field: &[u8]| String::from_utf8_lossy(field).trim().to_owned();
            let records = reader.byte_records().take(FIRST).map_while(|record| record.ok());
            records.map(|record| record.iter().map(text).collect()).collect()
        }
        Delimiting::Blanks => {
            let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.iter().all(u8::is_ascii_whitespace));
            let words =
                |line: &[u8]| String::from_utf8_lossy(line).split_ascii_whitespace().map(str::to_owned).collect();
            lines.take(FIRST).map(words).collect()
        }
    }
}

/// Which of the first records is the header, where nothing else tells: the first at least half as wide as the widest.
pub(crate) fn likely_header(records: &[Vec<String>]) -> usize {
    let filled = |record: &Vec<String>| record.iter().filter(|field| !field.is_empty()).count();
    let widest = records.iter().map(filled).max().unwrap_or(0);
    records.iter().position(|record| filled(record) * 2 >= widest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn look(bytes: &[u8]) -> Result<Look> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        let file = SourceFile::new(path, "file");
        Beginning::of(&file, None)?.look(&file)
    }

    #[track_caller]
    fn check(bytes: &[u8], delimiting: Delimiting, place: usize, header: &[&str]) {
        let Look::Delimited(found, records) = look(bytes).unwrap() else { panic!("{bytes:?} is delimited") };
        assert_eq!((found, likely_header(&records)), (delimiting, place), "{bytes:?}");
        assert_eq!(records[place], header);
    }

    #[test]
    fn delimiters() {
        let comma = Delimiting::Byte(b',');
        check(b"a,b\n1,2\n", comma, 0, &["a", "b"]);
        check(b"a;b;c\n1,5;2,5;x\n", Delimiting::Byte(b';'), 0, &["a", "b", "c"]);
        check(b"a\tb\n1, x\t2\n", Delimiting::Byte(b'\t'), 0, &["a", "b"]);
        check(b"a|b\n1|2\n", Delimiting::Byte(b'|'), 0, &["a", "b"]);
        check("\u{feff}\"a, x\",b\r\n\"1;2;3\",2\r\n".as_bytes(), comma, 0, &["a, x", "b"]);
        check(b" id date  value\n 1 2 3\n 4 5 6\n", Delimiting::Blanks, 0, &["id", "date", "value"]);
        check(b"a\n1\n", comma, 0, &["a"]);
        check(b"order id\n1\n", comma, 0, &["order id"]);
    }

    #[test]
    fn titles_above_the_header() {
        let text = b"Sales, all channels\n# made on Monday\n\nid;at;total\n1;2025-01-01;2,50\n2;2025-01-02;3,50\n";
        check(text, Delimiting::Byte(b';'), 2, &["id", "at", "total"]);
    }

    #[test]
    fn quotes_that_are_text() {
        let tab = Delimiting::Byte(b'\t');
        check(b"id\tsize\n1\t\"5 inch\n2\t7\" x\n3\tx\n", Delimiting::Unquoted(b'\t'), 0, &["id", "size"]);
        check(b"id\tsize\n1\t5\" inch\n2\tx\n", tab, 0, &["id", "size"]);
        check(b"id\ttext\n1\t\"a\nb\"\n2\tx\n", tab, 0, &["id", "text"]);
        check(b"id\ttext\n1\t\"a\tb\"\n2\tx\n", tab, 0, &["id", "text"]);
    }

    #[test]
    fn encodings() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        check(&wide("a,b\n1,2\n"), Delimiting::Byte(b','), 0, &["a", "b"]);
        check(&[&b"\xff\xfe"[..], &wide("a,b\n")].concat(), Delimiting::Byte(b','), 0, &["a", "b"]);
        check(b"Stra\xdfe;Ort\n1;2\n", Delimiting::Byte(b';'), 0, &["Straße", "Ort"]);
    }

    #[test]
    fn other_kinds() {
        assert_eq!(look(b"").unwrap(), Look::Empty);
        assert_eq!(look(b"\xef\xbb\xbf\r\n").unwrap(), Look::Empty);
        let names = Look::JsonLines(vec!["a".into(), "b.c".into(), "d".into()]);
        assert_eq!(look(b"{\"a\":1,\"b\":{\"c\":2}}\n{\"d\":1}\n").unwrap(), names);
        assert!(look(&[0; 100]).unwrap_err().message.contains("not a table"));
    }
}
