//! A workspace: one folder with definitions and data, and everything that can be asked of it.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use throughline_model::definitions::{self, DefinitionFile, Definitions};
use throughline_model::layout::{self, Layout};
use throughline_model::source::{self, Source};
use throughline_model::{Calendar, Diagnostic, Level, Settings, lint, starter, toml_reader};

use crate::folder::Folder;
use crate::intake;
use crate::measures;
use crate::reader::ReadOptions;
use crate::revisions::{self, Revision};
use crate::store::manifest;
use crate::store::snapshot::Snapshot;
use crate::store::tables::Tables;
use crate::{Error, Result, catalog};

/// Why the definitions of a new workspace are in force.
const STARTER: &str = "starter definitions";

/// What a new workspace is called and where and in what it counts.
#[derive(Debug, Clone)]
pub struct InitOptions {
    /// Name of the company or part of it.
    pub name: String,
    /// IANA time zone.
    pub zone: String,
    /// ISO 4217 currency code.
    pub currency: String,
}

/// An open workspace.
#[derive(Debug, Clone)]
pub struct Workspace {
    folder: Folder,
}

impl Workspace {
    /// Makes a workspace in `root` from the starter definitions, and applies them once.
    ///
    /// # Errors
    /// Input: the folder holds a workspace already, or zone or currency are none.
    pub fn init(root: &Path, options: &InitOptions, now: Timestamp, who: &str) -> Result<Workspace> {
        fs::create_dir_all(root)?;
        let folder = Folder::at(root)?;
        if folder.settings().exists() {
            return Err(Error::input(format!("{} is a workspace already.", root.display())));
        }
        let text = starter::settings(
            catalog::file("starter/throughline.toml").unwrap_or_default(),
            &options.name,
            &options.zone,
            &options.currency,
        )
        .map_err(Error::input)?;
        for name in ["journey.toml", "scorecard.toml"] {
            if !root.join(name).exists() {
                fs::write(root.join(name), catalog::file(&format!("starter/{name}")).unwrap_or_default())?;
            }
        }
        for name in ["measures", "layouts", "data"] {
            fs::create_dir_all(root.join(name))?;
        }
        fs::write(root.join(".gitignore"), "data/\n")?;
        // Written last: it is what makes the folder a workspace.
        fs::write(folder.settings(), text)?;
        let workspace = Workspace { folder };
        workspace.apply(STARTER, who, None, now)?;
        Ok(workspace)
    }

    /// Opens the workspace in `root`.
    ///
    /// # Errors
    /// Input: there is none.
    pub fn open(root: &Path) -> Result<Workspace> {
        let missing = || {
            Error::input(format!("{} is not a Throughline workspace: it has no throughline.toml.", root.display()))
                .hint("Make one with `throughline init DIR`, or name one with --workspace DIR.")
        };
        let folder = Folder::at(root).map_err(|_| missing())?;
        if !folder.settings().is_file() {
            return Err(missing());
        }
        Ok(Workspace { folder })
    }

    /// Where things lie.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The working definitions and every problem found in their text, the layouts' and the balance's included.
    pub fn working(&self) -> Result<(Definitions, Vec<Diagnostic>)> {
        let files = self.folder.definition_files()?;
        problems_of(&files)
    }

    /// Every problem of the working definitions: their text, the balance of the scorecard, and the SQL of all
    /// measures planned against the tables without running it. Sorted by file and line.
    pub async fn check(&self, now: Timestamp) -> Result<Vec<Diagnostic>> {
        let (definitions, mut problems) = self.working()?;
        problems.extend(self.source_definitions()?.1);
        if calendar(&definitions.settings).is_ok() {
            let reader = self.reader(ReadOptions { working: true, ..ReadOptions::at(now) })?;
            for measure in definitions.measures.values() {
                problems.extend(measures::check_measure(reader.session(), measure).await);
            }
        }
        throughline_model::diagnostic::sort(&mut problems);
        Ok(problems)
    }

    /// The databases and folders that are sources, and every problem found in their files. One with an error is left out.
    pub fn source_definitions(&self) -> Result<(Vec<Source>, Vec<Diagnostic>)> {
        let own = layouts_of(&self.folder.definition_files()?)?.0;
        let shipped = intake::catalog_layouts()?;
        let layouts: Vec<&Layout> = own.iter().chain(shipped.iter().map(|layout| layout.as_ref())).collect();
        let (mut sources, mut problems) = (Vec::new(), Vec::new());
        for file in self.folder.source_files()? {
            let (found, wrong) = source::read(&file.path, &file.text, catalog::vocabulary()?, &layouts);
            sources.extend(found);
            problems.extend(wrong);
        }
        Ok((sources, problems))
    }

