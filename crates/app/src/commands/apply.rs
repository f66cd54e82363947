//! `throughline apply`: puts the definitions in the files into force.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::Result;

use crate::context::Context;
use crate::reply::Reply;
use crate::wire::revision::{Applied, Revision};

/// Arguments of `apply`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Why the definitions change; kept with the revision
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// First period they are in force for, such as 2026-04; earlier ones keep theirs [default: this month; all time for
    /// the first definitions after those of `init`]
    #[arg(long, value_name = "PERIOD")]
    from: Option<String>,
    /// Who applies them [default: the user of the system]
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
}

/// Stores a revision, or says that nothing changed.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let workspace = context.open()?;
    let who = arguments.who.as_deref().unwrap_or(&context.who);
    let applied = workspace.apply(&arguments.why, who, arguments.from.as_deref(), context.now)?;
    let zone = workspace.settings()?.zone;
    context.reply(
        |_| match &applied {
            Some(revision) if revision.from == Timestamp::UNIX_EPOCH => {
                format!("Revision {} is in force for all periods.\n", revision.number)
            }
            Some(revision) => format!(
                "Revision {} is in force for what happens from {} on.\n",
                revision.number,
                crate::render::instant::day(revision.from, &zone)
            ),
            None => "Nothing changed: these definitions are in force already.\n".to_owned(),
        },
        || Applied { changed: applied.is_some(), revision: applied.as_ref().map(Revision::from) },
    )
}
