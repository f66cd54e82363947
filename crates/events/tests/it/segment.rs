//! Segment's documented calls.

use serde_json::json;

use super::{Form, batch, reasons, shown};

#[test]
fn the_documented_batch() {
    // After "Batch" of the HTTP tracking API's documentation.
    let body = json!({
        "batch": [
            {"type": "identify", "userId": "019mr8mf4r", "traits": {"email": "jake@yahoo.com", "name": "Jake Peterson", "age": 26, "plan": "pro", "address": {"country": "US"}}, "timestamp": "2026-02-02T00:30:08.276Z"},
            {"type": "track", "userId": "019mr8mf4r", "event": "Song Played", "properties": {"name": "Fallin for You", "artist": "Dierks Bentley"}, "timestamp": "2026-02-02T00:30:12.984Z", "messageId": "m-1"},
            {"type": "page", "anonymousId": "507f191e810c19729de860ea", "name": "Home", "properties": {"url": "https://shop.example/home?email=a@b.c#x", "referrer": "https://search.example/?q=x"}, "messageId": "m-2",
             "context": {"library": {"name": "analytics.js"}, "campaign": {"name": "spring", "medium": "cpc"}}}
        ],
        "context": {"device": {"type": "phone"}}
    });
    let read = batch(Form::Segment(None), &body);
    assert_eq!(reasons(&read), []);
    assert_eq!(
        shown(&read.rows),
        [
            "customer_known: customer_ref=019mr8mf4r known=true",
            "customer_email: customer_ref=019mr8mf4r email=jake@yahoo.com",
            "customer_region: customer_ref=019mr8mf4r region=US",
            "customer_attributes: customer_ref=019mr8mf4r attributes={\"age\":26,\"plan\":\"pro\"}",
            "interactions: interaction_id=m-1 customer_ref=019mr8mf4r kind=song_played occurred_at=2026-02-02T00:30:12.984Z",
            "customer_known: customer_ref=019mr8mf4r known=true",
            "interactions: interaction_id=m-2 customer_ref=507f191e810c19729de860ea kind=page_viewed channel=advertisement \
             occurred_at=2026-03-14T09:30:00Z campaign=spring referrer=https://search.example/ content=https://shop.example/home",
        ]
    );
}

#[test]
fn single_calls_are_named_by_their_path() {
    let screen =
        json!({"userId": 7, "name": "Basket", "messageId": "s", "context": {"library": {"name": "analytics-ios"}}});
    let rows = batch(Form::Segment(Some("screen")), &screen).rows;
    assert_eq!(
        shown(&rows)[0],
        "interactions: interaction_id=s customer_ref=7 kind=page_viewed channel=app occurred_at=2026-03-14T09:30:00Z content=Basket"
    );
    let alias = json!({"previousId": "507f", "userId": "019m", "timestamp": "2026-03-14T09:00:00Z"});
    assert_eq!(
        shown(&batch(Form::Segment(Some("alias")), &alias).rows),
        [
            "identities: alias=507f customer_id=019m reason=source confidence=1 since=2026-03-14T09:00:00Z",
            "customer_known: customer_ref=019m known=true"
        ]
    );
    let group = json!({"userId": "019m", "groupId": "g", "traits": {"name": "Initech"}});
    let read = batch(Form::Segment(Some("group")), &group);
    assert_eq!((read.accepted, read.ignored, read.rows.len()), (0, 1, 0));
}

#[test]
fn the_clock_of_the_sender_is_corrected() {
    // sentAt − originalTimestamp is how old it was; counted back from when it was received.
    let one = |event: serde_json::Value| {
        batch(Form::Segment(Some("track")), &event).rows[0].get("occurred_at").unwrap().to_owned()
    };
    let track = json!({"event": "x", "userId": "u", "originalTimestamp": "2020-01-01T00:00:00Z", "sentAt": "2020-01-01T00:02:00Z", "timestamp": "1999-01-01T00:00:00Z"});
    assert_eq!(one(track), "2026-03-14T09:28:00Z");
    let track = json!({"event": "x", "userId": "u", "timestamp": "2020-01-01T00:00:00Z", "sentAt": "garbage"});
    assert_eq!(one(track), "2020-01-01T00:00:00Z");
    let outer = json!({"batch": [{"type": "track", "event": "x", "userId": "u", "timestamp": "2020-01-01T00:00:00Z"}], "sentAt": "2020-01-01T00:00:10Z"});
    assert_eq!(batch(Form::Segment(None), &outer).rows[0].get("occurred_at"), Some("2026-03-14T09:29:50Z"));
}

#[test]
fn who_logs_in_is_linked() {
    let track = json!({"event": "Signed In", "userId": "u1", "anonymousId": "a1", "messageId": "m", "timestamp": "2026-03-14T09:00:00Z"});
    assert_eq!(
        shown(&batch(Form::Segment(Some("track")), &track).rows),
        [
            "interactions: interaction_id=m customer_ref=u1 kind=login occurred_at=2026-03-14T09:00:00Z",
            "identities: alias=a1 customer_id=u1 reason=login confidence=1 since=2026-03-14T09:00:00Z",
            "customer_known: customer_ref=u1 known=true",
        ]
    );
}

