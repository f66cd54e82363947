//! Who is who: links found in the data, chains, strict and loose linking.

use std::sync::Arc;

use throughline_engine::Linking;
use throughline_engine::catalog;
use throughline_engine::session::{Session, SessionOptions};

use crate::hand_tables::{HandTables, at, definitions, options};

const NOW: &str = "2026-06-01T00:00:00Z";

/// The rows of a query, cells joined by a bar.
pub async fn rows(session: &Session, sql: &str) -> Vec<String> {
    let answer = session.sql(sql, None).await.unwrap();
    let cell = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    answer.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join("|")).collect()
}

fn open(tables: &Arc<HandTables>, linking: Linking, now: &str) -> Session {
    let options = SessionOptions { linking, ..options(now) };
    Session::open(tables.clone(), &definitions("UTC", &[]), options).unwrap()
}

const ALIASES: &str = "SELECT alias, customer_id FROM customer_aliases ORDER BY alias";
const FOUND: &str = "SELECT alias, customer_id, reason, confidence, CAST(local_day(since) AS TEXT), \
                     CAST(local_day(until) AS TEXT) FROM found_links ORDER BY alias, since";

/// A shop whose sources state no link: v1 buys as c1, v2 logs in as c2, v3 shares a device with c1 and c2, v4 buys
/// as c1 and later as c2, v5 is never seen with anybody; the row of c9 has the address of c1's.
async fn shop() -> Arc<HandTables> {
    let tables = HandTables::default()
        .with(
            "customers",
            "customer_ref, known, first_seen_at, email",
            "('c1', true, '2026-01-01T00:00:00Z', ' Ann@Example.org'), ('c2', NULL, '2026-01-01T00:00:00Z', 'n/a'),
             ('c3', NULL, NULL, 'n/a'), ('c9', true, '2026-02-01T00:00:00Z', 'ann@example.org '),
             ('v1', false, '2026-03-01T00:00:00Z', NULL), ('v2', false, '2026-03-01T00:00:00Z', NULL)",
        )
        .await
        .with(
            "orders",
            "order_id, customer_ref, ordered_at, session_id, goods",
            "('o1', 'c1', '2026-03-02T10:00:00Z', 's1', 10), ('o3', 'c1', '2026-03-04T10:00:00Z', 's3', 10),
             ('o4', 'c1', '2026-03-05T10:00:00Z', 's4', 10), ('o5', 'c2', '2026-03-06T10:00:00Z', 's5', 10),
             ('o6', 'c1', '2026-03-07T10:00:00Z', 's6', 10), ('o7', 'c9', '2026-03-08T10:00:00Z', NULL, 10)",
        )
        .await;
    let visits = "('i1', 'v1', 'product_viewed', '2026-03-02T09:00:00Z', 's1'),
        ('i2', 'v1', 'product_viewed', '2026-02-20T09:00:00Z', 's0'),
        ('i3', 'v2', 'product_viewed', '2026-03-03T09:00:00Z', 's2'),
        ('i4', 'c2', 'logged_in', '2026-03-03T09:10:00Z', 's2'),
        ('i5', 'v3', 'product_viewed', '2026-03-04T09:00:00Z', 's3'),
        ('i6', 'c2', 'product_viewed', '2026-03-04T09:10:00Z', 's3'),
        ('i7', 'v4', 'product_viewed', '2026-03-05T09:00:00Z', 's4'),
        ('i8', 'v4', 'product_viewed', '2026-03-06T09:00:00Z', 's5'),
        ('i9', 'c2', 'product_viewed', '2026-03-07T09:00:00Z', 's6'),
        ('j1', 'v5', 'product_viewed', '2026-03-08T09:00:00Z', 's8'),
        ('j2', 'c1', 'product_viewed', '2026-03-02T09:30:00Z', 's1')";
    let columns = "interaction_id, customer_ref, kind, occurred_at, session_id";
    Arc::new(tables.with("interactions", columns, visits).await)
}

