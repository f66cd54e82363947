//! The files as a whole: same seed, same bytes; columns; counts of the dirt; references; times.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;
use serde_json::json;
use throughline_sample::{Effects, Error, Options, generate};
use toml_edit::{DocumentMut, InlineTable, Item};

use crate::reading::{Company, company, quiet, read, second};

fn small() -> Options {
    Options { customers: 2_500, ..Options::default() }
}

fn bytes(company: &Company) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> =
        company.summary.tables.iter().map(|t| (t.table.to_string(), std::fs::read(&t.path).unwrap())).collect();
    all.push(("truth".to_string(), std::fs::read(&company.summary.truth).unwrap()));
    all
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (one, two) = (bytes(&company(&small())), bytes(&company(&small())));
    assert!(one == two);
    let other = bytes(&company(&Options { seed: 2, ..small() }));
    let same: Vec<&str> = one.iter().zip(&other).filter(|(a, b)| a == b).map(|(a, _)| a.0.as_str()).collect();
    assert_eq!(same, Vec::<&str>::new());
}

#[test]
fn one_effect_less_does_not_reshuffle_the_rest() {
    let first_orders = |effects: &[&str]| -> BTreeSet<String> {
        let company = company(&quiet(2_000, effects));
        let lines = company.rows("order_lines");
        let first = |id: &&str| id.ends_with("-01");
        lines.column("order_id").into_iter().filter(first).map(str::to_string).collect()
    };
    let all = first_orders(&Effects::NAMES);
    let less: Vec<&str> = Effects::NAMES.into_iter().filter(|n| *n != "campaign" && *n != "late_delivery").collect();
    assert_eq!(all, first_orders(&less));
    assert!(all.len() > 1_000);
}

#[test]
fn compressed_files_hold_the_same() {
    let plain = company(&Options { customers: 300, ..Options::default() });
    let packed = company(&Options { customers: 300, compress: true, ..Options::default() });
    for (a, b) in plain.summary.tables.iter().zip(&packed.summary.tables) {
        let mut text = Vec::new();
        let file = std::fs::File::open(&b.path).unwrap();
        std::io::copy(&mut flate2::read::GzDecoder::new(file), &mut text).unwrap();
        assert!(std::fs::read(&a.path).unwrap() == text, "{}", a.table);
        assert_eq!(a.bytes, text.len() as u64);
    }
}

#[test]
fn a_folder_with_other_things_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { customers: 50, ..Options::default() };
    generate(&options, folder.path(), &mut |_| {}).unwrap();
    generate(&options, folder.path(), &mut |_| {}).unwrap();
    std::fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    std::fs::remove_file(folder.path().join("truth.json")).unwrap();
    let error = generate(&options, folder.path(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, Error::NotEmpty(_)), "{error}");
    assert!(folder.path().join("mine.txt").exists());
}

#[test]
fn progress_reaches_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut calls = Vec::new();
    let options = Options { customers: 4_100, visitors_per_customer: 0.0, ..Options::default() };
    let summary = generate(&options, folder.path(), &mut |p| calls.push(p)).unwrap();
    assert_eq!(calls.iter().map(|p| p.customers_done).collect::<Vec<_>>(), [2_000, 4_000, 4_100]);
    assert_eq!(calls[2].rows, summary.tables.iter().map(|t| t.rows).sum::<u64>());
}

#[test]
fn the_shortest_and_smallest_company_stands() {
    for (customers, months) in [(1, 1), (3, 24), (40, 2)] {
        let company = company(&Options { customers, months, ..Options::default() });
        assert_eq!(company.truth["realised"]["customers_known"], json!(customers));
    }
}

