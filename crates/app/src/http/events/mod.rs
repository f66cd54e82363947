//! Events as they happen: batches in our form, in Segment's and in PostHog's, answered when they are durable.
//!
//! What an event means is decided by `throughline-events`, what becomes of its rows by the engine's inbox; here stand
//! how requests come in, whose they are, and how much of them at a time.

mod answer;
mod body;
mod cors;
mod drain;
mod gate;
mod take;

use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::response::Response;
use axum::routing::post;
use axum::{Router, middleware};
use throughline_events::Form;

use super::problem::{Problem, Problems, Result};
use super::state::Shared;

pub use answer::{EventsRequest, Received, RejectedEvent};
pub use drain::{Ingest, run};

/// The calls of Segment's interface, each with a path of its own and the short one that its script for browsers uses.
const CALLS: [(&str, &str); 6] =
    [("track", "t"), ("identify", "i"), ("page", "p"), ("screen", "s"), ("alias", "a"), ("group", "g")];
/// What whole batches are called.
const BATCHES: [&str; 3] = ["batch", "b", "import"];
/// The paths of PostHog's interface.
const POSTHOG: [&str; 4] = ["/batch", "/capture", "/e", "/i/v0/e"];

/// All paths. They stand outside the rules for pages: other sites' pages may send here, with a token of their own.
pub fn routes() -> Router<Shared> {
    let mut router = Router::new()
        .route("/api/v1/events", post(events).options(cors::ask))
        .route("/v1/{call}", post(segment).options(cors::ask));
    for path in POSTHOG {
        // Its libraries differ in whether they end the path with a slash.
        router = router
            .route(path, post(posthog).options(cors::ask))
            .route(&format!("{path}/"), post(posthog).options(cors::ask));
    }
    router.layer(middleware::from_fn(cors::allow)).layer(DefaultBodyLimit::disable())
}

/// Take a batch of touchpoints
///
/// Answers when all good events are on disk. Bad ones are told one by one and do not harm the others. An event that
/// comes twice (the same `id`) counts once. Also at `/v1/batch`, `/v1/track`, `/v1/identify`, `/v1/page`, `/v1/screen`,
/// `/v1/alias`, `/v1/group` in Segment's form and at `/batch`, `/capture`, `/e`, `/i/v0/e` in PostHog's.
#[utoipa::path(
    post,
    path = "/api/v1/events",
    tag = "events",
    operation_id = "send_events",
    request_body = EventsRequest,
    responses(
        (status = 200, body = Received),
        (status = 413, description = "The batch is too large"),
        (status = 503, description = "Too much is waiting; Retry-After says when to send again"),
        Problems,
    )
)]
pub async fn events(State(shared): State<Shared>, request: Request) -> Result<Response> {
    take::batch(&shared, Form::Ours, request).await
}

async fn segment(State(shared): State<Shared>, Path(call): Path<String>, request: Request) -> Result<Response> {
    if BATCHES.contains(&call.as_str()) {
        return take::batch(&shared, Form::Segment(None), request).await;
    }
    let named = CALLS.into_iter().find(|(name, short)| *name == call || *short == call).map(|(name, _)| name);
    let named = named.ok_or_else(|| {
        let names: Vec<&str> = CALLS.iter().map(|(name, _)| *name).collect();
        Problem::not_found("There is no such call.").hint(format!("Calls: batch, {}.", names.join(", ")))
    })?;
    take::batch(&shared, Form::Segment(Some(named)), request).await
}

async fn posthog(State(shared): State<Shared>, request: Request) -> Result<Response> {
    take::batch(&shared, Form::PostHog, request).await
}
