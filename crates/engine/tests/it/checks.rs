//! Failed checks from an import to the scorecard.

use std::fs;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use throughline_engine::{CheckKind, FailedCheck, MeasureRequest, ReadOptions, Reader};
use throughline_model::status::Status;

use crate::import::Bench;

const FIRST: Date = date(2026, 2, 1);
/// A Tuesday of which most orders are missing.
const CUT: Date = date(2026, 6, 9);
/// A Monday from which on, for a week, `store` is called `shop`.
const RENAMED: Date = date(2026, 5, 18);

fn orders_on(day: Date) -> usize {
    let number = usize::try_from((day - FIRST).get_days()).unwrap();
    let usual = if day.weekday().to_monday_zero_offset() >= 5 { 25 } else { 40 };
    if day == CUT { 5 } else { usual + number * 7 % 5 - 2 }
}

/// Orders from February to June: three of ten in the store, goods of 10 to 16.
fn orders() -> String {
    let mut text = "order_id,customer_ref,ordered_at,status,channel,goods\n".to_owned();
    for day in (0..150).map(|number| FIRST + number.days()) {
        for order in 0..orders_on(day) {
            let renamed = (0..7).contains(&(day - RENAMED).get_days());
            let channel = match (order % 10 < 3, renamed) {
                (true, false) => "store",
                (true, true) => "shop",
                (false, _) => "web",
            };
            let goods = 10 + order % 7;
            text.push_str(&format!(
                "{day}-{order},c{order},{day}T{:02}:00:00Z,delivered,{channel},{goods}\n",
                order % 24
            ));
        }
    }
    text
}

fn measure(id: &str, when_failed: &str, aggregate: &str, rows: &str) -> String {
    let unit = if aggregate == "\"ratio\"" { "percent" } else { "number" };
    format!(
        "format = 1\nid = \"{id}\"\nname = \"{id}\"\nplain = \"A test.\"\nperspective = \"customer\"\nrole = \"leading\"\n\
         unit = \"{unit}\"\ndirection = \"higher\"\naggregate = {aggregate}\nwhen_failed = \"{when_failed}\"\nrows = \"{rows}\"\n"
    )
}

const COUNTED: &str = "SELECT order_id AS key, ordered_at AS at, channel FROM orders";
const STORE: &str = "SELECT order_id AS key, ordered_at AS at, channel = 'store' AS numerator FROM orders";
const GOODS: &str = "SELECT order_id AS key, ordered_at AS at, goods AS value FROM orders";

async fn bench() -> Bench {
    let mut bench = Bench::new("UTC", "EUR");
    let file = bench.file("orders.csv", &orders());
    bench.import(&file).await.unwrap();
    let folder = bench.workspace.folder().root().to_owned();
    fs::create_dir_all(folder.join("measures")).unwrap();
    let measures = [
        measure("orders_withheld", "withhold", "\"count\"", COUNTED),
        measure("orders_bounded", "bounds", "\"count\"", COUNTED),
        measure("orders_shown", "show", "\"count\"", COUNTED),
        measure("store_withheld", "withhold", "\"ratio\"", STORE),
        measure("store_bounded", "bounds", "\"ratio\"", STORE),
        measure("goods_mean", "bounds", "\"mean\"", GOODS),
        measure("goods_median", "bounds", "{ quantile = 0.5 }", GOODS),
    ];
    for (number, text) in measures.iter().enumerate() {
        fs::write(folder.join(format!("measures/test_{number}.toml")), text).unwrap();
    }
    let card = folder.join("scorecard.toml");
    let text = fs::read_to_string(&card).unwrap();
    fs::write(card, text.replacen("format = 1", "format = 1\nwhen_failed = \"withhold\"", 1)).unwrap();
    bench
}

fn reader(bench: &Bench) -> Reader {
    bench.workspace.reader(ReadOptions { working: true, ..ReadOptions::at(bench.now) }).unwrap()
}

async fn reading(reader: &Reader, id: &str, month: usize) -> throughline_model::Reading {
    let readings = reader.measure(id, &MeasureRequest::default()).await.unwrap();
    readings.into_iter().find(|one| one.period.label == format!("2026-0{month}")).unwrap()
}

