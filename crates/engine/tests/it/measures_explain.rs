//! Where numbers come from, down to the records.

use serde_json::json;
use throughline_engine::measures::{ExplainRequest, check_measure, explain};
use throughline_engine::session::Session;
use throughline_model::formula::Shift;

use crate::hand_tables::{HandTables, at, definitions, session};

fn month(session: &Session, label: &str) -> ExplainRequest {
    ExplainRequest { period: session.calendar().parse(label).unwrap(), segment: None, records: Some(10) }
}

async fn shop() -> HandTables {
    HandTables::default()
        .with(
            "orders",
            "order_id, customer_ref, ordered_at, goods, currency, channel, status, recorded_at",
            "('o1', 'mail:a', '2026-02-01T10:00:00Z', 10.10, 'EUR', 'web', 'delivered', '2026-02-02T00:00:00Z'),
             ('o2', 'c1', '2026-02-03T10:00:00Z', 20, 'XXX', 'web', 'delivered', '2026-02-04T00:00:00Z'),
             ('o3', 'c2', '2026-02-02T10:00:00Z', 30, NULL, 'store', 'cancelled', '2026-02-05T00:00:00Z'),
             ('o4', 'c2', '2026-03-02T10:00:00Z', 40, NULL, 'store', 'paid', '2026-03-03T00:00:00Z')",
        )
        .await
        .with("identities", "alias, customer_id, since", "('mail:a', 'c1', '1970-01-01T00:00:00Z')")
        .await
        .with(
            "interactions",
            "interaction_id, customer_ref, kind, occurred_at, channel, source_seq",
            "('i2', 'mail:a', 'product_viewed', '2026-02-01T09:00:00Z', 'web', 2),
             ('i1', 'mail:a', 'site_search', '2026-02-01T09:00:00Z', 'web', 1),
             ('i3', 'c1', 'danced', '2026-02-20T09:00:00Z', 'store', 3)",
        )
        .await
        .with(
            "tickets",
            "ticket_id, customer_ref, opened_at",
            "('t1', 'c1', '2026-02-10T00:00:00Z'), ('t2', 'c2', '2026-02-11T00:00:00Z')",
        )
        .await
        .with("ticket_events", "ticket_id, event_id, at, kind", "('t2', 'e', '2026-02-12T00:00:00Z', 'solved')")
        .await
}

const MEASURES: [&str; 4] = [
    "id = 'h_revenue'\nrows = '''\nSELECT order_id AS key, customer_id, ordered_at AS at, revenue AS value, channel\nFROM order_facts WHERE counts'''\naggregate = 'sum'\ndimensions = ['channel']",
    "id = 'h_web'\nrows = '''SELECT order_id AS key, customer_id, ordered_at AS at, channel = 'web' AS numerator, counts AS denominator FROM order_facts'''\naggregate = 'ratio'",
    "id = 'h_growth'\naggregate = { formula = 'h_revenue / previous(h_revenue) - 1' }",
    "id = 'h_open'\nrows = '''SELECT ticket_id AS key, customer_ref AS customer_id, opened_at AS at, 1 AS value FROM tickets UNION ALL SELECT ticket_id, '', at, -1 FROM ticket_events WHERE kind = 'solved' '''\naggregate = 'level'",
];

async fn open() -> Session {
    session(shop().await, &definitions("UTC", &MEASURES), "2026-06-01T00:00:00Z")
}

