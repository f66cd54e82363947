//! `throughline sources`: where data come from and how far they can be trusted.

use clap::Args;
use throughline_engine::Result;

use crate::cli::Moment;
use crate::context::Context;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `sources`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    moment: Moment,
}

/// Lists every source of every table.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let reader = context.read(&arguments.moment)?;
    let now = if arguments.moment.as_of.is_some() { reader.known() } else { context.now };
    let sources = reader.sources(now).await?;
    let zone = &reader.definitions().settings.zone;
    context.reply(|style| render::sources::page(&sources, zone, style), || wire::sources::Sources::new(now, &sources))
}
