//! Imports, and rejects on their way out and back.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use throughline_engine::intake::layout_of;
use throughline_engine::{Error, ImportRequest, Progress, RejectFilter, Workspace};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Posted;
use crate::http::guard::{Analyst, Editor};
use crate::http::jobs::{Ended, Job, Work};
use crate::http::problem::{Problem, Problems, Result};
use crate::http::state::Shared;
use crate::http::uploads::{Uploads, file_name};
use crate::wire;

/// Files of one import.
const MOST_FILES: usize = 1000;
/// Bytes of rejects handed out at once.
const MOST_BYTES: u64 = 8 << 20;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(import)).routes(routes!(export)).routes(routes!(replay))
}

/// What to import.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportRequest)]
struct Wanted {
    /// Uploads.
    uploads: Vec<String>,
    /// Name of the layout to read them with, or the text (TOML) of a new one, which is kept in the workspace once it is
    /// imported with; without it layouts are recognised.
    layout: Option<String>,
    /// Name of their encoding, such as windows-1250; found by looking where absent.
    encoding: Option<String>,
    /// Only say what would happen.
    #[serde(default)]
    dry_run: bool,
    /// Fail, with nothing done, if more rows than this are set aside.
    max_rejects: Option<u64>,
}

/// Imports uploads; the job's result is what `throughline import` answers
#[utoipa::path(
    post, path = "/imports", tag = "import", request_body = Wanted,
    responses((status = 202, description = "The job", body = Job), Problems)
)]
async fn import(
    State(shared): State<Shared>,
    Editor(person): Editor,
    Posted(wanted): Posted<Wanted>,
) -> Result<(StatusCode, Json<Job>)> {
    if wanted.uploads.is_empty() || wanted.uploads.len() > MOST_FILES {
        return Err(Problem::input(format!("An import has one to {MOST_FILES} uploads.")));
    }
    let uploads = Uploads::of(shared.workspace.folder());
    let files = wanted.uploads.iter().map(|id| uploads.find(id)).collect::<Result<Vec<_>>>()?;
    let names: Vec<&str> = files.iter().map(|file| file.display.as_str()).collect();
    let (who, target) = (person.name.clone(), names.join(", "));
    let mut request = ImportRequest {
        dry_run: wanted.dry_run,
        encoding: wanted.encoding,
        max_rejects: wanted.max_rejects,
        files: files.clone(),
        ..ImportRequest::default()
    };
    match wanted.layout.filter(|layout| !layout.trim().is_empty()) {
        Some(text) if text.contains(['\n', '=']) => {
            request.layout = Some(layout_of(&text)?.id.clone());
            request.layout_text = Some(text);
        }
        name => request.layout = name,
    }
    if !wanted.dry_run {
        shared.audit(&person, "import.run", &target, "");
    }
    let inner = shared.clone();
    let job = shared.jobs.start("import", &who, move |work| async move {
        let dry_run = request.dry_run;
        let (ended, to_mend) = brought(&inner, request, work).await.map_err(|problem| uploads.plain(problem))?;
        if matches!(ended, Ended::Done(_)) && !dry_run {
            inner.metrics.imports.inc();
            uploads.end(&wanted.uploads, &to_mend);
            inner.warm();
        }
        Ok(ended)
    })?;
    Ok((StatusCode::ACCEPTED, Json(job)))
}

/// How the import ended, and the files with rows to be mended.
pub async fn brought(shared: &Shared, request: ImportRequest, work: Work) -> Result<(Ended, Vec<String>)> {
    let (workspace, now) = (shared.workspace.clone(), shared.now());
    let names: Vec<String> = request.files.iter().map(|file| file.display.clone()).collect();
    let run = move || async move {
        if let (Some(text), Some(id), false) = (&request.layout_text, &request.layout, request.dry_run) {
            keep_layout(&workspace, id, text)?;
        }
        let begun = Begun::default();
        let mut progress = |now: Progress| begun.hear(&workspace, &work, &now);
        tokio::select! {
            biased;
            report = workspace.import(&request, now, &mut progress) => {
                let report = report?;
                let to_mend = report.files.iter().filter(|file| file.rows_rejected > 0).map(|file| file.file.clone());
                Ok((Ended::Done(value(&wire::import::Report::from(&report))?), to_mend.collect()))
            }
            // What was committed may have rows to be mended.
            () = work.cancelled() => Ok((begun.stopped(&workspace)?, names)),
        }
    };
    shared.compute.run_now(run).await
}

/// Which data there were when the lock was taken.
#[derive(Default)]
struct Begun {
    data: OnceLock<u64>,
}

impl Begun {
    fn hear(&self, workspace: &Workspace, work: &Work, now: &Progress) {
        work.tell(now);
        if !matches!(now, Progress::Waiting) && self.data.get().is_none() {
            let _ = self.data.set(workspace.version(false).map(|version| version.data).unwrap_or_default());
        }
    }

    /// What was committed stays: the journeys are laid out when they are asked for.
    fn stopped(&self, workspace: &Workspace) -> Result<Ended> {
        let stands = self.data.get().is_some_and(|begun| workspace.version(false).is_ok_and(|now| now.data > *begun));
        if !stands {
            return Ok(Ended::Cancelled);
        }
        let note = "The import was committed before it was cancelled: it stands.";
        Ok(Ended::Done(serde_json::json!({ "notes": [note] })))
    }
}

