//! What tables there are and what their columns mean.

use datafusion::arrow::datatypes::DataType;
use throughline_model::vocabulary::{ColumnType, Table};

use super::{ORIGIN_COLUMNS, PERIODS, Session, hints};
use crate::sql::kind;
use crate::{Result, catalog};

/// Where a table comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Imported rows; `history.NAME` has all their versions.
    Standard,
    /// Derived from standard tables.
    Derived,
    /// The periods of the session.
    Periods,
}

/// A table that SQL sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableInfo {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub kind: TableKind,
    /// What a row is.
    pub about: String,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
    /// What it holds: text, instant, day, money, number, integer, flag, json, decimal.
    pub kind: String,
    /// What it means; empty where only its view says so.
    pub about: String,
    /// Whether it holds personal data.
    pub personal: bool,
}

const ORIGINS: [(&str, &str, &str); 4] = [
    ("source", "text", "source that delivered the row"),
    ("import_id", "text", "import that brought it"),
    ("source_seq", "integer", "its place in the source"),
    ("recorded_at", "instant", "when it was recorded"),
];

impl Session {
    /// All tables: the standard ones, the derived ones, the periods.
    pub fn tables(&self) -> Result<Vec<TableInfo>> {
        let info = |name: &str, kind, about: String| TableInfo { name: name.to_owned(), kind, about };
        let mut tables: Vec<TableInfo> = catalog::vocabulary()?
            .tables
            .iter()
            .map(|table| info(&table.name, TableKind::Standard, table.about.clone()))
            .collect();
        for name in self.inner.views.names() {
            let about = self.inner.views.about(name).unwrap_or_default();
            tables.push(info(name, TableKind::Derived, about));
        }
        let about = format!("The periods of the grain asked for ({} here).", self.grain);
        tables.push(info(PERIODS, TableKind::Periods, about));
        Ok(tables)
    }

    /// The columns of one table. A derived table's columns take their meaning from standard columns of
    /// the same name below it. An error where there is no such table.
    pub async fn describe(&self, name: &str) -> Result<Vec<ColumnInfo>> {
        if let Some(table) = catalog::vocabulary()?.table(name) {
            return Ok(standard_columns(table));
        }
        if name != PERIODS && self.inner.views.sql(name).is_none() {
            let tables = self.tables()?;
            return Err(hints::unknown_table(name, tables.iter().map(|table| table.name.as_str())));
        }
        let mut below = Vec::new();
        if name != PERIODS {
            for table in self.inner.views.closure(name)?.tables {
                below.extend(catalog::vocabulary()?.table(&table));
            }
        }
        let plan = self.planning_only()?.plan(&format!("SELECT * FROM {}", super::quote::name(name))).await?;
        Ok(plan.schema().fields().iter().map(|field| derived_column(field.name(), field.data_type(), &below)).collect())
    }
}

fn standard_columns(table: &Table) -> Vec<ColumnInfo> {
    let mut columns: Vec<ColumnInfo> = table
        .columns
        .iter()
        .map(|column| ColumnInfo {
            name: column.name.clone(),
            kind: column.kind.name().to_owned(),
            about: column.about.clone(),
            personal: column.personal,
        })
        .collect();
    debug_assert_eq!(ORIGINS.map(|(name, _, _)| name), ORIGIN_COLUMNS);
    columns.extend(ORIGINS.map(|(name, kind, about)| ColumnInfo {
        name: name.to_owned(),
        kind: kind.to_owned(),
        about: about.to_owned(),
        personal: false,
    }));
    columns
}

fn derived_column(name: &str, data_type: &DataType, below: &[&Table]) -> ColumnInfo {
    let standard: Vec<_> = below.iter().filter_map(|table| table.column(name)).collect();
    // Where tables disagree about a name, the view alone knows what it means.
    let agreed = standard.first().filter(|first| standard.iter().all(|column| column.about == first.about));
    let origin = ORIGINS.iter().find(|(origin, _, _)| *origin == name);
    ColumnInfo {
        name: name.to_owned(),
        kind: match standard.iter().find(|column| column.kind == ColumnType::Money) {
            Some(_) if matches!(data_type, DataType::Decimal128(..)) => ColumnType::Money.name().to_owned(),
            _ => kind(data_type),
        },
        about: agreed
            .map(|column| column.about.clone())
            .or(origin.map(|(_, _, about)| (*about).to_owned()))
            .unwrap_or_default(),
        personal: standard.iter().any(|column| column.personal),
    }
}