/// Whether a value is one of its column's.
fn fits(column: &InlineTable, value: &str) -> bool {
    let required = column.get("required").and_then(|r| r.as_bool()).unwrap_or(false);
    if value.is_empty() {
        return !required;
    }
    let values = column.get("values").and_then(|v| v.as_array());
    let of_type = match column["type"].as_str().unwrap() {
        "instant" => value.parse::<Timestamp>().is_ok(),
        "day" => value.parse::<jiff::civil::Date>().is_ok(),
        "money" | "number" => value.parse::<f64>().is_ok(),
        "integer" => value.parse::<i64>().is_ok(),
        "flag" => matches!(value, "true" | "false"),
        "json" => serde_json::from_str::<serde_json::Value>(value).is_ok(),
        _ => true,
    };
    let currency =
        column.get("pattern").is_none() || (value.len() == 3 && value.bytes().all(|b| b.is_ascii_uppercase()));
    of_type && currency && values.is_none_or(|v| v.iter().any(|v| v.as_str() == Some(value)))
}

/// Broken rows, duplicates and keys of a table, counted without looking at the generator.
fn count(company: &Company, table: &toml_edit::Table) -> (u64, u64, u64) {
    let rows = company.rows(table["name"].as_str().unwrap());
    let columns: Vec<InlineTable> =
        table["columns"].as_array().unwrap().iter().map(|c| c.as_inline_table().unwrap().clone()).collect();
    let key: Vec<&str> = table["key"].as_array().unwrap().iter().map(|k| k.as_str().unwrap()).collect();
    let (mut broken, mut duplicates) = (0, 0);
    let (mut seen, mut keys) = (HashSet::new(), HashSet::new());
    for row in &rows.rows {
        let bad = columns.iter().filter(|c| !fits(c, rows.get(row, c["name"].as_str().unwrap()))).count();
        assert!(bad <= 1, "{row:?}");
        if bad == 1 {
            broken += 1;
        } else if seen.insert(row.iter().collect::<Vec<_>>().join("\u{1f}")) {
            keys.insert(key.iter().map(|k| rows.get(row, k).to_string()).collect::<Vec<_>>());
        } else {
            duplicates += 1;
        }
    }
    (broken, duplicates, keys.len() as u64)
}

#[test]
fn every_row_fits_the_catalogue_or_is_counted_as_broken() {
    let company = company(&small());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog/tables.toml");
    let document: DocumentMut = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let Item::ArrayOfTables(tables) = &document["table"] else { panic!("no tables") };
    let mut broken_in_all = 0;
    for summary in &company.summary.tables {
        let table = tables.iter().find(|t| t["name"].as_str() == Some(summary.table)).unwrap();
        let counted = count(&company, table);
        assert_eq!(counted, (summary.dirty, summary.duplicates, summary.keys), "{}", summary.table);
        let truth = &company.truth["tables"][summary.table];
        assert_eq!(truth["rows"], json!(summary.rows));
        assert_eq!(truth["dirty"], json!(summary.dirty));
        let by_kind = truth["dirty_by_kind"].as_object().unwrap().values();
        assert_eq!(by_kind.map(|v| v.as_u64().unwrap()).sum::<u64>(), summary.dirty);
        broken_in_all += counted.0;
    }
    assert_eq!(company.truth["planted"]["dirty"], json!(broken_in_all));
    assert!(broken_in_all > 20);
    assert!(company.summary.tables.iter().map(|t| t.late).sum::<u64>() > 300);
}

#[test]
fn a_clean_company_has_no_dirt() {
    let company = company(&Options { dirty: false, ..small() });
    assert!(company.summary.tables.iter().all(|t| t.dirty == 0 && t.duplicates == 0 && t.late == 0));
    let again: u64 = company.summary.tables.iter().map(|t| t.rows - t.keys).sum();
    assert!(again > 1_000, "versions of orders, tickets and answers stay");
}

