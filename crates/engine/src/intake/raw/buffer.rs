//! A read buffer that knows its line, and can keep what was taken from it.

use std::io::{self, Read};

const SIZE: usize = 1 << 18;

/// Bytes of a file, handed out in pieces.
pub(crate) struct Buffer {
    reader: Box<dyn Read + Send>,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    line: u64,
    ended: bool,
    kept: Option<Vec<u8>>,
}

impl Buffer {
    /// `keep`: what is taken is collected until [`Buffer::kept`] is asked for.
    pub(crate) fn new(reader: Box<dyn Read + Send>, keep: bool) -> Self {
        Buffer { reader, bytes: vec![0; SIZE], start: 0, end: 0, line: 1, ended: false, kept: keep.then(Vec::new) }
    }

    /// Bytes that are at hand as a whole; the first stands on `line`.
    pub(crate) fn of(bytes: Vec<u8>, line: u64) -> Self {
        let end = bytes.len();
        Buffer { reader: Box::new(io::empty()), bytes, start: 0, end, line, ended: false, kept: None }
    }

    /// Bytes not taken yet; empty only at the end of the file.
    pub(crate) fn fill(&mut self) -> io::Result<&[u8]> {
        while self.start == self.end && !self.ended {
            match self.reader.read(&mut self.bytes) {
                Ok(0) => self.ended = true,
                Ok(read) => (self.start, self.end) = (0, read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.rest())
    }

    /// Bytes at hand.
    pub(crate) fn rest(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Takes bytes; lines are counted.
    pub(crate) fn take(&mut self, length: usize) {
        let stop = (self.start + length).min(self.end);
        let taken = self.bytes.get(self.start..stop).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', taken).count() as u64;
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(taken);
        }
        self.start = stop;
    }

    /// Takes line ends (and a byte order mark at the very beginning).
    pub(crate) fn skip_blank_lines(&mut self) -> io::Result<()> {
        loop {
            let rest = self.fill()?;
            let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let more = blank == rest.len() && blank > 0;
            self.take(blank);
            if !more {
                return Ok(());
            }
        }
    }

    /// Takes a byte order mark of UTF-8.
    pub(crate) fn skip_mark(&mut self) -> io::Result<()> {
        if self.fill()?.starts_with(b"\xef\xbb\xbf") {
            self.take(3);
        }
        Ok(())
    }

    /// Line of the next byte, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// What was taken since the last call.
    pub(crate) fn kept(&mut self) -> Vec<u8> {
        self.kept.as_mut().map(std::mem::take).unwrap_or_default()
    }
}
