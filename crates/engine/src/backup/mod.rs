//! Backups of a workspace that is in use, and workspaces made of them.
//!
//! Imports, events and new definitions go on meanwhile. What is copied is consistent because of the order: the log of
//! revisions before the definitions it names; cursors of sources and journals of events before the newest manifest, so
//! that what came between is in the tables, is fetched again, or is imported again and changes nothing; and of the
//! tables exactly what that manifest names, which never changes and is kept from being removed by a lock.

mod collect;
mod copies;
mod listing;
mod restore;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::error::at;
use crate::workspace::Workspace;
use crate::{Error, Result, lock};
use collect::Collect;
use copies::Copies;
use listing::Listing;

pub use restore::RestoreReport;

/// How far long work is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Bytes or files that are done.
    pub done: u64,
    /// How many there are, where that is known.
    pub total: Option<u64>,
    /// What is being done, as a clause.
    pub what: String,
}

/// What a backup did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupReport {
    /// Where it lies.
    pub folder: PathBuf,
    /// When it was begun.
    pub at: Timestamp,
    /// Number of the newest import in it; 0 before the first.
    pub import: u64,
    /// Files in it.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes that were not there before.
    pub copied_bytes: u64,
    /// Copies of earlier backups that went.
    pub removed: u64,
}

/// Writes a copy of the people of a workspace to a path; false where there are none.
pub type CopyPeople<'a> = dyn FnMut(&Path) -> Result<bool> + Send + 'a;

impl Workspace {
    /// Copies the workspace into `target`: what is there of earlier backups is not copied again. Whenever this ends,
    /// `target` holds the earlier backup or the new one, whole.
    ///
    /// # Errors
    /// Input: `target` holds something else, or a backup of another workspace. Damaged: a file of the workspace is.
    /// Busy: another backup into it is under way.
    pub async fn backup(
        &self,
        target: &Path,
        now: Timestamp,
        people: &mut CopyPeople<'_>,
        progress: &mut (dyn FnMut(Work) + Send),
    ) -> Result<BackupReport> {
        let before = prepare(target)?;
        let busy = || Error::busy(format!("Another backup into {} is under way.", target.display()));
        let _alone = lock::alone_or(&target.join("lock"), || busy().hint("Try again when it has ended."))?;
        let identity = self.identity()?;
        if let Some(before) = before.as_ref().filter(|before| before.identity != identity) {
            let message = format!("{} holds backups of another workspace ({}).", target.display(), before.workspace);
            return Err(Error::input(message).hint("Name another folder."));
        }
        let _held = lock::shared(&self.folder().vacuum_lock())?;
        let copies = Copies::of(target);
        copies.begin()?;
        let name = self.settings()?.name;
        let mut collect = Collect::new(self, &copies, before, progress);
        let import = collect.all(people).await?;
        let (mut files, copied_bytes) = collect.done();
        files.sort_by(|left, right| left.path.cmp(&right.path));
        let listing = Listing::new(name, identity, now, import, files);
        copies.sync()?;
        listing.write(target)?;
        let removed = copies.keep_only(&listing.files.iter().map(|file| &*file.xxh3).collect::<HashSet<_>>())?;
        let (files, bytes) = (listing.files.len() as u64, listing.bytes());
        Ok(BackupReport { folder: target.to_owned(), at: now, import, files, bytes, copied_bytes, removed })
    }

    /// Tells this workspace from all others: its first revision, which never changes.
    fn identity(&self) -> Result<Option<String>> {
        let first = self.revisions()?.into_iter().next();
        Ok(first.map(|first| format!("{}-{}", first.at, first.content)))
    }
}

/// A folder for backups, for its owner's eyes only; the list of the earlier one where there is one.
fn prepare(target: &Path) -> Result<Option<Listing>> {
    fs::create_dir_all(target).map_err(at(target))?;
    let mut foreign = Vec::new();
    for entry in fs::read_dir(target).map_err(at(target))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !["lock", "files", ".backup.json.tmp", listing::FILE].contains(&&*name) {
            foreign.push(name);
        }
    }
    if let Some(name) = foreign.first() {
        let message = format!("{} is no folder of backups: it holds {name}.", target.display());
        return Err(Error::input(message).hint("Name a folder that is empty, or does not exist yet."));
    }
    private(target)?;
    Listing::read(target)
}

#[cfg(unix)]
fn private(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(at(folder))
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<()> {
    Ok(())
}
