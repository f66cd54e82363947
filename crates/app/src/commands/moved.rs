//! `throughline moved`: what moved between two periods, and why.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::{Error, MeasureMoved, MovedRequest, Reader, Result, WholeMoved};

use crate::cli::Moment;
use crate::context::Context;
use crate::question::{self, Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::reply::Reply;
use crate::wire::moved as wire;

/// Arguments of `moved`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Id of the measure; without it the whole scorecard
    #[arg(value_name = "MEASURE")]
    id: Option<String>,
    #[command(flatten)]
    one: One,
}

/// Which two periods.
#[derive(Debug, Args)]
pub struct Periods {
    /// The later period, such as 2026-03 [default: the one that scorecard or explain would show]
    #[arg(long, short, value_name = "PERIOD")]
    period: Option<String>,
    /// The earlier period [default: the one before]
    #[arg(long, value_name = "PERIOD")]
    against: Option<String>,
    /// When the answer about the earlier period was given: a day, a local time or an instant [default: its end]
    #[arg(long, value_name = "DATE")]
    known_at: Option<String>,
}

/// What moved one measure.
#[derive(Debug, Args)]
pub struct One {
    /// Id of the measure.
    #[arg(skip)]
    pub id: String,
    #[command(flatten)]
    periods: Periods,
    /// Split by this dimension only [default: by all, the one that tells most first]
    #[arg(long, value_name = "DIMENSION")]
    by: Option<String>,
    #[command(flatten)]
    moment: Moment,
}

/// What moved the whole scorecard.
#[derive(Debug, Args)]
pub struct Whole {
    #[command(flatten)]
    periods: Periods,
    #[command(flatten)]
    moment: Moment,
}

/// Tells what moved a measure, or the whole.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let One { periods, by, moment, .. } = arguments.one;
    match (arguments.id, by) {
        (Some(id), by) => question::run(One { id, periods, by, moment }, context).await,
        (None, None) => question::run(Whole { periods, moment }, context).await,
        (None, Some(by)) => {
            let error = Error::input(format!("The whole scorecard cannot be split by {by}."));
            Err(error.hint("name a measure: throughline moved MEASURE --by DIMENSION"))
        }
    }
}

impl Periods {
    fn request(&self, by: Option<&String>, reader: &Reader) -> Result<MovedRequest> {
        let known_at = self.known_at.as_deref().map(|text| reader.calendar().parse_instant(text));
        Ok(MovedRequest {
            period: self.period.clone(),
            against: self.against.clone(),
            by: by.cloned(),
            known_at: known_at.transpose().map_err(Error::input)?,
        })
    }
}

impl Question for One {
    type Found = MeasureMoved;
    type Wire = wire::MeasureMoved;
    const TABLE: &'static [&'static str] = &["splits", "parts"];

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, _: Listener<'_>) -> Result<MeasureMoved> {
        reader.moved(&self.id, &self.periods.request(self.by.as_ref(), reader)?).await
    }

    fn wire(&self, found: &MeasureMoved, _: &Reader) -> wire::MeasureMoved {
        found.into()
    }

    fn is_unknown(&self, reader: &Reader, _: &Error) -> bool {
        reader.find(&self.id).is_err()
    }
}

impl Shown for One {
    fn page(&self, found: &MeasureMoved, reader: &Reader, style: &Style) -> String {
        render::moved::measure(found, reader.definitions(), style)
    }
}

impl Question for Whole {
    type Found = WholeMoved;
    type Wire = wire::ScorecardMoved;
    const TABLE: &'static [&'static str] = &["measures"];

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, _: Listener<'_>) -> Result<WholeMoved> {
        reader.scorecard_moved(&self.periods.request(None, reader)?).await
    }

    fn wire(&self, found: &WholeMoved, _: &Reader) -> wire::ScorecardMoved {
        found.into()
    }
}

impl Shown for Whole {
    fn page(&self, found: &WholeMoved, reader: &Reader, style: &Style) -> String {
        render::moved::whole(found, &reader.definitions().settings, style)
    }
}
