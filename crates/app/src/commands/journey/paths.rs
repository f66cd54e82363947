//! `throughline journey paths`: the sequences of steps that people go through.

use clap::Args;
use throughline_engine::{Error, PathsRequest, Result};

use super::scope::ScopeArguments;
use crate::commands::import::report_progress;
use crate::context::Context;
use crate::progress::Meter;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `journey paths`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What touchpoints are called: kind, stage or channel
    #[arg(long, value_name = "WHAT", default_value = "kind")]
    steps: String,
    /// Count the same step several times in a row once
    #[arg(long)]
    collapse: bool,
    /// Begin each path at the first time of this step; people without it have none
    #[arg(long, value_name = "STEP")]
    from_step: Option<String>,
    /// End each path at the first time of this step
    #[arg(long, value_name = "STEP")]
    until_step: Option<String>,
    /// Most steps of a path; longer ones are cut there
    #[arg(long, value_name = "N", default_value_t = 50)]
    longest: usize,
    /// Most paths listed
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    /// Compare two groups of a breakdown: segment=retail,trade
    #[arg(long, value_name = "BY=A,B", conflicts_with = "by")]
    compare: Option<String>,
    #[command(flatten)]
    scope: ScopeArguments,
}

/// Positions that the flow in JSON covers.
const POSITIONS: usize = 8;

/// Finds paths and shows them.
pub async fn run(mut arguments: Arguments, context: &Context) -> Result<Reply> {
    let mut compare = None;
    if let Some(text) = &arguments.compare {
        let (by, groups) = two_groups(text)?;
        (arguments.scope.by, compare) = (Some(by), Some(groups));
    }
    let request = PathsRequest {
        steps: arguments.steps,
        collapse: arguments.collapse,
        from: arguments.from_step,
        until: arguments.until_step,
        longest: arguments.longest,
        top: arguments.top,
        positions: POSITIONS,
        compare,
    };
    let reader = context.read(&arguments.scope.moment)?;
    let scope = arguments.scope.scope(&reader)?;
    let meter = Meter::new(context);
    let found = reader.session().journey_paths(&scope, &request, &mut |now| report_progress(&meter, now)).await?;
    drop(meter);
    context.reply(
        |style| render::journey::paths::page(&found, style),
        || wire::journey::paths::Paths::new(&found, reader.known()),
    )
}

/// Breakdown and groups of `segment=retail,trade`.
fn two_groups(text: &str) -> Result<(String, [String; 2])> {
    let parts = text.split_once('=').and_then(|(by, groups)| Some((by, groups.split_once(',')?)));
    let (by, (first, second)) = parts.ok_or_else(|| {
        Error::input(format!("`{text}` does not name two groups to compare."))
            .hint("such as --compare segment=retail,trade")
    })?;
    Ok((by.trim().to_owned(), [first, second].map(|group| group.trim().to_owned())))
}