#[tokio::test]
async fn a_sum_opens_to_its_records() {
    let session = open().await;
    let measure = &session.definitions().measures["h_revenue"];
    let explained = explain(&session, measure, &month(&session, "2026-02")).await.unwrap();
    assert_eq!((explained.reading.value, explained.reading.n, explained.reading.left_out), (Some(10.1), 1, 1));
    assert_eq!(explained.calculation, "The sum of the values.");
    let records = explained.records.unwrap();
    let shown: Vec<_> = records
        .rows
        .iter()
        .map(|r| {
            (
                r.key.as_deref().unwrap(),
                r.customer_id.as_deref().unwrap(),
                r.value,
                r.in_numerator,
                r.left_out.as_deref(),
            )
        })
        .collect();
    assert_eq!(shown, [("o1", "c1", Some(10.1), true, None), ("o2", "c1", None, false, Some("value is empty"))]);
    assert_eq!(records.rows[0].at, Some(at("2026-02-01T10:00:00Z")));
    assert_eq!(records.rows[0].dimensions, [("channel".to_owned(), Some("web".to_owned()))]);
    assert!(!records.cut_off);

    // The SQL shown is what ran: asked again it says the same.
    let answer = session.sql(explained.sql.as_ref().unwrap(), None).await.unwrap();
    let row = &answer.to_json()[0];
    assert_eq!((&row["rows"], &row["n"], &row["sum"]), (&json!(2), &json!(1), &json!(10.1)));

    let inputs: Vec<_> = explained.inputs.iter().map(|input| input.table.as_str()).collect();
    assert!(inputs.contains(&"orders") && inputs.contains(&"rates") && !inputs.contains(&"interactions"), "{inputs:?}");
    let orders = explained.inputs.iter().find(|input| input.table == "orders").unwrap();
    assert_eq!(orders.rows, 4);
    assert_eq!(orders.newest_at, Some(at("2026-03-02T10:00:00Z")));
    assert_eq!(orders.newest_recorded_at, Some(at("2026-03-03T00:00:00Z")));

    let one = ExplainRequest { records: Some(1), ..month(&session, "2026-02") };
    assert!(explain(&session, measure, &one).await.unwrap().records.unwrap().cut_off);
    let store = ExplainRequest { segment: Some(("channel".into(), "store".into())), ..month(&session, "2026-03") };
    let store = explain(&session, measure, &store).await.unwrap();
    assert_eq!((store.reading.value, store.records.unwrap().rows.len()), (Some(40.0), 1));
    let nowhere = ExplainRequest { segment: Some(("channel".into(), "moon".into())), ..month(&session, "2026-03") };
    let error = explain(&session, measure, &nowhere).await.unwrap_err();
    assert_eq!(error.hint.as_deref(), Some("there are store"));
}

#[tokio::test]
async fn a_ratio_says_who_is_in_what() {
    let session = open().await;
    let explained =
        explain(&session, &session.definitions().measures["h_web"], &month(&session, "2026-02")).await.unwrap();
    assert_eq!((explained.reading.value, explained.reading.n), (Some(1.0), 2));
    let shown: Vec<_> = explained
        .records
        .unwrap()
        .rows
        .into_iter()
        .map(|r| (r.key.unwrap(), r.in_numerator, r.in_denominator.unwrap()))
        .collect();
    assert_eq!(shown, [("o1".into(), true, true), ("o3".into(), false, false), ("o2".into(), true, true)]);
}

#[tokio::test]
async fn a_level_opens_to_what_is_still_there() {
    let session = open().await;
    let explained =
        explain(&session, &session.definitions().measures["h_open"], &month(&session, "2026-02")).await.unwrap();
    assert_eq!(explained.reading.value, Some(1.0));
    let keys: Vec<_> = explained.records.unwrap().rows.into_iter().map(|r| r.key.unwrap()).collect();
    assert_eq!(keys, ["t1"]);
}

#[tokio::test]
async fn a_formula_opens_to_its_parts() {
    let session = open().await;
    let explained =
        explain(&session, &session.definitions().measures["h_growth"], &month(&session, "2026-03")).await.unwrap();
    assert_eq!(explained.reading.value, Some(40.0 / 10.1 - 1.0));
    let parts: Vec<_> = explained
        .parts
        .iter()
        .map(|p| (p.shift, p.explanation.reading.value, p.explanation.records.as_ref().unwrap().rows.len()))
        .collect();
    assert_eq!(parts, [(Shift::Same, Some(40.0), 1), (Shift::Previous, Some(10.1), 2)]);
    assert_eq!(explained.sql, None);
    assert!(explained.inputs.iter().any(|input| input.table == "orders"));
}

