//! `throughline rejects`: rows that were set aside.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::Value;
use throughline_engine::{Reader, RejectFilter, Rejected, Result};

use crate::cli::Moment;
use crate::context::Context;
use crate::progress::{Meter, report_progress};
use crate::question::{self, Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `rejects`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show rows that were set aside, each with file, line, column, reason and original text
    List(Filter),
    /// Write the rows into files to be mended, one for every source file
    Export(Export),
    /// Import mended files and mark the rows that were accepted
    Replay(Replay),
}

#[derive(Debug, Args)]
struct Export {
    /// Folder to write into
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Only rows of this import
    #[arg(long = "import", value_name = "ID")]
    import_id: Option<String>,
    /// Only rows of this file, as it was given
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
}

#[derive(Debug, Args)]
struct Replay {
    /// Mended exports: files, folders and globs
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,
}

/// Which rejects.
#[derive(Debug, Args)]
pub struct Filter {
    /// Only those of this import
    #[arg(long = "import", value_name = "ID")]
    import_id: Option<String>,
    /// Only those of this file, as it was given
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
    /// Also those that were mended and imported
    #[arg(long)]
    replayed: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 200)]
    limit: usize,
    /// Rejects are always those known now.
    #[arg(skip)]
    moment: Moment,
}

/// Lists, exports or replays.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    match arguments.action {
        Action::List(filter) => question::run(filter, context).await,
        Action::Export(arguments) => export(arguments, context).await,
        Action::Replay(arguments) => replay(arguments, context).await,
    }
}

async fn export(arguments: Export, context: &Context) -> Result<Reply> {
    let filter = RejectFilter { import_id: arguments.import_id, file: arguments.file, ..RejectFilter::default() };
    let export = context.open()?.export_rejects(&arguments.folder, &filter, context.now).await?;
    context.reply(|style| render::rejects::exported(&export, style), || wire::rejects::Export::from(&export))
}

async fn replay(arguments: Replay, context: &Context) -> Result<Reply> {
    let meter = Meter::new(context);
    let workspace = context.open()?;
    let mut progress = |now| report_progress(&meter, now);
    let report = workspace.replay_rejects(&arguments.paths, context.now, &mut progress).await?;
    drop(meter);
    context.reply(|style| render::rejects::replayed(&report, style), || wire::rejects::Replay::from(&report))
}

impl Question for Filter {
    type Found = (Vec<Rejected>, bool);
    type Wire = wire::rejects::Rejects;
    const TABLE: &'static [&'static str] = &["rejects"];
    const PERSONAL: bool = true;

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, _: Listener<'_>) -> Result<Self::Found> {
        let filter = RejectFilter {
            import_id: self.import_id.clone(),
            file: self.file.clone(),
            replayed: self.replayed,
            // One more than is shown tells whether there are more.
            most: Some(self.limit.saturating_add(1)),
        };
        let mut rejects = reader.rejects(&filter).await?;
        let more = rejects.len() > self.limit;
        rejects.truncate(self.limit);
        Ok((rejects, more))
    }

    fn wire(&self, (rejects, more): &Self::Found, _: &Reader) -> Self::Wire {
        wire::rejects::Rejects::new(rejects, *more)
    }

    fn mask(wire: &mut Value) {
        wire::mask::rejects(wire);
    }
}

impl Shown for Filter {
    fn page(&self, (rejects, more): &Self::Found, _: &Reader, style: &Style) -> String {
        render::rejects::list(rejects, *more, style)
    }
}
