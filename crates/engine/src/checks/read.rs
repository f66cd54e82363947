//! Counts of every table by day, in a few queries each: numbers of days and kinds come back, never rows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use throughline_model::vocabulary::{Column, ColumnType, Table};

use super::columns::{FEW_VALUES, kind_column, may_be_mixed};
use super::known::Known;
use super::profile::{Kind, Profile, lateness, settled_after};
use super::{judge, profile};
use crate::reader::Reader;
use crate::session::quote;
use crate::{Result, catalog};

/// What is known of a table's sources, by source.
type Profiles = BTreeMap<String, Profile>;

/// Checks of all tables that hold rows, judged up to the day the data are known to.
pub(crate) async fn known(reader: &Reader) -> Result<Known> {
    let mut known = Known::default();
    let mut by_source: BTreeMap<String, Vec<Profile>> = BTreeMap::new();
    for table in &catalog::vocabulary()?.tables {
        let Some(at) = &table.at else { continue };
        // A link between names is no event.
        if table.ledger || table.name == "identities" || !reader.holds_rows(&table.name) {
            continue;
        }
        for (source, profile) in (Counting { reader, table, at }).profiles().await? {
            known.rows.entry(table.name.clone()).or_default().add(profile.first, &profile.rows(|_| true));
            by_source.entry(source).or_default().push(profile);
        }
    }
    let today = profile::number(reader.calendar().local_day(reader.known()));
    known.failed = by_source.values().flat_map(|profiles| judge(profiles, today)).collect();
    Ok(known)
}

/// One table, about to be counted.
struct Counting<'a> {
    reader: &'a Reader,
    table: &'a Table,
    at: &'a str,
}

