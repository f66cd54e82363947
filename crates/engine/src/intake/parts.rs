//! Parts of files: sheets of workbooks, members of archives, lists of documents. They are spooled into a scratch folder,
//! from which they are read as files of their own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use throughline_formats::{Content, Part, Problem, Spool, expand};

use super::discover::{PartOf, SourceFile};
use crate::lock::{self, Lock};
use crate::{Error, Result};

/// Beginning of the names of scratch folders.
const PREFIX: &str = "parts-";
/// File that is locked as long as its folder is in use.
const LOCK: &str = "lock";

/// Parts that were spooled; they go when this does.
#[derive(Debug)]
pub struct Parts {
    spool: Spool,
    /// The folder outlives the lock, which would otherwise be gone while it is removed.
    _folder: tempfile::TempDir,
    _lock: Lock,
}

/// A part of a file, or why it cannot be read.
pub(crate) type OnePart = (SourceFile, bool, Option<Error>);

impl Parts {
    /// Parts go into a new folder below `root`, from which what dead processes left goes.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn below(root: &Path) -> Result<Parts> {
        fs::create_dir_all(root)?;
        forget(root)?;
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(root)?;
        let lock = lock::in_turn(&folder.path().join(LOCK))?;
        Ok(Parts { spool: Spool::new(folder.path()), _folder: folder, _lock: lock })
    }

    /// The parts of a file; None where it is read as it is. Each with whether it is to be read only where no other can
    /// be, and with what is wrong with it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn of(&mut self, file: &SourceFile) -> Result<Option<Vec<OnePart>>> {
        let parts = expand(&file.path, &file.display, &mut self.spool).map_err(error)?;
        Ok(parts.map(|parts| parts.into_iter().map(|part| one(part, file)).collect()))
    }

    /// A source file as an import read it, by the name that the import gave it: a file, or a part of one. `place` says
    /// where a file of that name is.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn find(&mut self, display: &str, place: &dyn Fn(&str) -> PathBuf) -> Result<Option<SourceFile>> {
        let ends: Vec<usize> = display.match_indices(", ").map(|(at, _)| at).chain([display.len()]).collect();
        for name in ends.into_iter().rev().filter_map(|end| display.get(..end)) {
            let path = place(name);
            if !path.is_file() {
                continue;
            }
            let file = SourceFile::new(path, name);
            return Ok(match self.of(&file)? {
                None => Some(file).filter(|file| file.display == display),
                Some(parts) => parts.into_iter().find(|(part, ..)| part.display == display).map(|(part, ..)| part),
            });
        }
        Ok(None)
    }
}

fn one(part: Part, file: &SourceFile) -> OnePart {
    let Part { display, name, file: within, fallback, content } = part;
    let (content, problem) = match content {
        Ok(content) => (content, None),
        Err(problem) => (Content { path: file.path.clone(), columns: None }, Some(error(problem))),
    };
    let part = PartOf { file: within, name, columns: content.columns };
    (SourceFile { part: Some(part), ..SourceFile::new(content.path, display) }, fallback, problem)
}

fn error(problem: Problem) -> Error {
    let error = Error::input(problem.message);
    problem.hint.into_iter().fold(error, |error, hint| error.hint(hint))
}

/// Removes the folders of processes that are gone.
fn forget(root: &Path) -> Result<()> {
    for entry in fs::read_dir(root)?.flatten() {
        let left = entry.file_name().to_string_lossy().starts_with(PREFIX)
            && File::open(entry.path().join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok());
        if left {
            // Another process may be removing it as well.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}
