//! The standard tables behind a measure and how fresh they are.

use std::collections::BTreeSet;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::TimestampMicrosecondType;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::LogicalPlan;
use jiff::Timestamp;
use throughline_model::Measure;
use throughline_model::measure::Aggregate;

use super::columns::Row;
use crate::checks::Columns;
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

/// The measures with rows that a measure is made of: itself, or those its formulas come down to.
fn made_of<'a>(session: &'a Session, measure: &'a Measure) -> Vec<&'a Measure> {
    let (mut seen, mut waiting, mut found) = (BTreeSet::from([measure.id.as_str()]), vec![measure], Vec::new());
    while let Some(measure) = waiting.pop() {
        if let Aggregate::Formula(formula) = &measure.aggregate {
            let inputs = formula.inputs().into_iter().filter(|(id, _)| seen.insert(id));
            waiting.extend(inputs.filter_map(|(id, _)| session.definitions().measures.get(id)));
        } else {
            found.push(measure);
        }
    }
    found
}

fn row_query(measure: &Measure) -> &str {
    measure.rows.as_deref().unwrap_or_default().trim_end().trim_end_matches(';')
}

/// The standard tables behind a measure, through views and formulas; the ledger says nothing about customers.
pub(crate) fn tables_behind(session: &Session, measure: &Measure) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for measure in made_of(session, measure) {
        found.extend(tables(session, row_query(measure))?);
    }
    let vocabulary = catalog::vocabulary()?;
    found.retain(|name| vocabulary.table(name).is_some_and(|table| !table.ledger));
    Ok(found)
}

/// Columns of row queries that a number is made of; others only break it down.
const OF_NUMBERS: [&str; 6] = ["key", "at", "value", "unit", "numerator", "denominator"];

/// The columns of standard tables that a measure's numbers are made of, through views and formulas: what is left of
/// its plans once everything is taken out that they do not need.
pub(crate) async fn columns_read(session: &Session, measure: &Measure) -> Result<Columns> {
    let session = session.planning_only()?;
    let mut columns = Columns::new();
    for measure in made_of(&session, measure) {
        let plan = session.plan(row_query(measure)).await?;
        let names = plan.schema().fields().iter().map(|field| field.name().as_str());
        let used: Vec<String> = names.filter(|name| OF_NUMBERS.contains(name)).map(quote::name).collect();
        let plan = session.plan(&format!("SELECT {} FROM ({})", used.join(", "), row_query(measure))).await?;
        scanned(&session.context().state().optimize(&plan)?, &mut columns)?;
    }
    Ok(columns)
}

fn scanned(plan: &LogicalPlan, columns: &mut Columns) -> Result<()> {
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            let read = columns.entry(scan.table_name.table().to_owned()).or_default();
            read.extend(scan.projected_schema.fields().iter().map(|field| field.name().clone()));
            let filtered = scan.filters.iter().flat_map(|filter| filter.column_refs());
            read.extend(filtered.map(|column| column.name.clone()));
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(())
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
