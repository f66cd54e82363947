//! `throughline measure`: one measure over periods, or all there are.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::{Error, MeasureRequest, Reader, Result, Trust};
use throughline_model::definitions::Definitions;
use throughline_model::period::Grain;
use throughline_model::{Measure, Reading};

use super::edge;
use crate::cli::Moment;
use crate::context::Context;
use crate::question::{self, Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::reply::Reply;
use crate::wire::measure::{Measures, Readings};

/// Arguments of `measure`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Id of the measure; without it all measures are listed
    #[arg(value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    one: One,
}

/// Which readings of one measure.
#[derive(Debug, Args)]
pub struct One {
    /// Id of the measure.
    #[arg(skip)]
    pub id: String,
    /// Length of the periods: day, week, month, quarter, year [default: the scorecard's]
    #[arg(long, value_name = "PERIOD")]
    every: Option<Grain>,
    /// Break down by one of the measure's dimensions
    #[arg(long, value_name = "DIMENSION")]
    by: Option<String>,
    /// First period or day, such as 2026-01 [default: where data begin]
    #[arg(long, value_name = "WHEN")]
    from: Option<String>,
    /// Last period or day, included [default: where data end]
    #[arg(long, value_name = "WHEN")]
    to: Option<String>,
    #[command(flatten)]
    moment: Moment,
}

/// All measures.
#[derive(Debug, Args)]
pub struct All {
    #[command(flatten)]
    moment: Moment,
}

/// A measure's readings.
pub struct Found {
    measure: Measure,
    every: Grain,
    readings: Vec<Reading>,
    trust: Trust,
}

/// Evaluates the measure, or lists all.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    match arguments.id {
        Some(id) => question::run(One { id, ..arguments.one }, context).await,
        None => question::run(All { moment: arguments.one.moment }, context).await,
    }
}

impl Question for One {
    type Found = Found;
    type Wire = Readings;
    const TABLE: &'static [&'static str] = &["readings"];

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, _: Listener<'_>) -> Result<Found> {
        let measure = reader.find(&self.id)?.clone();
        let every = self.every.unwrap_or(reader.definitions().scorecard.every);
        let request = MeasureRequest {
            grain: Some(every),
            by: self.by.clone(),
            from: self.from.as_deref().map(|text| edge::start(reader, text)).transpose()?,
            to: self.to.as_deref().map(|text| edge::end(reader, text)).transpose()?,
        };
        let readings = reader.measure(&self.id, &request).await?;
        // That of the newest reading, or of the present where there is none.
        let newest = readings.iter().map(|reading| &reading.period).max_by_key(|period| period.start).cloned();
        let newest = newest.unwrap_or_else(|| reader.calendar().containing(every, reader.known()));
        let trust = reader.trust(&self.id, &newest).await?;
        Ok(Found { measure, every, readings, trust })
    }

    fn wire(&self, found: &Found, reader: &Reader) -> Readings {
        let (by, currency) = (self.by.as_deref(), &reader.definitions().settings.currency);
        Readings::new(&found.measure, found.every, by, reader.known(), currency, &found.trust, &found.readings)
    }

    fn is_unknown(&self, reader: &Reader, _: &Error) -> bool {
        reader.find(&self.id).is_err()
    }
}

impl Shown for One {
    fn page(&self, found: &Found, reader: &Reader, style: &Style) -> String {
        let (by, currency) = (self.by.as_deref(), &reader.definitions().settings.currency);
        render::readings::readings(&found.measure, &found.readings, &found.trust, by, currency, style)
    }
}

impl Question for All {
    type Found = Definitions;
    type Wire = Measures;

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, _: Listener<'_>) -> Result<Definitions> {
        Ok(reader.definitions().clone())
    }

    fn wire(&self, found: &Definitions, _: &Reader) -> Measures {
        Measures::from(found)
    }
}

impl Shown for All {
    fn page(&self, found: &Definitions, _: &Reader, style: &Style) -> String {
        render::measures::list(found, style)
    }
}
