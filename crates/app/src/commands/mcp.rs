//! `throughline mcp`: the workspace as tools for assistants.

use clap::Args;
use rmcp::ServiceExt;
use rmcp::transport::stdio;
use throughline_engine::{Error, Result};

use crate::context::Context;
use crate::http::log;
use crate::mcp::Server;
use crate::reply::Reply;

/// Arguments of `mcp`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Show names of customers and other personal data instead of masking them
    #[arg(long)]
    unmasked: bool,
}

/// Speaks the Model Context Protocol over standard input and output until the input ends.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    // Standard output belongs to the protocol; the log goes to standard error.
    log::start(false, false);
    // Said at once, and not by every tool.
    context.open()?;
    let server = Server::new(context.clone(), arguments.unmasked)?;
    let broken = |error: &dyn std::fmt::Display| {
        Error::input(format!("The conversation ended early: {error}."))
            .hint("An assistant starts this program and speaks to it; see docs/assistants.md.")
    };
    match server.serve(stdio()).await {
        Ok(service) => {
            service.waiting().await.map_err(|error| broken(&error))?;
        }
        // Whoever started it went away without a word.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => {}
        Err(error) => return Err(broken(&error)),
    }
    Ok(Reply::text(""))
}
