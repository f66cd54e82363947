//! Structured logs: one line per request, with an id that the answer carries too. Neither paths nor queries are
//! written, since they name customers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use tracing_subscriber::EnvFilter;

use super::state::Shared;

/// Names a request in the log and in its answer.
pub const ID: HeaderName = HeaderName::from_static("x-request-id");

/// Starts the log on standard error: lines for people, in colour where that can be seen, or JSON. `THROUGHLINE_LOG` sets what is written.
pub fn start(json: bool, colour: bool) {
    let filter = EnvFilter::try_from_env("THROUGHLINE_LOG").unwrap_or_else(|_| EnvFilter::new("warn,throughline=info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A log that runs already stays.
    let _ = if json {
        builder.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    } else {
        builder.with_target(false).with_ansi(colour).compact().try_init()
    };
}

/// Numbers requests, times them, and writes what became of them.
pub async fn request(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let id = format!("{:08x}-{:06x}", shared.started_as, NUMBER.fetch_add(1, Ordering::Relaxed));
    let method = request.method().as_str().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("page", MatchedPath::as_str).to_owned();
    let begun = Instant::now();
    let span = tracing::info_span!(target: "throughline::http", "request", id = %id);
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    let _entered = span.enter();
    tracing::info!(target: "throughline::http", method, route, status, ms = took.as_millis() as u64, "answered");
    shared.metrics.answered(&method, &route, status, took);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(ID, value);
    }
    response
}
