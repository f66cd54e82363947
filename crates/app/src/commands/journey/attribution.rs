//! `throughline journey attribution`: channels before orders, by rules side by side.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use throughline_engine::{AttributionAnswer, AttributionRequest, Reader, Result, attribution_of_paths};

use super::length::micros;
use super::scope::ScopeArguments;
use crate::cli::Moment;
use crate::context::Context;
use crate::question::{self, Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `journey attribution`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Paths added up in a CSV file (path,conversions,value,nulls) instead of a workspace's journeys
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["window", "half_life", "by", "from", "to", "case", "known", "visitors", "as_of", "working"]
    )]
    paths: Option<PathBuf>,
    #[command(flatten)]
    journeys: Journeys,
}

/// Attribution from a workspace's journeys.
#[derive(Debug, Args)]
pub struct Journeys {
    /// Visits at most this long before an order get a part of it
    #[arg(long, value_name = "TIME", default_value = "90d")]
    window: String,
    /// Time in which a visit loses half its weight by time decay
    #[arg(long, value_name = "TIME", default_value = "7d")]
    half_life: String,
    #[command(flatten)]
    scope: ScopeArguments,
}

/// Shows attribution.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    match &arguments.paths {
        Some(file) => of_paths(file, context),
        None => question::run(arguments.journeys, context).await,
    }
}

impl Question for Journeys {
    type Found = AttributionAnswer;
    type Wire = wire::journey::attribution::Answer;
    const TABLE: &'static [&'static str] = &["groups", "channels"];

    fn moment(&self) -> &Moment {
        &self.scope.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, progress: Listener<'_>) -> Result<AttributionAnswer> {
        let scope = self.scope.scope(reader)?;
        let (window, half_life) = (Some(micros(&self.window)?), micros(&self.half_life)?);
        let request = AttributionRequest { window, half_life };
        reader.session().journey_attribution(&scope, &request, progress).await
    }

    fn wire(&self, found: &AttributionAnswer, reader: &Reader) -> Self::Wire {
        let currency = &reader.definitions().settings.currency;
        wire::journey::attribution::Answer::new(found, currency, reader.known())
    }
}

impl Shown for Journeys {
    fn page(&self, found: &AttributionAnswer, reader: &Reader, style: &Style) -> String {
        render::journey::attribution::page(found, &reader.definitions().settings.currency, style)
    }
}

fn of_paths(file: &Path, context: &Context) -> Result<Reply> {
    let found = attribution_of_paths(file)?;
    context.reply(
        |style| render::journey::attribution::paths_page(&found, style),
        || wire::journey::attribution::Paths::from(&found),
    )
}
