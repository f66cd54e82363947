//! One output file: rows are built field by field, sorted by recording time within a block, and written.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::dirt::Dirt;
use crate::row::Row;
use crate::schema::Schema;
use crate::timestamp::push_instant;

/// Whether a key is written for the first time, and whether it may come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// The key stands in one row.
    Only,
    /// The first row of a key whose later state may follow.
    First,
    /// A later state of a key already written.
    Later,
}

/// Counts of one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) rows: u64,
    pub(crate) keys: u64,
    pub(crate) duplicates: u64,
    pub(crate) dirty: u64,
    pub(crate) late: u64,
    pub(crate) bytes: u64,
}

/// Where a finished row lies in the block.
struct Place {
    recorded: i64,
    start: usize,
    end: usize,
}

enum Output {
    Plain(BufWriter<File>),
    Gzip(Box<GzEncoder<BufWriter<File>>>),
}

/// A file that is being written.
pub(crate) struct Table {
    pub(crate) schema: &'static Schema,
    pub(crate) path: PathBuf,
    pub(crate) counts: Counts,
    pub(crate) dirt: Option<Dirt>,
    out: Output,
    /// What had not happened by then is not known, and not written.
    horizon: i64,
    pub(crate) record: ByteRecord,
    pub(crate) scratch: Vec<u8>,
    block: Vec<u8>,
    places: Vec<Place>,
}

impl Table {
    /// Creates the file in `folder` and writes its header.
    pub(crate) fn create(
        folder: &Path,
        schema: &'static Schema,
        compress: bool,
        horizon: i64,
        dirt: Option<Dirt>,
    ) -> io::Result<Table> {
        let path = folder.join(format!("{}.csv{}", schema.table, if compress { ".gz" } else { "" }));
        let file = BufWriter::with_capacity(1 << 16, File::create(&path)?);
        let out = if compress {
            Output::Gzip(Box::new(GzEncoder::new(file, Compression::fast())))
        } else {
            Output::Plain(file)
        };
        let mut table = Table {
            schema,
            path,
            counts: Counts::default(),
            dirt,
            out,
            horizon,
            record: ByteRecord::new(),
            scratch: Vec::new(),
            block: Vec::new(),
            places: Vec::new(),
        };
        let mut header: Vec<&str> = schema.columns.iter().map(|c| c.name).collect();
        header.push("recorded_at");
        if schema.updated_at {
            header.push("source_updated_at");
        }
        push_record(&mut table.block, &ByteRecord::from(header));
        table.write_block()?;
        Ok(table)
    }

    /// A new row; its fields follow in the order of the columns.
    pub(crate) fn row(&mut self) -> Row<'_> {
        self.record.clear();
        Row::new(self)
    }

    /// Writes the block in the order in which its rows were recorded.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.places.sort_by_key(|place| place.recorded);
        for place in &self.places {
            self.out.write_all(&self.block[place.start..place.end])?;
        }
        self.places.clear();
        self.counts.bytes += self.block.len() as u64;
        self.block.clear();
        Ok(())
    }

    /// Writes what is left and closes the file.
    pub(crate) fn close(mut self) -> io::Result<(Counts, Option<Dirt>, PathBuf)> {
        self.flush()?;
        match self.out {
            Output::Plain(mut file) => file.flush()?,
            Output::Gzip(encoder) => encoder.finish()?.flush()?,
        }
        Ok((self.counts, self.dirt, self.path))
    }

    fn write_block(&mut self) -> io::Result<()> {
        self.out.write_all(&self.block)?;
        self.counts.bytes += self.block.len() as u64;
        self.block.clear();
        Ok(())
    }

    pub(crate) fn end(&mut self, at: i64, lag: i64, version: Version) {
        if at >= self.horizon {
            return;
        }
        let width = self.schema.columns.len();
        debug_assert!(self.record.len() <= width, "{}: too many fields", self.schema.table);
        while self.record.len() < width {
            self.record.push_field(b"");
        }
        let mut recorded = (at + lag.max(0)).min(self.horizon - 1);
        if version == Version::Only
            && let Some(late) = self.dirt.as_mut().and_then(Dirt::lateness)
            && recorded + late < self.horizon
        {
            recorded += late;
            self.counts.late += 1;
        }
        self.push_instant(recorded);
        if self.schema.updated_at {
            self.push_instant(at);
        }
        self.counts.keys += u64::from(version != Version::Later);
        self.keep(recorded);
    }

    /// Puts the finished record into the block, with the dirt that goes with it.
    fn keep(&mut self, recorded: i64) {
        let start = self.block.len();
        push_record(&mut self.block, &self.record);
        let end = self.block.len();
        self.place(recorded, start, end);
        let Some(dirt) = self.dirt.as_mut() else { return };
        let twice = dirt.duplicates();
        let broken = dirt.broken_copy(self.schema, &self.record);
        if twice {
            self.counts.duplicates += 1;
            self.block.extend_from_within(start..end);
            self.place(recorded, end, end + end - start);
        }
        if let Some(broken) = broken {
            let start = self.block.len();
            push_record(&mut self.block, &broken);
            self.counts.dirty += 1;
            self.place(recorded, start, self.block.len());
        }
    }

    fn place(&mut self, recorded: i64, start: usize, end: usize) {
        self.counts.rows += 1;
        self.places.push(Place { recorded, start, end });
    }

    pub(crate) fn push_instant(&mut self, seconds: i64) {
        self.scratch.clear();
        push_instant(&mut self.scratch, seconds);
        self.record.push_field(&self.scratch);
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Output::Plain(file) => file.write(bytes),
            Output::Gzip(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Output::Plain(file) => file.flush(),
            Output::Gzip(encoder) => encoder.flush(),
        }
    }
}

/// Appends a record as RFC 4180 text. `csv::Writer` hides the place of a row in its buffer, which the
/// sorting needs, hence these few lines; tests read everything back with the `csv` crate.
fn push_record(out: &mut Vec<u8>, record: &ByteRecord) {
    for (at, field) in record.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        if field.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
            out.push(b'"');
            for &byte in field {
                if byte == b'"' {
                    out.push(b'"');
                }
                out.push(byte);
            }
            out.push(b'"');
        } else {
            out.extend_from_slice(field);
        }
    }
    out.push(b'\n');
}
