//! Whether a workspace is sound: every file of it, what a damaged one means, what to do, and what can be mended safely.
//!
//! Without mending nothing is written, so that a workspace can be looked at while it is in use. Mending takes the lock
//! that imports take. It removes what can be made again, and puts aside, under `data/damaged`, what cannot.

mod caches;
mod definitions;
mod inputs;
mod ledger;
mod manifests;
mod space;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::error::at;
use crate::workspace::Workspace;
use crate::{Error, ErrorKind, Progress, Result, Work, import, lock};
use ledger::Ledger;

/// How to look at a workspace.
#[derive(Debug, Clone, Copy, Default)]
pub struct DoctorRequest {
    /// Mend what can be mended safely.
    pub mend: bool,
    /// Do not read data files whose size and footer are right.
    pub quick: bool,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Harmless, and good to know.
    Note,
    /// Something is wrong.
    Problem,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The file, where it is one.
    pub file: Option<PathBuf>,
    /// What is wrong, as a sentence.
    pub what: String,
    /// What it means, as a sentence.
    pub meaning: String,
    /// What to do, as a sentence.
    pub remedy: String,
    /// Whether mending does it.
    pub mendable: bool,
    /// Whether it was mended now.
    pub mended: bool,
}

impl Finding {
    /// A problem that nobody can mend but people.
    pub fn problem(what: impl Into<String>, meaning: impl Into<String>, remedy: impl Into<String>) -> Finding {
        let (what, meaning, remedy) = (what.into(), meaning.into(), remedy.into());
        Finding { severity: Severity::Problem, file: None, what, meaning, remedy, mendable: false, mended: false }
    }

    /// Something harmless.
    pub fn note(what: impl Into<String>, meaning: impl Into<String>) -> Finding {
        Finding { severity: Severity::Note, ..Finding::problem(what, meaning, "Nothing needs to be done.") }
    }

    /// The same about a file.
    #[must_use]
    pub fn about(self, file: &Path) -> Finding {
        Finding { file: Some(file.to_owned()), ..self }
    }

    /// The same, which mending can do.
    #[must_use]
    pub fn mendable(self) -> Finding {
        Finding { mendable: true, ..self }
    }

    /// An error of this program as a problem.
    fn of(error: &Error, meaning: &str) -> Finding {
        Finding::problem(&error.message, meaning, error.hint.as_deref().unwrap_or("Restore a backup."))
    }
}

/// One check and what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name: a word.
    pub name: &'static str,
    /// What was looked at, as a clause.
    pub looked_at: String,
    /// What was found; nothing where all is well.
    pub findings: Vec<Finding>,
}

impl Check {
    /// A check that found this.
    pub fn new(name: &'static str, looked_at: impl Into<String>, findings: Vec<Finding>) -> Check {
        Check { name, looked_at: looked_at.into(), findings }
    }
}

/// What a look at a workspace found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkup {
    /// In the order of the checks.
    pub checks: Vec<Check>,
}

impl Checkup {
    /// Problems that are still there.
    pub fn problems(&self) -> usize {
        let open = |finding: &&Finding| finding.severity == Severity::Problem && !finding.mended;
        self.checks.iter().flat_map(|check| &check.findings).filter(open).count()
    }

    /// Findings that were mended.
    pub fn mended(&self) -> usize {
        self.checks.iter().flat_map(|check| &check.findings).filter(|finding| finding.mended).count()
    }
}

impl Workspace {
    /// Looks at everything in the workspace but its people, and mends where that was asked for.
    ///
    /// # Errors
    /// A folder cannot be read at all, or something cannot be mended that should be.
    pub async fn checkup(
        &self,
        request: DoctorRequest,
        now: Timestamp,
        progress: &mut (dyn FnMut(Work) + Send),
    ) -> Result<Checkup> {
        let _lock = if request.mend {
            let mut waiting =
                |_: Progress| progress(Work { done: 0, total: None, what: "waiting for an import".to_owned() });
            Some(import::lock(self, &mut waiting)?)
        } else {
            None
        };
        // What is looked at is not removed meanwhile; where no lock can be made, nobody writes either.
        let _held = lock::shared(&self.folder().vacuum_lock()).ok();
        let mut doctor = Doctor { workspace: self, request, now, ledger: Ledger::default(), progress };
        let mut checks = vec![doctor.definitions()?, doctor.revisions()?];
        doctor.ledger = Ledger::read(self).await;
        checks.push(doctor.manifests().await?);
        checks.extend(doctor.tables().await?);
        checks.extend([doctor.keys()?, doctor.views()?, doctor.journeys()?]);
        checks.extend([doctor.events()?, doctor.inputs()?, doctor.sources()?, doctor.scratch()?]);
        checks.push(doctor.space()?);
        Ok(Checkup { checks })
    }
}

/// Somebody who looks at a workspace.
struct Doctor<'a> {
    workspace: &'a Workspace,
    request: DoctorRequest,
    now: Timestamp,
    ledger: Ledger,
    progress: &'a mut (dyn FnMut(Work) + Send),
}

impl Doctor<'_> {
    fn say(&mut self, what: &str) {
        (self.progress)(Work { done: 0, total: None, what: what.to_owned() });
    }

    /// Mends a finding where that was asked for and can be done.
    fn mend(&self, finding: Finding, how: impl FnOnce() -> Result<()>) -> Result<Finding> {
        if !self.request.mend || !finding.mendable {
            return Ok(finding);
        }
        how()?;
        Ok(Finding { mended: true, ..finding })
    }

    /// Puts a file aside, under `data/damaged` by its path in the workspace.
    fn put_aside(&self, path: &Path) -> Result<()> {
        fs::rename(path, self.aside(path)?).map_err(at(path))
    }

    /// Where a file is put aside: a name that is free.
    fn aside(&self, path: &Path) -> Result<PathBuf> {
        let folder = self.workspace.folder();
        let inside = path.strip_prefix(folder.root().join("data")).or_else(|_| path.strip_prefix(folder.root()));
        let mut target = folder.damaged().join(inside.unwrap_or(path));
        let name = name(&target);
        for number in 2.. {
            if !target.exists() {
                break;
            }
            target.set_file_name(format!("{name}.{number}"));
        }
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        Ok(target)
    }
}

/// Removes a file or folder that can be made again.
fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// What a folder holds, sorted; nothing where there is none.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let found: std::io::Result<Vec<PathBuf>> =
        fs::read_dir(folder).map_err(at(folder))?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut found = found.map_err(at(folder))?;
    found.sort();
    Ok(found)
}

/// All files below a folder, sorted.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether an error says that a newer program wrote something, which is no damage.
fn is_newer(error: &Error) -> bool {
    error.kind == ErrorKind::Damaged && error.message.contains("newer Throughline")
}

/// A length for people.
fn bytes(size: u64) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"];
    let (mut value, mut unit) = (size as f64, 0);
    while value >= 1000.0 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let unit = units.get(unit).copied().unwrap_or_default();
    if value.fract() == 0.0 || value >= 100.0 { format!("{value:.0} {unit}") } else { format!("{value:.1} {unit}") }
}

/// So many of something.
fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
