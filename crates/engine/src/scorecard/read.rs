//! A scorecard from data: chooses the period, evaluates what is needed, and computes.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use throughline_model::definitions::Definitions;
use throughline_model::measure::Measure;
use throughline_model::period::{Calendar, Period};

use super::choose::{Choice, choose_period, last_complete};
use super::compute::{Input, Standing, compute};
use super::need::Need;
use super::readings::Readings;
use super::series::outside_series;
use super::view::ScorecardView;
use crate::checks::Checks;
use crate::measures::{Request, evaluate_many};
use crate::session::Session;
use crate::{Error, Result};

/// Periods that are searched for data when the recent ones have none: an export may have ended years ago.
const SEARCHED: i32 = 480;

/// Where a period is named, so many before those it needs are evaluated with them, and all that came since: whoever
/// looks at one period goes on to others.
const AHEAD: i32 = 24;

/// The scorecard of `period`, or of the newest period that most measures can speak about.
///
/// `session` holds the newest definitions. `in_force` opens a session with the definitions that were in
/// force for a period, where those are others; periods keep the definitions they had.
///
/// `checks` are what is known of the inputs: readings that a failed one touches are bounded or withheld.
///
/// Errors: a label that is no period or of another grain than the scorecard's; data that cannot be read. A
/// measure that cannot be evaluated is no error: it has no data and says why.
pub(crate) async fn scorecard(
    session: &Session,
    period: Option<&str>,
    in_force: impl Fn(&Period) -> Result<Option<Session>>,
    checks: &Checks,
) -> Result<ScorecardView> {
    let calendar = session.calendar().clone();
    let (choice, recent) = match period {
        Some(label) => (named(session.definitions(), &calendar, label)?, None),
        None => choose(session, &calendar).await?,
    };
    let own = in_force(&choice.period)?;
    let recent = recent.filter(|_| own.is_none());
    let session = own.unwrap_or_else(|| session.clone());
    let need = Need::of(session.definitions(), &calendar, &choice.period);
    let mut readings = gather(&session, &need, recent).await?;
    readings.apply(checks, &session).await?;
    let series = outside_series(&session, &need.series).await?;
    let mut earlier = earlier(&session, &calendar, &choice.period, in_force).await?;
    if let Some((session, readings)) = &mut earlier {
        readings.apply(checks, session).await?;
    }
    let now = Standing { definitions: session.definitions(), readings: &readings };
    let before =
        earlier.as_ref().map_or(now, |(session, readings)| Standing { definitions: session.definitions(), readings });
    Ok(compute(&Input { now, before, calendar: &calendar, series: &series, as_of: session.as_of(), choice }))
}

/// The newest period that most measures can speak about.
pub(crate) async fn newest_period(session: &Session) -> Result<Period> {
    Ok(choose(session, session.calendar()).await?.0.period)
}

/// The readings of everyone that scores up to `last` need.
pub(crate) async fn readings_up_to(session: &Session, last: &Period) -> Result<Readings> {
    let need = Need::of(session.definitions(), session.calendar(), last);
    everyone(session, &need.measures, &need.first..=&need.last, &need.first..=&need.last).await
}

/// The period somebody asked for.
fn named(definitions: &Definitions, calendar: &Calendar, label: &str) -> Result<Choice> {
    let period = calendar.parse(label).map_err(Error::input)?;
    let every = definitions.scorecard.every;
    if period.grain != every {
        let example = calendar.containing(every, period.start).label;
        return Err(Error::input(format!("{label} is a {}, and this scorecard is made every {every}.", period.grain))
            .hint(format!("such as --period {example}; `every` in scorecard.toml sets how often it is made")));
    }
    Ok(Choice { period, why: None })
}

/// Readings of everyone that were already made, and the first period they hold.
struct Recent {
    first: Period,
    readings: Readings,
}

