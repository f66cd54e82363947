//! Layouts of the catalog on small files built from the vendors' documented columns, and files that arrive later.

use crate::intake_support::{Import, Place, failed, import};

const SHOPIFY: &str = "\
Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Country,Cancelled at,Payment Method,Refunded Amount,Vendor,Source
#1001,Ann@Example.com,paid,2024-01-05 10:21:00 -0500,fulfilled,2024-01-06 09:00:00 -0500,yes,USD,90.00,5.00,7.60,102.60,TEN,10.00,2024-01-05 10:20:30 -0500,2,Mug,25.00,MUG-1,US,,Shopify Payments,0.00,Pots,web
#1001,Ann@Example.com,,,,,,,,,,,,,2024-01-05 10:20:30 -0500,1,Bowl,50.00,,,,,,Pots,
#1002,,refunded,2024-02-01 08:00:00 -0500,unfulfilled,,no,USD,20.00,0.00,0.00,20.00,,0.00,2024-02-01 08:00:00 -0500,1,Mug,20.00,MUG-1,,,manual,20.00,Pots,pos
#1003,bob@example.com,voided,,,,no,EURO,20.00,0.00,0.00,20.00,,0.00,2024-03-01 08:00:00 -0500,1,Mug,20.00,MUG-1,DE,2024-03-01 09:00:00 -0500,,,Pots,web
#1004,cy@example.com,voided,,,,no,EUR,20.00,0.00,0.00,20.00,,0.00,2024-03-02 08:00:00 -0500,1,Mug,-20.00,MUG-1,DE,2024-03-02 09:00:00 -0500,,,Pots,web
";

#[tokio::test]
async fn shopify_orders() {
    let text = SHOPIFY.replace("yes,USD,90.00,5.00", "yes,USD,90.00,$5.00");
    // Later line-item rows repeat name and e-mail only.
    let text = text.replace(",,,,,,,,,,,,,2024-01-05 10:20:30 -0500,1,Bowl", ",,,,,,,,,,,,,,1,Bowl");
    let found = import("orders_export_1.csv", text.as_bytes(), &[]).await.unwrap();
    assert_eq!(
        found.ask("SELECT order_id, customer_ref, ordered_at, status, shipping, discount, coupon, channel FROM orders ORDER BY 1").await,
        [
            "#1001|ann@example.com|2024-01-05T15:20:30Z|shipped|5.0000|10.0000|TEN|web",
            "#1002|order #1002|2024-02-01T13:00:00Z|returned|0.0000|0.0000||pos",
            "#1004|cy@example.com|2024-03-02T13:00:00Z|cancelled|0.0000|0.0000||web",
        ]
    );
    assert_eq!(
        found.ask("SELECT order_id, line, product_id, quantity, unit_price FROM order_lines ORDER BY 1, 2").await,
        [
            "#1001|1|MUG-1|2.0|25.0000",
            "#1001|2|Bowl|1.0|50.0000",
            "#1002|1|MUG-1|1.0|20.0000",
            "#1003|1|MUG-1|1.0|20.0000"
        ]
    );
    assert_eq!(
        found.ask("SELECT payment_id, kind, amount FROM payments ORDER BY 1").await,
        ["#1001:payment|payment|102.6000", "#1002:payment|payment|20.0000", "#1002:refund|refund|20.0000"]
    );
    assert_eq!(
        found.ask("SELECT customer_ref, known, region, consent FROM customers ORDER BY 1").await,
        [
            "ann@example.com|true|US|true",
            "bob@example.com|true|DE|false",
            "cy@example.com|true|DE|false",
            "order #1002|false||"
        ]
    );
    let rejected: Vec<String> =
        found.rejected().iter().map(|reject| reject.split(" [").next().unwrap().to_owned()).collect();
    assert_eq!(
        rejected,
        ["5 orders.currency \"EURO\" is not a currency of ISO 4217", "6 order_lines.unit_price \"-20.00\" is negative"]
    );
}

