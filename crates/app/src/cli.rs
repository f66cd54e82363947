//! What can be written on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use throughline_engine::Linking;

use crate::commands;

/// One customer journey and one balanced scorecard, from the records a company already has.
#[derive(Debug, Parser)]
#[command(
    name = "throughline",
    version,
    about,
    propagate_version = true,
    disable_help_subcommand = true,
    after_help = "Begin with `throughline init DIR`, then `throughline import FILES --workspace DIR` and \
                  `throughline scorecard --workspace DIR`.\nEvery command explains itself with --help; every answer \
                  comes as JSON with --json. See docs/commands.md."
)]
pub struct Cli {
    /// Folder of the workspace
    #[arg(long, short, global = true, value_name = "DIR", default_value = ".")]
    pub workspace: PathBuf,
    /// Answer as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a workspace
    Init(commands::init::Arguments),
    /// List every problem of the definitions
    Check(commands::check::Arguments),
    /// Show what the definitions in the files would change in the scores
    Plan(commands::plan::Arguments),
    /// Put the definitions in the files into force
    Apply(commands::apply::Arguments),
    /// List the revisions of the definitions
    Revisions(commands::revisions::Arguments),
    /// Bring files into the standard tables
    Import(commands::import::Arguments),
    /// Show where data come from and how far they can be trusted
    Sources(commands::refresh::Arguments),
    /// List, export and replay the rows that were set aside
    Rejects(commands::rejects::Arguments),
    /// Suggest how a file maps onto the standard tables
    Layout(commands::layout::Arguments),
    /// Show the scorecard of a period
    Scorecard(commands::scorecard::Arguments),
    /// Show a measure over periods
    Measure(commands::measure::Arguments),
    /// Open a number: the SQL that ran, its inputs, its rows
    Explain(commands::explain::Arguments),
    /// Show what moved between two periods, and why
    Moved(commands::moved::Arguments),
    /// Show which names are one customer and why; link and unlink them
    Identity(commands::identity::Arguments),
    /// Show one customer's time line
    Customer(commands::customer::Arguments),
    /// Show where customers go: stages, and the questions below
    Journey(Box<commands::journey::Arguments>),
    /// Answer assistants over standard input and output (Model Context Protocol)
    Mcp(commands::mcp::Arguments),
    /// Show the workspace in a browser, and answer programs over HTTP
    Serve(commands::serve::Arguments),
    /// Ask the standard tables and views in SQL
    Sql(commands::sql::Arguments),
    /// Say who may log in, and as what
    User(commands::user::Arguments),
    /// Make, list and revoke the tokens of programs
    Token(commands::token::Arguments),
    /// Show who changed what, and when
    Audit(commands::audit::Arguments),
    /// Merge small data files and remove those that were replaced
    Vacuum(commands::vacuum::Arguments),
    /// Check every file of the workspace, and mend what can be mended
    Doctor(commands::doctor::Arguments),
    /// Copy the workspace into a folder, while it is in use
    Backup(commands::backup::Arguments),
    /// Make a workspace of a backup
    Restore(commands::restore::Arguments),
    /// Make the source files of a company that does not exist
    Demo(commands::demo::Arguments),
    /// Show the version of the program
    Version(commands::version::Arguments),
    /// Time a task of the performance benchmark
    #[command(hide = true)]
    Bench(commands::bench::Arguments),
}

/// Which moment and which definitions an answer is for.
#[derive(Debug, Clone, Default, Args)]
pub struct Moment {
    /// Answer by what had been recorded until then: 2026-03-14 (the start of that day), 2026-03-14T10:00, …Z
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Use the definitions in the files instead of those in force
    #[arg(long)]
    pub working: bool,
    /// Which links of aliases count: strict (only sure ones), loose (all)
    #[arg(long, value_name = "HOW", default_value_t)]
    pub linking: Linking,
}
