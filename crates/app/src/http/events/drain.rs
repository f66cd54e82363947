//! Brings what was taken into the tables, by an import every few seconds.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use throughline_engine::Workspace;
use throughline_engine::inbox::{Inbox, Limits};
use tokio::sync::Semaphore;

use crate::http::problem::Problem;
use crate::http::state::Shared;

/// KiB of bodies that may be in the works at once.
const ROOM: usize = 64 << 10;
/// A busy endpoint spends no more than one part in this many of its time on imports.
const SHARE: u32 = 5;
/// Longest wait after imports that failed.
const LONGEST: Duration = Duration::from_secs(300);

/// What takes events.
pub struct Ingest {
    /// Where rows are kept until they are imported.
    pub inbox: Inbox,
    /// Room for bodies in memory.
    pub room: Semaphore,
}

impl Ingest {
    /// Opens the inbox of a workspace; None where another server has it, or nothing can be written there: numbers can
    /// be looked at all the same.
    pub fn open(workspace: &Workspace, now: Timestamp) -> Option<Ingest> {
        match Inbox::open(workspace.folder(), Limits::default(), now) {
            Ok(inbox) => Some(Ingest { inbox, room: Semaphore::new(ROOM) }),
            Err(error) => {
                tracing::warn!(message = %error.message, "this server takes no events");
                None
            }
        }
    }
}

/// Imports what was taken until the server stops; first what a process before left.
pub async fn run(shared: Shared, every: Duration) {
    if shared.ingest.is_none() {
        return;
    }
    let mut closing = shared.closing();
    let mut failed = 0_u32;
    while !shared.is_closing() {
        let begun = Instant::now();
        let done = once(&shared).await;
        let pause = match done {
            Ok(()) => {
                failed = 0;
                every.max(begun.elapsed() * (SHARE - 1))
            }
            Err(problem) => {
                failed += 1;
                tracing::error!(detail = %problem.detail, "events wait: their import failed");
                (every * 2_u32.saturating_pow(failed.min(8))).min(LONGEST.max(every))
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = closing.changed() => {}
        }
    }
}

async fn once(shared: &Shared) -> Result<(), Problem> {
    let Some(ingest) = &shared.ingest else { return Ok(()) };
    if ingest.inbox.waiting().stored_bytes == 0 {
        return Ok(());
    }
    let inner = shared.clone();
    let work = move || async move {
        let Some(ingest) = &inner.ingest else { return Ok(None) };
        Ok(inner.workspace.drain(&ingest.inbox, inner.now(), &mut |_| {}).await?)
    };
    if let Some(drained) = shared.compute.run_now(work).await? {
        shared.metrics.imports.inc();
        shared.warm();
        let rows: u64 = drained.report.files.iter().map(|file| file.rows_read).sum();
        tracing::info!(journals = drained.journals, rows, import = %drained.report.import_id, "events imported");
    }
    Ok(())
}
