//! `throughline identity`: which names are one customer, and why.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use throughline_engine::identity::{Identity, IdentityConflict, LinkList, Statement};
use throughline_engine::{Error, ErrorKind, Reader, Result};

use crate::cli::Moment;
use crate::context::Context;
use crate::progress::{Meter, report_progress};
use crate::question::{self, Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
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
    #[command(flatten)]
    all: All,
}

/// All links.
#[derive(Debug, Args)]
pub struct All {
    /// Of all links, list at most so many
    #[arg(long, value_name = "N", default_value_t = 200)]
    limit: usize,
    #[command(flatten)]
    moment: Moment,
}

/// Whose a name is.
#[derive(Debug, Args)]
pub struct One {
    /// A customer's id, or any name that a source uses.
    #[arg(skip)]
    pub name: String,
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

/// Where names cannot be told apart.
#[derive(Debug, Args)]
pub struct Conflicts {
    #[command(flatten)]
    moment: Moment,
}

/// Shows, links, unlinks or lists conflicts.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    match arguments.action {
        Action::Show(arguments) => show(arguments, context).await,
        Action::Link(arguments) => link(arguments, context).await,
        Action::Unlink(arguments) => unlink(arguments, context).await,
        Action::Conflicts(arguments) => question::run(arguments, context).await,
    }
}

async fn show(arguments: Show, context: &Context) -> Result<Reply> {
    match arguments.name {
        Some(name) => question::run(One { name, moment: arguments.all.moment }, context).await,
        None => question::run(arguments.all, context).await,
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

impl Question for All {
    type Found = LinkList;
    type Wire = wire::identity::LinkList;
    const TABLE: &'static [&'static str] = &["links"];

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, _: Listener<'_>) -> Result<LinkList> {
        reader.identity_links(self.limit).await
    }

    fn wire(&self, found: &LinkList, _: &Reader) -> Self::Wire {
        wire::identity::LinkList::from(found)
    }
}

impl Shown for All {
    fn page(&self, found: &LinkList, reader: &Reader, style: &Style) -> String {
        render::identity::all(found, &reader.definitions().settings.zone, style)
    }
}

impl Question for One {
    type Found = Identity;
    type Wire = wire::identity::Identity;

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, _: Listener<'_>) -> Result<Identity> {
        reader.identity(&self.name).await
    }

    fn wire(&self, found: &Identity, _: &Reader) -> Self::Wire {
        wire::identity::Identity::from(found)
    }

    fn is_unknown(&self, _: &Reader, error: &Error) -> bool {
        error.kind == ErrorKind::Input
    }
}

impl Shown for One {
    fn page(&self, found: &Identity, reader: &Reader, style: &Style) -> String {
        render::identity::one(found, &reader.definitions().settings.zone, style)
    }
}

impl Question for Conflicts {
    type Found = Vec<IdentityConflict>;
    type Wire = wire::identity::Conflicts;
    const TABLE: &'static [&'static str] = &["conflicts"];

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, _: Listener<'_>) -> Result<Self::Found> {
        reader.identity_conflicts().await
    }

    fn wire(&self, found: &Self::Found, _: &Reader) -> Self::Wire {
        wire::identity::Conflicts::from(found.as_slice())
    }
}

impl Shown for Conflicts {
    fn page(&self, found: &Self::Found, _: &Reader, style: &Style) -> String {
        render::identity::conflicts(found, style)
    }
}

fn statement(who: Option<String>, why: String, context: &Context) -> Statement {
    Statement { who: who.unwrap_or_else(|| context.who.clone()), why }
}
