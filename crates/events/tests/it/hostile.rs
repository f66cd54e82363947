//! Whatever is sent, nothing panics, and every event is answered.

use proptest::prelude::*;
use serde_json::{Value, json};
use throughline_events::{Form, json as parse, read};

use super::{VOCABULARY, context};

const FORMS: [Form; 5] =
    [Form::Ours, Form::PostHog, Form::Segment(None), Form::Segment(Some("track")), Form::Segment(Some("identify"))];
const NAMES: [&str; 34] = [
    "type",
    "event",
    "userId",
    "anonymousId",
    "previousId",
    "messageId",
    "timestamp",
    "originalTimestamp",
    "sentAt",
    "properties",
    "context",
    "traits",
    "distinct_id",
    "uuid",
    "offset",
    "$set",
    "$anon_distinct_id",
    "alias",
    "order_id",
    "products",
    "price",
    "total",
    "currency",
    "quantity",
    "table",
    "customer_ref",
    "kind",
    "occurred_at",
    "lines",
    "id",
    "campaign",
    "goods",
    "ordered_at",
    "email",
];
const WORDS: [&str; 18] = [
    "track",
    "identify",
    "alias",
    "page",
    "orders",
    "interactions",
    "Order Completed",
    "$identify",
    "$create_alias",
    "u1",
    "2026-03-14T09:00:00Z",
    "-9999-01-01T00:00:00Z",
    "1e999",
    "EUR",
    "\u{0}",
    "\u{202e}x",
    "null",
    "",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        proptest::sample::select(&WORDS[..]).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((proptest::sample::select(&NAMES[..]), inner), 0..8).prop_map(|members| {
                Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_event_is_answered(events in proptest::collection::vec(value(), 0..6)) {
        for form in FORMS {
            let list = if form == Form::Ours { "events" } else { "batch" };
            let read = read(form, &json!({list: events}), &context()).unwrap();
            prop_assert_eq!(read.accepted + read.ignored + read.rejected.len(), events.len());
            for row in &read.rows {
                let table = throughline_events::RECORDS.iter().find(|(record, ..)| *record == row.record);
                let table = VOCABULARY.table(table.map_or(row.record, |(_, table, _)| table)).unwrap();
                prop_assert!(table.key.iter().all(|key| row.get(key).is_some_and(|value| !value.is_empty())));
                prop_assert!(row.columns.iter().all(|(name, _)| table.column(name).is_some()));
                prop_assert!(!row.line().contains(['\n', '\0']));
            }
        }
    }

    #[test]
    fn any_body_is_answered(body in value()) {
        for form in FORMS {
            let _ = read(form, &body, &context());
            let _ = throughline_events::key(&body);
        }
    }

    #[test]
    fn any_bytes_are_answered(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&body);
    }
}

#[test]
fn too_many_events_are_refused() {
    let events: Vec<Value> = vec![json!({}); 10_001];
    let error = read(Form::Ours, &json!(events), &context()).unwrap_err();
    assert_eq!(error.reason, "The batch holds 10001 events.");
    for body in [json!(1), json!("x"), json!({"events": 3}), json!(null)] {
        assert!(read(Form::Ours, &body, &context()).is_err(), "{body}");
    }
    assert!(read(Form::Segment(None), &json!({"type": "track"}), &context()).is_err());
}
