//! `throughline token`: how programs show who they are.

use clap::{Args, Subcommand};
use jiff::SignedDuration;
use throughline_engine::{Error, Result};
use throughline_people::{Actor, NewToken, Role, Scope};

use super::journey::length;
use crate::context::Context;
use crate::people::{error, open, random};
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `token`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a token and show it, once
    Add(Add),
    /// List all tokens
    List,
    /// End a token
    Revoke(Revoke),
}

#[derive(Debug, Args)]
struct Add {
    /// Name: 1 to 64 letters
    #[arg(value_name = "NAME")]
    name: String,
    /// What it is for: read, events, write, sql; several with commas, or the option again
    #[arg(long, value_name = "SCOPE", required = true, value_delimiter = ',')]
    scope: Vec<Scope>,
    /// What it may do at most: viewer, analyst, editor or admin [default: the least that its scopes need]
    #[arg(long, value_name = "ROLE")]
    role: Option<Role>,
    /// How long it is in force, such as 90d [default: until it is revoked]
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
}

#[derive(Debug, Args)]
struct Revoke {
    /// Name of the token
    #[arg(value_name = "NAME")]
    name: String,
}

/// Makes, lists or revokes tokens.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    match arguments.action {
        Action::Add(arguments) => add(arguments, context),
        Action::List => list(context),
        Action::Revoke(arguments) => revoke(&arguments.name, context),
    }
}

fn add(arguments: Add, context: &Context) -> Result<Reply> {
    let workspace = context.open()?;
    let expires_at = arguments.expires.as_deref().map(|text| ends(text, context)).transpose()?;
    let scopes = arguments.scope.into_iter().collect();
    let new = NewToken { name: &arguments.name, scopes, role: arguments.role, expires_at };
    let by = Actor::machine(&context.who);
    let (secret, token) = open(&workspace)?.add_token(&by, &new, context.now, &mut random).map_err(error)?;
    let zone = workspace.settings()?.zone;
    context.reply(
        |style| render::token::made(&secret, &token, &zone, style),
        || wire::token::Made::new(&secret, &token, context.now),
    )
}

fn list(context: &Context) -> Result<Reply> {
    let workspace = context.open()?;
    let tokens = open(&workspace)?.tokens().map_err(error)?;
    let zone = workspace.settings()?.zone;
    context.reply(
        |style| render::token::list(&tokens, context.now, &zone, style),
        || wire::token::Tokens::new(&tokens, context.now),
    )
}

fn revoke(name: &str, context: &Context) -> Result<Reply> {
    let by = Actor::machine(&context.who);
    let token = open(&context.open()?)?.revoke_token(&by, name, context.now).map_err(error)?;
    context.reply(
        |style| render::user::said(&format!("The token {} opens nothing any more.", token.name), style),
        || wire::token::Token::new(&token, context.now),
    )
}

/// When a token ends that is in force for so long.
fn ends(text: &str, context: &Context) -> Result<jiff::Timestamp> {
    let length = SignedDuration::from_micros(length::micros(text)?);
    context.now.checked_add(length).map_err(|_| Error::input(format!("{text} from now is beyond the calendar.")))
}