#[tokio::test]
async fn mistakes_in_measures_are_found_with_their_line() {
    let session = open().await;
    let wrong = definitions(
        "UTC",
        &[
            "id = 'w_table'\nrows = '''\nSELECT 1 AS key,\n  now() AS at\nFROM ordrs'''\naggregate = 'count'",
            "id = 'w_column'\nrows = '''\nSELECT order_id AS key,\n  orderd_at AS at\nFROM orders'''\naggregate = 'count'",
            "id = 'w_missing'\nrows = 'SELECT order_id FROM orders'\naggregate = 'sum'\ndimensions = ['channel']",
            "id = 'w_types'\nrows = 'SELECT order_id AS key, status AS at, channel AS value FROM orders'\naggregate = 'mean'",
            "id = 'w_write'\nrows = 'DELETE FROM orders'\naggregate = 'count'",
        ],
    );
    let problems = async |id: &str| -> Vec<String> {
        check_measure(&session, &wrong.measures[id]).await.iter().map(ToString::to_string).collect()
    };
    // Line 1 is `format`, line 2 the id, line 3 `rows`.
    assert_eq!(
        problems("w_table").await,
        ["measures/m0.toml:4:1: error: There is no table ordrs (did you mean `orders`?)"]
    );
    assert_eq!(
        problems("w_column").await,
        ["measures/m1.toml:5:1: error: There is no column orderd_at (line 2, column 3) (did you mean `ordered_at`?)"]
    );
    let missing = problems("w_missing").await;
    assert_eq!(missing.len(), 4, "{missing:#?}");
    assert!(missing[0].starts_with("measures/m2.toml:3:1: error: the row query has no column `key`"), "{missing:#?}");
    let types = problems("w_types").await;
    assert_eq!(types.len(), 2, "{types:#?}");
    assert!(problems("w_write").await[0].contains("Only queries are answered here"));
    assert!(check_measure(&session, &session.definitions().measures["h_growth"]).await.is_empty());
}

#[tokio::test]
async fn shipped_measures_have_no_mistakes() {
    let session = open().await;
    let shipped: Vec<_> = session.definitions().measures.values().filter(|measure| measure.shipped).collect();
    assert!(shipped.len() >= 45);
    for measure in shipped {
        let problems = check_measure(&session, measure).await;
        assert!(problems.is_empty(), "{}: {problems:#?}", measure.id);
    }
}

#[tokio::test]
async fn one_customer_one_time_line() {
    let session = open().await;
    for name in ["mail:a", "c1"] {
        let line = session.customer(name).await.unwrap();
        assert_eq!((line.customer_id.as_str(), line.aliases.as_slice()), ("c1", ["mail:a".to_owned()].as_slice()));
        let shown: Vec<_> =
            line.touchpoints.iter().map(|t| (t.key.as_str(), t.kind.as_str(), t.stage.as_deref())).collect();
        assert_eq!(
            shown,
            [
                // The same instant: the place in the source decides.
                ("i1", "site_search", Some("consideration")),
                ("i2", "product_viewed", Some("consideration")),
                ("o1", "order", Some("purchase")),
                ("o2", "order", Some("purchase")),
                ("t1", "ticket_opened", Some("support")),
                ("i3", "danced", None),
            ]
        );
    }
    let error = session.customer("nobody' OR '1'='1").await.unwrap_err();
    assert!(error.message.starts_with("There is no customer nobody'"), "{error}");
    let kinds = session.kinds_without_stage().await.unwrap();
    assert_eq!((kinds.len(), kinds[0].kind.as_str(), kinds[0].touchpoints), (1, "danced", 1));
}

#[tokio::test]
async fn tables_say_what_they_hold() {
    let session = open().await;
    let tables = session.tables().unwrap();
    assert!(tables.iter().all(|table| !table.about.is_empty()));
    assert!(["orders", "touchpoints", "periods"].iter().all(|name| tables.iter().any(|table| table.name == *name)));
    let feedback = session.describe("feedback_facts").await.unwrap();
    let text = feedback.iter().find(|column| column.name == "text").unwrap();
    assert!(text.personal && text.about == "what was written");
    let orders = session.describe("orders").await.unwrap();
    assert!(orders.iter().any(|column| column.name == "goods" && column.kind == "money" && !column.personal));
    assert!(orders.iter().any(|column| column.name == "recorded_at"));
    assert_eq!(session.describe("oders").await.unwrap_err().hint.as_deref(), Some("did you mean `orders`?"));
}
