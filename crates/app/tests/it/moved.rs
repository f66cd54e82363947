//! What moved, and why: a shop worked by hand, and every shipped measure of a company of some size.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};
use throughline_engine::moved::{LateRows, Way};
use throughline_engine::{
    ImportRequest, InitOptions, MeasureMoved, MovedRequest, ReadOptions, Reader, WholeMoved, Workspace,
};

use crate::program::{fails, json as told, ok};

/// One perspective with two measures; what the second weighs is filled in.
const CARD: &str = r#"format = 1
[[perspective]]
id = "internal_process"
name = "Processes"
[[objective]]
id = "keep"
name = "Keep what is sold"
perspective = "internal_process"
measures = [{ id = "cancelled_share" }, { id = "placed", weight = WEIGHT }]
[[target]]
measure = "cancelled_share"
target = "50%"
floor = "100%"
[[target]]
measure = "placed"
target = 200
floor = 0
"#;

fn measure(id: &str, aggregate: &str, unit: &str, rows: &str) -> String {
    let direction = if unit == "percent" { "lower" } else { "higher" };
    format!(
        "format = 1\nid = \"{id}\"\nname = \"{id}\"\nplain = \"What it says.\"\nperspective = \"internal_process\"\n\
         role = \"lagging\"\nunit = \"{unit}\"\ndirection = \"{direction}\"\naggregate = {aggregate}\nrows = \"\"\"{rows}\"\"\"\n\
         dimensions = [\"channel\"]\n"
    )
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn orders(file: &mut String, month: &str, channel: &str, (first, n): (u32, u32), cancelled: u32) {
    for number in first..first + n {
        let status = if number < first + cancelled { "cancelled" } else { "delivered" };
        let (day, name) = (1 + number % 20, &channel[..1]);
        file.push_str(&format!(
            "{month}{name}{number},c{},{month}-{day:02}T10:00:00Z,{status},{},{channel}\n",
            number % 17,
            10 + number % 7
        ));
    }
}

/// Everything about a shop whose definitions were changed and whose data came late.
struct Shop {
    folder: tempfile::TempDir,
    workspace: Workspace,
}

impl Shop {
    /// January, as known at its end: 75 of 90 cancelled on the web, 9 of 20 in the store, none of 10 by phone. On 10 February
    /// 10 more from the web come, 5 of them cancelled, and one of the store is cancelled after all. February: 17 of 20 and 54
    /// of 100. From February on, orders by phone count no more for the share, and the number of orders weighs three times.
    async fn new() -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let options = InitOptions { name: "Shop".into(), zone: "UTC".into(), currency: "EUR".into() };
        let root = folder.path().join("shop");
        let workspace = Workspace::init(&root, &options, at("2025-12-01T00:00:00Z"), "tester").unwrap();
        let shop = Shop { folder, workspace };
        shop.define("", 1);
        shop.workspace.apply("begin", "tester", None, at("2025-12-02T00:00:00Z")).unwrap();
        let mut january = String::new();
        orders(&mut january, "2026-01", "web", (0, 90), 75);
        orders(&mut january, "2026-01", "store", (0, 20), 9);
        orders(&mut january, "2026-01", "phone", (0, 10), 0);
        shop.import(&january, "2026-01-31T12:00:00Z").await;
        let mut late = String::new();
        orders(&mut late, "2026-01", "web", (90, 10), 5);
        orders(&mut late, "2026-01", "store", (9, 1), 1);
        shop.import(&late, "2026-02-10T00:00:00Z").await;
        let mut february = String::new();
        orders(&mut february, "2026-02", "web", (0, 20), 17);
        orders(&mut february, "2026-02", "store", (0, 100), 54);
        shop.import(&february, "2026-03-01T00:00:00Z").await;
        shop.define(" WHERE channel <> 'phone'", 3);
        shop.workspace.apply("no phone", "tester", Some("2026-02"), at("2026-02-15T00:00:00Z")).unwrap();
        shop
    }

    fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("shop")
    }

    fn define(&self, filter: &str, weight: u32) {
        let select = "SELECT order_id AS key, ordered_at AS at, channel, customer_id AS unit, goods AS value, \
                      status = 'cancelled' AS numerator FROM order_facts";
        let all = [
            measure("cancelled_share", "\"ratio\"", "percent", &format!("{select}{filter}")),
            measure("placed", "\"count\"", "number", select),
            measure("people", "\"distinct\"", "number", select),
            measure(
                "open",
                "\"level\"",
                "number",
                "SELECT order_id AS key, ordered_at AS at, channel, 1 AS value FROM order_facts",
            ),
            measure("median_goods", "{ quantile = 0.5 }", "money", select),
        ];
        for (number, text) in all.iter().enumerate() {
            fs::write(self.root().join(format!("measures/m{number}.toml")), text).unwrap();
        }
        let each = "format = 1\nid = \"each\"\nname = \"Each\"\nplain = \"p\"\nperspective = \"internal_process\"\n\
                    role = \"lagging\"\nunit = \"number\"\ndirection = \"higher\"\naggregate = { formula = \"placed / people\" }\n";
        fs::write(self.root().join("measures/each.toml"), each).unwrap();
        fs::write(self.root().join("scorecard.toml"), CARD.replace("WEIGHT", &weight.to_string())).unwrap();
    }

    async fn import(&self, rows: &str, now: &str) {
        let file = self.folder.path().join("orders.csv");
        fs::write(&file, format!("order_id,customer_ref,ordered_at,status,goods,channel\n{rows}")).unwrap();
        let request = ImportRequest { paths: vec![file.display().to_string()], ..ImportRequest::default() };
        let report = self.workspace.import(&request, at(now), &mut |_| {}).await.unwrap();
        assert_eq!(report.rejected, 0);
    }

    fn reader(&self) -> Reader {
        self.workspace.reader(ReadOptions::at(at("2026-03-02T00:00:00Z"))).unwrap()
    }

    async fn moved(&self, id: &str) -> MeasureMoved {
        let request = MovedRequest { period: Some("2026-02".into()), ..MovedRequest::default() };
        self.reader().moved(id, &request).await.unwrap()
    }
}

