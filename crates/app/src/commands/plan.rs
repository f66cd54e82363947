//! `throughline plan`: what the definitions in the files would change, before they are applied.

use clap::Args;
use throughline_engine::Result;

use crate::context::Context;
use crate::reply::Reply;
use crate::{render, wire};

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Periods to look back on
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=60))]
    periods: u16,
}

/// Computes the scores of past periods by the definitions in force and by those in the files.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let workspace = context.open()?;
    let plan = workspace.plan(arguments.periods, context.now).await?;
    let currency = workspace.settings()?.currency;
    context.reply(|style| render::plan::page(&plan, &currency, style), || wire::plan::Plan::from(&plan))
}
