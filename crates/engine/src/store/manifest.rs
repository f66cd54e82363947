//! The one commit point: a manifest names the version of every table that belongs together.
//!
//! Delta commits one table at a time; readers open only what the newest manifest names, so an import is
//! whole or absent whatever happened between its commits.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{DOCTOR, at};
use crate::sealed::{self, Doubt};
use crate::{Error, Result};

const FORMAT: u32 = 1;
/// Beside the folder of manifests.
const NEWEST: &str = "newest";

#[derive(Serialize, Deserialize)]
struct Newest {
    number: u64,
}

/// The version of every table at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Layout of this file.
    pub format: u32,
    /// Counts up by one from 1; 0 is the empty workspace.
    pub number: u64,
    /// The import that wrote it.
    pub import_id: String,
    /// When, as RFC 3339.
    pub at: String,
    /// Table name → Delta version.
    pub tables: BTreeMap<String, u64>,
    /// What the log of a table says at such a version: files, their statistics, columns. One of another version than
    /// that in `tables` says nothing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub logs: BTreeMap<String, LogState>,
}

/// What the log of a table says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogState {
    /// At this Delta version.
    pub version: u64,
    /// A hash of it.
    pub hash: String,
}

impl Manifest {
    /// The hash of what the log of a table must say, where it is known.
    pub(crate) fn log_hash(&self, table: &str) -> Option<&str> {
        let state = self.logs.get(table)?;
        (self.tables.get(table) == Some(&state.version)).then_some(state.hash.as_str())
    }
}

/// The newest manifest in `folder`; the empty one where there is none.
///
/// # Errors
/// Damaged: it cannot be believed, is missing, or was written by a newer program.
pub fn latest(folder: &Path) -> Result<Manifest> {
    // Looked at first: an import may end in between.
    let noted = noted(folder);
    let newest = numbers(folder)?.last().copied().unwrap_or_default();
    if let Some(noted) = noted.filter(|noted| *noted > newest) {
        return Err(Error::damaged(format!("{} is missing.", path(folder, noted).display())).hint(DOCTOR));
    }
    match newest {
        0 => Ok(Manifest { format: FORMAT, ..Manifest::default() }),
        number => read(folder, number),
    }
}

/// Writes `manifest` as the newest one: visible whole or not at all, and durable on return.
pub fn commit(folder: &Path, manifest: &Manifest) -> Result<()> {
    fs::create_dir_all(folder).map_err(at(folder))?;
    let text = sealed::page(&Manifest { format: FORMAT, ..manifest.clone() })?;
    let target = path(folder, manifest.number);
    write(&folder.join(format!(".{}.tmp", file_name(manifest.number))), &target, &text).map_err(at(&target))?;
    if let Err(error) = File::open(folder).and_then(|folder| folder.sync_all()) {
        // What is told to have failed must not stand.
        let error = at(folder)(error);
        return Err(match fs::remove_file(&target) {
            Ok(()) => error,
            Err(_) => error.hint("What was imported may stand, or be gone after a power failure: import it again."),
        });
    }
    note(folder, manifest.number);
    Ok(())
}

fn write(temporary: &Path, target: &Path, text: &str) -> std::io::Result<()> {
    let mut file = File::create(temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(temporary, target)
}

/// Notes which manifest is the newest, so that one that vanishes is missed. Written after the manifest, so that it is
/// never ahead; where it cannot be written, only that is not noticed.
pub(crate) fn note(folder: &Path, number: u64) {
    let Some(data) = folder.parent() else { return };
    if let Ok(text) = sealed::line(&Newest { number }) {
        let _ = write(&data.join(".newest.tmp"), &data.join(NEWEST), &text);
    }
}

/// The newest manifest, as it was noted.
pub(crate) fn noted(folder: &Path) -> Option<u64> {
    let text = fs::read_to_string(folder.parent()?.join(NEWEST)).ok()?;
    sealed::read_whole::<Newest>(&text).map(|newest| newest.number)
}

/// The manifest of that number.
pub(crate) fn read(folder: &Path, number: u64) -> Result<Manifest> {
    let path = path(folder, number);
    let bytes = fs::read(&path).map_err(at(&path))?;
    let manifest = sealed::read::<Manifest>(&String::from_utf8_lossy(&bytes), FORMAT).map_err(|doubt| match doubt {
        Doubt::Newer(format) => newer(&path, format, FORMAT),
        Doubt::Broken(why) => {
            Error::damaged(format!("The manifest {} is damaged: {why}.", path.display())).hint(DOCTOR)
        }
    })?;
    Ok(manifest.0)
}

/// The error of a file that a newer program wrote.
pub(crate) fn newer(path: &Path, format: u64, known: u32) -> Error {
    let path = path.display();
    Error::damaged(format!(
        "{path} was written by a newer Throughline: its format is {format}, and this program knows formats up to {known}."
    ))
    .hint("Use the newer program, or a backup made by this one.")
}

/// Numbers of all manifests, ascending.
pub(crate) fn numbers(folder: &Path) -> Result<Vec<u64>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let name = entry?.file_name();
        if let Some(number) = name.to_string_lossy().strip_suffix(".json").and_then(|stem| stem.parse().ok()) {
            numbers.push(number);
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn file_name(number: u64) -> String {
    format!("{number:010}.json")
}

/// Where the manifest of that number lies.
pub(crate) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(file_name(number))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_newest_manifest_wins_and_half_written_ones_do_not_count() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("manifests");
        assert_eq!(latest(&folder).unwrap().number, 0);
        for number in [1, 2, 10] {
            let tables = BTreeMap::from([("orders".to_owned(), number)]);
            let manifest = Manifest { number, tables, ..Manifest::default() };
            commit(&folder, &manifest).unwrap();
        }
        fs::write(folder.join(".0000000011.json.tmp"), "{").unwrap();
        assert_eq!(latest(&folder).unwrap().tables["orders"], 10);
    }

    #[test]
    fn a_manifest_that_is_damaged_or_gone_is_named() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("manifests");
        for number in [1, 2] {
            commit(&folder, &Manifest { number, at: "2026-01-01T00:00:00Z".into(), ..Manifest::default() }).unwrap();
        }
        let text = fs::read_to_string(path(&folder, 2)).unwrap();
        for broken in [text.replace("2026", "2027"), text.replace('}', ""), String::new(), "\u{0}\u{1}".into()] {
            fs::write(path(&folder, 2), broken).unwrap();
            let error = latest(&folder).unwrap_err();
            assert!(error.kind == crate::ErrorKind::Damaged && error.message.contains("0000000002.json"), "{error}");
        }
        fs::remove_file(path(&folder, 2)).unwrap();
        assert!(latest(&folder).unwrap_err().message.contains("0000000002.json is missing"));
        fs::remove_file(data.path().join(NEWEST)).unwrap();
        assert_eq!(latest(&folder).unwrap().number, 1);
    }

    #[test]
    fn a_newer_format_is_refused_with_a_hint() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{"format":99,"number":1,"import_id":"i","at":"","tables":{}}"#;
        fs::write(folder.path().join("0000000001.json"), text).unwrap();
        let error = latest(folder.path()).unwrap_err();
        assert_eq!(error.kind, crate::ErrorKind::Damaged);
        assert!(error.hint.is_some());
    }
}
