//! The inbox: durable before it is acknowledged, once in the tables whatever happens in between.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use throughline_engine::inbox::{Inbox, Limits, Line, Taken};
use throughline_engine::{ErrorKind, InitOptions, ReadOptions, Workspace, catalog};
use throughline_events::{RECORDS, Row, TABLES};
use throughline_model::layout;

fn now() -> Timestamp {
    "2026-03-14T09:30:00Z".parse().unwrap()
}

fn workspace(folder: &Path) -> Workspace {
    let options = InitOptions { name: "Shop".into(), zone: "UTC".into(), currency: "EUR".into() };
    Workspace::init(folder, &options, now(), "tester").unwrap()
}

fn open(workspace: &Workspace) -> Inbox {
    Inbox::open(workspace.folder(), Limits::default(), now()).unwrap()
}

fn line(row: &Row<'_>) -> Line {
    Line { text: row.line(), slot: row.slot(), content: row.content(), stands_for_event: row.stands_for_event }
}

fn visit(id: &str) -> Line {
    line(
        &Row::once("interactions", id)
            .for_event()
            .with("interaction_id", id)
            .with("customer_ref", "c1")
            .with("kind", "visit")
            .with("occurred_at", "2026-03-14T09:00:00Z"),
    )
}

async fn rows(workspace: &Workspace, query: &str) -> Vec<String> {
    let reader = workspace.reader(ReadOptions::at(now())).unwrap();
    let answer = reader.sql(query, None).await.unwrap();
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    answer.rows.iter().map(|row| row.iter().map(text).collect::<Vec<_>>().join(" ")).collect()
}

async fn drain(workspace: &Workspace, inbox: &Inbox) -> Option<usize> {
    workspace.drain(inbox, now(), &mut |_| {}).await.unwrap().map(|drained| drained.journals)
}

