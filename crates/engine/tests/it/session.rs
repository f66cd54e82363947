//! What SQL sees, and how it is told what is wrong.

use std::sync::Arc;

use serde_json::{Value, json};
use throughline_engine::session::{Session, SessionOptions};
use throughline_model::period::Grain;

use crate::hand_tables::{HandTables, at, definitions, keeping, options, session};

async fn orders() -> HandTables {
    HandTables::default()
        .with(
            "orders",
            "order_id, customer_ref, ordered_at, status, goods, recorded_at, recorded_until",
            "('o1', 'c1', '2026-01-31T23:30:00Z', 'placed', 10.5, '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'),
             ('o1', 'c1', '2026-01-31T23:30:00Z', 'delivered', 12.25, '2026-03-01T00:00:00Z', NULL),
             ('o2', 'c2', '2026-02-10T12:00:00Z', 'placed', 20, '2026-02-11T00:00:00Z', NULL)",
        )
        .await
}

async fn ask(session: &Session, sql: &str) -> Value {
    session.sql(sql, None).await.unwrap().to_json()
}

#[tokio::test]
async fn rows_in_force_and_as_of() {
    let definitions = definitions("UTC", &[]);
    let now = session(orders().await, &definitions, "2026-06-01T00:00:00Z");
    let sql = "SELECT order_id, status, goods FROM orders ORDER BY order_id";
    assert_eq!(
        ask(&now, sql).await,
        json!([{"order_id": "o1", "status": "delivered", "goods": 12.25}, {"order_id": "o2", "status": "placed", "goods": 20.0}])
    );
    let as_of = |day: &str| SessionOptions { as_of: Some(at(day)), ..options("2026-06-01T00:00:00Z") };
    let tables = Arc::new(orders().await);
    for (day, expected) in [
        ("2026-01-31T00:00:00Z", json!([])),
        ("2026-02-01T00:00:00Z", json!([{"order_id": "o1", "status": "placed", "goods": 10.5}])),
        (
            "2026-02-28T23:59:59Z",
            json!([
            {"order_id": "o1", "status": "placed", "goods": 10.5}, {"order_id": "o2", "status": "placed", "goods": 20.0}]),
        ),
        (
            "2026-03-01T00:00:00Z",
            json!([
            {"order_id": "o1", "status": "delivered", "goods": 12.25}, {"order_id": "o2", "status": "placed", "goods": 20.0}]),
        ),
    ] {
        let then = Session::open(tables.clone(), &definitions, as_of(day)).unwrap();
        assert_eq!(ask(&then, sql).await, expected, "{day}");
        assert_eq!(ask(&then, "SELECT as_of() AS t, now() AS n").await, json!([{"t": day, "n": day}]));
    }
    assert_eq!(ask(&now, "SELECT count(*) AS n FROM history.orders").await, json!([{"n": 3}]));
}

#[tokio::test]
async fn local_days_and_periods() {
    let definitions = definitions("Europe/Berlin", &[]);
    let session = session(orders().await, &definitions, "2026-06-01T00:00:00Z");
    let sql = "SELECT local_day(ordered_at) AS day, period_number(ordered_at) - period_number(instant('2026-02-01')) AS month,
        day_start(local_day(ordered_at)) AS s, day_end(local_day(ordered_at)) AS e FROM orders ORDER BY order_id";
    assert_eq!(
        ask(&session, sql).await,
        json!([
            {"day": "2026-02-01", "month": 0, "s": "2026-01-31T23:00:00Z", "e": "2026-02-01T23:00:00Z"},
            {"day": "2026-02-10", "month": 0, "s": "2026-02-09T23:00:00Z", "e": "2026-02-10T23:00:00Z"}])
    );
    // The day on which the clocks go forward has 23 hours, the day on which they go back 25.
    let hours = "SELECT date_part('epoch', day_end(d) - day_start(d)) / 3600 AS h FROM (VALUES (DATE '2026-03-29'), (DATE '2026-10-25')) AS t (d)";
    assert_eq!(ask(&session, hours).await, json!([{"h": 23.0}, {"h": 25.0}]));
    let nothing =
        "SELECT local_day(NULL) AS a, period_number(NULL) AS b, day_start(NULL) AS c, workspace_currency() AS w";
    assert_eq!(ask(&session, nothing).await, json!([{"a": null, "b": null, "c": null, "w": "EUR"}]));

    let weeks = session.with_grain(Grain::Week, at("2026-02-01T00:00:00Z"), at("2026-02-12T00:00:00Z")).unwrap();
    let sql = "SELECT p.label, p.start_at, count(o.order_id) AS orders FROM periods AS p
        LEFT JOIN orders AS o ON period_number(o.ordered_at) = p.number GROUP BY p.label, p.start_at ORDER BY p.label";
    assert_eq!(
        ask(&weeks, sql).await,
        json!([
            {"label": "2026-W05", "start_at": "2026-01-25T23:00:00Z", "orders": 1},
            {"label": "2026-W06", "start_at": "2026-02-01T23:00:00Z", "orders": 0},
            {"label": "2026-W07", "start_at": "2026-02-08T23:00:00Z", "orders": 1}])
    );
}

