//! `throughline restore`: a workspace out of a backup.

use std::path::PathBuf;

use clap::Args;
use throughline_engine::{Result, Workspace};

use crate::context::Context;
use crate::progress::{Meter, report_work};
use crate::reply::Reply;
use crate::{render, wire};

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder of the backup
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,
    /// Folder to make the workspace in; it must not exist
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Makes the workspace, and says what it holds.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let meter = Meter::new(context);
    let mut progress = |now| report_work(&meter, now);
    let report = Workspace::restore(&arguments.backup, &arguments.folder, context.now, &mut progress).await?;
    drop(meter);
    let zone = Workspace::open(&arguments.folder)?.settings()?.zone;
    context.reply(|style| render::backup::restored(&report, &zone, style), || wire::backup::Restored::from(&report))
}
