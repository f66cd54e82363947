//! Readings of measures over tables written by hand.

use throughline_engine::measures::{Request, evaluate, evaluate_many};
use throughline_engine::session::{Session, SessionOptions};
use throughline_model::definitions::Definitions;
use throughline_model::period::Grain;
use throughline_model::reading::Reading;

use crate::hand_tables::{HandTables, at, definitions, options, session};

const NOW: &str = "2026-06-15T00:00:00Z";

fn request(from: &str, to: &str) -> Request {
    Request { grain: Grain::Month, from: at(from), to: at(to), by: None }
}

async fn read(session: &Session, id: &str, request: &Request) -> Vec<Reading> {
    let measure = &session.definitions().measures[id];
    evaluate(session, measure, request).await.unwrap()
}

fn shown(readings: &[Reading]) -> Vec<String> {
    readings
        .iter()
        .map(|r| {
            let segment = r.segment.as_ref().map(|s| format!(" {s}")).unwrap_or_default();
            let value = r.value.map_or_else(|| format!("{:?}", r.empty.as_ref().unwrap()), |v| v.to_string());
            let left_out = if r.left_out > 0 { format!(" -{}", r.left_out) } else { String::new() };
            format!("{}{segment} {value} n{}{left_out}{}", r.period.label, r.n, if r.mature { "" } else { " young" })
        })
        .collect()
}

async fn shop() -> HandTables {
    HandTables::default()
        .with(
            "orders",
            "order_id, customer_ref, ordered_at, goods, channel, status",
            "('o1', 'c1', '2026-01-31T22:59:59Z', 10.10, 'web', 'paid'),
             ('o2', 'c1', '2026-01-31T23:00:00Z', 20.20, 'web', 'paid'),
             ('o3', 'c2', '2026-02-27T12:00:00Z', 30.30, 'store', 'paid'),
             ('o4', 'c2', '2026-02-28T22:59:59.999999Z', NULL, NULL, 'paid'),
             ('o5', 'c3', '2026-04-10T00:00:00Z', 40.40, 'web', 'cancelled'),
             ('o6', 'c3', '2026-06-10T00:00:00Z', 50, 'web', 'paid')",
        )
        .await
        .with(
            "tickets",
            "ticket_id, customer_ref, opened_at",
            "('t1', 'c1', '2026-01-10T00:00:00Z'), ('t2', 'c1', '2026-01-20T00:00:00Z'), ('t3', 'c2', '2026-03-05T00:00:00Z')",
        )
        .await
        .with(
            "ticket_events",
            "ticket_id, event_id, at, kind",
            "('t1', 'e', '2026-02-03T00:00:00Z', 'solved'), ('t2', 'e', '2026-05-03T00:00:00Z', 'solved')",
        )
        .await
        .with(
            "feedback",
            "feedback_id, instrument, answered_at, score, channel",
            "('f1', 'nps', '2026-01-05T00:00:00Z', 10, 'mail'), ('f2', 'nps', '2026-01-05T00:00:00Z', 9, 'mail'),
             ('f3', 'nps', '2026-01-05T00:00:00Z', 7, 'web'), ('f4', 'nps', '2026-01-05T00:00:00Z', 3, NULL),
             ('f5', 'nps', '2026-01-05T00:00:00Z', NULL, 'web'), ('f6', 'nps', '2026-01-06T00:00:00Z', 11, 'web'),
             ('f7', 'nps', '2026-03-06T00:00:00Z', NULL, 'web')",
        )
        .await
}

