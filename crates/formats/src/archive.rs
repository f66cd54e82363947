//! Zip archives: each member is a part, or holds some. Members' paths are names, nothing is written where they point.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use zip::read::ZipArchive;

use crate::parts::{Content, Part, Source, parts as parts_of};
use crate::spool::Spool;
use crate::{Problem, Result, sheets};

/// Members that an archive may have.
const MOST_MEMBERS: usize = 10_000;
/// Bytes that all members together may unpack to; beyond them, [`zip::MOST_TIMES`] times the archive.
const FREE_BYTES: u64 = 1 << 30;

/// The parts of an archive, or of the spreadsheet that it is.
pub(crate) fn parts(source: &Source<'_>, spool: &mut Spool) -> Result<Vec<Part>> {
    let file = File::open(source.path).map_err(|error| source.unreadable(&error))?;
    let size = file.metadata().map_err(|error| source.unreadable(&error))?.len();
    let mut archive = ZipArchive::new(file).map_err(|error| source.unreadable(&error))?;
    if let Some(kind) = spreadsheet(source, &mut archive)? {
        return sheets::parts(source, kind, spool);
    }
    if source.nested {
        return Err(Problem::new(format!("{} is an archive within an archive.", source.display))
            .hint("Unpack the outer one first."));
    }
    if archive.len() > MOST_MEMBERS {
        return Err(Problem::new(format!(
            "{} has {} members; {MOST_MEMBERS} are read at most.",
            source.display,
            archive.len()
        ))
        .hint("Unpack it and import the folder."));
    }
    let names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.to_owned())).collect();
    let mut room = size.saturating_mul(zip::MOST_TIMES).max(FREE_BYTES);
    let mut found = Vec::new();
    for (place, name) in names.iter().enumerate() {
        if !archive.is_folder(place) && !is_hidden(name) {
            found.extend(member(source, &mut archive, place, name, &mut room, spool)?);
        }
    }
    Ok(found)
}

/// The kind of spreadsheet that an archive is.
fn spreadsheet(source: &Source<'_>, archive: &mut ZipArchive<File>) -> Result<Option<sheets::Kind>> {
    let has = |archive: &ZipArchive<File>, wanted: &str| {
        archive.file_names().any(|name| name.is_ok_and(|name| name.replace('\\', "/").eq_ignore_ascii_case(wanted)))
    };
    let mut mime = String::new();
    if let Ok(member) = archive.by_name("mimetype") {
        // What cannot be read is no document either.
        let _ = member.take(200).read_to_string(&mut mime);
    }
    let document = mime.starts_with("application/vnd.oasis.opendocument");
    if document && mime.contains("spreadsheet") {
        return Ok(Some(sheets::Kind::Ods));
    }
    let office = has(archive, "[Content_Types].xml");
    if office && has(archive, "xl/workbook.xml") {
        return Ok(Some(sheets::Kind::Xlsx));
    }
    if office && has(archive, "xl/workbook.bin") {
        return Ok(Some(sheets::Kind::Xlsb));
    }
    let other = ["word/document.xml", "ppt/presentation.xml"].iter().any(|name| has(archive, name));
    if document || (office && other) {
        return Err(Problem::new(format!("{} is a document, no table.", source.display))
            .hint("Export the data as CSV, a spreadsheet, JSON or Parquet."));
    }
    Ok(None)
}

/// Hidden files, and what macOS adds.
fn is_hidden(name: &str) -> bool {
    name.split(['/', '\\']).any(|step| (step.starts_with('.') && step != "." && step != "..") || step == "__MACOSX")
}

fn member(
    source: &Source<'_>,
    archive: &mut ZipArchive<File>,
    place: usize,
    name: &str,
    room: &mut u64,
    spool: &mut Spool,
) -> Result<Vec<Part>> {
    let shown: String = name.chars().map(|letter| if letter.is_control() { '_' } else { letter }).collect();
    let display = format!("{}, {shown}", source.display);
    let file = shown.rsplit(['/', '\\']).next().unwrap_or_default();
    let whole =
        |content| Part { display: display.clone(), name: shown.clone(), file: file.into(), fallback: false, content };
    let path = match unpack(archive, place, room, spool) {
        Ok(path) => path,
        Err(Unpacked::Bomb) => {
            return Err(Problem::new(format!(
                "{} unpacks to more than {} times its size; nothing of it was read.",
                source.display,
                zip::MOST_TIMES
            ))
            .hint("Unpack it yourself, if you trust it, and import the folder."));
        }
        Err(Unpacked::Not(error)) => {
            let problem = Problem::new(format!("{display} cannot be unpacked: {error}."));
            return Ok(vec![whole(Err(problem.hint("Unpack the archive yourself and import the folder.")))]);
        }
    };
    match parts_of(Source { path: &path, display: &display, file, nested: true }, spool) {
        Ok(Some(parts)) => Ok(parts),
        Ok(None) => Ok(vec![whole(Ok(Content { path, columns: None }))]),
        Err(problem) => Ok(vec![whole(Err(problem))]),
    }
}

enum Unpacked {
    /// All members together are too much.
    Bomb,
    /// This member cannot be unpacked.
    Not(String),
}

impl From<io::Error> for Unpacked {
    fn from(error: io::Error) -> Self {
        Unpacked::Not(error.to_string())
    }
}

fn unpack(
    archive: &mut ZipArchive<File>,
    place: usize,
    room: &mut u64,
    spool: &mut Spool,
) -> std::result::Result<PathBuf, Unpacked> {
    let path = spool.path();
    let mut member = archive.by_index(place).map_err(|error| Unpacked::Not(error.to_string()))?;
    let mut copy = File::create(&path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = member.read(&mut buffer)?;
        if read == 0 {
            return Ok(path);
        }
        *room = room.checked_sub(read as u64).ok_or(Unpacked::Bomb)?;
        copy.write_all(buffer.get(..read).unwrap_or_default())?;
    }
}
