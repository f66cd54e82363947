//! How far the data of every source can be trusted: counts, freshness, lateness, completeness, validity, uniqueness.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use throughline_model::vocabulary::{ColumnType, Table};
use xxhash_rust::xxh3::xxh3_128;

use crate::checks::{self, Checks, FailedCheck, Known};
use crate::reader::Reader;
use crate::session::quote;
use crate::{Result, catalog, sealed};

/// What one source brought into one table.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceHealth {
    /// The source: the id of its layout.
    pub source: String,
    /// The standard table.
    pub table: String,
    /// Rows in force.
    pub rows: u64,
    /// When the first of them happened.
    pub first: Option<Timestamp>,
    /// When the last of them happened.
    pub last: Option<Timestamp>,
    /// When the newest was recorded.
    pub recorded: Option<Timestamp>,
    /// Age of the last record, in seconds.
    pub age_seconds: Option<f64>,
    /// The source's own rhythm: median seconds between days with records.
    pub rhythm_seconds: Option<f64>,
    /// Median seconds from happening to recording, of rows recorded after they happened.
    pub lateness_seconds: Option<f64>,
    /// Share of the table's columns that this source fills and that are present, among required ones.
    pub completeness: Option<f64>,
    /// Share of rows read that were not set aside.
    pub validity: Option<f64>,
    /// Share of rows that came with a key of their own.
    pub uniqueness: Option<f64>,
}

impl SourceHealth {
    /// Whether the last record is older than its rhythm leads one to expect: more than three times the usual
    /// gap, and more than a day.
    pub fn is_stale(&self) -> Option<bool> {
        let (age, rhythm) = (self.age_seconds?, self.rhythm_seconds?);
        Some(age > 86_400.0 && age > 3.0 * rhythm)
    }
}

/// How far a table can be trusted, all its sources together.
#[derive(Debug, Clone, PartialEq)]
pub struct TableHealth {
    /// The table.
    pub table: String,
    /// Its worst source's completeness.
    pub completeness: Option<f64>,
    /// Its worst source's validity.
    pub validity: Option<f64>,
    /// Its worst source's uniqueness.
    pub uniqueness: Option<f64>,
    /// Whether any source is stale.
    pub stale: Option<bool>,
}

fn least(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    values.flatten().min_by(f64::total_cmp)
}

impl TableHealth {
    /// Sums up the sources of one table.
    pub fn of(table: &str, sources: &[SourceHealth]) -> TableHealth {
        let own = || sources.iter().filter(|source| source.table == table);
        let stale = own().filter_map(SourceHealth::is_stale).reduce(|left, right| left || right);
        TableHealth {
            table: table.to_owned(),
            completeness: least(own().map(|source| source.completeness)),
            validity: least(own().map(|source| source.validity)),
            uniqueness: least(own().map(|source| source.uniqueness)),
            stale,
        }
    }
}

/// The number of the instant `column`, or of the start of the day, in microseconds.
fn micros(table: &Table, column: &str) -> String {
    let name = quote::name(column);
    match table.column(column).map(|column| column.kind) {
        Some(ColumnType::Day) => format!("CAST(day_start({name}) AS BIGINT)"),
        _ => format!("CAST({name} AS BIGINT)"),
    }
}

/// When the rows of a table happened. A link between names holds since some moment, often since ever: that is no
/// event, and a source of links is not late or stale for it.
fn happened(table: &Table) -> Option<&str> {
    table.at.as_deref().filter(|_| table.name != "identities")
}

fn question(table: &Table) -> String {
    let at = happened(table).map_or_else(|| "CAST(NULL AS BIGINT)".to_owned(), |column| micros(table, column));
    let required: Vec<&str> =
        table.columns.iter().filter(|column| column.required).map(|column| column.name.as_str()).collect();
    let present: Vec<String> = required.iter().map(|name| format!("count({})", quote::name(name))).collect();
    let present = if present.is_empty() { "NULL".to_owned() } else { present.join(" + ") };
    format!(
        "WITH dated AS (SELECT *, {at} AS happened, CAST(recorded_at AS BIGINT) AS told FROM {name}), \
         days AS (SELECT source, happened / 86400000000 AS day FROM dated WHERE happened IS NOT NULL GROUP BY 1, 2), \
         gaps AS (SELECT source, day - lag(day) OVER (PARTITION BY source ORDER BY day) AS gap FROM days), \
         rhythm AS (SELECT source, median(CAST(gap AS DOUBLE)) * 86400 AS seconds FROM gaps GROUP BY source) \
         SELECT d.source, count(*), min(happened), max(happened), max(told), max(r.seconds), \
         median(CASE WHEN told >= happened THEN (told - happened) / 1e6 END), \
         CAST({present} AS DOUBLE) / (count(*) * {columns}) \
         FROM dated AS d LEFT JOIN rhythm AS r ON r.source = d.source GROUP BY d.source ORDER BY d.source",
        name = quote::name(&table.name),
        columns = required.len().max(1),
    )
}

/// Shares of the ledger by name.
type Shares = BTreeMap<String, f64>;

/// What the data say about their sources, whatever the time is.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Facts {
    /// Answers to [`question`] by table.
    tables: BTreeMap<String, Vec<Vec<Value>>>,
    /// Share of rows read that were not set aside, by layout.
    validity: Shares,
    /// Share of rows that came once, by table.
    uniqueness: Shares,
    /// Rows by day, and checks of them that failed.
    checks: Known,
}