fn measures() -> Definitions {
    definitions(
        "Europe/Berlin",
        &[
            "id = 'h_count'\nrows = 'SELECT order_id AS key, ordered_at AS at, channel FROM orders'\naggregate = 'count'\ndimensions = ['channel']\nmature_after = '30d'",
            "id = 'h_sum'\nrows = 'SELECT order_id AS key, ordered_at AS at, goods AS value, channel FROM orders'\naggregate = 'sum'\ndimensions = ['channel']",
            "id = 'h_mean'\nrows = 'SELECT order_id AS key, ordered_at AS at, goods AS value, channel FROM orders'\naggregate = 'mean'\ndimensions = ['channel']",
            "id = 'h_median'\nrows = 'SELECT order_id AS key, ordered_at AS at, goods AS value, channel FROM orders'\naggregate = { quantile = 0.5 }\ndimensions = ['channel']",
            "id = 'h_buyers'\nrows = 'SELECT order_id AS key, ordered_at AS at, customer_ref AS unit FROM orders'\naggregate = 'distinct'",
            "id = 'h_nps'\nunit = 'score'\nrows = 'SELECT feedback_id AS key, answered_at AS at, score AS value, channel FROM feedback'\naggregate = 'nps'\ndimensions = ['channel']",
            "id = 'h_flags'\nunit = 'percent'\nrows = '''SELECT order_id AS key, ordered_at AS at, channel = 'web' AS numerator FROM orders'''\naggregate = 'ratio'",
            "id = 'h_rate'\nrows = '''SELECT order_id AS key, ordered_at AS at, goods AS numerator, 2 AS denominator FROM orders'''\naggregate = 'ratio'",
            "id = 'h_zero'\nrows = '''SELECT order_id AS key, ordered_at AS at, goods AS numerator, 0 AS denominator FROM orders'''\naggregate = 'ratio'",
            "id = 'h_open'\nrows = '''SELECT ticket_id AS key, opened_at AS at, 1 AS value FROM tickets UNION ALL SELECT ticket_id, at, -1 FROM ticket_events WHERE kind = 'solved' '''\naggregate = 'level'",
            "id = 'h_double'\nrows = '''SELECT order_id AS key, ordered_at AS at, CAST(goods AS DOUBLE) / CASE WHEN channel = 'store' THEN 0.0 ELSE 1.0 END AS value FROM orders'''\naggregate = 'sum'",
            "id = 'h_per_buyer'\naggregate = { formula = 'h_sum / h_buyers' }",
            "id = 'h_growth'\naggregate = { formula = 'h_sum / previous(h_sum) - 1' }",
            "id = 'h_day'\nrows = '''SELECT spending_id AS key, day AS at, amount AS value FROM spending'''\naggregate = 'sum'",
        ],
    )
}

#[tokio::test]
async fn each_aggregate() {
    let definitions = measures();
    let session = session(shop().await, &definitions, NOW);
    let half_year = request("2025-12-31T23:00:00Z", "2026-07-01T00:00:00Z");
    let check =
        async |id: &str, expected: &[&str]| assert_eq!(shown(&read(&session, id, &half_year).await), expected, "{id}");
    // The last second of January in Berlin, the first of February; nothing in March and May but orders before and after.
    check(
        "h_count",
        &[
            "2026-01 1 n1",
            "2026-02 3 n3",
            "2026-03 0 n0",
            "2026-04 1 n1",
            "2026-05 0 n0 young",
            "2026-06 1 n1 young",
            "2026-07 NoRows n0 young",
        ],
    )
    .await;
    check(
        "h_sum",
        &[
            "2026-01 10.1 n1",
            "2026-02 50.5 n2 -1",
            "2026-03 0 n0",
            "2026-04 40.4 n1",
            "2026-05 0 n0",
            "2026-06 50 n1 young",
            "2026-07 NoRows n0 young",
        ],
    )
    .await;
    check(
        "h_mean",
        &[
            "2026-01 10.1 n1",
            "2026-02 25.25 n2 -1",
            "2026-03 NoRows n0",
            "2026-04 40.4 n1",
            "2026-05 NoRows n0",
            "2026-06 50 n1 young",
            "2026-07 NoRows n0 young",
        ],
    )
    .await;
    check(
        "h_median",
        &[
            "2026-01 10.1 n1",
            "2026-02 25.25 n2 -1",
            "2026-03 NoRows n0",
            "2026-04 40.4 n1",
            "2026-05 NoRows n0",
            "2026-06 50 n1 young",
            "2026-07 NoRows n0 young",
        ],
    )
    .await;
    check(
        "h_buyers",
        &[
            "2026-01 1 n1",
            "2026-02 2 n3",
            "2026-03 0 n0",
            "2026-04 1 n1",
            "2026-05 0 n0",
            "2026-06 1 n1 young",
            "2026-07 NoRows n0 young",
        ],
    )
    .await;
    check(
        "h_flags",
        &[
            "2026-01 1 n1",
            "2026-02 0.5 n2 -1",
            "2026-03 NoRows n0",
            "2026-04 1 n1",
            "2026-05 NoRows n0",
            "2026-06 1 n1 young",
            "2026-07 NoRows n0 young",
        ],
    )
    .await;
    check(
        "h_rate",
        &[
            "2026-01 5.05 n1",
            "2026-02 12.625 n2 -1",
            "2026-03 NoRows n0",
            "2026-04 20.2 n1",
            "2026-05 NoRows n0",
            "2026-06 25 n1 young",
            "2026-07 NoRows n0 young",
        ],
    )
    .await;
    check(
        "h_double",
        &[
            "2026-01 10.1 n1",
            "2026-02 20.2 n1 -2",
            "2026-03 0 n0",
            "2026-04 40.4 n1",
            "2026-05 0 n0",
            "2026-06 50 n1 young",
            "2026-07 NoRows n0 young",
        ],
    )
    .await;
    check(
        "h_open",
        &[
            "2026-01 2 n2",
            "2026-02 1 n3",
            "2026-03 2 n4",
            "2026-04 2 n4",
            "2026-05 1 n5",
            "2026-06 NoRows n0 young",
            "2026-07 NoRows n0 young",
        ],
    )
    .await;
    check(
        "h_per_buyer",
        &[
            "2026-01 10.1 n1",
            "2026-02 25.25 n2 -1",
            "2026-03 DivisionByZero n0",
            "2026-04 40.4 n1",
            "2026-05 DivisionByZero n0",
            "2026-06 50 n1 young",
            "2026-07 Undefined(\"h_buyers has no value for 2026-07: No record counts for this period.\") n0 young",
        ],
    )
    .await;
}