#[tokio::test]
async fn mistakes_are_explained() {
    let session = session(orders().await, &definitions("UTC", &[]), "2026-06-01T00:00:00Z");
    for (sql, message, hint) in [
        ("SELECT (", "The SQL cannot be read", ""),
        ("SELECT * FROM ordres", "There is no table ordres.", "did you mean `orders`?"),
        ("SELECT * FROM history.ordres", "There is no table ordres.", "did you mean `orders`?"),
        ("SELECT ordered FROM orders", "There is no column ordered (line 1, column 8).", "did you mean `ordered_at`?"),
        (
            "SELECT colour FROM orders",
            "There is no column colour (line 1, column 8).",
            "columns are cancelled_at, channel, ",
        ),
        ("SELECT o.order_idd\nFROM orders AS o", "There is no column order_idd in o", "did you mean `order_id`?"),
        ("SELECT locl_day(ordered_at) FROM orders", "There is no function locl_day()", "did you mean `local_day()`?"),
        ("SELECT current_date()", "There is no function current_date()", "local_day(as_of())"),
        ("SELECT local_day('2026-01-01')", "local_day() takes an instant or a day", ""),
        ("SELECT instant('31.02.2025')", "31.02.2025", ""),
        ("SELECT 1 / 0 AS x FROM orders", "ivide by zero", ""),
        ("DROP TABLE orders", "Only queries are answered here", "begin with SELECT"),
        ("CREATE TABLE t AS SELECT 1", "Only queries are answered here", ""),
        ("COPY orders TO '/tmp/x.csv'", "Only queries are answered here", ""),
        ("EXPLAIN ANALYZE COPY orders TO '/tmp/x.csv'", "Only queries are answered here", ""),
        ("SET datafusion.execution.batch_size = 1", "Only queries are answered here", ""),
        ("INSERT INTO orders SELECT * FROM orders", "Only queries are answered here", ""),
        ("SELECT 1; SELECT 2", "", ""),
        ("", "", ""),
        ("SELECT * FROM '/etc/passwd'", "There is no table", ""),
    ] {
        let error = session.sql(sql, Some(10)).await.unwrap_err();
        assert!(error.message.contains(message), "{sql}: {error}");
        assert!(error.hint.clone().unwrap_or_default().contains(hint), "{sql}: {error}");
        assert_eq!(error.kind, throughline_engine::ErrorKind::Input, "{sql}: {error}");
    }
}

#[tokio::test]
async fn answers_read_well() {
    let session = session(orders().await, &definitions("UTC", &[]), "2026-06-01T00:00:00Z");
    let answer = session.sql("SELECT order_id, goods, status FROM orders ORDER BY 1", Some(1)).await.unwrap();
    assert!(answer.cut_off);
    assert_eq!(answer.to_text(), "order_id  goods  status\n--------  -----  ---------\no1        12.25  delivered\n");
    let exact = session
        .sql("SELECT CAST('12345678901234567.25' AS DECIMAL(20,2)) AS d, ARRAY[1, 2] AS l, 'NaN'::DOUBLE AS n", None)
        .await
        .unwrap();
    assert_eq!(exact.to_json(), json!([{"d": "12345678901234567.25", "l": [1, 2], "n": "NaN"}]));
    assert!(session.sql("EXPLAIN SELECT * FROM orders", Some(5)).await.unwrap().rows.len() > 1);
    assert!(session.sql("SHOW TABLES", None).await.unwrap().to_text().contains("touchpoints"));
    assert!(session.sql("SELECT * FROM generate_series(1, 3)", None).await.unwrap().rows.len() == 3);
}

#[tokio::test]
async fn every_shipped_view_can_be_read() {
    let session = session(orders().await, &definitions("Europe/Berlin", &[]), "2026-06-01T00:00:00Z");
    let views: Vec<String> = throughline_engine::catalog::files("views/")
        .map(|(path, _)| path.trim_start_matches("views/").trim_end_matches(".sql").to_owned())
        .collect();
    assert!(views.len() >= 7);
    for view in views {
        let answer = session.sql(&format!("SELECT * FROM {view}"), None).await;
        assert!(answer.is_ok(), "{view}: {}", answer.unwrap_err());
    }
}

