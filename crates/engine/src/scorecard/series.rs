//! Outside series of benchmarks, read from the table `outside_series`.

use serde_json::Value;
use throughline_model::period::parse_date;

use super::benchmark::{Observation, Series};
use crate::Result;
use crate::session::{Session, quote};

/// Figures of the series with these ids; a series without figures is not in the answer.
pub(super) async fn outside_series(session: &Session, ids: &[String]) -> Result<Series> {
    let mut series = Series::new();
    if ids.is_empty() {
        return Ok(series);
    }
    let sql = format!(
        "SELECT series_id, at, value, publisher, sample FROM outside_series WHERE series_id IN ({}) \
         ORDER BY series_id, at",
        quote::texts(ids)
    );
    for row in session.sql(&sql, None).await?.rows {
        let mut cells = row.into_iter();
        let mut next = || cells.next().unwrap_or(Value::Null);
        let (id, day, value, publisher, sample) = (next(), next(), next(), next(), next());
        let day = day.as_str().and_then(parse_date);
        if let (Some(id), Some(day), Some(value)) = (id.as_str(), day, value.as_f64()) {
            series.entry(id.to_owned()).or_default().push(Observation {
                at: session.calendar().start_of_day(day),
                value,
                publisher: publisher.as_str().map(str::to_owned),
                sample: sample.as_u64(),
            });
        }
    }
    Ok(series)
}
