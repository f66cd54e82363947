//! `throughline identity`: which names are one customer, and why.

use clap::{Args, Subcommand};
use throughline_engine::Result;
use throughline_engine::identity::Statement;

use super::import::report_progress;
use crate::cli::Moment;
use crate::context::Context;
use crate::progress::Meter;
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `identity`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show all links, or whose a name is and why
    Show(Show),
    /// Link an alias to a customer
    Link(Link),
    /// Undo the link of an alias, whoever made it
    Unlink(Unlink),
    /// List where names cannot be told apart, so that nothing is linked
    Conflicts(Conflicts),
}

#[derive(Debug, Args)]
struct Show {
    /// A customer's id, or any name that a source uses; without it all links are listed
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Of all links, list at most so many
    #[arg(long, value_name = "N", default_value_t = 200)]
    limit: usize,
    #[command(flatten)]
    moment: Moment,
}

#[derive(Debug, Args)]
struct Link {
    /// The name that is to be linked
    #[arg(value_name = "ALIAS")]
    alias: String,
    /// The customer it belongs to, or another alias of that customer
    #[arg(value_name = "CUSTOMER")]
    customer: String,
    /// Why; kept with the link
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Who says so [default: the user of the system]
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
}

#[derive(Debug, Args)]
struct Unlink {
    /// The name whose link is to end
    #[arg(value_name = "ALIAS")]
    alias: String,
    /// Why; kept with the undoing
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
    /// Who says so [default: the user of the system]
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
}

#[derive(Debug, Args)]
struct Conflicts {
    #[command(flatten)]
    moment: Moment,
}

/// Shows, links, unlinks or lists conflicts.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    match arguments.action {
        Action::Show(arguments) => show(arguments, context).await,
        Action::Link(arguments) => link(arguments, context).await,
        Action::Unlink(arguments) => unlink(arguments, context).await,
        Action::Conflicts(arguments) => conflicts(arguments, context).await,
    }
}

async fn show(arguments: Show, context: &Context) -> Result<Reply> {
    let reader = context.read(&arguments.moment)?;
    let zone = &reader.definitions().settings.zone;
    match &arguments.name {
        Some(name) => {
            let identity = reader.identity(name).await?;
            context.reply(
                |style| render::identity::one(&identity, zone, style),
                || wire::identity::Identity::from(&identity),
            )
        }
        None => {
            let list = reader.identity_links(arguments.limit).await?;
            context.reply(|style| render::identity::all(&list, zone, style), || wire::identity::LinkList::from(&list))
        }
    }
}

async fn link(arguments: Link, context: &Context) -> Result<Reply> {
    let statement = statement(arguments.who, arguments.why, context);
    let meter = Meter::new(context);
    let mut progress = |now| report_progress(&meter, now);
    let workspace = context.open()?;
    let change = workspace.link(&arguments.alias, &arguments.customer, &statement, context.now, &mut progress).await?;
    drop(meter);
    context.reply(|style| render::identity::linked(&change, style), || wire::identity::Change::from(&change))
}

async fn unlink(arguments: Unlink, context: &Context) -> Result<Reply> {
    let statement = statement(arguments.who, arguments.why, context);
    let meter = Meter::new(context);
    let mut progress = |now| report_progress(&meter, now);
    let change = context.open()?.unlink(&arguments.alias, &statement, context.now, &mut progress).await?;
    drop(meter);
    context.reply(|style| render::identity::unlinked(&change, style), || wire::identity::Change::from(&change))
}

async fn conflicts(arguments: Conflicts, context: &Context) -> Result<Reply> {
    let conflicts = context.read(&arguments.moment)?.identity_conflicts().await?;
    context.reply(
        |style| render::identity::conflicts(&conflicts, style),
        || wire::identity::Conflicts::from(conflicts.as_slice()),
    )
}

fn statement(who: Option<String>, why: String, context: &Context) -> Statement {
    Statement { who: who.unwrap_or_else(|| context.who.clone()), why }
}
