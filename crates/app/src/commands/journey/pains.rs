//! `throughline journey pains`: obstacles found in the journeys, ranked by the money at stake.

use clap::Args;
use throughline_engine::{PainsRequest, Result};

use super::length::micros;
use super::scope::ScopeArguments;
use crate::commands::import::report_progress;
use crate::context::Context;
use crate::progress::Meter;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `journey pains`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// How long later purchases are awaited
    #[arg(long, value_name = "TIME", default_value = "90d")]
    horizon: String,
    /// Most obstacles to list
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    /// Tell the journeys of the example customers of obstacle N, around the moment
    #[arg(long, value_name = "N")]
    show: Option<usize>,
    #[command(flatten)]
    scope: ScopeArguments,
}

/// Shows obstacles.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let reader = context.read(&arguments.scope.moment)?;
    let scope = arguments.scope.scope(&reader)?;
    let request = PainsRequest { horizon: micros(&arguments.horizon)?, show: arguments.show };
    let meter = Meter::new(context);
    let mut progress = |now| report_progress(&meter, now);
    let found = reader.session().journey_pains(&scope, &request, &mut progress).await?;
    drop(meter);
    let definitions = reader.definitions();
    context.reply(
        |style| render::journey::pains::page(&found, arguments.top, definitions, style),
        || wire::journey::pains::Answer::new(&found, &definitions.settings.currency, reader.known()),
    )
}