#[track_caller]
fn near(found: Option<f64>, expected: f64) {
    let found = found.unwrap();
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} is not {expected}");
}

/// Both rates rise and the whole falls; definitions and late data have their part in it.
#[tokio::test(flavor = "multi_thread")]
async fn a_ratio_by_hand() {
    let shop = Shop::new().await;
    let moved = shop.moved("cancelled_share").await;
    near(moved.told.as_ref().unwrap().value, 84.0 / 120.0);
    near(moved.start, 84.0 / 120.0);
    near(moved.definitions.contribution, 84.0 / 110.0 - 84.0 / 120.0);
    near(moved.late.contribution, 90.0 / 120.0 - 84.0 / 110.0);
    near(moved.happened, 71.0 / 120.0 - 90.0 / 120.0);
    near(moved.change, 71.0 / 120.0 - 84.0 / 120.0);
    assert_eq!(moved.late.rows, Some(LateRows { came: 10, corrected: 1, gone: 0 }));
    assert_eq!(moved.definitions.edits.len(), 1);
    assert_eq!(moved.definitions.edits[0].0, "cancelled_share");
    let split = &moved.splits[0];
    assert_eq!((split.way, split.parts.len()), (Way::MixAndRate, 2));
    // As worked by hand in the golden test of `mix_and_rate`.
    near(split.mix(), -2.0 / 3.0 * 0.305);
    near(split.rate(), 0.045);
    near(Some(split.sum()), 71.0 / 120.0 - 90.0 / 120.0);
    assert_eq!(
        moved.sentence,
        "Down 10.8 points from January 2026: 20.3 points by another mix of channel, mostly less web; the changed \
         definition took back 6.4 points; what changed within each channel, mostly in web (80 % → 85 %), took back 4.5 \
         points; 1.4 points by late data (rows: 10 late, 1 corrected)."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_distincts_quantiles_and_formulas_by_hand() {
    let shop = Shop::new().await;
    let placed = shop.moved("placed").await;
    near(placed.told.as_ref().unwrap().value, 120.0);
    assert_eq!(placed.definitions.contribution, Some(0.0));
    near(placed.late.contribution, 10.0);
    let parts: Vec<(&str, f64)> =
        placed.splits[0].parts.iter().map(|part| (part.name.as_str(), part.contribution)).collect();
    assert_eq!(parts, [("store", 80.0), ("web", -80.0), ("phone", -10.0)]);

    // 17 people all told; on the web and in the store all of them, by phone ten.
    let people = shop.moved("people").await;
    assert_eq!((people.reading_before.value, people.reading_now.value), (Some(17.0), Some(17.0)));
    // Before: 17 − (17 + 17 + 10); now: 17 − (17 + 17).
    assert_eq!(people.splits[0].overlap, Some(10.0));
    assert_eq!(people.splits[0].sum(), 0.0);

    let goods = shop.moved("median_goods").await;
    assert_eq!(goods.splits[0].way, Way::Replacement);
    near(Some(goods.splits[0].sum()), goods.happened.unwrap());

    // 130 / 17 → 120 / 17: all by orders.
    let each = shop.moved("each").await;
    let inputs = &each.splits[0];
    assert_eq!((inputs.way, inputs.parts[0].name.as_str(), inputs.parts.len()), (Way::Inputs, "placed", 2));
    near(Some(inputs.parts[0].contribution), -10.0 / 17.0);
    assert_eq!(inputs.parts[1].contribution, 0.0);
    assert!(
        shop.reader().moved("each", &MovedRequest { by: Some("channel".into()), ..Default::default() }).await.is_err()
    );
}

/// On the web and by phone nothing happens in March: as many are open there as at the end of February.
#[tokio::test(flavor = "multi_thread")]
async fn a_level_stays_where_nothing_changes() {
    let shop = Shop::new().await;
    let mut march = String::new();
    orders(&mut march, "2026-02", "phone", (50, 1), 0);
    orders(&mut march, "2026-03", "store", (0, 1), 0);
    shop.import(&march, "2026-03-01T12:00:00Z").await;
    let request = MovedRequest { period: Some("2026-03".into()), ..MovedRequest::default() };
    let moved = shop.reader().moved("open", &request).await.unwrap();
    assert_eq!((moved.reading_before.value, moved.reading_now.value), (Some(251.0), Some(252.0)));
    let parts = moved.splits[0].parts.iter();
    let parts: Vec<_> = parts.map(|part| (part.name.as_str(), part.value_before, part.value_now)).collect();
    assert_eq!(
        parts,
        [("store", Some(120.0), Some(121.0)), ("phone", Some(11.0), Some(11.0)), ("web", Some(120.0), Some(120.0))]
    );
    assert_eq!(moved.splits[0].sum(), 1.0);
}

/// Scores by hand, with target 50 % and floor 100 %, and target 200 and floor 0: told (60 + 60) / 2; by the definitions of
/// February (100 · 2 · (1 − 84/110) + 3 · 60) / 4; with what came late (50 + 3 · 65) / 4; February (2 · 49/120 · 100 + 3 · 60) / 4.
#[tokio::test(flavor = "multi_thread")]
async fn the_whole_by_hand() {
    let shop = Shop::new().await;
    let request = MovedRequest { period: Some("2026-02".into()), ..MovedRequest::default() };
    let moved = shop.reader().scorecard_moved(&request).await.unwrap();
    let redefined = (200.0 * (1.0 - 84.0 / 110.0) + 180.0) / 4.0;
    let now = (200.0 * (1.0 - 71.0 / 120.0) + 180.0) / 4.0;
    near(moved.score_told, 60.0);
    near(moved.definitions.contribution, redefined - 60.0);
    near(moved.late.contribution, 61.25 - redefined);
    near(moved.happened, now - 61.25);
    near(moved.change, now - 60.0);
    adds_up(&moved);
    let edits: Vec<String> = moved.definitions.edits.iter().map(|(id, edits)| format!("{id} {edits:?}")).collect();
    assert_eq!(edits, ["cancelled_share [Definition]", "placed [Weight]"]);
    assert!(moved.sentence.starts_with("Up 5.4 points from January 2026: "), "{}", moved.sentence);
}

#[track_caller]
fn adds_up(moved: &WholeMoved) {
    let sum = |of: fn(&throughline_engine::moved::MeasureShare) -> Option<f64>| {
        moved.measures.iter().map(|one| of(one).unwrap_or(0.0)).sum::<f64>()
    };
    let causes = moved.definitions.contribution.unwrap_or(0.0) + moved.late.contribution.unwrap_or(0.0);
    for (sum, whole) in [
        (sum(|one| one.definitions), moved.definitions.contribution.unwrap_or(0.0)),
        (sum(|one| one.late), moved.late.contribution.unwrap_or(0.0)),
        (sum(|one| one.happened), moved.happened.unwrap()),
        (sum(|one| Some(one.contribution)), moved.change.unwrap()),
        (causes + moved.happened.unwrap(), moved.change.unwrap()),
    ] {
        assert!((sum - whole).abs() < 1e-9, "{sum} is not {whole}");
    }
}

/// Before anything was recorded nobody was answered: that is told, and what is known still adds up.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_known_is_not_zero() {
    let shop = Shop::new().await;
    let request = MovedRequest {
        period: Some("2026-02".into()),
        known_at: Some(at("2026-01-05T00:00:00Z")),
        ..MovedRequest::default()
    };
    let moved = shop.reader().moved("cancelled_share", &request).await.unwrap();
    assert_eq!((moved.told.as_ref(), moved.late.contribution, moved.late.rows), (None, None, None));
    assert_eq!(moved.late.reason.as_deref(), Some("Nothing had been recorded by 2026-01-05."));
    // By the definitions of then, from 90 of 130.
    near(moved.start, 90.0 / 130.0);
    near(moved.definitions.contribution, 90.0 / 120.0 - 90.0 / 130.0);
    near(moved.change, 71.0 / 120.0 - 90.0 / 130.0);

    let before = MovedRequest { period: Some("2026-01".into()), ..MovedRequest::default() };
    let moved = shop.reader().moved("cancelled_share", &before).await.unwrap();
    assert_eq!((moved.change, moved.happened, moved.splits.len()), (None, None, 0));
    assert_eq!(moved.sentence, "There is no value for 2025-12: No record counts for this period.");
}

/// A period in which most measures of the company have a score, and in the one before.
const SCORED: &str = "2026-03";

/// A company of some size; made once.
fn company() -> &'static Path {
    static COMPANY: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    COMPANY
        .get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            ok(folder.path(), &["demo", "files", "--customers", "1000", "--months", "24", "--seed", "7"]);
            ok(folder.path(), &["init", "company", "--name", "Company", "--zone", "Europe/Berlin"]);
            ok(folder.path(), &["import", "files/sources", "--workspace", "company"]);
            folder
        })
        .path()
}

