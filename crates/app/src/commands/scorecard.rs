//! `throughline scorecard`: where the company stands.

use clap::Args;
use throughline_engine::Result;

use crate::cli::Moment;
use crate::context::Context;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `scorecard`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Period to show, such as 2026-03 [default: the last complete one most measures have enough mature data for]
    #[arg(long, short, value_name = "PERIOD")]
    period: Option<String>,
    #[command(flatten)]
    moment: Moment,
}

/// Computes the scorecard and shows it.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let reader = context.read(&arguments.moment)?;
    let view = reader.scorecard(arguments.period.as_deref()).await?;
    context.reply(|style| render::scorecard::scorecard(&view, style), || wire::scorecard::Scorecard::from(&view))
}
