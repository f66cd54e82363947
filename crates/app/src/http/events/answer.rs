//! What senders are told.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use throughline_events::{Form, Rejection};
use utoipa::ToSchema;

use crate::http::problem::Problem;

/// A batch in our form.
#[derive(Debug, ToSchema)]
pub struct EventsRequest {
    /// Rows of standard tables: columns by name. `table` is interactions where absent; `id` may stand for the key.
    #[schema(value_type = Vec<Object>)]
    pub events: Vec<Value>,
}

/// What became of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct Received {
    /// Events that are kept, durable now.
    pub accepted: usize,
    /// Those of them that were known already.
    pub repeated: usize,
    /// Events that are understood and concern no journey.
    pub ignored: usize,
    /// Events that are not kept.
    pub rejected: Vec<RejectedEvent>,
}

/// The same with a member that the vendor's libraries look for.
#[derive(Serialize)]
struct ToVendor {
    #[serde(skip_serializing_if = "Option::is_none")]
    success: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(flatten)]
    received: Received,
}

/// An event that is not kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct RejectedEvent {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// What is wrong, as a sentence.
    pub reason: String,
    /// What to do.
    pub fix: String,
}

impl From<Rejection> for RejectedEvent {
    fn from(rejection: Rejection) -> RejectedEvent {
        let reason = format!("The event {}.", rejection.reason);
        RejectedEvent { index: rejection.index, id: rejection.id, reason, fix: rejection.fix }
    }
}

/// The answer to a batch; 400 where nothing of it is any good, with the same list.
pub fn answer(form: Form, received: Received) -> Response {
    if received.rejected.is_empty() || received.accepted + received.ignored > 0 {
        let success = matches!(form, Form::Segment(_)).then_some(true);
        let status = (form == Form::PostHog).then_some("Ok");
        return Json(ToVendor { success, status, received }).into_response();
    }
    let problem = Problem::input("None of the events can be kept.").hint("`rejected` says why, one by one.");
    let mut body = serde_json::to_value(problem).unwrap_or_default();
    if let (Some(body), Ok(list)) = (body.as_object_mut(), serde_json::to_value(received.rejected)) {
        body.insert("rejected".to_owned(), list);
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))];
    (StatusCode::BAD_REQUEST, kind, Json(body).into_response().into_body()).into_response()
}

/// Says when to send again.
pub fn later(problem: Problem, seconds: u32) -> Response {
    let mut response = problem.with_status(StatusCode::SERVICE_UNAVAILABLE).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
