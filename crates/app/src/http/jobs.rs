//! Long work: started by a request, watched and cancelled by others. What jobs did is kept in memory; what they
//! changed is in the workspace's own ledger.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use throughline_engine::Progress;
use tokio::sync::watch;
use utoipa::ToSchema;

use super::metrics::Metrics;
use super::problem::{Problem, Result};
use crate::progress::words;

/// Jobs that are remembered.
const KEPT: usize = 100;
/// Jobs that may wait or run.
const MOST: usize = 16;

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JobState)]
pub enum Stage {
    /// Behind another one.
    Waiting,
    /// At work.
    Running,
    /// At its end; `result` says what it did.
    Done,
    /// Stopped by a problem; `problem` says which.
    Failed,
    /// Stopped by somebody, with nothing done.
    Cancelled,
}

/// A job, as it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Job {
    /// Its number.
    pub id: u64,
    /// import, replay, link or unlink.
    pub kind: String,
    /// How far it is.
    pub state: Stage,
    /// What it is doing.
    pub progress: JobProgress,
    /// What it did: the JSON of the command of its kind.
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
    /// Why it failed.
    pub problem: Option<Problem>,
    /// Who started it.
    pub who: String,
    /// When.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// What a job is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobProgress {
    /// In words.
    pub text: String,
    /// How much is done, where that is known.
    pub done: Option<u64>,
    /// Of how much.
    pub of: Option<u64>,
}

/// All jobs, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JobList {
    /// The jobs.
    pub jobs: Vec<Job>,
}

impl Job {
    /// Whether nothing more happens to it.
    pub fn has_ended(&self) -> bool {
        self.ended_at.is_some()
    }
}

struct Held {
    job: watch::Sender<Job>,
    cancel: watch::Sender<bool>,
}

#[derive(Default)]
struct Registry {
    jobs: VecDeque<Arc<Held>>,
    last: u64,
}

/// The jobs of a server.
pub struct Jobs {
    registry: Mutex<Registry>,
    /// Who writes: one at a time, so that those who wait can be cancelled.
    writing: Arc<tokio::sync::Mutex<()>>,
    clock: fn() -> Timestamp,
    metrics: Arc<Metrics>,
}

/// How a job tells what it is doing, and hears that it should stop.
#[derive(Clone)]
pub struct Work {
    held: Arc<Held>,
}

/// How work ended.
pub enum Ended {
    /// With this answer.
    Done(Value),
    /// By being cancelled, with nothing done.
    Cancelled,
}

impl Work {
    /// Tells what is being done.
    pub fn tell(&self, now: &Progress) {
        let (done, of) = match now {
            Progress::Reading { bytes, total, .. } => (Some(*bytes), Some(*total)),
            _ => (None, None),
        };
        let progress = JobProgress { text: words(now), done, of };
        self.held.job.send_if_modified(|job| {
            let changed = job.progress != progress;
            job.progress = progress;
            changed
        });
    }

    /// Tells in words what is being done.
    pub fn say(&self, text: String) {
        self.held.job.send_modify(|job| job.progress = JobProgress { text, ..JobProgress::default() });
    }

    /// Waits until somebody cancels.
    pub async fn cancelled(&self) {
        let mut cancel = self.held.cancel.subscribe();
        // The sender lives as long as the job: the wait ends by a true word only.
        let _ = cancel.wait_for(|cancelled| *cancelled).await;
    }
}

impl Jobs {
    /// No jobs yet.
    pub fn new(clock: fn() -> Timestamp, metrics: Arc<Metrics>) -> Arc<Jobs> {
        Arc::new(Jobs { registry: Mutex::default(), writing: Arc::default(), clock, metrics })
    }

    /// Starts work that writes. It begins once the work before it has ended.
    ///
    /// # Errors
    /// Too many: the queue is full.
    pub fn start<F>(
        self: &Arc<Jobs>,
        kind: &str,
        who: &str,
        work: impl FnOnce(Work) -> F + Send + 'static,
    ) -> Result<Job>
    where
        F: Future<Output = Result<Ended>> + Send + 'static,
    {
        let (held, job) = self.enter(kind, who)?;
        let (jobs, writing) = (self.clone(), self.writing.clone());
        tokio::spawn(async move {
            let handle = Work { held: held.clone() };
            let ended = tokio::select! {
                biased;
                () = handle.cancelled() => Ok(Ended::Cancelled),
                turn = writing.lock_owned() => {
                    held.job.send_modify(|job| job.state = Stage::Running);
                    let ended = work(handle.clone()).await;
                    drop(turn);
                    ended
                }
            };
            jobs.end(&held, ended);
        });
        Ok(job)
    }

    fn enter(&self, kind: &str, who: &str) -> Result<(Arc<Held>, Job)> {
        let mut registry = self.lock();
        let open = registry.jobs.iter().filter(|held| !held.job.borrow().has_ended()).count();
        if open >= MOST {
            return Err(Problem::too_many(format!("{open} jobs wait already.")).hint("Try again when some have ended."));
        }
        registry.last += 1;
        let job = Job {
            id: registry.last,
            kind: kind.to_owned(),
            state: Stage::Waiting,
            progress: JobProgress { text: "waiting".to_owned(), ..JobProgress::default() },
            result: None,
            problem: None,
            who: who.to_owned(),
            started_at: (self.clock)(),
            ended_at: None,
        };
        let held = Arc::new(Held { job: watch::Sender::new(job.clone()), cancel: watch::Sender::new(false) });
        registry.jobs.push_front(held.clone());
        while registry.jobs.len() > KEPT && registry.jobs.back().is_some_and(|held| held.job.borrow().has_ended()) {
            registry.jobs.pop_back();
        }
        self.metrics.jobs.inc();
        Ok((held, job))
    }

    fn end(&self, held: &Held, ended: Result<Ended>) {
        let at = (self.clock)();
        self.metrics.jobs.dec();
        held.job.send_modify(|job| {
            job.ended_at = Some(at);
            match ended {
                Ok(Ended::Done(result)) => (job.state, job.result) = (Stage::Done, Some(result)),
                Ok(Ended::Cancelled) => job.state = Stage::Cancelled,
                Err(problem) => (job.state, job.problem) = (Stage::Failed, Some(problem)),
            }
        });
    }

    /// All jobs, newest first.
    pub fn all(&self) -> JobList {
        JobList { jobs: self.lock().jobs.iter().map(|held| held.job.borrow().clone()).collect() }
    }

    /// A job, to be watched.
    ///
    /// # Errors
    /// Not found: there is none of that number.
    pub fn watch(&self, id: u64) -> Result<watch::Receiver<Job>> {
        self.find(id).map(|held| held.job.subscribe())
    }

    /// Asks a job to stop. It does where it can leave nothing behind; what is committed stays done.
    ///
    /// # Errors
    /// Not found: there is none of that number. Busy: it has ended.
    pub fn cancel(&self, id: u64) -> Result<Job> {
        let held = self.find(id)?;
        let job = held.job.borrow().clone();
        if job.has_ended() {
            return Err(Problem::busy(format!("Job {id} has ended.")));
        }
        held.cancel.send_replace(true);
        Ok(job)
    }

    /// Asks all jobs to stop.
    pub fn cancel_all(&self) {
        for held in &self.lock().jobs {
            held.cancel.send_replace(true);
        }
    }

    fn find(&self, id: u64) -> Result<Arc<Held>> {
        let registry = self.lock();
        let found = registry.jobs.iter().find(|held| held.job.borrow().id == id).cloned();
        found.ok_or_else(|| Problem::not_found(format!("There is no job {id}.")))
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
