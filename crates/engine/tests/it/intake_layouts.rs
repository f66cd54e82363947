//! What a layout can say: every word of it with a small case, and mistakes with file and line.

use throughline_engine::ErrorKind;

use crate::intake_support::{Collected, Import, Place, failed, import, layout};

const INPUT: &str =
    "[[input]]\nname = \"raw\"\nheader = [\"Id\", \"When\"]\noptional = [\"Who\", \"Sum\", \"State\", \"More\"]\n";

/// Imports a file by a layout with one input `raw`.
async fn by(text: &str, file: &str) -> Collected {
    let place = Place::new(&[("file.csv", file.as_bytes())]);
    let import =
        Import { layouts: vec![layout(&format!("{INPUT}{text}"))], zone: "Europe/Berlin", ..Import::default() };
    import.run(&[place.path("file.csv")]).await.unwrap()
}

async fn error(text: &str, file: &str) -> throughline_engine::Error {
    failed(import("file.csv", file.as_bytes(), &[layout(&format!("{INPUT}{text}"))]).await)
}

#[tokio::test]
async fn words_times_numbers_and_values() {
    let found = by(
        r#"
[[record]]
table = "orders"
from = "raw"
source_seq = "More"
[record.columns]
order_id = { sql = "'o-' || \"Id\"" }
customer_ref = "Who"
ordered_at = { column = "When", time = ["%d.%m.%Y %H:%M", "%d.%m.%Y"] }
promised_on = { column = "When", time = ["%d.%m.%Y %H:%M", "%d.%m.%Y"] }
goods = { column = "Sum", number = "1.234,56" }
status = { column = "State", words = { fertig = "delivered", storniert = "cancelled" }, otherwise = "reject" }
currency = { value = "EUR" }
"#,
        "Id;When;Who;Sum;State;More\n1;30.03.2025 02:30;a;1.234,50 €;Fertig;7\n2;26.10.2025 02:30;b;€ -;storniert;\n3;01.02.2025;c;12,5;storniert;x\n4;01.02.2025;d;3;offen;9\n5;01.02.2025;e;3;fertig;5\n",
    )
    .await;
    assert_eq!(
        found.ask("SELECT order_id, ordered_at, promised_on, goods, status, source_seq FROM orders").await,
        [
            "o-1|2025-03-30T01:30:00Z|2025-03-30|1234.5000|delivered|7",
            "o-5|2025-01-31T23:00:00Z|2025-02-01|3.0000|delivered|5"
        ]
    );
    assert_eq!(
        found.rejected(),
        [
            "3 orders.goods \"€ -\" is not an amount written as 1.234,56 [2;26.10.2025 02:30;b;€ -;storniert;]",
            "4 orders.source_seq \"x\" is not a whole number [3;01.02.2025;c;12,5;storniert;x]",
            "5 orders.status \"offen\" is not among the words that the layout knows [4;01.02.2025;d;3;offen;9]",
        ]
    );
    assert_eq!((found.counts.files[0].gaps, found.counts.files[0].overlaps), (1, 1));
}

#[tokio::test]
async fn lines_become_an_order_and_a_bad_line_takes_its_order_along() {
    let found = by(
        r#"
[[record]]
table = "orders"
from = "raw"
where = "\"State\" IS DISTINCT FROM 'skip'"
group_by = ["Id"]
[record.columns]
order_id = "Id"
customer_ref = "Who"
ordered_at = { column = "When", time = "iso", aggregate = "min" }
delivered_at = { column = "When", time = "iso", aggregate = "max" }
goods = { column = "Sum", aggregate = "sum" }
channel = { column = "More", aggregate = "last" }
[[record]]
table = "tickets"
from = "raw"
group_by = ["Id"]
[record.columns]
ticket_id = "Id"
opened_at = { column = "When", time = "iso" }
source_handoffs = { column = "Sum", aggregate = "count" }
"#,
        "Id,When,Who,Sum,State,More\nx,2026-01-03,,0.10,,web\nx,2026-01-01,a,0.20,,shop\nx,2026-01-05,b,,,\ny,2026-01-01,c,1,,\ny,2026-01-01,c,one,,\n,2026-01-01,c,5,,\nz,2026-01-01,d,9,skip,\n",
    )
    .await;
    assert_eq!(
        found.ask("SELECT order_id, customer_ref, ordered_at, delivered_at, goods, channel, _line FROM orders").await,
        ["x|a|2025-12-31T23:00:00Z|2026-01-04T23:00:00Z|0.3000|shop|2"]
    );
    assert_eq!(found.ask("SELECT ticket_id, source_handoffs FROM tickets ORDER BY 1").await, ["x|2", "y|2", "z|1"]);
    assert_eq!(
        found.rejected(),
        [
            "6 orders.goods \"one\" is not an amount written as 1,234.56 [y,2026-01-01,c,one,,]",
            "7 orders.- Id is empty [,2026-01-01,c,5,,]",
            "7 tickets.- Id is empty [,2026-01-01,c,5,,]",
        ]
    );
}

