//! Suggested layouts: they load, are recognised the next time, and import as they are where the guess is right.

use std::sync::Arc;

use throughline_engine::intake::SourceFile;
use throughline_engine::intake::suggest::{self, GuessFrom};
use throughline_model::layout::Layout;

use crate::intake_support::{Collected, Import, Place, shared};

fn suggest(path: &std::path::Path) -> throughline_engine::Result<String> {
    let file = SourceFile::new(path, path.display().to_string());
    suggest::suggest(&file, GuessFrom::default(), tempfile::tempdir().unwrap().path())
}

fn read(text: &str) -> Arc<Layout> {
    let (layout, problems) =
        throughline_model::layout::read("suggested.toml", text, throughline_engine::catalog::vocabulary().unwrap());
    assert_eq!(problems, [], "{text}");
    Arc::new(layout.unwrap())
}

/// Suggests a layout for a file, imports the file by it.
async fn suggested(name: &str, bytes: &[u8]) -> (String, Collected) {
    let place = Place::new(&[(name, bytes)]);
    let path = place.path(name);
    let text = suggest(path.as_ref()).unwrap();
    let layout = read(&text);
    let id = layout.id.clone();
    let import = Import { layouts: vec![layout], as_layout: Some(&id), ..Import::default() };
    (text.clone(), import.run(&[path]).await.unwrap_or_else(|error| panic!("{error}\n{text}")))
}

#[tokio::test]
async fn orders_with_decimal_commas_and_days_first() {
    let (text, found) = suggested(
        "Bestellungen 2025.csv",
        "Bestellnummer;Kunde;Datum;Status;Summe\nB1;k1;31.12.2025;storniert;1.234,50\nB2;k2;01.12.2025;geliefert;9,99\nB3;k1;05.12.2025;seltsam;7\n".as_bytes(),
    )
    .await;
    assert_eq!(
        found.ask("SELECT order_id, customer_ref, ordered_at, status, goods FROM orders").await,
        [
            "B1|k1|2025-12-31T00:00:00Z|cancelled|1234.5000",
            "B2|k2|2025-12-01T00:00:00Z|delivered|9.9900",
            "B3|k1|2025-12-05T00:00:00Z||7.0000"
        ],
        "{text}"
    );
    assert_eq!(found.rejected(), Vec::<String>::new());
}

#[tokio::test]
async fn lines_that_share_an_order() {
    let (text, found) = suggested(
        "sales.csv",
        b"OrderID,Line No,CustomerID,OrderDate,SKU,Quantity,UnitPrice\n1,1,7,03/04/2025,a,2,$1.50\n1,2,7,03/04/2025,b,1,$2.00\n2,1,8,05/04/2025,a,1,$1.50\n",
    )
    .await;
    assert_eq!(
        found.ask("SELECT order_id, customer_ref, ordered_at FROM orders").await,
        ["1|7|2025-04-03T00:00:00Z", "2|8|2025-04-05T00:00:00Z"],
        "{text}"
    );
    assert_eq!(
        found.ask("SELECT order_id, line, product_id, quantity, unit_price FROM order_lines").await,
        ["1|1|a|2.0|1.5000", "1|2|b|1.0|2.0000", "2|1|a|1.0|1.5000"]
    );
    assert!(text.contains("Day or month first? Both fit every value seen."), "{text}");
}