#[tokio::test]
async fn zendesk_tickets() {
    let text = "\
Id,Requester,Requester email,Subject,Status,Priority,Via,Group,Assignee,Created at,Updated at,Initially assigned at,Assigned at,Solved at,Satisfaction Score,Assignee stations,Reopens,First reply time in minutes,First resolution time in minutes
7,Ann,Ann@Example.com,Broken,Closed,High,Web form,Support,Zoe,2024-01-05 10:00,2024-01-09 10:00,2024-01-05 10:05,2024-01-06 08:00,2024-01-08 12:00,Good,3,1,30,600
8,Bob,,Where is it,Open,-,Mail,Support,,2024-01-05 11:00,2024-01-05 11:30,,,,Offered,0,0,,
9,Cy,,Deleted,Deleted,-,Mail,Support,,2024-01-05 11:00,2024-01-05 11:30,,,,,0,0,,
";
    let found = import("export.csv", text.as_bytes(), &[]).await.unwrap();
    assert_eq!(found.rejected(), Vec::<String>::new());
    assert_eq!(
        found.ask("SELECT ticket_id, customer_ref, opened_at, channel, priority, source_reopens, source_handoffs, source_updated_at FROM tickets ORDER BY 1").await,
        ["7|ann@example.com|2024-01-05T10:00:00Z|web|High|1|2|2024-01-09T10:00:00Z", "8|Bob|2024-01-05T11:00:00Z|email||0|0|2024-01-05T11:30:00Z"]
    );
    assert_eq!(
        found.ask("SELECT ticket_id, event_id, kind, at FROM ticket_events ORDER BY ticket_id, at").await,
        [
            "7|created|customer_message|2024-01-05T10:00:00Z",
            "7|initially_assigned|assigned|2024-01-05T10:05:00Z",
            "7|first_reply|public_answer|2024-01-05T10:30:00Z",
            "7|first_solved|solved|2024-01-05T20:00:00Z",
            "7|assigned|assigned|2024-01-06T08:00:00Z",
            "7|solved|solved|2024-01-08T12:00:00Z",
            "8|created|customer_message|2024-01-05T11:00:00Z",
        ]
    );
    assert_eq!(
        found.ask("SELECT feedback_id, score, asked_at, answered_at FROM feedback ORDER BY 1").await,
        ["csat:7|1.0|2024-01-08T12:00:00Z|2024-01-08T12:00:00Z", "csat:8||2024-01-05T11:30:00Z|"]
    );
}

#[tokio::test]
async fn survey_answers() {
    let nps = import("nps.csv", b"Submitted At,How likely are you to recommend us?,Email,Comments\n2026-01-02 10:00,9,a@x.org,\"=great\"\n2026-01-02 10:00,11,b@x.org,\n2026-01-03 10:00,3,,\n2026-01-03 10:00,3,,\n", &[]).await.unwrap();
    assert_eq!(
        nps.ask("SELECT instrument, score, customer_ref, text FROM feedback ORDER BY source_seq").await,
        ["nps|9.0|a@x.org|=great", "nps|3.0||", "nps|3.0||"]
    );
    assert_eq!(nps.rejected(), ["3 feedback.score 11 lies outside the scale 0 to 10 [2026-01-02 10:00,11,b@x.org,]"]);
    let csat = import("csat.csv", b"Response ID;CSAT;Date;Ticket ID\nr1;5;02.01.2026;77\n", &[]).await.unwrap();
    assert_eq!(
        csat.ask("SELECT feedback_id, score, about, about_id, answered_at FROM feedback").await,
        ["csat:r1|5.0|ticket|77|2026-01-02T00:00:00Z"]
    );
}

#[tokio::test]
async fn a_plain_event_log() {
    let text = b"case:concept:name,concept:name,time:timestamp,org:resource,lifecycle:transition\n1,Created,2026-01-01T10:00:00+02:00,web,complete\n1,Resolved,2026-01-01T12:00:00+02:00,zoe,complete\n1,Weird step,2026-01-01T11:00:00+02:00,zoe,complete\n";
    let found = import("log.csv", text, &[]).await.unwrap();
    assert_eq!(found.ask("SELECT ticket_id, opened_at FROM tickets").await, ["1|2026-01-01T08:00:00Z"]);
    assert_eq!(
        found.ask("SELECT kind, label, actor FROM ticket_events ORDER BY at").await,
        ["customer_message|Created|web", "other|Weird step|zoe", "solved|Resolved|zoe"]
    );
}

#[tokio::test]
async fn the_benchmark_log() {
    let text = b"event_id,customer_id,ts,event_type,channel,amount,session_id,ticket_id,score\n1,c1,2023-01-01 00:00:00.000001Z,visit,direct,,5,,\n2,c1,2023-01-01 00:01:00Z,order,direct,12.50,5,,\n3,c1,2023-01-02 00:00:00Z,ticket_open,email,,,9,\n4,c1,2023-01-02 01:00:00Z,ticket_reply,email,,,9,\n5,c1,2023-01-02 02:00:00Z,ticket_solved,email,,,9,\n6,c1,2023-01-03 00:00:00Z,ticket_open,email,,,9,\n7,c1,2023-01-04 00:00:00Z,csat,email,,,9,4\n8,c1,2023-01-05 00:00:00Z,review,email,,,,10\n";
    let found = import("e.csv", text, &[]).await.unwrap();
    assert_eq!(found.rejected(), Vec::<String>::new());
    assert_eq!(
        found.ask("SELECT interaction_id, kind, occurred_at, source_seq FROM interactions").await,
        ["1|visit|2023-01-01T00:00:00.000001Z|1"]
    );
    assert_eq!(found.ask("SELECT order_id, goods, session_id, source_seq FROM orders").await, ["2|12.5000|5|2"]);
    assert_eq!(found.ask("SELECT ticket_id, opened_at, source_seq FROM tickets").await, ["9|2023-01-02T00:00:00Z|3"]);
    assert_eq!(
        found.ask("SELECT kind, source_seq FROM ticket_events ORDER BY source_seq").await,
        ["customer_message|3", "public_answer|4", "solved|5", "reopened|6"]
    );
    assert_eq!(
        found.ask("SELECT instrument, score, about_id FROM feedback ORDER BY source_seq").await,
        ["csat|4.0|9", "nps|10.0|"]
    );
}

