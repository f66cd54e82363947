//! `throughline init`: makes a workspace.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use throughline_engine::{InitOptions, Result, Workspace};

use crate::context::{Context, folder_name};
use crate::reply::Reply;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder to make it in; made where it is missing
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Name of the company or part of it [default: the folder's]
    #[arg(long)]
    name: Option<String>,
    /// Time zone that decides days and months, such as Europe/Berlin
    #[arg(long, default_value = "UTC")]
    zone: String,
    /// Currency that money is shown in, such as EUR
    #[arg(long, default_value = "EUR")]
    currency: String,
}

#[derive(Serialize)]
struct Wire {
    workspace: String,
    name: String,
    zone: String,
    currency: String,
}

/// Makes the workspace and says what to do next.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let Arguments { dir, name, zone, currency } = arguments;
    let name = name.unwrap_or_else(|| folder_name(&dir));
    let options = InitOptions { name, zone, currency };
    let workspace = Workspace::init(&dir, &options, context.now, &context.who)?;
    let root = workspace.folder().root().display().to_string();
    context.reply(
        |_| {
            let dir = dir.display();
            format!(
                "Made the workspace {} in {root}, in {} and {}.\n\n\
                 Next:\n  throughline import FILES... --workspace {dir}   bring in what you have\n  \
                 throughline check --workspace {dir}             after editing scorecard.toml or measures/\n  \
                 throughline scorecard --workspace {dir}         see where you stand\n",
                options.name, options.zone, options.currency
            )
        },
        || Wire {
            workspace: root.clone(),
            name: options.name.clone(),
            zone: options.zone.clone(),
            currency: options.currency.clone(),
        },
    )
}
