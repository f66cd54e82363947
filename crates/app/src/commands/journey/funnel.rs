//! `throughline journey funnel`: how far people come along steps.

use clap::Args;
use throughline_engine::{FunnelRequest, Result};
use throughline_journey::{FunnelMode, Repeat};

use super::length::micros;
use super::scope::ScopeArguments;
use crate::commands::import::report_progress;
use crate::context::Context;
use crate::progress::Meter;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `journey funnel`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The steps in order: kinds of touchpoints; several kinds as one step: 'view|search' or 'look=view|search'
    #[arg(value_name = "STEP", required = true)]
    steps: Vec<String>,
    /// Nothing else may happen between the steps
    #[arg(long, conflicts_with = "any_order")]
    strict: bool,
    /// The steps may come in any order
    #[arg(long)]
    any_order: bool,
    /// Longest time from the entry, inclusive: 30d, 12h, 1h 30m [default: any]
    #[arg(long, value_name = "TIME")]
    window: Option<String>,
    /// Which entries count: the one that comes furthest, the first, or every one
    #[arg(long, value_name = "RULE", value_parser = ["best", "first", "every"], default_value = "best")]
    repeat: String,
    /// Show how long each step takes
    #[arg(long)]
    times: bool,
    #[command(flatten)]
    scope: ScopeArguments,
}

impl Arguments {
    fn request(&self) -> Result<FunnelRequest> {
        Ok(FunnelRequest {
            steps: self.steps.clone(),
            mode: match (self.strict, self.any_order) {
                (true, _) => FunnelMode::Strict,
                (_, true) => FunnelMode::AnyOrder,
                _ => FunnelMode::Ordered,
            },
            window: self.window.as_deref().map(micros).transpose()?,
            repeat: match self.repeat.as_str() {
                "first" => Repeat::First,
                "every" => Repeat::Every,
                _ => Repeat::Best,
            },
            times: self.times,
        })
    }
}

/// Walks the funnel and shows it.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let request = arguments.request()?;
    let reader = context.read(&arguments.scope.moment)?;
    let scope = arguments.scope.scope(&reader)?;
    let meter = Meter::new(context);
    let found = reader.session().journey_funnel(&scope, &request, &mut |now| report_progress(&meter, now)).await?;
    drop(meter);
    context.reply(
        |style| render::journey::funnel::page(&found, style),
        || wire::journey::funnel::Funnel::new(&found, reader.known()),
    )
}