#[tokio::test]
async fn tickets_with_columns_of_times_and_logs_of_events() {
    let (text, found) = suggested(
        "tickets.csv",
        b"Ticket ID,Requester,Created At,Solved At,Priority\n1,a,2026-01-01 10:00,2026-01-02 10:00,high\n2,b,2026-01-03 10:00,,low\n",
    )
    .await;
    assert_eq!(
        found.ask("SELECT ticket_id, customer_ref, opened_at, priority FROM tickets").await,
        ["1|a|2026-01-01T10:00:00Z|high", "2|b|2026-01-03T10:00:00Z|low"],
        "{text}"
    );
    assert_eq!(
        found.ask("SELECT ticket_id, kind FROM ticket_events ORDER BY ticket_id, at").await,
        ["1|customer_message", "1|solved", "2|customer_message"]
    );
    let (text, found) = suggested(
        "log.csv",
        b"Case;Activity;Time;Agent\n1;Opened;2026-01-01 10:00;web\n1;Resolved;2026-01-01 11:00;zoe\n1;Odd;2026-01-01 12:00;zoe\n1;Odd;2026-01-01 12:00;zoe\n",
    )
    .await;
    assert_eq!(found.ask("SELECT ticket_id, opened_at FROM tickets").await, ["1|2026-01-01T10:00:00Z"], "{text}");
    assert_eq!(
        found.ask("SELECT kind, label FROM ticket_events ORDER BY source_seq").await,
        ["customer_message|Opened", "solved|Resolved", "other|Odd", "other|Odd"]
    );
}

#[tokio::test]
async fn answers_products_customers_and_events() {
    let (text, found) = suggested(
        "nps.csv",
        b"Response ID,NPS,Submitted At,Comment\nr1,9,2026-01-01T10:00:00Z,good\nr2,0,2026-01-02T10:00:00Z,\n",
    )
    .await;
    assert_eq!(
        found.ask("SELECT feedback_id, instrument, score, scale_max, text FROM feedback").await,
        ["r1|nps|9.0|10.0|good", "r2|nps|0.0|10.0|"],
        "{text}"
    );
    let (text, found) = suggested("products.csv", b"product_id,name,category\np1,Mug,Pots\np2,Bowl,Pots\n").await;
    assert_eq!(
        found.ask("SELECT product_id, name, category FROM products").await,
        ["p1|Mug|Pots", "p2|Bowl|Pots"],
        "{text}"
    );
    let (text, found) = suggested("c.csv", b"customer_id,country,email\n1,DE,a@x\n2,FR,b@x\n").await;
    assert_eq!(
        found.ask("SELECT customer_ref, region, email FROM customers").await,
        ["1|DE|a@x", "2|FR|b@x"],
        "{text}"
    );
    let (text, found) = suggested("e.jsonl", b"{\"user\":{\"id\":7},\"event\":\"page_view\",\"ts\":1767225600}\n{\"user\":{\"id\":8},\"event\":\"cart\",\"ts\":1767225601}\n").await;
    assert_eq!(
        found.ask("SELECT customer_ref, kind, occurred_at FROM interactions").await,
        ["7|page_view|2026-01-01T00:00:00Z", "8|cart|2026-01-01T00:00:01Z"],
        "{text}"
    );
}

#[tokio::test]
async fn files_without_a_header_and_odd_names() {
    let (text, found) = suggested("plain.txt", b" 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n").await;
    assert!(
        text.contains("columns = [\"column_1\", \"column_2\", \"column_3\", \"column_4\"]")
            && text.contains("delimiter = \" \""),
        "{text}"
    );
    assert_eq!(found.counts.rows(), 2);
    let (text, found) =
        suggested("odd.csv", b"\"customer \"\"id\"\"\",\"the\\date\",date\n1,x,2026-01-01\n1,x,2026-01-02\n").await;
    assert_eq!(found.ask("SELECT customer_ref FROM interactions").await, ["1", "1"], "{text}");
    assert!(suggest(Place::new(&[]).path("none.csv").as_ref()).is_err());
    let place = Place::new(&[("empty.csv", b""), ("header.csv", b"a,b\n")]);
    assert!(suggest(place.path("empty.csv").as_ref()).unwrap_err().message.contains("is empty"));
    assert!(suggest(place.path("header.csv").as_ref()).unwrap_err().message.contains("holds no rows"));
}

#[test]
fn layouts_suggested_for_real_files_load() {
    for folder in [
        "olist",
        "cdnow",
        "helpdesk_italian",
        "uci_incident",
        "rees46_sample",
        "hillstrom",
        "online_shoppers",
        "channel_paths",
    ] {
        let Some(folder) = shared(folder) else { return };
        for entry in std::fs::read_dir(folder).unwrap() {
            read(&suggest(&entry.unwrap().path()).unwrap());
        }
    }
}
