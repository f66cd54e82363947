//! `throughline rejects`: rows that were set aside.

use clap::{Args, Subcommand};
use throughline_engine::{RejectFilter, Result};

use crate::cli::Moment;
use crate::context::Context;
use crate::render;
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
}

#[derive(Debug, Args)]
struct Filter {
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
}

/// Lists, exports or replays.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    match arguments.action {
        Action::List(filter) => list(filter, context).await,
    }
}

async fn list(filter: Filter, context: &Context) -> Result<Reply> {
    let reader = context.read(&Moment::default())?;
    let limit = filter.limit;
    let filter = RejectFilter {
        import_id: filter.import_id,
        file: filter.file,
        replayed: filter.replayed,
        // One more than is shown tells whether there are more.
        most: Some(limit.saturating_add(1)),
    };
    let mut rejects = reader.rejects(&filter).await?;
    let more = rejects.len() > limit;
    rejects.truncate(limit);
    context.reply(|style| render::rejects::list(&rejects, more, style), || wire::rejects::Rejects::new(&rejects, more))
}
