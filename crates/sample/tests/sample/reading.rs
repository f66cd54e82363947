//! Reading a generated company back, as an importer would: by header, last version of a key.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::{Timestamp, civil, tz::TimeZone};
use serde_json::Value;
use tempfile::TempDir;
use throughline_sample::{Effects, Options, Summary, generate};

pub(crate) struct Company {
    pub(crate) folder: TempDir,
    pub(crate) summary: Summary,
    pub(crate) truth: Value,
}

/// Rows of a file with the place of each column.
pub(crate) struct Rows {
    pub(crate) columns: HashMap<String, usize>,
    pub(crate) rows: Vec<csv::StringRecord>,
}

pub(crate) fn company(options: &Options) -> Company {
    let folder = tempfile::tempdir().unwrap();
    let summary = generate(options, folder.path(), &mut |_| {}).unwrap();
    let truth = serde_json::from_str(&std::fs::read_to_string(&summary.truth).unwrap()).unwrap();
    Company { folder, summary, truth }
}

/// A clean company without anonymous visitors, with the named effects only.
pub(crate) fn company_with(customers: u32, effects: &[&str]) -> Company {
    company(&quiet(customers, effects))
}

pub(crate) fn quiet(customers: u32, effects: &[&str]) -> Options {
    let mut on = Effects::none();
    for name in effects {
        on.set(name, true).unwrap();
    }
    Options { customers, visitors_per_customer: 0.0, dirty: false, effects: on, ..Options::default() }
}

pub(crate) fn read(path: &Path) -> Rows {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let columns = reader.headers().unwrap().iter().enumerate().map(|(i, c)| (c.to_string(), i)).collect();
    Rows { columns, rows: reader.records().map(Result::unwrap).collect() }
}

impl Company {
    /// Every row of a table.
    pub(crate) fn rows(&self, table: &str) -> Rows {
        read(&self.folder.path().join("sources").join(format!("{table}.csv")))
    }

    /// The rows of a table whose column has one value, without holding the others.
    pub(crate) fn rows_with(&self, table: &str, column: &str, value: &str) -> Rows {
        let path = self.folder.path().join("sources").join(format!("{table}.csv"));
        let mut reader = csv::Reader::from_path(path).unwrap();
        let columns: HashMap<String, usize> =
            reader.headers().unwrap().iter().enumerate().map(|(i, c)| (c.to_string(), i)).collect();
        let place = columns[column];
        let rows = reader.records().map(Result::unwrap).filter(|row| &row[place] == value).collect();
        Rows { columns, rows }
    }

    /// The last version of every key, in the order of the file.
    pub(crate) fn current(&self, table: &str, key: &[&str]) -> Rows {
        let all = self.rows(table);
        let recorded = all.columns["recorded_at"];
        let places: Vec<usize> = key.iter().map(|k| all.columns[*k]).collect();
        let mut last: HashMap<String, usize> = HashMap::new();
        for (at, row) in all.rows.iter().enumerate() {
            let key = places.iter().map(|place| &row[*place]).collect::<Vec<_>>().join("\u{1f}");
            let known = last.entry(key).or_insert(at);
            if all.rows[*known][recorded] <= row[recorded] {
                *known = at;
            }
        }
        let mut kept: Vec<usize> = last.into_values().collect();
        kept.sort_unstable();
        let rows = kept.into_iter().map(|at| all.rows[at].clone()).collect();
        Rows { columns: all.columns, rows }
    }

    pub(crate) fn truth(&self, path: &str) -> f64 {
        self.truth.pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("no {path}"))
    }
}

impl Rows {
    pub(crate) fn get<'r>(&self, row: &'r csv::StringRecord, column: &str) -> &'r str {
        &row[self.columns[column]]
    }

    pub(crate) fn number(&self, row: &csv::StringRecord, column: &str) -> f64 {
        self.get(row, column).parse().unwrap()
    }

    pub(crate) fn instant(&self, row: &csv::StringRecord, column: &str) -> Option<i64> {
        let text = self.get(row, column);
        (!text.is_empty()).then(|| second(text))
    }

    pub(crate) fn column(&self, column: &str) -> Vec<&str> {
        self.rows.iter().map(|row| self.get(row, column)).collect()
    }
}

pub(crate) fn second(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_second()
}

/// An order as the tests look at it.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) at: i64,
    pub(crate) late: bool,
    pub(crate) goods: f64,
}

/// Orders by customer, in order of time.
pub(crate) fn orders_by_customer(company: &Company) -> BTreeMap<String, Vec<Order>> {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let rows = company.current("orders", &["order_id"]);
    let mut by: BTreeMap<String, Vec<Order>> = BTreeMap::new();
    for row in &rows.rows {
        let delivered = rows.instant(row, "delivered_at");
        let day = |at: i64| Timestamp::from_second(at).unwrap().to_zoned(zone.clone()).date();
        let late = match (delivered, rows.get(row, "promised_on"), rows.instant(row, "promised_at")) {
            (Some(at), _, Some(promised)) => at > promised,
            (Some(at), promised, None) if !promised.is_empty() => day(at) > promised.parse::<civil::Date>().unwrap(),
            _ => false,
        };
        by.entry(rows.get(row, "customer_ref").to_string()).or_default().push(Order {
            id: rows.get(row, "order_id").to_string(),
            at: rows.instant(row, "ordered_at").unwrap(),
            late,
            goods: rows.number(row, "goods"),
        });
    }
    for orders in by.values_mut() {
        orders.sort_by_key(|order| order.at);
    }
    by
}

/// Share of true values.
pub(crate) fn share(values: impl IntoIterator<Item = bool>) -> f64 {
    let (mut n, mut yes) = (0.0, 0.0);
    for value in values {
        n += 1.0;
        yes += f64::from(value);
    }
    assert!(n > 0.0, "nothing to take a share of");
    yes / n
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    assert!(!values.is_empty(), "nothing to take a mean of");
    values.iter().sum::<f64>() / values.len() as f64
}
