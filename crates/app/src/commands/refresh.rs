//! `throughline sources`, `sources list` and `sources refresh`: where data come from, and what is asked for them.

use clap::{Args, Subcommand};
use throughline_engine::{RefreshReport, RefreshRequest, Refreshing, Result};

use super::sources;
use crate::context::Context;
use crate::failure;
use crate::progress::{Meter, report_progress};
use crate::question;
use crate::render;
use crate::render::text::count;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `sources`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    health: sources::Arguments,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show the databases and folders of sources/, when each was refreshed and when it is due
    List,
    /// Import what is new in databases and folders
    Refresh(Refresh),
}

#[derive(Debug, Args)]
struct Refresh {
    /// Sources by the names of their files [default: all]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Take everything again, not only what is new since the last time
    #[arg(long)]
    whole: bool,
}

/// Shows the health of all sources, lists those that can be refreshed, or refreshes them.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    match arguments.action {
        None => question::run(arguments.health, context).await,
        Some(Action::List) => list(context),
        Some(Action::Refresh(refresh)) => self::refresh(refresh, context).await,
    }
}

fn list(context: &Context) -> Result<Reply> {
    let workspace = context.open()?;
    let sources = workspace.refreshable_sources(context.now)?;
    let zone = workspace.settings()?.zone;
    context.reply(|style| render::refresh::list(&sources, &zone, style), || wire::refresh::List::from(&sources[..]))
}

/// One source that fails does not stop the others; the exit code is that of the first failure.
async fn refresh(arguments: Refresh, context: &Context) -> Result<Reply> {
    let workspace = context.open()?;
    let names = match arguments.names {
        names if names.is_empty() => {
            workspace.refreshable_sources(context.now)?.into_iter().map(|source| source.source).collect()
        }
        names => names,
    };
    let mut done = Vec::with_capacity(names.len());
    for source in names {
        let meter = Meter::new(context);
        let mut progress = |now| show(&meter, &source, now);
        let request = RefreshRequest { source: source.clone(), whole: arguments.whole };
        let result = workspace.refresh(&request, &secret, context.now, &mut progress).await;
        drop(meter);
        done.push((source, result));
    }
    let problem = |result: &'_ Result<RefreshReport>| match result {
        Ok(report) => report.problems.first().map(|error| error.kind),
        Err(error) => Some(error.kind),
    };
    let failed = done.iter().find_map(|(_, result)| problem(result)).map(failure::code);
    let reply = context
        .reply(|style| render::refresh::refreshed(&done, style), || wire::refresh::Refreshed::from(&done[..]))?;
    Ok(failed.map_or(reply.clone(), |code| reply.with_code(code)))
}

/// What stands in an environment variable that a source names.
pub fn secret(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn show(meter: &Meter, source: &str, now: Refreshing) {
    match now {
        Refreshing::Fetching { query, bytes } => meter.say(format!("{source}: {}", fetching(&query, bytes))),
        Refreshing::Importing(now) => report_progress(meter, now),
    }
}

/// How far a query is.
pub fn fetching(query: &str, bytes: u64) -> String {
    format!("fetching {query}, {} MiB", count(bytes >> 20))
}
