//! Finding the files to import: files, folders and patterns, in a fixed order.

use std::fs;
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;
use globset::GlobBuilder;

use crate::{Error, Result};

/// A file to read, and the name by which messages call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it is.
    pub path: PathBuf,
    /// As the user wrote it; a part of a file behind a comma.
    pub display: String,
    /// How its text is encoded, once that is known.
    pub(crate) encoding: &'static Encoding,
    /// What it is a part of.
    pub(crate) part: Option<PartOf>,
}

/// What a part of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PartOf {
    /// Name of the file, or of the member of an archive, that it stands in.
    pub(crate) file: String,
    /// Name of the sheet, member or list; empty where the file has only this part.
    pub(crate) name: String,
    /// Its columns, where they are known.
    pub(crate) columns: Option<Vec<String>>,
}

impl SourceFile {
    /// A file as it lies on disk.
    pub fn new(path: impl Into<PathBuf>, display: impl Into<String>) -> Self {
        SourceFile { path: path.into(), display: display.into(), encoding: encoding_rs::UTF_8, part: None }
    }

    /// Its name without folders, or that of the file whose part it is.
    pub(crate) fn name(&self) -> String {
        match &self.part {
            Some(part) => part.file.clone(),
            None => self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        }
    }

    /// What people call the file, without its part.
    pub(crate) fn file_display(&self) -> &str {
        let part = self.part.as_ref().filter(|part| !part.name.is_empty());
        part.map_or(&self.display, |part| self.display.split_once(", ").map_or(part.file.as_str(), |(file, _)| file))
    }

    /// The same, and which part of it.
    pub(crate) fn full_name(&self) -> String {
        match self.part.as_ref().map(|part| part.name.as_str()) {
            None | Some("") => self.name(),
            Some(part) => format!("{}, {part}", self.name()),
        }
    }
}

/// Files named by `paths`: files as they are, folders with everything in them (hidden files left out), and
/// patterns such as `exports/*.csv.gz`. Sorted within each path; a file named twice comes once.
///
/// # Errors
/// A path that does not exist, a pattern that matches nothing, a folder without files.
pub fn discover(paths: &[String]) -> Result<Vec<SourceFile>> {
    let mut files: Vec<SourceFile> = Vec::new();
    for path in paths {
        for found in one(path)? {
            if !files.iter().any(|known| known.path == found) {
                let display = found.display().to_string();
                files.push(SourceFile::new(found, display));
            }
        }
    }
    Ok(files)
}

fn one(path: &str) -> Result<Vec<PathBuf>> {
    let as_path = Path::new(path);
    if as_path.is_file() {
        return Ok(vec![as_path.to_path_buf()]);
    }
    let found = if as_path.is_dir() {
        let mut found = Vec::new();
        walk(as_path, &mut found)?;
        found
    } else if path.contains(['*', '?', '[', '{']) {
        matching(path)?
    } else {
        return Err(Error::input(format!("There is no file {path}.")));
    };
    if found.is_empty() {
        return Err(Error::input(format!("There are no files in {path}.")));
    }
    Ok(found)
}

fn matching(pattern: &str) -> Result<Vec<PathBuf>> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let glob = glob.map_err(|error| Error::input(format!("{pattern} is not a pattern: {error}.")))?.compile_matcher();
    // Walk from the deepest folder that holds no pattern characters.
    let fixed: PathBuf = Path::new(pattern)
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect();
    let root = if fixed.as_os_str().is_empty() { PathBuf::from(".") } else { fixed };
    let mut found = Vec::new();
    if root.is_dir() {
        walk(&root, &mut found)?;
    }
    let plain = |path: &Path| path.strip_prefix(".").map_or_else(|_| path.to_path_buf(), Path::to_path_buf);
    Ok(found.into_iter().filter(|path| glob.is_match(path) || glob.is_match(plain(path))).collect())
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(|error| Error::input(format!("{} cannot be read: {error}.", folder.display())))?;
    entries.sort();
    for path in entries {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() {
            walk(&path, found)?;
        } else if path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn files_folders_and_patterns() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("b/c")).unwrap();
        for name in ["z.csv", "a.csv", ".hidden", "b/x.csv.gz", "b/c/y.csv"] {
            fs::write(root.path().join(name), "x").unwrap();
        }
        let names = |paths: &[&str]| {
            let paths: Vec<String> = paths.iter().map(|path| format!("{}/{path}", root.path().display())).collect();
            let found = discover(&paths)?;
            Ok::<_, Error>(
                found
                    .iter()
                    .map(|file| file.path.strip_prefix(root.path()).unwrap().display().to_string())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(names(&[""]).unwrap(), ["a.csv", "b/c/y.csv", "b/x.csv.gz", "z.csv"]);
        assert_eq!(names(&["z.csv", "*.csv"]).unwrap(), ["z.csv", "a.csv"]);
        assert_eq!(names(&["b/**/*.csv*"]).unwrap(), ["b/c/y.csv", "b/x.csv.gz"]);
        assert!(names(&["none.csv"]).unwrap_err().message.contains("There is no file"));
        assert!(names(&["*.parquet"]).unwrap_err().message.contains("no files"));
    }
}