/// A layout that data came in by stays in the workspace: later files and mended rows need it.
fn keep_layout(workspace: &Workspace, id: &str, text: &str) -> Result<()> {
    let path = format!("layouts/{id}.toml");
    let held = workspace.folder().definition_files()?.into_iter().find(|file| file.path == path);
    match held {
        Some(file) if file.text == text => Ok(()),
        Some(_) => Err(Problem::busy(format!("There is another layout {id} in the workspace."))
            .hint("Give the new one another id, or change the other one among the definitions.")),
        None => Ok(workspace.save_definition(&path, text, Some("")).map(drop)?),
    }
}

fn value(wire: &impl Serialize) -> Result<Value> {
    Ok(serde_json::to_value(wire).map_err(Error::from)?)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Only rows of this import.
    import: Option<String>,
    /// Only rows of this file.
    file: Option<String>,
}

/// Rows to be mended, as texts.
#[derive(Debug, Serialize, ToSchema)]
struct RejectTexts {
    files: Vec<MendedFile>,
    /// Rows that a later row replaced: there is nothing to mend.
    left_out: u64,
}

/// Rows of one source file: `reject_id`, then the columns of the file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct MendedFile {
    /// Name of the text.
    name: String,
    /// Source file the rows come from; not needed when they come back.
    file: Option<String>,
    /// The rows.
    text: String,
}

/// Rows that are open, as texts to be mended, one for every source file
#[utoipa::path(
    get, path = "/rejects/export", tag = "data", params(Which),
    responses((status = 200, description = "The rows", body = RejectTexts), Problems)
)]
async fn export(State(shared): State<Shared>, _: Analyst, Query(which): Query<Which>) -> Result<Json<RejectTexts>> {
    let filter = RejectFilter { import_id: which.import, file: which.file, ..RejectFilter::default() };
    let (workspace, now) = (shared.workspace.clone(), shared.now());
    let (_, folder) = Uploads::of(workspace.folder()).make()?;
    let scratch = folder.clone();
    let work = move || async move {
        let export = workspace.export_rejects(&folder, &filter, now).await?;
        let mut files = Vec::new();
        let mut room = MOST_BYTES;
        for one in &export.files {
            let size = fs::metadata(&one.path).map_err(Error::from)?.len();
            room = room.checked_sub(size).ok_or_else(|| {
                Problem::input(format!("The rows are more than {MOST_BYTES} bytes."))
                    .hint("Ask for those of one import or file, or use `throughline rejects export`.")
            })?;
            let name = one.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read_to_string(&one.path).map_err(Error::from)?;
            files.push(MendedFile { name, file: Some(one.file.clone()), text });
        }
        Ok::<_, Problem>(RejectTexts { files, left_out: export.left_out })
    };
    let texts = shared.compute.run(work).await;
    // What stays is removed after a day.
    let _ = fs::remove_dir_all(scratch);
    Ok(Json(texts?))
}

/// Mended rows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReplayRequest)]
struct Mended {
    /// Texts as they were exported, with rows mended.
    files: Vec<MendedFile>,
}

/// Imports mended rows; the job's result is what `throughline rejects replay` answers
#[utoipa::path(
    post, path = "/rejects/replay", tag = "data", request_body = Mended,
    responses((status = 202, description = "The job", body = Job), Problems)
)]
async fn replay(
    State(shared): State<Shared>,
    Analyst(person): Analyst,
    Posted(mended): Posted<Mended>,
) -> Result<(StatusCode, Json<Job>)> {
    if mended.files.is_empty() || mended.files.len() > MOST_FILES {
        return Err(Problem::input(format!("A replay has one to {MOST_FILES} files.")));
    }
    let uploads = Uploads::of(shared.workspace.folder());
    let (id, folder) = uploads.make()?;
    let mut paths = Vec::new();
    for (number, file) in mended.files.iter().enumerate() {
        // Two texts may have one name.
        let folder = folder.join(number.to_string());
        fs::create_dir_all(&folder).map_err(Error::from)?;
        let path = folder.join(file_name(&file.name)?);
        fs::write(&path, &file.text).map_err(Error::from)?;
        paths.push(path.display().to_string());
    }
    shared.audit(&person, "rejects.replay", &format!("{} files", paths.len()), "");
    let inner = shared.clone();
    let who = person.name.clone();
    let job = shared.jobs.start("replay", &who, move |work| async move {
        let ended = replayed(&inner, paths, work).await;
        uploads.end(&[id], &[]);
        inner.warm();
        ended.map_err(|problem| uploads.plain(problem))
    })?;
    Ok((StatusCode::ACCEPTED, Json(job)))
}

async fn replayed(shared: &Shared, paths: Vec<String>, work: Work) -> Result<Ended> {
    let (workspace, now) = (shared.workspace.clone(), shared.now());
    let run = move || async move {
        let begun = Begun::default();
        let mut progress = |now: Progress| begun.hear(&workspace, &work, &now);
        tokio::select! {
            biased;
            report = workspace.replay_rejects(&paths, now, &mut progress) => {
                let mut report = report?;
                for open in &mut report.open {
                    // The name under which the text came, not where the server put it.
                    open.path = open.path.file_name().map(PathBuf::from).unwrap_or_default();
                }
                Ok(Ended::Done(value(&wire::rejects::Replay::from(&report))?))
            }
            () = work.cancelled() => begun.stopped(&workspace),
        }
    };
    shared.compute.run_now(run).await
}
