//! Overview, funnel, transitions, paths and conformance against SQL over touchpoints, and by hand.

use throughline_engine::{
    Case, ConformanceRequest, FunnelRequest, OverviewRequest, PathsRequest, Reader, Scope, TransitionsRequest,
};
use throughline_journey::{DeviationKind, FunnelGroup, FunnelMode, Repeat};
use throughline_sample::Options;

use crate::import::Bench;
use crate::real_sets::set;

const DAY: i64 = 86_400_000_000;
/// Touchpoints with their place in the journey, in the one order.
const PLACED: &str = "WITH t AS (SELECT customer_id, kind, stage, CAST(occurred_at AS BIGINT) AS at, row_number() OVER \
    (PARTITION BY customer_id ORDER BY occurred_at, source_seq NULLS LAST, table_name, key, kind) AS place \
    FROM touchpoints WHERE customer_id IS NOT NULL)";

async fn sample() -> Bench {
    let mut bench = Bench::new("Europe/Berlin", "EUR");
    let company = tempfile::tempdir().unwrap();
    let options = Options { customers: 150, ..Options::default() };
    throughline_sample::generate(&options, company.path(), &mut |_| {}).unwrap();
    bench.import(&company.path().join("sources")).await.unwrap();
    bench
}

fn numbers(rows: &[String]) -> Vec<u64> {
    rows.iter().flat_map(|row| row.split('|')).map(|cell| cell.parse().unwrap()).collect()
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sample_company_by_sql() {
    let bench = sample().await;
    overview(&bench).await;
    funnels(&bench).await;
    transitions(&bench).await;
    paths(&bench).await;
    in_sql(&bench).await;
}

/// The table functions say what the questions say.
async fn in_sql(bench: &Bench) {
    for call in [
        "journey_stages()",
        "journey_funnel('product_viewed, order', 30)",
        "journey_transitions()",
        "journey_paths('stage', 5)",
        "journey_retention('quarter')",
        "journey_lifecycle()",
        "journey_attribution(90)",
        "journey_delivery()",
        "journey_conformance()",
        "journey_pains()",
    ] {
        let rows = bench.rows(None, &format!("SELECT count(*) FROM {call}")).await;
        assert!(numbers(&rows)[0] > 0, "{call} says nothing");
    }
    let request = FunnelRequest {
        steps: texts(["product_viewed", "order"]),
        mode: FunnelMode::Ordered,
        window: Some(30 * DAY),
        repeat: Repeat::Best,
        times: false,
    };
    let reader = bench.reader(None);
    let found = reader.session().journey_funnel(&Scope::default(), &request, &mut |_| {}).await.unwrap();
    let reached: Vec<u64> = found.groups[0].steps.iter().map(|step| step.overall.count).collect();
    let sql = "SELECT reached FROM journey_funnel('product_viewed, order', 30) ORDER BY place";
    assert_eq!(numbers(&bench.rows(None, sql).await), reached);
    let wrong = reader.sql("SELECT * FROM journey_funnel()", None).await.unwrap_err();
    assert!(wrong.message.contains("journey_funnel(steps, [window_days])"), "{wrong:?}");
    let unknown = reader.sql("SELECT * FROM journey_funnel('product_vie, order')", None).await.unwrap_err();
    assert!(unknown.message.contains("product_vie"), "{unknown:?}");
}

async fn overview(bench: &Bench) {
    let reader = bench.reader(None);
    let found =
        reader.session().journey_overview(&Scope::default(), &OverviewRequest::default(), &mut |_| {}).await.unwrap();
    let map = &found.maps[0];
    let all = bench.rows(None, "SELECT count(DISTINCT customer_id), count(*) FROM touchpoints").await;
    assert_eq!((map.cases, found.about.touchpoints), (numbers(&all)[0], numbers(&all)[1]));
    let later: Vec<String> = map.stages.iter().map(|stage| format!("'{}'", stage.id)).collect();
    for (place, stage) in map.stages.iter().enumerate() {
        let id = &stage.id;
        let counts = format!("SELECT count(DISTINCT customer_id), count(*) FROM touchpoints WHERE stage = '{id}'");
        let counts = numbers(&bench.rows(None, &counts).await);
        assert_eq!([stage.cases.count, stage.touchpoints], counts[..], "{id}");
        let Some(onward) = &stage.onward else { continue };
        let moved = format!(
            "{PLACED} SELECT count(DISTINCT a.customer_id) FROM t a JOIN t b ON a.customer_id = b.customer_id \
             WHERE a.stage = '{id}' AND b.stage IN ({}) AND b.place > a.place",
            later[place + 1..].join(", ")
        );
        assert_eq!(vec![onward.moved_on.count], numbers(&bench.rows(None, &moved).await), "{id}");
    }
    let reach = "SELECT count(DISTINCT customer_id) FROM touchpoints WHERE kind = 'cart_added'";
    let cart = map.stages[2].kinds.iter().find(|kind| kind.kind == "cart_added").unwrap();
    assert_eq!(vec![cart.reach.count], numbers(&bench.rows(None, reach).await));
    let scores = "SELECT round(avg(score_share) * 4 - 2, 9) FROM touchpoints WHERE stage = 'support' AND instrument IN \
                  ('csat', 'nps', 'review', 'ces')";
    let mean: f64 = bench.rows(None, scores).await[0].parse().unwrap();
    assert!((map.stages[4].emotion.mean.unwrap() - mean).abs() < 1e-6, "the mood in support");
}

async fn asked(reader: &Reader, mode: FunnelMode, repeat: Repeat, to: i64) -> FunnelGroup {
    let request = FunnelRequest {
        steps: texts(["look=product_viewed|category_viewed", "cart_added", "order"]),
        mode,
        window: Some(30 * DAY),
        repeat,
        times: false,
    };
    let to = jiff::Timestamp::from_microsecond(to).ok();
    let scope = Scope { to, ..Scope::default() };
    reader.session().journey_funnel(&scope, &request, &mut |_| {}).await.unwrap().groups.remove(0)
}

async fn funnels(bench: &Bench) {
    let reader = bench.reader(None);
    let last: i64 =
        bench.rows(None, "SELECT max(CAST(occurred_at AS BIGINT)) FROM touchpoints").await[0].parse().unwrap();
    // No window of an entry before is open.
    let to = last - 31 * DAY;
    let looks = format!("a.kind IN ('product_viewed', 'category_viewed') AND a.at < {to}");
    let first = format!(
        "{looks} AND a.place = (SELECT min(f.place) FROM t f WHERE f.customer_id = a.customer_id AND \
         f.kind IN ('product_viewed', 'category_viewed') AND f.at < {to})"
    );
    for (repeat, entry, what) in [
        (Repeat::Best, &looks, "DISTINCT a.customer_id"),
        (Repeat::First, &first, "DISTINCT a.customer_id"),
        (Repeat::Every, &looks, "DISTINCT a.customer_id || '|' || CAST(a.place AS TEXT)"),
    ] {
        let group = asked(&reader, FunnelMode::Ordered, repeat, to).await;
        let cart = format!(
            "JOIN t b ON b.customer_id = a.customer_id AND b.kind = 'cart_added' AND b.place > a.place \
             AND b.at - a.at <= {}",
            30 * DAY
        );
        let order = format!(
            "JOIN t c ON c.customer_id = a.customer_id AND c.kind = 'order' AND c.place > b.place \
             AND c.at - a.at <= {}",
            30 * DAY
        );
        for (step, joins) in [String::new(), cart.clone(), format!("{cart} {order}")].iter().enumerate() {
            let sql = format!("{PLACED} SELECT count({what}) FROM t a {joins} WHERE {entry}");
            let expected = numbers(&bench.rows(None, &sql).await);
            assert_eq!(vec![group.steps[step].overall.count], expected, "{repeat:?}, step {step}");
        }
        assert_eq!(group.open, 0);
    }
    let strict = asked(&reader, FunnelMode::Strict, Repeat::Best, to).await;
    let next = format!(
        "{PLACED} SELECT count(DISTINCT a.customer_id) FROM t a JOIN t b ON b.customer_id = a.customer_id AND \
         b.kind = 'cart_added' AND b.place = a.place + 1 AND b.at - a.at <= {} WHERE {looks}",
        30 * DAY
    );
    assert_eq!(vec![strict.steps[1].overall.count], numbers(&bench.rows(None, &next).await));
    let any = asked(&reader, FunnelMode::AnyOrder, Repeat::Best, to).await;
    let entered = format!(
        "SELECT count(DISTINCT customer_id) FROM touchpoints WHERE kind IN ('product_viewed', \
        'category_viewed', 'cart_added', 'order') AND CAST(occurred_at AS BIGINT) < {to}"
    );
    assert_eq!(vec![any.entered], numbers(&bench.rows(None, &entered).await));
}

async fn transitions(bench: &Bench) {
    let reader = bench.reader(None);
    for (steps, known) in [("kind", None), ("stage", Some(true))] {
        let only = if known.is_some() {
            "customer_id IN (SELECT customer_id FROM customer_profiles WHERE known)"
        } else {
            "true"
        };
        let sql = format!(
            "{PLACED}, n AS (SELECT customer_id, {steps} AS a, at, lead({steps}) OVER w AS b, lead(at) OVER w AS then \
             FROM t WHERE {steps} IS NOT NULL AND {only} WINDOW w AS (PARTITION BY customer_id ORDER BY place)) \
             SELECT a, b, count(*), count(DISTINCT customer_id), CAST(median(CAST(then - at AS DOUBLE)) * 2 AS BIGINT) \
             FROM n WHERE b IS NOT NULL GROUP BY a, b ORDER BY a, b"
        );
        let request = TransitionsRequest { steps: steps.to_owned(), cut: None, p90: false };
        let scope = Scope { known, ..Scope::default() };
        let found = reader.session().journey_transitions(&scope, &request, &mut |_| {}).await.unwrap();
        let row = |t: &throughline_journey::Transition| {
            let twice = (t.median.unwrap() * 2.0) as i64;
            format!("{}|{}|{}|{}|{twice}", t.from, t.to, t.share.count, t.cases.unwrap())
        };
        let mut rows: Vec<String> = found.groups[0].transitions.transitions.iter().map(row).collect();
        rows.sort();
        let mut expected = bench.rows(None, &sql).await;
        expected.sort();
        assert_eq!(rows, expected, "{steps}");
    }
    let request = TransitionsRequest { steps: "kind".to_owned(), cut: None, p90: false };
    let scope = Scope { by: Some("segment".to_owned()), ..Scope::default() };
    let found = reader.session().journey_transitions(&scope, &request, &mut |_| {}).await.unwrap();
    let ways = |group: &throughline_engine::GroupTransitions| {
        group.transitions.steps.iter().map(|step| step.exits + step.ends.count).sum::<u64>()
    };
    assert!(found.groups.len() > 2);
    assert_eq!(found.groups.iter().map(ways).sum::<u64>(), found.about.touchpoints, "groups share out the whole");
}

fn stages_until_purchase() -> PathsRequest {
    PathsRequest {
        steps: "stage".to_owned(),
        collapse: true,
        from: None,
        until: Some("purchase".to_owned()),
        longest: 1000,
        top: 10_000,
        positions: 2,
        compare: None,
    }
}

async fn paths(bench: &Bench) {
    let sql = format!(
        "{PLACED}, s AS (SELECT *, lag(stage) OVER (PARTITION BY customer_id ORDER BY place) AS before FROM t \
         WHERE stage IS NOT NULL), bought AS (SELECT customer_id AS buyer, min(place) AS last FROM s \
         WHERE stage = 'purchase' GROUP BY 1), kept AS (SELECT s.* FROM s LEFT JOIN bought ON buyer = customer_id \
         WHERE (before IS NULL OR before <> stage) AND (last IS NULL OR place <= last)), p AS (SELECT customer_id, \
         string_agg(stage, '>' ORDER BY place) AS path FROM kept GROUP BY 1) SELECT path, count(*) FROM p GROUP BY 1"
    );
    let mut expected = bench.rows(None, &sql).await;
    expected.sort();
    let reader = bench.reader(None);
    let found = reader.session().journey_paths(&Scope::default(), &stages_until_purchase(), &mut |_| {}).await.unwrap();
    let paths = &found.groups[0].paths;
    let mut rows: Vec<String> =
        paths.paths.iter().map(|path| format!("{}|{}", path.steps.join(">"), path.share.count)).collect();
    rows.sort();
    assert_eq!(rows, expected);
    assert_eq!(paths.distinct, expected.len() as u64);

    let compare = Some(["private", "family"].map(str::to_owned));
    let scope = Scope { by: Some("segment".to_owned()), ..Scope::default() };
    let both =
        reader.session().journey_paths(&scope, &PathsRequest { compare, ..stages_until_purchase() }, &mut |_| {}).await;
    let both = &both.unwrap().groups[0].paths;
    let people = "SELECT count(*) FROM customer_profiles WHERE segment IN ('private', 'family') AND customer_id IN \
                  (SELECT customer_id FROM touchpoints)";
    assert_eq!(vec![both.cases], numbers(&bench.rows(None, people).await));
    let n = both.comparison[0].first.n + both.comparison[0].second.n;
    assert_eq!(n, both.with_path, "every path is that of one of the two");
}

const VISITS: &str = "interaction_id,customer_ref,kind,occurred_at\n\
    1,anna,visit,2026-01-01T10:00:00Z\n2,anna,product_view,2026-01-01T10:01:00Z\n\
    3,anna,add_to_cart,2026-01-01T10:02:00Z\n4,anna,product_view,2026-02-01T10:00:00Z\n\
    5,ben,visit,2026-01-02T10:00:00Z\n6,ben,add_to_cart,2026-01-02T10:01:00Z\n\
    7,cleo,visit,2026-01-03T10:00:00Z\n8,cleo,product_view,2026-01-03T10:01:00Z\n\
    9,cleo,add_to_cart,2026-01-03T10:02:00Z\n10,cleo,product_view,2026-01-03T10:03:00Z\n\
    11,dora,visit,2026-01-04T10:00:00Z\n12,dora,product_view,2026-01-04T10:01:00Z\n\
    13,dora,visit,2026-02-25T10:00:00Z\n14,dora,product_view,2026-02-25T10:01:00Z\n\
    15,emil,product_view,2026-03-01T10:00:00Z\n16,fay,unheard_of,2026-03-02T10:00:00Z\n";
const ORDERS: &str = "order_id,customer_ref,ordered_at,status,goods\n1,anna,2026-01-01T10:05:00Z,placed,10\n";

async fn by_hand() -> Bench {
    let mut bench = Bench::new("UTC", "EUR");
    for (table, text) in [("interactions.csv", VISITS), ("orders.csv", ORDERS)] {
        let path = bench.file(table, text);
        bench.import(&path).await.unwrap();
    }
    bench
}

#[tokio::test(flavor = "multi_thread")]
async fn journeys_loop_after_a_purchase() {
    let bench = by_hand().await;
    let reader = bench.reader(None);
    let follow = async |request: &ConformanceRequest, scope: &Scope| {
        let found = reader.session().journey_conformance(scope, request, &mut |_| {}).await.unwrap();
        let group = found.groups[0].clone();
        (found, (group.follow.count, group.follow.n, group.without_stage), group.deviations)
    };
    let all = Scope::default();
    let (found, counts, deviations) = follow(&ConformanceRequest::default(), &all).await;
    // anna and dora follow the map; fay has no stage.
    assert_eq!(counts, (2, 5, 1));
    let ids = |stages: &[(String, String)]| stages.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&found.stages), ["awareness", "consideration", "engagement", "purchase"]);
    assert_eq!(ids(&found.unseen), ["support", "advocacy"]);
    assert_eq!(
        (found.may_skip.len(), found.may_return, found.loop_after),
        (0, texts(["awareness"]), Some("purchase".into()))
    );
    let places: Vec<_> =
        deviations.iter().map(|left| (left.from.as_deref(), left.to.as_str(), left.kind.clone())).collect();
    assert_eq!(
        places,
        [
            (None, "consideration", DeviationKind::Started),
            (Some("awareness"), "engagement", DeviationKind::Skipped("consideration".into())),
            (Some("engagement"), "consideration", DeviationKind::Returned),
        ]
    );
    let strict = ConformanceRequest { strict: true, ..ConformanceRequest::default() };
    assert_eq!(follow(&strict, &all).await.1, (0, 5, 1), "a line has no way back for anna and dora");
    let lenient = ConformanceRequest {
        may_skip: Some(texts(["Consideration", "awareness"])),
        may_return: Some(texts(["consideration", "awareness"])),
        ..ConformanceRequest::default()
    };
    assert_eq!(follow(&lenient, &all).await.1, (5, 5, 1));
    let march = Scope { from: "2026-03-01T00:00:00Z".parse().ok(), ..Scope::default() };
    assert_eq!(follow(&ConformanceRequest::default(), &march).await.1, (0, 1, 1), "journeys that begin in March");
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_that_are_open_are_counted_apart() {
    let bench = by_hand().await;
    let reader = bench.reader(None);
    let ask = async |window: Option<i64>, repeat: Repeat| {
        let steps = texts(["product_view", "add_to_cart"]);
        let request = FunnelRequest { steps, mode: FunnelMode::Ordered, window, repeat, times: true };
        let group =
            reader.session().journey_funnel(&Scope::default(), &request, &mut |_| {}).await.unwrap().groups.remove(0);
        (group.entered, group.open, group.steps[1].overall.count, group.steps[1].time.unwrap().median)
    };
    // Data end on 2 March, 10:00. emil's view of 1 March is open for 30 days; dora's first is not, anna and cleo came.
    assert_eq!(ask(Some(30 * DAY), Repeat::Best).await, (3, 1, 2, Some(60e6)));
    assert_eq!(ask(None, Repeat::Best).await, (4, 0, 2, Some(60e6)));
    assert_eq!(ask(Some(DAY), Repeat::Every).await, (7, 0, 2, Some(60e6)), "inclusive: emil's window has just closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_questions_say_what_to_do() {
    let bench = by_hand().await;
    let reader = bench.reader(None);
    let funnel = async |steps: Vec<String>, window| {
        let request = FunnelRequest { steps, mode: FunnelMode::Ordered, window, repeat: Repeat::Best, times: false };
        reader.session().journey_funnel(&Scope::default(), &request, &mut |_| {}).await.unwrap_err()
    };
    assert!(funnel(texts(["visit"]), None).await.message.contains("2 to 32 steps, not 1"));
    assert!(funnel(texts(["visit", "order"]), Some(0)).await.message.contains("longer than no time"));
    let unknown = funnel(texts(["visit", "ordr"]), None).await;
    assert!(unknown.message.contains("`ordr`") && unknown.hint.unwrap().contains("order"));
    let twice = funnel(texts(["visit", "look=product_view|visit"]), None).await;
    assert!(twice.message.contains("`visit` and `look` share a kind"), "{twice}");
    let paths = async |request: PathsRequest, by: Option<&str>| {
        let scope = Scope { by: by.map(str::to_owned), ..Scope::default() };
        reader.session().journey_paths(&scope, &request, &mut |_| {}).await.unwrap_err()
    };
    let until = PathsRequest { until: Some("purchas".into()), ..stages_until_purchase() };
    let error = paths(until, None).await;
    assert!(error.message.contains("no step `purchas`") && error.hint.unwrap().contains("purchase"));
    let compare =
        |a: &str, b: &str| PathsRequest { compare: Some([a, b].map(str::to_owned)), ..stages_until_purchase() };
    assert!(paths(compare("a", "b"), None).await.message.contains("within a breakdown"));
    assert!(paths(compare("visitor", "nobody"), Some("known")).await.message.contains("no group `nobody`"));
    assert!(paths(compare("known", "known"), Some("known")).await.message.contains("does not differ from itself"));
    let request = ConformanceRequest { may_skip: Some(texts(["suport"])), ..ConformanceRequest::default() };
    let error = reader.session().journey_conformance(&Scope::default(), &request, &mut |_| {}).await.unwrap_err();
    assert!(error.message.contains("no stage `suport`") && error.hint.unwrap().contains("support"));
    let request = TransitionsRequest { steps: "hour".into(), cut: None, p90: false };
    assert!(reader.session().journey_transitions(&Scope::default(), &request, &mut |_| {}).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_italian_help_desk_has_226_variants() {
    let Some(path) = set("helpdesk_italian") else { return };
    let mut bench = Bench::new("Europe/Rome", "EUR");
    bench.import(&path).await.unwrap();
    let request =
        PathsRequest { steps: "kind".to_owned(), collapse: false, until: None, longest: 50, ..stages_until_purchase() };
    let scope = Scope { case: Case::Ticket, ..Scope::default() };
    let found = bench.reader(None).session().journey_paths(&scope, &request, &mut |_| {}).await.unwrap();
    let paths = &found.groups[0].paths;
    assert_eq!((paths.cases, paths.with_path, paths.distinct), (4580, 4580, 226));
    assert!(paths.paths.iter().all(|path| !path.cut), "none is longer than 15");
}