#[test]
fn times_lie_in_the_window_and_are_recorded_after_they_happen() {
    let company = company(&small());
    let (start, end) = (second("2024-06-30T22:00:00Z"), second("2026-06-30T22:00:00Z"));
    let dated = [
        ("interactions", "occurred_at"),
        ("orders", "ordered_at"),
        ("payments", "at"),
        ("tickets", "opened_at"),
        ("ticket_events", "at"),
        ("loyalty_events", "at"),
        ("feedback", "answered_at"),
        ("exposures", "at"),
        ("quality_reviews", "at"),
        ("customers", "first_seen_at"),
    ];
    for (table, column) in dated {
        let rows = company.rows(table);
        for row in &rows.rows {
            let recorded = second(rows.get(row, "recorded_at"));
            assert!((start..end).contains(&recorded));
            let Ok(at) = rows.get(row, column).parse::<Timestamp>() else { continue };
            if at.as_second() != second("2025-02-28T10:15:00Z") {
                assert!(at.as_second() >= start && at.as_second() <= recorded, "{table}: {row:?}");
            }
        }
    }
}

#[test]
fn rows_of_a_block_are_in_the_order_in_which_they_were_recorded() {
    let company = company(&Options { customers: 1_000, ..Options::default() });
    for table in ["orders", "ticket_events", "interactions"] {
        let rows = company.rows(table);
        assert!(rows.column("recorded_at").is_sorted(), "{table}");
    }
}

#[test]
fn references_of_clean_rows_hold() {
    let company = company(&Options { dirty: false, ..small() });
    let ids = |table: &str, column: &str| -> HashSet<String> {
        company.rows(table).column(column).into_iter().map(str::to_string).collect()
    };
    let keys: BTreeMap<&str, HashSet<String>> = [
        ("customers", "customer_ref"),
        ("orders", "order_id"),
        ("products", "product_id"),
        ("tickets", "ticket_id"),
        ("staff", "staff_id"),
        ("articles", "article_id"),
    ]
    .into_iter()
    .map(|(table, column)| (table, ids(table, column)))
    .collect();
    let references = [
        ("customers", "referred_by", "customers"),
        ("identities", "alias", "customers"),
        ("identities", "customer_id", "customers"),
        ("interactions", "customer_ref", "customers"),
        ("interactions", "product_id", "products"),
        ("orders", "customer_ref", "customers"),
        ("orders", "referrer", "customers"),
        ("order_lines", "order_id", "orders"),
        ("order_lines", "product_id", "products"),
        ("payments", "order_id", "orders"),
        ("tickets", "customer_ref", "customers"),
        ("tickets", "order_id", "orders"),
        ("tickets", "product_id", "products"),
        ("ticket_events", "ticket_id", "tickets"),
        ("ticket_events", "assignee", "staff"),
        ("ticket_events", "article_id", "articles"),
        ("quality_reviews", "ticket_id", "tickets"),
        ("feedback", "customer_ref", "customers"),
        ("loyalty_events", "customer_ref", "customers"),
        ("staff_activity", "staff_id", "staff"),
        ("articles", "author", "staff"),
        ("exposures", "customer_ref", "customers"),
    ];
    for (table, column, target) in references {
        for id in ids(table, column) {
            assert!(id.is_empty() || keys[target].contains(&id), "{table}.{column}: {id}");
        }
    }
}

#[test]
fn lines_add_up_to_the_goods_and_a_state_shows_only_what_was_known() {
    let company = company(&Options { dirty: false, ..small() });
    let lines = company.rows("order_lines");
    let mut goods: BTreeMap<String, i64> = BTreeMap::new();
    for row in &lines.rows {
        let cents = (lines.number(row, "unit_price") * 100.0).round() as i64;
        *goods.entry(lines.get(row, "order_id").to_string()).or_default() +=
            cents * lines.number(row, "quantity") as i64;
    }
    let path = company.summary.tables.iter().find(|t| t.table == "orders").unwrap().path.clone();
    let orders = read(&path);
    for row in &orders.rows {
        assert_eq!((orders.number(row, "goods") * 100.0).round() as i64, goods[orders.get(row, "order_id")]);
        let recorded = second(orders.get(row, "recorded_at"));
        for column in ["paid_at", "shipped_at", "delivered_at", "cancelled_at"] {
            assert!(orders.instant(row, column).is_none_or(|at| at <= recorded), "{row:?}");
        }
    }
}
