//! `throughline audit`: who changed what, and when.

use clap::Args;
use throughline_engine::Result;
use throughline_people::{Actor, AuditFilter};

use crate::context::Context;
use crate::people::{error, open};
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Show at most so many entries (1000 at most)
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// Only entries before the one with this number
    #[arg(long, value_name = "NUMBER")]
    before: Option<i64>,
    /// Only what this user or token:NAME did
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// Only this action, such as user.add, or all of its kind, such as user
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// First remove entries older than so many days (30 or more); that is recorded
    #[arg(long, value_name = "DAYS")]
    prune: Option<u32>,
}

/// Shows the trail, the newest first.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let workspace = context.open()?;
    let people = open(&workspace)?;
    let prune = |days| people.prune_audit(&Actor::machine(&context.who), days, context.now);
    let pruned = arguments.prune.map(prune).transpose().map_err(error)?;
    let filter = AuditFilter { who: arguments.who, action: arguments.action, ..AuditFilter::default() };
    let page = people.audit(&filter, arguments.before, arguments.limit).map_err(error)?;
    let zone = workspace.settings()?.zone;
    context.reply(|style| render::audit::page(&page, pruned, &zone, style), || wire::audit::Page::new(&page, pruned))
}
