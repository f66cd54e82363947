//! Readings whose inputs failed a check, shown as the definition of the measure says.

use std::collections::BTreeSet;

use jiff::Timestamp;
use throughline_model::measure::{Aggregate, Measure, WhenFailed};
use throughline_model::reading::{Empty, Interval, Reading};
use throughline_model::{Calendar, Period};

use super::bounds::{self, Doubt};
use super::failed::FailedCheck;
use super::known::{Known, days};
use super::standing;
use crate::Result;
use crate::measures::{self, Request};
use crate::session::Session;
use crate::sources::SourceHealth;

/// Everything that is known of failed checks at one moment.
pub(crate) struct Checks {
    pub(crate) known: Known,
    /// Health of the sources, with ages from `now`.
    pub(crate) sources: Vec<SourceHealth>,
    pub(crate) now: Timestamp,
    pub(crate) calendar: Calendar,
}

impl Checks {
    /// All checks that failed: those of days, then those of whole sources.
    pub(crate) fn all(&self) -> Vec<FailedCheck> {
        let standing = self.sources.iter().flat_map(|health| standing::failed(health, &self.calendar));
        self.known.failed.iter().cloned().chain(standing).collect()
    }

    /// Those of some tables that touch a period.
    pub(crate) fn in_period(&self, tables: &BTreeSet<String>, period: &Period) -> Vec<FailedCheck> {
        let days = days(period, &self.calendar);
        let own = |check: &FailedCheck| tables.contains(&check.table) && check.touches(days);
        let of_days = self.known.failed.iter().filter(|check| own(check)).cloned();
        let then = self.sources_at(period.end);
        let standing = then.iter().flat_map(|health| standing::failed(health, &self.calendar));
        of_days.chain(standing.filter(own)).collect()
    }

    /// The health of the sources at the end of a period: what did not come after it does not touch it.
    pub(crate) fn sources_at(&self, end: Timestamp) -> Vec<SourceHealth> {
        let then = self.now.min(end);
        let age = |health: &SourceHealth| health.last.map(|last| then.duration_since(last).as_secs_f64().max(0.0));
        self.sources.iter().map(|health| SourceHealth { age_seconds: age(health), ..health.clone() }).collect()
    }

    /// As [`Checks::in_period`], without those of columns that a measure does not read.
    pub(crate) async fn of_measure(
        &self,
        session: &Session,
        measure: &Measure,
        tables: &BTreeSet<String>,
        period: &Period,
    ) -> Result<Vec<FailedCheck>> {
        let mut failed = self.in_period(tables, period);
        if failed.iter().any(|check| check.column.is_some()) {
            let columns = measures::columns_read(session, measure).await?;
            failed.retain(|check| check.is_read(&columns));
        }
        Ok(failed)
    }

    /// The readings of a measure, as its definition wants them where a check failed.
    pub(crate) async fn apply(
        &self,
        session: &Session,
        measure: &Measure,
        readings: &mut [Reading],
        by: Option<&str>,
    ) -> Result<()> {
        let when_failed = measure.when_failed.unwrap_or(session.definitions().scorecard.when_failed);
        if when_failed == WhenFailed::Show {
            return Ok(());
        }
        let tables = &measures::tables_behind(session, measure)?;
        for reading in readings {
            if reading.value.is_none() {
                continue;
            }
            let mut failed = self.of_measure(session, measure, tables, &reading.period).await?;
            failed.retain(FailedCheck::touches_numbers);
            let Some(first) = failed.first() else { continue };
            let bounds = match when_failed {
                WhenFailed::Bounds => self.bounds(session, measure, reading, &failed, by).await?,
                _ => None,
            };
            match bounds {
                Some(bounds) => reading.interval = Some(bounds),
                None => withhold(reading, first, when_failed),
            }
        }
        Ok(())
    }

    async fn bounds(
        &self,
        session: &Session,
        measure: &Measure,
        reading: &Reading,
        failed: &[FailedCheck],
        by: Option<&str>,
    ) -> Result<Option<Interval>> {
        let Some(value) = reading.value else { return Ok(None) };
        let period = days(&reading.period, &self.calendar);
        let doubt = Doubt::of(failed.iter().map(|check| (check, self.known.rows.get(&check.table))), period);
        let around = reading.interval.unwrap_or(Interval { low: value, high: value });
        let values = Values { session, measure, reading, by };
        Ok(match &measure.aggregate {
            Aggregate::Count | Aggregate::Distinct | Aggregate::Sum => bounds::total(around, doubt),
            // A ratio of sums has no ends that its rows could not pass.
            Aggregate::Ratio if !is_share(reading) => None,
            Aggregate::Mean => match (values.quantile(0.0).await?, values.quantile(1.0).await?) {
                (Some(least), Some(most)) => bounds::mean(around, Interval { low: least, high: most }, doubt),
                _ => None,
            },
            Aggregate::Quantile(p) => match bounds::quantiles(*p, doubt) {
                Some((low, high)) => match (values.quantile(low).await?, values.quantile(high).await?) {
                    (Some(low), Some(high)) => Some(Interval { low: low.min(around.low), high: high.max(around.high) }),
                    _ => None,
                },
                None => None,
            },
            other => bounds::support(other).and_then(|support| bounds::mean(around, support, doubt)),
        })
    }
}

/// Whether the numerator of a ratio counts rows of its denominator.
fn is_share(reading: &Reading) -> bool {
    reading.numerator.zip(reading.denominator).is_some_and(|(numerator, denominator)| {
        numerator.fract() == 0.0 && denominator.fract() == 0.0 && 0.0 <= numerator && numerator <= denominator
    })
}

/// The values that a reading was made of.
struct Values<'a> {
    session: &'a Session,
    measure: &'a Measure,
    reading: &'a Reading,
    by: Option<&'a str>,
}

impl Values<'_> {
    /// Their quantile `p`, ends included.
    async fn quantile(&self, p: f64) -> Result<Option<f64>> {
        let measure = Measure { aggregate: Aggregate::Quantile(p), ..self.measure.clone() };
        let Period { grain, start, end, .. } = self.reading.period;
        let request = Request { grain, from: start, to: end, by: self.by.map(str::to_owned) };
        let readings = measures::evaluate(self.session, &measure, &request).await?;
        Ok(readings.into_iter().find(|one| one.segment == self.reading.segment).and_then(|one| one.value))
    }
}

fn withhold(reading: &mut Reading, failed: &FailedCheck, when_failed: WhenFailed) {
    let why = match when_failed {
        WhenFailed::Bounds => "No bounds can be told, and a check of its inputs failed",
        _ => "Withheld, as a check of its inputs failed",
    };
    reading.empty = Some(Empty::Undefined(format!("{why}: {}", failed.sentence)));
    (reading.value, reading.interval) = (None, None);
    (reading.numerator, reading.denominator) = (None, None);
}
