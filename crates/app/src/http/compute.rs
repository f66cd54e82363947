//! Where questions are worked on: threads of their own, so that nothing the engine does keeps requests waiting that
//! are already answered.

use std::sync::Arc;
use std::thread::available_parallelism;

use throughline_engine::{Error, Result};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Semaphore;

use super::problem::Problem;

/// Threads for the engine, and how many questions may be worked on at once.
pub struct Compute {
    runtime: Option<Runtime>,
    slots: Arc<Semaphore>,
}

impl Compute {
    /// As many threads as there are cores; twice as many questions, since some wait for disks.
    ///
    /// # Errors
    /// Internal: the system gives no threads.
    pub fn new() -> Result<Compute> {
        let cores = available_parallelism().map_or(1, usize::from);
        let runtime = Builder::new_multi_thread()
            .worker_threads(cores)
            .thread_name("engine")
            .enable_all()
            .build()
            .map_err(Error::from)?;
        Ok(Compute { runtime: Some(runtime), slots: Arc::new(Semaphore::new(cores * 2)) })
    }

    /// Works on a question once there is room.
    ///
    /// # Errors
    /// Those of the work; internal where it panicked.
    pub async fn run<T, W, F>(&self, work: W) -> std::result::Result<T, Problem>
    where
        T: Send + 'static,
        W: FnOnce() -> F + Send + 'static,
        F: Future<Output = std::result::Result<T, Problem>>,
    {
        let _slot = self.slots.clone().acquire_owned().await.map_err(|_| Problem::internal())?;
        self.run_now(work).await
    }

    /// Works at once, however much is being worked on: for jobs, which wait for each other by the workspace's lock.
    ///
    /// # Errors
    /// Those of the work; internal where it panicked.
    pub async fn run_now<T, W, F>(&self, work: W) -> std::result::Result<T, Problem>
    where
        T: Send + 'static,
        W: FnOnce() -> F + Send + 'static,
        F: Future<Output = std::result::Result<T, Problem>>,
    {
        let runtime = self.runtime.as_ref().ok_or_else(Problem::internal)?;
        let handle = runtime.spawn_blocking(move || Handle::current().block_on(work()));
        handle.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a question ended without an answer");
            Err(Problem::internal())
        })
    }
}

impl Drop for Compute {
    fn drop(&mut self) {
        // Waiting for threads is not allowed among tasks; what is left undone was promised to nobody.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
