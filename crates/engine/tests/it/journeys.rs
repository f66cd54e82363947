//! The journey store: the touchpoints of the tables in the one order, after every import, correction and deletion.

use std::fs;

use throughline_engine::{Case, Reader};

use crate::import::Bench;

/// Journeys as the store holds them, one line per touchpoint.
async fn stored(reader: &Reader) -> (Vec<String>, usize) {
    let journeys = reader.journeys(Case::Customer, &mut |_| {}).await.unwrap();
    let (kinds, stages) = (journeys.kinds(), journeys.stages());
    let mut cases: Vec<(String, Vec<String>)> = Vec::new();
    for block in journeys.blocks() {
        for journey in block.journeys() {
            let line = |row: usize| {
                let kind = &kinds.kinds[usize::from(journey.kinds[row])];
                let channel = kinds.channel(journey.channels[row]).unwrap_or("");
                let stage = stages.of(&journey, row).map_or("", |stage| stages.names()[stage].0.as_str());
                let fact = journey.fact(row);
                let amount = fact
                    .and_then(|fact| fact.amount)
                    .map_or(String::new(), |amount| format!("{:.4}", amount as f64 / 1e4));
                let share = fact.and_then(|fact| fact.share).map_or(String::new(), |share| format!("{share:?}"));
                format!(
                    "{}|{}|{}.{}|{channel}|{stage}|{amount}|{share}",
                    journey.id(),
                    journey.at[row],
                    kind.table,
                    kind.kind
                )
            };
            cases.push((journey.id().to_owned(), (0..journey.len()).map(line).collect()));
        }
    }
    cases.sort();
    (cases.into_iter().flat_map(|(_, lines)| lines).collect(), journeys.runs())
}

/// The same from the touchpoints in SQL.
async fn told(bench: &Bench, as_of: Option<&str>) -> Vec<String> {
    let sql = "SELECT customer_id, CAST(occurred_at AS BIGINT) AS micros, table_name || '.' || kind, coalesce(channel, ''), \
        coalesce(stage, ''), coalesce(CAST(amount AS TEXT), ''), coalesce(CAST(score_share AS TEXT), '') FROM touchpoints \
        ORDER BY customer_id, occurred_at, source_seq NULLS LAST, table_name, key, kind";
    bench.rows(as_of, sql).await
}

/// Lists what differs, not all there is.
fn same(found: &[String], expected: &[String], when: &str) {
    let only =
        |one: &[String], other: &[String]| one.iter().filter(|line| !other.contains(line)).cloned().collect::<Vec<_>>();
    let (surplus, missing) = (only(found, expected), only(expected, found));
    assert!(surplus.is_empty() && missing.is_empty(), "{when}: surplus {surplus:#?}, missing {missing:#?}");
    assert!(found == expected, "{when}: in another order, or twice");
}

/// A small generator of numbers, the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn time(dice: &mut Dice) -> String {
    format!("2026-0{}-1{}T0{}:00:00Z", 1 + dice.roll(5), dice.roll(3), dice.roll(4))
}

