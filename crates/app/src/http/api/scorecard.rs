//! The scorecard, its measures, and what is behind a number.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::commands::{explain, measure, moved, scorecard};
use crate::http::guard::Viewer;
use crate::http::people::Role;
use crate::http::problem::{Problems, Result};
use crate::http::query::{Asked, Parameters};
use crate::http::state::Shared;
use crate::wire;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(scorecard))
        .routes(routes!(measures))
        .routes(routes!(readings))
        .routes(routes!(explanation))
        .routes(routes!(scorecard_moved))
        .routes(routes!(measure_moved))
}

/// Where the company stands in a period
#[utoipa::path(
    get, path = "/scorecard", tag = "scorecard",
    params(Parameters::<scorecard::Arguments>),
    responses((status = 200, description = "The answer", body = wire::scorecard::Scorecard), Problems)
)]
async fn scorecard(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<scorecard::Arguments>,
) -> Result<Response> {
    shared.answer("/scorecard", asked, &person, &headers).await
}

/// All measures
#[utoipa::path(
    get, path = "/measures", tag = "scorecard",
    params(Parameters::<measure::All>),
    responses((status = 200, description = "The answer", body = wire::measure::Measures), Problems)
)]
async fn measures(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<measure::All>,
) -> Result<Response> {
    shared.answer("/measures", asked, &person, &headers).await
}

/// One measure over periods
#[utoipa::path(
    get, path = "/measures/{id}", tag = "scorecard",
    params(("id" = String, Path, description = "Id or name"), Parameters::<measure::One>),
    responses((status = 200, description = "The answer", body = wire::measure::Readings), Problems)
)]
async fn readings(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut asked: Asked<measure::One>,
) -> Result<Response> {
    let about = format!("/measures/{id}");
    asked.question.id = id;
    shared.answer(&about, asked, &person, &headers).await
}

/// Opens a number: how it comes about, its inputs, and with `rows` its records
#[utoipa::path(
    get, path = "/measures/{id}/explain", tag = "scorecard",
    params(("id" = String, Path, description = "Id or name"), Parameters::<explain::One>),
    responses((status = 200, description = "The answer", body = wire::explain::Trusted), Problems)
)]
async fn explanation(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut asked: Asked<explain::One>,
) -> Result<Response> {
    let about = format!("/measures/{id}/explain");
    asked.question.id = id;
    if asked.question.rows.is_some() {
        person.require(Role::Analyst)?;
    }
    shared.answer(&about, asked, &person, &headers).await
}

/// What moved the whole between two periods: measures, late data and changed definitions
#[utoipa::path(
    get, path = "/scorecard/moved", tag = "scorecard",
    params(Parameters::<moved::Whole>),
    responses((status = 200, description = "The answer", body = wire::moved::ScorecardMoved), Problems)
)]
async fn scorecard_moved(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<moved::Whole>,
) -> Result<Response> {
    shared.answer("/scorecard/moved", asked, &person, &headers).await
}

/// What moved a measure between two periods: dimensions or inputs, late data and changed definitions
#[utoipa::path(
    get, path = "/measures/{id}/moved", tag = "scorecard",
    params(("id" = String, Path, description = "Id or name"), Parameters::<moved::One>),
    responses((status = 200, description = "The answer", body = wire::moved::MeasureMoved), Problems)
)]
async fn measure_moved(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut asked: Asked<moved::One>,
) -> Result<Response> {
    let about = format!("/measures/{id}/moved");
    asked.question.id = id;
    shared.answer(&about, asked, &person, &headers).await
}
