//! Who comes in: names, origins, roles, and what every answer carries.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::client::{get, get_as, get_with, guarded, post, post_as, request, send, site};

/// Every path that writes, with the least role it needs and a body it can read.
fn writes() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    vec![
        ("POST", "/uploads?name=a.csv", "analyst", json!({})),
        ("DELETE", "/uploads/0123456789abcdef", "analyst", json!({})),
        ("POST", "/imports", "editor", json!({"uploads": ["0123456789abcdef"]})),
        ("POST", "/sample", "editor", json!({})),
        ("POST", "/rejects/replay", "analyst", json!({"files": []})),
        ("POST", "/identity/links", "editor", json!({"alias": "a", "customer_id": "b", "why": "c"})),
        ("POST", "/identity/unlinks", "editor", json!({"alias": "a"})),
        ("DELETE", "/jobs/1", "editor", json!({})),
        ("POST", "/sql", "analyst", json!({"query": "SELECT 1"})),
        ("PUT", "/definitions/scorecard.toml", "editor", json!({"text": "format = 1"})),
        ("PUT", "/definitions/measures/nps.toml", "editor", json!({"text": "format = 1"})),
        ("POST", "/definitions/apply", "editor", json!({"why": "test"})),
        ("POST", "/measures/revenue/notes", "editor", json!({"at": "2026-06-01", "text": "a sale"})),
        ("DELETE", "/notes/1", "viewer", json!({})),
        ("POST", "/users", "admin", json!({"name": "a", "role": "viewer", "password": "a long password"})),
        ("PATCH", "/users/a", "admin", json!({"disabled": true})),
        ("DELETE", "/users/a", "admin", json!({})),
        ("POST", "/tokens", "admin", json!({"name": "a", "scopes": ["read"]})),
        ("DELETE", "/tokens/a", "admin", json!({})),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_without_the_right_to() {
    let site = guarded();
    let roles = ["viewer", "analyst", "editor", "admin"];
    for (method, path, least, body) in writes() {
        post(&site.app, method, path, &body).await.problem(401, "unauthenticated", "Nobody is logged in");
        for role in roles {
            let may = roles.iter().position(|one| *one == role) >= roles.iter().position(|one| *one == least);
            let answer = post_as(&site.app, role, method, path, &body).await;
            if may {
                assert!(![401, 403].contains(&answer.status.as_u16()), "{role} {method} {path}: {}", answer.text());
                assert!(answer.status.as_u16() < 500, "{role} {method} {path}: {}", answer.text());
            } else {
                answer.problem(403, "forbidden", &format!("needs the role {least}"));
            }
        }
    }
}

/// The list above misses nothing that the description holds.
#[test]
fn every_write_is_tried() {
    let document: Value = serde_json::from_str(&throughline_app::http::server::description().unwrap()).unwrap();
    let mut described = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|method| *method != "get") {
            described += 1;
            let path = path.trim_start_matches("/api/v1");
            // Logging in, and events, which come with tokens of their own.
            if ["/session", "/events"].contains(&path) {
                continue;
            }
            let stem = path.split("/{").next().unwrap();
            let tried = writes().iter().any(|(one, to, ..)| one.to_lowercase() == *method && to.starts_with(stem));
            assert!(tried, "{method} {path} is not tried without the right to");
        }
    }
    assert!(described >= 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_without_the_right_to() {
    let site = guarded();
    let app = &site.app;
    for path in ["/workspace", "/scorecard", "/measures", "/journey", "/customers", "/sources", "/jobs", "/definitions"]
    {
        get(app, path).await.problem(401, "unauthenticated", "");
        assert_eq!(get_as(app, "viewer", path).await.status, 200, "{path}");
    }
    for path in
        ["/identity", "/identity/anna", "/identity/conflicts", "/measures/revenue/explain?rows=5", "/rejects/export"]
    {
        get_as(app, "viewer", path).await.problem(403, "forbidden", "needs the role analyst");
        assert_eq!(get_as(app, "analyst", path).await.status, 200, "{path}");
    }
    assert_eq!(get_as(app, "viewer", "/measures/revenue/explain").await.status, 200);
    let metrics = send(app, request("GET", "/metrics", &[], Body::empty())).await;
    metrics.problem(401, "unauthenticated", "");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_our_own_page_writes() {
    let site = site();
    let attempt = |headers: &[(&str, &str)]| {
        let mut request =
            Request::builder().method("POST").uri("/api/v1/definitions/apply").header("host", "127.0.0.1:7700");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.header("content-type", "application/json").body(Body::from(r#"{"why": "x"}"#)).unwrap()
    };
    let ours = ("x-throughline", "1");
    for (headers, sentence) in [
        (vec![], "needs the header X-Throughline"),
        (vec![("origin", "http://127.0.0.1:7700")], "needs the header X-Throughline"),
        (vec![ours, ("origin", "https://evil.example")], "another site"),
        (vec![ours, ("origin", "http://127.0.0.1:7701")], "another site"),
        (vec![ours, ("origin", "null")], "another site"),
        (vec![ours, ("sec-fetch-site", "cross-site")], "another site"),
        (vec![ours, ("sec-fetch-site", "same-site")], "another site"),
    ] {
        send(&site.app, attempt(&headers)).await.problem(403, "forbidden", sentence);
    }
    for headers in [
        vec![ours],
        vec![ours, ("origin", "http://127.0.0.1:7700"), ("sec-fetch-site", "same-origin")],
        vec![("authorization", "Bearer token")],
    ] {
        assert_eq!(send(&site.app, attempt(&headers)).await.status, 200, "{headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_names_are_not_answered() {
    let site = site();
    let ask = |host: Option<&str>| {
        let mut request = Request::builder().uri("/api/v1/workspace");
        if let Some(host) = host {
            request = request.header("host", host);
        }
        request.body(Body::empty()).unwrap()
    };
    for host in [Some("evil.example"), Some("evil.example:7700"), Some("127.0.0.1.evil.example"), None] {
        send(&site.app, ask(host)).await.problem(421, "forbidden", "does not answer to this name");
    }
    for host in ["localhost", "127.0.0.1:7700", "[::1]:7700"] {
        assert_eq!(send(&site.app, ask(Some(host))).await.status, 200, "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_closed_to_foreign_content() {
    let site = site();
    for path in ["/", "/api/v1/workspace", "/api/v1/nothing", "/health", "/assets/none.js"] {
        let answer = send(&site.app, request("GET", path, &[], Body::empty())).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; ") && policy.contains("frame-ancestors 'none'")
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(!answer.header("permissions-policy").is_empty() && !answer.header("referrer-policy").is_empty());
        assert!(answer.header("x-request-id").len() > 8, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_answers_its_own_paths() {
    let site = site();
    let ask = |method: &str, path: &str| request(method, path, &[], Body::empty());
    for path in ["/", "/measures/nps?period=2026-03", "/journey/flow"] {
        let answer = send(&site.app, ask("GET", path)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, "text/html; charset=utf-8"),
            "{path}"
        );
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert!(answer.text().to_lowercase().starts_with("<!doctype html>"));
    }
    send(&site.app, ask("GET", "/assets/none-1234.js")).await.problem(404, "not_found", "assets/none-1234.js");
    send(&site.app, ask("POST", "/journey")).await.problem(405, "not_found", "Nothing can be sent");
    let packed = get_with(&site.app, "/measures", &[("accept-encoding", "gzip")]).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert_eq!(packed.body[..2], [0x1f, 0x8b]);
}
