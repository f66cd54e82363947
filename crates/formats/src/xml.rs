//! What event logs in XML share: told by their root, read event by event, entities never expanded.

use std::io::{self, BufRead, BufReader, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::parts::Source;
use crate::{Problem, Result};

/// Bytes of the longest element or text.
const LIMIT: usize = 16 << 20;

/// The root of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Root {
    /// XES.
    Xes,
    /// OCEL 2.0.
    Ocel,
    /// Any other element.
    Other(String),
}

/// Whether a text begins as XML does.
pub(crate) fn is_xml(text: &[u8]) -> bool {
    let starts = |word: &[u8]| text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    [&b"<?xml"[..], b"<log", b"<!doctype", b"<!--", b"<html"].into_iter().any(starts)
}

/// The root that the beginning of a log tells: the logs of XES and OCEL are both `log`.
pub(crate) fn root(text: &[u8]) -> Root {
    let text = String::from_utf8_lossy(text);
    let mut names = text.split('<').skip(1).filter(|rest| !rest.starts_with(['?', '!', '/'])).map(|rest| {
        rest.split(|letter: char| letter.is_whitespace() || letter == '>' || letter == '/').next().unwrap_or_default()
    });
    let root = names.next().unwrap_or_default();
    if root != "log" && root != "ocel" {
        return Root::Other(root.chars().take(40).collect());
    }
    let ocel = names.any(|name| matches!(name, "object-types" | "event-types" | "objects" | "events"));
    if ocel || root == "ocel" { Root::Ocel } else { Root::Xes }
}

/// Counts lines while XML is read.
pub(crate) struct Lines<R> {
    inner: R,
    /// Line of the next byte, from 1.
    pub(crate) line: u64,
    /// Bytes read since an event of the reader ended.
    pub(crate) pending: usize,
}

impl<R: BufRead> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let read = available.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Lines<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.pending > LIMIT {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "an element or text is longer than 16 MiB"));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Ok(bytes) = self.inner.fill_buf() {
            let taken = bytes.get(..amount.min(bytes.len())).unwrap_or_default();
            self.line += memchr::memchr_iter(b'\n', taken).count() as u64;
        }
        self.pending += amount;
        self.inner.consume(amount);
    }
}

/// A log being read.
pub(crate) type Log = Reader<Lines<BufReader<Box<dyn Read + Send>>>>;

/// Reads a log as UTF-8 text.
pub(crate) fn log(text: Box<dyn Read + Send>) -> Log {
    let mut reader = Reader::from_reader(Lines { inner: BufReader::with_capacity(1 << 16, text), line: 1, pending: 0 });
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().trim_text(true);
    reader
}

/// The next event, and the line on which it begins.
pub(crate) fn next<'b>(source: &Source<'_>, log: &mut Log, buffer: &'b mut Vec<u8>) -> Result<(u64, Event<'b>)> {
    buffer.clear();
    log.get_mut().pending = 0;
    let line = log.get_ref().line;
    let event = log.read_event_into(buffer).map_err(|error| wrong(source, line, &error))?;
    Ok((line, event))
}

/// The attributes of an element by name; the five entities of XML are known, and numbers of characters.
pub(crate) fn attributes(source: &Source<'_>, line: u64, element: &BytesStart<'_>) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| wrong(source, line, &error))?;
        let name = attribute.key.into_inner();
        let value =
            quick_xml::escape::unescape(attribute.value.as_ref()).map_err(|error| wrong(source, line, &error))?;
        found.push((name.to_owned(), value.into_owned()));
    }
    Ok(found)
}

/// The log cannot be read on.
pub(crate) fn wrong(source: &Source<'_>, line: u64, error: &impl std::fmt::Display) -> Problem {
    Problem::new(format!("{}, line {line}: the XML cannot be read: {error}.", source.display))
        .hint("Export the log again, or as CSV.")
}
