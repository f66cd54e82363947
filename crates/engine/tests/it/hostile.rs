//! SQL that is meant to do harm: nothing is written or read outside the workspace, and time and memory have bounds.

use std::sync::Arc;
use std::time::Duration;

use throughline_engine::measures::{Request, evaluate_many};
use throughline_engine::session::{Session, SessionOptions};
use throughline_model::period::Grain;

use crate::hand_tables::{HandTables, at, definitions, options, session};

const NOW: &str = "2026-06-15T00:00:00Z";

async fn orders() -> HandTables {
    HandTables::default()
        .with("orders", "order_id, customer_ref, ordered_at", "('o1', 'a', '2026-05-10T10:00:00Z')")
        .await
}

async fn problem(session: &Session, sql: &str) -> String {
    let answer = tokio::time::timeout(Duration::from_secs(120), session.sql(sql, Some(10))).await;
    match answer.unwrap_or_else(|_| panic!("{sql} does not end")) {
        Ok(answer) => panic!("{sql} was answered: {:?}", answer.rows),
        Err(error) => error.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_and_no_file_is_read() {
    let session = session(orders().await, &definitions("Europe/Berlin", &[]), NOW);
    for sql in [
        "DROP TABLE orders",
        "DELETE FROM orders",
        "UPDATE orders SET status = 'x'",
        "INSERT INTO orders SELECT * FROM orders",
        "CREATE TABLE t AS SELECT 1",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "COPY orders TO 'stolen.csv'",
        "SET datafusion.execution.target_partitions = 1",
        "SELECT 1; DROP TABLE orders",
        "EXPLAIN ANALYZE INSERT INTO orders SELECT * FROM orders",
        "PREPARE p AS SELECT 1",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM \"/etc/passwd\"",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM 'https://example.com/a.parquet'",
    ] {
        problem(&session, sql).await;
    }
    assert_eq!(session.sql("SELECT count(*) FROM orders", None).await.unwrap().rows[0][0], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_function_fills_the_memory() {
    let session = session(orders().await, &definitions("Europe/Berlin", &[]), NOW);
    for sql in [
        "SELECT length(repeat('x', 2000000000))",
        "SELECT max(length(repeat(order_id, 100000))) FROM orders, generate_series(1, 100000)",
        "SELECT length(lpad('x', 2000000000))",
        "SELECT length(rpad(order_id, 1000000000, 'ab')) FROM orders",
        "SELECT length(replace(repeat('a', 100000), 'a', repeat('b', 100000)))",
        "SELECT cardinality(range(0, 1000000000))",
        "SELECT cardinality(range(1000000000))",
        "SELECT cardinality(generate_series(1000000000, 0, -2))",
        "SELECT cardinality(generate_series(DATE '2020-01-01', DATE '2026-01-01', INTERVAL '1 second'))",
        "SELECT max(cardinality(range(value))) FROM generate_series(1, 100000)",
        "SELECT length(regexp_replace(repeat('a', 100000), '', repeat('b', 100000), 'g'))",
    ] {
        let problem = problem(&session, sql).await;
        assert!(problem.contains("at once, and may make 256 MiB"), "{sql}: {problem}");
    }
    for sql in [
        "SELECT array_repeat(1, 2000000000)",
        "SELECT list_repeat(1, 2000000000)",
        "SELECT array_resize([1], 2000000000, 2)",
    ] {
        let problem = problem(&session, sql).await;
        assert!(problem.contains("There is no function"), "{sql}: {problem}");
    }
    let sql = "SELECT cardinality(array_agg(repeat('x', 10000))) FROM generate_series(1, 1000000)";
    assert!(problem(&session, sql).await.contains("needs more memory than it may use"));
    problem(&session, "SELECT regexp_count('aaa', '(a{1000}){1000}')").await;
    // What is asked for in earnest stays.
    let sql = "SELECT sum(length(replace(repeat('ab', 2000), 'b', repeat('c', 100)))) FROM generate_series(1, 10000)";
    assert_eq!(session.sql(sql, None).await.unwrap().rows[0][0], 10_000 * 2_000 * 101_i64);
    let sql = "SELECT cardinality(range(DATE '2020-01-01', DATE '2026-01-01', INTERVAL '1 day')), lpad('7', 3, '0'), rpad('a', 3, NULL), repeat('ab', -1), replace('aXb', 'X', '--'), \
               regexp_replace('order 12', '[0-9]+', '#'), repeat(NULL, 3)";
    let answer = session.sql(sql, None).await.unwrap();
    let expected = serde_json::json!([2192, "007", null, "", "a--b", "order #", null]);
    assert_eq!(serde_json::Value::from(answer.rows[0].clone()), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_measure_that_does_not_end_is_stopped_and_stops_no_other() {
    let rows = |id: &str, from: &str| {
        format!(
            "id = '{id}'\nrows = '''SELECT CAST(n AS VARCHAR) AS key, CAST('2026-05-10T10:00:00Z' AS TIMESTAMP) AS at FROM {from}'''\naggregate = 'count'"
        )
    };
    let series = |name: &str, most: &str| format!("(SELECT value AS {name} FROM generate_series(1, {most}))");
    let endless = [
        rows("h_series", &series("n", "1000000000000")),
        rows("h_join", &format!("{}, {}", series("n", "1000"), series("m", "1000000000000"))),
        rows("h_again", "(WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT n FROM t)"),
    ];
    let good = rows("h_good", &series("n", "3"));
    let texts: Vec<&str> = endless.iter().chain([&good]).map(String::as_str).collect();
    let definitions = definitions("Europe/Berlin", &texts);
    let longest = Duration::from_secs(2);
    let session =
        Session::open(Arc::new(orders().await), &definitions, SessionOptions { longest, ..options(NOW) }).unwrap();
    let months =
        Request { grain: Grain::Month, from: at("2026-05-01T00:00:00Z"), to: at("2026-06-01T00:00:00Z"), by: None };
    let measures = ["h_series", "h_join", "h_again", "h_good"].map(|id| definitions.measures.get(id).unwrap());
    let found = tokio::time::timeout(Duration::from_secs(120), evaluate_many(&session, &measures, &months));
    let mut found = found.await.expect("it ends").unwrap();
    for id in ["h_series", "h_join", "h_again"] {
        let error = found.remove(id).unwrap().unwrap_err();
        assert!(error.message.contains("took longer than 2 s and was stopped"), "{id}: {error}");
    }
    assert_eq!(found["h_good"].as_ref().unwrap()[0].value, Some(3.0));
}