const PRODUCTS: &[u8] = b"product_id,product_category_name,product_name_lenght,product_photos_qty,product_weight_g\np1,perfumaria,1,1,1\np2,pc_gamer,1,1,1\np3,,1,1,1\n";
const TRANSLATION: &[u8] = b"\xef\xbb\xbfproduct_category_name,product_category_name_english\r\nperfumaria,perfume\r\nperfumaria,perfumery\r\n";

#[tokio::test]
async fn a_file_that_arrives_later_completes_its_rows() {
    let place = Place::new(&[("products.csv", PRODUCTS), ("translation.csv", TRANSLATION)]);
    let import =
        |import_id, committed: &[&str]| Import { import_id, kept: Some(place.kept(committed)), ..Import::default() };
    let categories = "SELECT product_id, category, _file < 0, source_seq FROM products ORDER BY 1";
    let first = import("i1", &[]).run(&[place.path("products.csv")]).await.unwrap();
    assert_eq!(first.ask(categories).await, ["p1|perfumaria|false|1", "p2|pc_gamer|false|2", "p3||false|3"]);
    // What an import that never took place kept does not count.
    let never = import("i2", &[]).run(&[place.path("translation.csv")]).await.unwrap();
    assert_eq!((never.tables.len(), never.counts.rows()), (0, 2));
    let second = import("i3", &["i1"]).run(&[place.path("translation.csv")]).await.unwrap();
    assert_eq!(second.ask(categories).await, ["p1|perfumery|true|1", "p2|pc_gamer|true|2", "p3||true|3"]);
    assert_eq!(second.counts.completed["products"], 3);
    // New products find the translation that came before, and what is kept already is not kept twice.
    let third = import("i4", &["i1", "i3"]).run(&[place.path("products.csv")]).await.unwrap();
    assert_eq!(third.ask(categories).await, ["p1|perfumery|false|1", "p2|pc_gamer|false|2", "p3||false|3"]);
    let kept: Vec<_> = std::fs::read_dir(place.folder.path().join(".kept/olist/products")).unwrap().collect();
    assert_eq!(kept.len(), 2, "one file and its digest: {kept:?}");
}

#[tokio::test]
async fn standard_tables_need_no_layout() {
    let place = Place::new(&[
        ("feedback.csv", b"feedback_id,instrument,score,recorded_at,source_seq,source_updated_at\nf1,CSAT,4,2026-01-05T00:00:00Z,12,2026-01-04\n"),
        ("x.csv", b"Order_ID,Line,quantity\no1,1,2\n"),
        ("identities.csv", b"alias,customer_id,since\na,b,1970-01-01\n"),
    ]);
    let found = Import { zone: "Europe/Berlin", ..Import::default() }.run(&[place.path("")]).await.unwrap();
    assert_eq!(
        found.ask("SELECT feedback_id, instrument, recorded_at, source_seq, source_updated_at, source, _record, _file FROM feedback").await,
        ["f1|csat|2026-01-05T00:00:00Z|12|2026-01-03T23:00:00Z|standard|0|0"]
    );
    assert_eq!(
        found.ask("SELECT order_id, line, quantity, recorded_at, _record FROM order_lines").await,
        ["o1|1|2.0||2"]
    );
    assert_eq!(found.owners[2].columns, ["order_id", "line", "quantity"]);
    let given =
        Import { recorded_at_given: true, ..Import::default() }.run(&[place.path("feedback.csv")]).await.unwrap();
    assert_eq!(given.ask("SELECT recorded_at FROM feedback").await, [""]);
}

#[tokio::test]
async fn an_unknown_layout_is_named() {
    let place = Place::new(&[("a.csv", b"x\n1\n")]);
    let error = failed(Import { as_layout: Some("olistt"), ..Import::default() }.run(&[place.path("a.csv")]).await);
    assert!(error.message.contains("olistt") && error.hint.unwrap().contains("olist"));
}
