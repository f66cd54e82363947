//! Links that people make and undo.

use throughline_engine::identity::{LinkChange, Statement};
use throughline_engine::{Case, Linking, ReadOptions, Reader, Result};

use crate::import::Bench;

const ORDERS: &str = "order_id,customer_ref,ordered_at,session_id,goods\n\
                      1,anna,2026-06-01T10:00:00Z,s1,10\n2,ben,2026-06-02T10:00:00Z,,20\n";
const VISITS: &str = "interaction_id,customer_ref,kind,occurred_at,session_id\n\
                      1,cookie,product_viewed,2026-05-30T10:00:00Z,s0\n2,cookie,product_viewed,2026-06-01T09:50:00Z,s1\n\
                      3,tablet,product_viewed,2026-06-03T10:00:00Z,s2\n";
const STATED: &str = "alias,customer_id,reason,since\nmail:ben,ben,source,1970-01-01T00:00:00Z\n";
const JOURNEYS: &str =
    "SELECT customer_id, table_name, key, before_first_order, known FROM touchpoints ORDER BY 1, 2, 3";

async fn shop() -> Bench {
    let mut bench = Bench::new("UTC", "EUR");
    for (name, text) in [("orders.csv", ORDERS), ("interactions.csv", VISITS), ("identities.csv", STATED)] {
        let file = bench.file(name, text);
        bench.import(&file).await.unwrap();
    }
    bench
}

async fn link(bench: &mut Bench, alias: &str, customer: &str) -> Result<LinkChange> {
    let (now, statement) = (bench.tick(), Statement { who: "eve".into(), why: "she called".into() });
    bench.workspace.link(alias, customer, &statement, now, &mut |_| {}).await
}

async fn unlink(bench: &mut Bench, alias: &str) -> Result<LinkChange> {
    let (now, statement) = (bench.tick(), Statement { who: "eve".into(), why: String::new() });
    bench.workspace.unlink(alias, &statement, now, &mut |_| {}).await
}

