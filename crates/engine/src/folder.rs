//! Where everything lies in a workspace's folder.

use std::fs;
use std::path::{Path, PathBuf};

use throughline_model::definitions::DefinitionFile;

use crate::error::at;
use crate::{Error, Result};

/// The folder of a workspace.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at `root`, made absolute; it must exist.
    pub fn at(root: &Path) -> Result<Self> {
        let absolute = root
            .canonicalize()
            .map_err(|error| Error::input(format!("The folder {} cannot be opened: {error}.", root.display())))?;
        Ok(Folder { root: absolute })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }
    /// Settings: the file that makes a folder a workspace.
    pub fn settings(&self) -> PathBuf {
        self.root.join("throughline.toml")
    }
    /// Delta tables.
    pub fn tables(&self) -> PathBuf {
        self.root.join("data/tables")
    }
    /// Manifests, the commit point.
    pub fn manifests(&self) -> PathBuf {
        self.root.join("data/manifests")
    }
    /// The lock that imports take.
    pub fn lock(&self) -> PathBuf {
        self.root.join("data/lock")
    }
    /// The lock that keeps files from being removed while they are copied: shared by backups, alone by who removes.
    pub(crate) fn vacuum_lock(&self) -> PathBuf {
        self.root.join("data/vacuum.lock")
    }
    /// The lock of those who apply definitions.
    pub(crate) fn apply_lock(&self) -> PathBuf {
        self.root.join("data/apply.lock")
    }
    /// Who may log in, and what they did: one file that the engine only names.
    pub fn people(&self) -> PathBuf {
        self.root.join("data/people.sqlite")
    }
    /// Where damaged files are put that nothing can be made of.
    pub(crate) fn damaged(&self) -> PathBuf {
        self.root.join("data/damaged")
    }
    /// Scratch space of a running import.
    pub fn staging(&self) -> PathBuf {
        self.root.join("data/staging")
    }
    /// Events that the server took and that are not in the tables yet.
    pub fn inbox(&self) -> PathBuf {
        self.root.join("data/inbox")
    }
    /// Inputs kept because later files may complete their rows.
    pub fn kept(&self) -> PathBuf {
        self.root.join("data/kept")
    }
    /// What is remembered of sources that are databases.
    pub fn sources(&self) -> PathBuf {
        self.root.join("data/sources")
    }
    /// Files that were handed in instead of named by a path, kept while rows of them wait to be mended.
    pub fn handed_in(&self) -> PathBuf {
        self.root.join("data/handed-in")
    }
    /// Where a source file is found again: a path as it was given, or the name of a file that was handed in.
    pub(crate) fn source(&self, file: &str) -> PathBuf {
        let kept = self.handed_in().join(file);
        if Path::new(file).components().count() == 1 && kept.is_file() { kept } else { PathBuf::from(file) }
    }
    /// What can be computed again at any time.
    pub fn cache(&self) -> PathBuf {
        self.root.join("data/cache")
    }
    /// Applied revisions of the definitions.
    pub fn revisions(&self) -> PathBuf {
        self.root.join("revisions")
    }

    /// The working definition files: settings, journey, scorecard, measures and layouts, sorted by path.
    pub fn definition_files(&self) -> Result<Vec<DefinitionFile>> {
        definition_files(&self.root)
    }

    /// The files that define sources, sorted by path. They are no part of a revision: where data come from is not what
    /// they mean.
    pub fn source_files(&self) -> Result<Vec<DefinitionFile>> {
        let mut paths = Vec::new();
        toml_files(&self.root, "sources", &mut paths)?;
        contents(&self.root, paths)
    }
}

/// The definition files under `root`, sorted by path, which is given relative to it.
pub fn definition_files(root: &Path) -> Result<Vec<DefinitionFile>> {
    let mut paths: Vec<String> = Vec::new();
    for name in ["throughline.toml", "journey.toml", "scorecard.toml"] {
        if root.join(name).is_file() {
            paths.push(name.to_owned());
        }
    }
    for folder in ["measures", "layouts"] {
        toml_files(root, folder, &mut paths)?;
    }
    contents(root, paths)
}

fn toml_files(root: &Path, folder: &str, paths: &mut Vec<String>) -> Result<()> {
    if !root.join(folder).is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(root.join(folder)).map_err(at(&root.join(folder)))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".toml") && !name.starts_with('.') {
            paths.push(format!("{folder}/{name}"));
        }
    }
    Ok(())
}

fn contents(root: &Path, mut paths: Vec<String>) -> Result<Vec<DefinitionFile>> {
    paths.sort();
    let read = |path: String| {
        let bytes = fs::read(root.join(&path)).map_err(at(&root.join(&path)))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::definition(format!("{path} is not UTF-8 text.")).hint("Save it again as UTF-8."))?;
        Ok(DefinitionFile { path, text })
    };
    paths.into_iter().map(read).collect()
}
