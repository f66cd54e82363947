//! Whether the server is alive, whether it can answer, and what it counted.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, Router, routing};
use serde::Serialize;

use super::people::Role;
use super::problem::{Problem, Result};
use super::state::Shared;

#[derive(Serialize)]
struct Word {
    status: &'static str,
}

/// The three paths.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/health", routing::get(health))
        .route("/ready", routing::get(ready))
        .route("/metrics", routing::get(metrics))
}

async fn health() -> Response {
    Json(Word { status: "alive" }).into_response()
}

/// Ready: the workspace can be read, and the server is not closing.
async fn ready(State(shared): State<Shared>) -> Result<Response> {
    if shared.is_closing() {
        return Err(Problem::slow(0));
    }
    shared.version(false)?;
    Ok(Json(Word { status: "ready" }).into_response())
}

/// For this machine, and for admins.
async fn metrics(
    State(shared): State<Shared>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Result<Response> {
    let is_near = peer.is_some_and(|Extension(ConnectInfo(peer))| peer.ip().to_canonical().is_loopback());
    if !is_near {
        shared.people.authenticate(&headers)?.ok_or_else(Problem::unauthenticated)?.require(Role::Admin)?;
    }
    if let Some(ingest) = &shared.ingest {
        let (now, [waiting, stored]) = (ingest.inbox.waiting(), &shared.metrics.events_waiting);
        waiting.set(i64::try_from(now.bytes).unwrap_or(i64::MAX));
        stored.set(i64::try_from(now.stored_bytes).unwrap_or(i64::MAX));
    }
    let text = shared.metrics.text(shared.version(false)?.data);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
