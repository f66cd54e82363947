//! `throughline serve`: the workspace in a browser, and over HTTP.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use throughline_engine::{Error, Result};
use tokio::net::TcpListener;

use crate::bi;
use crate::context::Context;
use crate::http::origin::Hosts;
use crate::http::people::Kept;
use crate::http::{self, Config, log};
use crate::reply::Reply;
use crate::stop::told_to_stop;

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Address and port to listen on; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7700")]
    listen: SocketAddr,
    /// Answer SQL for BI tools here as well, over PostgreSQL's wire protocol: 127.0.0.1:5433
    #[arg(long, value_name = "ADDRESS")]
    postgres: Option<SocketAddr>,
    /// Whether to open a browser [auto: where somebody sits at a terminal and there is a screen]
    #[arg(long, value_enum, value_name = "WHETHER", default_value = "auto")]
    open: Open,
    /// Another name under which the server is reached; may be given several times
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// Write the log as JSON, one line each
    #[arg(long)]
    log_json: bool,
    /// Largest file that may be uploaded, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 2048)]
    upload_limit: u64,
    /// Seconds until a request that has no answer yet is told to come back
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    patience: u64,
    /// Seconds that events wait for an import at least
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    events_every: u64,
    /// Requests a second that each user, and each address of those not logged in, may send; four times as many may come
    /// at once; 0 allows any number
    #[arg(long, value_name = "N", default_value_t = 50)]
    requests_per_second: u32,
    /// Take the page from this folder instead of the one in the program
    #[arg(long, value_name = "DIR", hide = true)]
    page: Option<PathBuf>,
}

/// How long a client may take to say what it wants, and an idle connection is kept.
const HEADERS_WITHIN: Duration = Duration::from_secs(30);

/// Whether to open a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Open {
    /// Where somebody sits at a terminal and there is a screen.
    Auto,
    /// Yes.
    Yes,
    /// No.
    No,
}

/// Serves until it is told to stop.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let people = crate::people::open(&context.open()?)?;
    let loopback = arguments.listen.ip().is_loopback();
    if !loopback && people.is_empty().map_err(crate::people::error)? {
        let error =
            Error::input(format!("Without users, {} cannot be listened on: anyone could come in.", arguments.listen));
        return Err(error.hint("Add one with `throughline user add NAME --role admin`, or listen on 127.0.0.1."));
    }
    log::start(arguments.log_json, context.errors.colour);
    let config = Config {
        workspace: context.workspace.clone(),
        hosts: Hosts { named: arguments.host, loopback },
        page: arguments.page,
        clock: Timestamp::now,
        upload_bytes: arguments.upload_limit.saturating_mul(1 << 20),
        patience: Duration::from_secs(arguments.patience.max(1)),
        events_every: Duration::from_secs(arguments.events_every.max(1)),
        headers_within: HEADERS_WITHIN,
        requests_per_second: NonZeroU32::new(arguments.requests_per_second),
    };
    let app = http::build(config, Arc::new(Kept::new(people, Timestamp::now)))?;
    let taken = |error| {
        Error::input(format!("{} cannot be listened on: {error}.", arguments.listen))
            .hint("Another server may be running; --listen takes another address.")
    };
    let listener = TcpListener::bind(arguments.listen).await.map_err(taken)?;
    let address = format!("http://{}/", listener.local_addr()?);
    let postgres = match arguments.postgres {
        Some(wanted) => {
            let listener = bi::listen(wanted).await?;
            let taken = listener.local_addr()?;
            app.shared.compute.spawn(bi::serve(listener, app.shared.workspace.clone(), Timestamp::now)?);
            Some(taken)
        }
        None => None,
    };
    say(&address, postgres, context)?;
    if wants_browser(arguments.open) {
        open(&address);
    }
    http::serve(listener, app, told_to_stop()).await?;
    Ok(Reply::text(""))
}

/// The address stands on standard output at once, for people and for scripts.
fn say(address: &str, postgres: Option<SocketAddr>, context: &Context) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let text = if context.json {
        serde_json::json!({ "address": address, "postgres": postgres.map(|address| address.to_string()) }).to_string()
    } else {
        let sql = postgres.map(|address| format!(" SQL is answered at {address}.")).unwrap_or_default();
        format!("Throughline is at {address} – Ctrl-C stops it.{sql}")
    };
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(Error::from)
}

fn wants_browser(open: Open) -> bool {
    let has_screen = || {
        cfg!(any(target_os = "macos", windows))
            || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some())
    };
    match open {
        Open::Yes => true,
        Open::No => false,
        Open::Auto => std::io::stdout().is_terminal() && has_screen(),
    }
}

/// Opens the page. Where that fails, the address still stands on the screen.
fn open(address: &str) {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        Command::new("explorer")
    } else {
        Command::new("xdg-open")
    };
    let _ = command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}
