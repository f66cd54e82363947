//! Definitions and their revisions.

use std::collections::BTreeSet;
use std::fs;

use throughline_model::{Diagnostic, Level};

use super::{Check, Doctor, Finding, counted, entries, is_newer, name};
use crate::Result;
use crate::revisions;

impl Doctor<'_> {
    /// Settings, measures, scorecard, journey, layouts, sources: whether their files can be read.
    pub(super) fn definitions(&mut self) -> Result<Check> {
        self.say("definitions");
        let mut findings = Vec::new();
        let files = self.workspace.folder().definition_files().map_or(0, |files| files.len());
        let meaning = "Answers by the definitions in the files leave out what has an error; nothing can be applied.";
        let found = [
            self.workspace.working().map(|(_, problems)| problems),
            self.workspace.source_definitions().map(|(_, problems)| problems),
        ];
        for problems in found {
            match problems {
                Err(error) => findings.push(Finding::of(&error, meaning)),
                Ok(problems) => findings.extend(problems.iter().filter(|problem| problem.level == Level::Error).map(
                    |problem: &Diagnostic| {
                        Finding::problem(
                            problem.to_string(),
                            meaning,
                            "Change the file; `throughline check` tells more.",
                        )
                    },
                )),
            }
        }
        Ok(Check::new("definitions", counted(files, "definition file"), findings))
    }

    /// The log of revisions, and the definitions that it names.
    pub(super) fn revisions(&mut self) -> Result<Check> {
        self.say("revisions");
        let folder = self.workspace.folder();
        let log = folder.revisions().join("log.jsonl");
        let meaning = "What was in force cannot be told, and so no question is answered by it.";
        let all = match self.workspace.revisions() {
            Ok(all) => all,
            Err(error) => {
                let finding = Finding::of(&error, meaning).about(&log);
                return Ok(Check::new("revisions", "the log of revisions", vec![finding]));
            }
        };
        let mut findings = Vec::new();
        if fs::read(&log).is_ok_and(|bytes| bytes.last().is_some_and(|last| *last != b'\n')) {
            let what = format!("The last line of {} is not whole.", log.display());
            findings.push(Finding::note(what, "A process died while it applied definitions; they are not in force."));
        }
        if all.is_empty() {
            let meaning =
                "Answers go by the definitions in the files. Where there were revisions, other numbers come out.";
            let remedy = "Restore the folder revisions/ from version control or a backup, or run `throughline apply`.";
            findings.push(Finding::problem("No revision of the definitions is in force.", meaning, remedy).about(&log));
        }
        for revision in &all {
            let snapshot = folder.revisions().join(&revision.content);
            if let Err(error) = revisions::files(folder, revision) {
                let meaning = format!("Periods of revision {} and later cannot be answered.", revision.number);
                findings.push(Finding::of(&error, &meaning).about(&snapshot));
            }
            if revision.at > self.now {
                let what = format!("Revision {} was applied in the future, on {}.", revision.number, revision.at);
                findings.push(clock(what));
            }
        }
        let known: BTreeSet<&str> = all.iter().map(|revision| revision.content.as_str()).collect();
        for path in entries(&folder.revisions())?.iter().filter(|path| path.is_dir()) {
            let name = name(path);
            if !known.contains(name.as_str()) && !name.starts_with('.') {
                let meaning = "A process died while it applied definitions, or a line of the log was lost.";
                findings.push(Finding::note(format!("No revision names {}.", path.display()), meaning).about(path));
            }
        }
        Ok(Check::new("revisions", counted(all.len(), "revision"), findings))
    }
}

/// The problem of a moment in the future.
pub(super) fn clock(what: String) -> Finding {
    let meaning = "The clock of this machine is behind, or the clock of the machine that wrote it was ahead.";
    Finding::problem(what, meaning, "Set the clock; what was written is used when its moment has come.")
}

/// Whether mending may put a file aside: one of a newer program is whole.
pub(super) fn may_put_aside(error: &crate::Error) -> bool {
    !is_newer(error)
}