#[test]
fn a_completed_order_is_an_order() {
    // After "Order Completed" of the documented ecommerce events.
    let mut track = json!({
        "event": "Order Completed", "userId": "u1", "messageId": "m", "timestamp": "2026-03-14T09:00:00Z",
        "properties": {
            "checkout_id": "fksdjfsdjfisjf9sdfjsd9f", "order_id": "50314b8e9bcf000000000000", "affiliation": "Google Store",
            "total": 27.50, "subtotal": 22.50, "revenue": 25.00, "shipping": 3, "tax": 2, "discount": 2.5, "coupon": "hasbros", "currency": "usd",
            "products": [
                {"product_id": "507f1f77bcf86cd799439011", "sku": "45790-32", "name": "Monopoly", "price": 19, "quantity": 1, "category": "Games"},
                {"product_id": "505bd76785ebb509fc183733", "price": "3", "quantity": 2}
            ]
        }
    });
    let expected = [
        "orders: order_id=50314b8e9bcf000000000000 customer_ref=u1 ordered_at=2026-03-14T09:00:00Z status=placed currency=USD \
         goods=25.0000 discount=2.5000 shipping=3.0000 tax=2.0000 coupon=hasbros",
        "order_lines: order_id=50314b8e9bcf000000000000 line=1 product_id=507f1f77bcf86cd799439011 quantity=1.0000 unit_price=19.0000",
        "order_lines: order_id=50314b8e9bcf000000000000 line=2 product_id=505bd76785ebb509fc183733 quantity=2.0000 unit_price=3.0000",
        "customer_known: customer_ref=u1 known=true",
    ];
    assert_eq!(shown(&batch(Form::Segment(Some("track")), &track).rows), expected);
    // Without an order id, or with amounts that are none, it stays a touchpoint.
    for (name, value) in
        [("order_id", json!(null)), ("currency", json!("doubloons")), ("tax", json!("much")), ("products", json!("a"))]
    {
        let mut odd = track.clone();
        odd["properties"][name] = value;
        let rows = batch(Form::Segment(Some("track")), &odd).rows;
        assert!(
            shown(&rows)[0].starts_with("interactions: interaction_id=m customer_ref=u1 kind=order_completed"),
            "{name}"
        );
    }
    track["event"] = "Order Cancelled".into();
    assert_eq!(
        shown(&batch(Form::Segment(Some("track")), &track).rows)[0],
        "order_cancelled: order_id=50314b8e9bcf000000000000 status=cancelled cancelled_at=2026-03-14T09:00:00Z"
    );
    track["event"] = "Order Refunded".into();
    assert_eq!(
        shown(&batch(Form::Segment(Some("track")), &track).rows)[0],
        "payments: payment_id=m order_id=50314b8e9bcf000000000000 at=2026-03-14T09:00:00Z kind=refund amount=27.5000 currency=USD"
    );
}

#[test]
fn bad_ones_are_told_one_by_one() {
    let body = json!({"batch": [
        {"type": "track", "event": "x"},
        {"type": "track", "userId": "u", "messageId": "bad-2"},
        {"userId": "u", "event": "x"},
        {"type": "screem", "userId": "u"},
        {"type": "track", "event": "x", "userId": "u", "timestamp": "soon"},
        {"type": "track", "event": "x", "userId": "u", "timestamp": "2027-01-01T00:00:00Z"},
        {"type": "track", "event": "x", "userId": "null"},
        {"type": "alias", "userId": "u"},
        "track",
        null,
        {"type": "track", "event": "x", "userId": "a\u{0}b"},
        {"type": "track", "event": "good", "userId": "u", "messageId": "good"},
        {"type": "track", "event": "x", "userId": "u", "properties": {"text": "x".repeat(600_000)}},
    ]});
    let read = batch(Form::Segment(None), &body);
    let expected = [
        (0, "names no customer"),
        (1, "has no name"),
        (2, "has no type"),
        (3, "is of the type screem, which is unknown"),
        (4, "has timestamp \"soon\", which is no time"),
        (5, "has timestamp 2027-01-01T00:00:00Z, more than a day in the future"),
        (6, "has userId null, which names nobody"),
        (7, "does not say which two ids are one person"),
        (8, "is not an object"),
        (9, "is not an object"),
        (10, "holds a NUL character"),
        (12, "is larger than 500000 bytes"),
    ];
    assert_eq!(reasons(&read), expected.map(|(index, reason)| (index, reason.to_owned())));
    assert_eq!(read.rejected[1].id.as_deref(), Some("bad-2"));
    assert!(read.rejected.iter().all(|rejected| rejected.fix.ends_with('.')));
    assert_eq!((read.accepted, read.rows[0].get("interaction_id")), (1, Some("good")));
}

#[test]
fn without_an_id_the_content_is_the_id() {
    let id = |event: serde_json::Value| {
        batch(Form::Segment(Some("track")), &event).rows[0].get("interaction_id").unwrap().to_owned()
    };
    let event =
        json!({"event": "x", "userId": "u", "timestamp": "2026-03-14T09:00:00Z", "sentAt": "2026-03-14T09:00:01Z"});
    let again =
        json!({"event": "x", "userId": "u", "timestamp": "2026-03-14T09:00:00Z", "sentAt": "2026-03-14T09:05:01Z"});
    let other = json!({"event": "x", "userId": "u", "timestamp": "2026-03-14T09:00:02Z"});
    assert_eq!(id(event.clone()), id(again));
    assert_ne!(id(event.clone()), id(other));
    assert!(id(event).starts_with("content-"));
}
