//! Pages of other sites may send events: their scripts are allowed to, without cookies. No other path allows that.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// How long browsers remember that they may.
const REMEMBER: &str = "86400";

/// Answers browsers that ask first.
pub async fn ask() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Allows browsers to send, and to read answers.
pub async fn allow(request: Request, next: Next) -> Response {
    let asks = request.method() == Method::OPTIONS;
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if asks {
        let allowed = "authorization, content-type, content-encoding, x-requested-with";
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, OPTIONS"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(allowed));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(REMEMBER));
    }
    response
}
