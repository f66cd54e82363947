//! A text file in pieces that end where a record ends, so that several threads can read it at once.
//!
//! Where the pieces end depends on the bytes of the file alone. Quotes follow the rules of the csv crate: one opens a
//! field only where a field begins, and is plain text elsewhere.

use std::io::{self, Read};

use super::input::Head;
use super::records::{Delimiting, LIMIT};
use crate::intake::open::fill;

/// Bytes of a piece.
const SIZE: usize = 1 << 20;
/// Bytes without the end of a record after which there will be none worth waiting for.
const MOST: usize = 4 * LIMIT;

/// Whole records of a text file.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// The records with their line ends.
    pub(crate) bytes: Vec<u8>,
    /// Line of the first byte, from 1.
    pub(crate) line: u64,
    /// Whether the file begins here.
    pub(crate) first: bool,
}

/// Cuts a file into chunks.
pub(crate) struct Chunks {
    reader: Box<dyn Read + Send>,
    /// The quoted fields' delimiter; None where line ends always end records.
    delimiter: Option<u8>,
    size: usize,
    carried: Vec<u8>,
    line: u64,
    first: bool,
    ended: bool,
}

impl Chunks {
    /// Pieces of delimited text; the first holds the rows that are no data.
    pub(crate) fn delimited(reader: Box<dyn Read + Send>, delimiting: Delimiting, head: Head) -> Self {
        let mut chunks = match delimiting {
            Delimiting::Byte(byte) => Chunks::new(reader, Some(byte), SIZE),
            Delimiting::Unquoted(_) | Delimiting::Blanks => Chunks::lines(reader),
        };
        // A header's row is rarely as long as a piece, but columns can be ten thousand.
        chunks.size *= head.rows().clamp(1, 32);
        chunks
    }

    /// Pieces of text in which every line is a record.
    pub(crate) fn lines(reader: Box<dyn Read + Send>) -> Self {
        Chunks::new(reader, None, SIZE)
    }

    fn new(reader: Box<dyn Read + Send>, delimiter: Option<u8>, size: usize) -> Self {
        Chunks { reader, delimiter, size, carried: Vec::new(), line: 1, first: true, ended: false }
    }

    /// The next piece; None behind the last. A file without a byte has none.
    pub(crate) fn next(&mut self) -> io::Result<Option<Chunk>> {
        if self.ended {
            return Ok(None);
        }
        let mut bytes = std::mem::take(&mut self.carried);
        loop {
            self.extend(&mut bytes)?;
            let end = if self.ended { Some(bytes.len()) } else { self.end_of_records(&bytes) };
            // A header may only come from the first piece, so blank lines before it belong to it.
            let blank = self.first && !self.ended && is_blank(bytes.get(..end.unwrap_or(0)).unwrap_or_default());
            if let Some(end) = end.filter(|_| !blank).or((bytes.len() > MOST).then_some(bytes.len())) {
                self.carried = bytes.split_off(end);
                let line = self.line;
                self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
                let first = std::mem::take(&mut self.first);
                return Ok((!bytes.is_empty()).then_some(Chunk { bytes, line, first }));
            }
        }
    }

    fn extend(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let before = bytes.len();
        let more = self.size.max(before);
        bytes.resize(before + more, 0);
        let read = fill(&mut self.reader, bytes.get_mut(before..).unwrap_or_default())?;
        bytes.truncate(before + read);
        self.ended = read < more;
        Ok(())
    }

    fn end_of_records(&self, bytes: &[u8]) -> Option<usize> {
        match self.delimiter {
            Some(delimiter) => last_record_end(bytes, delimiter),
            None => memchr::memrchr(b'\n', bytes).map(|at| at + 1),
        }
    }
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).iter().all(|byte| matches!(byte, b'\r' | b'\n'))
}

/// Where the last record ends that ends in `bytes`, which begin with a record.
fn last_record_end(bytes: &[u8], delimiter: u8) -> Option<usize> {
    let (mut end, mut outside, mut quoted) = (None, 0, false);
    let mut quotes = memchr::memchr_iter(b'"', bytes).peekable();
    let newline = |from: usize, to: usize| {
        let gap = bytes.get(from..to).unwrap_or_default();
        memchr::memrchr(b'\n', gap).map(|at| from + at + 1)
    };
    while let Some(at) = quotes.next() {
        if quoted {
            // Two quotes stand for one.
            if quotes.next_if_eq(&(at + 1)).is_none() {
                (quoted, outside) = (false, at + 1);
            }
            continue;
        }
        let before = at.checked_sub(1).and_then(|before| bytes.get(before)).copied();
        if before.is_none_or(|byte| byte == delimiter || matches!(byte, b'\r' | b'\n'))
            || (at == 3 && bytes.starts_with(b"\xef\xbb\xbf"))
        {
            end = newline(outside, at).or(end);
            quoted = true;
        }
    }
    if quoted { end } else { newline(outside, bytes.len()).or(end) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::intake::raw::buffer::Buffer;
    use crate::intake::raw::records::{Fields, Records};

    fn cut(text: &str, size: usize) -> Vec<Chunk> {
        let reader = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        let mut chunks = Chunks::new(reader, Some(b','), size);
        std::iter::from_fn(|| chunks.next().unwrap()).collect()
    }

    fn records(chunks: &[Chunk]) -> Vec<(u64, Vec<u8>, Vec<usize>)> {
        let mut found = Vec::new();
        for chunk in chunks {
            let buffer = Buffer::of(chunk.bytes.clone(), chunk.line);
            let mut records = Records::new(buffer, Delimiting::Byte(b',')).unwrap();
            let mut fields = Fields::default();
            while records.next(&mut fields).unwrap() {
                found.push((fields.line, fields.bytes().to_vec(), fields.ends().to_vec()));
            }
        }
        found
    }

    #[test]
    fn pieces_end_with_records() {
        let pieces = cut("a,b\n1,\"x\ny\"\n2,z\"\n3,4", 8);
        let texts: Vec<_> = pieces.iter().map(|piece| String::from_utf8_lossy(&piece.bytes).into_owned()).collect();
        assert_eq!(texts, ["a,b\n", "1,\"x\ny\"\n", "2,z\"\n3,4"]);
        let lines: Vec<_> = pieces.iter().map(|piece| (piece.line, piece.first)).collect();
        assert_eq!(lines, [(1, true), (2, false), (4, false)]);
    }

    proptest! {
        #[test]
        fn the_records_of_the_pieces_are_those_of_the_file(text in "[a\",\r\n]{0,120}", size in 1usize..40) {
            prop_assert_eq!(records(&cut(&text, size)), records(&cut(&text, 1 << 12)));
        }
    }
}