fn one(failed: &[FailedCheck], kind: CheckKind) -> &FailedCheck {
    let found: Vec<&FailedCheck> = failed.iter().filter(|check| check.kind == kind).collect();
    assert_eq!(found.len(), 1, "{failed:?}");
    found[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_found_once_and_told_in_a_sentence() {
    let bench = bench().await;
    let reader = reader(&bench);
    let failed = reader.failed_checks(bench.now).await.unwrap();
    assert_eq!(failed.len(), 2, "{failed:#?}");
    let low = one(&failed, CheckKind::VolumeLow);
    assert_eq!((low.table.as_str(), low.from, low.until, low.observed), ("orders", Some(CUT), Some(CUT), 5.0));
    let sentence = "orders of standard: 5 on Tue 9 Jun 2026, ";
    assert!(
        low.sentence.starts_with(sentence) && low.sentence.ends_with("expected: was the export cut?"),
        "{}",
        low.sentence
    );
    assert!((36.0..44.0).contains(&low.expected), "{}", low.expected);
    let mix = one(&failed, CheckKind::Mix);
    assert_eq!(
        (mix.column.as_deref(), mix.value.as_deref(), mix.from),
        (Some("channel"), Some("store"), Some(RENAMED))
    );
    assert_eq!(mix.until, Some(date(2026, 5, 24)));
    // The same from the cache.
    assert_eq!(reader.failed_checks(bench.now).await.unwrap(), failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn readings_are_withheld_only_where_a_check_touches_them() {
    let bench = bench().await;
    let reader = reader(&bench);
    let june = reading(&reader, "orders_withheld", 6).await;
    let why = june.empty.as_ref().unwrap().to_string();
    assert_eq!((june.value, june.interval), (None, None));
    assert!(why.starts_with("Withheld, as a check of its inputs failed: orders of standard: 5 on Tue 9 Jun"), "{why}");
    assert!(reading(&reader, "orders_shown", 6).await.value.is_some());
    // The number of orders does not read the channel; the store's share does.
    assert!(reading(&reader, "orders_withheld", 5).await.value.is_some());
    let may = reading(&reader, "store_withheld", 5).await;
    assert!(may.empty.unwrap().to_string().contains("`store` is gone"));
    assert!(reading(&reader, "store_withheld", 4).await.value.is_some());
    let explained = reader.explain("orders_withheld", "2026-06", None, None).await.unwrap();
    assert_eq!(explained.reading.empty.unwrap().to_string(), why);
    let june = reader.calendar().parse("2026-06").unwrap();
    let trust = reader.trust("orders_withheld", &june).await.unwrap();
    assert!(trust.is_doubtful());
    assert_eq!(trust.failed.iter().map(|check| check.kind).collect::<Vec<_>>(), [CheckKind::VolumeLow]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bounds_hold_what_the_doubtful_rows_could_make_true() {
    let bench = bench().await;
    let reader = reader(&bench);
    let failed = reader.failed_checks(bench.now).await.unwrap();
    let low = one(&failed, CheckKind::VolumeLow);
    let near = |one: f64, other: f64| assert!((one - other).abs() < 1e-9, "{one} and {other}");
    // Of a count: from what is there to what was expected.
    let june = reading(&reader, "orders_bounded", 6).await;
    let (value, interval) = (june.value.unwrap(), june.interval.unwrap());
    near(interval.low, value);
    near(interval.high, value + low.expected - low.observed);
    // Of a mean: the missing have all the least, or all the most of the values there are.
    let missing = (low.expected - low.observed) / (value + low.expected - low.observed);
    let mean = reading(&reader, "goods_mean", 6).await;
    let interval = mean.interval.unwrap();
    assert!(interval.low < mean.value.unwrap() * (1.0 - missing) + missing * 10.0);
    assert!(interval.high > mean.value.unwrap() * (1.0 - missing) + missing * 16.0);
    assert!(interval.high - interval.low < 1.0);
    let median = reading(&reader, "goods_median", 6).await;
    assert!(
        median.interval.unwrap().low <= median.value.unwrap() && median.value.unwrap() <= median.interval.unwrap().high
    );
    // Of a share, in a month in which a week has another mix.
    let (may, april) = (reading(&reader, "store_bounded", 5).await, reading(&reader, "store_bounded", 4).await);
    let width = |reading: &throughline_model::Reading| reading.interval.unwrap().high - reading.interval.unwrap().low;
    assert!(width(&may) > width(&april) + 0.1 && may.interval.unwrap().high > april.value.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scorecard_says_which_check_failed() {
    let bench = bench().await;
    let view = reader(&bench).scorecard(Some("2026-06")).await.unwrap();
    let measures = view.perspectives.iter().flat_map(|one| &one.objectives).flat_map(|one| &one.measures);
    let of_orders: Vec<_> =
        measures.filter(|one| one.trust.as_ref().is_some_and(|trust| trust.is_doubtful())).collect();
    assert!(!of_orders.is_empty());
    let withheld = of_orders.iter().filter(|one| {
        let reason = one.now.reason.as_deref().unwrap_or_default();
        one.now.status == Some(Status::NoData) && reason.contains("5 on Tue 9 Jun 2026")
    });
    assert!(withheld.count() > 0, "{:?}", of_orders.iter().map(|one| (&one.id, &one.now.reason)).collect::<Vec<_>>());
}
