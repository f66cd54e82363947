//! `throughline measure`: one measure over periods, or all there are.

use clap::Args;
use throughline_engine::{MeasureRequest, Reader, Result};
use throughline_model::period::Grain;

use super::edge;
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
        from: arguments.from.as_deref().map(|text| edge::start(&reader, text)).transpose()?,
        to: arguments.to.as_deref().map(|text| edge::end(&reader, text)).transpose()?,
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
