//! Questions about journeys.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::commands::journey as ask;
use crate::http::guard::Viewer;
use crate::http::problem::{Problems, Result};
use crate::http::query::{Asked, Parameters};
use crate::http::state::Shared;
use crate::wire::journey as wire;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(overview))
        .routes(routes!(funnel))
        .routes(routes!(transitions))
        .routes(routes!(paths))
        .routes(routes!(conformance))
        .routes(routes!(retention))
        .routes(routes!(lifecycle))
        .routes(routes!(attribution))
        .routes(routes!(delivery))
        .routes(routes!(pains))
}

/// Who is in each stage, who moves on, and what happens there
#[utoipa::path(
    get, path = "/journey", tag = "journey",
    params(Parameters::<ask::overview::Arguments>),
    responses((status = 200, description = "The answer", body = wire::overview::Overview), Problems)
)]
async fn overview(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<ask::overview::Arguments>,
) -> Result<Response> {
    shared.answer("/journey", asked, &person, &headers).await
}

/// How far people come along steps: `steps=product_viewed,cart_added,order`
#[utoipa::path(
    get, path = "/journey/funnel", tag = "journey",
    params(Parameters::<ask::funnel::Arguments>),
    responses((status = 200, description = "The answer", body = wire::funnel::Funnel), Problems)
)]
async fn funnel(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<ask::funnel::Arguments>,
) -> Result<Response> {
    shared.answer("/journey/funnel", asked, &person, &headers).await
}

/// Which step follows which, how often and after how long
#[utoipa::path(
    get, path = "/journey/transitions", tag = "journey",
    params(Parameters::<ask::transitions::Arguments>),
    responses((status = 200, description = "The answer", body = wire::transitions::Transitions), Problems)
)]
async fn transitions(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<ask::transitions::Arguments>,
) -> Result<Response> {
    shared.answer("/journey/transitions", asked, &person, &headers).await
}

/// The sequences of steps that people go through
#[utoipa::path(
    get, path = "/journey/paths", tag = "journey",
    params(Parameters::<ask::paths::Arguments>),
    responses((status = 200, description = "The answer", body = wire::paths::Paths), Problems)
)]
async fn paths(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<ask::paths::Arguments>,
) -> Result<Response> {
    shared.answer("/journey/paths", asked, &person, &headers).await
}

/// Who follows the map of stages, and where the others leave it
#[utoipa::path(
    get, path = "/journey/conformance", tag = "journey",
    params(Parameters::<ask::conformance::Arguments>),
    responses((status = 200, description = "The answer", body = wire::conformance::Conformance), Problems)
)]
async fn conformance(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<ask::conformance::Arguments>,
) -> Result<Response> {
    shared.answer("/journey/conformance", asked, &person, &headers).await
}

/// Who orders again, period by period after the first order
#[utoipa::path(
    get, path = "/journey/retention", tag = "journey",
    params(Parameters::<ask::retention::Arguments>),
    responses((status = 200, description = "The answer", body = wire::retention::Answer), Problems)
)]
async fn retention(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<ask::retention::Arguments>,
) -> Result<Response> {
    shared.answer("/journey/retention", asked, &person, &headers).await
}

/// New, returning, resurrected, paused and dormant customers
#[utoipa::path(
    get, path = "/journey/lifecycle", tag = "journey",
    params(Parameters::<ask::lifecycle::Arguments>),
    responses((status = 200, description = "The answer", body = wire::lifecycle::Answer), Problems)
)]
async fn lifecycle(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<ask::lifecycle::Arguments>,
) -> Result<Response> {
    shared.answer("/journey/lifecycle", asked, &person, &headers).await
}

/// Channels before orders, by rules side by side
#[utoipa::path(
    get, path = "/journey/attribution", tag = "journey",
    params(Parameters::<ask::attribution::Journeys>),
    responses((status = 200, description = "The answer", body = wire::attribution::Answer), Problems)
)]
async fn attribution(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<ask::attribution::Journeys>,
) -> Result<Response> {
    shared.answer("/journey/attribution", asked, &person, &headers).await
}

/// Promised against actual delivery, and what follows
#[utoipa::path(
    get, path = "/journey/delivery", tag = "journey",
    params(Parameters::<ask::delivery::Arguments>),
    responses((status = 200, description = "The answer", body = wire::delivery::Answer), Problems)
)]
async fn delivery(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<ask::delivery::Arguments>,
) -> Result<Response> {
    shared.answer("/journey/delivery", asked, &person, &headers).await
}

/// Obstacles found in the journeys, ranked by money at stake
#[utoipa::path(
    get, path = "/journey/pains", tag = "journey",
    params(Parameters::<ask::pains::Arguments>),
    responses((status = 200, description = "The answer", body = wire::pains::Answer), Problems)
)]
async fn pains(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<ask::pains::Arguments>,
) -> Result<Response> {
    shared.answer("/journey/pains", asked, &person, &headers).await
}
