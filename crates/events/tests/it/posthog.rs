//! PostHog's documented events.

use serde_json::json;
use throughline_events::{Context, key, read};

use super::{Form, at, batch, context, reasons, shown};

#[test]
fn the_documented_batch() {
    let body = json!({
        "api_key": "phc_x", "historical_migration": false,
        "batch": [
            {"event": "$pageview", "uuid": "0190-a", "properties": {"distinct_id": "dev-1", "$current_url": "https://shop.example/a?b", "$lib": "web", "$session_id": "s1", "$referrer": "$direct", "utm_medium": "email", "utm_campaign": "spring"}, "timestamp": "2026-03-14T09:00:00Z"},
            {"event": "Product Added", "distinct_id": "dev-1", "uuid": "0190-b", "properties": {"product_id": "p1", "price": 12.5}, "timestamp": "2026-03-14T09:01:00+01:00"},
            {"event": "$identify", "distinct_id": "user-1", "properties": {"$anon_distinct_id": "dev-1"}, "$set": {"email": "a@b.c", "plan": "pro"}, "$set_once": {"plan": "free"}, "timestamp": "2026-03-14T09:02:00Z"},
            {"event": "$create_alias", "distinct_id": "user-1", "properties": {"alias": "crm-9"}, "timestamp": "2026-03-14T09:03:00Z"},
            {"event": "$groupidentify", "distinct_id": "user-1", "properties": {"$group_type": "company"}},
            {"event": "order_completed", "distinct_id": "user-1", "uuid": "0190-c", "properties": {"$is_identified": true, "order_id": "o1", "revenue": 10, "currency": "EUR"}, "timestamp": "2026-03-14T09:04:00Z"}
        ]
    });
    let read = batch(Form::PostHog, &body);
    assert_eq!(reasons(&read), []);
    assert_eq!((read.accepted, read.ignored), (5, 1));
    assert_eq!(
        shown(&read.rows),
        [
            "interactions: interaction_id=0190-a customer_ref=dev-1 kind=page_viewed channel=email occurred_at=2026-03-14T09:00:00Z \
             campaign=spring content=https://shop.example/a session_id=s1",
            "interactions: interaction_id=0190-b customer_ref=dev-1 kind=product_added occurred_at=2026-03-14T08:01:00Z product_id=p1 value=12.5",
            "customer_known: customer_ref=user-1 known=true",
            "identities: alias=dev-1 customer_id=user-1 reason=login confidence=1 since=2026-03-14T09:02:00Z",
            "customer_email: customer_ref=user-1 email=a@b.c",
            "customer_attributes: customer_ref=user-1 attributes={\"plan\":\"pro\"}",
            "identities: alias=crm-9 customer_id=user-1 reason=source confidence=1 since=2026-03-14T09:03:00Z",
            "customer_known: customer_ref=user-1 known=true",
            "orders: order_id=o1 customer_ref=user-1 ordered_at=2026-03-14T09:04:00Z status=placed currency=EUR goods=10.0000",
            "customer_known: customer_ref=user-1 known=true",
        ]
    );
}

#[test]
fn times_follow_the_senders_clock() {
    let when = |event: serde_json::Value, sent: Option<&str>| {
        let context = Context { sent: sent.map(at), ..context() };
        read(Form::PostHog, &event, &context).unwrap().rows[0].get("occurred_at").unwrap().to_owned()
    };
    let event = |extra: serde_json::Value| {
        let mut event = json!({"event": "x", "distinct_id": "d", "properties": {}});
        event.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        event
    };
    let told = json!({"timestamp": "2020-01-01T00:00:00Z", "sent_at": "2020-01-01T00:01:00Z"});
    assert_eq!(when(event(told), None), "2026-03-14T09:29:00Z");
    let told = json!({"timestamp": "2020-01-01T00:00:00Z"});
    assert_eq!(when(event(told.clone()), Some("2020-01-01T00:00:30Z")), "2026-03-14T09:29:30Z");
    assert_eq!(when(event(told.clone()), None), "2020-01-01T00:00:00Z");
    let ignored = json!({"timestamp": "2020-01-01T00:00:00Z", "sent_at": "2020-01-01T00:01:00Z", "properties": {"$ignore_sent_at": true}});
    assert_eq!(when(event(ignored), None), "2020-01-01T00:00:00Z");
    assert_eq!(when(event(json!({"offset": 2500})), None), "2026-03-14T09:29:57.5Z");
    assert_eq!(when(event(json!({"offset": 1e300})), None), "2026-03-14T09:30:00Z");
    assert_eq!(when(event(json!({"timestamp": "2030-01-01T00:00:00Z"})), None), "2026-03-14T09:30:00Z");
    assert_eq!(when(event(json!({})), None), "2026-03-14T09:30:00Z");
}

#[test]
fn lists_and_single_events() {
    let one = json!({"api_key": "k", "event": "x", "distinct_id": 12, "uuid": "u"});
    assert_eq!(batch(Form::PostHog, &one).rows[0].get("customer_ref"), Some("12"));
    let list = json!([{"event": "x", "properties": {"distinct_id": "d", "token": "phc_t"}, "uuid": "u"}]);
    assert_eq!(batch(Form::PostHog, &list).accepted, 1);
    assert_eq!((key(&one), key(&list)), (Some("k"), Some("phc_t")));
    assert_eq!(key(&json!({"batch": [{"properties": {"token": "in"}}]})), Some("in"));
    assert_eq!(key(&json!({"writeKey": "w", "batch": []})), Some("w"));
    assert_eq!(key(&json!({"event": "x"})), None);
}

#[test]
fn bad_ones_are_told_one_by_one() {
    let body = json!({"batch": [
        {"event": "x"},
        {"distinct_id": "d"},
        {"event": "x", "distinct_id": "undefined"},
        {"event": "$identify", "distinct_id": "d", "properties": {"$anon_distinct_id": "anonymous"}},
        {"event": "$create_alias", "distinct_id": "d", "properties": {"alias": "d"}},
        {"event": "$create_alias", "distinct_id": "d"},
        {"event": "!!!", "distinct_id": "d"},
        {"event": "x", "distinct_id": "d", "timestamp": {"no": "time"}},
    ]});
    let read = batch(Form::PostHog, &body);
    let expected = [
        "names no customer",
        "has no name",
        "has distinct_id undefined, which names nobody",
        "links anonymous, which names nobody",
        "has an alias equal to its distinct_id",
        "does not say which two ids are one person",
        "has a name without letters",
        "has timestamp {\"no\":\"time\"}, which is no time",
    ];
    let found: Vec<String> = reasons(&read).into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(found, expected);
}
