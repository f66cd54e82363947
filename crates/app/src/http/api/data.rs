//! Where data come from, what was set aside, and who is who.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::commands::{identity, rejects, sources};
use crate::http::guard::{Analyst, Viewer};
use crate::http::problem::{Problems, Result};
use crate::http::query::{Asked, Parameters};
use crate::http::state::Shared;
use crate::wire;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(health_of_sources))
        .routes(routes!(rejected))
        .routes(routes!(links))
        .routes(routes!(conflicts))
        .routes(routes!(name))
}

/// Every source of every table, and how far it can be trusted
#[utoipa::path(
    get, path = "/sources", tag = "data",
    params(Parameters::<sources::Arguments>),
    responses((status = 200, description = "The answer", body = wire::sources::Sources), Problems)
)]
async fn health_of_sources(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<sources::Arguments>,
) -> Result<Response> {
    shared.answer("/sources", asked, &person, &headers).await
}

/// Rows that were set aside; viewers do not see what stood in them
#[utoipa::path(
    get, path = "/rejects", tag = "data",
    params(Parameters::<rejects::Filter>),
    responses((status = 200, description = "The answer", body = wire::rejects::Rejects), Problems)
)]
async fn rejected(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<rejects::Filter>,
) -> Result<Response> {
    shared.answer("/rejects", asked, &person, &headers).await
}

/// All links between names, counted by reason
#[utoipa::path(
    get, path = "/identity", tag = "identity",
    params(Parameters::<identity::All>),
    responses((status = 200, description = "The answer", body = wire::identity::LinkList), Problems)
)]
async fn links(
    State(shared): State<Shared>,
    Analyst(person): Analyst,
    headers: HeaderMap,
    asked: Asked<identity::All>,
) -> Result<Response> {
    shared.answer("/identity", asked, &person, &headers).await
}

/// Where names cannot be told apart, so that nothing is linked
#[utoipa::path(
    get, path = "/identity/conflicts", tag = "identity",
    params(Parameters::<identity::Conflicts>),
    responses((status = 200, description = "The answer", body = wire::identity::Conflicts), Problems)
)]
async fn conflicts(
    State(shared): State<Shared>,
    Analyst(person): Analyst,
    headers: HeaderMap,
    asked: Asked<identity::Conflicts>,
) -> Result<Response> {
    shared.answer("/identity/conflicts", asked, &person, &headers).await
}

/// Whose a name is, and why
#[utoipa::path(
    get, path = "/identity/{name}", tag = "identity",
    params(("name" = String, Path, description = "Id or name"), Parameters::<identity::One>),
    responses((status = 200, description = "The answer", body = wire::identity::Identity), Problems)
)]
async fn name(
    State(shared): State<Shared>,
    Analyst(person): Analyst,
    Path(name): Path<String>,
    headers: HeaderMap,
    mut asked: Asked<identity::One>,
) -> Result<Response> {
    let about = format!("/identity/{name}");
    asked.question.name = name;
    shared.answer(&about, asked, &person, &headers).await
}
