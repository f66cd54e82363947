//! `throughline journey delivery`: promised against actual, and what follows.

use clap::Args;
use throughline_engine::{DeliveryRequest, Result};

use super::scope::ScopeArguments;
use crate::commands::import::report_progress;
use crate::context::Context;
use crate::progress::Meter;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `journey delivery`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scope: ScopeArguments,
}

/// Shows deliveries.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let reader = context.read(&arguments.scope.moment)?;
    let scope = arguments.scope.scope(&reader)?;
    let meter = Meter::new(context);
    let mut progress = |now| report_progress(&meter, now);
    let found = reader.session().journey_delivery(&scope, &DeliveryRequest::default(), &mut progress).await?;
    drop(meter);
    context.reply(
        |style| render::journey::delivery::page(&found, style),
        || wire::journey::delivery::Answer::new(&found, reader.known()),
    )
}
