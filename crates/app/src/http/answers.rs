//! Answers that were given, kept by what they depend on, up to a number of bytes; and equal questions at the same
//! time, which are worked on once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

use super::problem::{Problem, Result};

/// Names an answer by everything it depends on.
pub type Key = u128;

type Running = Shared<BoxFuture<'static, Result<Bytes>>>;

enum Entry {
    Ready { bytes: Bytes, used: u64 },
    Running(Running),
}

#[derive(Default)]
struct Held {
    entries: HashMap<Key, Entry>,
    bytes: usize,
    clock: u64,
}

/// The answers.
pub struct Answers {
    held: Mutex<Held>,
    most: usize,
}

impl Answers {
    /// Keeps at most so many bytes.
    pub fn new(most: usize) -> Arc<Answers> {
        Arc::new(Answers { held: Mutex::default(), most })
    }

    /// The answer of that key, made by `make` where there is none. It is made to its end even if nobody waits any more.
    /// A failure is told to all who wait, and not kept.
    ///
    /// # Errors
    /// Those of `make`.
    pub async fn get<F>(self: &Arc<Answers>, key: Key, make: impl FnOnce() -> F) -> Result<Bytes>
    where
        F: Future<Output = Result<Bytes>> + Send + 'static,
    {
        let running = {
            let mut held = self.lock();
            held.clock += 1;
            let now = held.clock;
            match held.entries.get_mut(&key) {
                Some(Entry::Ready { bytes, used }) => {
                    *used = now;
                    return Ok(bytes.clone());
                }
                Some(Entry::Running(running)) => running.clone(),
                None => {
                    let running = self.started(key, make());
                    held.entries.insert(key, Entry::Running(running.clone()));
                    running
                }
            }
        };
        running.await
    }

    fn started(self: &Arc<Answers>, key: Key, work: impl Future<Output = Result<Bytes>> + Send + 'static) -> Running {
        let answers = self.clone();
        let task = tokio::spawn(async move {
            let made = std::panic::AssertUnwindSafe(work).catch_unwind().await;
            let made = made.unwrap_or_else(|_| Err(Problem::internal()));
            answers.finish(key, made.as_ref().ok());
            made
        });
        async move { task.await.unwrap_or_else(|_| Err(Problem::internal())) }.boxed().shared()
    }

    fn finish(&self, key: Key, made: Option<&Bytes>) {
        let mut held = self.lock();
        held.entries.remove(&key);
        let Some(bytes) = made.filter(|bytes| bytes.len() <= self.most / 4) else { return };
        held.clock += 1;
        let used = held.clock;
        held.bytes += bytes.len();
        held.entries.insert(key, Entry::Ready { bytes: bytes.clone(), used });
        while held.bytes > self.most {
            let ready = held.entries.iter().filter_map(|(key, entry)| match entry {
                Entry::Ready { used, .. } => Some((*used, *key)),
                Entry::Running(_) => None,
            });
            let Some((_, oldest)) = ready.min() else { break };
            if let Some(Entry::Ready { bytes, .. }) = held.entries.remove(&oldest) {
                held.bytes -= bytes.len();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn equal_questions_are_worked_on_once() {
        let answers = Answers::new(1000);
        let count = Arc::new(AtomicUsize::new(0));
        let ask = || {
            let (answers, count) = (answers.clone(), count.clone());
            async move {
                let work = || async move {
                    tokio::task::yield_now().await;
                    count.fetch_add(1, Ordering::SeqCst);
                    Ok(Bytes::from_static(b"ten bytes."))
                };
                answers.get(7, work).await.unwrap()
            }
        };
        let all = futures::future::join_all((0..20).map(|_| ask())).await;
        assert!(all.iter().all(|bytes| bytes == "ten bytes."));
        ask().await;
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn the_least_used_go_and_failures_are_not_kept() {
        let answers = Answers::new(40);
        let bytes = |key: Key| {
            let answers = answers.clone();
            async move { answers.get(key, || async { Ok(Bytes::from_static(b"ten bytes.")) }).await.unwrap() }
        };
        for key in [1, 2, 3, 4, 1, 5] {
            bytes(key).await;
        }
        let held = |key: Key| answers.lock().entries.contains_key(&key);
        assert_eq!([1, 2, 3, 4, 5].map(held), [true, false, true, true, true]);
        let failed = answers.get(9, || async { Err(Problem::input("no")) }).await;
        assert!(failed.is_err() && !answers.lock().entries.contains_key(&9));
        assert_eq!(answers.lock().bytes, 40);
    }
}
