//! What can be made again: keys of tables, views, readings, journeys. Damaged ones are not used; mending removes them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Check, Doctor, Finding, counted, entries, files_below, name, remove};
use crate::proof::{self, Proof};
use crate::store::key_index;
use crate::{Result, journeys, sealed};

const MEANING: &str = "It is not used; what it holds is worked out again when it is needed.";
const REMEDY: &str = "`throughline doctor --mend` removes it.";

impl Doctor<'_> {
    /// Hashes of keys that imports compare with.
    pub(super) fn keys(&mut self) -> Result<Check> {
        self.say("kept keys");
        let folders = entries(&self.workspace.folder().cache().join("keys"))?;
        let mut findings = Vec::new();
        for folder in &folders {
            let problems = key_index::problems(folder)?;
            findings.extend(self.again(problems, folder)?);
        }
        Ok(Check::new("keys", format!("kept keys of {}", counted(folders.len(), "table")), findings))
    }

    /// Views, readings and facts that were computed once.
    pub(super) fn views(&mut self) -> Result<Check> {
        self.say("kept views");
        let cache = self.workspace.folder().cache();
        let kept: Vec<PathBuf> = entries(&cache)?
            .into_iter()
            .chain(entries(&cache.join("readings"))?)
            .filter(|path| path.is_file() && !name(path).starts_with('.') && !name(path).ends_with(".proof"))
            .collect();
        let mut findings = Vec::new();
        for path in &kept {
            // It may be replaced and gone since it was listed.
            let Some(what) = self.wrong_with(path).filter(|_| path.exists()) else { continue };
            let beside = proof::beside(path);
            let finding = Finding::problem(what, MEANING, REMEDY).about(path).mendable();
            findings.push(self.mend(finding, || remove(path).and_then(|()| remove(&beside)))?);
        }
        Ok(Check::new("views", format!("{} of kept views and readings", counted(kept.len(), "file")), findings))
    }

    fn wrong_with(&self, path: &Path) -> Option<String> {
        let sound = if path.extension().is_some_and(|end| end == "json") {
            fs::read_to_string(path).is_ok_and(|text| sealed::read_whole::<Value>(&text).is_some())
        } else {
            let quick = self.request.quick;
            Proof::kept(path).is_some_and(|proof| if quick { proof.holds(path) } else { proof.holds_by_bytes(path) })
        };
        (!sound).then(|| format!("{} is damaged, or of an earlier program.", path.display()))
    }

    /// Journeys that are laid out.
    pub(super) fn journeys(&mut self) -> Result<Check> {
        self.say("journeys");
        let stores = entries(&self.workspace.folder().cache().join("journeys"))?;
        let mut findings = Vec::new();
        for store in stores.iter().filter(|store| store.is_dir()) {
            findings.extend(self.again(journeys::problems(store), store)?);
        }
        let files: usize = stores.iter().map(|store| files_below(store).map_or(0, |files| files.len())).sum();
        Ok(Check::new("journeys", format!("{} of laid-out journeys", counted(files, "file")), findings))
    }

    /// Files of a folder that goes as a whole.
    fn again(&self, problems: Vec<(PathBuf, String)>, folder: &Path) -> Result<Vec<Finding>> {
        let finding = |(path, what): (PathBuf, String)| {
            let what = format!("{}: {}.", path.display(), what.trim_end_matches('.'));
            self.mend(Finding::problem(what, MEANING, REMEDY).about(&path).mendable(), || remove(folder))
        };
        problems.into_iter().map(finding).collect()
    }
}
