//! Brings to the disk what was written, before a manifest names it: after a power failure the manifest must not name
//! files that were never stored.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::Value;
use url::Url;

use super::replaced::number;
use crate::error::at;
use crate::{Error, Result};

/// Brings the versions of a Delta table after `before` up to `version` to the disk: data, log, and the folders that
/// name them.
pub fn make_durable(table: &Path, before: Option<u64>, version: u64) -> Result<()> {
    let files = written(table, before, version)?;
    if files.is_empty() {
        return Ok(());
    }
    let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
    // The table's folder is new where the table is.
    for path in files.iter().map(PathBuf::as_path).chain(folders).chain([table]).chain(table.parent()) {
        File::open(path).and_then(|file| file.sync_all()).map_err(at(path))?;
    }
    Ok(())
}

/// The files of some versions: their commits, and the data that these add.
fn written(table: &Path, before: Option<u64>, version: u64) -> Result<Vec<PathBuf>> {
    let none = || Error::internal(format!("{} is no absolute path.", table.display()));
    let root = Url::from_directory_path(table).map_err(|()| none())?;
    let mut files = Vec::new();
    let log = table.join("_delta_log");
    let since = |path: &Path| number(path).is_some_and(|number| before.is_none_or(|before| number > before));
    for entry in fs::read_dir(&log).map_err(at(&log))? {
        let path = entry?.path();
        // A checkpoint takes the place of the commits before it.
        if path.to_string_lossy().contains("checkpoint") && (since(&path) || number(&path).is_none()) {
            files.push(path);
        }
    }
    for number in before.map_or(0, |before| before + 1)..=version {
        let commit = log.join(format!("{number:020}.json"));
        for line in fs::read_to_string(&commit).map_err(at(&commit))?.lines() {
            let action: Value = serde_json::from_str(line)?;
            // The log writes paths as parts of addresses.
            let Some(path) = action.pointer("/add/path").and_then(Value::as_str) else { continue };
            let file = root.join(path).ok().and_then(|url| url.to_file_path().ok());
            // A later version may have removed what an earlier one added.
            files.extend(file.filter(|file| file.exists()));
        }
        files.push(commit);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn commits_and_what_they_add_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("orders");
        fs::create_dir_all(table.join("_delta_log")).unwrap();
        fs::create_dir_all(table.join("day=1 2")).unwrap();
        for (number, path) in [(0, "a.parquet"), (1, "day=1%202/b.parquet"), (2, "gone.parquet")] {
            let log = table.join(format!("_delta_log/{number:020}.json"));
            let lines = format!("{{\"commitInfo\":{{}}}}\n{{\"add\":{{\"path\":\"{path}\",\"size\":1}}}}\n");
            fs::write(log, lines).unwrap();
        }
        fs::write(table.join("a.parquet"), "a").unwrap();
        fs::write(table.join("day=1 2/b.parquet"), "b").unwrap();
        let names = |before, version| -> Vec<String> {
            let files = written(&table, before, version).unwrap();
            files.iter().map(|file| file.strip_prefix(&table).unwrap().display().to_string()).collect()
        };
        let commit = |number: u64| format!("_delta_log/{number:020}.json");
        assert_eq!(names(None, 0), ["a.parquet".to_owned(), commit(0)]);
        assert_eq!(names(Some(0), 2), ["day=1 2/b.parquet".to_owned(), commit(1), commit(2)]);
        assert!(names(Some(2), 2).is_empty());
        make_durable(&table, None, 2).unwrap();
        assert!(make_durable(&table, None, 3).is_err());
    }
}