async fn whose(bench: &Bench, as_of: Option<&str>, name: &str) -> String {
    bench.reader(as_of).identity(name).await.unwrap().customer_id
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_restores_the_journeys() {
    let mut bench = shop().await;
    let before = bench.rows(None, JOURNEYS).await;
    assert!(before.contains(&"tablet|interactions|3|true|false".to_owned()), "{before:#?}");
    let linked = link(&mut bench, "tablet", "anna").await.unwrap();
    assert_eq!((linked.customer_id.as_str(), linked.before), ("anna", None));
    let after = linked.after.unwrap();
    assert_eq!(
        (after.reason.as_deref(), after.who.as_deref(), after.note.as_deref()),
        (Some("manual"), Some("eve"), Some("she called"))
    );
    let between = bench.now.to_string();
    let joined = bench.rows(None, JOURNEYS).await;
    assert!(joined.contains(&"anna|interactions|3|false|true".to_owned()), "{joined:#?}");
    let undone = unlink(&mut bench, "tablet").await.unwrap();
    assert_eq!((undone.customer_id.as_str(), undone.after.is_none()), ("tablet", true));
    assert_eq!(bench.rows(None, JOURNEYS).await, before);
    // Both are remembered, and the days in between still see the link.
    assert_eq!(bench.rows(Some(&between), JOURNEYS).await, joined);
    let shown = bench.reader(None).identity("tablet").await.unwrap();
    assert_eq!(shown.links.len(), 1);
    assert_eq!((shown.links[0].until, shown.links[0].counts), (Some(undone.at), false));
    assert_eq!(bench.rows(None, "SELECT count(*) FROM identities WHERE alias = 'tablet'").await, ["2"]);
    link(&mut bench, "tablet", "anna").await.unwrap();
    assert_eq!(bench.rows(None, JOURNEYS).await, joined);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_of_sources_and_of_the_data_can_be_undone_too() {
    let mut bench = shop().await;
    let asked = "2026-07-01T12:00:00Z";
    assert_eq!(
        (whose(&bench, None, "cookie").await, whose(&bench, None, "mail:ben").await),
        ("anna".into(), "ben".into())
    );
    let undone = unlink(&mut bench, "cookie").await.unwrap();
    assert_eq!(undone.before.unwrap().reason.as_deref(), Some("purchase"));
    unlink(&mut bench, "mail:ben").await.unwrap();
    // The source tells the same again: the person's word stands.
    let again = bench.file("identities.csv", STATED);
    bench.import(&again).await.unwrap();
    assert_eq!(
        (whose(&bench, None, "cookie").await, whose(&bench, None, "mail:ben").await),
        ("cookie".into(), "mail:ben".into())
    );
    assert_eq!(whose(&bench, Some("2026-07-01T11:30:00Z"), "cookie").await, "anna");
    // A link over a found link, undone, leaves the found one.
    let mut other = shop().await;
    link(&mut other, "cookie", "ben").await.unwrap();
    assert_eq!(whose(&other, None, "cookie").await, "ben");
    let undone = unlink(&mut other, "cookie").await.unwrap();
    assert_eq!((undone.customer_id.as_str(), undone.after.map(|link| link.stated)), ("anna", Some(false)));
    assert_eq!(whose(&other, Some(asked), "cookie").await, "ben");
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_and_nothing_is_written() {
    let mut bench = shop().await;
    link(&mut bench, "tablet", "mail:ben").await.unwrap();
    assert_eq!(whose(&bench, None, "tablet").await, "ben");
    let imports = bench.rows(None, "SELECT count(*) FROM import_tables").await;
    for (alias, customer, message) in [
        ("anna", "anna", "anna cannot be linked to itself."),
        ("anna", "nobody", "There is no customer and no alias nobody."),
        ("phone", "anna", "There is no customer and no alias phone."),
        (" ", "anna", "A name is empty."),
        ("mail:ben", "ben", "mail:ben is linked to ben already."),
        ("tablet", "ben", "tablet and ben are one customer already: ben."),
        ("ben", "tablet", "tablet belongs to ben already: linking ben to tablet would close a circle."),
    ] {
        let error = link(&mut bench, alias, customer).await.unwrap_err();
        assert_eq!((error.message.as_str(), error.kind), (message, throughline_engine::ErrorKind::Input));
    }
    let now = bench.tick();
    let error = bench.workspace.link("cookie", "ben", &Statement::default(), now, &mut |_| {}).await.unwrap_err();
    assert_eq!(error.message, "A link needs a reason.");
    let error = unlink(&mut bench, "ben").await.unwrap_err();
    assert_eq!(error.message, "ben is linked to nobody: it stands for itself.");
    assert!(error.hint.unwrap().contains("mail:ben"));
    assert_eq!(unlink(&mut bench, "phone").await.unwrap_err().message, "There is no customer and no alias phone.");
    assert_eq!(bench.rows(None, "SELECT count(*) FROM import_tables").await, imports);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_likely_link_can_be_confirmed() {
    let mut bench = shop().await;
    let customers =
        "customer_ref,first_seen_at,email\nanna,2026-01-01T00:00:00Z,a@x.org\nann2,2026-02-01T00:00:00Z,A@x.org\n";
    let customers = bench.file("customers.csv", customers);
    bench.import(&customers).await.unwrap();
    let strict = |bench: &Bench| {
        bench.workspace.reader(ReadOptions { linking: Linking::Strict, ..ReadOptions::at(bench.now) }).unwrap()
    };
    assert_eq!(whose(&bench, None, "ann2").await, "anna");
    assert_eq!(strict(&bench).identity("ann2").await.unwrap().customer_id, "ann2");
    link(&mut bench, "ann2", "anna").await.unwrap();
    assert_eq!(strict(&bench).identity("ann2").await.unwrap().customer_id, "anna");
    let list = bench.reader(None).identity_links(2).await.unwrap();
    assert!(list.more && list.links.len() == 2);
    let totals: Vec<_> =
        list.totals.iter().map(|t| (t.reason.as_deref().unwrap(), t.stated, t.links, t.counting)).collect();
    assert_eq!(
        totals,
        [("email", false, 1, 0), ("manual", true, 1, 1), ("purchase", false, 1, 1), ("source", true, 1, 1)]
    );
    assert!(bench.reader(None).identity_conflicts().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_statement_needs_no_import_before() {
    let mut bench = Bench::new("UTC", "EUR");
    let error = link(&mut bench, "a", "b").await.unwrap_err();
    assert_eq!(error.message, "There is no customer and no alias a.");
    assert!(bench.reader(None).identity_links(10).await.unwrap().links.is_empty());
}

/// Whose journeys are kept.
async fn cases(reader: &Reader) -> Vec<String> {
    let journeys = reader.journeys(Case::Customer, &mut |_| {}).await.unwrap();
    let mut cases: Vec<String> = Vec::new();
    for block in journeys.blocks() {
        cases.extend(block.journeys().map(|journey| journey.id().to_owned()));
    }
    cases.sort();
    cases
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_journeys_follow_links_and_the_way_of_linking() {
    let mut bench = shop().await;
    let before = cases(&bench.reader(None)).await;
    assert_eq!(before, ["anna", "ben", "tablet"]);
    link(&mut bench, "tablet", "anna").await.unwrap();
    assert_eq!(cases(&bench.reader(None)).await, ["anna", "ben"]);
    unlink(&mut bench, "tablet").await.unwrap();
    assert_eq!(cases(&bench.reader(None)).await, before);
    let customers = "customer_ref,known,first_seen_at,email\nben,true,2026-01-01T00:00:00Z,b@x.org\n\
                     tablet,false,2026-02-01T00:00:00Z,b@x.org\n";
    let customers = bench.file("customers.csv", customers);
    bench.import(&customers).await.unwrap();
    for (linking, expected) in [(Linking::Loose, &["anna", "ben"][..]), (Linking::Strict, &["anna", "ben", "tablet"])] {
        let reader = bench.workspace.reader(ReadOptions { linking, ..ReadOptions::at(bench.now) }).unwrap();
        assert_eq!(cases(&reader).await, expected, "{linking}");
        assert_eq!(cases(&reader).await, expected, "{linking}");
    }
}
