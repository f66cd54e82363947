//! The public data sets, read by the layouts of the catalog, against the figures published with them.

use crate::intake_support::{Import, shared};

#[tokio::test(flavor = "multi_thread")]
async fn olist() {
    let Some(folder) = shared("olist") else { return };
    let started = std::time::Instant::now();
    let found = Import::default().run(&[folder.display().to_string()]).await.unwrap();
    let seconds = started.elapsed().as_secs_f64();
    eprintln!("olist: {} rows in {seconds:.2} s", found.counts.rows());
    assert_eq!(found.rejected(), Vec::<String>::new());
    assert_eq!(
        found
            .ask("SELECT status, count(*) FROM orders WHERE customer_ref IS NOT NULL GROUP BY status ORDER BY 2 DESC")
            .await,
        ["delivered|96478", "shipped|1107", "cancelled|625", "processing|615", "unavailable|609", "placed|5", "paid|2"]
    );
    assert_eq!(
        found.ask("SELECT count(*), sum(goods), sum(shipping), count(DISTINCT order_id) FROM orders WHERE customer_ref IS NULL").await,
        ["98666|13591643.7000|2251909.5400|98666"]
    );
    assert_eq!(found.ask("SELECT count(*), sum(unit_price) FROM order_lines").await, ["112650|13591643.7000"]);
    assert_eq!(
        found.ask("SELECT count(*), sum(amount), count(DISTINCT payment_id) FROM payments").await,
        ["103886|16008872.1200|103886"]
    );
    assert_eq!(
        found.ask("SELECT count(*), round(avg(score), 6), count(DISTINCT feedback_id), count(answered_at), count(asked_at) FROM feedback").await,
        ["99224|4.086421|99224|99207|99207"]
    );
    assert_eq!(found.ask("SELECT count(*), count(DISTINCT customer_id) FROM identities").await, ["99441|96096"]);
    assert_eq!(
        found.ask("SELECT count(*), count(category), count(DISTINCT category) FROM products").await,
        ["32951|32341|73"]
    );
    assert_eq!(
        found
            .ask("SELECT category FROM products WHERE category IN ('pc_gamer', 'health_beauty') GROUP BY 1 ORDER BY 1")
            .await,
        ["health_beauty", "pc_gamer"]
    );
    assert_eq!(
        found.ask("SELECT ordered_at, promised_on, source, source_seq FROM orders WHERE order_id = '2e7a8482f6fb09756ca50c10d7bfc047' AND customer_ref IS NOT NULL").await,
        ["2016-09-05T00:15:19Z|2016-10-20|olist|1"]
    );
    assert!(found.counts.files.iter().all(|file| file.rows > 0 && file.rejected == 0));
    assert_eq!(found.progress.0, found.progress.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn cdnow() {
    let Some(folder) = shared("cdnow") else { return };
    let master = Import::default().run(&[folder.join("CDNOW_master.txt.gz").display().to_string()]).await.unwrap();
    assert_eq!(master.rejected(), Vec::<String>::new());
    assert_eq!(
        master
            .ask("SELECT count(*), count(DISTINCT order_id), count(DISTINCT customer_ref), sum(goods) FROM orders")
            .await,
        ["69659|69659|23570|2500315.6300"]
    );
    assert_eq!(master.ask("SELECT sum(quantity) FROM order_lines").await, ["167881.0"]);
    let sample = Import::default().run(&[folder.join("CDNOW_sample.txt.gz").display().to_string()]).await.unwrap();
    assert_eq!(
        sample.ask("SELECT count(*), count(DISTINCT customer_ref), sum(goods), min(ordered_at) FROM orders").await,
        ["6919|2357|244091.9400|1997-01-01T05:00:00Z"]
    );
    // A purchase has the same key in both files.
    let first = "SELECT order_id FROM orders WHERE customer_ref = '00004' ORDER BY order_id";
    assert_eq!(master.ask(first).await, sample.ask(first).await);
    let whole = Import::default().recognise(&[folder.display().to_string()]).unwrap();
    assert_eq!((whole.assigned.len(), whole.skipped.len(), whole.problems.len()), (2, 2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn italian_help_desk() {
    let Some(folder) = shared("helpdesk_italian") else { return };
    let found = Import::default().run(&[folder.display().to_string()]).await.unwrap();
    assert_eq!(found.rejected(), Vec::<String>::new());
    assert_eq!(
        found.ask("SELECT count(*), count(DISTINCT customer_ref), count(DISTINCT product_id), count(DISTINCT policy) FROM tickets").await,
        ["4580|394|21|4"]
    );
    assert_eq!(
        found.ask("SELECT kind, count(*) FROM ticket_events GROUP BY kind ORDER BY 2 DESC").await,
        ["other|5266", "assigned|5060", "solved|4985", "closed|4574", "pending|1463"]
    );
    assert_eq!(
        found.ask("SELECT count(*), count(DISTINCT ticket_id || event_id) FROM ticket_events").await,
        ["21348|21348"]
    );
    assert_eq!(
        found.ask("SELECT count(*) FROM (SELECT ticket_id, min(at) first FROM ticket_events GROUP BY 1) e JOIN tickets t USING (ticket_id) WHERE t.opened_at = e.first").await,
        ["4580"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn uci_incidents() {
    let Some(folder) = shared("uci_incident") else { return };
    let found = Import::default().run(&[folder.display().to_string()]).await.unwrap();
    assert_eq!(found.rejected(), Vec::<String>::new());
    assert_eq!(
        found.ask("SELECT count(*), sum(CASE WHEN breached THEN 1 ELSE 0 END), sum(CASE WHEN source_reopens > 0 THEN 1 ELSE 0 END), sum(CASE WHEN source_handoffs > 0 THEN 1 ELSE 0 END) FROM tickets").await,
        ["24918|9115|275|11369"]
    );
    assert_eq!(
        found.ask("SELECT count(DISTINCT ticket_id), count(*) = count(DISTINCT ticket_id || ' ' || event_id) FROM ticket_events").await,
        ["24918|true"]
    );
    // Every incident that was ever resolved has a solve, and none is solved by a repeated final value.
    assert_eq!(
        found.ask("SELECT sum(CASE WHEN kind = 'solved' THEN 1 ELSE 0 END) > 23000, sum(CASE WHEN kind = 'reopened' THEN 1 ELSE 0 END) > 200 FROM ticket_events").await,
        ["true|true"]
    );
    assert_eq!(
        found.ask("SELECT opened_at FROM tickets WHERE ticket_id = 'INC0000045'").await,
        ["2016-02-29T01:16:00Z"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rees46() {
    let Some(folder) = shared("rees46_sample") else { return };
    let found = Import::default().run(&[folder.display().to_string()]).await.unwrap();
    assert_eq!(found.rejected(), Vec::<String>::new());
    assert_eq!(
        found.ask("SELECT kind, count(*) FROM interactions GROUP BY kind ORDER BY 2 DESC").await,
        ["product_view|987", "add_to_cart|3"]
    );
    assert_eq!(found.ask("SELECT count(*), sum(goods) FROM orders").await, ["9|2387.8400"]);
    assert_eq!(found.ask("SELECT count(*), sum(unit_price), max(line) FROM order_lines").await, ["10|2387.8400|2"]);
    assert_eq!(found.ask("SELECT count(*), count(DISTINCT interaction_id) FROM interactions").await, ["990|990"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn olist_sellers() {
    let Some(folder) = shared("olist") else { return };
    let import = Import { as_layout: Some("olist_leads"), ..Import::default() };
    let found = import.run(&[folder.display().to_string()]).await.unwrap();
    assert_eq!(found.rejected(), Vec::<String>::new());
    assert_eq!(found.ask("SELECT count(*) FROM interactions").await, ["8000"]);
    assert_eq!(found.ask("SELECT count(*) FROM orders").await, ["842"]);
    assert_eq!(
        found.ask("SELECT channel, count(*) FROM interactions WHERE channel IN ('organic_search', 'social') GROUP BY 1 ORDER BY 1").await,
        ["organic_search|2296", "social|1350"]
    );
}
