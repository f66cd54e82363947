//! The values behind a quantile, for what a quantile alone cannot tell.

use throughline_model::measure::Measure;
use throughline_model::period::Period;

use super::passes::{self, Values};
use super::queries::{self, Pass, Scope};
use super::row_query::{RowQuery, error_of};
use crate::Result;
use crate::session::Session;

/// The usable values from the first period to the last, by the number of the period and by segment.
///
/// # Errors
/// Input: the row query fails, or `by` is no dimension.
pub(crate) async fn values(
    session: &Session,
    measure: &Measure,
    by: &str,
    (first, last): (&Period, &Period),
) -> Result<Values> {
    let session = session.with_grain(first.grain, first.start, last.end)?;
    let rows = RowQuery::read(&session, measure).await.map_err(|problems| error_of(measure, &problems))?;
    rows.check_dimension(measure, by)?;
    let scope = Scope { from: first.start, to: last.end, by: Some(by) };
    passes::values(&session, &queries::sql(&session, Pass::Sorted, &[(measure, &rows)], scope)).await
}
