//! A workspace made of a backup: whole, or not there.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use xxhash_rust::xxh3::Xxh3;

use super::Work;
use super::copies::Copies;
use super::listing::{self, Entry, Listing};
use crate::error::at;
use crate::proof::each_chunk;
use crate::reader::ReadOptions;
use crate::store::data_files::{self, held_files};
use crate::store::manifest;
use crate::workspace::Workspace;
use crate::{Error, Result, lock};

/// Problems named one by one.
const NAMED: usize = 20;

/// What a restored workspace holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreReport {
    /// Where it lies.
    pub folder: PathBuf,
    /// Its name.
    pub workspace: String,
    /// When the backup was begun.
    pub at: Timestamp,
    /// Version of the program that made it.
    pub program: String,
    /// Number of the newest import; 0 before the first.
    pub import: u64,
    /// Files and their bytes.
    pub files: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Versions of rows in all standard tables that hold data.
    pub rows: u64,
    /// The newest record of any source.
    pub newest: Option<Timestamp>,
    /// Revisions of the definitions.
    pub revisions: u64,
}

impl Workspace {
    /// Makes the workspace `target`, which must not exist, of the backup in `backup`. Every file is compared with its
    /// checksum; where one is not what was written, nothing is made.
    ///
    /// # Errors
    /// Input: there is no backup, or `target` exists. Damaged: the backup is, with every file that is, or a newer
    /// program made it.
    pub async fn restore(
        backup: &Path,
        target: &Path,
        now: Timestamp,
        progress: &mut (dyn FnMut(Work) + Send),
    ) -> Result<RestoreReport> {
        let none = || Error::input(format!("{} holds no backup: it has no {}.", backup.display(), listing::FILE));
        let listing = Listing::read(backup)?.ok_or_else(none)?;
        if target.symlink_metadata().is_ok() {
            return Err(Error::input(format!("{} exists already.", target.display())).hint(
                "Name a folder that does not exist yet, and put it in the place of the other when it is there.",
            ));
        }
        // A backup on a disk that cannot be written needs no lock.
        let _held = lock::shared(&backup.join("lock")).ok();
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(at(parent))?;
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let partial =
            tempfile::Builder::new().prefix(&format!("{name}.partial-")).tempdir_in(parent).map_err(at(parent))?;
        write_all(backup, &listing, partial.path(), progress)?;
        publish(partial, target)?;
        File::open(parent).and_then(|parent| parent.sync_all()).map_err(at(parent))?;
        progress(Work { done: listing.bytes(), total: Some(listing.bytes()), what: "opening".to_owned() });
        report(&listing, target, now).await
    }
}

/// Writes all files of a backup below `root`, and tells of all that are damaged at once.
fn write_all(backup: &Path, listing: &Listing, root: &Path, progress: &mut (dyn FnMut(Work) + Send)) -> Result<()> {
    let (copies, total) = (Copies::of(backup), listing.bytes());
    let (mut problems, mut folders, mut done) = (Vec::new(), BTreeSet::new(), 0);
    for file in &listing.files {
        progress(Work { done, total: Some(total), what: file.path.clone() });
        let path = inside(root, &file.path)?;
        let folder = path.parent().unwrap_or(root);
        if folders.insert(folder.to_owned()) {
            fs::create_dir_all(folder).map_err(at(folder))?;
            folders.extend(folder.ancestors().take_while(|up| up.starts_with(root)).map(Path::to_owned));
        }
        problems.extend(copy(&copies, file, &path)?);
        done += file.size;
    }
    if !problems.is_empty() {
        let listed: String = problems.iter().take(NAMED).map(|problem| format!("\n  {problem}")).collect();
        let more = problems.len().saturating_sub(NAMED);
        let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
        let message = format!("The backup {} is damaged; nothing was restored:{listed}{more}", backup.display());
        return Err(Error::damaged(message).hint("Use another backup."));
    }
    manifest::note(&root.join("data/manifests"), listing.import);
    for folder in &folders {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))?;
    }
    Ok(())
}

/// Where a file of the list is written: never outside of `root`.
fn inside(root: &Path, path: &str) -> Result<PathBuf> {
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    match Path::new(path).components().all(plain) {
        true => Ok(root.join(path)),
        false => Err(Error::damaged(format!("The backup names a file outside of the workspace: {path}."))),
    }
}

/// Copies one file; what is wrong with its copy, where something is.
fn copy(copies: &Copies, file: &Entry, path: &Path) -> Result<Option<String>> {
    let from = copies.path(&file.xxh3);
    let wrong = |why: &str| Ok(Some(format!("{} ({}) {why}", file.path, from.display())));
    let mut bytes = match File::open(&from) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return wrong("is missing"),
        Err(error) => return wrong(&format!("cannot be read: {error}")),
    };
    let mut written = create(path, file.private).map_err(at(path))?;
    let mut sum = Xxh3::new();
    let copied = each_chunk(&mut bytes, |chunk| {
        sum.update(chunk);
        written.write_all(chunk)
    });
    copied.map_err(at(path))?;
    if format!("{:032x}", sum.digest128()) != file.xxh3 {
        return wrong("is damaged");
    }
    // Files that say when they were written are believed without being read.
    let changed = SystemTime::UNIX_EPOCH + Duration::from_nanos(file.changed);
    let changed = if file.changed > 0 { written.set_modified(changed) } else { Ok(()) };
    changed.and_then(|()| written.sync_all()).map_err(at(path))?;
    Ok(None)
}

#[cfg(unix)]
fn create(path: &Path, private: bool) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mode = if private { 0o600 } else { 0o666 };
    File::options().write(true).create_new(true).mode(mode).open(path)
}

#[cfg(not(unix))]
fn create(path: &Path, _: bool) -> std::io::Result<File> {
    File::create_new(path)
}

/// Gives the finished folder its name.
fn publish(partial: tempfile::TempDir, target: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Folders for passing things are private; a workspace is as private as what its owner makes.
        let usual = fs::metadata(partial.path().join("revisions")).or_else(|_| fs::metadata(partial.path()));
        let mode = usual.map_or(0o700, |data| data.permissions().mode());
        fs::set_permissions(partial.path(), fs::Permissions::from_mode(mode)).map_err(at(target))?;
    }
    let path = partial.keep();
    fs::rename(&path, target).map_err(|error| {
        // It is whole, but without its name nobody should take it for a workspace.
        let _ = fs::remove_dir_all(&path);
        at(target)(error)
    })
}

/// Opens the workspace and looks into it.
async fn report(listing: &Listing, target: &Path, now: Timestamp) -> Result<RestoreReport> {
    let workspace = Workspace::open(target)?;
    let newest = manifest::latest(&workspace.folder().manifests())?;
    let mut rows = 0;
    for (name, version) in &newest.tables {
        let delta = workspace.tables().open_proven(name, *version, newest.log_hash(name)).await?;
        rows += held_files(&delta)?.iter().map(data_files::rows).sum::<u64>();
    }
    let sources = workspace.reader(ReadOptions::at(now))?.sources(now).await?;
    Ok(RestoreReport {
        folder: target.to_owned(),
        workspace: listing.workspace.clone(),
        at: listing.at,
        program: listing.program.clone(),
        import: newest.number,
        files: listing.files.len() as u64,
        bytes: listing.bytes(),
        rows,
        newest: sources.iter().filter_map(|source| source.last).max(),
        revisions: workspace.revisions()?.len() as u64,
    })
}