#[tokio::test]
async fn what_cannot_be_said() {
    let session = session(shop().await, &measures(), NOW);
    let months = request("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z");
    let zero = read(&session, "h_zero", &months).await;
    assert_eq!(
        shown(&zero),
        ["2026-01 DivisionByZero n0", "2026-02 DivisionByZero n0 -1", "2026-03 NoRows n0", "2026-04 DivisionByZero n0"]
    );
    let nps = read(&session, "h_nps", &months).await;
    // Two promoters, one passive, one detractor; an answer without a score and one beyond the scale.
    assert_eq!(shown(&nps)[0], "2026-01 25 n4 -2");
    assert_eq!(nps[2].empty.as_ref().unwrap().to_string(), "None of the 1 rows of this period could be used.");
    // Nothing was ever written to this table: nothing is known.
    assert_eq!(shown(&read(&session, "h_day", &months).await)[0], "2026-01 NoRows n0");
    let growth = read(&session, "h_growth", &request("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z")).await;
    assert_eq!(
        shown(&growth),
        [
            "2026-01 Undefined(\"h_sum has no value for 2025-12: No record counts for this period.\") n0",
            "2026-02 4 n1 -1",
            "2026-03 -1 n0 -1",
            "2026-04 DivisionByZero n0",
        ]
    );
    let error = evaluate(
        &session,
        &session.definitions().measures["h_sum"],
        &request("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"),
    )
    .await;
    assert!(error.unwrap_err().message.contains("no period"));
    let by = Request { by: Some("colour".into()), ..months };
    let error = evaluate(&session, &session.definitions().measures["h_sum"], &by).await.unwrap_err();
    assert_eq!(
        (error.message.as_str(), error.hint.as_deref()),
        ("h_sum cannot be broken down by colour.", Some("its dimensions are channel"))
    );
}

#[tokio::test]
async fn broken_down_by_a_dimension() {
    let session = session(shop().await, &measures(), NOW);
    let by = Request { by: Some("channel".into()), ..request("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z") };
    let expected = [
        "2026-02 (none) 1 n1",
        "2026-03 (none) 0 n0",
        "2026-02 store 1 n1",
        "2026-03 store 0 n0",
        "2026-02 web 1 n1",
        "2026-03 web 0 n0",
    ];
    assert_eq!(shown(&read(&session, "h_count", &by).await), expected);
    let expected = [
        "2026-02 (none) Undefined(\"None of the 1 rows of this period could be used.\") n0 -1",
        "2026-03 (none) NoRows n0",
        "2026-02 store 30.3 n1",
        "2026-03 store NoRows n0",
        "2026-02 web 20.2 n1",
        "2026-03 web NoRows n0",
    ];
    assert_eq!(shown(&read(&session, "h_median", &by).await), expected);
}

