//! Questions about what customers buy, against plain SQL over the tables and naive programs.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use jiff::Timestamp;
use throughline_engine::{
    AttributionRequest, Case, DeliveryRequest, LifecycleRequest, PainsRequest, Reader, RetentionRequest, Scope,
    attribution_of_paths, pooled,
};
use throughline_journey::RetentionVariant;
use throughline_journey::pains::{Obstacle, Sort};
use throughline_model::Grain;
use throughline_sample::Options;

use crate::import::Bench;

const DAY: i64 = 86_400_000_000;

/// The sample company, small, imported into a workspace of its own.
async fn company(customers: u32) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { customers, ..Options::default() };
    throughline_sample::generate(&options, folder.path(), &mut |_| {}).unwrap();
    let mut bench = Bench::new("Europe/Berlin", "EUR");
    bench.import(&folder.path().join("sources")).await.unwrap();
    bench
}

/// Months since year 0 of a label such as 2026-03.
fn month(label: &str) -> i64 {
    let (year, month) = label.split_once('-').unwrap();
    year.parse::<i64>().unwrap() * 12 + month.parse::<i64>().unwrap() - 1
}

const MONTH_OF_ORDER: &str =
    "CAST(date_part('year', local_day(ordered_at)) * 12 + date_part('month', local_day(ordered_at)) - 1 AS BIGINT)";

/// Every customer's months with an order that counts.
async fn months(bench: &Bench) -> BTreeMap<String, BTreeSet<i64>> {
    let sql = format!("SELECT DISTINCT customer_id, {MONTH_OF_ORDER} FROM order_facts WHERE counts");
    let mut months: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for row in bench.rows(None, &sql).await {
        let (customer, month) = row.split_once('|').unwrap();
        months.entry(customer.to_owned()).or_default().insert(month.parse().unwrap());
    }
    months
}