#[tokio::test]
async fn columns_of_times_become_events() {
    let found = by(
        r#"
[[record]]
table = "ticket_events"
from = "raw"
[record.columns]
ticket_id = "Id"
actor = "Who"
[[record.each]]
event_id = { value = "opened" }
kind = { value = "customer_message" }
at = "When"
[[record.each]]
event_id = { value = "solved" }
kind = { value = "solved" }
at = "Sum"
"#,
        "Id,When,Who,Sum\n1,2026-01-01,a,2026-01-02\n2,2026-01-03,b,\n3,2026-01-04,b,soon\n",
    )
    .await;
    assert_eq!(
        found.ask("SELECT ticket_id, kind, at, source_seq FROM ticket_events ORDER BY source_seq").await,
        [
            "1|customer_message|2025-12-31T23:00:00Z|2",
            "1|solved|2026-01-01T23:00:00Z|3",
            "2|customer_message|2026-01-02T23:00:00Z|4",
            "3|customer_message|2026-01-03T23:00:00Z|6",
        ]
    );
    assert_eq!(found.rejected().len(), 1);
    assert!(found.rejected()[0].starts_with("4 ticket_events.at \"soon\" is not a date"));
}

#[tokio::test]
async fn rows_without_a_key_get_one_that_stays_the_same() {
    let text = "[[record]]\ntable = \"interactions\"\nfrom = \"raw\"\nkey_by = \"row\"\n[record.columns]\ncustomer_ref = \"Id\"\nkind = { value = \"visit\" }\noccurred_at = \"When\"\n";
    let one = by(text, "Id,When\na,2026-01-01\na,2026-01-01\nb,2026-01-01\n").await;
    let two = by(text, "Id,When\nb,2026-01-01\na,2026-01-01\nc,2026-01-01\na,2026-01-01\n").await;
    let keys = "SELECT interaction_id FROM interactions WHERE customer_ref <> 'c' ORDER BY 1";
    assert_eq!(one.ask("SELECT count(DISTINCT interaction_id) FROM interactions").await, ["3"]);
    assert_eq!(one.ask(keys).await, two.ask(keys).await);
    assert_eq!(one.owners[0].columns, ["interaction_id", "customer_ref", "kind", "occurred_at"]);
}

#[tokio::test]
async fn a_query_over_an_input() {
    let found = by(
        r#"
[[record]]
table = "order_lines"
query = "SELECT \"Id\", \"Who\", row_number() OVER (PARTITION BY \"Id\" ORDER BY _seq) AS n, _file, _line, _seq FROM raw"
[record.columns]
order_id = "Id"
line = "n"
product_id = "Who"
"#,
        "Id,When,Who\nx,1,a\ny,1,b\nx,1,c\n",
    )
    .await;
    assert_eq!(
        found.ask("SELECT order_id, line, product_id, _line FROM order_lines").await,
        ["x|1|a|2", "y|1|b|3", "x|2|c|4"]
    );
}

