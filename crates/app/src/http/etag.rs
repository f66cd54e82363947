//! ETags: what names an answer, and whether who asks has it already.

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
pub fn tag(key: Key) -> String {
    format!("W/\"{key:032x}\"")
}

/// Whether `If-None-Match` names the tag.
pub fn is_held(headers: &HeaderMap, tag: &str) -> bool {
    let bare = tag.trim_start_matches("W/");
    let names = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    names
        .flat_map(|value| value.split(','))
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == bare || one == "*")
}

/// An answer with its tag.
pub fn tagged(tag: &str, kind: &'static str, bytes: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    private(&mut response, tag);
    response
}

/// Says that who asks has the answer already.
pub fn unchanged(tag: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    private(&mut response, tag);
    response
}

fn private(response: &mut Response<Body>, tag: &str) {
    if let Ok(tag) = HeaderValue::from_str(tag) {
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
        assert!(!is_held(&headers, "W/\"1\""));
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static("\"0\", W/\"1\""));
        assert!(is_held(&headers, "W/\"1\"") && !is_held(&headers, "W/\"2\""));
    }
}
