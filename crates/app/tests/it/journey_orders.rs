//! Questions about what customers buy, as pages and as JSON, on a shop small enough to be checked by hand.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::expect::check;

fn throughline(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_throughline")).args(arguments).current_dir(folder).output().unwrap()
}

#[track_caller]
fn ok(folder: &Path, arguments: &[&str]) -> String {
    let output = throughline(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&ok(folder, arguments)).unwrap()
}

#[track_caller]
fn fails(folder: &Path, arguments: &[&str], message: &str) {
    let output = throughline(folder, arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
    assert!(errors.contains(message), "{arguments:?}: {errors}");
}

/// 120 customers who come by two channels, of whom every second orders again, the later the fewer; every fourth first
/// order is late by as many days as its number ends on, and then half as many come back.
fn shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut visits = "interaction_id,customer_ref,kind,channel,occurred_at,session_id\n".to_owned();
    let mut orders = "order_id,customer_ref,ordered_at,status,goods,channel,promised_on,delivered_at\n".to_owned();
    let mut visit = 0;
    for number in 0..120_u32 {
        let (month, day) = (1 + number % 4, 1 + number / 5);
        let late = number % 4 == 3;
        let mut on = |month: u32, day: u32, channel: &str| {
            visit += 1;
            writeln!(visits, "v{visit},c{number:03},visit,{channel},2026-{month:02}-{day:02}T08:00:00Z,s{visit}")
                .unwrap();
        };
        on(month, day, if number % 3 == 0 { "newsletter" } else { "search" });
        if number % 2 == 0 {
            on(month, day + 1, "direct");
        }
        let delivered = if late { 5 + number % 10 } else { 3 };
        let mut order = |again: u32, month: u32, extra: &str| {
            let at = format!("2026-{month:02}-{:02}T09:00:00Z", day + 1);
            writeln!(orders, "o{number}-{again},c{number:03},{at},delivered,{}.00,web,{extra}", 20 + number % 7)
                .unwrap();
        };
        let promised = format!("2026-{month:02}-{:02},2026-{month:02}-{:02}T12:00:00Z", day + 4, day + delivered);
        order(0, month, if day < 15 { &promised } else { "," });
        for again in 1..=6 - month {
            if number % (1 + again) == 0 && (!late || number % 8 == 3) {
                order(again, month + again, ",");
            }
        }
    }
    std::fs::write(folder.path().join("interactions.csv"), visits).unwrap();
    std::fs::write(folder.path().join("orders.csv"), orders).unwrap();
    ok(folder.path(), &["init", "shop", "--name", "Shop", "--zone", "UTC"]);
    ok(folder.path(), &["-w", "shop", "import", "interactions.csv", "orders.csv"]);
    folder
}

#[test]
fn pages_and_their_json() {
    let folder = shop();
    let shop = folder.path().join("shop");
    for question in ["retention", "lifecycle", "attribution", "delivery", "pains"] {
        let page = ok(&shop, &["journey", question]);
        for line in page.lines() {
            assert!(throughline_app::render::text::width(line) <= 100, "{question}: {line}");
            assert_eq!(line, line.trim_end(), "{question}");
        }
        check(&format!("journey-{question}.txt"), &page);
    }
    check("journey-retention-by-channel.txt", &ok(&shop, &["journey", "retention", "--by", "channel"]));

    let retention = json(&shop, &["journey", "retention", "--variant", "in-or-after", "--json"]);
    let cohort = &retention["groups"][0]["cohorts"][0];
    assert_eq!((cohort["cohort"].as_str(), cohort["customers"].as_u64()), (Some("2026-01"), Some(30)));
    assert_eq!((&cohort["cells"][0]["kept"]["count"], &retention["variant"]), (&30.into(), &"in_or_after".into()));
    let life = json(&shop, &["journey", "lifecycle", "--every", "month", "--json"]);
    let first = &life["groups"][0]["periods"][0];
    assert_eq!((&first["period"], &first["new"], &first["active"]), (&"2026-01".into(), &30.into(), &30.into()));
    let rules = json(&shop, &["journey", "attribution", "--json"]);
    let group = &rules["groups"][0];
    let first: f64 =
        group["channels"].as_array().unwrap().iter().map(|one| one["first"]["conversions"].as_f64().unwrap()).sum();
    assert!((first - (group["conversions"].as_f64().unwrap() - group["without_path"].as_f64().unwrap())).abs() < 1e-9);
    let delivery = json(&shop, &["journey", "delivery", "--json"]);
    assert_eq!(delivery["groups"][0]["classes"][0]["ticket"], Value::Null, "no ticket is known at all");
    let pains = json(&shop, &["journey", "pains", "--json"]);
    assert_eq!(pains["horizon_seconds"], 7_776_000.0);
}

#[test]
fn paths_need_no_workspace() {
    let folder = tempfile::tempdir().unwrap();
    let text = "path,conversions,value,nulls\nsearch > mail > search,3,300,2\nmail,1,50,4\n";
    std::fs::write(folder.path().join("paths.csv"), text).unwrap();
    check("journey-attribution-paths.txt", &ok(folder.path(), &["journey", "attribution", "--paths", "paths.csv"]));
    let found = json(folder.path(), &["journey", "attribution", "--paths", "paths.csv", "--json"]);
    assert_eq!((&found["rows"], &found["conversions"], &found["value"]), (&2.into(), &4.into(), &350.0.into()));
    assert_eq!(found["channels"][0]["time_decay"], Value::Null);
    fails(folder.path(), &["journey", "attribution", "--paths", "none.csv"], "none.csv cannot be read");
    fails(folder.path(), &["journey", "attribution", "--paths", "paths.csv", "--by", "channel"], "cannot be used with");
}

#[test]
fn questions_that_cannot_be_asked() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["init", "shop", "--name", "Shop"]);
    let shop = folder.path().join("shop");
    let page = ok(&shop, &["journey", "pains"]);
    assert!(page.starts_with("Nothing dated concerns a customer yet"), "{page}");
    fails(&shop, &["journey", "retention", "--every", "day"], "not by day");
    fails(&shop, &["journey", "retention", "--case", "ticket"], "tickets place no orders");
    fails(&shop, &["journey", "lifecycle", "--window", "soon"], "is not a duration");
    fails(&shop, &["journey", "attribution", "--half-life", "0d"], "must be longer than nothing");
    fails(&shop, &["journey", "delivery", "--by", "colour"], "cannot be broken down by `colour`");
    fails(&shop, &["journey", "pains", "--show", "3"], "There is no obstacle 3.");
}
