//! Who may send events: whoever shows a token for it. Where nobody needs a login, pages of this machine only, because
//! any page that somebody looks at could send to the loopback interface.

use axum::http::{HeaderMap, header};
use throughline_events::basic_user;

use crate::http::origin::is_near;
use crate::http::problem::{Problem, Result};
use crate::http::state::Shared;

/// The token in `Authorization`: `Bearer TOKEN`, or the user name of basic authentication.
pub fn token(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Some(token.trim().to_owned()),
        _ => basic_user(text),
    }
}

/// Lets in who may send; `key` is the one in the body.
///
/// # Errors
/// Unauthenticated: there is no token, or it is not for events. Forbidden: a page from elsewhere.
pub fn check(shared: &Shared, headers: &HeaderMap, key: Option<&str>) -> Result<()> {
    if !shared.people.login_required()? {
        return if is_near(headers) {
            Ok(())
        } else {
            Err(Problem::forbidden("The request comes from a page of another site."))
        };
    }
    let token = token(headers);
    match token.as_deref().or(key) {
        Some(token) if shared.people.may_send_events(token) => Ok(()),
        _ => Err(Problem::unauthenticated().hint(
            "Send a token with the scope `events`: as Authorization: Bearer TOKEN, as the write key (Segment), or as \
             api_key (PostHog).",
        )),
    }
}
