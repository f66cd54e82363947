//! Many who read while somebody writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};
use throughline_app::http::people::Local;

use super::client::{ended, get, get_with, post, server, upload};
use crate::program::{WORKSPACE, ok};

const READERS: usize = 50;
const QUESTIONS: [&str; 8] = [
    "/scorecard",
    "/scorecard?period=2026-05",
    "/journey?from=2026-01-01",
    "/journey/pains",
    "/measures/revenue?by=channel",
    "/sources",
    "/customers?limit=20",
    "/workspace",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_read_while_an_import_runs() {
    let folder = tempfile::tempdir().unwrap();
    for (seed, name) in [("1", "co"), ("2", "more")] {
        ok(folder.path(), &["demo", name, "--customers", "150", "--seed", seed]);
    }
    ok(folder.path(), &WORKSPACE);
    let shop = folder.path().join("shop");
    ok(&shop, &["import", "../co/sources"]);
    let app = server(&shop, Arc::new(Local));
    let orders = std::fs::read_to_string(folder.path().join("more/sources/orders.csv")).unwrap();
    let id = upload(&app, "orders.csv", &orders).await.json()["upload"].clone();

    let (written, answers) = (AtomicBool::new(false), AtomicUsize::new(0));
    let reader = |number: usize| {
        let (app, written, answers) = (&app, &written, &answers);
        async move {
            let mut place = number;
            while !written.load(Ordering::Relaxed) {
                let question = QUESTIONS[place % QUESTIONS.len()];
                // As the page asks, and as programs do.
                let headers = if number.is_multiple_of(2) { &[("cache-control", "max-stale=60")][..] } else { &[] };
                let answer = get_with(app, question, headers).await;
                assert_eq!(answer.status, 200, "{question}: {}", answer.text());
                answers.fetch_add(1, Ordering::Relaxed);
                place += 1;
            }
        }
    };
    let writer = async {
        let job = post(&app, "POST", "/imports", &json!({"uploads": [id]})).await.json();
        let done = ended(&app, &job).await;
        written.store(true, Ordering::Relaxed);
        done
    };
    let (done, _): (Value, _) = tokio::join!(writer, futures::future::join_all((0..READERS).map(reader)));
    assert_eq!(done["state"], "done", "{done:#}");
    assert!(answers.load(Ordering::Relaxed) >= READERS);
    assert_eq!(get(&app, "/workspace").await.json()["data_version"], 2);
}
