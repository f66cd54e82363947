//! `throughline journey lifecycle`: new, returning, resurrected, paused and dormant customers.

use clap::Args;
use throughline_engine::{LifecycleRequest, Result};
use throughline_model::period::Grain;

use super::length::micros;
use super::scope::ScopeArguments;
use crate::commands::import::report_progress;
use crate::context::Context;
use crate::progress::Meter;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `journey lifecycle`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Length of the periods: day, week, month, quarter, year
    #[arg(long, value_name = "PERIOD", default_value = "month")]
    every: Grain,
    /// Who was active this long before is not dormant; counted in whole periods
    #[arg(long, value_name = "TIME", default_value = "90d")]
    window: String,
    /// Kinds of touchpoint that count as activity, joined by | [default: orders that count]
    #[arg(long, value_name = "KINDS", value_delimiter = '|')]
    activity: Vec<String>,
    #[command(flatten)]
    scope: ScopeArguments,
}

/// Shows the life cycle.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let reader = context.read(&arguments.scope.moment)?;
    let scope = arguments.scope.scope(&reader)?;
    let request =
        LifecycleRequest { every: arguments.every, window: micros(&arguments.window)?, activity: arguments.activity };
    let meter = Meter::new(context);
    let mut progress = |now| report_progress(&meter, now);
    let found = reader.session().journey_lifecycle(&scope, &request, &mut progress).await?;
    drop(meter);
    context.reply(
        |style| render::journey::lifecycle::page(&found, style),
        || wire::journey::lifecycle::Answer::new(&found, reader.known()),
    )
}