impl Counting<'_> {
    async fn profiles(&self) -> Result<Profiles> {
        let few = self.few().await?;
        let kind = kind_column(self.table).filter(|column| few.contains(*column));
        let mut profiles = self.by_day(kind).await?;
        for column in &few {
            if Some(column.as_str()) != kind {
                self.values(&mut profiles, kind, column).await?;
            }
        }
        self.recording(&mut profiles).await?;
        profiles.retain(|_, profile| profile.days > 0);
        Ok(profiles)
    }

    async fn rows(&self, sql: String) -> Result<Vec<Vec<Value>>> {
        Ok(self.reader.sql(&sql, None).await?.rows)
    }

    /// The number of the local day of a column.
    fn day(&self, column: &str) -> String {
        let name = quote::name(column);
        match self.table.column(column).map(|column| column.kind) {
            Some(ColumnType::Day) => format!("CAST({name} AS INT)"),
            _ => format!("CAST(local_day({name}) AS INT)"),
        }
    }

    fn kind(kind: Option<&str>) -> String {
        kind.map_or_else(|| "''".to_owned(), quote::name)
    }

    /// Columns that may class rows and have few values.
    async fn few(&self) -> Result<BTreeSet<String>> {
        let kind = kind_column(self.table);
        let classes = |column: &&Column| may_be_mixed(self.table, column) || Some(column.name.as_str()) == kind;
        let columns: Vec<&str> = self.table.columns.iter().filter(classes).map(|column| column.name.as_str()).collect();
        if columns.is_empty() {
            return Ok(BTreeSet::new());
        }
        let counts: Vec<String> =
            columns.iter().map(|column| format!("approx_distinct({})", quote::name(column))).collect();
        let sql = format!("SELECT {} FROM {}", counts.join(", "), quote::name(&self.table.name));
        let rows = self.rows(sql).await?;
        let counts = rows.first().map(Vec::as_slice).unwrap_or_default();
        let few = |count: &Value| count.as_u64().is_some_and(|count| (1..=FEW_VALUES as u64).contains(&count));
        let found = columns.iter().zip(counts).filter(|(_, count)| few(count));
        Ok(found.map(|(column, _)| (*column).to_owned()).collect())
    }

    /// Rows of each day, and of these how many have a value.
    async fn by_day(&self, kind: Option<&str>) -> Result<Profiles> {
        let optional = self.table.columns.iter().filter(|column| !column.required && column.name != self.at);
        let columns: Vec<&str> = optional.map(|column| column.name.as_str()).collect();
        let counts: String = columns.iter().map(|column| format!(", count({})", quote::name(column))).collect();
        let sql = format!(
            "SELECT source, {}, {} AS day, count(*){counts} FROM {} WHERE {} IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 3",
            Self::kind(kind),
            self.day(self.at),
            quote::name(&self.table.name),
            quote::name(self.at),
        );
        let rows = self.rows(sql).await?;
        let mut profiles = Profiles::new();
        for row in &rows {
            let (Some(source), Some(day)) = (text(row, 0), whole(row, 2)) else { continue };
            let profile = profiles.entry(source.clone()).or_insert_with(|| Profile {
                source,
                table: self.table.name.clone(),
                first: day,
                kind_column: kind.map(str::to_owned),
                instants: self.table.column(self.at).is_some_and(|column| column.kind == ColumnType::Instant),
                ..Profile::default()
            });
            profile.days = profile.days.max(usize::try_from(day - profile.first + 1).unwrap_or(0));
        }
        for row in &rows {
            let (Some(source), Some(kind), Some(day)) = (text(row, 0), text(row, 1), whole(row, 2)) else { continue };
            let Some(profile) = profiles.get_mut(&source) else { continue };
            let (at, days) = (usize::try_from(day - profile.first).unwrap_or(0), profile.days);
            let one = profile.kinds.entry(kind).or_insert_with(|| Kind { rows: vec![0; days], ..Kind::default() });
            add(&mut one.rows, at, row.get(3));
            for (place, column) in columns.iter().enumerate() {
                let present = one.present.entry((*column).to_owned()).or_insert_with(|| vec![0; days]);
                add(present, at, row.get(4 + place));
            }
        }
        for kind in profiles.values_mut().flat_map(|profile| profile.kinds.values_mut()) {
            // What a source never fills cannot be missing.
            kind.present.retain(|_, present| present.iter().any(|rows| *rows > 0));
        }
        Ok(profiles)
    }

    /// Rows of each week by value of a column.
    async fn values(&self, profiles: &mut Profiles, kind: Option<&str>, column: &str) -> Result<()> {
        // 1970-01-01 was a Thursday; days before it lie in weeks before.
        let sql = format!(
            "SELECT source, {}, CAST({} AS TEXT) AS value, CAST(floor(({} + 3) / 7.0) AS INT) AS week, count(*) FROM {} \
             WHERE {} IS NOT NULL AND {} IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
            Self::kind(kind),
            quote::name(column),
            self.day(self.at),
            quote::name(&self.table.name),
            quote::name(column),
            quote::name(self.at),
        );
        for row in self.rows(sql).await? {
            let (Some(source), Some(kind)) = (text(&row, 0), text(&row, 1)) else { continue };
            let (Some(value), Some(week)) = (text(&row, 2), whole(&row, 3)) else { continue };
            let Some(profile) = profiles.get_mut(&source) else { continue };
            let (first, weeks) = ((profile.first + 3).div_euclid(7), profile.days / 7 + 2);
            let Some(kind) = profile.kinds.get_mut(&kind) else { continue };
            let values = kind.values.entry(column.to_owned()).or_default();
            let counts = values.entry(value).or_insert_with(|| vec![0; weeks]);
            add(counts, usize::try_from(week - first).unwrap_or(usize::MAX), row.get(4));
        }
        Ok(())
    }

    /// How late rows were told, and how long they went on to change.
    async fn recording(&self, profiles: &mut Profiles) -> Result<()> {
        let mut told: BTreeMap<String, Vec<(i64, i64, u64)>> = BTreeMap::new();
        for row in self.rows(self.first_told().await?).await? {
            if let (Some(source), Some(day), Some(recorded), Some(rows)) =
                (text(&row, 0), whole(&row, 1), whole(&row, 2), whole(&row, 3))
            {
                told.entry(source).or_default().push((day, recorded, rows.unsigned_abs()));
            }
        }
        for (source, told) in &told {
            if let Some(profile) = profiles.get_mut(source) {
                profile.lateness = lateness(told);
            }
        }
        let mut changed: BTreeMap<String, Vec<(i64, i64, i64, u64)>> = BTreeMap::new();
        for row in self.rows(self.last_changed()).await? {
            if let (Some(source), Some(day), Some(recorded), Some(changed_on), Some(rows)) =
                (text(&row, 0), whole(&row, 1), whole(&row, 2), whole(&row, 3), whole(&row, 4))
            {
                changed.entry(source).or_default().push((day, recorded, changed_on, rows.unsigned_abs()));
            }
        }
        for (source, changed) in &changed {
            if let Some(profile) = profiles.get_mut(source) {
                profile.settled_after = settled_after(changed);
            }
        }
        Ok(())
    }

    /// When rows happened and were first told. Where no version of a row has ended, that is when they were recorded.
    async fn first_told(&self) -> Result<String> {
        let (table, at, name) = (&self.table.name, self.day(self.at), quote::name(self.at));
        let until = self
            .reader
            .options()
            .as_of
            .map_or_else(String::new, |as_of| format!(" AND recorded_at <= {}", quote::instant(as_of)));
        let history = format!("history.{}", quote::name(table));
        let ended = format!("SELECT 1 FROM {history} WHERE recorded_until IS NOT NULL LIMIT 1");
        let keys: String = self.table.key.iter().map(|key| format!(", {}", quote::name(key))).collect();
        let from = if self.rows(ended).await?.is_empty() {
            quote::name(table)
        } else {
            format!(
                "(SELECT source, max({name}) AS {name}, min(recorded_at) AS recorded_at FROM {history} \
                 WHERE {name} IS NOT NULL{until} GROUP BY source{keys})"
            )
        };
        Ok(format!(
            "SELECT source, {at} AS happened, CAST(local_day(recorded_at) AS INT) AS recorded, count(*) FROM {from} \
             WHERE {name} IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        ))
    }

    /// When rows happened, were recorded as they are now, and when the last happened that they tell of.
    fn last_changed(&self) -> String {
        let later = self.table.columns.iter().filter(|column| column.kind == ColumnType::Instant);
        let days: Vec<String> = later.map(|column| self.day(&column.name)).collect();
        let last = if days.is_empty() { self.day(self.at) } else { format!("greatest({})", days.join(", ")) };
        format!(
            "SELECT source, {} AS happened, CAST(local_day(recorded_at) AS INT) AS recorded, {last} AS last, count(*) \
             FROM {} WHERE {} IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
            self.day(self.at),
            quote::name(&self.table.name),
            quote::name(self.at),
        )
    }
}

fn text(row: &[Value], place: usize) -> Option<String> {
    row.get(place)?.as_str().map(str::to_owned)
}

fn whole(row: &[Value], place: usize) -> Option<i64> {
    row.get(place)?.as_i64()
}

fn add(counts: &mut [u64], at: usize, count: Option<&Value>) {
    if let (Some(sum), Some(count)) = (counts.get_mut(at), count.and_then(Value::as_u64)) {
        *sum += count;
    }
}
