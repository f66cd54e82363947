//! An import: files become versions of rows in standard tables, whole or not at all.

mod commit;
mod drift;
mod export;
mod ledger;
mod mended;
mod mending;
mod replay;
mod report;
mod sink;
mod statement;
mod vacuum;
mod watch;

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use throughline_model::Level;
use throughline_model::layout::Layout;
use xxhash_rust::xxh3::Xxh3;

pub use export::{ExportedFile, RejectExport};
pub use replay::{ReplayReport, StillOpen};
pub use report::{FileReport, ImportReport, Progress, TableReport};
pub(crate) use statement::Stating;
pub use vacuum::Vacuumed;
pub(crate) use watch::Looks;
pub use watch::{Brought, Watch};

use crate::database;
use crate::error::at;
use crate::intake::{self, Kept, Known, MapContext, Recognition, Reject, SourceFile};
use crate::journeys::Case;
use crate::lock::{self, Lock};
use crate::reader::ReadOptions;
use crate::store::context::writing_session;
use crate::store::manifest::{self, Manifest};
use crate::workspace::{Workspace, calendar, layouts_of};
use crate::{Error, Result, proof};
use commit::Commit;
use mending::Mending;
use sink::StagingSink;

/// Memory that an import's sorts and joins share before they spill to disk.
const MEMORY_BYTES: usize = 1 << 30;

/// What to import and how.
#[derive(Debug, Clone, Default)]
pub struct ImportRequest {
    /// Files, folders and globs.
    pub paths: Vec<String>,
    /// More files, each with the name by which it is to be known.
    pub files: Vec<SourceFile>,
    /// A layout (TOML) that need not be in the workspace: files are recognised by it before all others.
    pub layout_text: Option<String>,
    /// Layout to read them with, instead of recognising it.
    pub layout: Option<String>,
    /// Name of their encoding, instead of finding it by looking.
    pub encoding: Option<String>,
    /// Only say what would happen.
    pub dry_run: bool,
    /// Recorded at this instant instead of now, so that a history can be loaded with its past.
    pub recorded_at: Option<Timestamp>,
    /// Fail, with nothing done, when more rows than this are set aside.
    pub max_rejects: Option<u64>,
}

impl Workspace {
    /// Layouts that imports recognise: the workspace's own before the shipped ones.
    ///
    /// # Errors
    /// Definition: one of the workspace's layouts has an error.
    pub fn layouts(&self) -> Result<Vec<Arc<Layout>>> {
        let (own, problems) = layouts_of(&self.folder().definition_files()?)?;
        if let Some(problem) = problems.iter().find(|problem| problem.level == Level::Error) {
            return Err(Error::definition(problem.to_string()).hint("Run `throughline check` to see all problems."));
        }
        let fetched = database::fetched_layouts(self.folder())?;
        Ok(own.into_iter().map(Arc::new).chain(intake::catalog_layouts()?).chain(fetched).collect())
    }

