//! Imports from outside: whole or absent, repeatable, correctable.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use throughline_engine::{ImportReport, ImportRequest, InitOptions, ReadOptions, Reader, Workspace};

/// A workspace in a folder of its own, with source files beside it.
pub struct Bench {
    folder: tempfile::TempDir,
    pub workspace: Workspace,
    pub now: Timestamp,
}

impl Bench {
    pub fn new(zone: &str, currency: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now: Timestamp = "2026-07-01T08:00:00Z".parse().unwrap();
        let options = InitOptions { name: "Test".into(), zone: zone.into(), currency: currency.into() };
        let workspace = Workspace::init(&folder.path().join("workspace"), &options, now, "tester").unwrap();
        Bench { folder, workspace, now }
    }

    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub fn tick(&mut self) -> Timestamp {
        self.now = self.now.checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
        self.now
    }

    pub async fn import(&mut self, path: &Path) -> throughline_engine::Result<ImportReport> {
        let request = ImportRequest { paths: vec![path.display().to_string()], ..ImportRequest::default() };
        self.import_as(&request).await
    }

    pub async fn import_as(&mut self, request: &ImportRequest) -> throughline_engine::Result<ImportReport> {
        let now = self.tick();
        self.workspace.import(request, now, &mut |_| {}).await
    }

    pub fn reader(&self, as_of: Option<&str>) -> Reader {
        let as_of = as_of.map(|text| text.parse().unwrap());
        self.workspace.reader(ReadOptions { as_of, ..ReadOptions::at(self.now) }).unwrap()
    }

    /// The rows of a query, cells joined by a bar.
    pub async fn rows(&self, as_of: Option<&str>, sql: &str) -> Vec<String> {
        let answer = self.reader(as_of).sql(sql, None).await.unwrap();
        let cell = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        answer.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join("|")).collect()
    }
}

fn counts(report: &ImportReport, table: &str) -> (u64, u64, u64) {
    let counts = report.tables.iter().find(|one| one.table == table).unwrap().counts.unwrap();
    (counts.added, counts.corrected, counts.unchanged)
}

