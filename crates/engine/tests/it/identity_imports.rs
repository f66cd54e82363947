//! Strangers in sessions, import by import: what is kept from earlier imports gives what a search of all rows gives.

use throughline_engine::catalog;

use crate::import::Bench;

/// Rows of one import: its table, and lines in which `{s}` stands for sessions of its own.
const IMPORTS: [(&str, &[&str]); 8] = [
    ("interactions", &["1,v1,visit,{s}a", "2,c1,login,{s}a", "3,v2,visit,{s}b", "4,v3,visit,"]),
    // A session of its own with both sides, and one without any.
    ("interactions", &["5,v4,visit,{s}a", "6,c2,login,{s}a", "7,v5,visit,{s}b"]),
    // An order in an earlier session, in which nobody else was known until now.
    ("orders", &["o1,c3,0b"]),
    ("orders", &["o2,c4,{s}a", "o3,c5,"]),
    // A visit in an earlier session.
    ("interactions", &["8,v6,visit,1a", "9,v7,visit,{s}a"]),
    // The visitor of the first session was another one, and the order was another customer's.
    ("interactions", &["1,v8,visit,0a"]),
    ("orders", &["o1,v2,0b"]),
    ("interactions", &["10,c9,visit,{s}a", "11,c9,signup,{s}a"]),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_agrees_with_all_rows_after_every_import() {
    let mut bench = Bench::new("UTC", "EUR");
    let all = catalog::file("views/session_strangers.sql").unwrap();
    let all = format!("SELECT session_id, customer_ref FROM ({all}) AS m ORDER BY 1, 2");
    let mut found = Vec::new();
    for (step, (table, lines)) in IMPORTS.into_iter().enumerate() {
        let (head, tail) = match table {
            "orders" => ("order_id,customer_ref,session_id,ordered_at,goods", ",2026-01-02T00:00:00Z,10"),
            _ => ("interaction_id,customer_ref,kind,session_id,occurred_at", ",2026-01-01T00:00:00Z"),
        };
        let lines = lines.iter().map(|line| format!("{}{tail}\n", line.replace("{s}", &step.to_string())));
        let path = bench.file(&format!("{table}-{step}.csv"), &format!("{head}\n{}", lines.collect::<String>()));
        bench.import(&path).await.unwrap();
        let kept = bench.rows(None, "SELECT session_id, customer_ref FROM session_strangers ORDER BY 1, 2").await;
        assert_eq!(kept, bench.rows(None, &all).await, "after import {step}");
        found.push(kept.len());
    }
    assert_eq!(found, [1, 2, 3, 3, 4, 4, 3, 3]);
}
