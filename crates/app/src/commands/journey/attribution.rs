//! `throughline journey attribution`: channels before orders, by rules side by side.

use std::path::{Path, PathBuf};

use clap::Args;
use throughline_engine::{AttributionRequest, Result, attribution_of_paths};

use super::length::micros;
use super::scope::ScopeArguments;
use crate::commands::import::report_progress;
use crate::context::Context;
use crate::progress::Meter;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `journey attribution`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Visits at most this long before an order get a part of it
    #[arg(long, value_name = "TIME", default_value = "90d")]
    window: String,
    /// Time in which a visit loses half its weight by time decay
    #[arg(long, value_name = "TIME", default_value = "7d")]
    half_life: String,
    /// Paths added up in a CSV file (path,conversions,value,nulls) instead of a workspace's journeys
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["window", "half_life", "by", "from", "to", "case", "known", "visitors", "as_of", "working"]
    )]
    paths: Option<PathBuf>,
    #[command(flatten)]
    scope: ScopeArguments,
}

/// Shows attribution.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    if let Some(file) = &arguments.paths {
        return of_paths(file, context);
    }
    let reader = context.read(&arguments.scope.moment)?;
    let scope = arguments.scope.scope(&reader)?;
    let request =
        AttributionRequest { window: Some(micros(&arguments.window)?), half_life: micros(&arguments.half_life)? };
    let meter = Meter::new(context);
    let mut progress = |now| report_progress(&meter, now);
    let found = reader.session().journey_attribution(&scope, &request, &mut progress).await?;
    drop(meter);
    let currency = &reader.definitions().settings.currency;
    context.reply(
        |style| render::journey::attribution::page(&found, currency, style),
        || wire::journey::attribution::Answer::new(&found, currency, reader.known()),
    )
}

fn of_paths(file: &Path, context: &Context) -> Result<Reply> {
    let found = attribution_of_paths(file)?;
    context.reply(
        |style| render::journey::attribution::paths_page(&found, style),
        || wire::journey::attribution::Paths::from(&found),
    )
}
