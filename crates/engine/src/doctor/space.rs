//! Scratch space of processes that died, what was put aside, and room on the disk.

use std::fs;
use std::path::Path;

use super::{Check, Doctor, Finding, bytes, counted, entries, files_below, name, remove};
use crate::error::at;
use crate::{Result, proof};

/// Scratch that nobody touched for so many milliseconds belongs to no process that lives.
const DEAD_MS: i64 = 24 * 3_600_000;
/// With less room than this the next import is likely to fail.
const LEAST: u64 = 256 << 20;

impl Doctor<'_> {
    /// Scratch that no living process uses.
    pub(super) fn scratch(&mut self) -> Result<Check> {
        self.say("scratch");
        let folder = self.workspace.folder();
        let found = entries(&folder.staging())?;
        let mut findings = Vec::new();
        for path in &found {
            // Under the lock, no import is under way.
            let import = name(path).starts_with("import-");
            if (import && self.request.mend) || self.is_old(path)? {
                let what = format!("{} ({}) is left of a process that died.", path.display(), size_of(path)?);
                let note = Finding::note(what, "It takes room.").about(path).mendable();
                let remedy = "`throughline doctor --mend` removes it, as does the next import.".to_owned();
                findings.push(self.mend(Finding { remedy, ..note }, || remove(path))?);
            }
        }
        let damaged = folder.damaged();
        if damaged.is_dir() {
            let what = format!("{} holds {} that were put aside.", damaged.display(), size_of(&damaged)?);
            let remedy = "Delete it when nobody needs it any more.".to_owned();
            findings.push(Finding { remedy, ..Finding::note(what, "Nothing reads it.").about(&damaged) });
        }
        Ok(Check::new("scratch", counted(found.len(), "scratch folder"), findings))
    }

    fn is_old(&self, path: &Path) -> Result<bool> {
        let newest = files_below(path)?.into_iter().chain([path.to_owned()]).filter_map(|path| fs::metadata(path).ok());
        let newest = newest.map(|data| proof::changed_ms(&data)).max();
        Ok(newest.is_some_and(|newest| newest < self.now.as_millisecond() - DEAD_MS))
    }

    /// Room on the disk.
    #[cfg(unix)]
    pub(super) fn space(&mut self) -> Result<Check> {
        let root = self.workspace.folder().root();
        let disk = rustix::fs::statvfs(root).map_err(|error| at(root)(error.into()))?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let mut findings = Vec::new();
        if free < LEAST {
            let what = format!("Only {} are free on the disk of the workspace.", bytes(free));
            let meaning = "The next import is likely to find no room; what is there is not in danger.";
            findings.push(Finding::problem(what, meaning, "Free some space."));
        }
        Ok(Check::new("space", format!("{} free on the disk", bytes(free)), findings))
    }

    /// Room on the disk, which is not known here.
    #[cfg(not(unix))]
    pub(super) fn space(&mut self) -> Result<Check> {
        Ok(Check::new("space", "the disk was not looked at", Vec::new()))
    }
}

fn size_of(path: &Path) -> Result<String> {
    let files = if path.is_dir() { files_below(path)? } else { vec![path.to_owned()] };
    Ok(bytes(files.iter().filter_map(|file| fs::metadata(file).ok()).map(|data| data.len()).sum()))
}