    /// Stores the working definitions as the revision in force from a period on; `None` where nothing changed.
    /// Where no period is named, that is the current month, or all time where nobody but the starter spoke yet.
    ///
    /// # Errors
    /// Definition: the definitions have errors, or `from` is no period.
    pub fn apply(&self, why: &str, who: &str, from: Option<&str>, now: Timestamp) -> Result<Option<Revision>> {
        let files = self.folder.definition_files()?;
        let (definitions, mut problems) = read(&files);
        problems.extend(layouts_of(&files)?.1);
        let errors: Vec<_> = problems.iter().filter(|problem| problem.level == Level::Error).collect();
        if let Some(first) = errors.first() {
            let message =
                format!("The definitions have {} error(s); nothing was applied. The first: {first}", errors.len());
            return Err(Error::definition(message).hint("Run `throughline check` to see them all."));
        }
        let calendar = calendar(&definitions.settings)?;
        let from = match from {
            Some(period) => calendar.parse(period).map_err(Error::input)?.start,
            None if self.revisions()?.iter().all(|revision| revision.why == STARTER) => Timestamp::UNIX_EPOCH,
            None => calendar.containing(throughline_model::Grain::Month, now).start,
        };
        let revision =
            Revision { number: 0, content: String::new(), at: now, who: who.to_owned(), why: why.to_owned(), from };
        revisions::store(&self.folder, &files, revision)
    }

    /// All revisions in the order they were applied.
    pub fn revisions(&self) -> Result<Vec<Revision>> {
        revisions::all(&self.folder)
    }

    /// The definitions in force for what happens at `at`, as known at `known`.
    pub fn definitions_at(&self, at: Timestamp, known: Timestamp) -> Result<Definitions> {
        let all = self.revisions()?;
        match revisions::in_force(&all, at, known) {
            Some(revision) => {
                let files = revisions::files(&self.folder, revision)?;
                refuse_newer(revision.number, &files)?;
                Ok(read(&files).0)
            }
            None => Ok(self.working()?.0),
        }
    }

    /// Settings of the working definitions: zone, currency, weeks and fiscal year.
    pub fn settings(&self) -> Result<Settings> {
        Ok(read(&self.folder.definition_files()?).0.settings)
    }

    pub(crate) fn tables(&self) -> Tables {
        Tables::new(self.folder.tables())
    }

    /// The data as the newest manifest names them.
    pub fn snapshot(&self) -> Result<Snapshot> {
        Ok(Snapshot::new(self.tables(), manifest::latest(&self.folder.manifests())?))
    }
}

/// The calendar of a workspace.
pub fn calendar(settings: &Settings) -> Result<Calendar> {
    Calendar::new(settings).map_err(Error::definition)
}

/// What definition files say, and every problem of their text, the layouts' and the balance's included.
pub(crate) fn problems_of(files: &[DefinitionFile]) -> Result<(Definitions, Vec<Diagnostic>)> {
    let (definitions, mut problems) = read(files);
    problems.extend(layouts_of(files)?.1);
    problems.extend(lint::balance(&definitions));
    Ok((definitions, problems))
}

/// What was applied by a newer program is not left out like a mistake in a draft: other numbers would come out.
fn refuse_newer(revision: u64, files: &[DefinitionFile]) -> Result<()> {
    let newer = files.iter().find_map(|file| Some((file, toml_reader::newer_format(&file.text)?)));
    let Some((file, format)) = newer else { return Ok(()) };
    let message = format!(
        "{} of revision {revision} was written for a newer Throughline: its format is {format}, and this program knows \
         formats up to {}.",
        file.path,
        toml_reader::FORMAT
    );
    Err(Error::damaged(message).hint("Use the newer program, or apply definitions of this one."))
}

fn read(files: &[DefinitionFile]) -> (Definitions, Vec<Diagnostic>) {
    let shipped =
        |prefix| catalog::files(prefix).map(|(path, text)| DefinitionFile { path: path.into(), text: text.into() });
    let shipped: Vec<DefinitionFile> = shipped("journey.toml").chain(shipped("measures/")).collect();
    definitions::read(files, &shipped)
}

pub(crate) fn layouts_of(files: &[DefinitionFile]) -> Result<(Vec<Layout>, Vec<Diagnostic>)> {
    let mut layouts = Vec::new();
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with("layouts/")) {
        let (layout, found) = layout::read(&file.path, &file.text, catalog::vocabulary()?);
        layouts.extend(layout);
        problems.extend(found);
    }
    Ok((layouts, problems))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// An older program must not answer by less than was applied.
    #[test]
    fn definitions_that_a_newer_program_applied_are_refused() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::at(root.path()).unwrap();
        let file = |format| DefinitionFile { path: "measures/a.toml".into(), text: format!("format = {format}\n") };
        let now = Timestamp::UNIX_EPOCH;
        let revision = |why: &str| Revision {
            number: 0,
            content: String::new(),
            at: now,
            who: "w".into(),
            why: why.into(),
            from: now,
        };
        let workspace = Workspace { folder };
        revisions::store(&workspace.folder, &[file(1)], revision("today's")).unwrap();
        assert!(workspace.definitions_at(now, now).is_ok());
        revisions::store(&workspace.folder, &[file(2)], revision("tomorrow's")).unwrap();
        let error = workspace.definitions_at(now, now).unwrap_err();
        assert!(error.message.contains("measures/a.toml of revision 2 was written for a newer Throughline"), "{error}");
    }
}
