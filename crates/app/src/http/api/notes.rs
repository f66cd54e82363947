//! What people note about a measure on a day.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use throughline_people::NewNote;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Posted, store};
use crate::cli::Moment;
use crate::http::guard::{Editor, Viewer};
use crate::http::problem::{Problem, Problems, Result};
use crate::http::state::Shared;
use crate::wire::note::{Note, Notes};

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(notes, add)).routes(routes!(delete))
}

/// The notes on a measure, by day
#[utoipa::path(
    get, path = "/measures/{id}/notes", tag = "scorecard",
    params(("id" = String, Path, description = "Id of the measure")),
    responses((status = 200, description = "The notes", body = Notes), Problems)
)]
async fn notes(State(shared): State<Shared>, _: Viewer, Path(id): Path<String>) -> Result<Json<Notes>> {
    shared.reader(&Moment::default())?.reader.find(&id).map_err(|error| Problem::not_found(error.message))?;
    let notes = match shared.people.store() {
        Some(store) => store.notes(&id)?,
        None => Vec::new(),
    };
    Ok(Json(Notes::from(notes.as_slice())))
}

/// A note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoteRequest)]
struct New {
    /// The day it is about, such as 2026-03-14.
    at: String,
    /// What is to be known, 1 to 2000 characters.
    text: String,
}

/// Notes something about a measure on a day
#[utoipa::path(
    post, path = "/measures/{id}/notes", operation_id = "add_note", tag = "scorecard", request_body = New,
    params(("id" = String, Path, description = "Id of the measure")),
    responses((status = 201, description = "The note", body = Note), Problems)
)]
async fn add(
    State(shared): State<Shared>,
    Editor(person): Editor,
    Path(id): Path<String>,
    Posted(new): Posted<New>,
) -> Result<(StatusCode, Json<Note>)> {
    shared.reader(&Moment::default())?.reader.find(&id).map_err(|error| Problem::not_found(error.message))?;
    let at = new.at.parse().map_err(|_| Problem::input("`at` must be a day, such as 2026-03-14."))?;
    let note = NewNote { measure: &id, at, text: &new.text };
    let note = store(&shared)?.add_note(&person.actor(), &note, shared.now())?;
    Ok((StatusCode::CREATED, Json(Note::from(&note))))
}

/// Deletes a note: its author, or an editor
#[utoipa::path(
    delete, path = "/notes/{number}", operation_id = "delete_note", tag = "scorecard",
    params(("number" = i64, Path, description = "Number of the note")),
    responses((status = 204, description = "Deleted"), Problems)
)]
async fn delete(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    Path(number): Path<String>,
) -> Result<StatusCode> {
    let number = number.parse().map_err(|_| Problem::not_found("There is no such note."))?;
    store(&shared)?.delete_note(&person.actor(), number, shared.now())?;
    Ok(StatusCode::NO_CONTENT)
}
