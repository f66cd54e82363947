//! Which stretch of time the data of a measure cover, so that "nothing happened" and "nothing is known"
//! are told apart.
//!
//! A period is covered when it overlaps the time between the first and the last value of the columns of
//! standard tables that the measure's `at` is taken from. Where it is taken from none (the periods
//! themselves, say), the times of the event tables behind the measure stand for them.

use std::collections::BTreeSet;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, TimestampMicrosecondType};
use datafusion::common::Column;
use datafusion::logical_expr::{Expr, LogicalPlan};
use jiff::Timestamp;
use throughline_model::period::Period;

use super::row_query::RowQuery;
use crate::session::{PERIODS, Session, quote};
use crate::store::schema;
use crate::{Error, Result, catalog};

/// Tables that describe and do not report what happened.
const DESCRIPTIONS: [&str; 7] = ["customers", "identities", "products", "staff", "articles", "rates", "outside_series"];

/// From the first to the last record; both belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Coverage {
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
}

impl Coverage {
    /// Whether the period overlaps it.
    pub(crate) fn holds(&self, period: &Period) -> bool {
        period.start <= self.last && self.first < period.end
    }
}

/// A column of a standard table that says when something happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct TimeColumn {
    table: String,
    column: String,
}

/// What the data of a row query cover; `None` where they have no record at all.
pub(crate) async fn coverage(session: &Session, rows: &RowQuery) -> Result<Option<Coverage>> {
    if let Some(known) = session.known_range(&rows.sql) {
        return Ok(known.map(|(first, last)| Coverage { first, last }));
    }
    let found = find(session, rows).await?;
    session.remember_range(rows.sql.clone(), found.map(|found| (found.first, found.last)));
    Ok(found)
}

async fn find(session: &Session, rows: &RowQuery) -> Result<Option<Coverage>> {
    let mut columns = BTreeSet::new();
    let plan = session.planning_only()?.plan(&rows.sql).await?;
    let at = plan.schema().iter().find(|(_, field)| field.name() == "at").map(Column::from);
    if let Some(at) = at {
        trace(&plan, &at, &mut columns);
    }
    if columns.is_empty() {
        columns = times_of_events(session, &rows.sql)?;
    }
    let mut found: Option<Coverage> = None;
    for column in &columns {
        let Some(one) = session.time_range(&column.table, &column.column).await? else { continue };
        found = Some(match found {
            None => one,
            Some(other) => Coverage { first: one.first.min(other.first), last: one.last.max(other.last) },
        });
    }
    Ok(found)
}

impl Session {
    /// The first and the last value of a column of instants or days; a day lasts until its end.
    async fn time_range(&self, table: &str, column: &str) -> Result<Option<Coverage>> {
        let key = format!("{table}.{column}");
        if let Some(known) = self.known_range(&key) {
            return Ok(known.map(|(first, last)| Coverage { first, last }));
        }
        let name = quote::name(column);
        let standard = catalog::vocabulary()?.table(table).and_then(|table| table.column(column));
        let is_day = standard.is_some_and(|column| schema::data_type(column.kind) == DataType::Date32);
        let (first, last) = if is_day {
            (format!("day_start(min({name}))"), format!("day_end(max({name}))"))
        } else {
            (format!("min({name})"), format!("max({name})"))
        };
        let batches =
            self.rows(&format!("SELECT {first} AS first, {last} AS last FROM {}", quote::name(table))).await?;
        let instant = |name: &str| -> Result<Option<Timestamp>> {
            let Some(column) = batches.first().and_then(|batch| batch.column_by_name(name)) else { return Ok(None) };
            let column = cast(column, &schema::instant())?;
            let micros = column.as_primitive::<TimestampMicrosecondType>().iter().next().flatten();
            micros
                .map(|micros| Timestamp::from_microsecond(micros).map_err(|error| Error::internal(error.to_string())))
                .transpose()
        };
        let mut range = instant("first")?.zip(instant("last")?);
        if is_day {
            range = range
                .map(|(first, end)| (first, end.saturating_sub(jiff::SignedDuration::from_micros(1)).unwrap_or(end)));
        }
        self.remember_range(key, range);
        Ok(range.map(|(first, last)| Coverage { first, last }))
    }
}

/// The `at` columns of the event tables behind a query.
fn times_of_events(session: &Session, sql: &str) -> Result<BTreeSet<TimeColumn>> {
    let mut columns = BTreeSet::new();
    for name in super::inputs::tables(session, sql)? {
        let table = catalog::vocabulary()?.table(&name).filter(|_| !DESCRIPTIONS.contains(&name.as_str()));
        if let Some(column) = table.and_then(|table| table.at.clone()) {
            columns.insert(TimeColumn { table: name, column });
        }
    }
    Ok(columns)
}

/// Follows a column down a plan to the time columns of standard tables that it is made of.
fn trace(plan: &LogicalPlan, column: &Column, found: &mut BTreeSet<TimeColumn>) {
    let Some(position) = plan.schema().maybe_index_of_column(column) else { return };
    match plan {
        LogicalPlan::TableScan(scan) => {
            let table = scan.table_name.table();
            if table != PERIODS && catalog::vocabulary().is_ok_and(|vocabulary| vocabulary.table(table).is_some()) {
                found.insert(TimeColumn { table: table.to_owned(), column: column.name.clone() });
            }
        }
        LogicalPlan::Projection(projection) => {
            trace_expression(&projection.input, projection.expr.get(position), found);
        }
        LogicalPlan::Aggregate(aggregate) => {
            let expressions = aggregate.group_expr.iter().chain(&aggregate.aggr_expr);
            trace_expression(&aggregate.input, expressions.into_iter().nth(position), found);
        }
        LogicalPlan::Window(window) => {
            let inputs = window.input.schema().fields().len();
            match position.checked_sub(inputs) {
                Some(beyond) => trace_expression(&window.input, window.window_expr.get(beyond), found),
                None => trace_position(&window.input, position, found),
            }
        }
        LogicalPlan::Join(join) => {
            let side =
                if join.left.schema().maybe_index_of_column(column).is_some() { &join.left } else { &join.right };
            trace(side, column, found);
        }
        LogicalPlan::SubqueryAlias(alias) => trace_position(&alias.input, position, found),
        other => {
            // Unions, filters, sorts: the same columns in the same order.
            for input in other.inputs() {
                trace_position(input, position, found);
            }
        }
    }
}

fn trace_position(input: &LogicalPlan, position: usize, found: &mut BTreeSet<TimeColumn>) {
    if position < input.schema().fields().len() {
        trace(input, &Column::from(input.schema().qualified_field(position)), found);
    }
}

fn trace_expression(input: &LogicalPlan, expression: Option<&Expr>, found: &mut BTreeSet<TimeColumn>) {
    let Some(expression) = expression else { return };
    for column in expression.column_refs() {
        let Some(position) = input.schema().maybe_index_of_column(column) else { continue };
        let is_time = matches!(
            input.schema().field(position).data_type(),
            DataType::Timestamp(..) | DataType::Date32 | DataType::Date64
        );
        if is_time {
            trace(input, column, found);
        }
    }
}