#[tokio::test]
async fn links_are_found_at_purchase_login_and_by_email() {
    let tables = shop().await;
    let loose = open(&tables, Linking::Loose, NOW);
    assert_eq!(
        rows(&loose, FOUND).await,
        [
            "c9|c1|email|0.8|2026-02-01|null",
            "v1|c1|purchase|1.0|2026-03-02|null",
            "v2|c2|login|0.9|2026-03-03|null",
            "v4|c1|purchase|1.0|2026-03-05|2026-03-06",
            "v4|c2|purchase|1.0|2026-03-06|null",
        ]
    );
    assert_eq!(rows(&loose, ALIASES).await, ["c9|c1", "v1|c1", "v2|c2", "v4|c2"]);
    // A known customer in the session of another (s6) is no stranger, and nobody is linked for it.
    let conflicts = rows(&loose, "SELECT kind, subject, names FROM identity_conflicts").await;
    assert_eq!(conflicts, ["shared_session|s3|c1, c2, v3"]);
    let strict = open(&tables, Linking::Strict, NOW);
    assert_eq!(rows(&strict, ALIASES).await, ["v1|c1", "v2|c2", "v4|c2"]);
    // On the day before v4 bought as c2.
    let earlier = open(&tables, Linking::Loose, "2026-03-06T00:00:00Z");
    assert_eq!(rows(&earlier, ALIASES).await, ["c9|c1", "v1|c1", "v2|c2", "v4|c1"]);
}

#[tokio::test]
async fn the_anonymous_become_known() {
    let tables = shop().await;
    let facts =
        "SELECT customer_id, known, CAST(local_day(first_seen_at) AS TEXT), orders FROM customer_facts ORDER BY 1";
    assert_eq!(
        rows(&open(&tables, Linking::Loose, NOW), facts).await,
        [
            "c1|true|2026-01-01|5",
            "c2|true|2026-01-01|1",
            "c3|true|null|0",
            "v3|false|2026-03-04|0",
            "v5|false|2026-03-08|0",
        ]
    );
    let strict = open(&tables, Linking::Strict, NOW);
    assert_eq!(rows(&strict, &format!("{facts} LIMIT 1")).await, ["c1|true|2026-01-01|4"]);
    let line = strict.customer("v1").await.unwrap();
    assert_eq!((line.customer_id.as_str(), line.aliases.join(" ")), ("c1", "v1".to_owned()));
    let link = &line.links[0];
    assert_eq!(
        (link.reason.as_deref(), link.since, link.stated),
        (Some("purchase"), Some(at("2026-03-02T10:00:00Z")), false)
    );
    assert_eq!(line.touchpoints[0].key, "i2", "what happened before the purchase belongs to the customer too");
}

#[tokio::test]
async fn what_is_stated_goes_before_what_is_found() {
    let Ok(tables) = Arc::try_unwrap(shop().await) else { panic!() };
    let stated = "('v1', 'c2', 0.5, '2026-01-01T00:00:00Z', NULL), ('v2', 'c2', 1, '2026-01-01T00:00:00Z', '2026-05-01T00:00:00Z'),
        ('c9', 'c1', 1, '2026-04-01T00:00:00Z', '2026-04-01T00:00:00Z')";
    let tables = Arc::new(tables.with("identities", "alias, customer_id, confidence, since, until", stated).await);
    // v1: the source's guess counts only where guesses do. v2: the source says that the link is over. c9: undone.
    assert_eq!(rows(&open(&tables, Linking::Loose, NOW), ALIASES).await, ["v1|c2", "v4|c2"]);
    assert_eq!(rows(&open(&tables, Linking::Strict, NOW), ALIASES).await, ["v1|c1", "v4|c2"]);
    let march = open(&tables, Linking::Loose, "2026-03-20T00:00:00Z");
    assert_eq!(rows(&march, ALIASES).await, ["c9|c1", "v1|c2", "v2|c2", "v4|c2"]);
}

