//! Layouts of the catalog on small files made after the vendors' documented columns (`layouts/`): each is recognised by
//! itself, by its own layout only, and comes out as `FILE.expected` says; again, it changes nothing.
//!
//! An expected file is queries (`> SELECT ...`), each followed by its rows. `UPDATE_EXPECTED=1` writes the rows again.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use throughline_engine::intake::catalog_layouts;

use crate::import::Bench;
use crate::intake_support::Import;

/// Layouts that are meant to be named (`--as`) and so may fit files of another one.
const NAMED: [&str; 2] = ["olist_leads", "stripe_sales"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/layouts")
}

/// The files beside which something is expected.
fn files() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let expected = entries.filter(|path| path.extension().is_some_and(|ending| ending == "expected"));
    let mut files: Vec<PathBuf> = expected.map(|path| path.with_extension("")).collect();
    files.sort();
    assert!(files.len() >= 20, "{} files", files.len());
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn files_become_what_is_expected_and_importing_again_changes_nothing() {
    for file in files() {
        let mut bench = Bench::new("Europe/Berlin", "EUR");
        bench.import(&file).await.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let path = PathBuf::from(format!("{}.expected", file.display()));
        let expected = fs::read_to_string(&path).unwrap();
        let mut found = String::new();
        for query in expected.lines().filter_map(|line| line.strip_prefix("> ")) {
            writeln!(found, "> {query}").unwrap();
            for row in bench.rows(None, query).await {
                writeln!(found, "{row}").unwrap();
            }
        }
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&path, &found).unwrap();
        } else {
            assert_eq!(found, expected, "{}", path.display());
        }
        let again = bench.import(&file).await.unwrap();
        for table in again.tables {
            let counts = table.counts.unwrap();
            let changed = (counts.added, counts.corrected, counts.withdrawn);
            assert_eq!(changed, (0, 0, 0), "{} {}", file.display(), table.table);
        }
    }
}

#[test]
fn a_file_fits_no_other_layout() {
    let layouts = catalog_layouts().unwrap();
    for file in files() {
        let path = file.display().to_string();
        let fits = |id: &&str| {
            let import = Import { as_layout: Some(*id), ..Import::default() };
            import.recognise(std::slice::from_ref(&path)).unwrap().problems.is_empty()
        };
        let ids = layouts.iter().map(|layout| layout.id.as_str()).filter(|id| !NAMED.contains(id));
        let fitting: Vec<&str> = ids.filter(fits).collect();
        // Named so, it would be read from its second row on, which is only looked at where no layout knows the first.
        let by_later_row = fitting == ["qualtrics", "survey_answers"];
        assert!(fitting.len() == 1 || by_later_row, "{path} fits {fitting:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_that_are_the_only_record_of_sales() {
    let mut bench = Bench::new("Europe/Berlin", "EUR");
    let request = throughline_engine::ImportRequest {
        paths: vec![folder().join("stripe_payments.csv").display().to_string()],
        layout: Some("stripe_sales".into()),
        ..throughline_engine::ImportRequest::default()
    };
    bench.import_as(&request).await.unwrap();
    assert_eq!(
        bench.rows(None, "SELECT order_id, customer_ref, goods, currency, status FROM orders ORDER BY 1").await,
        [
            "727|ann.berg@example.com|65.45|EUR|paid",
            "ch_3|ann.berg@example.com|500.0|JPY|paid",
            "in_9|ben@example.com|1049.5|EUR|paid",
        ]
    );
}

/// What was taken live and what is exported later are the same touchpoints, orders and links.
#[tokio::test(flavor = "multi_thread")]
async fn exports_of_events_that_were_taken_live_add_nothing() {
    for (live, export) in
        [("events-segment.jsonl", "segment_calls.jsonl"), ("events-posthog.jsonl", "posthog_events.jsonl")]
    {
        let mut bench = Bench::new("Europe/Berlin", "EUR");
        bench.import(&folder().join("live").join(live)).await.unwrap();
        let report = bench.import(&folder().join(export)).await.unwrap();
        for table in report.tables {
            assert_eq!(table.counts.unwrap().added, 0, "{export} {}", table.table);
        }
    }
}
