//! `throughline vacuum`: small files merged, replaced ones removed.

use clap::Args;
use indicatif::DecimalBytes;
use jiff::SignedDuration;
use throughline_engine::{Error, Result};

use super::journey::length;
use crate::context::Context;
use crate::progress::{Meter, report_progress};
use crate::render::text::{count, counted};
use crate::reply::Reply;
use crate::wire::vacuum::Vacuum;

/// Arguments of `vacuum`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Keep what was replaced within so long, such as 1h or 7d [default: `keep_replaced_files` of throughline.toml, else 1h]
    #[arg(long, value_name = "TIME")]
    keep: Option<String>,
}

/// Merges and removes, and says how much.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let workspace = context.open()?;
    let keep = arguments.keep.as_deref().map(kept).transpose()?;
    let meter = Meter::new(context);
    let done = workspace.vacuum(keep, context.now, &mut |now| report_progress(&meter, now)).await?;
    context.reply(
        |_| {
            format!(
                "The tables lie in {}; before it were {}. {} that had been replaced went, {} in all.\n",
                counted(done.data_files, "data file"),
                count(done.data_files_before),
                counted(done.removed.files, "file"),
                DecimalBytes(done.removed.bytes)
            )
        },
        || Vacuum::from(done),
    )
}

fn kept(text: &str) -> Result<SignedDuration> {
    match length::micros(text)? {
        micros @ 0.. => Ok(SignedDuration::from_micros(micros)),
        _ => {
            Err(Error::input("What was replaced cannot be kept for less than no time.")
                .hint("Say --keep 0s, 1h or 7d."))
        }
    }
}
