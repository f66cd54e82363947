//! `throughline import --watch`: imports what appears in folders, until it is stopped.

use std::io::Write;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use throughline_engine::intake::SourceFile;
use throughline_engine::{Error, ImportReport, ImportRequest, Result, Watch, Workspace};

use crate::context::Context;
use crate::failure::report;
use crate::progress::{Meter, report_progress};
use crate::render;
use crate::stop::told_to_stop;
use crate::wire;

/// Looks every so often, and imports what is new with the other wishes of `request`.
pub async fn watch(workspace: &Workspace, request: ImportRequest, every: Duration, context: &Context) -> Result<()> {
    let mut watch = workspace.watch(request.paths.clone(), every, context.now).await?;
    if !context.json {
        println!("Watching {}; stop with Ctrl-C.", request.paths.join(", "));
    }
    // Heard from the beginning: a signal that comes during an import must not be lost. The import is whole or absent.
    tokio::select! {
        biased;
        () = told_to_stop() => Ok(()),
        failed = look_and_bring(workspace, &request, &mut watch, every, context) => failed,
    }
}

/// Ends only with an error.
async fn look_and_bring(
    workspace: &Workspace,
    request: &ImportRequest,
    watch: &mut Watch,
    every: Duration,
    context: &Context,
) -> Result<()> {
    loop {
        let ready = watch.look(SystemTime::now())?;
        if !ready.is_empty() {
            bring(workspace, request, ready, context).await?;
        }
        tokio::time::sleep(every).await;
    }
}

async fn bring(
    workspace: &Workspace,
    request: &ImportRequest,
    files: Vec<SourceFile>,
    context: &Context,
) -> Result<()> {
    let meter = Meter::new(context);
    let mut progress = |now| report_progress(&meter, now);
    let brought = workspace.import_apart(request, files, Timestamp::now(), &mut progress).await?;
    drop(meter);
    for (_, done) in brought {
        match done {
            Ok(done) => say(&done, context)?,
            Err(error) => {
                report(&error, context);
            }
        }
    }
    Ok(())
}

fn say(done: &ImportReport, context: &Context) -> Result<()> {
    let text = if context.json {
        serde_json::to_string(&wire::import::Report::from(done)).map_err(|error| Error::internal(error.to_string()))?
            + "\n"
    } else {
        render::import::report(done, &context.style) + "\n"
    };
    let mut out = std::io::stdout().lock();
    Ok(out.write_all(text.as_bytes()).and_then(|()| out.flush())?)
}
