//! The page: files built by `make`, held in the program.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use rust_embed::RustEmbed;

use super::etag;
use super::problem::Problem;
use super::state::Shared;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Built;

/// Shown where the page was not built.
const NOT_BUILT: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Throughline</title>\n\
    <p>This program was built without its page: <code>make</code> builds it. \
    The HTTP interface is at <a href=\"/api/v1/workspace\">/api/v1</a>.</p></html>\n";

/// Answers everything that is no part of the interface: a file of the page, or the page itself, whose own paths only
/// it knows.
pub async fn answer(State(shared): State<Shared>, method: Method, uri: Uri, headers: HeaderMap) -> Response<Body> {
    let path = uri.path();
    if path.starts_with("/api/") || path == "/api" {
        return Problem::not_found(format!("There is nothing at {path}.")).into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return Problem::not_found(format!("Nothing can be sent to {path}."))
            .with_status(StatusCode::METHOD_NOT_ALLOWED)
            .into_response();
    }
    let folder = shared.config.page.as_deref();
    let name = path.trim_start_matches('/');
    if let Some(file) = file(folder, name).filter(|_| !name.is_empty()) {
        return sent(name, file, &headers);
    }
    // A missing file of the page must not come back as the page: browsers would run it.
    if name.starts_with("assets/") {
        return Problem::not_found(format!("The page has no file {name}.")).into_response();
    }
    match file(folder, "index.html") {
        Some(file) => sent("index.html", file, &headers),
        None => sent("index.html", Cow::Borrowed(NOT_BUILT.as_bytes()), &headers),
    }
}

fn file(folder: Option<&Path>, name: &str) -> Option<Cow<'static, [u8]>> {
    match folder {
        Some(folder) => std::fs::read(inside(folder, name)?).ok().map(Cow::Owned),
        None => Built::get(name).map(|file| file.data),
    }
}

/// A path that cannot leave its folder.
fn inside(folder: &Path, name: &str) -> Option<PathBuf> {
    let name = Path::new(name);
    name.components().all(|part| matches!(part, Component::Normal(_))).then(|| folder.join(name))
}

fn sent(name: &str, file: Cow<'static, [u8]>, headers: &HeaderMap) -> Response<Body> {
    let bytes = match file {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    // Names in assets/ hold a hash of their content.
    let keep = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let key = xxhash_rust::xxh3::xxh3_128(&bytes);
    let mut response =
        if etag::is_held(headers, key) { etag::unchanged(key) } else { etag::tagged(key, kind(name), bytes) };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_the_folder() {
        let folder = Path::new("/page");
        assert_eq!(inside(folder, "assets/a.js"), Some(PathBuf::from("/page/assets/a.js")));
        for name in ["../secret", "assets/../../secret", "/etc/passwd", "./a"] {
            assert_eq!(inside(folder, name), None, "{name}");
        }
    }
}
