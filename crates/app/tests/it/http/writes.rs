//! Uploads, imports as jobs, rejects, links and SQL.

use std::sync::Arc;

use axum::body::Body;
use serde_json::{Value, json};
use throughline_app::http::people::Local;

use super::client::{Site, ended, get, get_with, post, request, send, server, site, upload};
use crate::program::{json as command, ok};

const MORE: &str = "order_id,customer_ref,ordered_at,session_id,goods\n5,ben,2026-06-04T10:00:00Z,s4,30\n";

fn orders(site: &Site) -> Value {
    command(&site.shop, &["sql", "SELECT count(*) FROM orders", "--json"])["rows"][0][0].clone()
}

async fn taken(site: &Site, name: &str, text: &str) -> String {
    let answer = upload(&site.app, name, text).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["upload"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_dropped_looked_at_and_imported() {
    let site = site();
    let app = &site.app;
    let id = taken(&site, "..%2Forders.csv", MORE).await;
    let look = get(app, &format!("/uploads/{id}/preview")).await.json();
    assert_eq!(
        (&look["name"], &look["layout"], &look["input"]),
        (&json!("orders.csv"), &json!("standard"), &json!("orders"))
    );
    assert_eq!(look["rows"], json!([["5", "ben", "2026-06-04T10:00:00Z", "s4", "30"]]));
    let (before, sources) = (orders(&site), get(app, "/sources").await);
    let dry = post(app, "POST", "/imports", &json!({"uploads": [id], "dry_run": true})).await;
    assert_eq!(dry.status, 202);
    let dry = ended(app, &dry.json()).await;
    assert_eq!((&dry["state"], &dry["result"]["dry_run"]), (&json!("done"), &json!(true)), "{dry:#}");
    assert_eq!(orders(&site), before);
    let odd = json!({"uploads": [id], "encoding": "windows-12500"});
    let odd = ended(app, &post(app, "POST", "/imports", &odd).await.json()).await;
    assert!(
        odd["state"] == "failed" && odd["problem"]["detail"].as_str().unwrap().contains("windows-12500"),
        "{odd:#}"
    );
    let job = post(app, "POST", "/imports", &json!({"uploads": [id]})).await.json();
    let events = send(app, request("GET", &format!("/api/v1/jobs/{}/events", job["id"]), &[], Body::empty())).await;
    assert_eq!(events.header("content-type"), "text/event-stream");
    let text = events.text();
    let last = text.rsplit("\n\n").find(|event| event.starts_with("event: done"));
    let last = last.unwrap_or_else(|| panic!("{text}"));
    let done: Value = serde_json::from_str(last.split_once("data: ").unwrap().1).unwrap();
    assert_eq!(
        (&done["state"], &done["who"], &done["kind"]),
        (&json!("done"), &json!("local"), &json!("import")),
        "{done:#}"
    );
    assert_eq!(done["result"]["files"][0]["file"], "orders.csv");
    assert_eq!(orders(&site).as_u64().unwrap(), before.as_u64().unwrap() + 1);
    // Who does not mind is not kept waiting; everybody else sees what is new.
    let old = get_with(app, "/sources", &[("cache-control", "max-stale=600")]).await;
    assert_eq!((old.header("etag"), old.header("age")), (sources.header("etag"), "0"));
    let new = get(app, "/sources").await;
    assert!(new.header("etag") != sources.header("etag") && new.header("age").is_empty());
    assert_eq!(get(app, "/workspace").await.json()["data_version"], 2);
    // It is imported: nothing is left of the upload.
    get(app, &format!("/uploads/{id}/preview")).await.problem(404, "not_found", "no upload");
    assert_eq!(std::fs::read_dir(site.shop.join("data/uploads")).unwrap().count(), 0);
    let jobs = get(app, "/jobs").await.json();
    assert_eq!(jobs["jobs"].as_array().unwrap().len(), 3);
    post(app, "DELETE", &format!("/jobs/{}", job["id"]), &json!({})).await.problem(409, "busy", "has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_no_layout_knows_gets_a_suggestion_to_be_mended() {
    let site = site();
    let app = &site.app;
    let text =
        "Bestellnr;Kunde;Datum;Betrag\n17;ben;2026-06-04;30,50\n18;anna;2026-06-05;12,00\n19;otto;2026-06-06;7,25\n";
    let id = taken(&site, "export.csv", text).await;
    let look = get(app, &format!("/uploads/{id}/preview")).await.json();
    assert_eq!((&look["layout"], &look["columns"]), (&Value::Null, &json!(["Bestellnr", "Kunde", "Datum", "Betrag"])));
    let suggestion = look["suggestion"].as_str().unwrap();
    assert!(suggestion.contains("[[input]]") && !suggestion.contains("uploads"), "{suggestion}");
    let failed = post(app, "POST", "/imports", &json!({"uploads": [id]})).await.json();
    let failed = ended(app, &failed).await;
    assert_eq!((&failed["state"], &failed["problem"]["error"]), (&json!("failed"), &json!("input")), "{failed:#}");
    let layout = "format = 1\nid = \"till\"\nname = \"Till\"\nzone = \"Europe/Berlin\"\n\
        [[input]]\nname = \"till\"\nheader = [\"Bestellnr\", \"Kunde\", \"Datum\", \"Betrag\"]\n\
        [[record]]\ntable = \"orders\"\nfrom = \"till\"\n[record.columns]\norder_id = \"Bestellnr\"\n\
        customer_ref = \"Kunde\"\nordered_at = \"Datum\"\n";
    let wrong = post(app, "POST", "/imports", &json!({"uploads": [id], "layout": "id = 1\n"})).await;
    wrong.problem(422, "definition", "The layout cannot be used");
    let body = json!({"uploads": [id], "layout": layout, "dry_run": true});
    let dry = ended(app, &post(app, "POST", "/imports", &body).await.json()).await;
    assert_eq!(dry["state"], "done", "{dry:#}");
    assert!(!site.shop.join("layouts/till.toml").exists());
    let done = post(app, "POST", "/imports", &json!({"uploads": [id], "layout": layout})).await.json();
    let done = ended(app, &done).await;
    assert_eq!(done["result"]["tables"][0]["added"], 3, "{done:#}");
    assert_eq!(std::fs::read_to_string(site.shop.join("layouts/till.toml")).unwrap(), layout);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_cancelled_leaves_nothing() {
    let site = site();
    let app = &site.app;
    let before = orders(&site);
    let mut text = MORE.to_owned();
    for row in 10..20_000 {
        text += &format!("{row},c{row},2026-06-04T10:00:00Z,s{row},1\n");
    }
    // Two imports: the second waits for the first, and is stopped while it waits.
    let (one, two) = (taken(&site, "orders.csv", &text).await, taken(&site, "orders.csv", &text).await);
    let first = post(app, "POST", "/imports", &json!({"uploads": [one]})).await.json();
    let second = post(app, "POST", "/imports", &json!({"uploads": [two]})).await.json();
    for job in [&second, &first] {
        let asked = post(app, "DELETE", &format!("/jobs/{}", job["id"]), &json!({})).await;
        assert!(asked.status == 200 || asked.status == 409, "{}", asked.text());
    }
    let (first, second) = (ended(app, &first).await, ended(app, &second).await);
    assert_eq!(second["state"], "cancelled", "{second:#}");
    // The first is either not there at all or, if it was committed before it heard, there as a whole.
    let after = orders(&site).as_u64().unwrap();
    let whole = before.as_u64().unwrap() + 19_991;
    assert!(if first["state"] == "cancelled" { after == before } else { after == whole }, "{first:#} {after}");
    // What is left does not keep the next one from its work.
    let again = post(app, "POST", "/imports", &json!({"uploads": [two]})).await.json();
    assert_eq!(ended(app, &again).await["state"], "done");
    assert_eq!(orders(&site), whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_limited() {
    let site = site();
    upload(&site.app, "", "a").await.problem(400, "input", "no name of a file");
    upload(&site.app, "a.csv", "").await.problem(400, "input", "empty");
    let large = upload(&site.app, "a.csv", &"x".repeat((1 << 20) + 1)).await;
    large.problem(413, "input", "larger than 1048576 bytes");
    let missing = post(&site.app, "POST", "/imports", &json!({"uploads": ["../../shop"]})).await;
    missing.problem(404, "not_found", "There is no upload");
    let id = taken(&site, "a.csv", "a,b\n1,2\n").await;
    let gone = post(&site.app, "DELETE", &format!("/uploads/{id}"), &json!({})).await;
    assert_eq!(gone.status, 204);
    post(&site.app, "POST", "/imports", &json!({"upload": []})).await.problem(400, "input", "upload");
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_go_out_and_come_back() {
    let site = site();
    let app = &site.app;
    let export = get(app, "/rejects/export").await.json();
    let text = export["files"][0]["text"].as_str().unwrap();
    assert!(text.contains("yesterday"), "{text}");
    let mended = text.replace("yesterday", "2026-06-02T11:00:00Z");
    let name = &export["files"][0]["name"];
    let strange = text.replace(text.lines().nth(1).unwrap().split(',').next().unwrap(), "0123");
    let strange = post(app, "POST", "/rejects/replay", &json!({"files": [{"name": name, "text": strange}]})).await;
    let strange = ended(app, &strange.json()).await;
    assert_eq!(strange["problem"]["detail"], "0/orders.csv, line 2: there is no reject 0123.", "{strange:#}");
    let still = post(app, "POST", "/rejects/replay", &json!({"files": [{"name": name, "text": text}]})).await;
    let still = ended(app, &still.json()).await;
    assert_eq!(still["result"]["open"].as_array().unwrap().len(), 1, "{still:#}");
    assert_eq!(still["result"]["open"][0]["path"], "orders.csv");
    let job = post(app, "POST", "/rejects/replay", &json!({"files": [{"name": name, "text": mended}]})).await;
    let job = ended(app, &job.json()).await;
    assert_eq!((&job["state"], &job["result"]["replayed"]), (&json!("done"), &json!(1)), "{job:#}");
    assert_eq!(get(app, "/rejects").await.json()["rejects"], json!([]));
    assert_eq!(std::fs::read_dir(site.shop.join("data/uploads")).unwrap().count(), 0);
}

/// Of a file that was uploaded nothing lies where it came from; its rows can be mended all the same.
#[tokio::test(flavor = "multi_thread")]
async fn rejects_of_uploads_go_out_and_come_back() {
    let site = site();
    let app = &site.app;
    let id = taken(&site, "late.csv", &MORE.replace("2026-06-04T10:00:00Z", "soon")).await;
    let job = post(app, "POST", "/imports", &json!({"uploads": [id]})).await.json();
    assert_eq!(ended(app, &job).await["result"]["rejected"], 1);
    let export = get(app, "/rejects/export?file=late.csv").await.json();
    let text = export["files"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("reject_id,order_id,customer_ref,ordered_at,session_id,goods\n"), "{text}");
    let body = json!({"files": [{"name": "late.csv", "text": text.replace("soon", "2026-06-04T10:00:00Z")}]});
    let job = ended(app, &post(app, "POST", "/rejects/replay", &body).await.json()).await;
    assert_eq!(job["result"]["replayed"], 1, "{job:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_linked_and_unlinked() {
    let site = site();
    let app = &site.app;
    let link = json!({"alias": "tablet", "customer_id": "ann2", "why": "she called"});
    let made = post(app, "POST", "/identity/links", &link).await.json();
    assert_eq!((&made["customer_id"], &made["after"]["who"]), (&json!("anna"), &json!("local")), "{made:#}");
    assert!(get(app, "/customers/tablet").await.json()["aliases"].as_array().unwrap().contains(&json!("tablet")));
    let undone = post(app, "POST", "/identity/unlinks", &json!({"alias": "tablet", "why": "no"})).await.json();
    assert_eq!(undone["after"], Value::Null, "{undone:#}");
    let unknown = json!({"alias": "nobody", "customer_id": "anna", "why": "x"});
    post(app, "POST", "/identity/links", &unknown).await.problem(400, "input", "nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_reads_and_never_writes() {
    let site = site();
    let app = &site.app;
    let query = "SELECT order_id, goods FROM orders ORDER BY order_id";
    let answer = post(app, "POST", "/sql", &json!({"query": query, "limit": 2})).await.json();
    assert_eq!(answer, {
        let mut expected = command(&site.shop, &["sql", query, "--limit", "2", "--json"]);
        expected["cut_off"] = json!(true);
        expected
    });
    let csv = post(app, "POST", "/sql?format=csv", &json!({"query": query, "limit": 2})).await;
    assert_eq!((csv.text().as_str(), csv.header("x-cut-off")), ("order_id,goods\r\n1,10.0\r\n2,20.0\r\n", "true"));
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"sql.csv\"");
    let texts = json!({"query": "SELECT '=1+1' AS \"a,b\", NULL AS n, 'say \"hi\"' AS t"});
    let csv = post(app, "POST", "/sql?format=csv", &texts).await;
    assert_eq!(
        (csv.text().as_str(), csv.header("x-cut-off")),
        ("\"a,b\",n,t\r\n'=1+1,,\"say \"\"hi\"\"\"\r\n", "false")
    );
    post(app, "POST", "/sql?format=xml", &texts).await.problem(400, "input", "`format` cannot be `xml`");
    post(app, "POST", "/sql?limit=1", &texts).await.problem(400, "input", "no parameter `limit`");
    post(app, "POST", "/sql", &json!({"query": "DROP TABLE orders"})).await.problem(400, "input", "Only queries");
    post(app, "POST", "/sql", &json!({"query": "SELECT x FROM orders"})).await.problem(400, "input", "x");
    post(app, "POST", "/sql", &json!({"query": 1})).await.problem(400, "input", "query");
    post(app, "POST", "/sql", &json!({"query": query, "as_of": "never"})).await.problem(400, "input", "never");
    let early = post(app, "POST", "/sql", &json!({"query": query, "as_of": "2026-01-01"})).await.json();
    assert_eq!(early["rows"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_company_comes_into_an_empty_workspace() {
    let site = site();
    post(&site.app, "POST", "/sample", &json!({})).await.problem(409, "busy", "has data already");
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["init", "fresh", "--name", "Fresh"]);
    let app = server(&folder.path().join("fresh"), Arc::new(Local));
    assert_eq!(get(&app, "/workspace").await.json()["sample"], true);
    let job = post(&app, "POST", "/sample", &json!({})).await;
    assert_eq!(job.status, 202, "{}", job.text());
    let done = ended(&app, &job.json()).await;
    assert_eq!((&done["state"], &done["kind"]), (&json!("done"), &json!("sample")), "{done:#}");
    let files: Vec<&str> =
        done["result"]["files"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
    assert!(files.contains(&"orders.csv") && files.iter().all(|name| !name.contains('/')), "{files:?}");
    let workspace = get(&app, "/workspace").await.json();
    assert_eq!((&workspace["has_data"], &workspace["sample"]), (&json!(true), &json!(false)));
    let measures = get(&app, "/scorecard").await.json()["whole"]["measures_scored"].as_u64();
    assert!(measures.is_some_and(|scored| scored > 5), "{measures:?}");
    post(&app, "POST", "/sample", &json!({})).await.problem(409, "busy", "has data already");
}