async fn retention(reader: &Reader, scope: &Scope, variant: RetentionVariant) -> throughline_engine::RetentionAnswer {
    let request = RetentionRequest { every: Grain::Month, variant };
    reader.session().journey_retention(scope, &request, &mut |_| {}).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_customers_buy() {
    let bench = company(300).await;
    let reader = bench.reader(None);
    let months = months(&bench).await;
    retention_is_that_of_the_orders(&reader, &months).await;
    states_are_those_of_the_orders(&reader, &months).await;
    rules_are_those_of_the_touchpoints(&bench, &reader).await;
    deliveries_are_those_of_the_orders(&bench, &reader).await;
    obstacles_are_those_of_the_orders(&bench, &reader).await;
}

async fn retention_is_that_of_the_orders(reader: &Reader, months: &BTreeMap<String, BTreeSet<i64>>) {
    for variant in [RetentionVariant::In, RetentionVariant::InOrAfter] {
        let mut expected: BTreeMap<(i64, i64), u64> = BTreeMap::new();
        for ordered in months.values() {
            let (first, last) = (*ordered.first().unwrap(), *ordered.last().unwrap());
            let kept: Vec<i64> = match variant {
                RetentionVariant::In => ordered.iter().map(|month| month - first).collect(),
                RetentionVariant::InOrAfter => (0..=last - first).collect(),
            };
            kept.into_iter().for_each(|offset| *expected.entry((first, offset)).or_default() += 1);
        }
        let found = retention(reader, &Scope::default(), variant).await;
        let whole = &found.groups[0].answer;
        let mut told = BTreeMap::new();
        for cohort in &whole.cohorts {
            let first = month(found.label(cohort.period));
            for cell in cohort.cells.iter().filter(|cell| cell.kept.count > 0) {
                told.insert((first, cell.offset as i64), cell.kept.count);
                assert_eq!(cell.kept.n, expected[&(first, 0)]);
            }
            // The sample company's data end on the last day of a month: its last month is complete.
            assert!(cohort.cells.iter().all(|cell| cell.complete));
        }
        assert_eq!(told, expected, "{variant:?}");
        assert_eq!(pooled(whole)[0].n, months.len() as u64);
        let by = Scope { by: Some("segment".into()), ..Scope::default() };
        let parts = retention(reader, &by, variant).await;
        assert!(parts.groups.len() > 2);
        let count = |offset: usize| {
            let kept = |group: &throughline_engine::GroupAnswer<_>| {
                pooled(&group.answer).get(offset).map_or(0, |one| one.count)
            };
            parts.groups.iter().map(kept).sum::<u64>()
        };
        for (offset, share) in pooled(whole).iter().enumerate() {
            assert_eq!(count(offset), share.count, "the segments add up at {offset}");
        }
    }
    let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let some = Scope { from: at("2025-01-15T00:00:00Z"), to: at("2025-03-01T00:00:00Z"), ..Scope::default() };
    let found = retention(reader, &some, RetentionVariant::In).await;
    let labels: Vec<&str> = found.groups[0].answer.cohorts.iter().map(|cohort| found.label(cohort.period)).collect();
    assert_eq!(labels, ["2025-01", "2025-02", "2025-03"], "months that overlap the range, on the clock of Berlin");
}

async fn states_are_those_of_the_orders(reader: &Reader, months: &BTreeMap<String, BTreeSet<i64>>) {
    let request = LifecycleRequest { every: Grain::Month, window: 90 * DAY, activity: Vec::new() };
    assert_eq!(request.periods(), 3);
    let found = reader.session().journey_lifecycle(&Scope::default(), &request, &mut |_| {}).await.unwrap();
    assert!(found.groups[0].answer.len() > 20);
    for one in &found.groups[0].answer {
        let now = month(found.label(one.period));
        let count = |state: &dyn Fn(bool, bool, bool) -> bool| {
            let of = |ordered: &&BTreeSet<i64>| {
                let (ever, recently) = (ordered.range(..now).next(), ordered.range(now - 3..now).next());
                state(ordered.contains(&now), ever.is_some(), recently.is_some())
            };
            months.values().filter(of).count() as u64
        };
        let expected = [
            count(&|active, ever, _| active && !ever),
            count(&|active, _, recently| active && recently),
            count(&|active, ever, recently| active && ever && !recently),
            count(&|active, _, recently| !active && recently),
            count(&|active, ever, recently| !active && ever && !recently),
        ];
        let told = [one.new, one.returning, one.resurrected, one.paused, one.dormant];
        assert_eq!(told, expected, "{}", found.label(one.period));
    }
    let visits = LifecycleRequest { activity: vec!["site_search".into()], ..request };
    let other = reader.session().journey_lifecycle(&Scope::default(), &visits, &mut |_| {}).await.unwrap();
    assert_ne!(other.groups[0].answer, found.groups[0].answer);
}

/// First, last and linear orders by channel, from the touchpoints in their order.
async fn rules(bench: &Bench, window: i64) -> (u64, BTreeMap<String, [f64; 3]>) {
    let sql = "SELECT t.customer_id, CAST(t.at AS BIGINT) AS micros, coalesce(t.channel, '') AS over, coalesce(t.session_id, '') AS visit, t.table_name, \
        t.table_name = 'orders' AND t.kind = 'order' AND o.counts AS bought FROM touchpoints AS t \
        LEFT JOIN order_facts AS o ON o.order_id = t.order_id AND t.kind = 'order' \
        WHERE t.table_name = 'interactions' OR (t.table_name = 'orders' AND t.kind = 'order') \
        ORDER BY t.customer_id, t.at, t.source_seq NULLS LAST, t.table_name, t.key, t.kind";
    let (mut orders, mut credits): (u64, BTreeMap<String, [f64; 3]>) = (0, BTreeMap::new());
    let (mut customer, mut session, mut path) = (String::new(), String::new(), Vec::<(i64, String)>::new());
    for row in bench.rows(None, sql).await {
        let cells: Vec<&str> = row.split('|').collect();
        let at: i64 = cells[1].parse().unwrap();
        if cells[0] != customer {
            (customer, session) = (cells[0].to_owned(), String::new());
            path.clear();
        }
        match (cells[4], cells[5]) {
            ("orders", "true") => {
                orders += 1;
                path.retain(|(touch, _)| at - touch <= window);
                for (place, (_, channel)) in path.iter().enumerate() {
                    let credit = credits.entry(channel.clone()).or_default();
                    credit[0] += f64::from(u8::from(place == 0));
                    credit[1] += f64::from(u8::from(place + 1 == path.len()));
                    credit[2] += 1.0 / path.len() as f64;
                }
                path.clear();
                session.clear();
            }
            ("interactions", _) if !cells[2].is_empty() => {
                if cells[3].is_empty() || cells[3] != session {
                    path.push((at, cells[2].to_owned()));
                }
                session = cells[3].to_owned();
            }
            _ => {}
        }
    }
    (orders, credits)
}

async fn rules_are_those_of_the_touchpoints(bench: &Bench, reader: &Reader) {
    for window in [90 * DAY, 2 * DAY] {
        let request = AttributionRequest { window: Some(window), half_life: 7 * DAY };
        let found = reader.session().journey_attribution(&Scope::default(), &request, &mut |_| {}).await.unwrap();
        let found = &found.groups[0].answer;
        let (orders, expected) = rules(bench, window).await;
        assert_eq!(found.conversions, orders);
        for one in &found.channels {
            let own = expected.get(&one.channel).copied().unwrap_or_default();
            let told = [one.first, one.last, one.linear].map(|credit| credit.conversions);
            let close = told.iter().zip(own).all(|(told, own)| (told - own).abs() < 1e-6);
            assert!(close, "{} within {window}: {told:?}, not {own:?}", one.channel);
        }
        let given: f64 = found.channels.iter().filter_map(|one| one.markov).map(|credit| credit.conversions).sum();
        assert!((given - (found.conversions - found.without_path) as f64).abs() < 1e-6);
    }
}

async fn deliveries_are_those_of_the_orders(bench: &Bench, reader: &Reader) {
    let found =
        reader.session().journey_delivery(&Scope::default(), &DeliveryRequest::default(), &mut |_| {}).await.unwrap();
    let found = &found.groups[0].answer;
    let sql = "SELECT count(*) FILTER (WHERE promise_ends_at IS NOT NULL), \
        count(*) FILTER (WHERE promise_ends_at IS NULL), \
        count(*) FILTER (WHERE delivered_at IS NOT NULL AND promise_ends_at IS NOT NULL), \
        count(*) FILTER (WHERE kept_promise) FROM order_facts WHERE counts AND customer_id IS NOT NULL";
    let told = format!("{}|{}|{}|{}", found.orders, found.without_promise, found.kept.n, found.kept.count);
    assert_eq!(bench.rows(None, sql).await, [told]);
    assert_eq!(found.kept.n + found.open + found.overdue, found.orders);
}

async fn obstacles_are_those_of_the_orders(bench: &Bench, reader: &Reader) {
    let request = PainsRequest { horizon: 90 * DAY, show: Some(1) };
    let found = reader.session().journey_pains(&Scope::default(), &request, &mut |_| {}).await.unwrap();
    let pains = &found.groups[0].answer.pains;
    let sql = format!(
        "SELECT count(DISTINCT customer_id), count(*) FROM order_facts WHERE counts AND ordered_at < promise_ends_at AND \
         (NOT kept_promise OR (delivered_at IS NULL AND CAST(promise_ends_at AS BIGINT) <= {}))",
        found.about.known_until.unwrap().as_microsecond()
    );
    let late = pains.iter().find(|pain| pain.obstacle == Obstacle::LateDelivery).unwrap();
    assert_eq!(bench.rows(None, &sql).await, [format!("{}|{}", late.cases, late.moments)]);
    let places: Vec<bool> = pains.iter().map(|pain| pain.obstacle.sort() == Sort::DropOff).collect();
    assert!(places.is_sorted(), "drop-offs stand behind what was met");
    assert!(!pains[0].examples.is_empty());
    for (example, story) in pains[0].examples.iter().zip(&found.stories[0]) {
        let line = reader.customer(&example.case).await.unwrap();
        let at = Timestamp::from_microsecond(example.at).unwrap();
        assert_eq!((line.touchpoints[example.row].at, &story.customer), (at, &example.case));
        let moment = story.touchpoints.iter().find(|touch| touch.is_moment).unwrap();
        assert_eq!((moment.at, &moment.kind), (at, &line.touchpoints[example.row].kind));
        let told = story.earlier as usize + story.touchpoints.len() + story.later as usize;
        assert_eq!(told, line.touchpoints.len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_is_kept_before_its_end_everywhere() {
    let mut bench = Bench::new("Europe/Berlin", "EUR");
    let orders = "order_id,customer_ref,ordered_at,status,goods,promised_on,promised_at,delivered_at\n\
        1,a,2026-05-01T10:00:00Z,delivered,1,2026-05-03,,2026-05-03T21:59:59.999999Z\n\
        2,b,2026-05-01T10:00:00Z,delivered,1,2026-05-03,,2026-05-03T22:00:00Z\n\
        3,c,2026-05-01T10:00:00Z,delivered,1,,2026-05-03T12:00:00Z,2026-05-03T12:00:00Z\n\
        4,d,2026-05-01T10:00:00Z,delivered,1,,2026-05-03T12:00:00Z,2026-05-03T11:59:59Z\n\
        5,e,2026-05-01T10:00:00Z,cancelled,1,2026-05-03,,2026-05-02T10:00:00Z\n\
        6,f,2026-05-01T10:00:00Z,paid,1,2026-05-02,,\n\
        7,g,2026-05-01T10:00:00Z,paid,1,2026-05-20,,\n\
        8,h,2026-05-01T10:00:00Z,paid,1,,,\n";
    bench.import(&bench.file("orders.csv", orders)).await.unwrap();
    let reader = bench.reader(None);
    let found =
        reader.session().journey_delivery(&Scope::default(), &DeliveryRequest::default(), &mut |_| {}).await.unwrap();
    let found = &found.groups[0].answer;
    assert_eq!((found.kept.count, found.kept.n), (3, 4));
    assert_eq!((found.orders, found.overdue, found.open, found.without_promise), (6, 1, 1, 1));
    let sql = "SELECT order_id FROM order_facts WHERE kept_promise AND counts ORDER BY 1";
    assert_eq!(bench.rows(None, sql).await, ["1", "3", "4"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_that_cannot_be_asked() {
    let mut bench = Bench::new("UTC", "EUR");
    let visits = "interaction_id,customer_ref,kind,occurred_at\n1,anna,visit,2026-05-01T10:00:00Z\n";
    bench.import(&bench.file("interactions.csv", visits)).await.unwrap();
    let reader = bench.reader(None);
    let tickets = Scope { case: Case::Ticket, ..Scope::default() };
    let retention = RetentionRequest { every: Grain::Month, variant: RetentionVariant::In };
    let message = |error: throughline_engine::Error| format!("{error}");
    let error = reader.session().journey_retention(&tickets, &retention, &mut |_| {}).await.unwrap_err();
    assert!(message(error).contains("tickets place no orders"));
    let daily = RetentionRequest { every: Grain::Day, ..retention };
    let error = reader.session().journey_retention(&Scope::default(), &daily, &mut |_| {}).await.unwrap_err();
    assert!(message(error).contains("not by day"));
    let nothing = LifecycleRequest { every: Grain::Month, window: 0, activity: Vec::new() };
    assert!(reader.session().journey_lifecycle(&Scope::default(), &nothing, &mut |_| {}).await.is_err());
    let unknown = LifecycleRequest { every: Grain::Month, window: DAY, activity: vec!["visits".into()] };
    let error = reader.session().journey_lifecycle(&Scope::default(), &unknown, &mut |_| {}).await.unwrap_err();
    assert!(message(error).contains("did you mean `visit`?"));
    let request = AttributionRequest { window: Some(DAY), half_life: 0 };
    let error = reader.session().journey_attribution(&Scope::default(), &request, &mut |_| {}).await.unwrap_err();
    assert!(message(error).contains("half-life"));
    let request = PainsRequest { horizon: DAY, show: Some(1) };
    let error = reader.session().journey_pains(&Scope::default(), &request, &mut |_| {}).await.unwrap_err();
    assert!(message(error).contains("There is no obstacle 1."));
    // No order is no error, and nobody comes back.
    let found = reader.session().journey_retention(&Scope::default(), &retention, &mut |_| {}).await.unwrap();
    assert!(found.groups[0].answer.cohorts.is_empty());
}

fn paths_file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

#[test]
fn paths_come_from_a_file() {
    let text = "Path,Conversions,Value,Nulls\n\"a > b\",2,10.5,1\na,1,0.123456789,0\n,1,,\n";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    for (name, bytes) in [("p.csv", text.as_bytes().to_vec()), ("p.gz", gzip.finish().unwrap())] {
        let (_folder, path) = paths_file(name, &bytes);
        let found = attribution_of_paths(&path).unwrap();
        let all = &found.attribution;
        assert_eq!((found.rows, all.conversions, all.ended, all.without_path), (3, 4, 1, 1));
        assert_eq!((all.value, found.unit), (10_623_456_789, 1e9));
        let linear = all.channels.iter().map(|one| (one.channel.as_str(), one.linear.conversions));
        assert_eq!(linear.collect::<Vec<_>>(), [("a", 2.0), ("b", 1.0)]);
    }
    for (text, message) in [
        ("way,conversions\na,1\n", "has no column `path`"),
        ("path,value\na,1\n", "has no column `conversions`"),
        ("path,conversions\na,1\nb,many\n", "line 3, column 2: \"many\" is not a whole number"),
        ("path,conversions,value\na,1,1.2.3\n", "line 2, column 3: \"1.2.3\" is not an amount"),
        ("path,conversions\na,1,2\n", "cannot be read"),
    ] {
        let (_folder, path) = paths_file("p.csv", text.as_bytes());
        let error = attribution_of_paths(&path).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}
