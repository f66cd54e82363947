//! What a file is, told by its content, and its parts.

use std::path::{Path, PathBuf};

use crate::encoding::{self, decoded_head};
use crate::spool::Spool;
use crate::{Problem, Result, archive, json, ocel, sheets, source, xes, xml};

/// Bytes that tell what a file is.
const HEAD: usize = 1 << 16;

/// A part of a file: a sheet, a member, a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What people call it: `orders.xlsx, sheet Orders`.
    pub display: String,
    /// Name within its file; empty where the file has only this part.
    pub name: String,
    /// Name of the file it stands in, without folders.
    pub file: String,
    /// Only to be read where no other part of the file can be.
    pub fallback: bool,
    /// Where it is, or why it cannot be read.
    pub content: Result<Content>,
}

/// A part that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The file: delimited text, JSON lines or Parquet.
    pub path: PathBuf,
    /// Its columns, where they are known.
    pub columns: Option<Vec<String>>,
}

/// A file that is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    /// Where it is.
    pub(crate) path: &'a Path,
    /// What people call it.
    pub(crate) display: &'a str,
    /// Its name without folders.
    pub(crate) file: &'a str,
    /// Whether it is a member of an archive.
    pub(crate) nested: bool,
}

impl Source<'_> {
    /// A part of it.
    pub(crate) fn part(&self, kind: &str, name: &str, content: Content) -> Part {
        let display = match (kind, name) {
            (_, "") => self.display.to_owned(),
            ("", name) => format!("{}, {name}", self.display),
            (kind, name) => format!("{}, {kind} {name}", self.display),
        };
        Part { display, name: name.to_owned(), file: self.file.to_owned(), fallback: false, content: Ok(content) }
    }

    /// It cannot be read.
    pub(crate) fn unreadable(&self, error: &impl std::fmt::Display) -> Problem {
        Problem::unreadable(self.display, error)
    }
}

/// The parts of a file, spooled; None where it is read as it is.
///
/// # Errors
/// It cannot be read, or it is of a kind that is no table.
pub fn expand(path: &Path, display: &str, spool: &mut Spool) -> Result<Option<Vec<Part>>> {
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    spool.begin(path.metadata().map_or(0, |data| data.len()));
    parts(Source { path, display, file: &file, nested: false }, spool)
}

/// The parts of a file or of a member.
pub(crate) fn parts(source: Source<'_>, spool: &mut Spool) -> Result<Option<Vec<Part>>> {
    let head = source::head(source.path, HEAD).map_err(|error| source.unreadable(&error))?;
    let binary = head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") || is_old_office(&head);
    if binary || head.starts_with(b"SQLite format 3\0") {
        let unpacked = unpacked(&source, spool)?;
        let source = Source { path: unpacked.as_deref().unwrap_or(source.path), ..source };
        return match () {
            () if head.starts_with(b"PK") => archive::parts(&source, spool).map(Some),
            () if binary => sheets::parts(&source, sheets::Kind::Xls, spool).map(Some),
            () => ocel::of_database(&source, spool).map(Some),
        };
    }
    if head.starts_with(b"%PDF") {
        return Err(Problem::new(format!("{} is a PDF, no table.", source.display))
            .hint("Export the data as CSV, a spreadsheet, JSON or Parquet."));
    }
    let encoding = encoding::guess(&head, head.len() < HEAD);
    let text = decoded_head(&head, encoding);
    let begin = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(text.len());
    match text.get(begin..).unwrap_or_default() {
        rest if json::is_json(rest) => json::parts(&source, encoding, spool),
        rest if xml::is_xml(rest) => match xml::root(rest) {
            xml::Root::Xes => xes::parts(&source, encoding, spool).map(Some),
            xml::Root::Ocel => ocel::parts(&source, encoding, spool).map(Some),
            xml::Root::Other(name) => Err(Problem::new(format!("{} is XML with <{name}>, no table.", source.display))
                .hint("Event logs in XML (XES, OCEL 2.0) are read; export other data as CSV or JSON.")),
        },
        _ => Ok(None),
    }
}

/// Files of old Excel, and of new ones with a password.
fn is_old_office(head: &[u8]) -> bool {
    head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
}

/// A plain copy of a file that is packed by gzip or zstd and must be read here and there.
fn unpacked(source: &Source<'_>, spool: &mut Spool) -> Result<Option<PathBuf>> {
    let wrong = |error: std::io::Error| source.unreadable(&error);
    let mut first = [0; 4];
    let length = std::fs::File::open(source.path).and_then(|mut file| source::fill(&mut file, &mut first));
    if source::packing(first.get(..length.map_err(wrong)?).unwrap_or_default()) == source::Packing::Plain {
        return Ok(None);
    }
    let path = spool.path();
    let mut reader = source::open(source.path, std::sync::Arc::default()).map_err(wrong)?;
    let mut copy = std::fs::File::create(&path).map_err(wrong)?;
    std::io::copy(&mut reader, &mut copy).map_err(wrong)?;
    Ok(Some(path))
}
