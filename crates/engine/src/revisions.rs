//! Revisions of the definitions: what was in force when, applied by whom and why.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use throughline_model::definitions::DefinitionFile;
use xxhash_rust::xxh3::Xxh3;

use crate::error::at;
use crate::folder::{Folder, definition_files};
use crate::sealed::{self, Doubt};
use crate::store::manifest::newer;
use crate::{Error, Result, lock};

/// Begins the name of a snapshot that is being written.
const UNFINISHED: &str = ".new-";
const FORMAT: u32 = 1;
const RESTORE: &str = "Restore the folder revisions/ from version control or a backup.";

/// A line of the log.
#[derive(Serialize)]
struct Line<'a> {
    format: u32,
    #[serde(flatten)]
    revision: &'a Revision,
}

/// One applied revision of the definitions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Counts up from 1.
    pub number: u64,
    /// Names the snapshot by its content.
    pub content: String,
    /// When it was applied.
    pub at: Timestamp,
    /// Who applied it.
    pub who: String,
    /// Why.
    pub why: String,
    /// The first instant it is in force for; the first revision also holds for all earlier periods.
    pub from: Timestamp,
}

/// Names definition files by their content.
pub fn content_name(files: &[DefinitionFile]) -> String {
    let mut hash = Xxh3::new();
    for file in files {
        hash.update(file.path.as_bytes());
        hash.update(&[0]);
        hash.update(file.text.as_bytes());
        hash.update(&[0]);
    }
    format!("{:032x}", hash.digest128())
}

/// All revisions in the order they were applied.
pub fn all(folder: &Folder) -> Result<Vec<Revision>> {
    let path = folder.revisions().join("log.jsonl");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let bytes = fs::read(&path).map_err(at(&path))?;
    let text = String::from_utf8_lossy(&bytes);
    let line = |(index, line): (usize, &str)| {
        let read = sealed::read::<Revision>(line, FORMAT).map_err(|doubt| match doubt {
            Doubt::Newer(format) => newer(&path, format, FORMAT),
            Doubt::Broken(why) => {
                Error::damaged(format!("{} line {} is damaged: {why}.", path.display(), index + 1)).hint(RESTORE)
            }
        })?;
        Ok(read.0)
    };
    whole_lines(&text).lines().enumerate().filter(|(_, text)| !text.trim().is_empty()).map(line).collect()
}

/// The log without a last line that was never written to its end: nobody was told that it is in force.
fn whole_lines(text: &str) -> &str {
    text.rfind('\n').and_then(|end| text.get(..=end)).unwrap_or_default()
}

/// The revision in force for what happens at `at`, as known at `known`: the last one applied until then that
/// begins at or before `at`, else the first.
pub fn in_force(revisions: &[Revision], at: Timestamp, known: Timestamp) -> Option<&Revision> {
    let applied = || revisions.iter().filter(|revision| revision.at <= known);
    applied().rfind(|revision| revision.from <= at).or_else(|| revisions.first())
}

/// The definition files of a revision.
pub fn files(folder: &Folder, revision: &Revision) -> Result<Vec<DefinitionFile>> {
    let snapshot = folder.revisions().join(&revision.content);
    if !snapshot.is_dir() {
        return Err(Error::damaged(format!(
            "Revision {} is gone: {} is missing.",
            revision.number,
            snapshot.display()
        ))
        .hint(RESTORE));
    }
    match definition_files(&snapshot) {
        Ok(files) if content_name(&files) == revision.content => Ok(files),
        _ => Err(Error::damaged(format!(
            "Revision {} is damaged: the files in {} are not those that were applied.",
            revision.number,
            snapshot.display()
        ))
        .hint(RESTORE)),
    }
}

/// Stores the files as the next revision; `None` where they equal the last one and begin no later.
pub fn store(folder: &Folder, files: &[DefinitionFile], mut revision: Revision) -> Result<Option<Revision>> {
    // Two processes that apply at once take turns.
    let _lock = lock::in_turn(&folder.apply_lock())?;
    let earlier = all(folder)?;
    revision.content = content_name(files);
    revision.number = earlier.last().map_or(1, |last| last.number + 1);
    if earlier.last().is_some_and(|last| last.content == revision.content && last.from <= revision.from) {
        return Ok(None);
    }
    write_snapshot(&folder.revisions(), &revision.content, files)?;
    let line = sealed::line(&Line { format: FORMAT, revision: &revision })?;
    let log = folder.revisions().join("log.jsonl");
    let stands = |error: Error| {
        error.context(format!("Revision {} stands, but a power failure could take it back", revision.number))
    };
    if let Err(error) = append(&log, &line)? {
        return Err(stands(at(&log)(error)));
    }
    sync(&folder.revisions()).map_err(stands)?;
    Ok(Some(revision))
}

/// Adds a line to the log in the place of one that was not written to its end. The inner error is that of a line which
/// stands and is perhaps not on the disk; with the outer one there is none.
fn append(log: &Path, line: &str) -> Result<io::Result<()>> {
    let open = || File::options().create(true).truncate(false).read(true).write(true).open(log);
    let mut file = open().map_err(at(log))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(at(log))?;
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last as u64 + 1);
    file.set_len(end).and_then(|()| file.seek(SeekFrom::Start(end))).map_err(at(log))?;
    if let Err(error) = file.write_all(format!("{line}\n").as_bytes()) {
        // A half line would not count anyway.
        let _ = file.set_len(end);
        return Err(at(log)(error));
    }
    match file.sync_all() {
        // What was told to have failed must not come into force later.
        Err(error) if file.set_len(end).is_ok() => Err(at(log)(error)),
        synced => Ok(synced),
    }
}

