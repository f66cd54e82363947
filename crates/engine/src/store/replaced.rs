//! Removing what no reader can need any more: data files that were replaced, commits behind a checkpoint, and manifests
//! before the newest.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;

use super::data_files::{HeldFile, held_files};
use super::manifest::Manifest;
use super::tables::Tables;
use crate::error::at;
use crate::folder::Folder;
use crate::{Error, Result, lock, proof};

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
        let bytes = fs::metadata(path).map_err(at(path))?.len();
        fs::remove_file(path).map_err(at(path))?;
        self.files += 1;
        self.bytes += bytes;
        Ok(())
    }
}

/// Marks files that a table held `first` and not at `last` as replaced at an instant: from then on their age counts.
pub(crate) fn mark_replaced(first: &[HeldFile], last: &[HeldFile], when: Timestamp) -> Result<()> {
    for HeldFile { path, .. } in first.iter().filter(|file| !last.iter().any(|kept| kept.path == file.path)) {
        proof::set_changed(path, when.into()).map_err(at(path))?;
    }
    Ok(())
}

/// Removes what was replaced before `before` and `manifest`, the newest, does not name. The caller holds the
/// workspace's lock.
///
/// # Errors
/// Busy: a backup is being made.
pub(crate) async fn remove_replaced(folder: &Folder, manifest: &Manifest, before: Timestamp) -> Result<Removed> {
    let _alone = lock::alone_or(&folder.vacuum_lock(), || {
        Error::busy("A backup of the workspace is being made.").hint("Try again after it.")
    })?;
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
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let path = entry.path();
        let data = entry.metadata().map_err(at(&path))?;
        if data.is_file() && data.modified().map_err(at(&path))? < before {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
