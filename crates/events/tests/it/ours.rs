//! Our own form.

use serde_json::json;
use throughline_events::{RECORDS, TABLES};

use super::{Form, VOCABULARY, batch, reasons, shown};

#[test]
fn touchpoints_and_rows_of_other_tables() {
    let body = json!({"events": [
        {"id": "i1", "customer_ref": "c1", "kind": "store_visit", "channel": "store", "occurred_at": "2026-03-14T10:00:00+01:00", "value": 3},
        {"customer_ref": "c1", "kind": "store_visit"},
        {"table": "orders", "order_id": "o1", "customer_ref": "c1", "ordered_at": 1773480600, "goods": 10.5, "status": "PAID", "lines": [{"product_id": "p", "quantity": 2, "unit_price": 5.25}]},
        {"table": "feedback", "id": "f1", "customer_ref": "c1", "instrument": "nps", "answered_at": "2026-03-14T09:00:00Z", "score": 9, "scale_min": 0, "scale_max": 10},
        {"table": "identities", "alias": "a", "customer_id": "c1", "reason": "source"},
        {"table": "customers", "customer_ref": "c1", "known": true, "attributes": {"plan": "pro"}},
    ]});
    let read = batch(Form::Ours, &body);
    assert_eq!(reasons(&read), []);
    let mut found = shown(&read.rows);
    assert!(found[1].starts_with("interactions: interaction_id=content-"), "{}", found[1]);
    assert!(found[1].ends_with("customer_ref=c1 kind=store_visit occurred_at=2026-03-14T09:30:00Z"), "{}", found[1]);
    found.remove(1);
    assert_eq!(
        found,
        [
            "interactions: interaction_id=i1 customer_ref=c1 kind=store_visit channel=store occurred_at=2026-03-14T09:00:00Z value=3",
            "orders: order_id=o1 customer_ref=c1 ordered_at=2026-03-14T09:30:00Z status=paid goods=10.5000",
            "order_lines: order_id=o1 line=1 product_id=p quantity=2 unit_price=5.2500",
            "feedback: feedback_id=f1 customer_ref=c1 instrument=nps answered_at=2026-03-14T09:00:00Z score=9 scale_min=0 scale_max=10",
            "identities: alias=a customer_id=c1 reason=source since=1970-01-01T00:00:00Z",
            "customers: customer_ref=c1 known=true attributes={\"plan\":\"pro\"}",
        ]
    );
}

#[test]
fn a_row_that_says_the_same_is_the_same() {
    let event = |status: &str| json!({"table": "orders", "order_id": "o1", "customer_ref": "c1", "ordered_at": "2026-03-14T09:00:00Z", "status": status});
    let row = |status: &str| batch(Form::Ours, &event(status)).rows.remove(0);
    let (first, again, changed) = (row("placed"), row("placed"), row("paid"));
    assert_eq!((first.slot(), first.content()), (again.slot(), again.content()));
    assert_eq!(first.slot(), changed.slot());
    assert_ne!(first.content(), changed.content());
    assert_eq!(first.line().parse::<serde_json::Value>().unwrap()["record"], "orders");
}

#[test]
fn bad_ones_are_told_one_by_one() {
    let order = json!({"table": "orders", "order_id": "o", "customer_ref": "c", "ordered_at": "2026-03-14T09:00:00Z"});
    let with = |name: &str, value: serde_json::Value| {
        let mut order = order.clone();
        order[name] = value;
        order
    };
    let body = json!({"events": [
        {"customer_ref": "c"},
        {"customer_ref": "  ", "kind": "x"},
        {"customer_ref": "c", "kind": "x", "colour": "red"},
        {"table": "imports", "entry_id": "1"},
        {"table": 4},
        with("goods", json!(-1)),
        with("goods", json!("1,5")),
        with("currency", json!("EURO")),
        with("status", json!("lost")),
        with("ordered_at", json!("2026-03-14")),
        with("promised_on", json!("2026-02-31")),
        with("customer_ref", json!({"a": 1})),
        with("order_id", json!("x".repeat(2000))),
        with("lines", json!("none")),
        with("lines", json!([{"quantity": "two"}])),
        {"table": "feedback", "id": "f", "instrument": "nps", "score": 11, "scale_min": 0, "scale_max": 10},
        {"customer_ref": "c", "kind": "x", "occurred_at": "2026-04-14T09:00:00Z"},
    ]});
    let found = reasons(&batch(Form::Ours, &body));
    let expected = [
        "has no kind",
        "has no customer_ref",
        "has colour, which is no column of interactions",
        "is for the table imports, which takes no events",
        "is for the table 4, which takes no events",
        "has goods -1, which is no positive amount",
        "has goods \"1,5\", which is no positive amount",
        "has currency EURO, which is no currency",
        "has status lost, which is unknown",
        "has ordered_at \"2026-03-14\", which is no time",
        "has promised_on \"2026-02-31\", which is no day like 2026-03-14",
        "has customer_ref {\"a\":1}, which is no text",
        "has an id (order_id) of more than 1000 characters",
        "has lines that are no list",
        "has quantity \"two\", which is no number",
        "has score 11, outside its scale 0 to 10",
        "has occurred_at 2026-04-14T09:00:00Z, more than a day in the future",
    ];
    let found: Vec<&str> = found.iter().map(|(_, reason)| reason.as_str()).collect();
    assert_eq!(found, expected);
}

#[test]
fn tables_and_records_are_in_the_vocabulary() {
    for table in TABLES {
        assert!(VOCABULARY.table(table).is_some_and(|table| !table.ledger), "{table}");
    }
    for (record, table, columns) in RECORDS {
        let table = VOCABULARY.table(table).unwrap();
        assert!(columns.iter().all(|column| table.column(column).is_some()), "{record}");
        assert!(table.key.iter().all(|key| columns.contains(&key.as_str())), "{record}");
    }
}
