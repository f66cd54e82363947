//! Running the queries of measures and collecting their parts by segment and period.

use std::collections::BTreeMap;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Float64Type, Int32Type};
use futures::TryStreamExt;
use throughline_model::measure::{Aggregate, Measure};

use super::NO_SEGMENT;
use super::columns::{Row, texts};
use super::part::Part;
use super::queries::{self, Pass, Scope};
use super::row_query::RowQuery;
use crate::session::{Joins, Session, hints};
use crate::{Error, Result};

/// Parts by segment (`None` for everyone) and by the number of the period.
pub(crate) type Parts = BTreeMap<Option<String>, BTreeMap<i32, Part>>;

/// Runs one query for measures that share it; their parts in the order given.
pub(crate) async fn run(
    session: &Session,
    pass: Pass,
    members: &[(&Measure, &RowQuery)],
    scope: Scope<'_>,
) -> Result<Vec<Parts>> {
    let sql = queries::sql(session, pass, members, scope);
    let measures: Vec<&Measure> = members.iter().map(|(measure, _)| *measure).collect();
    if pass == Pass::Sorted {
        return match sorted(session, &sql, &measures, Joins::Hash).await {
            Err(error) if hints::is_out_of_memory(&error) => sorted(session, &sql, &measures, Joins::Merge).await,
            parts => parts,
        };
    }
    let mut parts = vec![Parts::new(); members.len()];
    for batch in session.rows(&sql).await? {
        let segments = segments(&batch)?;
        let periods = periods(&batch)?;
        for number in 0..batch.num_rows() {
            let Some(period) = periods.get(number).copied().flatten() else { continue };
            let segment = segments.as_ref().and_then(|segments| segments.get(number).cloned());
            let row = Row { batch: &batch, number };
            for (i, measure) in measures.iter().enumerate() {
                let part = Part::read(measure, &row, &queries::prefix(i, measures.len()))?;
                parts[i].entry(segment.clone()).or_default().insert(period, part);
            }
        }
    }
    Ok(parts)
}

/// The segment of every row; `None` where the query has no segments.
fn segments(batch: &RecordBatch) -> Result<Option<Vec<String>>> {
    let Some(column) = batch.column_by_name("segment") else { return Ok(None) };
    let column = texts(column)?;
    let names = column.as_string::<i32>().iter().map(|name| name.unwrap_or(NO_SEGMENT).to_owned());
    Ok(Some(names.collect()))
}

fn periods(batch: &RecordBatch) -> Result<Vec<Option<i32>>> {
    let column = batch.column_by_name("period").and_then(|column| column.as_primitive_opt::<Int32Type>());
    let column = column.ok_or_else(|| Error::internal("The aggregate query has no periods."))?;
    Ok(column.iter().collect())
}

/// Rows that come sorted by period, segment and value: one group is held at a time.
async fn sorted(session: &Session, sql: &str, measures: &[&Measure], joins: Joins) -> Result<Vec<Parts>> {
    let mut groups = Groups { measures, parts: vec![Parts::new(); measures.len()], open: None };
    visit(session, sql, joins, &mut |period, segment, value| groups.add(period, segment, value)).await?;
    groups.close();
    Ok(groups.parts)
}

/// The usable values of rows by period and segment.
pub(crate) async fn values(session: &Session, sql: &str) -> Result<Values> {
    match collected(session, sql, Joins::Hash).await {
        Err(error) if hints::is_out_of_memory(&error) => collected(session, sql, Joins::Merge).await,
        values => values,
    }
}

/// Values by period and segment.
pub(crate) type Values = BTreeMap<(i32, Option<String>), Vec<f64>>;

async fn collected(session: &Session, sql: &str, joins: Joins) -> Result<Values> {
    let mut found = Values::new();
    visit(session, sql, joins, &mut |period, segment, value| {
        if let Some(value) = value {
            found.entry((period, segment.map(str::to_owned))).or_default().push(value);
        }
    })
    .await?;
    Ok(found)
}

/// Takes the period, the segment and the value of a row.
type Visitor<'a> = dyn FnMut(i32, Option<&str>, Option<f64>) + Send + 'a;

/// Hands every row of a sorted query on: its period, its segment and its value.
async fn visit(session: &Session, sql: &str, joins: Joins, each: &mut Visitor<'_>) -> Result<()> {
    let plan = session.plan(sql).await?;
    let mut stream = session.stream(plan, joins).await?;
    loop {
        let batch = stream.try_next().await.map_err(|error| hints::running_error(&error))?;
        let Some(batch) = batch else { return Ok(()) };
        let segments = segments(&batch)?;
        let periods = periods(&batch)?;
        let values = batch.column_by_name("value").and_then(|column| column.as_primitive_opt::<Float64Type>());
        let values = values.ok_or_else(|| Error::internal("The sorted query has no values."))?;
        for (number, period) in periods.iter().enumerate() {
            let Some(period) = *period else { continue };
            let segment = segments.as_ref().and_then(|segments| segments.get(number).map(String::as_str));
            each(period, segment, values.is_valid(number).then(|| values.value(number)));
        }
    }
}

struct Groups<'a> {
    measures: &'a [&'a Measure],
    parts: Vec<Parts>,
    open: Option<Group>,
}

struct Group {
    period: i32,
    segment: Option<String>,
    values: Vec<f64>,
    left_out: u64,
}

impl Groups<'_> {
    fn add(&mut self, period: i32, segment: Option<&str>, value: Option<f64>) {
        let same = self.open.as_ref().is_some_and(|open| open.period == period && open.segment.as_deref() == segment);
        if !same {
            self.close();
        }
        let open = self.open.get_or_insert_with(|| Group {
            period,
            segment: segment.map(str::to_owned),
            values: Vec::new(),
            left_out: 0,
        });
        match value {
            Some(value) => open.values.push(value),
            None => open.left_out += 1,
        }
    }

    fn close(&mut self) {
        let Some(group) = self.open.take() else { return };
        for (measure, parts) in self.measures.iter().zip(&mut self.parts) {
            let Aggregate::Quantile(p) = measure.aggregate else { continue };
            let part = Part::quantile(&group.values, p, group.left_out);
            parts.entry(group.segment.clone()).or_default().insert(group.period, part);
        }
    }
}
