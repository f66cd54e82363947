//! Where questions are worked on: threads of their own, so that nothing the engine does keeps requests waiting that
//! are already answered.

use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use throughline_engine::{Error, Result};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Semaphore;

use super::problem::Problem;

/// Threads for the engine, and how many questions may be worked on at once.
pub struct Compute {
    runtime: Option<Runtime>,
    /// Whose clock tells when time is up: that of the engine's threads stands still while all of them work.
    clock: Handle,
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
        let clock = Handle::try_current().unwrap_or_else(|_| runtime.handle().clone());
        Ok(Compute { runtime: Some(runtime), clock, slots: Arc::new(Semaphore::new(cores * 2)) })
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

    /// What comes of work that may take only so long; nothing where it takes longer, and the work is given up.
    pub async fn within<T>(&self, time: Duration, work: impl Future<Output = T>) -> Option<T> {
        let up = {
            let _clock = self.clock.enter();
            tokio::time::sleep(time)
        };
        tokio::select! {
            done = work => Some(done),
            () = up => None,
        }
    }

    /// Lets something go on beside the questions, until it ends or the server does.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(task);
        }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn time_is_up_however_busy_the_engine_is() {
        let compute = Arc::new(Compute::new().unwrap());
        for _ in 0..available_parallelism().map_or(1, usize::from) {
            compute.spawn(async { std::thread::sleep(Duration::from_secs(2)) });
        }
        let inner = compute.clone();
        let begun = std::time::Instant::now();
        let never = std::future::pending::<()>();
        let work = move || async move { Ok(inner.within(Duration::from_millis(50), never).await) };
        assert_eq!(compute.run(work).await, Ok(None));
        assert!(begun.elapsed() < Duration::from_secs(2));
        assert_eq!(compute.within(Duration::from_secs(60), async { 7 }).await, Some(7));
    }
}