/// Files of facts that are kept beside the newest.
const KEPT: usize = 3;

impl Reader {
    /// The health of every source of every table that holds rows, sorted by source and table. Ages count from
    /// `now`.
    pub async fn sources(&self, now: Timestamp) -> Result<Vec<SourceHealth>> {
        Ok(self.checks(now).await?.sources)
    }

    /// The checks of the sources that failed: those of days oldest first, then those of whole sources. Ages count from
    /// `now`.
    pub async fn failed_checks(&self, now: Timestamp) -> Result<Vec<FailedCheck>> {
        Ok(self.checks(now).await?.all())
    }

    /// Everything that is known of checks, with ages from `now`.
    pub(crate) async fn checks(&self, now: Timestamp) -> Result<Checks> {
        let facts = self.facts().await?;
        let sources = Self::health(&facts, now)?;
        Ok(Checks { known: facts.checks, sources, now, calendar: self.calendar().clone() })
    }

    fn health(facts: &Facts, now: Timestamp) -> Result<Vec<SourceHealth>> {
        let mut found = Vec::new();
        for table in &catalog::vocabulary()?.tables {
            for row in facts.tables.get(&table.name).into_iter().flatten() {
                found.push(health(table, row, now, facts));
            }
        }
        found.sort_by(|left, right| (&left.source, &left.table).cmp(&(&right.source, &right.table)));
        Ok(found)
    }

    /// The facts of this version of the data, kept in the cache once they are known.
    async fn facts(&self) -> Result<Facts> {
        let folder = self.folder().cache();
        let path = folder.join(format!("sources-{:032x}.json", xxh3_128(self.state_of_data().as_bytes())));
        let kept: Option<KeptFacts> = fs::read_to_string(&path).ok().and_then(|text| sealed::read_whole(&text));
        if let Some(facts) = kept.and_then(|kept| serde_json::from_str(&kept.facts).ok()) {
            return Ok(facts);
        }
        let mut facts = Facts {
            validity: self.shares(VALIDITY).await?,
            uniqueness: self.shares(UNIQUENESS).await?,
            checks: checks::known(self).await?,
            ..Facts::default()
        };
        for table in catalog::vocabulary()?.tables.iter().filter(|table| !table.ledger) {
            if self.holds_rows(&table.name) {
                facts.tables.insert(table.name.clone(), self.sql(&question(table), None).await?.rows);
            }
        }
        let text = serde_json::to_string(&facts)?;
        // What cannot be kept is computed again; the answer does not depend on it.
        let _ = keep(&folder, &path, &sealed::line(&KeptFacts { facts: text.clone() })?);
        // Read back, so that the first answer has the same last digits as those from the cache.
        Ok(serde_json::from_str(&text)?)
    }

    async fn shares(&self, query: &str) -> Result<Shares> {
        let rows = self.sql(query, None).await?.rows;
        Ok(rows.iter().filter_map(|row| Some((row.first()?.as_str()?.to_owned(), row.get(1)?.as_f64()?))).collect())
    }
}

const VALIDITY: &str = "SELECT layout, 1 - CAST(sum(rows_rejected) AS DOUBLE) / sum(rows_read) FROM imports \
                        WHERE layout IS NOT NULL GROUP BY layout HAVING sum(rows_read) > 0";
const UNIQUENESS: &str = "SELECT target, 1 - CAST(sum(repeated + superseded) AS DOUBLE) / sum(staged) FROM import_tables \
                          GROUP BY target HAVING sum(staged) > 0";

/// Facts as they are kept: a text, because shares would lose their last digits on the way through JSON and back.
#[derive(Serialize, Deserialize)]
struct KeptFacts {
    facts: String,
}

/// Writes a file of facts aside and renames it; the oldest ones go.
fn keep(folder: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let unfinished = tempfile::Builder::new().prefix(".sources-").tempfile_in(folder)?;
    fs::write(unfinished.path(), text)?;
    let mut others = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("sources-") {
            others.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    others.sort();
    for (_, old) in others.iter().take(others.len().saturating_sub(KEPT)) {
        fs::remove_file(old)?;
    }
    unfinished.persist(path).map(drop).map_err(|error| error.error)
}

fn health(table: &Table, row: &[Value], now: Timestamp, facts: &Facts) -> SourceHealth {
    let number = |place: usize| row.get(place).and_then(Value::as_f64);
    let instant =
        |place: usize| row.get(place).and_then(Value::as_i64).and_then(|at| Timestamp::from_microsecond(at).ok());
    let source = row.first().and_then(Value::as_str).unwrap_or("(none)").to_owned();
    let last = instant(3);
    SourceHealth {
        table: table.name.clone(),
        rows: row.get(1).and_then(Value::as_u64).unwrap_or(0),
        first: instant(2),
        last,
        recorded: instant(4),
        age_seconds: last.map(|last| now.duration_since(last).as_secs_f64().max(0.0)),
        rhythm_seconds: number(5),
        lateness_seconds: number(6),
        completeness: number(7),
        validity: facts.validity.get(&source).copied(),
        uniqueness: facts.uniqueness.get(&table.name).copied(),
        source,
    }
}
