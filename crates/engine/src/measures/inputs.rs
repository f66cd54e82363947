//! The standard tables behind a measure and how fresh they are.

use std::collections::BTreeSet;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::TimestampMicrosecondType;
use jiff::Timestamp;

use super::columns::Row;
use crate::session::{Session, quote, views};
use crate::store::schema;
use crate::{Error, Result, catalog};

/// A standard table behind a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub table: String,
    /// Rows in force.
    pub rows: u64,
    /// When the newest of them happened.
    pub newest_at: Option<Timestamp>,
    /// When the newest of them was recorded.
    pub newest_recorded_at: Option<Timestamp>,
}

/// Names of the standard tables behind a query, through the views, sorted.
pub(crate) fn tables(session: &Session, sql: &str) -> Result<BTreeSet<String>> {
    let parsed = views::parse(sql).map_err(Error::input)?;
    let mut tables = BTreeSet::new();
    for reference in parsed.references {
        if session.views().sql(&reference).is_some() {
            tables.extend(session.views().closure(&reference)?.tables);
        } else {
            tables.insert(reference);
        }
    }
    let vocabulary = catalog::vocabulary()?;
    tables.retain(|name| vocabulary.table(name).is_some());
    Ok(tables)
}

/// The standard tables behind a query with their freshness, sorted by name.
pub(crate) async fn inputs(session: &Session, sql: &str) -> Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for table in tables(session, sql)? {
        inputs.push(freshness(session, table).await?);
    }
    Ok(inputs)
}

async fn freshness(session: &Session, table: String) -> Result<Input> {
    let vocabulary = catalog::vocabulary()?;
    let at = match vocabulary.table(&table).and_then(|table| table.at.as_ref().map(|at| (table, at))) {
        Some((described, at)) => match described.column(at).map(|column| schema::data_type(column.kind)) {
            Some(kind) if kind == schema::instant() => format!("max({})", quote::name(at)),
            _ => format!("day_start(max({}))", quote::name(at)),
        },
        None => "NULL".to_owned(),
    };
    let sql = format!(
        "SELECT count(*) AS rows, {at} AS newest_at, max(recorded_at) AS newest_recorded_at FROM {}",
        quote::name(&table)
    );
    let batches = session.rows(&sql).await?;
    let Some(batch) = batches.first() else {
        return Ok(Input { table, rows: 0, newest_at: None, newest_recorded_at: None });
    };
    let instant = |name: &str| -> Result<Option<Timestamp>> {
        let Some(column) = batch.column_by_name(name) else { return Ok(None) };
        let column = cast(column, &schema::instant())?;
        let micros = column.as_primitive::<TimestampMicrosecondType>().iter().next().flatten();
        Ok(micros.and_then(|micros| Timestamp::from_microsecond(micros).ok()))
    };
    Ok(Input {
        rows: Row { batch, number: 0 }.count("rows")?,
        newest_at: instant("newest_at")?,
        newest_recorded_at: instant("newest_recorded_at")?,
        table,
    })
}
