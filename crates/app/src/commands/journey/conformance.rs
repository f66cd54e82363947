//! `throughline journey conformance`: who follows the map of stages.

use clap::Args;
use throughline_engine::{ConformanceRequest, Result};

use super::scope::ScopeArguments;
use crate::commands::import::report_progress;
use crate::context::Context;
use crate::progress::Meter;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `journey conformance`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A stage that may be passed over; may be given several times [default: support]
    #[arg(long, value_name = "STAGE")]
    may_skip: Vec<String>,
    /// A stage that may be gone back to at any time; may be given several times [default: the first]
    #[arg(long, value_name = "STAGE")]
    may_return: Vec<String>,
    /// The stage after which going back begins the journey anew [default: purchase]
    #[arg(long, value_name = "STAGE")]
    loop_after: Option<String>,
    /// The journey is a line: nothing is allowed beyond what is named
    #[arg(long)]
    strict: bool,
    /// Most deviations listed
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    #[command(flatten)]
    scope: ScopeArguments,
}

/// Holds journeys against the map and shows who leaves it.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let some = |stages: Vec<String>| (!stages.is_empty()).then_some(stages);
    let request = ConformanceRequest {
        may_skip: some(arguments.may_skip),
        may_return: some(arguments.may_return),
        loop_after: arguments.loop_after,
        strict: arguments.strict,
    };
    let reader = context.read(&arguments.scope.moment)?;
    let scope = arguments.scope.scope(&reader)?;
    let meter = Meter::new(context);
    let found = reader.session().journey_conformance(&scope, &request, &mut |now| report_progress(&meter, now)).await?;
    drop(meter);
    context.reply(
        |style| render::journey::conformance::page(&found, arguments.top, style),
        || wire::journey::conformance::Conformance::new(&found, reader.known()),
    )
}
