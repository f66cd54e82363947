//! Records of a delimited file, one at a time, each with the line on which it begins. Memory is bounded by the
//! longest record, and that by [`LIMIT`].

use std::io;

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::buffer::Buffer;

/// The longest record that is read, in bytes. Longer ones mean a quote that was never closed.
pub(crate) const LIMIT: usize = 16 << 20;

/// Why a row is none whose bytes are no text.
pub(crate) const NOT_UTF8: &str =
    "is not valid UTF-8; where the whole file is encoded otherwise, name its encoding with --encoding";

/// How a delimited file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delimiting {
    /// One byte between fields; fields may stand in double quotes.
    Byte(u8),
    /// One byte between fields; quotes are text.
    Unquoted(u8),
    /// Runs of blanks between fields, no quotes.
    Blanks,
}

/// Fields of one record.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    length: usize,
    count: usize,
    /// Line on which the record begins.
    pub(crate) line: u64,
    /// Line on which a quote was opened that the file never closes.
    pub(crate) open_quote: Option<u64>,
}

/// Why reading cannot go on.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The file cannot be read or unpacked.
    Io(io::Error),
    /// The record is longer than [`LIMIT`]; the line of its last field.
    TooLong(u64),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Io(error)
    }
}

impl Fields {
    /// Number of fields.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// All bytes of all fields.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Where the fields end within [`Fields::bytes`].
    pub(crate) fn ends(&self) -> &[usize] {
        self.ends.get(..self.count).unwrap_or_default()
    }

    fn clear(&mut self, line: u64) {
        (self.length, self.count, self.line, self.open_quote) = (0, 0, line, None);
        if self.bytes.is_empty() {
            self.bytes.resize(4096, 0);
            self.ends.resize(64, 0);
        }
    }

    /// Line of the field that is being read.
    fn last_field_line(&self) -> u64 {
        let complete = self.ends().last().copied().unwrap_or(0);
        let before = self.bytes.get(..complete).unwrap_or_default();
        self.line + memchr::memchr_iter(b'\n', before).count() as u64
    }
}

/// Reads records of one file.
pub(crate) struct Records {
    buffer: Buffer,
    core: csv_core::Reader,
    delimiting: Delimiting,
}

impl Records {
    /// Starts at the first byte of the file.
    pub(crate) fn new(mut buffer: Buffer, delimiting: Delimiting) -> io::Result<Self> {
        buffer.skip_mark()?;
        Ok(Self::going_on(buffer, delimiting))
    }

    /// Starts within a file, at the first byte of a record.
    pub(crate) fn going_on(buffer: Buffer, delimiting: Delimiting) -> Self {
        let mut builder = ReaderBuilder::new();
        if let Delimiting::Byte(byte) | Delimiting::Unquoted(byte) = delimiting {
            builder.delimiter(byte).quoting(matches!(delimiting, Delimiting::Byte(_)));
        }
        let mut core = builder.build();
        // The reader skips a byte order mark before the first byte it sees; within a file that would be text.
        core.read_record(b"\n", &mut [0], &mut [0]);
        Records { buffer, core, delimiting }
    }

    /// Reads the next record; false at the end.
    pub(crate) fn next(&mut self, fields: &mut Fields) -> Result<bool, Stop> {
        self.buffer.skip_blank_lines()?;
        self.buffer.kept();
        fields.clear(self.buffer.line());
        match self.delimiting {
            Delimiting::Byte(_) | Delimiting::Unquoted(_) => self.next_cut(fields),
            Delimiting::Blanks => self.next_blanks(fields),
        }
    }

    /// The record as it stands in the file, without its line end; only where the buffer keeps.
    pub(crate) fn original(&mut self) -> Vec<u8> {
        let mut kept = self.buffer.kept();
        while kept.last().is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            kept.pop();
        }
        kept
    }

    fn next_cut(&mut self, fields: &mut Fields) -> Result<bool, Stop> {
        let quoted = matches!(self.delimiting, Delimiting::Byte(_));
        let mut quotes = 0;
        loop {
            let input = self.buffer.fill()?;
            let at_end = input.is_empty();
            let (result, read, written, ended) =
                self.core.read_record(input, &mut fields.bytes[fields.length..], &mut fields.ends[fields.count..]);
            quotes += memchr::memchr_iter(b'"', input.get(..read).unwrap_or_default()).count();
            self.buffer.take(read);
            fields.length += written;
            fields.count += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if fields.bytes.len() >= LIMIT => {
                    return Err(Stop::TooLong(fields.last_field_line()));
                }
                ReadRecordResult::OutputFull => fields.bytes.resize((fields.bytes.len() * 2).min(LIMIT), 0),
                ReadRecordResult::OutputEndsFull => fields.ends.resize(fields.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    if at_end && quoted && quotes % 2 == 1 && self.buffer.line() > fields.line {
                        fields.open_quote = Some(fields.open_quote_line());
                    }
                    return Ok(true);
                }
                ReadRecordResult::End => return Ok(false),
            }
        }
    }

    fn next_blanks(&mut self, fields: &mut Fields) -> Result<bool, Stop> {
        let mut in_field = false;
        loop {
            let input = self.buffer.fill()?;
            if input.is_empty() {
                if in_field {
                    fields.end_field();
                }
                return Ok(fields.count > 0);
            }
            let mut read = 0;
            let mut line_ended = false;
            for &byte in input {
                read += 1;
                match byte {
                    b' ' | b'\t' | b'\r' | b'\n' if in_field => fields.end_field(),
                    b' ' | b'\t' | b'\r' | b'\n' => {}
                    _ => fields.push(byte)?,
                }
                in_field = !matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
                // A line of blanks only is no record.
                line_ended = byte == b'\n' && fields.count > 0;
                if line_ended {
                    break;
                }
                if byte == b'\n' {
                    fields.line += 1;
                }
            }
            self.buffer.take(read);
            if line_ended {
                return Ok(true);
            }
        }
    }
}

