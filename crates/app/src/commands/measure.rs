//! `throughline measure`: one measure over periods, or all there are.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::{Error, MeasureRequest, Reader, Result};
use throughline_model::period::Grain;

use crate::cli::Moment;
use crate::context::Context;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `measure`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Id of the measure; without it all measures are listed
    #[arg(value_name = "ID")]
    id: Option<String>,
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

/// Evaluates the measure, or lists all.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let reader = context.read(&arguments.moment)?;
    let Some(id) = &arguments.id else { return list(&reader, context) };
    let measure = reader.find(id)?;
    let every = arguments.every.unwrap_or(reader.definitions().scorecard.every);
    let request = MeasureRequest {
        grain: Some(every),
        by: arguments.by.clone(),
        from: arguments.from.as_deref().map(|text| edge(&reader, text, Edge::Start)).transpose()?,
        to: arguments.to.as_deref().map(|text| edge(&reader, text, Edge::End)).transpose()?,
    };
    let readings = reader.measure(id, &request).await?;
    let trust = reader.trust(id).await?;
    let by = arguments.by.as_deref();
    let currency = &reader.definitions().settings.currency;
    context.reply(
        |style| render::readings::readings(measure, &readings, &trust, by, currency, style),
        || wire::measure::Readings::new(measure, every, by, reader.known(), currency, &trust, &readings),
    )
}

fn list(reader: &Reader, context: &Context) -> Result<Reply> {
    let definitions = reader.definitions();
    context.reply(|style| render::measures::list(definitions, style), || wire::measure::Measures::from(definitions))
}

enum Edge {
    Start,
    End,
}

/// The start or the end of the period that a text names, or the instant itself.
fn edge(reader: &Reader, text: &str, edge: Edge) -> Result<Timestamp> {
    let calendar = reader.calendar();
    match (calendar.parse(text), edge) {
        (Ok(period), Edge::Start) => Ok(period.start),
        (Ok(period), Edge::End) => Ok(period.end),
        (Err(problem), _) => calendar.parse_instant(text).map_err(|_| Error::input(problem)),
    }
}
