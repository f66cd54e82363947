//! The rows of one chunk of a text file, read apart from the chunks before it.

use std::io;
use std::ops::ControlFlow;

use datafusion::arrow::record_batch::RecordBatch;

use super::batch::BatchBuilder;
use super::buffer::Buffer;
use super::chunks::{Chunk, Chunks};
use super::delimited::{self, Slots};
use super::input::{Format, InputFile, InputFiles};
use super::json_lines;
use super::plain;
use super::read::{Item, Reading, Take};
use super::records::{Delimiting, Fields, Records, Stop};
use crate::Result;
use crate::intake::open::{open, unreadable};

/// The chunks of a text file; None where its format is no text.
///
/// # Errors
/// The file cannot be opened.
pub(crate) fn chunks_of(reading: &Reading<'_>) -> Result<Option<Chunks>> {
    let open = || open(&reading.file.source, reading.bytes.clone());
    Ok(match reading.file.format {
        Format::Delimited(delimiting, head) => Some(Chunks::delimited(open()?, delimiting, head)),
        Format::JsonLines(_) => Some(Chunks::lines(open()?)),
        Format::Parquet => None,
    })
}

/// Reads a text file chunk after chunk.
pub(crate) fn read_all(reading: &Reading<'_>, mut chunks: Chunks, take: &mut Take<'_>) -> Result<ControlFlow<()>> {
    let file = reading.file;
    let mut before = 0;
    while let Some(chunk) = chunks.next().map_err(|error| unreadable(&file.source.path, &error))? {
        let mut read = ChunkRows::read(reading.input, file, reading.wanted, chunk)?;
        let rejects = std::mem::take(&mut read.rejects);
        let rows = read.rows;
        for item in rejects.into_iter().chain(read.finish(before)?.map(Item::Rows)) {
            if take(item).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        before += rows;
    }
    Ok(take(Item::Ended { rows: before }))
}

/// Rows as text, which do not know yet how many rows stand before them.
pub(crate) struct ChunkRows {
    batch: BatchBuilder,
    /// Rows that could not be split into columns.
    pub(crate) rejects: Vec<Item>,
    /// How many rows there are, those included.
    pub(crate) rows: u64,
    file: i32,
}

impl ChunkRows {
    /// Reads a chunk of `file`; only the wanted columns are built.
    ///
    /// # Errors
    /// A record that is too long to be one.
    pub(crate) fn read(input: &InputFiles, file: &InputFile, wanted: &[bool], chunk: Chunk) -> Result<Self> {
        let lines = memchr::memchr_iter(b'\n', &chunk.bytes).count() + 1;
        let batch = BatchBuilder::new(input.schema.clone(), wanted, &input.missing, lines, chunk.bytes.len());
        let mut rows = ChunkRows { batch, rejects: Vec::new(), rows: 0, file: file.number };
        match file.format {
            Format::Delimited(delimiting, head) => {
                let head = if chunk.first { head.rows() } else { 0 };
                rows.delimited(file, delimiting, head, chunk)?;
            }
            Format::JsonLines(skipped) => rows.json(file, if chunk.first { skipped } else { 0 }, &chunk)?,
            Format::Parquet => {}
        }
        Ok(rows)
    }

    fn json(&mut self, file: &InputFile, skipped: u16, chunk: &Chunk) -> Result<()> {
        let mark = if chunk.first && chunk.bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let mut text = chunk.bytes.get(mark..).unwrap_or_default();
        let mut line = chunk.line;
        let mut left = skipped;
        while left > 0 && !text.is_empty() {
            let end = memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1);
            let (first, rest) = text.split_at(end);
            left -= u16::from(!first.iter().all(u8::is_ascii_whitespace));
            (text, line) = (rest, line + 1);
        }
        json_lines::each_row(file, text, line, &mut self.batch, &mut self.rejects, &mut self.rows)
    }

    fn delimited(&mut self, file: &InputFile, delimiting: Delimiting, head: usize, chunk: Chunk) -> Result<()> {
        let slots = delimited::slots(file, &self.batch);
        if let Delimiting::Byte(delimiter) | Delimiting::Unquoted(delimiter) = delimiting
            && !chunk.first
            && let Some(text) = plain::plain_text(&chunk.bytes, matches!(delimiting, Delimiting::Byte(_)))
        {
            self.plain(file, text, delimiter, chunk.line, &slots);
            return Ok(());
        }
        let stopped = |stop: Stop| delimited::stop_error(file, stop);
        let buffer = Buffer::of(chunk.bytes, chunk.line);
        let mut records = if chunk.first {
            Records::new(buffer, delimiting).map_err(|error: io::Error| stopped(Stop::Io(error)))?
        } else {
            Records::going_on(buffer, delimiting)
        };
        let mut fields = Fields::default();
        for _ in 0..head {
            records.next(&mut fields).map_err(stopped)?;
        }
        while records.next(&mut fields).map_err(stopped)? {
            delimited::row(file, &fields, &slots, &mut self.rows, &mut self.batch, &mut self.rejects);
        }
        Ok(())
    }

    fn plain(&mut self, file: &InputFile, text: &str, delimiter: u8, line: u64, slots: &Slots) {
        let width = file.header.len();
        plain::each_record(text, delimiter, line, &mut |record| {
            self.rows += 1;
            if record.width() != width {
                let reason = delimited::wrong_width(record.width(), width);
                self.rejects.push(Item::Reject { file: self.file, line: record.line, column: None, reason });
                return;
            }
            for &(slot, place) in slots {
                self.batch.push(slot, record.field(place));
            }
            self.batch.end_row(record.line, self.rows);
        });
    }

    /// The rows, numbered behind the `before` rows of the file that stand before them.
    pub(crate) fn finish(mut self, before: u64) -> Result<Option<RecordBatch>> {
        self.batch.finish(self.file, before)
    }
}
