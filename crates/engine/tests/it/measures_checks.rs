//! Every shipped measure against a query that was written without looking at it: the same periods, the
//! same values to the last digit, the same number of rows.

use std::collections::BTreeMap;
use std::path::Path;

use throughline_engine::measures::{Request, evaluate_many};
use throughline_engine::session::Session;
use throughline_model::period::Grain;
use throughline_model::reading::Reading;
use throughline_sample::Options;

use crate::hand_tables::{at, definitions, keeping};
use crate::sample_tables;

const ZONE: &str = "Europe/Berlin";
const CURRENCY: &str = "EUR";
const AS_OF: &str = "2026-07-01T00:00:00Z";
const CUSTOMERS: u32 = 600;
/// Two correct computations of one number may round its last binary digit differently.
const LAST_DIGIT: f64 = 1e-12;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks")
}

/// A check with its fragments and placeholders filled in.
fn check_sql(name: &str) -> Option<String> {
    let mut sql = std::fs::read_to_string(folder().join(format!("{name}.sql"))).ok()?;
    let fill =
        |sql: String| sql.replace("{{zone}}", ZONE).replace("{{currency}}", CURRENCY).replace("{{as_of}}", AS_OF);
    sql = fill(sql);
    while let Some(start) = sql.find("{{") {
        let end = sql[start..].find("}}").unwrap() + start;
        let fragment = std::fs::read_to_string(folder().join(format!("_{}.sql", &sql[start + 2..end]))).unwrap();
        sql.replace_range(start..end + 2, fill(fragment).trim());
    }
    Some(sql)
}

/// Values and numbers of rows by the label of the period.
async fn checked(session: &Session, sql: &str) -> Result<BTreeMap<String, (Option<f64>, Option<u64>)>, String> {
    let answer = session.sql(sql, None).await.map_err(|error| error.to_string())?;
    let number = |value: &serde_json::Value| value.as_f64().or_else(|| value.as_str()?.parse().ok());
    let rows = answer.rows.iter().map(|row| (row[0].as_str().unwrap().to_owned(), (number(&row[1]), row[2].as_u64())));
    Ok(rows.collect())
}

fn differences(readings: &[Reading], checked: &BTreeMap<String, (Option<f64>, Option<u64>)>) -> Vec<String> {
    let mut found = Vec::new();
    for reading in readings {
        let label = &reading.period.label;
        let (value, n) = checked.get(label).copied().unwrap_or((None, None));
        let same = match (reading.value, value) {
            (Some(a), Some(b)) => (a - b).abs() <= LAST_DIGIT * a.abs().max(b.abs()).max(1.0),
            (Some(zero), None) => zero == 0.0 && reading.n == 0,
            (None, Some(_)) => false,
            (None, None) => true,
        };
        if !same || n.is_some_and(|n| n != reading.n) {
            found.push(format!(
                "{label}: {:?} n {} ({:?}), check {value:?} n {n:?}",
                reading.value, reading.n, reading.empty
            ));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_measure_agrees_with_its_check() {
    let definitions = definitions(ZONE, &[]);
    let (company, keep) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let options = Options { customers: CUSTOMERS, ..Options::default() };
    throughline_sample::generate(&options, company.path(), &mut |_| {}).unwrap();
    let tables = std::sync::Arc::new(sample_tables::load(&company.path().join("sources")).await);
    let session = keeping(tables, &definitions, AS_OF, keep.path().to_owned(), "1");
    let request =
        Request { grain: Grain::Month, from: at("2024-05-31T22:00:00Z"), to: at("2026-06-30T22:00:00Z"), by: None };
    let measures: Vec<_> = definitions.measures.values().collect();
    let readings = evaluate_many(&session, &measures, &request).await.unwrap();
    let mut wrong = Vec::new();
    let mut silent = Vec::new();
    for measure in &measures {
        let id = &measure.id;
        let readings = match &readings[id] {
            Ok(readings) => readings,
            Err(error) => {
                wrong.push(format!("{id}: {error}"));
                continue;
            }
        };
        let Some(sql) = check_sql(id) else {
            wrong.push(format!("{id} has no check"));
            continue;
        };
        match checked(&session, &sql).await {
            Err(error) => wrong.push(format!("{id}: the check fails: {error}")),
            Ok(checked) => {
                let found = differences(readings, &checked);
                if !found.is_empty() {
                    wrong.push(format!(
                        "{id}: {} differences\n    {}",
                        found.len(),
                        found[..found.len().min(4)].join("\n    ")
                    ));
                }
                if !readings.iter().any(|reading| reading.value.is_some()) {
                    silent.push(id.clone());
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} measures are wrong:\n{}", wrong.len(), measures.len(), wrong.join("\n"));
    assert!(silent.is_empty(), "no reading to compare: {silent:?}");
}