#[tokio::test]
async fn kept_views_say_the_same_and_follow_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let definitions = definitions("Europe/Berlin", &[]);
    let sql = "SELECT customer_id, at, kind, stage FROM touchpoints ORDER BY at, kind";
    let tables = Arc::new(orders().await);
    let plain = session(orders().await, &definitions, "2026-06-01T00:00:00Z");
    let expected = ask(&plain, sql).await;
    assert_eq!(expected.as_array().unwrap().len(), 2);

    let kept = keeping(tables.clone(), &definitions, "2026-06-01T00:00:00Z", folder.path().join("views"), "1");
    assert_eq!(ask(&kept, sql).await, expected);
    let files = || std::fs::read_dir(folder.path().join("views")).unwrap().count();
    let written = files();
    assert!(written > 1);

    // Another session of the same data opens the files and no table.
    let before = tables.opened.load(std::sync::atomic::Ordering::Relaxed);
    let again = keeping(tables.clone(), &definitions, "2026-06-01T00:00:00Z", folder.path().join("views"), "1");
    assert_eq!(ask(&again, sql).await, expected);
    assert_eq!(tables.opened.load(std::sync::atomic::Ordering::Relaxed), before);
    assert_eq!(files(), written);

    // Files may go at any time, and a broken one is made again.
    for entry in std::fs::read_dir(folder.path().join("views")).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains("touchpoints") {
            std::fs::write(path, "torn").unwrap();
        }
    }
    let mended = keeping(tables.clone(), &definitions, "2026-06-01T00:00:00Z", folder.path().join("views"), "1");
    assert_eq!(ask(&mended, sql).await, expected);
    std::fs::remove_dir_all(folder.path().join("views")).unwrap();
    assert_eq!(ask(&mended, sql).await, expected);

    // New data, another instant or other rules give other files.
    let more = orders()
        .await
        .with(
            "interactions",
            "interaction_id, customer_ref, kind, occurred_at",
            "('i', 'c1', 'visit', '2026-01-01T00:00:00Z')",
        )
        .await;
    let newer = keeping(Arc::new(more), &definitions, "2026-06-01T00:00:00Z", folder.path().join("views"), "2");
    assert_eq!(ask(&newer, "SELECT count(*) AS n FROM touchpoints").await, json!([{"n": 3}]));
}

#[tokio::test]
async fn a_join_that_is_too_large_for_the_memory_spills() {
    let series = "generate_series(1, 400000)";
    let tables = HandTables::default()
        .with_query(
            "customers",
            "customer_ref, region",
            &format!("SELECT 'customer number ' || value, 'region ' || (value % 7) FROM {series}"),
        )
        .await
        .with_query(
            "interactions",
            "interaction_id, customer_ref, kind",
            &format!("SELECT 'i' || value, 'customer number ' || (value * 7 % 400000 + 1), 'visit' FROM {series}"),
        )
        .await;
    let definitions = definitions("UTC", &[]);
    let tables = Arc::new(tables);
    let open = |memory_bytes| {
        let options = SessionOptions { memory_bytes, ..options("2026-06-01T00:00:00Z") };
        Session::open(tables.clone(), &definitions, options).unwrap()
    };
    let sql = "SELECT c.region, count(*) AS n, min(i.interaction_id) AS first FROM interactions AS i
        JOIN customers AS c ON c.customer_ref = i.customer_ref GROUP BY c.region ORDER BY c.region";
    let roomy = ask(&open(512 << 20), sql).await;
    assert_eq!(roomy.as_array().unwrap().len(), 7);
    assert_eq!(ask(&open(MEMORY_BYTES), sql).await, roomy);
    let error = open(1 << 20).sql(sql, None).await.unwrap_err();
    assert!(error.message.starts_with("The query needs more memory than it may use"), "{error}");
}

/// On one thread: a query that never gives it back would never see its time run out.
#[tokio::test]
async fn a_join_that_finds_nothing_for_hours_can_be_stopped() {
    let rows = "SELECT 'i' || value, 'c' || value, 'visit' FROM generate_series(1, 1000)";
    let tables = HandTables::default().with_query("interactions", "interaction_id, customer_ref, kind", rows).await;
    let session = session(tables, &definitions("UTC", &[]), "2026-06-01T00:00:00Z");
    let endless = "SELECT count(*) FROM interactions AS a, interactions AS b, interactions AS c, interactions AS d
        WHERE length(a.kind) + length(b.kind) + length(c.kind) + length(d.kind) < 20";
    let limit = std::time::Duration::from_millis(200);
    assert!(tokio::time::timeout(limit, session.sql(endless, None)).await.is_err());
    assert_eq!(ask(&session, "SELECT count(*) AS n FROM interactions").await, json!([{"n": 1000}]));
}

/// Too little for either side of the join in memory, enough to sort them on disk.
const MEMORY_BYTES: usize = 24 << 20;