impl Fields {
    fn push(&mut self, byte: u8) -> Result<(), Stop> {
        if self.length == self.bytes.len() {
            if self.bytes.len() >= LIMIT {
                return Err(Stop::TooLong(self.line));
            }
            self.bytes.resize((self.bytes.len() * 2).min(LIMIT), 0);
        }
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
        Ok(())
    }

    fn end_field(&mut self) {
        if self.count == self.ends.len() {
            self.ends.resize(self.ends.len() * 2, 0);
        }
        if let Some(end) = self.ends.get_mut(self.count) {
            *end = self.length;
            self.count += 1;
        }
    }

    /// Line on which the last field begins, when the record is complete.
    fn open_quote_line(&self) -> u64 {
        let begin = self.count.checked_sub(2).and_then(|index| self.ends.get(index)).copied().unwrap_or(0);
        let before = self.bytes.get(..begin).unwrap_or_default();
        self.line + memchr::memchr_iter(b'\n', before).count() as u64
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8], delimiting: Delimiting) -> Vec<(u64, Vec<String>, String)> {
        let buffer = Buffer::new(Box::new(io::Cursor::new(text.to_vec())), true);
        let mut records = Records::new(buffer, delimiting).unwrap();
        let mut fields = Fields::default();
        let mut found = Vec::new();
        while records.next(&mut fields).unwrap() {
            let mut begin = 0;
            let mut texts = Vec::new();
            for &end in fields.ends() {
                texts.push(String::from_utf8_lossy(&fields.bytes()[begin..end]).into_owned());
                begin = end;
            }
            found.push((fields.line, texts, String::from_utf8_lossy(&records.original()).into_owned()));
        }
        found
    }

    #[track_caller]
    fn check(text: &str, delimiting: Delimiting, expected: &[(u64, &[&str], &str)]) {
        let found = read(text.as_bytes(), delimiting);
        let expected: Vec<_> = expected
            .iter()
            .map(|(line, fields, original)| {
                (*line, fields.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>(), (*original).to_owned())
            })
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn lines_quotes_and_originals() {
        let comma = Delimiting::Byte(b',');
        check("a,b\n1,2\n", comma, &[(1, &["a", "b"], "a,b"), (2, &["1", "2"], "1,2")]);
        check(
            "\u{feff}a\r\n\r\n\"x \"\"y\"\"\r\nz\",2\r\nlast",
            comma,
            &[(1, &["a"], "a"), (3, &["x \"y\"\r\nz", "2"], "\"x \"\"y\"\"\r\nz\",2"), (5, &["last"], "last")],
        );
        check("a;\"b;c\"", Delimiting::Byte(b';'), &[(1, &["a", "b;c"], "a;\"b;c\"")]);
        check("", comma, &[]);
        check("\n\n", comma, &[]);
    }

    #[test]
    fn blanks_between_fields() {
        let text = " id  date \n \n 00001 19970101  1   11.77\r\n 2\t3";
        check(
            text,
            Delimiting::Blanks,
            &[
                (1, &["id", "date"], " id  date "),
                (3, &["00001", "19970101", "1", "11.77"], " \n 00001 19970101  1   11.77"),
                (4, &["2", "3"], " 2\t3"),
            ],
        );
    }

    #[test]
    fn a_quote_never_closed_stops_at_the_limit_and_names_its_line() {
        let mut text = b"a,b\n1,2\n\"x\ny\",\"open\n".to_vec();
        text.resize(LIMIT + 100, b'z');
        let mut records =
            Records::new(Buffer::new(Box::new(io::Cursor::new(text)), false), Delimiting::Byte(b',')).unwrap();
        let mut fields = Fields::default();
        assert!(records.next(&mut fields).unwrap() && records.next(&mut fields).unwrap());
        assert!(matches!(records.next(&mut fields), Err(Stop::TooLong(4))));
        assert!(fields.bytes.len() <= LIMIT);
    }

    #[test]
    fn a_quote_open_at_the_end_is_noticed() {
        let buffer = Buffer::new(Box::new(io::Cursor::new(b"a,b\n1,\"x\n2,y\n".to_vec())), false);
        let mut records = Records::new(buffer, Delimiting::Byte(b',')).unwrap();
        let mut fields = Fields::default();
        assert!(records.next(&mut fields).unwrap() && fields.open_quote.is_none());
        assert!(records.next(&mut fields).unwrap());
        assert_eq!((fields.line, fields.open_quote), (2, Some(2)));
    }

    proptest! {
        #[test]
        fn never_panics_and_agrees_with_the_csv_crate(text in "[a\",;\r\n é\u{0}]{0,80}") {
            let ours: Vec<Vec<String>> = read(text.as_bytes(), Delimiting::Byte(b',')).into_iter().map(|(_, fields, _)| fields).collect();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let theirs: Vec<Vec<String>> =
                reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
            prop_assert_eq!(ours, theirs);
            read(text.as_bytes(), Delimiting::Blanks);
        }
    }
}