/// The period nobody asked for, with the readings it was chosen by.
async fn choose(session: &Session, calendar: &Calendar) -> Result<(Choice, Option<Recent>)> {
    let definitions = session.definitions();
    let last = last_complete(definitions, calendar, session.as_of());
    let need = Need::of(definitions, calendar, &last);
    let long_ago = calendar.period(last.grain, last.index.saturating_sub(SEARCHED));
    for first in [need.first.clone(), long_ago] {
        let readings = everyone(session, &need.measures, &first..=&last, &first..=&last).await?;
        if let Some(choice) = choose_period(definitions, &readings, calendar, session.as_of()) {
            return Ok((choice, Some(Recent { first, readings })));
        }
    }
    Ok((Choice { period: last, why: None }, None))
}

/// The readings a need names; those of everyone are taken from `recent` where they reach back far enough
/// for the trend and the year before.
async fn gather(session: &Session, need: &Need, recent: Option<Recent>) -> Result<Readings> {
    let mut readings = match recent {
        Some(recent) if recent.first <= need.least(session.calendar()) => recent.readings,
        _ => named_readings(session, need).await?,
    };
    let mut by_dimension: BTreeMap<&str, Vec<&Measure>> = BTreeMap::new();
    for (measure, dimension) in &need.segmented {
        let measure = session.definitions().measures.get(measure);
        by_dimension.entry(dimension).or_default().extend(measure);
    }
    for (dimension, measures) in by_dimension {
        let request = request(&need.last, &need.last, Some(dimension));
        for (id, found) in evaluate_many(session, &measures, &request).await? {
            if let Ok(found) = found {
                readings.add_segments(&id, dimension, found);
            }
        }
    }
    Ok(readings)
}

/// The readings of everyone that a period needs, evaluated with those of its neighbours.
async fn named_readings(session: &Session, need: &Need) -> Result<Readings> {
    let calendar = session.calendar();
    let (grain, newest) = (need.last.grain, last_complete(session.definitions(), calendar, session.as_of()));
    let first = calendar.period(grain, need.first.index.saturating_sub(AHEAD));
    let last = if newest.grain == grain { newest.max(need.last.clone()) } else { need.last.clone() };
    everyone(session, &need.measures, &need.first..=&need.last, &first..=&last).await
}

/// The readings of everyone from one period to another. Where they are not remembered, those `over` more periods are
/// evaluated and remembered.
async fn everyone(
    session: &Session,
    measures: &[String],
    wanted: RangeInclusive<&Period>,
    over: RangeInclusive<&Period>,
) -> Result<Readings> {
    let (defined, remembered) = (&session.definitions().measures, session.remembered());
    let (mut readings, mut new) = (Readings::default(), Vec::new());
    for id in measures {
        match remembered.get(id, &wanted) {
            Some(found) => readings.add(id, found),
            None => new.extend(defined.get(id)),
        }
    }
    if new.is_empty() {
        return Ok(readings);
    }
    for (id, found) in evaluate_many(session, &new, &request(over.start(), over.end(), None)).await? {
        match found {
            Ok(found) => readings.add(&id, remembered.put(&id, &over, found, &wanted)),
            // Another time it may go well.
            Err(error) => readings.fail(&id, error.message),
        }
    }
    Ok(readings)
}

fn request(first: &Period, last: &Period, by: Option<&str>) -> Request {
    Request { grain: last.grain, from: first.start, to: last.end, by: by.map(str::to_owned) }
}

/// What held in the period before, where that was something else.
async fn earlier(
    session: &Session,
    calendar: &Calendar,
    period: &Period,
    in_force: impl Fn(&Period) -> Result<Option<Session>>,
) -> Result<Option<(Session, Readings)>> {
    let previous = calendar.previous(period);
    let Some(before) = in_force(&previous)?.filter(|before| before.definitions() != session.definitions()) else {
        return Ok(None);
    };
    let need = Need::of(before.definitions(), calendar, &previous);
    let readings = gather(&before, &need, None).await?;
    Ok(Some((before, readings)))
}
