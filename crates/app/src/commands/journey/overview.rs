//! `throughline journey`: who is in each stage, who moves on, and what happens there.

use clap::Args;
use throughline_engine::{OverviewRequest, Result};

use super::scope::ScopeArguments;
use crate::commands::import::report_progress;
use crate::context::Context;
use crate::progress::Meter;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of the overview.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scope: ScopeArguments,
    /// Most touchpoints listed of each stage
    #[arg(long, value_name = "N", default_value_t = 4)]
    top: usize,
}

/// Shows the overview.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let reader = context.read(&arguments.scope.moment)?;
    let scope = arguments.scope.scope(&reader)?;
    let meter = Meter::new(context);
    let mut progress = |now| report_progress(&meter, now);
    let found = reader.journey_overview(&scope, &OverviewRequest::default(), &mut progress).await?;
    drop(meter);
    context.reply(
        |style| render::journey::overview::page(&found, arguments.top, style),
        || wire::journey::overview::Overview::new(&found, reader.known()),
    )
}
