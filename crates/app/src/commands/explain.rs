//! `throughline explain`: opens a number.

use clap::Args;
use throughline_engine::{Error, MeasureRequest, Reader, Result};

use crate::cli::Moment;
use crate::context::Context;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Id of the measure
    #[arg(value_name = "ID")]
    id: String,
    /// The period, such as 2026-03 [default: the last one with a mature value]
    #[arg(long, short, value_name = "PERIOD")]
    period: Option<String>,
    /// One segment only, such as channel=chat
    #[arg(long, value_name = "DIMENSION=VALUE")]
    segment: Option<String>,
    /// List the records behind the number, at most so many
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "100")]
    rows: Option<usize>,
    #[command(flatten)]
    moment: Moment,
}

/// Explains one reading.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let reader = context.read(&arguments.moment)?;
    let period = match arguments.period {
        Some(period) => period,
        None => last_known(&reader, &arguments.id).await?,
    };
    let segment = arguments.segment.as_deref().map(segment).transpose()?;
    let explanation = reader.explain(&arguments.id, &period, segment, arguments.rows).await?;
    let trust = reader.trust(&arguments.id).await?;
    let settings = &reader.definitions().settings;
    context.reply(
        |style| render::explain::page(&explanation, &trust, settings, style),
        || wire::explain::Trusted::new(&explanation, &trust),
    )
}

/// Label of the last complete period of the scorecard's length in which the measure has a mature value.
async fn last_known(reader: &Reader, id: &str) -> Result<String> {
    let last = throughline_engine::scorecard::last_complete(reader.definitions(), reader.calendar(), reader.known());
    let request = MeasureRequest { grain: Some(last.grain), ..MeasureRequest::default() };
    let readings = reader.measure(id, &request).await?;
    let mut known = readings.into_iter().rev().filter(|r| r.value.is_some() && r.mature && r.period.end <= last.end);
    Ok(known.next().map_or(last.label, |reading| reading.period.label))
}

fn segment(text: &str) -> Result<(String, String)> {
    let (dimension, value) = text
        .split_once('=')
        .ok_or_else(|| Error::input(format!("{text} names no segment.")).hint("write DIMENSION=VALUE: channel=chat"))?;
    Ok((dimension.trim().to_owned(), value.trim().to_owned()))
}