    /// Imports files. `progress` hears about the work done so far.
    ///
    /// # Errors
    /// Input: nothing found, a file that cannot be read or that no layout knows, too many rejects.
    /// Definition: a layout is wrong. In each case nothing was imported.
    pub async fn import(
        &self,
        request: &ImportRequest,
        now: Timestamp,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<ImportReport> {
        let mut files = intake::discover(&request.paths)?;
        files.extend(request.files.iter().cloned());
        let mut layouts = self.layouts()?;
        if let Some(text) = &request.layout_text {
            layouts.insert(0, intake::layout_of(text)?);
        }
        let known = Known {
            layout: request.layout.as_deref(),
            encoding: request.encoding.as_deref(),
            scratch: Some(self.folder().staging()),
            ..Known::default()
        };
        let found = intake::recognise(&files, &layouts, &known)?;
        Ok(self.bring(&without_problems(found)?, request, None, now, progress).await?.0)
    }

    /// Imports files of which it is known what they are.
    pub(crate) async fn import_found(
        &self,
        found: &Recognition,
        now: Timestamp,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<ImportReport> {
        Ok(self.bring(found, &ImportRequest::default(), None, now, progress).await?.0)
    }

    /// Imports what was found; with `mending`, rows that were set aside and are mended, of which those that are
    /// still bad come back.
    async fn bring(
        &self,
        found: &Recognition,
        request: &ImportRequest,
        mending: Option<&Mending>,
        now: Timestamp,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(ImportReport, Vec<Reject>)> {
        let _lock = if request.dry_run { None } else { Some(lock(self, progress)?) };
        let before = manifest::latest(&self.folder().manifests())?;
        let scratch = scratch(self, request.dry_run)?;
        let import = Import { workspace: self, request, mending, now, before, scratch: scratch.path() };
        let (mut report, open) = import.run(found, progress).await?;
        if !request.dry_run {
            // The import stands whatever becomes of the journeys: they are only laid out ahead of the first question.
            if let Err(error) = self.lay_out_journeys(now, progress).await {
                report.notes.push(format!("the journeys will be laid out when they are asked for: {error}"));
            }
        }
        Ok((report, open))
    }

    async fn lay_out_journeys(&self, now: Timestamp, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<()> {
        let reader = self.reader(ReadOptions::at(now))?;
        reader.journeys(Case::Customer, progress).await.map(|_| ())
    }
}

/// All problems of all files at once, as one error.
fn without_problems(mut found: Recognition) -> Result<Recognition> {
    if found.problems.is_empty() {
        return Ok(found);
    }
    if found.problems.len() == 1 {
        return Err(found.problems.remove(0));
    }
    let list: Vec<String> = found.problems.iter().map(|problem| format!("  {problem}")).collect();
    Err(Error::input(format!("{} files cannot be imported; nothing was.\n{}", list.len(), list.join("\n"))))
}

/// Waits for the workspace's lock, which the system gives back when the process ends, however it ends.
pub(crate) fn lock(workspace: &Workspace, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<Lock> {
    let path = workspace.folder().lock();
    if let Some(lock) = lock::alone(&path)? {
        return Ok(lock);
    }
    progress(Progress::Waiting);
    lock::in_turn(&path)
}

/// A scratch folder that goes with the import. Under the lock, what dead imports left goes too.
fn scratch(workspace: &Workspace, dry_run: bool) -> Result<tempfile::TempDir> {
    let root = workspace.folder().staging();
    fs::create_dir_all(&root).map_err(at(&root))?;
    if !dry_run {
        for entry in fs::read_dir(&root)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with("import-") {
                fs::remove_dir_all(entry.path())?;
            }
        }
    }
    let prefix = if dry_run { "dry-run-" } else { "import-" };
    Ok(tempfile::Builder::new().prefix(prefix).tempdir_in(root)?)
}

struct Import<'a> {
    workspace: &'a Workspace,
    request: &'a ImportRequest,
    mending: Option<&'a Mending>,
    now: Timestamp,
    before: Manifest,
    scratch: &'a Path,
}

impl Import<'_> {
    async fn run(
        &self,
        found: &Recognition,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(ImportReport, Vec<Reject>)> {
        let import_id = import_id(self.before.number + 1);
        let settings = self.workspace.settings()?;
        let spill = self.scratch.join("spill");
        let context = MapContext {
            import_id: &import_id,
            recorded_at: self.request.recorded_at.unwrap_or_else(|| self.told_at()),
            recorded_at_given: self.request.recorded_at.is_some(),
            zone: calendar(&settings)?.zone().clone(),
            currency: &settings.currency,
            memory_bytes: MEMORY_BYTES,
            spill_dir: &spill,
        };
        let kept = self.kept(&import_id)?;
        let mut sink = StagingSink::new(&context, self.scratch, self.request.max_rejects, &found.assigned, progress);
        sink.mending = self.mending;
        let counts = intake::map(&found.assigned, kept.as_ref(), &context, &mut sink).await?;
        let mut staged = sink.finish()?;
        let open = std::mem::take(&mut staged.open);
        let mended = self.mending.map(|mending| mending.accepted(&open));
        let mut report = ImportReport::of(&import_id, self.request.dry_run, found, &counts, &staged);
        if self.mending.is_none() && self.before.number > 0 {
            let reader = self.workspace.reader(ReadOptions::at(self.now))?;
            report.notes.extend(drift::notes(&mut drift::known(&reader).await?, &report.files, &found.assigned));
        }
        if self.request.dry_run || mended.as_ref().is_some_and(Vec::is_empty) {
            return Ok((report, open));
        }
        let session = writing_session(MEMORY_BYTES, &spill)?;
        let commit = Commit {
            folder: self.workspace.folder(),
            session: &session,
            before: &self.before,
            import_id: &import_id,
            recorded_at: context.recorded_at,
            scratch: self.scratch,
            at: self.told_at(),
            vacuum_before: vacuum_before(self.workspace, self.told_at())?,
            mended,
        };
        commit.run(staged, &found.assigned, &mut report, progress).await?;
        Ok((report, open))
    }

    fn told_at(&self) -> Timestamp {
        told_at(&self.before, self.now)
    }

    /// Inputs kept by earlier imports, where this one may keep its own. What a dead import kept goes.
    fn kept(&self, import_id: &str) -> Result<Option<Kept>> {
        if self.request.dry_run {
            return Ok(None);
        }
        let folder = self.workspace.folder().kept();
        discard(&folder, import_id)?;
        Ok(Some(Kept { folder, imports: (1..=self.before.number).map(self::import_id).collect() }))
    }
}

/// When an import tells what it tells: now, and always after the import before it, which may have begun later and
/// been quicker to the lock, or have seen another clock.
fn told_at(before: &Manifest, now: Timestamp) -> Timestamp {
    match before.at.parse::<Timestamp>() {
        Ok(before) if now <= before => before.saturating_add(SignedDuration::from_micros(1)).unwrap_or(before),
        _ => now,
    }
}

/// What was replaced before this instant may go, by the settings of the workspace.
fn vacuum_before(workspace: &Workspace, at: Timestamp) -> Result<Timestamp> {
    let kept = SignedDuration::from_secs(workspace.settings()?.keep_replaced_seconds);
    Ok(at.saturating_sub(kept).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// The id of the import that writes the manifest of that number.
fn import_id(number: u64) -> String {
    format!("import-{number:06}")
}

fn discard(folder: &Path, import_id: &str) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry?.path();
        if path.is_dir() {
            discard(&path, import_id)?;
        } else if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("{import_id}-"))) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Size and checksum of a file's bytes.
pub(crate) fn checksum(path: &Path) -> Result<(u64, String)> {
    let (mut hash, mut size) = (Xxh3::new(), 0);
    proof::each_chunk(&mut File::open(path)?, |bytes| {
        hash.update(bytes);
        size += bytes.len() as u64;
        Ok(())
    })?;
    Ok((size, format!("{:032x}", hash.digest128())))
}