/// One file of some table: new rows, and rows that correct earlier ones where `reach` is small.
fn file(table: &str, dice: &mut Dice, reach: u64, rows: u64) -> String {
    let channels = ["email", "web", "", "phone"];
    let mut text = match table {
        "interactions" => "interaction_id,customer_ref,kind,channel,occurred_at,session_id\n",
        "orders" => "order_id,customer_ref,ordered_at,status,goods,promised_on,delivered_at\n",
        "order_lines" => "order_id,line,product_id,quantity,unit_price\n",
        "payments" => "payment_id,order_id,at,kind,amount\n",
        "tickets" => "ticket_id,customer_ref,opened_at,channel,need,order_id\n",
        "ticket_events" => "ticket_id,event_id,at,kind\n",
        "feedback" => "feedback_id,customer_ref,instrument,answered_at,score,about,about_id\n",
        _ => "alias,customer_id,reason,since\n",
    }
    .to_owned();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..rows {
        let key = dice.roll(reach);
        if !seen.insert(key) {
            continue;
        }
        let (who, at, number) = (format!("c{}", dice.roll(60)), time(dice), dice.roll(30));
        let channel = channels[dice.roll(4) as usize];
        let line = match table {
            "interactions" => {
                format!(
                    "i{key},{who},{},{channel},{at},",
                    ["visit", "product_view", "add_to_cart"][dice.roll(3) as usize]
                )
            }
            "orders" => {
                let (status, goods) = (
                    ["placed", "cancelled", "returned"][dice.roll(3) as usize],
                    if number > 9 { number.to_string() } else { String::new() },
                );
                format!(
                    "o{key},{who},{at},{status},{goods},2026-06-10,{}",
                    if number % 2 == 0 { time(dice) } else { String::new() }
                )
            }
            "order_lines" => format!("o{},{},p1,2,{number}.25", key / 2, key % 2),
            "payments" => {
                format!("p{key},o{},{at},{},{number}", dice.roll(30), ["payment", "refund"][dice.roll(2) as usize])
            }
            "tickets" => format!(
                "t{key},{who},{at},{channel},{},o{}",
                ["return", "delivery"][dice.roll(2) as usize],
                dice.roll(30)
            ),
            "ticket_events" => format!(
                "t{},{},{at},{}",
                key / 4,
                key % 4,
                ["customer_message", "public_answer", "solved"][dice.roll(3) as usize]
            ),
            "feedback" => {
                let (about, id) = [("order", format!("o{}", dice.roll(30))), ("ticket", format!("t{}", dice.roll(20)))]
                    [dice.roll(2) as usize]
                    .clone();
                let who = if number % 3 == 0 { String::new() } else { who };
                format!(
                    "f{key},{who},{},{at},{},{about},{id}",
                    ["csat", "review"][dice.roll(2) as usize],
                    1 + dice.roll(5)
                )
            }
            _ => format!("c{},c{},login,2026-01-01T00:00:00Z", dice.roll(60), 60 + dice.roll(3)),
        };
        text.push_str(&line);
        text.push('\n');
    }
    text
}

const TABLES: [&str; 8] =
    ["interactions", "orders", "order_lines", "payments", "tickets", "ticket_events", "feedback", "identities"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn journeys_follow_every_import() {
    for seed in 1..=3 {
        let mut bench = Bench::new("Europe/Berlin", "EUR");
        let mut dice = Dice(seed);
        let mut most_runs = 0;
        let first = bench.file("start.csv", &file("interactions", &mut dice, 4000, 1500));
        bench.import(&first).await.unwrap();
        for step in 0..14 {
            let table = TABLES[dice.roll(8) as usize];
            // Keys come again, so that rows are corrected and late ones find their order or ticket.
            let reach = if table == "identities" { 4 } else { 60 };
            let path = bench.file(&format!("{table}-{step}.csv"), &file(table, &mut dice, reach, 7));
            bench.import(&path).await.unwrap();
            let reader = bench.reader(None);
            let (extended, runs) = stored(&reader).await;
            most_runs = most_runs.max(runs);
            same(&extended, &told(&bench, None).await, &format!("seed {seed}, step {step}, {table}"));
        }
        assert!(most_runs > 1, "the store was never extended");
        let before = stored(&bench.reader(None)).await.0;
        fs::remove_dir_all(bench.workspace.folder().cache()).unwrap();
        assert_eq!(stored(&bench.reader(None)).await, (before, 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn journeys_are_asked_as_of_a_day() {
    let mut bench = Bench::new("UTC", "EUR");
    let mut dice = Dice(7);
    let mut moments = Vec::new();
    for table in ["interactions", "orders", "orders", "feedback"] {
        let path = bench.file(&format!("{table}.csv"), &file(table, &mut dice, 40, 40));
        bench.import(&path).await.unwrap();
        moments.push(bench.now.to_string());
        stored(&bench.reader(None)).await;
    }
    for moment in &moments {
        assert_eq!(stored(&bench.reader(Some(moment))).await.0, told(&bench, Some(moment)).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn touchpoints_are_not_sorted_again() {
    let mut bench = Bench::new("UTC", "EUR");
    let mut dice = Dice(3);
    let path = bench.file("interactions.csv", &file("interactions", &mut dice, 4000, 900));
    bench.import(&path).await.unwrap();
    let walk =
        "SELECT customer_id, lag(kind) OVER (PARTITION BY customer_id ORDER BY occurred_at) AS before FROM touchpoints";
    bench.rows(None, walk).await;
    let plan = bench.rows(None, &format!("EXPLAIN {walk}")).await.join("\n");
    assert!(plan.contains("WindowAggExec") && !plan.contains("SortExec"), "{plan}");
}