const ORDERS: &str = "order_id,customer_ref,ordered_at,status,goods\n\
                      1,anna,2026-06-01T10:00:00Z,placed,10.50\n\
                      2,ben,2026-06-02T10:00:00Z,placed,20\n";

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_again_adds_nothing_and_a_correction_keeps_the_past() {
    let mut bench = Bench::new("UTC", "EUR");
    let orders = bench.file("orders.csv", ORDERS);
    assert_eq!(counts(&bench.import(&orders).await.unwrap(), "orders"), (2, 0, 0));
    let between = bench.now.to_string();
    assert_eq!(counts(&bench.import(&orders).await.unwrap(), "orders"), (0, 0, 2));
    let corrected = bench
        .file("orders.csv", &ORDERS.replace("ben,2026-06-02T10:00:00Z,placed", "ben,2026-06-02T10:00:00Z,delivered"));
    assert_eq!(counts(&bench.import(&corrected).await.unwrap(), "orders"), (0, 1, 1));
    let query = "SELECT order_id, status, goods FROM orders ORDER BY order_id";
    assert_eq!(bench.rows(None, query).await, ["1|placed|10.5", "2|delivered|20.0"]);
    assert_eq!(bench.rows(Some(&between), query).await, ["1|placed|10.5", "2|placed|20.0"]);
    assert_eq!(bench.rows(None, "SELECT count(*) FROM history.orders").await, ["3"]);
    assert_eq!(bench.rows(None, "SELECT count(*) FROM imports").await, ["3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_rows_are_set_aside_once_and_too_many_stop_the_import() {
    let mut bench = Bench::new("UTC", "EUR");
    let text = format!("{ORDERS}3,cleo,31.02.2026,placed,1\n4,,2026-06-03,placed,1\n5,dora,2026-06-03,placed,abc\n");
    let orders = bench.file("orders.csv", &text);
    let strict =
        ImportRequest { paths: vec![orders.display().to_string()], max_rejects: Some(2), ..ImportRequest::default() };
    let error = bench.import_as(&strict).await.unwrap_err();
    assert!(error.message.contains("More than 2 row(s)"), "{error}");
    assert_eq!(bench.rows(None, "SELECT count(*) FROM orders").await, ["0"]);
    for _ in 0..2 {
        assert_eq!(bench.import(&orders).await.unwrap().rejected, 3);
        let rejects = bench.rows(None, "SELECT line, \"column\", original FROM rejects ORDER BY line").await;
        assert_eq!(
            rejects,
            [
                "4|ordered_at|3,cleo,31.02.2026,placed,1",
                "5|customer_ref|4,,2026-06-03,placed,1",
                "6|goods|5,dora,2026-06-03,placed,abc"
            ]
        );
    }
    assert_eq!(bench.rows(None, "SELECT count(*) FROM orders").await, ["2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_replaced_in_its_own_file_is_shown_among_the_rejects() {
    let mut bench = Bench::new("UTC", "EUR");
    let orders = bench.file("orders.csv", &format!("{ORDERS}1,anna,2026-06-01T10:00:00Z,paid,10.50\n"));
    let report = bench.import(&orders).await.unwrap();
    assert_eq!(counts(&report, "orders"), (2, 0, 0));
    assert!(report.notes.iter().any(|note| note.starts_with("1 row(s) were replaced")), "{:?}", report.notes);
    assert_eq!(
        bench.rows(None, "SELECT line, original FROM rejects").await,
        ["2|1,anna,2026-06-01T10:00:00Z,placed,10.50"]
    );
    assert_eq!(bench.rows(None, "SELECT status FROM orders WHERE order_id = '1'").await, ["paid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_writes_nothing() {
    let mut bench = Bench::new("UTC", "EUR");
    let orders = bench.file("orders.csv", ORDERS);
    let request =
        ImportRequest { paths: vec![orders.display().to_string()], dry_run: true, ..ImportRequest::default() };
    let report = bench.import_as(&request).await.unwrap();
    assert_eq!((report.tables[0].staged, report.tables[0].counts), (2, None));
    assert_eq!(bench.rows(None, "SELECT count(*) FROM orders").await, ["0"]);
    assert!(!bench.workspace.folder().manifests().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_keys_is_corrected_as_a_whole() {
    let mut bench = Bench::new("UTC", "EUR");
    let header = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";
    let event = |second: u32, user: u32| format!("2019-10-01 00:00:0{second} UTC,view,1,2,a.b,x,1.50,{user},s{user}\n");
    let text = format!("{header}{}{}{}", event(1, 7), event(1, 7), event(2, 8));
    let events = bench.file("2019-Oct.csv", &text);
    assert_eq!(counts(&bench.import(&events).await.unwrap(), "interactions"), (3, 0, 0));
    let between = bench.now.to_string();
    assert_eq!(counts(&bench.import(&events).await.unwrap(), "interactions"), (0, 0, 3));
    let corrected = bench.file("2019-Oct.csv", &format!("{header}{}{}", event(1, 7), event(3, 9)));
    let report = bench.import(&corrected).await.unwrap();
    assert_eq!(counts(&report, "interactions"), (1, 0, 1));
    assert_eq!(report.tables.iter().find(|one| one.table == "interactions").unwrap().counts.unwrap().withdrawn, 2);
    let query = "SELECT customer_ref, source FROM interactions ORDER BY occurred_at, customer_ref";
    let source = "rees46/2019-Oct.csv";
    assert_eq!(bench.rows(None, query).await, [format!("7|{source}"), format!("9|{source}")]);
    assert_eq!(bench.rows(Some(&between), query).await.len(), 3);
    // Another file leaves them alone.
    let other = bench.file("2019-Nov.csv", &format!("{header}{}", event(4, 5)));
    bench.import(&other).await.unwrap();
    assert_eq!(bench.rows(None, query).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_back_does_not_turn_the_order_of_imports_around() {
    let mut bench = Bench::new("UTC", "EUR");
    let orders = bench.file("orders.csv", ORDERS);
    bench.import(&orders).await.unwrap();
    bench.now = "2026-06-30T00:00:00Z".parse().unwrap();
    assert_eq!(counts(&bench.import(&orders).await.unwrap(), "orders"), (0, 0, 2));
    let corrected = bench.file("orders.csv", &ORDERS.replace("10:00:00Z,placed,20", "10:00:00Z,delivered,20"));
    assert_eq!(counts(&bench.import(&corrected).await.unwrap(), "orders"), (0, 1, 1));
    assert_eq!(bench.rows(None, "SELECT status FROM orders WHERE order_id = '2'").await, ["delivered"]);
}
