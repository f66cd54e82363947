//! ETags: what names an answer, and whether who asks has it already.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use xxhash_rust::xxh3::Xxh3;

use super::answers::Key;

/// One number for several parts; no two different lists of parts share their text.
pub fn key(parts: &[&str]) -> Key {
    let mut hash = Xxh3::new();
    for part in parts {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.digest128()
}

/// The tag of an answer. Weak: compression changes the bytes, not what they say.
fn tag(key: Key) -> String {
    format!("W/\"{key:032x}\"")
}

/// Whether `If-None-Match` names the answer.
pub fn is_held(headers: &HeaderMap, key: Key) -> bool {
    let tag = tag(key);
    let bare = tag.trim_start_matches("W/");
    let names = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    names
        .flat_map(|value| value.split(','))
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == bare || one == "*")
}

/// How long outdated data may be for who asks: `Cache-Control: max-stale=SECONDS`.
pub fn may_be_old(headers: &HeaderMap) -> Option<Duration> {
    let control = headers.get(header::CACHE_CONTROL)?.to_str().ok()?;
    let seconds = control.split(',').find_map(|directive| directive.trim().strip_prefix("max-stale="))?;
    Some(Duration::from_secs(seconds.parse::<u64>().ok()?))
}

/// Says of an answer about earlier data since when there are newer ones.
pub fn aged(mut response: Response<Body>, age: Option<Duration>) -> Response<Body> {
    if let Some(age) = age {
        response.headers_mut().insert(header::AGE, HeaderValue::from(age.as_secs()));
    }
    response
}

/// An answer with its tag.
pub fn tagged(key: Key, kind: &'static str, bytes: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    private(&mut response, key);
    response
}

/// Says that who asks has the answer already.
pub fn unchanged(key: Key) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    private(&mut response, key);
    response
}

fn private(response: &mut Response<Body>, key: Key) {
    if let Ok(tag) = HeaderValue::from_str(&tag(key)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
        assert_ne!(key(&["a", ""]), key(&["a"]));
    }

    #[test]
    fn a_held_tag_is_found_in_a_list() {
        let mut headers = HeaderMap::new();
        assert!(!is_held(&headers, 1));
        let list = format!("\"0\", {}", tag(1));
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_str(&list).unwrap_or_else(|_| unreachable!()));
        assert!(is_held(&headers, 1) && !is_held(&headers, 2));
    }

    #[test]
    fn who_takes_old_answers_says_so() {
        let mut headers = HeaderMap::new();
        assert_eq!(may_be_old(&headers), None);
        for (control, seconds) in [("no-cache", None), ("max-stale", None), ("no-transform, max-stale=60", Some(60))] {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(control));
            assert_eq!(may_be_old(&headers), seconds.map(Duration::from_secs));
        }
    }
}