#[tokio::test]
async fn one_bad_row_stops_no_expression() {
    let found = by(
        "[[record]]\ntable = \"tickets\"\nfrom = \"raw\"\nwhere = \"CAST(\\\"Sum\\\" AS INT) > 0\"\n[record.columns]\nticket_id = \"Id\"\nopened_at = \"When\"\nsource_handoffs = { sql = \"CAST(\\\"More\\\" AS INT) - 1\" }\n",
        "Id,When,Sum,More\n1,2026-01-01,1,3\n2,2026-01-01,x,3\n3,2026-01-01,2,y\n4,2026-01-01,0,1\n",
    )
    .await;
    assert_eq!(found.ask("SELECT ticket_id, source_handoffs FROM tickets").await, ["1|2"]);
    let rejected = found.rejected();
    assert!(rejected[0].starts_with("3 tickets.- ") && rejected[0].contains("'x'"), "{rejected:?}");
    assert!(rejected[1].starts_with("4 tickets.source_handoffs ") && rejected[1].contains("'y'"), "{rejected:?}");
}

#[tokio::test]
async fn what_a_file_does_not_have_is_not_owned() {
    let text = "[[record]]\ntable = \"orders\"\nfrom = \"raw\"\n[record.columns]\norder_id = \"Id\"\nordered_at = \"When\"\ngoods = \"Sum\"\nchannel = { sql = \"upper(\\\"More\\\")\" }\ncurrency = { value = \"EUR\" }\n";
    let found = by(text, "Id,When\n1,2026-01-01\n").await;
    assert_eq!(found.owners[0].columns, ["order_id", "ordered_at", "currency"]);
    let found = by(text, "More,Sum,Id,When\nx,1,1,2026-01-01\n").await;
    assert_eq!(found.owners[0].columns, ["order_id", "ordered_at", "goods", "channel", "currency"]);
}

#[tokio::test]
async fn mistakes_are_told_with_file_and_line() {
    let file = "Id,When\n1,2026-01-01\n";
    for (text, parts) in [
        (
            "[[record]]\ntable = \"orders\"\nfrom = \"raw\"\nwhere = \"Idd > 1\"\n[record.columns]\norder_id = \"Id\"\n",
            vec!["layouts/test.toml:11:", "idd"],
        ),
        (
            "[[record]]\ntable = \"orders\"\nfrom = \"raw\"\nwhere = \"1 +\"\n[record.columns]\norder_id = \"Id\"\n",
            vec!["layouts/test.toml:11:"],
        ),
        (
            "[[record]]\ntable = \"orders\"\nfrom = \"raw\"\nwhere = \"\\\"Id\\\"\"\n[record.columns]\norder_id = \"Id\"\n",
            vec!["layouts/test.toml:11:", "true or false"],
        ),
        (
            "[[record]]\ntable = \"orders\"\nfrom = \"raw\"\n[record.columns]\norder_id = { sql = \"nosuch(\\\"Id\\\")\" }\n",
            vec!["layouts/test.toml:12:", "nosuch"],
        ),
        (
            "[[record]]\ntable = \"orders\"\nquery = \"SELECT \\\"Id\\\" FROM raw\"\n[record.columns]\norder_id = \"Id\"\n",
            vec!["layouts/test.toml:10:", "must keep _file"],
        ),
        (
            "[[record]]\ntable = \"orders\"\nquery = \"SELECT * FROM other\"\n[record.columns]\norder_id = \"Id\"\n",
            vec!["layouts/test.toml:10:", "no input `other`"],
        ),
        (
            "[[record]]\ntable = \"orders\"\nquery = \"DROP TABLE raw\"\n[record.columns]\norder_id = \"Id\"\n",
            vec!["layouts/test.toml:10:"],
        ),
        (
            "[[record]]\ntable = \"orders\"\nquery = \"SELECT * FROM raw\"\n[record.columns]\norder_id = \"Idd\"\n",
            vec!["layouts/test.toml:12:", "no column \"Idd\""],
        ),
        (
            "[[record]]\ntable = \"orders\"\nquery = \"SELECT CAST(\\\"When\\\" AS INT) AS n, * FROM raw\"\n\
             [record.columns]\norder_id = \"n\"\n",
            vec!["layouts/test.toml:10:", "cast", "write TRY_CAST"],
        ),
    ] {
        let error = error(text, file).await;
        assert_eq!(error.kind, ErrorKind::Definition, "{error}");
        for part in parts {
            assert!(error.to_string().to_lowercase().contains(&part.to_lowercase()), "{error} must contain {part}");
        }
    }
}
