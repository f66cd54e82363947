//! What a command knows of the world: the clock, the environment, the terminal.

use std::env;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use throughline_engine::{Error, ReadOptions, Reader, Result, Workspace};
use throughline_model::Level;
use throughline_model::period::Calendar;

use crate::cli::{Cli, Moment};
use crate::render::style::{Style, USUAL};
use crate::reply::Reply;

/// The world as one command sees it; the clock is read once.
#[derive(Debug, Clone)]
pub struct Context {
    /// Folder of the workspace.
    pub workspace: PathBuf,
    /// Whether to answer as JSON.
    pub json: bool,
    /// The moment the command began.
    pub now: Timestamp,
    /// Who runs it, for the record of revisions.
    pub who: String,
    /// How to write to standard output.
    pub style: Style,
    /// How to write to standard error.
    pub errors: Style,
    /// Whether progress may be shown.
    pub progress: bool,
}

impl Context {
    /// Reads the clock, the environment and the terminal.
    pub fn from_environment(cli: &Cli) -> Context {
        let said_no = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
        let out = std::io::stdout().is_terminal();
        let err = std::io::stderr().is_terminal();
        let width = if out { terminal_width() } else { USUAL };
        Context {
            workspace: cli.workspace.clone(),
            json: cli.json,
            now: Timestamp::now(),
            who: who(),
            style: Style { colour: out && !said_no && !dumb, terminal: out, ..Style::plain(width) },
            errors: Style { colour: err && !said_no && !dumb, terminal: err, ..Style::plain(terminal_width()) },
            progress: err && !dumb,
        }
    }

    /// Opens the workspace.
    pub fn open(&self) -> Result<Workspace> {
        Workspace::open(&self.workspace)
    }

    /// Opens the workspace for questions about a moment.
    pub fn read(&self, moment: &Moment) -> Result<Reader> {
        let workspace = self.open()?;
        let as_of = moment.as_of.as_deref().map(|text| instant(&workspace, text)).transpose()?;
        if moment.working || workspace.revisions()?.is_empty() {
            self.warn_of_errors(&workspace)?;
        }
        workspace.reader(ReadOptions { as_of, working: moment.working, now: self.now, linking: moment.linking })
    }

    /// What is wrong in definitions nobody applied is left out of answers; that must not go unsaid.
    fn warn_of_errors(&self, workspace: &Workspace) -> Result<()> {
        let (_, problems) = workspace.working()?;
        let errors = problems.iter().filter(|problem| problem.level == Level::Error).count();
        if errors > 0 {
            eprintln!(
                "Warning: {errors} error(s) in the definitions; what they concern is left out. `throughline check` shows them."
            );
        }
        Ok(())
    }

    /// The answer in the form that was asked for; only that form is made.
    pub fn reply<W: serde::Serialize>(
        &self,
        text: impl FnOnce(&Style) -> String,
        wire: impl FnOnce() -> W,
    ) -> Result<Reply> {
        if self.json { Reply::json(&wire()) } else { Ok(Reply::text(text(&self.style))) }
    }
}

/// An instant as people write it, on the workspace's clock.
pub fn instant(workspace: &Workspace, text: &str) -> Result<Timestamp> {
    let calendar = Calendar::new(&workspace.settings()?).map_err(Error::definition)?;
    calendar.parse_instant(text).map_err(Error::input)
}

/// The name of a folder, for a workspace that was given none.
pub fn folder_name(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.file_name().map_or("Throughline".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn terminal_width() -> usize {
    console::Term::stdout().size_checked().map_or(USUAL, |(_, columns)| usize::from(columns))
}

fn who() -> String {
    let named = ["THROUGHLINE_USER", "USER", "USERNAME"].iter().find_map(|name| env::var(name).ok());
    named.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "unknown".to_owned())
}
