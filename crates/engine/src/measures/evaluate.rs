//! Measures over periods: plan the row queries, run those that are alike together, make readings.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use throughline_model::measure::{Aggregate, Measure};
use throughline_model::period::{Grain, Period};
use throughline_model::reading::Reading;

use super::coverage::{Coverage, coverage};
use super::formulas::{self, Needs};
use super::part::{self, Part, counts_from_zero};
use super::passes::{self, Parts};
use super::queries::{Pass, Scope};
use super::row_query::{RowQuery, error_of};
use crate::session::Session;
use crate::{Error, Result};

/// Queries that run at the same time; what they say does not depend on it.
const AT_ONCE: usize = 4;

/// What to evaluate measures for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Length of the periods.
    pub grain: Grain,
    /// Periods that overlap `[from, to)`.
    pub from: Timestamp,
    /// See `from`.
    pub to: Timestamp,
    /// Dimension to break down by; everyone together without.
    pub by: Option<String>,
}

/// Readings of one measure by segment and by the number of the period.
pub(crate) type Series = BTreeMap<Option<String>, BTreeMap<i32, Reading>>;

/// The readings of a measure: every period of the request in order, segment by segment (sorted). A period
/// without a value is a reading too and says why.
///
/// Errors: no period in the range, a row query that cannot be planned or run, a dimension that is none.
pub async fn evaluate(session: &Session, measure: &Measure, request: &Request) -> Result<Vec<Reading>> {
    let mut readings = evaluate_many(session, &[measure], request).await?;
    readings.remove(&measure.id).unwrap_or_else(|| Err(Error::internal(format!("{} was not evaluated.", measure.id))))
}

/// The readings of several measures by id, as [`evaluate`] would give them. Measures with the same row
/// query share one pass over it; one that fails does not stop the others.
pub async fn evaluate_many(
    session: &Session,
    measures: &[&Measure],
    request: &Request,
) -> Result<BTreeMap<String, Result<Vec<Reading>>>> {
    let periods = session.calendar().range(request.grain, request.from, request.to);
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else {
        return Err(Error::input("There is no period in that range.").hint("the end must lie after the beginning"));
    };
    let needs = Needs::of(session, measures);
    let from = needs.earliest(session.calendar(), measures, first);
    let session = session.with_grain(request.grain, from.start, last.end)?;
    let mut found = base_series(&session, &needs, request.by.as_deref()).await?;
    let mut results = BTreeMap::new();
    for measure in measures {
        let series = formulas::series(&session, &needs, measure, &mut found);
        results.insert(measure.id.clone(), series.map(|series| cut(&series, &periods)));
    }
    Ok(results)
}

/// The readings of the periods asked for; segments that say nothing in any of them are left out.
fn cut(series: &Series, periods: &[Period]) -> Vec<Reading> {
    let mut readings = Vec::new();
    for (segment, by_period) in series {
        let wanted: Vec<&Reading> = periods.iter().filter_map(|period| by_period.get(&period.index)).collect();
        if segment.is_none() || wanted.iter().any(|reading| reading.n > 0 || reading.left_out > 0) {
            readings.extend(wanted.into_iter().cloned());
        }
    }
    readings
}

/// A row query that several measures may share, and who they are.
struct Job<'a> {
    pass: Pass,
    members: Vec<(&'a Measure, RowQuery)>,
}

/// The series of all measures that are no formulas.
async fn base_series(
    session: &Session,
    needs: &Needs<'_>,
    by: Option<&str>,
) -> Result<BTreeMap<String, Result<Series>>> {
    let mut found = BTreeMap::new();
    let mut planning: Vec<BoxFuture<'_, _>> = Vec::new();
    for measure in needs.base() {
        planning.push(plan(session, measure, by).boxed());
    }
    let planned: Vec<(&Measure, Result<RowQuery>)> = stream::iter(planning).buffered(AT_ONCE).collect().await;
    let mut jobs: BTreeMap<(Pass, String), Job<'_>> = BTreeMap::new();
    for (measure, rows) in planned {
        match rows {
            Ok(rows) => {
                let pass = Pass::of(&measure.aggregate);
                let job = jobs.entry((pass, rows.sql.clone())).or_insert_with(|| Job { pass, members: Vec::new() });
                job.members.push((measure, rows));
            }
            Err(error) => {
                found.insert(measure.id.clone(), Err(error));
            }
        }
    }
    let mut running: Vec<BoxFuture<'_, _>> = Vec::new();
    for job in jobs.into_values() {
        running.push(run(session, job, by).boxed());
    }
    let finished: Vec<Vec<(String, Result<Series>)>> = stream::iter(running).buffered(AT_ONCE).collect().await;
    found.extend(finished.into_iter().flatten());
    Ok(found)
}

