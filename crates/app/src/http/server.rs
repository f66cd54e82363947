//! The server as a whole: its routes, what every request passes through, and how it begins and ends.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing};
use bytes::Bytes;
use jiff::Timestamp;
use throughline_engine::Result;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use super::connections::closed;
use super::origin::Hosts;
use super::people::People;
use super::problem::Problem;
use super::state::{Shared, State as ServerState};
use super::uploads::Uploads;
use super::{api, connections, events, headers, health, log, origin, page, rate, schedule};

/// Bytes of a JSON body at most.
pub const BODY_BYTES: usize = 16 << 20;
/// How long requests may go on after the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// How a server is started.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of the workspace.
    pub workspace: PathBuf,
    /// Names it answers to.
    pub hosts: Hosts,
    /// A folder to take the page from, instead of the one in the program.
    pub page: Option<PathBuf>,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// Bytes of an uploaded file at most.
    pub upload_bytes: u64,
    /// How long a request may take until its answer begins.
    pub patience: Duration,
    /// How long events wait for an import at least.
    pub events_every: Duration,
    /// How long a client may take to say what it wants.
    pub headers_within: Duration,
    /// Requests a second that each peer may send where people log in; without it any number.
    pub requests_per_second: Option<NonZeroU32>,
}

/// A server that is ready to be served.
pub struct App {
    /// Everything it answers.
    pub router: Router,
    /// What its requests share.
    pub shared: Shared,
    /// The description of its interface (OpenAPI), as JSON.
    pub description: String,
}

/// The description of the HTTP interface as JSON.
///
/// # Errors
/// Internal: it cannot be written.
pub fn description() -> Result<String> {
    let (_, document) = api::routes().split_for_parts();
    Ok(serde_json::to_string_pretty(&api::described(document))? + "\n")
}

/// Puts a server together.
///
/// # Errors
/// Input: there is no workspace.
pub fn build(config: Config, people: Arc<dyn People>) -> Result<App> {
    let shared = ServerState::new(config, people)?;
    Uploads::of(shared.workspace.folder()).forget();
    let description = description()?;
    let (routes, _) = api::routes().split_for_parts();
    let published = Bytes::from(description.clone());
    let openapi = routing::get(move || async move { ([(header::CONTENT_TYPE, "application/json")], published) });
    let router = routes
        .route("/api/v1/openapi.json", openapi)
        .route_layer(from_fn_with_state(shared.clone(), rate::limit))
        .merge(health::routes())
        .fallback(page::answer)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn(origin::check_origin))
        // Other sites' pages may send events; these say themselves who may.
        .merge(events::routes())
        .method_not_allowed_fallback(wrong_method)
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(shared.clone(), in_time))
        .layer(from_fn_with_state(shared.clone(), origin::check_host))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(headers::add))
        .layer(from_fn_with_state(shared.clone(), log::request))
        .with_state(shared.clone());
    Ok(App { router, shared, description })
}

/// Serves until `stop`, then lets what is being answered come to its end, for a while.
///
/// # Errors
/// Internal: the network fails.
pub async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    let shared = app.shared.clone();
    let closing = shared.closing();
    tokio::spawn(async move {
        stop.await;
        shared.jobs.cancel_all();
        shared.close();
    });
    app.shared.warm();
    schedule::start(&app.shared);
    let every = app.shared.config.events_every;
    tokio::spawn(events::run(app.shared.clone(), every));
    let headers_within = app.shared.config.headers_within;
    let served = connections::serve(listener, app.router, closing.clone(), headers_within);
    tokio::select! {
        () = served => Ok(()),
        () = async { closed(closing).await; tokio::time::sleep(GRACE).await } => {
            tracing::warn!("requests that did not end in time were cut off");
            Ok(())
        }
    }
}

/// Gives up waiting, not working: what is being worked out is kept for the next who asks.
async fn in_time(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let streams = request.method() == Method::POST && request.uri().path() == "/api/v1/uploads";
    if streams {
        return next.run(request).await;
    }
    let patience = shared.config.patience;
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let mut response = Problem::slow(patience.as_secs()).into_response();
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            response
        }
    }
}

async fn wrong_method(request: Request) -> Problem {
    let (method, path) = (request.method(), request.uri().path());
    Problem::input(format!("{path} does not know {method}.")).with_status(StatusCode::METHOD_NOT_ALLOWED)
}

fn panicked(what: Box<dyn std::any::Any + Send>) -> Response {
    let text = what.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| what.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(text, "a request panicked");
    Problem::internal().into_response()
}
