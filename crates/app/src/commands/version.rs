//! `throughline version`.

use clap::Args;
use serde::Serialize;
use throughline_engine::Result;

use crate::context::Context;
use crate::reply::Reply;

/// Arguments of `version`: none.
#[derive(Debug, Args)]
pub struct Arguments {}

#[derive(Serialize)]
struct Wire {
    version: &'static str,
    definitions_format: u32,
}

/// Says the version of the program and of the definition files it reads.
pub async fn run(_: Arguments, context: &Context) -> Result<Reply> {
    let wire = Wire { version: env!("CARGO_PKG_VERSION"), definitions_format: 1 };
    let text = format!("throughline {} (definitions of format {})\n", wire.version, wire.definitions_format);
    context.reply(|_| text, || wire)
}
