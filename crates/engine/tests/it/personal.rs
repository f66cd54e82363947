//! Whose values an answer may show, whatever the query calls them.

use crate::hand_tables::{HandTables, definitions, session};

async fn tables() -> HandTables {
    HandTables::default()
        .with(
            "customers",
            "customer_ref, email, region, known",
            "('c1', 'a@b.c', 'west', true), ('c2', 'd@e.f', 'east', true)",
        )
        .await
        .with(
            "orders",
            "order_id, customer_ref, ordered_at, status, goods",
            "('o1', 'c1', '2026-01-31T23:30:00Z', 'placed', 10.5), ('o2', 'c2', '2026-02-10T12:00:00Z', 'placed', 20)",
        )
        .await
}

/// Names of the columns of an answer that are personal.
async fn personal(sql: &str) -> Vec<String> {
    let definitions = definitions("UTC", &[]);
    let session = session(tables().await, &definitions, "2026-06-01T00:00:00Z");
    let answer = session.sql(sql, None).await.unwrap();
    answer.columns.into_iter().filter(|column| column.personal).map(|column| column.name).collect()
}

#[tokio::test]
async fn names_of_people_are_found_under_any_name() {
    for (sql, expected) in [
        ("SELECT customer_ref, order_id, goods FROM orders", vec!["customer_ref"]),
        ("SELECT order_id AS x, customer_ref AS y FROM orders", vec!["y"]),
        ("SELECT upper(substr(customer_ref, 1, 1)) || status AS z FROM orders", vec!["z"]),
        ("SELECT w FROM (SELECT customer_ref AS w FROM orders) AS t ORDER BY w LIMIT 1", vec!["w"]),
        (
            "WITH a AS (SELECT customer_ref AS n FROM orders) SELECT n FROM a UNION ALL SELECT status AS n FROM orders",
            vec!["n"],
        ),
        ("SELECT min(email) AS first, array_agg(customer_ref) AS all_of FROM customers", vec!["first", "all_of"]),
        ("SELECT status, (SELECT max(customer_ref) FROM customers) AS m FROM orders", vec!["m"]),
        (
            "SELECT o.status, c.email FROM orders AS o JOIN customers AS c ON c.customer_ref = o.customer_ref",
            vec!["email"],
        ),
        ("SELECT CASE WHEN goods > 15 THEN customer_ref ELSE 'none' END AS who_big FROM orders", vec!["who_big"]),
        ("SELECT lag(customer_ref) OVER (ORDER BY ordered_at) AS before FROM orders", vec!["before"]),
        ("SELECT customer_id, orders FROM customer_facts", vec!["customer_id"]),
        (
            "WITH RECURSIVE r AS (SELECT customer_ref AS a FROM orders UNION ALL SELECT a FROM r WHERE false) SELECT a FROM r",
            vec!["a"],
        ),
    ] {
        assert_eq!(personal(sql).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn counts_and_tests_are_not_personal() {
    for sql in [
        "SELECT count(*) AS n, count(DISTINCT customer_ref) AS people, sum(goods) AS goods FROM orders",
        "SELECT region, count(*) AS n FROM customers GROUP BY region",
        "SELECT email IS NULL AS unknown, count(*) AS n FROM customers GROUP BY 1",
        "SELECT row_number() OVER (PARTITION BY customer_ref ORDER BY ordered_at) AS place FROM orders",
        "SELECT CASE WHEN email LIKE '%@b.c' THEN 'ours' ELSE 'theirs' END AS kind FROM customers",
        "SELECT order_id FROM orders WHERE customer_ref IN (SELECT customer_ref FROM customers WHERE region = 'west')",
        "SELECT name, category FROM products",
        "SHOW TABLES",
        "EXPLAIN SELECT customer_ref FROM orders",
    ] {
        assert_eq!(personal(sql).await, [""; 0], "{sql}");
    }
}
