//! `throughline customer`: one customer's time line.

use clap::Args;
use throughline_engine::Result;

use crate::cli::Moment;
use crate::context::Context;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `customer`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The customer's id, or any name that a source uses
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    moment: Moment,
}

/// Shows the time line.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let reader = context.read(&arguments.moment)?;
    let line = reader.customer(&arguments.id).await?;
    let definitions = reader.definitions();
    context
        .reply(|style| render::customer::time_line(&line, definitions, style), || wire::customer::TimeLine::from(&line))
}
