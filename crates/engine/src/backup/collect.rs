//! Which files belong to a workspace, copied in the order that keeps them consistent.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::copies::{Copies, Copy};
use super::listing::{Entry, Listing};
use super::{CopyPeople, Work};
use crate::error::{DOCTOR, at};
use crate::folder::Folder;
use crate::store::data_files::{hash_in_name, held_files};
use crate::store::manifest;
use crate::workspace::Workspace;
use crate::{Error, Result, inbox, proof};

/// Copies the files of a workspace.
pub(super) struct Collect<'a> {
    workspace: &'a Workspace,
    copies: &'a Copies,
    before: HashMap<String, Entry>,
    files: Vec<Entry>,
    copied_bytes: u64,
    progress: &'a mut (dyn FnMut(Work) + Send),
}

impl<'a> Collect<'a> {
    /// Copies beside those of the backup before.
    pub(super) fn new(
        workspace: &'a Workspace,
        copies: &'a Copies,
        before: Option<Listing>,
        progress: &'a mut (dyn FnMut(Work) + Send),
    ) -> Self {
        let before = before.into_iter().flat_map(|before| before.files);
        let before = before.map(|file| (file.path.clone(), file)).collect();
        Collect { workspace, copies, before, files: Vec::new(), copied_bytes: 0, progress }
    }

    /// The files, and bytes that were copied.
    pub(super) fn done(self) -> (Vec<Entry>, u64) {
        (self.files, self.copied_bytes)
    }

    /// Copies everything; gives the number of the newest import in it.
    pub(super) async fn all(&mut self, people: &mut CopyPeople<'_>) -> Result<u64> {
        let folder = self.workspace.folder().clone();
        self.definitions(&folder)?;
        // A cursor that is behind fetches rows again; one that is ahead would lose them.
        self.folder(&folder.sources(), &|name| name.ends_with(".json"))?;
        // Journals that go meanwhile are in the tables by then.
        for journal in if folder.inbox().is_dir() { inbox::journals(&folder.inbox())? } else { Vec::new() } {
            self.file(&journal)?;
        }
        let import = self.tables(&folder).await?;
        self.folder(&folder.kept(), &|name| number_of(name).is_some_and(|number| number <= import))?;
        self.folder(&folder.handed_in(), &|_| true)?;
        self.people(people)?;
        Ok(import)
    }

    fn definitions(&mut self, folder: &Folder) -> Result<()> {
        let log = folder.revisions().join("log.jsonl");
        if log.exists() {
            let mut bytes = fs::read(&log).map_err(at(&log))?;
            // A line that is being written is not applied yet.
            bytes.truncate(bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1));
            let copy = self.copies.put(&mut bytes.as_slice(), &log)?;
            self.add(&log, &copy, 0, false)?;
        }
        for revision in self.workspace.revisions()? {
            self.folder(&folder.revisions().join(&revision.content), &|_| true)?;
        }
        let files = folder.definition_files()?.into_iter().chain(folder.source_files()?);
        for path in files.map(|file| file.path).chain([".gitignore".to_owned()]) {
            self.file(&folder.root().join(path))?;
        }
        Ok(())
    }

    async fn tables(&mut self, folder: &Folder) -> Result<u64> {
        let newest = manifest::latest(&folder.manifests())?;
        if newest.number == 0 {
            return Ok(0);
        }
        self.needed(&manifest::path(&folder.manifests(), newest.number))?;
        let tables = self.workspace.tables();
        for (name, version) in &newest.tables {
            let delta = tables.open_at(name, *version).await?;
            tables.prove_log(name, &delta, newest.log_hash(name))?;
            for file in held_files(&delta)? {
                file.prove_size()?;
                self.needed(&file.path)?;
            }
            let up_to = |file: &str| version_of(file).is_some_and(|of| of <= *version);
            self.folder(&tables.folder(name).join("_delta_log"), &up_to)?;
        }
        Ok(newest.number)
    }

    fn people(&mut self, people: &mut CopyPeople<'_>) -> Result<()> {
        let path = self.copies.path(".people");
        if people(&path)?
            && let Some(copy) = self.copies.put_file(&path)?
        {
            self.add(&self.workspace.folder().people(), &copy, 0, true)?;
            fs::remove_file(&path).map_err(at(&path))?;
        }
        Ok(())
    }

    /// The files below a folder whose names are wanted; none where there is no folder.
    fn folder(&mut self, folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<()> {
        if !folder.is_dir() {
            return Ok(());
        }
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).map_err(at(folder))? {
            paths.push(entry?.path());
        }
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                self.folder(&path, wanted)?;
            } else if !name.starts_with('.') && wanted(&name) {
                self.file(&path)?;
            }
        }
        Ok(())
    }

    /// A file without which the copy would not be whole.
    fn needed(&mut self, path: &Path) -> Result<()> {
        match self.file(path)? {
            true => Ok(()),
            false => Err(Error::damaged(format!("{} is missing.", path.display())).hint(DOCTOR)),
        }
    }

    /// Copies a file, unless the backup before holds it as it is; false where it has vanished.
    fn file(&mut self, path: &Path) -> Result<bool> {
        let Ok(data) = fs::metadata(path) else { return Ok(false) };
        let changed = proof::changed_ns(&data);
        let same = |file: &&Entry| {
            file.size == data.len() && file.changed == changed && self.copies.has(&file.xxh3, file.size)
        };
        if let Some(file) = self.before.get(&self.name(path)?).filter(same) {
            self.files.push(file.clone());
            return Ok(true);
        }
        let Some(copy) = self.copies.put_file(path)? else { return Ok(false) };
        if hash_in_name(path).is_some_and(|hash| hash != copy.short) {
            let message = format!("The data file {} is damaged; the backup of before stays.", path.display());
            return Err(Error::damaged(message).hint(DOCTOR));
        }
        self.add(path, &copy, changed, false)?;
        Ok(true)
    }

    fn add(&mut self, path: &Path, copy: &Copy, changed: u64, private: bool) -> Result<()> {
        let name = self.name(path)?;
        if self.before.get(&name).is_none_or(|before| before.xxh3 != copy.xxh3) {
            self.copied_bytes += copy.size;
        }
        self.files.push(Entry { path: name, size: copy.size, xxh3: copy.xxh3.clone(), changed, private });
        let done = self.files.iter().map(|file| file.size).sum();
        (self.progress)(Work { done, total: None, what: format!("{} files", self.files.len()) });
        Ok(())
    }

    /// The path in the workspace, with slashes.
    fn name(&self, path: &Path) -> Result<String> {
        let inside = path.strip_prefix(self.workspace.folder().root()).unwrap_or(path);
        let parts: Option<Vec<&str>> = inside.components().map(|part| part.as_os_str().to_str()).collect();
        let parts = parts.ok_or_else(|| Error::input(format!("The name of {} is not UTF-8.", path.display())))?;
        Ok(parts.join("/"))
    }
}

/// The number of the import that a file's name begins with.
fn number_of(name: &str) -> Option<u64> {
    name.strip_prefix("import-")?.split(['-', '.']).next()?.parse().ok()
}

/// The version of a table that a file of its log belongs to. What says where its last checkpoint is can be ahead; the
/// log is read without it.
fn version_of(name: &str) -> Option<u64> {
    let whole = name.ends_with(".json") || name.ends_with(".parquet");
    name.split('.').next().filter(|digits| whole && digits.len() == 20)?.parse().ok()
}
