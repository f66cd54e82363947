//! The definitions: reading, editing, checking and applying them.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use throughline_engine::text_name;
use throughline_model::{DefinitionFile, Level};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Posted;
use crate::http::guard::{Editor, Viewer};
use crate::http::people::Person;
use crate::http::problem::{Problem, Problems, Result};
use crate::http::state::Shared;
use crate::wire::definitions::{self as wire, File, Files, Saved};
use crate::wire::plan::Plan;
use crate::wire::revision::{Applied, Revision, Revisions};

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(files))
        .routes(routes!(save))
        .routes(routes!(check))
        .routes(routes!(plan))
        .routes(routes!(apply))
        .routes(routes!(revisions))
        // The same with the path as it stands, its slash not written as %2F.
        .route("/definitions/{path}/{file}", axum::routing::put(save_below))
}

/// The definition files of the working copy, and every problem in them
#[utoipa::path(
    get, path = "/definitions", tag = "definitions",
    responses((status = 200, description = "The files", body = Files), Problems)
)]
async fn files(State(shared): State<Shared>, _: Viewer) -> Result<Json<Files>> {
    let workspace = shared.workspace.clone();
    let work = move || async move {
        let files = workspace.folder().definition_files()?;
        let (_, problems) = workspace.working()?;
        let (last, changed) = workspace.unapplied()?;
        let file = |file: DefinitionFile| File { etag: text_name(&file.text), path: file.path, text: file.text };
        Ok(Files {
            files: files.into_iter().map(file).collect(),
            problems: problems.iter().map(wire::Problem::from).collect(),
            revision: last.map(|last| last.number),
            changed,
        })
    };
    Ok(Json(shared.compute.run(work).await?))
}

/// A new text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DefinitionRequest)]
struct Text {
    /// The whole text, comments included.
    text: String,
}

/// Puts a text in the place of a definition file; it is saved where it is TOML, and all problems are told.
/// With `If-Match` only where nobody changed the file meanwhile
#[utoipa::path(
    put, path = "/definitions/{path}", tag = "definitions", request_body = Text,
    params(
        ("path" = String, Path, description = "The file: scorecard.toml, measures/nps.toml"),
        ("If-Match" = Option<String>, Header, description = "The etag that the edit began with")
    ),
    responses((status = 200, description = "Saved", body = Saved), Problems)
)]
async fn save(
    State(shared): State<Shared>,
    Editor(person): Editor,
    Path(path): Path<String>,
    headers: HeaderMap,
    Posted(text): Posted<Text>,
) -> Result<Json<Saved>> {
    saved(&shared, &person, path, &headers, &text.text)
}

async fn save_below(
    State(shared): State<Shared>,
    Editor(person): Editor,
    Path((folder, file)): Path<(String, String)>,
    headers: HeaderMap,
    Posted(text): Posted<Text>,
) -> Result<Json<Saved>> {
    saved(&shared, &person, format!("{folder}/{file}"), &headers, &text.text)
}

fn saved(shared: &Shared, person: &Person, path: String, headers: &HeaderMap, text: &str) -> Result<Json<Saved>> {
    let expected = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
    let expected = expected.map(|value| value.trim().trim_start_matches("W/").trim_matches('"'));
    let draft = shared.workspace.save_definition(&path, text, expected)?;
    let problems: Vec<wire::Problem> = draft.problems.iter().map(wire::Problem::from).collect();
    if !draft.saved {
        let broken = draft.problems.iter().find(|problem| problem.file == path && problem.level == Level::Error);
        let detail = broken.map_or_else(|| format!("{path} is not valid TOML."), ToString::to_string);
        return Err(Problem::definition(detail, problems));
    }
    shared.audit(person, "definitions.save", &path, "");
    Ok(Json(Saved { path, etag: draft.etag, problems }))
}

/// Every problem of the definitions, the SQL of all measures included
#[utoipa::path(
    get, path = "/definitions/check", tag = "definitions",
    responses((status = 200, description = "The problems", body = wire::Problems), Problems)
)]
async fn check(State(shared): State<Shared>, _: Viewer) -> Result<Json<wire::Problems>> {
    let (workspace, now) = (shared.workspace.clone(), shared.now());
    let work = move || async move { Ok(wire::Problems::from(workspace.check(now).await?.as_slice())) };
    Ok(Json(shared.compute.run(work).await?))
}

/// How far to look back.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LookBack {
    /// Periods to look back on, 1 to 60 [default: 12].
    periods: Option<u16>,
}

/// What the definitions in the files would change in the scores of the last periods
#[utoipa::path(
    get, path = "/plan", tag = "definitions", params(LookBack),
    responses((status = 200, description = "What would change", body = Plan), Problems)
)]
async fn plan(
    State(shared): State<Shared>,
    _: Viewer,
    asked: std::result::Result<Query<LookBack>, QueryRejection>,
) -> Result<Json<Plan>> {
    let Query(asked) = asked.map_err(|rejection| Problem::input(format!("{}.", rejection.body_text())))?;
    let periods = asked.periods.unwrap_or(12);
    if !(1..=60).contains(&periods) {
        return Err(Problem::input("`periods` must be from 1 to 60."));
    }
    let (workspace, now) = (shared.workspace.clone(), shared.now());
    let work = move || async move { Ok(Plan::from(&workspace.plan(periods, now).await?)) };
    Ok(Json(shared.compute.run(work).await?))
}

/// Why definitions change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApplyRequest)]
struct Why {
    /// Why; kept with the revision.
    why: String,
    /// First period they are in force for [default: this month].
    from: Option<String>,
}

/// Puts the definitions in the files into force
#[utoipa::path(
    post, path = "/definitions/apply", tag = "definitions", request_body = Why,
    responses((status = 200, description = "The revision", body = Applied), Problems)
)]
async fn apply(
    State(shared): State<Shared>,
    Editor(person): Editor,
    Posted(why): Posted<Why>,
) -> Result<Json<Applied>> {
    if why.why.trim().is_empty() {
        return Err(Problem::input("A revision needs a reason.").hint("Say why; it is kept."));
    }
    let applied = shared.workspace.apply(&why.why, &person.name, why.from.as_deref(), shared.now())?;
    shared.audit(&person, "definitions.apply", "", &why.why);
    shared.warm();
    Ok(Json(Applied { changed: applied.is_some(), revision: applied.as_ref().map(Revision::from) }))
}

/// What was in force when, and why, oldest first
#[utoipa::path(
    get, path = "/revisions", tag = "definitions",
    responses((status = 200, description = "The revisions", body = Revisions), Problems)
)]
async fn revisions(State(shared): State<Shared>, _: Viewer) -> Result<Json<Revisions>> {
    let revisions = shared.workspace.revisions()?;
    Ok(Json(Revisions { revisions: revisions.iter().map(Revision::from).collect() }))
}
