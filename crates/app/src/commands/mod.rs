//! The commands, one file each: arguments, what to ask the engine, and what to answer.

pub mod apply;
pub mod audit;
pub mod backup;
pub mod bench;
pub mod check;
pub mod customer;
pub mod demo;
pub mod doctor;
pub mod edge;
pub mod explain;
pub mod identity;
pub mod import;
pub mod init;
pub mod journey;
pub mod layout;
pub mod mcp;
pub mod measure;
pub mod moved;
pub mod plan;
pub mod refresh;
pub mod rejects;
pub mod restore;
pub mod revisions;
pub mod scorecard;
pub mod serve;
pub mod sources;
pub mod sql;
pub mod token;
pub mod typed;
pub mod user;
pub mod vacuum;
pub mod version;
pub mod watch;

use throughline_engine::Result;

use crate::cli::Command;
use crate::context::Context;
use crate::question;
use crate::reply::Reply;

/// Runs one command.
pub async fn run(command: Command, context: &Context) -> Result<Reply> {
    match command {
        Command::Init(arguments) => init::run(arguments, context).await,
        Command::Check(arguments) => check::run(arguments, context).await,
        Command::Plan(arguments) => plan::run(arguments, context).await,
        Command::Apply(arguments) => apply::run(arguments, context).await,
        Command::Revisions(arguments) => revisions::run(arguments, context).await,
        Command::Import(arguments) => import::run(arguments, context).await,
        Command::Sources(arguments) => refresh::run(arguments, context).await,
        Command::Layout(arguments) => layout::run(arguments, context).await,
        Command::Rejects(arguments) => rejects::run(arguments, context).await,
        Command::Scorecard(arguments) => question::run(arguments, context).await,
        Command::Measure(arguments) => measure::run(arguments, context).await,
        Command::Explain(arguments) => explain::run(arguments, context).await,
        Command::Moved(arguments) => moved::run(arguments, context).await,
        Command::Identity(arguments) => identity::run(arguments, context).await,
        Command::Customer(arguments) => customer::run(arguments, context).await,
        Command::Journey(arguments) => journey::run(*arguments, context).await,
        Command::Mcp(arguments) => mcp::run(arguments, context).await,
        Command::Serve(arguments) => serve::run(arguments, context).await,
        Command::Sql(arguments) => sql::run(arguments, context).await,
        Command::User(arguments) => user::run(arguments, context).await,
        Command::Token(arguments) => token::run(arguments, context).await,
        Command::Audit(arguments) => audit::run(arguments, context).await,
        Command::Vacuum(arguments) => vacuum::run(arguments, context).await,
        Command::Doctor(arguments) => doctor::run(arguments, context).await,
        Command::Backup(arguments) => backup::run(arguments, context).await,
        Command::Restore(arguments) => restore::run(arguments, context).await,
        Command::Demo(arguments) => demo::run(arguments, context).await,
        Command::Version(arguments) => version::run(arguments, context).await,
        Command::Bench(arguments) => bench::run(arguments, context).await,
    }
}