fn journals(workspace: &Workspace) -> Vec<PathBuf> {
    let entries = fs::read_dir(workspace.folder().inbox()).unwrap();
    let mut found: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some()).collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_reaches_the_tables_once() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = workspace(folder.path());
    let inbox = open(&workspace);
    let taken = inbox.take(vec![visit("i1"), visit("i2"), visit("i1")]).await.unwrap();
    assert_eq!(taken, Taken { written: 2, repeated: 1, repeated_events: 1 });
    assert_eq!(journals(&workspace).len(), 1);
    assert_eq!(inbox.take(vec![visit("i2")]).await.unwrap().repeated_events, 1);
    assert!(inbox.waiting().stored_bytes > 0);
    assert_eq!(drain(&workspace, &inbox).await, Some(1));
    let query = "SELECT interaction_id, customer_ref, source FROM interactions ORDER BY 1";
    assert_eq!(rows(&workspace, query).await, ["i1 c1 events", "i2 c1 events"]);
    assert_eq!((journals(&workspace).len(), inbox.waiting().stored_bytes), (0, 0));
    assert_eq!(drain(&workspace, &inbox).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_some_columns_leave_the_others_alone() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = workspace(folder.path());
    let inbox = open(&workspace);
    let customer = |record, column, value: &str| {
        line(&Row::stated(record, "c1", value).with("customer_ref", "c1").with(column, value))
    };
    let order = Row::once("orders", "o1")
        .with("order_id", "o1")
        .with("customer_ref", "c1")
        .with("ordered_at", "2026-03-01T00:00:00Z")
        .with("status", "placed")
        .with("goods", "10.5000");
    let first = vec![
        customer("customer_known", "known", "true"),
        customer("customer_email", "email", "a@b.c"),
        customer("customer_attributes", "attributes", "{\"plan\":{\"name\":\"pro\"}}"),
        line(&order),
    ];
    inbox.take(first).await.unwrap();
    drain(&workspace, &inbox).await;
    let cancelled = Row::once("order_cancelled", "o1")
        .with("order_id", "o1")
        .with("status", "cancelled")
        .with("cancelled_at", "2026-03-02T00:00:00Z");
    inbox.take(vec![customer("customer_region", "region", "AT"), line(&cancelled)]).await.unwrap();
    drain(&workspace, &inbox).await;
    let customers = "SELECT known, email, region, attributes FROM customers";
    assert_eq!(rows(&workspace, customers).await, ["true a@b.c AT {\"plan\":{\"name\":\"pro\"}}"]);
    let orders = "SELECT customer_ref, status, CAST(goods AS VARCHAR), cancelled_at IS NOT NULL FROM orders";
    assert_eq!(rows(&workspace, orders).await, ["c1 cancelled 10.5000 true"]);
    assert_eq!(rows(&workspace, "SELECT count(*) FROM rejects").await, ["0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_torn_or_comes_twice_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = workspace(folder.path());
    let inbox = open(&workspace);
    inbox.take((0..100).map(|id| visit(&format!("i{id:03}"))).collect()).await.unwrap();
    drop(inbox);
    // The process died while it wrote on; the machine lost power and left zeros.
    let path = journals(&workspace).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    let whole = bytes.clone();
    bytes.extend_from_slice(b"{\"source_seq\":1,\"record\":\"interactions\",\"interaction_id\":\"torn");
    bytes.extend_from_slice(&[0; 64]);
    bytes.extend_from_slice(b"\n{\"source_seq\":2}\n");
    fs::write(&path, &bytes).unwrap();
    let inbox = open(&workspace);
    assert_eq!(drain(&workspace, &inbox).await, Some(1));
    let counts = "SELECT (SELECT count(*) FROM interactions) AS current, \
                  (SELECT count(*) FROM history.interactions) AS ever, (SELECT count(*) FROM rejects) AS rejected";
    assert_eq!(rows(&workspace, counts).await, ["100 100 0"]);
    // It died after the import and before the journal was deleted.
    drop(inbox);
    fs::write(&path, &whole).unwrap();
    let inbox = open(&workspace);
    assert_eq!(drain(&workspace, &inbox).await, Some(1));
    assert_eq!(rows(&workspace, counts).await, ["100 100 0"]);
    // A journal of which nothing was whole.
    drop(inbox);
    fs::write(&path, "{\"source_seq\":").unwrap();
    assert_eq!(drain(&workspace, &open(&workspace)).await, None);
    assert_eq!(journals(&workspace).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_and_many_journals() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = workspace(folder.path());
    let limits = Limits { journal_bytes: 20_000, ..Limits::default() };
    let inbox = Arc::new(Inbox::open(workspace.folder(), limits, now()).unwrap());
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let inbox = inbox.clone();
            tokio::spawn(async move {
                for batch in 0..25 {
                    let lines = (0..10).map(|row| visit(&format!("{writer}-{batch}-{row}"))).collect();
                    assert_eq!(inbox.take(lines).await.unwrap().written, 10);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let files = journals(&workspace);
    assert!(files.len() > 5, "{}", files.len());
    let text: String = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let seq: Vec<i64> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["source_seq"].as_i64().unwrap())
        .collect();
    assert!(seq.len() == 2_000 && seq.windows(2).all(|pair| pair[0] < pair[1]), "rows are numbered over all journals");
    while drain(&workspace, &inbox).await.is_some() {}
    let counts = "SELECT count(*), count(DISTINCT interaction_id), count(DISTINCT source_seq) FROM interactions";
    assert_eq!(rows(&workspace, counts).await, ["2000 2000 2000"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_much_is_refused_and_a_broken_disk_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = workspace(folder.path());
    let limits = Limits { stored_bytes: 1_000, ..Limits::default() };
    let inbox = Inbox::open(workspace.folder(), limits, now()).unwrap();
    let second = Inbox::open(workspace.folder(), limits, now()).unwrap_err();
    assert_eq!(second.kind, ErrorKind::Busy);
    inbox.take((0..20).map(|id| visit(&format!("i{id}"))).collect()).await.unwrap();
    assert!(inbox.is_full(1));
    let refused = inbox.take(vec![visit("more")]).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Busy);
    assert_eq!(drain(&workspace, &inbox).await, Some(1));
    // The folder goes away: nothing is acknowledged; it comes back: the same rows are written.
    let place = workspace.folder().inbox();
    fs::rename(&place, folder.path().join("gone")).unwrap();
    assert_eq!(inbox.take(vec![visit("late")]).await.unwrap_err().kind, ErrorKind::Internal);
    fs::rename(folder.path().join("gone"), &place).unwrap();
    assert_eq!(inbox.take(vec![visit("late")]).await.unwrap().written, 1);
    assert_eq!(drain(&workspace, &inbox).await, Some(1));
    assert_eq!(rows(&workspace, "SELECT count(*) FROM interactions").await, ["21"]);
    let waiting = inbox.waiting();
    assert_eq!((waiting.bytes, waiting.rows, waiting.stored_bytes), (0, 0, 0));
}

#[test]
fn the_layout_brings_every_column_that_events_may_have() {
    let vocabulary = catalog::vocabulary().unwrap();
    let text = catalog::file("layouts/events.toml").unwrap();
    let (layout, problems) = layout::read("layouts/events.toml", text, vocabulary);
    assert!(problems.is_empty(), "{problems:?}");
    let layout = layout.unwrap();
    let whole = TABLES.iter().map(|table| {
        let columns = &vocabulary.table(table).unwrap().columns;
        (*table, *table, columns.iter().map(|column| column.name.as_str()).collect::<BTreeSet<_>>())
    });
    let parts = RECORDS.iter().map(|(record, table, columns)| (*record, *table, columns.iter().copied().collect()));
    let expected: Vec<(&str, &str, BTreeSet<&str>)> = whole.chain(parts).collect();
    assert_eq!(layout.records.len(), expected.len());
    for (record, (name, table, columns)) in layout.records.iter().zip(expected) {
        assert_eq!(record.table, table);
        assert_eq!(record.filter.as_ref().unwrap().text, format!("record = '{name}'"));
        assert_eq!(record.columns.iter().map(|column| column.name.as_str()).collect::<BTreeSet<_>>(), columns);
        assert!(columns.iter().all(|column| layout.inputs[0].optional.iter().any(|known| known == column)));
    }
}
