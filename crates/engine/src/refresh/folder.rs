//! Refreshing a folder: its new and changed files are imported as `import --watch` imports them.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use throughline_model::source::FolderSource;

use super::RefreshReport;
use crate::database::Refreshing;
use crate::database::state::SourceState;
use crate::workspace::Workspace;
use crate::{ImportRequest, Progress, Result};

/// A file that was not changed for so long, or not since the last refresh, is written to its end.
const QUIET: Duration = Duration::from_secs(10);

/// Imports what is new; `remembered` then knows the files that were taken, and those that are perhaps still written.
pub(super) async fn refresh(
    workspace: &Workspace,
    source: &FolderSource,
    whole: bool,
    now: Timestamp,
    remembered: &mut SourceState,
    progress: &mut (dyn FnMut(Refreshing) + Send),
) -> Result<RefreshReport> {
    let path = workspace.folder().root().join(&source.path).display().to_string();
    let mut watch = workspace.watch(vec![path], QUIET, now).await?;
    let files = std::mem::take(&mut remembered.files);
    watch.seen = std::mem::take(&mut remembered.waiting);
    watch.seen.extend(files.clone());
    match whole {
        true => watch.imported = BTreeSet::new(),
        false => watch.handed = files,
    }
    let ready = watch.look(SystemTime::from(now))?;
    let mut report = RefreshReport::of(&source.name);
    let request =
        ImportRequest { layout: source.layout.clone(), encoding: source.encoding.clone(), ..ImportRequest::default() };
    let mut importing = |now: Progress| progress(Refreshing::Importing(now));
    let brought = if ready.is_empty() {
        Vec::new()
    } else {
        workspace.import_apart(&request, ready, now, &mut importing).await?
    };
    for (files, done) in brought {
        match done {
            Ok(import) => report.imports.push(import),
            Err(error) => {
                files.iter().for_each(|file| watch.refused(&file.path));
                report.problems.push(error);
            }
        }
    }
    (remembered.waiting, remembered.files) = watch.waiting_and_handed();
    report.waiting = remembered.waiting.keys().map(|path| path.display().to_string()).collect();
    Ok(report)
}
