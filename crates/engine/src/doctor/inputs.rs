//! What came in and is not, or not only, in the tables: journals of events, kept inputs, cursors of sources.

use std::fs;
use std::path::Path;

use serde::de::IgnoredAny;

use super::definitions::may_put_aside;
use super::{Check, Doctor, Finding, counted, entries, files_below, name};
use crate::error::at;
use crate::{ErrorKind, Result, database, import, inbox, intake};

impl Doctor<'_> {
    /// Events that were taken and are not imported yet.
    pub(super) fn events(&mut self) -> Result<Check> {
        self.say("events");
        let folder = self.workspace.folder().inbox();
        let journals = if folder.is_dir() { inbox::journals(&folder)? } else { Vec::new() };
        let mut findings = Vec::new();
        for journal in &journals {
            findings.extend(self.journal(&folder, journal)?);
        }
        Ok(Check::new("events", counted(journals.len(), "event journal"), findings))
    }

    fn journal(&self, folder: &Path, path: &Path) -> Result<Option<Finding>> {
        let bytes = match fs::read(path) {
            // Imported meanwhile.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(at(path))?,
        };
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        let whole = |line: &&[u8]| line.ends_with(b"\n") && serde_json::from_slice::<IgnoredAny>(line).is_ok();
        let bad: Vec<usize> = (0..lines.len()).filter(|at| lines.get(*at).is_some_and(|line| !whole(line))).collect();
        let Some(first) = bad.first().copied() else { return Ok(None) };
        if first + 1 == lines.len() {
            let what = format!("The last line of {} is not whole.", path.display());
            let meaning = "It was being written when the process or the machine died; nobody was told that it is kept.";
            return Ok(Some(Finding::note(what, meaning).about(path)));
        }
        let what =
            format!("{} is damaged in line {} ({} in all).", path.display(), first + 1, counted(bad.len(), "line"));
        let meaning = format!(
            "Its {} after that line would not be imported.",
            counted(lines.len() - first - bad.len(), "whole line")
        );
        let remedy =
            "`throughline doctor --mend` puts a copy aside and leaves the whole lines; no server may be running.";
        let finding = Finding::problem(what, meaning, remedy).about(path).mendable();
        if !self.request.mend {
            return Ok(Some(finding));
        }
        let _alone = match inbox::lock(folder) {
            Ok(alone) => alone,
            Err(error) if error.kind == ErrorKind::Busy => return Ok(Some(finding)),
            Err(error) => return Err(error),
        };
        let good: Vec<u8> = lines.iter().filter(|line| whole(line)).copied().flatten().copied().collect();
        let mend = || {
            let unfinished = tempfile::Builder::new().prefix(".mended-").tempfile_in(folder).map_err(at(folder))?;
            fs::write(unfinished.path(), good).map_err(at(path))?;
            unfinished.as_file().sync_all().map_err(at(path))?;
            fs::copy(path, self.aside(path)?).map_err(at(path))?;
            unfinished.persist(path).map(drop).map_err(|error| at(path)(error.error))
        };
        self.mend(finding, mend).map(Some)
    }

    /// Inputs that later files may complete, and files that were handed in.
    pub(super) fn inputs(&mut self) -> Result<Check> {
        self.say("kept inputs");
        let folder = self.workspace.folder();
        let kept: Vec<_> =
            files_below(&folder.kept())?.into_iter().filter(|path| !name(path).ends_with(".digest")).collect();
        let handed_in = entries(&folder.handed_in())?;
        let mut findings = Vec::new();
        for path in &kept {
            let Err(error) = intake::prove_kept(path) else { continue };
            let import = name(path).rsplit_once('-').map(|(import, _)| import.to_owned()).unwrap_or_default();
            let again = self.ledger.files(&import, &import).unwrap_or_else(|| format!("the files of {import}"));
            let meaning = "Imports of its layout fail, because later files may need its rows to be completed.";
            let remedy = format!("`throughline doctor --mend` puts it aside; then import again: {again}.");
            let finding = Finding { remedy, ..Finding::of(&error, meaning) }.about(path).mendable();
            let digest = path.with_extension("digest");
            findings.push(self.mend(finding, || {
                self.put_aside(path)?;
                if digest.exists() { self.put_aside(&digest) } else { Ok(()) }
            })?);
        }
        for path in &handed_in {
            let Some(sum) = self.ledger.checksum(&name(path)) else { continue };
            if import::checksum(path)?.1 != sum {
                let what = format!("{} is not the file that was handed in.", path.display());
                let meaning = "Rows of it that were set aside cannot be shown as they came, and not be exported whole.";
                let remedy = "Put the file that was handed in in its place, or hand it in again.";
                findings.push(Finding::problem(what, meaning, remedy).about(path));
            }
        }
        let looked_at =
            format!("{}, {}", counted(kept.len(), "kept input"), counted(handed_in.len(), "handed-in file"));
        Ok(Check::new("inputs", looked_at, findings))
    }

    /// What is remembered of databases.
    pub(super) fn sources(&mut self) -> Result<Check> {
        self.say("sources");
        let folder = self.workspace.folder();
        let mut findings = Vec::new();
        for (path, error) in database::problems(folder)? {
            let meaning = "The source is not refreshed, because it is not known how far it came.";
            let finding = Finding::of(&error, meaning).about(&path);
            let remedy = "`throughline doctor --mend` puts it aside; the source is then fetched whole once, which changes nothing that is known.";
            let finding = match may_put_aside(&error) {
                true => Finding { remedy: remedy.to_owned(), ..finding }.mendable(),
                false => finding,
            };
            findings.push(self.mend(finding, || self.put_aside(&path))?);
        }
        let files = entries(&folder.sources())?.iter().filter(|path| name(path).ends_with(".json")).count();
        Ok(Check::new("sources", counted(files, "remembered database"), findings))
    }
}
