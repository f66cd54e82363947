//! `throughline revisions`: what was in force when, and why.

use clap::Args;
use throughline_engine::Result;

use crate::context::Context;
use crate::render::instant::{day, minute};
use crate::render::table::Table;
use crate::reply::Reply;
use crate::wire::revision::{Revision, Revisions};

/// Arguments of `revisions`: none.
#[derive(Debug, Args)]
pub struct Arguments {}

/// Lists all revisions, oldest first.
pub async fn run(_: Arguments, context: &Context) -> Result<Reply> {
    let workspace = context.open()?;
    let revisions = workspace.revisions()?;
    let zone = workspace.settings()?.zone;
    context.reply(
        |style| {
            let mut table = Table::new().number("no").text("in force from").text("applied").text("by").text("why");
            for one in &revisions {
                let cells = [one.number.to_string(), day(one.from, &zone), minute(one.at, &zone)];
                table.row(cells.into_iter().chain([one.who.clone(), one.why.clone()]));
            }
            let note = "The first one also holds for everything earlier.";
            format!("{}\n{note}\n", table.lines(0, style).join("\n"))
        },
        || Revisions { revisions: revisions.iter().map(Revision::from).collect() },
    )
}