async fn plan<'a>(session: &Session, measure: &'a Measure, by: Option<&str>) -> (&'a Measure, Result<RowQuery>) {
    let rows = match RowQuery::read(session, measure).await {
        Ok(rows) => match by.map(|dimension| rows.check_dimension(measure, dimension)) {
            Some(Err(error)) => Err(error),
            _ => Ok(rows),
        },
        Err(problems) => Err(error_of(measure, &problems)),
    };
    (measure, rows)
}

async fn run(session: &Session, job: Job<'_>, by: Option<&str>) -> Vec<(String, Result<Series>)> {
    let members: Vec<(&Measure, &RowQuery)> = job.members.iter().map(|(measure, rows)| (*measure, rows)).collect();
    let (Some(first), Some(last)) = (session.periods().first(), session.periods().last()) else { return Vec::new() };
    let scope = Scope { from: first.start, to: last.end, by };
    let result = async {
        let parts = passes::run(session, job.pass, &members, scope).await?;
        let covered = covered(session, &members, &parts).await?;
        Ok::<_, Error>((parts, covered))
    };
    match result.await {
        Ok((parts, covered)) => {
            let series = members.iter().zip(parts).map(|((measure, _), parts)| {
                (measure.id.clone(), Ok(series(session, measure, parts, by.is_some(), covered)))
            });
            series.collect()
        }
        Err(error) => {
            let failed = members.iter().map(|(measure, _)| {
                let error = Error { kind: error.kind, message: error.message.clone(), hint: error.hint.clone() };
                (measure.id.clone(), Err(error.context(&measure.id)))
            });
            failed.collect()
        }
    }
}

/// What the data cover, looked up only where a period without rows could mean 0, or outcomes come late.
async fn covered(session: &Session, members: &[(&Measure, &RowQuery)], parts: &[Parts]) -> Result<Option<Coverage>> {
    // Levels have parts of earlier periods, too: how many there are says nothing.
    let lacks =
        |by_period: &BTreeMap<i32, Part>| session.periods().iter().any(|period| !by_period.contains_key(&period.index));
    let gaps = |parts: &Parts| parts.is_empty() || parts.values().any(lacks);
    let matters = members.iter().zip(parts).any(|((measure, _), parts)| {
        measure.mature_after_seconds.is_some() || (counts_from_zero(&measure.aggregate) && gaps(parts))
    });
    match members.first() {
        Some((_, rows)) if matters => coverage(session, rows).await,
        _ => Ok(None),
    }
}

fn series(session: &Session, measure: &Measure, mut parts: Parts, by: bool, covered: Option<Coverage>) -> Series {
    if !by {
        parts.entry(None).or_default();
    }
    let carries = matches!(measure.aggregate, Aggregate::Level);
    let mut series = Series::new();
    for (segment, by_period) in &parts {
        let mut readings = BTreeMap::new();
        for period in session.periods() {
            let covers = covered.is_some_and(|covered| covered.holds(period));
            // A level stays what it was until it changes, as long as the data go on.
            let part = match by_period.get(&period.index) {
                None if carries && covers => by_period.range(..period.index).next_back().map(|(_, part)| part),
                part => part,
            };
            let mature = is_mature(session, measure, period, covered);
            let reading = part::reading(measure, period, segment.as_deref(), part, covers, mature);
            readings.insert(period.index, reading);
        }
        series.insert(segment.clone(), readings);
    }
    series
}

/// Whether late outcomes can no longer change the period. They become known as long as the data go on: where
/// the data ended, what would have come later is not known, however long ago that was.
pub(crate) fn is_mature(session: &Session, measure: &Measure, period: &Period, covered: Option<Coverage>) -> bool {
    let wait = SignedDuration::from_secs(measure.mature_after_seconds.unwrap_or(0));
    let told = match covered.filter(|_| !wait.is_zero()) {
        Some(covered) => session.calendar().containing(Grain::Day, covered.last).end.min(session.as_of()),
        None => session.as_of(),
    };
    period.end.saturating_add(wait).unwrap_or(Timestamp::MAX) <= told
}
