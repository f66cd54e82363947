//! `throughline import`: files become rows of the standard tables.

use std::time::Duration;

use clap::Args;
use throughline_engine::{Error, ImportRequest, Result};

use super::journey::length;
use super::watch;
use crate::context::{Context, instant};
use crate::progress::{Meter, report_progress};
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Files, folders and globs: CSV, TSV, spreadsheets, JSON, Parquet, XES, OCEL; plain, gzip, zstd or zip
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,
    /// Layout to read them with [default: recognised by the header]
    #[arg(long = "as", value_name = "LAYOUT")]
    layout: Option<String>,
    /// How their text is encoded, such as windows-1250 [default: found by looking]
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    /// When we were told, for loading a history with its past [default: now]
    #[arg(long, value_name = "DATE")]
    recorded_at: Option<String>,
    /// Fail, with nothing done, if more rows than this are set aside
    #[arg(long, value_name = "N")]
    max_rejects: Option<u64>,
    /// Go on: import files as they appear or change, until stopped with Ctrl-C
    #[arg(long, conflicts_with_all = ["dry_run", "recorded_at"])]
    watch: bool,
    /// How often to look with --watch
    #[arg(long, value_name = "TIME", default_value = "10s", requires = "watch")]
    every: String,
}

/// Imports and reports.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let workspace = context.open()?;
    let recorded_at = arguments.recorded_at.as_deref().map(|text| instant(&workspace, text)).transpose()?;
    let request = ImportRequest {
        paths: arguments.paths,
        layout: arguments.layout,
        encoding: arguments.encoding,
        dry_run: arguments.dry_run,
        recorded_at,
        max_rejects: arguments.max_rejects,
        ..ImportRequest::default()
    };
    if arguments.watch {
        watch::watch(&workspace, request, pause(&arguments.every)?, context).await?;
        return Ok(Reply::text(String::new()));
    }
    let meter = Meter::new(context);
    let mut progress = |now| report_progress(&meter, now);
    let report = workspace.import(&request, context.now, &mut progress).await?;
    drop(meter);
    context.reply(|style| render::import::report(&report, style), || wire::import::Report::from(&report))
}

/// How long to wait between two looks: a second at least.
fn pause(text: &str) -> Result<Duration> {
    match u64::try_from(length::micros(text)?) {
        Ok(micros @ 1_000_000..) => Ok(Duration::from_micros(micros)),
        _ => Err(Error::input(format!("--every {text} is too often.")).hint("Say 1s or more.")),
    }
}
