//! `throughline import`: files become rows of the standard tables.

use clap::Args;
use throughline_engine::{ImportRequest, Result};

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
    let meter = Meter::new(context);
    let mut progress = |now| report_progress(&meter, now);
    let report = workspace.import(&request, context.now, &mut progress).await?;
    drop(meter);
    context.reply(|style| render::import::report(&report, style), || wire::import::Report::from(&report))
}
