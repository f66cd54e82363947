//! `throughline layout`: how a file maps onto the standard tables.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use throughline_engine::intake::SourceFile;
use throughline_engine::intake::suggest::{GuessFrom, suggest};
use throughline_engine::{Error, Result};

use crate::context::Context;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `layout`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Guess a layout from the names and values of a file, for a person to correct
    Suggest(Suggest),
}

#[derive(Debug, Args)]
struct Suggest {
    /// A file that no layout knows
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Name of the sheet, member of an archive or list of a document [default: the largest]
    #[arg(long, value_name = "NAME")]
    part: Option<String>,
    /// How its text is encoded, such as windows-1250 [default: found by looking]
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Write it here, below the workspace unless absolute, such as layouts/NAME.toml [default: shown only]
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
}

/// Suggests a layout.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let Action::Suggest(Suggest { file, part, encoding, out }) = arguments.action;
    let source = SourceFile::new(&file, file.display().to_string());
    let from = GuessFrom { part: part.as_deref(), encoding: encoding.as_deref() };
    let layout = suggest(&source, from, &std::env::temp_dir())?;
    let path = out.map(|out| context.workspace.join(out));
    if let Some(path) = &path {
        write(path, &layout)?;
    }
    let shown = path.as_ref().map(|path| path.display().to_string());
    context.reply(
        |_| match &shown {
            Some(path) => {
                format!(
                    "Wrote {path}. Correct it, then `throughline check` and `throughline import {}`.\n",
                    file.display()
                )
            }
            None => layout.clone(),
        },
        || wire::layout::Suggestion { layout: layout.clone(), path: shown.clone() },
    )
}

/// Writes a new file; a layout that is there was perhaps corrected by hand.
fn write(path: &Path, text: &str) -> Result<()> {
    let wrong = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Error::input(format!("{} exists already.", path.display())).hint("Name another with --out.")
        }
        _ => Error::input(format!("{} cannot be written: {error}.", path.display())),
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(wrong)?;
    }
    let mut file = File::create_new(path).map_err(wrong)?;
    file.write_all(text.as_bytes()).map_err(wrong)
}
