//! Long work: watching and cancelling it.

use std::convert::Infallible;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, stream};
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::guard::{Editor, Viewer};
use crate::http::jobs::{Job, JobList};
use crate::http::problem::{Problems, Result};
use crate::http::state::Shared;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(jobs)).routes(routes!(job, cancel)).routes(routes!(events))
}

/// All jobs since the server began, newest first
#[utoipa::path(
    get, path = "/jobs", tag = "jobs",
    responses((status = 200, description = "The jobs", body = JobList), Problems)
)]
async fn jobs(State(shared): State<Shared>, _: Viewer) -> Json<JobList> {
    Json(shared.jobs.all())
}

/// One job
#[utoipa::path(
    get, path = "/jobs/{id}", tag = "jobs", params(("id" = u64, Path, description = "Number of the job")),
    responses((status = 200, description = "The job", body = Job), Problems)
)]
async fn job(State(shared): State<Shared>, _: Viewer, Path(id): Path<u64>) -> Result<Json<Job>> {
    let job = shared.jobs.watch(id)?.borrow().clone();
    Ok(Json(job))
}

/// Asks a job to stop; it leaves nothing behind unless it was committed already
#[utoipa::path(
    delete, path = "/jobs/{id}", tag = "jobs", params(("id" = u64, Path, description = "Number of the job")),
    responses((status = 200, description = "The job when it was asked to stop", body = Job), Problems)
)]
async fn cancel(State(shared): State<Shared>, Editor(person): Editor, Path(id): Path<u64>) -> Result<Json<Job>> {
    let job = shared.jobs.cancel(id)?;
    shared.audit(&person, "job.cancel", &format!("job {id}"), "");
    Ok(Json(job))
}

/// A job as it goes on: events `progress`, and `done` at its end, each with the job
#[utoipa::path(
    get, path = "/jobs/{id}/events", tag = "jobs", params(("id" = u64, Path, description = "Number of the job")),
    responses((status = 200, description = "Server-sent events", body = String, content_type = "text/event-stream"), Problems)
)]
async fn events(
    State(shared): State<Shared>,
    _: Viewer,
    Path(id): Path<u64>,
) -> Result<Sse<impl Stream<Item = std::result::Result<Event, Infallible>>>> {
    let job = shared.jobs.watch(id)?;
    Ok(Sse::new(told(job, shared.closing())).keep_alive(KeepAlive::default()))
}

/// What is there at once, then every change, until the job or the server ends.
fn told(
    mut job: watch::Receiver<Job>,
    closing: watch::Receiver<bool>,
) -> impl Stream<Item = std::result::Result<Event, Infallible>> {
    job.mark_changed();
    stream::unfold(Some((job, closing)), |state| async move {
        let (mut job, mut closing) = state?;
        tokio::select! {
            changed = job.changed() => changed.ok()?,
            _ = closing.wait_for(|closing| *closing) => return None,
        }
        let now = job.borrow_and_update().clone();
        let name = if now.has_ended() { "done" } else { "progress" };
        // A job is always JSON.
        let event = Event::default().event(name).json_data(&now).unwrap_or_else(|_| Event::default().event(name));
        Some((Ok(event), (!now.has_ended()).then_some((job, closing))))
    })
}
