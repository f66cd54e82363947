//! Watching folders: which files are new or changed, and written to their end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ImportReport, ImportRequest, checksum};
use crate::intake::{self, SourceFile};
use crate::reader::ReadOptions;
use crate::workspace::Workspace;
use crate::{Error, ErrorKind, Progress, Result};

/// Endings of files that other programs are still writing.
const UNFINISHED: [&str; 5] = ["part", "partial", "tmp", "crdownload", "filepart"];

/// How a file looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Look {
    bytes: u64,
    modified: SystemTime,
}

/// Files, and how each looked.
pub(crate) type Looks = BTreeMap<PathBuf, Look>;

/// Files that were imported together, and what became of them.
pub type Brought = (Vec<SourceFile>, Result<ImportReport>);

/// Files, folders and patterns that are looked at again and again.
pub struct Watch {
    paths: Vec<String>,
    /// A file that was not changed for so long is written to its end.
    quiet: Duration,
    pub(crate) seen: Looks,
    pub(crate) handed: Looks,
    /// Sizes and checksums of the files that were imported before.
    pub(crate) imported: BTreeSet<(u64, String)>,
}

impl Workspace {
    /// Begins to watch; files that were imported before, and are still the same, are not new.
    ///
    /// # Errors
    /// Input: a path is neither there nor a pattern.
    pub async fn watch(&self, paths: Vec<String>, quiet: Duration, now: Timestamp) -> Result<Watch> {
        for path in &paths {
            if !Path::new(path).exists() && !path.contains(['*', '?', '[', '{']) {
                return Err(Error::input(format!("There is no file or folder {path} to watch.")));
            }
        }
        let reader = self.reader(ReadOptions::at(now))?;
        let answer = reader.sql("SELECT DISTINCT bytes, checksum FROM imports", None).await?;
        let imported = answer.rows.iter().filter_map(|row| {
            let (bytes, checksum) = (row.first()?.as_u64()?, row.get(1)?.as_str()?);
            Some((bytes, checksum.to_owned()))
        });
        let imported = imported.collect();
        Ok(Watch { paths, quiet, seen: BTreeMap::new(), handed: BTreeMap::new(), imported })
    }
}

impl Workspace {
    /// Imports files together, because some complete the rows of others; where one of them cannot be read, each on its
    /// own, so that it keeps no other from coming in.
    ///
    /// # Errors
    /// What is wrong with no file: the workspace, the machine.
    pub async fn import_apart(
        &self,
        request: &ImportRequest,
        files: Vec<SourceFile>,
        now: Timestamp,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Vec<Brought>> {
        let of = |files: &[SourceFile]| ImportRequest { paths: Vec::new(), files: files.to_vec(), ..request.clone() };
        let together = self.import(&of(&files), now, progress).await;
        match &together {
            Err(error) if !is_about_files(error) => return Err(error.clone()),
            Err(_) if files.len() > 1 => {}
            _ => return Ok(vec![(files, together)]),
        }
        let mut brought = Vec::with_capacity(files.len());
        for file in files {
            let file = vec![file];
            let done = self.import(&of(&file), now, progress).await;
            if let Err(error) = &done
                && !is_about_files(error)
            {
                return Err(error.clone());
            }
            brought.push((file, done));
        }
        Ok(brought)
    }
}

/// What is wrong with one file must not keep others from coming in.
fn is_about_files(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::Input | ErrorKind::Definition)
}

impl Watch {
    /// A file that was handed out could not be read: it is handed out again.
    pub(crate) fn refused(&mut self, path: &Path) {
        self.handed.remove(path);
        self.seen.remove(path);
    }

    /// The files that were seen and may still be written, and those that were handed out and are still there.
    pub(crate) fn waiting_and_handed(self) -> (Looks, Looks) {
        let Watch { mut seen, mut handed, .. } = self;
        // What JSON cannot hold is looked at afresh the next time.
        seen.retain(|path, look| path.to_str().is_some() && look.modified >= SystemTime::UNIX_EPOCH);
        handed.retain(|path, look| seen.get(path) == Some(look));
        (seen.into_iter().filter(|(path, _)| !handed.contains_key(path)).collect(), handed)
    }

    /// Files that are new or changed since they were handed out, and written to their end. Each is handed out once.
    ///
    /// # Errors
    /// A folder or a file cannot be read.
    pub fn look(&mut self, now: SystemTime) -> Result<Vec<SourceFile>> {
        let mut ready = Vec::new();
        let mut seen = BTreeMap::new();
        for file in self.found()? {
            // It may have gone since the folder was read.
            let Ok(data) = fs::metadata(&file.path) else { continue };
            let look = Look { bytes: data.len(), modified: data.modified()? };
            let age = now.duration_since(look.modified).unwrap_or_default();
            let settled = age >= self.quiet || self.seen.get(&file.path) == Some(&look);
            seen.insert(file.path.clone(), look);
            if !settled || self.handed.get(&file.path) == Some(&look) {
                continue;
            }
            self.handed.insert(file.path.clone(), look);
            if !self.is_imported(&file.path, look)? {
                ready.push(file);
            }
        }
        self.seen = seen;
        Ok(ready)
    }

    fn found(&self) -> Result<Vec<SourceFile>> {
        let mut found: Vec<SourceFile> = Vec::new();
        for path in &self.paths {
            // An empty folder, or a pattern that fits nothing yet, is what one waits by.
            let Ok(files) = intake::discover(std::slice::from_ref(path)) else { continue };
            let is_new = |file: &SourceFile| found.iter().all(|known| known.path != file.path);
            let files: Vec<SourceFile> =
                files.into_iter().filter(|file| is_new(file) && !is_unfinished(file)).collect();
            found.extend(files);
        }
        Ok(found)
    }

    fn is_imported(&self, path: &Path, look: Look) -> Result<bool> {
        if !self.imported.iter().any(|(bytes, _)| *bytes == look.bytes) {
            return Ok(false);
        }
        Ok(self.imported.contains(&checksum(path)?))
    }
}

fn is_unfinished(file: &SourceFile) -> bool {
    file.path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| UNFINISHED.contains(&ending))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn files_are_handed_out_once_when_they_are_written_to_their_end() {
        let folder = tempfile::tempdir().unwrap();
        let paths = vec![folder.path().display().to_string()];
        let (seen, handed, imported) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        let mut watch = Watch { paths, quiet: Duration::from_secs(10), seen, handed, imported };
        let start = SystemTime::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let write = |name: &str, text: &str, seconds: u64| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            fs::File::options().write(true).open(path).unwrap().set_modified(at(seconds)).unwrap();
        };
        let mut names = |seconds| -> Vec<String> {
            let ready = watch.look(at(seconds)).unwrap();
            ready.iter().map(|file| file.path.file_name().unwrap().to_string_lossy().into_owned()).collect()
        };
        assert!(names(0).is_empty(), "an empty folder");
        write("old.csv", "a", 0);
        write("growing.csv", "a", 11);
        write("loading.csv.part", "a", 0);
        assert_eq!(names(12), ["old.csv"]);
        write("growing.csv", "ab", 13);
        assert!(names(14).is_empty(), "it grew");
        assert_eq!(names(15), ["growing.csv"], "it did not grow since the last look");
        assert!(names(40).is_empty());
        write("old.csv", "b", 41);
        assert_eq!(names(60), ["old.csv"], "it was written again");
    }
}
