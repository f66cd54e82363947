//! Manifests: which versions of the tables belong together.

use jiff::Timestamp;

use super::definitions::clock;
use super::{Check, Doctor, Finding, counted, is_newer, remove};
use crate::store::data_files::held_files;
use crate::store::manifest::{self, Manifest};
use crate::{Error, Result};

impl Doctor<'_> {
    /// Every manifest; where the newest cannot be believed, the one before can take its place.
    pub(super) async fn manifests(&mut self) -> Result<Check> {
        self.say("manifests");
        let folder = self.workspace.folder().manifests();
        let numbers = manifest::numbers(&folder)?;
        let mut findings = Vec::new();
        for number in numbers.iter().rev().skip(1) {
            let path = manifest::path(&folder, *number);
            if let Err(error) = manifest::read(&folder, *number) {
                let finding = Finding::of(&error, "It is not the newest, and so nothing reads it.").about(&path);
                let remedy = "`throughline doctor --mend` puts it aside.";
                let finding =
                    if is_newer(&error) { finding } else { Finding { remedy: remedy.into(), ..finding }.mendable() };
                findings.push(self.mend(finding, || self.put_aside(&path))?);
            }
        }
        match manifest::latest(&folder) {
            Err(error) => findings.push(self.lost(&numbers, &error).await?),
            Ok(newest) => {
                let at: Option<Timestamp> = newest.at.parse().ok();
                if at.is_some_and(|at| at > self.now) {
                    findings.push(clock(format!("{} was written in the future, on {}.", newest.import_id, newest.at)));
                }
            }
        }
        Ok(Check::new("manifests", counted(numbers.len(), "manifest"), findings))
    }

    /// The newest manifest cannot be believed, or is missing.
    async fn lost(&self, numbers: &[u64], error: &Error) -> Result<Finding> {
        let folder = self.workspace.folder().manifests();
        let noted = manifest::noted(&folder).unwrap_or_default();
        let broken = numbers.last().copied().unwrap_or_default().max(noted);
        let path = manifest::path(&folder, broken);
        let finding = Finding::of(error, "No question is answered.").about(&path);
        if is_newer(error) {
            return Ok(finding);
        }
        let before = numbers.iter().rev().find(|number| **number < broken).copied();
        let Some(before) = self.usable(before).await else {
            let remedy = "Restore a backup, or import the sources into a new workspace.";
            return Ok(Finding { remedy: remedy.to_owned(), ..finding });
        };
        let first = format!("import-{:06}", before.number + 1);
        let lost = if before.number + 1 == broken { first.clone() } else { format!("{first} to import-{broken:06}") };
        let files = self.ledger.files(&first, &format!("import-{broken:06}"));
        let again = files.map_or("what it brought".to_owned(), |files| files);
        let remedy = format!(
            "Restore a backup; or `throughline doctor --mend` puts it aside, which goes back to the state before {lost}, \
             and then import again: {again}."
        );
        let finding = Finding { remedy, ..finding }.mendable();
        self.mend(finding, || {
            if path.exists() {
                self.put_aside(&path)?;
            }
            // What was kept for the state that is given up must not be taken for that of another import of its number.
            remove(&self.workspace.folder().cache())?;
            manifest::note(&folder, before.number);
            Ok(())
        })
    }

    /// The manifest of that number, or the empty one before the first, where everything it names is there.
    async fn usable(&self, number: Option<u64>) -> Option<Manifest> {
        let Some(number) = number else { return Some(Manifest::default()) };
        let held = manifest::read(&self.workspace.folder().manifests(), number).ok()?;
        for (name, version) in &held.tables {
            let tables = self.workspace.tables();
            let delta = tables.open_at(name, *version).await.ok()?;
            tables.prove_log(name, &delta, held.log_hash(name)).ok()?;
            held_files(&delta).ok()?.iter().try_for_each(|file| file.prove().map(drop)).ok()?;
        }
        Some(held)
    }
}
