//! Cutting JSON into values, byte by byte, without reading it into memory. What is valid is decided where rows are read.

use std::io;

use super::Text;
use super::nesting::{Nesting, Step};

/// Bytes of a value that may become a row.
pub(super) const LIMIT: usize = 16 << 20;

/// What a file that begins with a brace or bracket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// An object on each line.
    Lines,
    /// Anything else.
    Document,
}

/// The shape that the beginning of a file tells.
pub(super) fn shape(head: &[u8]) -> Shape {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if !text.starts_with(b"{") {
        return Shape::Document;
    }
    let mut nesting = Nesting::default();
    for (at, byte) in text.iter().enumerate() {
        match nesting.take(*byte) {
            _ if *byte == b'\n' => return Shape::Document,
            Step::End => {
                let rest = text.get(at + 1..).unwrap_or_default();
                let next = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
                let (blank, behind) = rest.split_at(next);
                // A second object on a line of its own; a lone object may be an envelope.
                return if behind.starts_with(b"{") && blank.contains(&b'\n') { Shape::Lines } else { Shape::Document };
            }
            _ => {}
        }
    }
    Shape::Document
}

/// Whether one of the first lines is an object by itself.
pub(super) fn has_line(head: &[u8]) -> bool {
    let lines = head.split(|byte| *byte == b'\n').take(50).map(<[u8]>::trim_ascii);
    lines
        .into_iter()
        .any(|line| line.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok())
}

/// Why cutting stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// The file cannot be read.
    Io(io::Error),
    /// A value is longer than [`LIMIT`]; the line on which it begins.
    TooLong(u64),
    /// The file ends within a value that begins on this line.
    CutOff(u64),
    /// What stands on a line where something else should.
    Unexpected(u64, char, &'static str),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Io(error)
    }
}

/// A file of JSON.
pub(super) struct Scanner {
    reader: Text,
    bytes: Vec<u8>,
    at: usize,
    end: usize,
    /// Line of the next byte, from 1.
    pub(super) line: u64,
    kept: Option<Vec<u8>>,
}

impl Scanner {
    /// From its first byte; a byte order mark is passed over.
    pub(super) fn new(reader: Text) -> io::Result<Self> {
        let mut scanner = Scanner { reader, bytes: vec![0; 1 << 16], at: 0, end: 0, line: 1, kept: None };
        for byte in b"\xef\xbb\xbf" {
            if scanner.peek()? == Some(*byte) {
                scanner.next()?;
            }
        }
        Ok(scanner)
    }

    /// The next byte, which stays.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        while self.at == self.end {
            match self.reader.read(&mut self.bytes) {
                Ok(0) => return Ok(None),
                Ok(read) => (self.at, self.end) = (0, read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.bytes.get(self.at).copied())
    }

    /// The next byte.
    pub(super) fn next(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        self.at += usize::from(byte.is_some());
        self.line += u64::from(byte == Some(b'\n'));
        if let (Some(kept), Some(byte)) = (&mut self.kept, byte) {
            kept.push(if matches!(byte, b'\n' | b'\r') { b' ' } else { byte });
            if kept.len() > LIMIT {
                self.kept = None;
            }
        }
        Ok(byte)
    }

    /// The next byte that is no blank, which stays.
    pub(super) fn token(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.peek()? {
                Some(byte) if byte.is_ascii_whitespace() => self.next()?,
                other => return Ok(other),
            };
        }
    }

    /// Takes a value, on one line, into `value`; without it, passes over a value however long it is.
    pub(super) fn value(&mut self, mut value: Option<&mut Vec<u8>>) -> Result<(), Stop> {
        let begin = self.line;
        let Some(first) = self.token()? else { return Err(Stop::CutOff(begin)) };
        let scalar = !matches!(first, b'"' | b'{' | b'[');
        let mut nesting = Nesting::default();
        while let Some(byte) = self.peek()? {
            if scalar && (byte.is_ascii_whitespace() || matches!(byte, b',' | b']' | b'}' | b'{' | b'[')) {
                return Ok(());
            }
            self.next()?;
            if let Some(value) = &mut value {
                // Within a text, a line end makes it invalid; elsewhere it is a blank.
                value.push(match byte {
                    b'\n' | b'\r' if nesting.in_text => 1,
                    b'\n' | b'\r' => b' ',
                    byte => byte,
                });
                if value.len() > LIMIT {
                    return Err(Stop::TooLong(begin));
                }
            }
            if !scalar && nesting.take(byte) == Step::End {
                return Ok(());
            }
        }
        if scalar { Ok(()) } else { Err(Stop::CutOff(begin)) }
    }

    /// From here on, what is taken is also kept, as long as it is not too much.
    pub(super) fn keep(&mut self) {
        self.kept = Some(Vec::new());
    }

    /// What was kept.
    pub(super) fn kept(&mut self) -> Option<Vec<u8>> {
        self.kept.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        for (text, expected) in [
            ("{\"a\":1}\n{\"a\":2}\n", Shape::Lines),
            (" \n{\"a\":\"}\\\"\"}\r\n\r\n{", Shape::Lines),
            ("{\"a\":1}", Shape::Document),
            ("{\n\"a\":1}\n{\"a\":1}", Shape::Document),
            ("{\"a\":1} {\"a\":2}", Shape::Document),
            ("[{\"a\":1}]", Shape::Document),
            ("{\"a\":1", Shape::Document),
        ] {
            assert_eq!(shape(text.as_bytes()), expected, "{text}");
        }
    }
}