fn reader() -> Reader {
    let workspace = Workspace::open(&company().join("company")).unwrap();
    workspace.reader(ReadOptions::at(Timestamp::now())).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shipped_measure_adds_up() {
    let reader = reader();
    let last = reader.newest_period().await.unwrap();
    let request = MovedRequest { period: Some(last.label.clone()), ..MovedRequest::default() };
    let (mut changed, mut split, mut ways) = (0, 0, std::collections::BTreeSet::new());
    for id in reader.definitions().measures.keys() {
        let moved = reader.moved(id, &request).await.unwrap_or_else(|error| panic!("{id}: {error}"));
        let (Some(change), Some(happened)) = (moved.change, moved.happened) else {
            assert!(moved.reason.is_some(), "{id}");
            continue;
        };
        changed += 1;
        let size = [moved.start, moved.reading_now.value].into_iter().flatten().fold(1e-12, |m: f64, v| m.max(v.abs()));
        let causes = moved.definitions.contribution.unwrap_or(0.0) + moved.late.contribution.unwrap_or(0.0) + happened;
        assert!((causes - change).abs() <= 1e-9 * size, "{id}: {causes} is not {change}");
        for one in moved.splits.iter().filter(|one| one.reason.is_none()) {
            split += 1;
            ways.insert(format!("{:?}", one.way));
            assert!(
                (one.sum() - happened).abs() <= 1e-9 * size,
                "{id} by {:?}: {} is not {happened}",
                one.dimension,
                one.sum()
            );
        }
    }
    assert!(changed > 60 && split > 120, "{changed} measures, {split} splits");
    assert_eq!(ways.len(), 4, "{ways:?}");
    let scored = MovedRequest { period: Some(SCORED.to_owned()), ..MovedRequest::default() };
    let whole = reader.scorecard_moved(&scored).await.unwrap();
    adds_up(&whole);
    assert!(whole.measures.len() > 1, "{whole:?}");
}

/// The same by a query that knows nothing of measures.
#[tokio::test(flavor = "multi_thread")]
async fn a_ratio_and_a_sum_as_by_plain_sql() {
    let reader = reader();
    let now = reader.newest_period().await.unwrap();
    let before = reader.calendar().previous(&now);
    let request =
        MovedRequest { period: Some(now.label.clone()), by: Some("channel".into()), ..MovedRequest::default() };
    let month = |column: &str| {
        format!(
            "CASE WHEN {column} >= '{}' AND {column} < '{}' THEN 0 WHEN {column} >= '{}' AND {column} < '{}' THEN 1 END",
            before.start, before.end, now.start, now.end
        )
    };
    let ratio = format!(
        "WITH parts AS (SELECT channel, \
           count(*) FILTER (WHERE ordered AND p = 0) AS y0, count(*) FILTER (WHERE p = 0) AS x0, \
           count(*) FILTER (WHERE ordered AND p = 1) AS y1, count(*) FILTER (WHERE p = 1) AS x1 \
           FROM (SELECT *, {} AS p FROM sessions) WHERE p IS NOT NULL GROUP BY channel), \
         rates AS (SELECT channel, x0 * 1.0 / sum(x0) OVER () AS w0, x1 * 1.0 / sum(x1) OVER () AS w1, \
           coalesce(y0 * 1.0 / nullif(x0, 0), y1 * 1.0 / nullif(x1, 0)) AS r0, \
           coalesce(y1 * 1.0 / nullif(x1, 0), y0 * 1.0 / nullif(x0, 0)) AS r1, \
           sum(y0) OVER () * 1.0 / sum(x0) OVER () AS t0, sum(y1) OVER () * 1.0 / sum(x1) OVER () AS t1 FROM parts) \
         SELECT coalesce(channel, '(none)') AS name, (w1 - w0) * ((r0 + r1) / 2 - (t0 + t1) / 2) AS mix, \
           (r1 - r0) * (w0 + w1) / 2 AS rate FROM rates",
        month("started_at")
    );
    let rows = reader.sql(&ratio, None).await.unwrap().to_json();
    let rows = rows.as_array().unwrap();
    let moved = reader.moved("conversion", &request).await.unwrap();
    assert!(rows.len() > 3 && rows.len() == moved.splits[0].parts.len(), "{rows:?}");
    for part in &moved.splits[0].parts {
        let row = rows.iter().find(|row| row["name"] == part.name.as_str()).unwrap();
        for (found, column) in [(part.mix, "mix"), (part.rate, "rate")] {
            assert!((found.unwrap() - row[column].as_f64().unwrap()).abs() < 1e-9, "{part:?}: {row}");
        }
    }
    let sum = format!(
        "SELECT coalesce(channel, '(none)') AS name, \
           coalesce(sum(CAST(revenue AS DOUBLE)) FILTER (WHERE p = 1), 0) \
           - coalesce(sum(CAST(revenue AS DOUBLE)) FILTER (WHERE p = 0), 0) AS difference \
         FROM (SELECT *, {} AS p FROM order_facts WHERE counts) WHERE p IS NOT NULL GROUP BY channel",
        month("ordered_at")
    );
    let rows = reader.sql(&sum, None).await.unwrap().to_json();
    let rows = rows.as_array().unwrap();
    let moved = reader.moved("revenue", &request).await.unwrap();
    assert!(rows.len() > 1 && rows.len() == moved.splits[0].parts.len(), "{rows:?}");
    for part in &moved.splits[0].parts {
        let row = rows.iter().find(|row| row["name"] == part.name.as_str()).unwrap();
        assert!((part.contribution - row["difference"].as_f64().unwrap()).abs() < 1e-6, "{part:?}: {row}");
    }
}

#[test]
fn the_command_line_tells_it() {
    let company = company().join("company");
    let page = ok(&company, &["moved", "conversion"]);
    assert!(page.contains("as known now") && page.contains("What happened by "), "{page}");
    let answer = told(&company, &["moved", "conversion", "--by", "channel", "--json"]);
    assert_eq!((answer["splits"].as_array().unwrap().len(), &answer["splits"][0]["way"]), (1, &json!("mix_and_rate")));
    let whole = told(&company, &["moved", "--period", SCORED, "--json"]);
    let points: f64 =
        whole["measures"].as_array().unwrap().iter().map(|one| one["contribution"].as_f64().unwrap()).sum();
    assert!((points - whole["change"].as_f64().unwrap()).abs() < 1e-9);
    assert!(ok(&company, &["moved", "--period", SCORED]).contains("what happened"));
    assert_ne!(whole["late"]["contribution"] == Value::Null, whole["late"]["reason"] == Value::Null);
    fails(&company, &["moved", "--by", "channel"], 2, "cannot be split by channel");
    fails(&company, &["moved", "conversion", "--by", "colour"], 2, "cannot be broken down by colour");
    fails(&company, &["moved", "conversn"], 2, "There is no measure `conversn`.");
    fails(&company, &["moved", "conversion", "--against", "2030-01"], 2, "does not lie before");
    fails(&company, &["moved", "conversion", "--period", "2025-03", "--against", "2024"], 2, "of the same length");
    fails(&company, &["moved", "conversion", "--known-at", "then"], 2, "is not a point in time");
}
