//! Asking a server without a network.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use throughline_app::http::origin::Hosts;
use throughline_app::http::people::{Local, People, Person, Role};
use throughline_app::http::problem::Result;
use throughline_app::http::{App, Config, build};
use throughline_people::{Event, People as Store};
use tower::ServiceExt;

use crate::program::{WORKSPACE, ok};

const FILES: [(&str, &str); 3] = [
    (
        "customers.csv",
        "customer_ref,known,first_seen_at,email,segment\nanna,true,2026-01-01T00:00:00Z,a@x.org,retail\n\
         ann2,true,2026-02-01T00:00:00Z,A@x.org,retail\ncookie,false,2026-05-30T10:00:00Z,,\n",
    ),
    (
        "orders.csv",
        "order_id,customer_ref,ordered_at,session_id,goods\n1,anna,2026-06-01T10:00:00Z,s1,10\n\
         2,ann2,2026-06-02T10:00:00Z,,20\n3,ben,2026-06-02T10:00:00Z,s3,20\n4,ben,yesterday,s3,20\n",
    ),
    (
        "interactions.csv",
        "interaction_id,customer_ref,kind,occurred_at,session_id\n1,cookie,product_viewed,2026-06-01T09:50:00Z,s1\n\
         2,tablet,product_viewed,2026-06-03T10:00:00Z,s2\n3,kiosk,product_viewed,2026-06-02T09:00:00Z,s3\n\
         4,anna,product_viewed,2026-06-02T09:10:00Z,s3\n",
    ),
];

/// A header by which tests say who asks.
const WHO: &str = "x-test-role";

/// People that requests name themselves.
pub struct Named;

impl People for Named {
    fn authenticate(&self, headers: &HeaderMap) -> Result<Option<Person>> {
        let name = headers.get(WHO).and_then(|name| name.to_str().ok());
        let role = name.and_then(|name| name.parse::<Role>().ok());
        Ok(role.map(|role| Person::new(role.to_string(), role)))
    }

    fn login_required(&self) -> Result<bool> {
        Ok(true)
    }

    fn record(&self, _: &Person, _: Event<'_>) {}

    fn store(&self) -> Option<Arc<Store>> {
        None
    }
}

/// A small shop, and a server of it.
pub struct Site {
    pub folder: TempDir,
    pub shop: PathBuf,
    pub app: App,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub fn problem(&self, status: u16, error: &str, detail: &str) -> Value {
        let problem = self.json();
        assert_eq!((self.status.as_u16(), problem["error"].as_str()), (status, Some(error)), "{problem:#}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert!(problem["detail"].as_str().unwrap().contains(detail), "{problem:#}");
        assert_eq!(problem["status"], status);
        problem
    }
}

pub fn shop(folder: &Path) -> PathBuf {
    ok(folder, &WORKSPACE);
    let shop = folder.join("shop");
    // By their whole paths, so that they are found again from anywhere.
    let paths = FILES.map(|(name, text)| {
        std::fs::write(folder.join(name), text).unwrap();
        folder.join(name).display().to_string()
    });
    ok(&shop, &["import", &paths[0], &paths[1], &paths[2]]);
    shop
}

pub fn server(shop: &Path, people: Arc<dyn People>) -> App {
    build(config(shop), people).unwrap()
}

pub fn config(shop: &Path) -> Config {
    Config {
        workspace: shop.to_owned(),
        hosts: Hosts { named: Vec::new(), loopback: true },
        page: None,
        clock: Timestamp::now,
        upload_bytes: 1 << 20,
        patience: Duration::from_secs(60),
        events_every: Duration::from_secs(1),
        headers_within: Duration::from_secs(30),
        requests_per_second: None,
    }
}

pub fn site() -> Site {
    site_of(Arc::new(Local))
}

/// A site on which requests say who asks.
pub fn guarded() -> Site {
    site_of(Arc::new(Named))
}

pub fn site_of(people: Arc<dyn People>) -> Site {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    let app = server(&shop, people);
    Site { folder, shop, app }
}

pub async fn send(app: &App, request: Request<Body>) -> Answer {
    let response = app.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// A request as the page sends it.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("host", "localhost:7700");
    if method != "GET" {
        request = request.header("x-throughline", "1").header("sec-fetch-site", "same-origin");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body).unwrap()
}

pub async fn get(app: &App, path: &str) -> Answer {
    get_with(app, path, &[]).await
}

pub async fn get_with(app: &App, path: &str, headers: &[(&str, &str)]) -> Answer {
    send(app, request("GET", &format!("/api/v1{path}"), headers, Body::empty())).await
}

pub async fn get_as(app: &App, role: &str, path: &str) -> Answer {
    get_with(app, path, &[(WHO, role)]).await
}

pub async fn post(app: &App, method: &str, path: &str, body: &Value) -> Answer {
    post_with(app, method, path, body, &[]).await
}

pub async fn post_with(app: &App, method: &str, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
    let headers = [headers, &[("content-type", "application/json")]].concat();
    send(app, request(method, &format!("/api/v1{path}"), &headers, Body::from(body.to_string()))).await
}

pub async fn post_as(app: &App, role: &str, method: &str, path: &str, body: &Value) -> Answer {
    post_with(app, method, path, body, &[(WHO, role)]).await
}

pub async fn upload(app: &App, name: &str, text: &str) -> Answer {
    let path = format!("/api/v1/uploads?name={name}");
    send(app, request("POST", &path, &[], Body::from(text.to_owned()))).await
}

/// Waits for a job to end.
pub async fn ended(app: &App, job: &Value) -> Value {
    let id = job["id"].as_u64().unwrap_or_else(|| panic!("no job: {job:#}"));
    let mut watch = app.shared.jobs.watch(id).unwrap();
    watch.wait_for(|job| job.has_ended()).await.unwrap();
    get(app, &format!("/jobs/{id}")).await.json()
}