#[tokio::test]
async fn chains_and_circles() {
    let stated = "('mail:a', 'acc', 1, '2026-01-02T00:00:00Z'), ('cookie', 'mail:a', 1, '2026-01-03T00:00:00Z'),
        ('acc', 'c1', 1, NULL), ('acc', 'c0', 1, '2026-09-01T00:00:00Z'), ('x', 'y', 1, '2026-02-01T00:00:00Z'),
        ('y', 'z', 1, '2026-01-01T00:00:00Z'), ('z', 'x', 1, '2026-03-01T00:00:00Z'), ('w', 'x', 0.4, NULL), ('self', 'self', 1, NULL)";
    let tables = HandTables::default().with("identities", "alias, customer_id, confidence, since", stated).await;
    let tables = Arc::new(tables);
    let loose = open(&tables, Linking::Loose, NOW);
    assert_eq!(rows(&loose, ALIASES).await, ["acc|c1", "cookie|c1", "mail:a|c1", "self|self", "w|y", "x|y", "z|y"]);
    let conflicts = rows(&loose, "SELECT * FROM identity_conflicts").await;
    assert_eq!(conflicts, ["circle|y|x → y → z → x"]);
    let strict = open(&tables, Linking::Strict, NOW);
    assert!(!rows(&strict, ALIASES).await.contains(&"w|y".to_owned()));
}

#[tokio::test]
async fn an_address_of_many_links_nobody() {
    let people: Vec<String> = (0..11).map(|n| format!("('p{n:02}', 'info@example.org')")).collect();
    let tables = HandTables::default().with("customers", "customer_ref, email", &people.join(", ")).await;
    let tables = Arc::new(tables);
    let loose = open(&tables, Linking::Loose, NOW);
    assert_eq!(rows(&loose, ALIASES).await, [""; 0]);
    let conflicts = rows(&loose, "SELECT kind, subject, names FROM identity_conflicts").await;
    assert_eq!(conflicts, ["shared_email|p00|p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10"]);
}

#[tokio::test]
async fn ways_of_linking_are_kept_apart() {
    let (tables, keep) = (shop().await, tempfile::tempdir().unwrap());
    let sql = "SELECT count(*) AS n FROM customer_facts";
    for (linking, customers) in [(Linking::Loose, "5"), (Linking::Strict, "6"), (Linking::Loose, "5")] {
        let options = SessionOptions { linking, cache_dir: Some(keep.path().to_owned()), ..options(NOW) };
        let session = Session::open(tables.clone(), &definitions("UTC", &[]), options).unwrap();
        assert_eq!(rows(&session, sql).await, [customers], "{linking}");
        assert_eq!(session.linking(), linking);
    }
    let kept = |name: &str| {
        let files =
            std::fs::read_dir(keep.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        files.filter(|file| file.starts_with(&format!("{name}-")) && file.ends_with(".parquet")).count()
    };
    // What does not depend on it is kept once.
    assert_eq!((kept("customer_facts"), kept("customer_aliases"), kept("found_links")), (2, 2, 1));
}

#[tokio::test]
async fn links_are_no_inputs_of_measures() {
    let session = open(&shop().await, Linking::Loose, NOW);
    let columns = session.describe("customer_aliases").await.unwrap();
    assert_eq!(columns.iter().map(|column| column.kind.as_str()).collect::<Vec<_>>(), ["text", "text"]);
    let tickets = &session.definitions().measures["quality_score"];
    let request = throughline_engine::measures::ExplainRequest {
        period: session.calendar().parse("2026-03").unwrap(),
        segment: None,
        records: None,
    };
    let explained = throughline_engine::measures::explain(&session, tickets, &request).await.unwrap();
    let inputs: Vec<&str> = explained.inputs.iter().map(|input| input.table.as_str()).collect();
    assert!(
        inputs.contains(&"identities") && !inputs.contains(&"orders") && !inputs.contains(&"interactions"),
        "{inputs:?}"
    );
}

#[tokio::test]
async fn the_fast_way_to_strangers_is_the_sql() {
    let session = open(&shop().await, Linking::Loose, NOW);
    let sql = catalog::file("views/session_strangers.sql").unwrap();
    let expected = rows(&session, &format!("SELECT * FROM ({sql}) AS m ORDER BY 1, 2")).await;
    assert_eq!(rows(&session, "SELECT * FROM session_strangers ORDER BY 1, 2").await, expected);
    assert_eq!(expected, ["s1|v1", "s2|v2", "s3|v3", "s4|v4", "s5|v4"]);
}
