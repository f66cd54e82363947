//! `throughline journey transitions`: which step follows which.

use clap::Args;
use throughline_engine::{Result, TransitionsRequest};

use super::length::micros;
use super::scope::ScopeArguments;
use crate::commands::import::report_progress;
use crate::context::Context;
use crate::progress::Meter;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `journey transitions`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What touchpoints are called: kind, stage or channel
    #[arg(long, value_name = "WHAT", default_value = "kind")]
    steps: String,
    /// Show also the time within which nine of ten go on
    #[arg(long)]
    p90: bool,
    /// A longer pause than this ends a journey, and the next touchpoint begins another: 30m, 12h [default: none does]
    #[arg(long, value_name = "TIME")]
    cut: Option<String>,
    /// Most transitions listed
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,
    #[command(flatten)]
    scope: ScopeArguments,
}

/// Counts transitions and shows them.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let cut = arguments.cut.as_deref().map(micros).transpose()?;
    let request = TransitionsRequest { steps: arguments.steps, cut, p90: arguments.p90 };
    let reader = context.read(&arguments.scope.moment)?;
    let scope = arguments.scope.scope(&reader)?;
    let meter = Meter::new(context);
    let found = reader.session().journey_transitions(&scope, &request, &mut |now| report_progress(&meter, now)).await?;
    drop(meter);
    context.reply(
        |style| render::journey::transitions::page(&found, arguments.top, style),
        || wire::journey::transitions::Transitions::new(&found, reader.known()),
    )
}