/// What stands in a folder is on the disk.
fn sync(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(at(folder))
}

fn write_snapshot(revisions: &Path, content: &str, files: &[DefinitionFile]) -> Result<()> {
    let target = revisions.join(content);
    if target.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(revisions).map_err(at(revisions))?;
    drop_unfinished(revisions)?;
    let scratch = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(revisions).map_err(at(revisions))?;
    for file in files {
        let path = scratch.path().join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(at(parent))?;
        }
        let write = |mut written: File| written.write_all(file.text.as_bytes()).and_then(|()| written.sync_all());
        File::create(&path).and_then(write).map_err(at(&path))?;
    }
    for folder in [scratch.path().join("measures"), scratch.path().join("layouts"), scratch.path().to_path_buf()] {
        if folder.is_dir() {
            sync(&folder)?;
        }
    }
    fs::rename(scratch.path(), &target).map_err(at(&target))?;
    // It has another name now: there is nothing left to remove.
    let _ = scratch.keep();
    sync(revisions)
}

/// Removes what processes left that died while they wrote a snapshot. Under the lock, nobody writes one.
fn drop_unfinished(revisions: &Path) -> Result<()> {
    for entry in fs::read_dir(revisions)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn revision(number: u64, at: &str, from: &str) -> Revision {
        let (at, from) = (at.parse().unwrap(), from.parse().unwrap());
        Revision { number, content: String::new(), at, who: "w".into(), why: "y".into(), from }
    }

    #[test]
    fn periods_keep_the_revision_in_force() {
        let all = [
            revision(1, "2026-01-10T00:00:00Z", "2026-01-01T00:00:00Z"),
            revision(2, "2026-03-05T00:00:00Z", "2026-03-01T00:00:00Z"),
            revision(3, "2026-06-01T00:00:00Z", "2026-05-01T00:00:00Z"),
        ];
        let today: Timestamp = "2026-07-01T00:00:00Z".parse().unwrap();
        for (at, known, expected) in [
            ("2025-01-01T00:00:00Z", today, 1),
            ("2026-02-01T00:00:00Z", today, 1),
            ("2026-03-01T00:00:00Z", today, 2),
            ("2026-05-01T00:00:00Z", today, 3),
            ("2026-05-01T00:00:00Z", "2026-05-31T00:00:00Z".parse().unwrap(), 2),
        ] {
            assert_eq!(in_force(&all, at.parse().unwrap(), known).unwrap().number, expected, "{at}");
        }
    }

    #[test]
    fn a_line_that_was_never_finished_does_not_count_and_goes() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::at(root.path()).unwrap();
        let file = |text: &str| [DefinitionFile { path: "journey.toml".into(), text: text.into() }];
        let at = |at| revision(0, at, "2026-01-01T00:00:00Z");
        store(&folder, &file("a"), at("2026-01-10T00:00:00Z")).unwrap().unwrap();
        let log = folder.revisions().join("log.jsonl");
        let whole = fs::read_to_string(&log).unwrap();
        for torn in ["{\"number\":2,\"cont", "\u{0}\u{0}"] {
            fs::write(&log, format!("{whole}{torn}")).unwrap();
            fs::create_dir_all(folder.revisions().join(".new-left")).unwrap();
            assert_eq!(all(&folder).unwrap().len(), 1);
            let second = store(&folder, &file(torn), at("2026-02-10T00:00:00Z")).unwrap().unwrap();
            assert_eq!((second.number, all(&folder).unwrap().len()), (2, 2));
            assert!(!folder.revisions().join(".new-left").exists());
        }
        fs::write(&log, "{\n").unwrap();
        assert_eq!(all(&folder).unwrap_err().kind, crate::ErrorKind::Damaged);
    }

    #[test]
    fn the_same_files_again_are_no_new_revision() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::at(root.path()).unwrap();
        let files = [DefinitionFile { path: "measures/a.toml".into(), text: "x".into() }];
        let first =
            store(&folder, &files, revision(0, "2026-01-10T00:00:00Z", "2026-01-01T00:00:00Z")).unwrap().unwrap();
        assert_eq!(first.number, 1);
        assert!(store(&folder, &files, revision(0, "2026-02-10T00:00:00Z", "2026-02-01T00:00:00Z")).unwrap().is_none());
        assert_eq!(super::files(&folder, &first).unwrap()[0].text, "x");
        // Neither the log nor what it names can be changed unnoticed.
        let log = folder.revisions().join("log.jsonl");
        let text = fs::read_to_string(&log).unwrap();
        fs::write(&log, text.replace("2026-01-01", "2026-01-02")).unwrap();
        assert!(all(&folder).unwrap_err().message.contains("log.jsonl line 1 is damaged"));
        fs::write(&log, text).unwrap();
        fs::write(folder.revisions().join(&first.content).join("measures/a.toml"), "y").unwrap();
        assert!(super::files(&folder, &first).unwrap_err().message.contains(&first.content));
    }
}
