//! `throughline backup`: the workspace in another folder, while it is in use.

use std::path::PathBuf;

use clap::Args;
use throughline_engine::Result;

use crate::context::Context;
use crate::people::error;
use crate::progress::{Meter, report_work};
use crate::reply::Reply;
use crate::{render, wire};

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder of the backup: empty, or with an earlier backup of this workspace, which is brought up to date
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Makes the backup, and says what is in it.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let workspace = context.open()?;
    let file = workspace.folder().people();
    let meter = Meter::new(context);
    let mut people = |target: &std::path::Path| throughline_people::copy(&file, target).map_err(error);
    let mut progress = |now| report_work(&meter, now);
    let report = workspace.backup(&arguments.folder, context.now, &mut people, &mut progress).await?;
    drop(meter);
    context.reply(|style| render::backup::made(&report, style), || wire::backup::Backup::from(&report))
}
