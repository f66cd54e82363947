//! What went wrong, as a problem document (RFC 9457).

use std::num::NonZeroU16;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use throughline_engine::{Error, ErrorKind};
use utoipa::{IntoResponses, ToSchema};

/// A problem: what happened, as a sentence, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem.
    pub r#type: &'static str,
    /// The kind in words.
    pub title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What happened.
    pub detail: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// input, definition, damaged, busy, internal, unauthenticated, forbidden, not_found or too_many.
    pub error: &'static str,
    /// Every problem of the definitions, where they are at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problems: Option<Box<[crate::wire::definitions::Problem]>>,
    /// Seconds after which it is worth another try.
    #[serde(skip)]
    pub retry_after: Option<NonZeroU16>,
}

/// The name of a kind of problem, as RFC 9457 wants it.
fn name_of(error: &str) -> &'static str {
    match error {
        "input" => "urn:throughline:problem:input",
        "definition" => "urn:throughline:problem:definition",
        "damaged" => "urn:throughline:problem:damaged",
        "busy" => "urn:throughline:problem:busy",
        "unauthenticated" => "urn:throughline:problem:unauthenticated",
        "forbidden" => "urn:throughline:problem:forbidden",
        "not_found" => "urn:throughline:problem:not_found",
        "too_many" => "urn:throughline:problem:too_many",
        _ => "urn:throughline:problem:internal",
    }
}

/// Result of everything a handler does.
pub type Result<T> = std::result::Result<T, Problem>;

impl Problem {
    fn new(status: StatusCode, error: &'static str, title: &'static str, detail: impl Into<String>) -> Problem {
        Problem {
            r#type: name_of(error),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            hint: None,
            error,
            problems: None,
            retry_after: None,
        }
    }

    /// Definitions must be changed; all their problems.
    pub fn definition(detail: impl Into<String>, problems: Vec<crate::wire::definitions::Problem>) -> Problem {
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "definition", "A definition is wrong", detail);
        Problem { problems: Some(problems.into()), ..problem }
    }

    /// The request must be changed.
    pub fn input(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "input", "The request cannot be answered", detail)
    }

    /// There is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "not_found", "There is no such thing", detail)
    }

    /// Somebody else is at work.
    pub fn busy(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::CONFLICT, "busy", "Somebody else is at work", detail)
    }

    /// Nobody knows who asks.
    pub fn unauthenticated() -> Problem {
        let detail = "Nobody is logged in.";
        Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", "A login is needed", detail)
    }

    /// Who asks may not.
    pub fn forbidden(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, "forbidden", "That is not allowed", detail)
    }

    /// Too much at once.
    pub fn too_many(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many", "Too much at once", detail)
    }

    /// The answer takes longer than a request may.
    pub fn slow(seconds: u64) -> Problem {
        let detail = format!("There is no answer after {seconds} seconds.");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The answer takes long", detail)
            .hint("It is still being worked on where it can be kept: ask again in a while.")
    }

    /// A defect of the program or of the machine. What it was goes to the log, not to who asked.
    pub fn internal() -> Problem {
        let detail = "Something went wrong inside the program.";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The program failed", detail)
            .hint("The log of the server says more; X-Request-Id names the line.")
    }

    /// A body that is larger than allowed.
    pub fn too_large(most: u64) -> Problem {
        let detail = format!("The body is larger than {most} bytes.");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "input", "The body is too large", detail)
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn after(mut self, seconds: u64) -> Problem {
        self.retry_after = NonZeroU16::new(u16::try_from(seconds).unwrap_or(u16::MAX));
        self
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Problem {
        self.status = status.as_u16();
        self
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let (status, name, title) = match error.kind {
            ErrorKind::Input => (StatusCode::BAD_REQUEST, "input", "The request cannot be answered"),
            ErrorKind::Definition => (StatusCode::UNPROCESSABLE_ENTITY, "definition", "A definition is wrong"),
            ErrorKind::Busy => (StatusCode::CONFLICT, "busy", "Somebody else is at work"),
            ErrorKind::Damaged => (StatusCode::INTERNAL_SERVER_ERROR, "damaged", "The workspace is damaged"),
            ErrorKind::Internal => {
                tracing::error!(message = %error.message, "an internal error");
                return Problem::internal();
            }
        };
        Problem { hint: error.hint, ..Problem::new(status, name, title, error.message) }
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Problem {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(super::server::BODY_BYTES as u64),
            status => Problem::input(format!("{}.", rejection.body_text())).with_status(match status {
                StatusCode::UNSUPPORTED_MEDIA_TYPE => status,
                _ => StatusCode::BAD_REQUEST,
            }),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.get()));
        }
        response
    }
}

/// The problems that every part of the interface may answer with.
pub struct Problems;

impl IntoResponses for Problems {
    fn responses() -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
        let schema = utoipa::openapi::Ref::from_schema_name("Problem");
        let content = utoipa::openapi::ContentBuilder::new().schema(Some(schema)).build();
        let response = utoipa::openapi::ResponseBuilder::new()
            .description("A problem document")
            .content("application/problem+json", content)
            .build();
        std::collections::BTreeMap::from([("default".to_owned(), utoipa::openapi::RefOr::T(response))])
    }
}
