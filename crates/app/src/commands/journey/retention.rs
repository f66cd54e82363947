//! `throughline journey retention`: who orders again, period by period after the first order.

use clap::{Args, ValueEnum};
use throughline_engine::{Result, RetentionRequest};
use throughline_journey::RetentionVariant;
use throughline_model::period::Grain;

use super::scope::ScopeArguments;
use crate::commands::import::report_progress;
use crate::context::Context;
use crate::progress::Meter;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `journey retention`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Length of the periods: week, month, quarter, year
    #[arg(long, value_name = "PERIOD", default_value = "month")]
    every: Grain,
    /// Which orders keep a customer
    #[arg(long, value_enum, value_name = "VARIANT", default_value = "in")]
    variant: Variant,
    #[command(flatten)]
    scope: ScopeArguments,
}

/// Which orders keep a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Variant {
    /// Those in the k-th period after the first order's
    In,
    /// Those in it or in any later one
    InOrAfter,
}

/// Shows retention.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let reader = context.read(&arguments.scope.moment)?;
    let scope = arguments.scope.scope(&reader)?;
    let variant = match arguments.variant {
        Variant::In => RetentionVariant::In,
        Variant::InOrAfter => RetentionVariant::InOrAfter,
    };
    let request = RetentionRequest { every: arguments.every, variant };
    let meter = Meter::new(context);
    let mut progress = |now| report_progress(&meter, now);
    let found = reader.session().journey_retention(&scope, &request, &mut progress).await?;
    drop(meter);
    context.reply(
        |style| render::journey::retention::page(&found, style),
        || wire::journey::retention::Answer::new(&found, reader.known()),
    )
}
