//! Removing what no reader can need any more: data files that were replaced, commits behind a checkpoint, and manifests
//! before the newest.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;

use super::data_files::held_files;
use super::manifest::Manifest;
use super::tables::Tables;
use crate::folder::Folder;
use crate::{Error, Result};

/// The folder of a table's commits.
const LOG: &str = "_delta_log";

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// How many files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Removed {
    fn remove(&mut self, path: &Path) -> Result<()> {
        let bytes = fs::metadata(path)?.len();
        fs::remove_file(path)?;
        self.files += 1;
        self.bytes += bytes;
        Ok(())
    }
}

/// Marks files as replaced at an instant: from then on their age counts.
pub(crate) fn mark_replaced(paths: &[PathBuf], at: Timestamp) -> Result<()> {
    for path in paths {
        File::options().write(true).open(path)?.set_modified(SystemTime::from(at))?;
    }
    Ok(())
}

/// Removes what was replaced before `before` and `manifest`, the newest, does not name. The caller holds the
/// workspace's lock.
///
/// # Errors
/// Busy: a backup is being made.
pub(crate) async fn remove_replaced(folder: &Folder, manifest: &Manifest, before: Timestamp) -> Result<Removed> {
    let lock = File::options().create(true).truncate(false).write(true).open(folder.vacuum_lock())?;
    lock.try_lock().map_err(|_| Error::busy("A backup of the workspace is being made.").hint("Try again after it."))?;
    let tables = Tables::new(folder.tables());
    let mut done = Removed::default();
    let before = SystemTime::from(before);
    for (name, version) in &manifest.tables {
        let of_table = tables.folder(name);
        let held = held_files(&tables.open_at(name, *version).await?)?;
        let held: BTreeSet<PathBuf> = held.into_iter().map(|file| file.path).collect();
        for file in older(&of_table, before)? {
            if file.extension().is_some_and(|ending| ending == "parquet") && !held.contains(&file) {
                done.remove(&file)?;
            }
        }
        commits(&of_table.join(LOG), *version, before, &mut done)?;
    }
    for file in older(&folder.manifests(), before)? {
        let number = file.file_stem().and_then(|stem| stem.to_str()?.parse::<u64>().ok());
        if number.is_some_and(|number| number < manifest.number) {
            done.remove(&file)?;
        }
    }
    Ok(done)
}

/// Removes commits and checkpoints before the newest checkpoint that is old enough, which no version kept needs.
fn commits(log: &Path, version: u64, before: SystemTime, done: &mut Removed) -> Result<()> {
    let old = older(log, before)?;
    let is_checkpoint = |path: &&PathBuf| path.to_string_lossy().contains(".checkpoint.");
    let checkpoints = old.iter().filter(is_checkpoint).filter_map(|path| number(path));
    let Some(newest) = checkpoints.filter(|number| *number <= version).max() else { return Ok(()) };
    for path in old.iter().filter(|path| number(path).is_some_and(|number| number < newest)) {
        done.remove(path)?;
    }
    Ok(())
}

/// The version that a file of a log is about.
pub(crate) fn number(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.split('.').next()?.parse().ok()
}

/// Files directly in a folder that were last changed before, sorted.
fn older(folder: &Path, before: SystemTime) -> Result<Vec<PathBuf>> {
    // Nothing was ever imported.
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder)?.collect::<std::io::Result<Vec<DirEntry>>>()?;
    let mut files = Vec::new();
    for entry in entries {
        let data = entry.metadata()?;
        if data.is_file() && data.modified()? < before {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}
