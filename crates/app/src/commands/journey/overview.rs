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
    /// Most touchpoints listed of each stage [default: 4; with --by none]
    #[arg(long, value_name = "N")]
    top: Option<usize>,
}

/// Shows the overview.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let reader = context.read(&arguments.scope.moment)?;
    let scope = arguments.scope.scope(&reader)?;
    let meter = Meter::new(context);
    let request = OverviewRequest::default();
    let found = reader.session().journey_overview(&scope, &request, &mut |now| report_progress(&meter, now)).await?;
    drop(meter);
    let top = arguments.top.unwrap_or(if scope.by.is_none() { 4 } else { 0 });
    context.reply(
        |style| render::journey::overview::page(&found, top, style),
        || wire::journey::overview::Overview::new(&found, reader.known()),
    )
}
