//! Databases and folders that are sources, refreshed when they fall due.

use std::time::Duration;

use throughline_engine::{RefreshReport, RefreshRequest, Refreshing};

use super::jobs::{Ended, Work};
use super::problem::{Problem, Result};
use super::state::Shared;
use crate::commands::refresh::{fetching, secret};
use crate::wire;

/// How often is looked what is due.
const TICK: Duration = Duration::from_secs(10);
/// Who starts these jobs.
const WHO: &str = "schedule";

/// Looks for what is due until the server stops.
pub fn start(shared: &Shared) {
    let shared = shared.clone();
    let mut closing = shared.closing();
    tokio::spawn(async move {
        loop {
            let stopped = tokio::time::timeout(TICK, closing.wait_for(|closing| *closing)).await.is_ok();
            if stopped {
                return;
            }
            refresh_due(&shared).await;
        }
    });
}

/// One after the other; what is still at work when the next tick comes is waited for.
async fn refresh_due(shared: &Shared) {
    let due = match shared.workspace.due(shared.now()) {
        Ok(due) => due,
        Err(error) => {
            tracing::warn!(%error, "what is due cannot be found out");
            return;
        }
    };
    for source in due {
        if shared.is_closing() {
            return;
        }
        let (inner, name) = (shared.clone(), source.clone());
        let started = shared.jobs.start("refresh", WHO, move |work| async move { run(&inner, name, work).await });
        let Ok(job) = started else { return };
        let Ok(mut watched) = shared.jobs.watch(job.id) else { return };
        let Ok(ended) = watched.wait_for(super::jobs::Job::has_ended).await else { return };
        if let Some(problem) = &ended.problem {
            tracing::warn!(source, problem = problem.detail, "a source was not refreshed");
        }
    }
}

async fn run(shared: &Shared, source: String, work: Work) -> Result<Ended> {
    let (workspace, now) = (shared.workspace.clone(), shared.now());
    let run = move || async move {
        let request = RefreshRequest { source, whole: false };
        let mut progress = |now: Refreshing| match now {
            Refreshing::Fetching { query, bytes } => work.say(fetching(&query, bytes)),
            Refreshing::Importing(now) => work.tell(&now),
        };
        tokio::select! {
            biased;
            report = workspace.refresh(&request, &secret, now, &mut progress) => Ok(Some(report?)),
            () = work.cancelled() => Ok(None),
        }
    };
    let report: Option<RefreshReport> = shared.compute.run_now(run).await?;
    let Some(report) = report else { return Ok(Ended::Cancelled) };
    for problem in &report.problems {
        tracing::warn!(source = report.source, problem = problem.message, "a file of a source was not imported");
    }
    if !report.imports.is_empty() {
        shared.metrics.imports.inc();
        shared.warm();
    }
    let source = wire::refresh::Source::from(&report);
    Ok(Ended::Done(serde_json::to_value(source).map_err(|_| Problem::internal())?))
}
