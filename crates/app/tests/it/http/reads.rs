//! Every question over HTTP gives what the command of the same name gives.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use tempfile::TempDir;
use throughline_app::http::people::Local;

use super::client::{get, get_as, get_with, guarded, send, server, site};
use crate::program::{WORKSPACE, json as command, ok};

/// The sample company, made once; tests only read it.
fn sample() -> PathBuf {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        ok(folder.path(), &["demo", "co", "--customers", "150"]);
        ok(folder.path(), &WORKSPACE);
        ok(&folder.path().join("shop"), &["import", "../co/sources"]);
        folder
    });
    folder.path().join("shop")
}

/// Ages count from the moment of asking.
fn without_ages(mut value: Value) -> Value {
    value.as_object_mut().unwrap().remove("now");
    for source in value["sources"].as_array_mut().into_iter().flatten() {
        source["age_seconds"] = Value::Null;
    }
    for check in
        value["failed_checks"].as_array_mut().into_iter().flatten().filter(|check| check["kind"] == "freshness")
    {
        check["observed"] = Value::Null;
    }
    value
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_are_answered_as_on_the_command_line() {
    let shop = sample();
    let app = server(&shop, Arc::new(Local));
    let known = command(&shop, &["sql", "SELECT customer_id FROM customer_facts WHERE orders > 0 LIMIT 1", "--json"]);
    let customer = known["rows"][0][0].as_str().unwrap().to_owned();
    let time_line = format!("/customers/{customer}");
    let pairs: Vec<(&str, Vec<&str>)> = vec![
        ("/scorecard", vec!["scorecard"]),
        ("/scorecard?period=2026-03&linking=strict", vec!["scorecard", "--period", "2026-03", "--linking", "strict"]),
        ("/scorecard?as_of=2026-02-15", vec!["scorecard", "--as-of", "2026-02-15"]),
        ("/measures", vec!["measure"]),
        (
            "/measures/revenue?every=quarter&by=channel",
            vec!["measure", "revenue", "--every", "quarter", "--by", "channel"],
        ),
        ("/measures/nps?from=2026-01&to=2026-03", vec!["measure", "nps", "--from", "2026-01", "--to", "2026-03"]),
        ("/measures/csat/explain", vec!["explain", "csat"]),
        ("/measures/csat/moved?by=channel", vec!["moved", "csat", "--by", "channel"]),
        (
            "/measures/revenue/explain?period=2026-03&rows=5",
            vec!["explain", "revenue", "--period", "2026-03", "--rows", "5"],
        ),
        ("/journey", vec!["journey"]),
        (
            "/journey?by=channel&known=true&from=2026-01",
            vec!["journey", "--by", "channel", "--known", "--from", "2026-01"],
        ),
        (
            "/journey/funnel?steps=product_viewed,order&window=30d&mode=strict&times=true",
            vec!["journey", "funnel", "product_viewed", "order", "--window", "30d", "--strict", "--times"],
        ),
        ("/journey/transitions?steps=stage&p90=true", vec!["journey", "transitions", "--steps", "stage", "--p90"]),
        ("/journey/paths?collapse=true&top=3", vec!["journey", "paths", "--collapse", "--top", "3"]),
        (
            "/journey/conformance?may_skip=support,advocacy",
            vec!["journey", "conformance", "--may-skip", "support", "--may-skip", "advocacy"],
        ),
        ("/journey/retention?every=quarter", vec!["journey", "retention", "--every", "quarter"]),
        ("/journey/lifecycle?case=customer", vec!["journey", "lifecycle", "--case", "customer"]),
        ("/journey/attribution?half_life=14d", vec!["journey", "attribution", "--half-life", "14d"]),
        ("/journey/delivery", vec!["journey", "delivery"]),
        ("/journey/pains?show=1", vec!["journey", "pains", "--show", "1"]),
        (&time_line, vec!["customer", &customer]),
        ("/sources", vec!["sources"]),
        ("/rejects?limit=3", vec!["rejects", "list", "--limit", "3"]),
        ("/identity?limit=4", vec!["identity", "show", "--limit", "4"]),
        ("/identity/conflicts", vec!["identity", "conflicts"]),
        ("/revisions", vec!["revisions"]),
        ("/definitions/check", vec!["check"]),
    ];
    for (path, arguments) in pairs {
        let answer = get(&app, path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let expected = command(&shop, &[&arguments[..], &["--json"]].concat());
        assert_eq!(without_ages(answer.json()), without_ages(expected), "{path}");
    }
    let workspace = get(&app, "/workspace").await.json();
    assert_eq!(
        (&workspace["name"], &workspace["has_data"], &workspace["data_version"]),
        (&json!("Shop"), &json!(true), &json!(1))
    );
    assert_eq!(workspace["login"], json!({"required": false, "user": {"name": "local", "role": "admin"}}));
    let periods = workspace["periods"].as_array().unwrap();
    assert!(periods.iter().any(|period| period["label"] == workspace["latest_period"]));
    assert!(periods.len() > 10 && periods.len() <= 60 && workspace["stages"].as_array().unwrap().len() > 3);
    let map = get(&app, "/map").await.json();
    assert!(!map["objectives"].as_array().unwrap().is_empty() && map["links"].is_array());
}

/// Readings that were made for one period serve the others, whatever is asked at the same time.
#[tokio::test(flavor = "multi_thread")]
async fn scorecards_of_many_periods_are_those_of_the_command_line() {
    let shop = sample();
    let app = server(&shop, Arc::new(Local));
    let periods = ["2026-05", "2025-01", "2026-06", "2024-08", "2025-12", "2026-04", "2024-12", "2026-03"];
    let asked = futures::future::join_all(periods.map(|period| {
        let app = &app;
        async move { get(app, &format!("/scorecard?period={period}")).await.json() }
    }))
    .await;
    for (period, answer) in periods.iter().zip(asked) {
        assert_eq!(answer, command(&shop, &["scorecard", "--period", period, "--json"]), "{period}");
    }
    let newest = get(&app, "/scorecard").await.json();
    assert_eq!(newest, command(&shop, &["scorecard", "--json"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_come_as_csv() {
    let app = server(&sample(), Arc::new(Local));
    for path in [
        "/scorecard",
        "/measures/revenue",
        "/measures/revenue/explain?period=2026-03&rows=5",
        "/measures/revenue/moved?period=2026-03",
        "/customers?limit=3",
        "/sources",
        "/rejects",
        "/journey",
        "/journey/funnel?steps=product_viewed,order",
        "/journey/retention",
        "/journey/pains",
    ] {
        let joined = format!("{path}{}format=csv", if path.contains('?') { '&' } else { '?' });
        let answer = get(&app, &joined).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/csv; charset=utf-8"), "{path}");
        assert!(answer.header("content-disposition").starts_with("attachment; filename=\""), "{path}");
        let text = answer.text();
        assert!(text.lines().count() > 1 && text.lines().next().unwrap().contains(','), "{path}: {text}");
    }
    get(&app, "/map?format=csv").await.problem(400, "input", "This answer is no table");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_a_problem_document() {
    let site = site();
    let app = &site.app;
    let problem = get(app, "/measures/csatt").await.problem(404, "not_found", "There is no measure `csatt`.");
    assert!(problem["hint"].as_str().unwrap().contains("csat"), "{problem:#}");
    get(app, "/customers/nobody").await.problem(404, "not_found", "There is no customer nobody.");
    get(app, "/identity/nobody").await.problem(404, "not_found", "nobody");
    get(app, "/measures/csat?by=colour").await.problem(400, "input", "colour");
    get(app, "/measures/csat?every=fortnight").await.problem(400, "input", "`every` cannot be `fortnight`");
    get(app, "/scorecard?period=March").await.problem(400, "input", "is not a period");
    get(app, "/scorecard?as_of=yesterday").await.problem(400, "input", "is not a point in time");
    get(app, "/scorecard?perod=2026-01").await.problem(400, "input", "There is no parameter `perod`");
    get(app, "/journey/funnel").await.problem(400, "input", "`steps` is missing");
    get(app, "/nothing").await.problem(404, "not_found", "/api/v1/nothing");
    get(app, "/jobs/7").await.problem(404, "not_found", "no job 7");
    let wrong = super::client::post(app, "POST", "/scorecard", &json!({})).await;
    wrong.problem(405, "input", "does not know POST");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_kept_and_named() {
    let site = site();
    let app = &site.app;
    let first = get(app, "/scorecard").await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    assert_eq!(first.header("cache-control"), "private, no-cache");
    let held = get_with(app, "/scorecard", &[("if-none-match", &tag)]).await;
    assert_eq!((held.status.as_u16(), held.body.len(), held.header("etag")), (304, 0, tag.as_str()));
    assert_ne!(get(app, "/scorecard?working=true").await.header("etag"), tag);
    // The order of parameters does not matter.
    let one = get(app, "/measures/revenue?every=week&from=2026-06").await;
    let two = get(app, "/measures/revenue?from=2026-06&every=week").await;
    assert_eq!(one.header("etag"), two.header("etag"));
    // An import by somebody else is noticed.
    std::fs::write(
        site.folder.path().join("more.csv"),
        "order_id,customer_ref,ordered_at,goods\n9,ben,2026-06-05T10:00:00Z,7\n",
    )
    .unwrap();
    std::fs::rename(site.folder.path().join("more.csv"), site.folder.path().join("orders.csv")).unwrap();
    ok(&site.shop, &["import", "../orders.csv"]);
    let after = get_with(app, "/scorecard", &[("if-none-match", &tag)]).await;
    assert_eq!(after.status, 200);
    assert_ne!(after.header("etag"), tag);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_ask_the_same_get_the_same() {
    let app = server(&sample(), Arc::new(Local));
    let all = futures::future::join_all((0..50).map(|_| get(&app, "/journey?by=segment"))).await;
    assert!(all.iter().all(|answer| answer.status == 200 && answer.body == all[0].body));
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_found_by_any_name_and_masked_for_viewers() {
    let site = guarded();
    let app = &site.app;
    let found = get_as(app, "analyst", "/customers?search=COOKIE").await.json();
    assert_eq!(found["customers"].as_array().unwrap().len(), 1, "{found:#}");
    let anna = &found["customers"][0];
    assert_eq!(
        (&anna["customer_id"], &anna["orders"], &anna["segment"]),
        (&json!("anna"), &json!(2), &json!("retail"))
    );
    assert_eq!(anna["names"], json!(["ann2", "cookie"]));
    assert!(anna["last_seen_at"].as_str().unwrap() > anna["first_order_at"].as_str().unwrap());
    let all = get_as(app, "analyst", "/customers?limit=2").await.json();
    assert_eq!((all["customers"].as_array().unwrap().len(), &all["more"]), (2, &json!(true)));
    assert_eq!(all["customers"][0]["customer_id"], "anna");
    let quoted = get_as(app, "analyst", "/customers?search=%27%20OR%201%3D1").await.json();
    assert_eq!(quoted["customers"], json!([]));
    let masked = get_as(app, "viewer", "/customers?search=cookie").await.json();
    assert_eq!(masked["customers"][0]["names"], json!(["a•••", "c•••"]));
    let line = get_as(app, "viewer", "/customers/anna").await;
    assert!(!line.text().contains("cookie") && !line.json()["touchpoints"].as_array().unwrap().is_empty());
    assert!(get_as(app, "analyst", "/customers/anna").await.text().contains("cookie"));
    let rejects = get_as(app, "viewer", "/rejects").await;
    assert!(!rejects.text().contains("yesterday") && rejects.json()["rejects"].as_array().unwrap().len() == 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_behind_the_interface() {
    let site = site();
    let ask = |path: &str| super::client::request("GET", path, &[], axum::body::Body::empty());
    assert_eq!(send(&site.app, ask("/health")).await.json()["status"], "alive");
    assert_eq!(send(&site.app, ask("/ready")).await.json()["status"], "ready");
    get(&site.app, "/measures").await;
    let mut near = ask("/metrics");
    let peer: std::net::SocketAddr = "127.0.0.1:9".parse().unwrap();
    near.extensions_mut().insert(axum::extract::ConnectInfo(peer));
    let text = send(&site.app, near).await.text();
    assert!(text.contains("throughline_data_version 1.0"), "{text}");
    let counted = "throughline_http_requests_total{method=\"GET\",route=\"/api/v1/measures\",status=\"200\"} 1";
    assert!(text.contains(counted), "{text}");
    assert!(text.contains("throughline_http_request_seconds_bucket"), "{text}");
}
