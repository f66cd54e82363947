//! What the rows of a measure say, by their keys: two moments can be set against each other without keeping the rows.

use std::collections::HashMap;

use datafusion::arrow::array::{Array, AsArray};
use futures::TryStreamExt;
use throughline_model::measure::Measure;
use throughline_model::period::Period;
use xxhash_rust::xxh3::xxh3_64;

use super::columns::texts;
use super::queries::Pass;
use super::row_query::{RowQuery, error_of};
use crate::Result;
use crate::session::{Joins, Session, hints};

/// Hashes of what rows say by the hash of their key. Of two million rows, the chance that any two share a hash is one in
/// nine million.
type Contents = HashMap<u64, u64>;

/// The rows of a measure, no formula, that count for a period. A level counts everything before its end.
///
/// # Errors
/// Input: the row query fails.
pub(crate) async fn contents(session: &Session, measure: &Measure, period: &Period) -> Result<HashMap<u64, u64>> {
    let session = session.with_grain(period.grain, period.start, period.end)?;
    let rows = RowQuery::read(&session, measure).await.map_err(|problems| error_of(measure, &problems))?;
    let from = (Pass::of(&measure.aggregate) != Pass::Levels).then_some(period.start);
    let said: Vec<&str> = ["at", "value", "unit", "numerator", "denominator"]
        .into_iter()
        .filter(|column| rows.holds(column).is_some())
        .collect();
    let within = rows.within(&session, from, period.end);
    let sql = format!("SELECT key, {}\nFROM (\n{}\n) AS measure_rows\nWHERE {within}", said.join(", "), rows.sql);
    match read(&session, &sql, Joins::Hash).await {
        Err(error) if hints::is_out_of_memory(&error) => read(&session, &sql, Joins::Merge).await,
        found => found,
    }
}

async fn read(session: &Session, sql: &str, joins: Joins) -> Result<Contents> {
    let mut stream = session.stream(session.plan(sql).await?, joins).await?;
    let (mut found, mut said) = (Contents::new(), Vec::new());
    while let Some(batch) = stream.try_next().await.map_err(|error| hints::running_error(&error))? {
        let columns = batch.columns().iter().map(texts).collect::<Result<Vec<_>>>()?;
        for row in 0..batch.num_rows() {
            said.clear();
            let mut key = 0;
            for (place, column) in columns.iter().enumerate() {
                let column = column.as_string::<i32>();
                let text = if column.is_valid(row) { column.value(row) } else { "\0" };
                if place == 0 {
                    key = xxh3_64(text.as_bytes());
                } else {
                    said.extend_from_slice(text.as_bytes());
                    said.push(0);
                }
            }
            // Rows that share a key (the changes of a level) are told together, in whatever order they come.
            let all = found.entry(key).or_insert(0u64);
            *all = all.wrapping_add(xxh3_64(&said));
        }
    }
    Ok(found)
}