#[tokio::test]
async fn intervals_are_those_of_the_aggregate() {
    let session = session(shop().await, &measures(), NOW);
    let months = request("2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z");
    let second = async |id: &str| read(&session, id, &months).await.swap_remove(1).interval.unwrap();
    let wilson = throughline_stats::wilson(1, 2).unwrap();
    let flags = second("h_flags").await;
    assert_eq!((flags.low, flags.high), (wilson.low, wilson.high));
    let moments = throughline_stats::Moments::of(&[20.2, 30.3]).unwrap().interval().unwrap();
    let mean = second("h_mean").await;
    assert!((mean.low - moments.low).abs() < 1e-9 && (mean.high - moments.high).abs() < 1e-9, "{mean:?} {moments:?}");
    let rate = second("h_rate").await;
    assert!((rate.low - moments.low / 2.0).abs() < 1e-9, "{rate:?}");
    assert!(read(&session, "h_sum", &months).await[1].interval.is_none());
    assert!(read(&session, "h_nps", &months).await[0].interval.is_some());
}

#[tokio::test]
async fn together_or_alone_the_same() {
    let definitions = measures();
    let session = session(shop().await, &definitions, NOW);
    let broken = definitions_with_a_broken_one();
    let ids: Vec<&str> = definitions.measures.keys().map(String::as_str).filter(|id| id.starts_with("h_")).collect();
    let mut wanted: Vec<_> = ids.iter().map(|id| &definitions.measures[*id]).collect();
    wanted.push(&broken.measures["h_broken"]);
    let months = request("2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z");
    let mut together = evaluate_many(&session, &wanted, &months).await.unwrap();
    let error = together.remove("h_broken").unwrap().unwrap_err();
    assert_eq!(error.message, "h_broken: There is no column colour (line 1, column 8).");
    for id in ids {
        assert_eq!(together[id].as_ref().unwrap(), &read(&session, id, &months).await, "{id}");
    }
}

fn definitions_with_a_broken_one() -> Definitions {
    definitions(
        "Europe/Berlin",
        &["id = 'h_broken'\nrows = 'SELECT colour AS key, ordered_at AS at FROM orders'\naggregate = 'count'"],
    )
}

#[tokio::test]
async fn a_reading_as_it_was_known_then() {
    let tables = HandTables::default()
        .with(
            "orders",
            "order_id, customer_ref, ordered_at, goods, recorded_at, recorded_until",
            "('o1', 'c1', '2026-02-05T00:00:00Z', 10, '2026-02-06T00:00:00Z', '2026-03-10T00:00:00Z'),
             ('o1', 'c1', '2026-02-05T00:00:00Z', 7, '2026-03-10T00:00:00Z', NULL),
             ('o2', 'c1', '2026-02-20T00:00:00Z', 5, '2026-03-05T00:00:00Z', NULL)",
        )
        .await;
    let tables = std::sync::Arc::new(tables);
    let definitions = measures();
    let february = request("2026-02-10T00:00:00Z", "2026-02-11T00:00:00Z");
    for (as_of, expected) in [
        ("2026-02-05T00:00:00Z", "2026-02 NoRows n0 young"),
        ("2026-02-10T00:00:00Z", "2026-02 10 n1 young"),
        ("2026-03-06T00:00:00Z", "2026-02 15 n2"),
        ("2026-03-10T00:00:00Z", "2026-02 12 n2"),
    ] {
        let options = SessionOptions { as_of: Some(at(as_of)), ..options(NOW) };
        let session = Session::open(tables.clone(), &definitions, options).unwrap();
        assert_eq!(shown(&read(&session, "h_sum", &february).await), [expected], "{as_of}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readings_that_are_kept_are_those_that_were_computed() {
    let mut bench = crate::import::Bench::new("Europe/Berlin", "EUR");
    let orders = |rows: &str| format!("order_id,customer_ref,ordered_at,status,goods\n{rows}");
    let path = bench
        .file("a.csv", &orders("1,anna,2026-05-01T10:00:00Z,placed,10.10\n2,ben,2026-06-02T10:00:00Z,placed,20.33\n"));
    bench.import(&path).await.unwrap();
    let request = throughline_engine::MeasureRequest::default();
    let folder = bench.workspace.folder().cache().join("readings");
    for measure in ["average_order_value", "revenue_growth_previous", "repeat_rate_90d"] {
        let computed = bench.reader(None).measure(measure, &request).await.unwrap();
        assert!(folder.exists());
        assert_eq!(bench.reader(None).measure(measure, &request).await.unwrap(), computed);
    }
    let before = bench.reader(None).measure("orders", &request).await.unwrap();
    let path = bench.file("b.csv", &orders("3,cleo,2026-06-03T10:00:00Z,placed,5\n"));
    bench.import(&path).await.unwrap();
    let after = bench.reader(None).measure("orders", &request).await.unwrap();
    assert_ne!(before, after, "a kept reading outlived its data");
}
