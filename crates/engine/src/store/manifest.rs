//! The one commit point: a manifest names the version of every table that belongs together.
//!
//! Delta commits one table at a time; readers open only what the newest manifest names, so an import is
//! whole or absent whatever happened between its commits.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

const FORMAT: u32 = 1;

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
}

/// The newest manifest in `folder`; the empty one where there is none.
pub fn latest(folder: &Path) -> Result<Manifest> {
    match numbers(folder)?.last() {
        Some(number) => read(folder, *number),
        None => Ok(Manifest { format: FORMAT, ..Manifest::default() }),
    }
}

/// Writes `manifest` as the newest one: visible whole or not at all, and durable on return.
pub fn commit(folder: &Path, manifest: &Manifest) -> Result<()> {
    fs::create_dir_all(folder)?;
    let temporary = folder.join(format!(".{}.tmp", file_name(manifest.number)));
    let mut file = File::create(&temporary)?;
    file.write_all(serde_json::to_string_pretty(&Manifest { format: FORMAT, ..manifest.clone() })?.as_bytes())?;
    file.sync_all()?;
    fs::rename(&temporary, path(folder, manifest.number))?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn read(folder: &Path, number: u64) -> Result<Manifest> {
    let path = path(folder, number);
    let text = fs::read_to_string(&path)?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|error| Error::damaged(format!("The manifest {} cannot be read: {error}.", path.display())))?;
    if manifest.format > FORMAT {
        return Err(Error::damaged(format!("The workspace was written by a newer version ({}).", path.display()))
            .hint("Use the newer program, or a copy of the workspace made before."));
    }
    Ok(manifest)
}

fn numbers(folder: &Path) -> Result<Vec<u64>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
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

fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(file_name(number))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_newest_manifest_wins_and_half_written_ones_do_not_count() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(latest(folder.path()).unwrap().number, 0);
        for number in [1, 2, 10] {
            let tables = BTreeMap::from([("orders".to_owned(), number)]);
            let manifest = Manifest { number, tables, ..Manifest::default() };
            commit(folder.path(), &manifest).unwrap();
        }
        fs::write(folder.path().join(".0000000011.json.tmp"), "{").unwrap();
        assert_eq!(latest(folder.path()).unwrap().tables["orders"], 10);
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
