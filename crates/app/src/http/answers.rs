//! Answers that were given, kept by what they depend on, up to a number of bytes; and equal questions at the same
//! time, which are worked on once. After an import, who does not mind is given the answer of before while the new one is
//! worked out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

use super::problem::{Problem, Result};

/// Names an answer by everything it depends on.
pub type Key = u128;

type Running = Shared<BoxFuture<'static, Result<Bytes>>>;

/// What an answer is kept under.
#[derive(Debug, Clone, Copy)]
pub struct Name {
    /// Everything it depends on.
    pub answer: Key,
    /// The same without the data: the answers to one question over time.
    pub question: Key,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Given {
    /// Names it.
    pub key: Key,
    /// It.
    pub bytes: Bytes,
    /// Since when there are newer data, where it is one of before.
    pub age: Option<Duration>,
}

enum Entry {
    /// `outdated`: when it was first given although there were newer data.
    Ready {
        bytes: Bytes,
        used: u64,
        outdated: Option<Instant>,
    },
    Running(Running),
}

#[derive(Default)]
struct Held {
    entries: HashMap<Key, Entry>,
    /// The newest answer to each question.
    newest: HashMap<Key, Key>,
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

    /// The answer of that name, made by `make` where there is none. It is made to its end even if nobody waits any more.
    /// A failure is told to all who wait, and not kept. Who says how old the data may be does not wait where an answer
    /// was given before and has not been outdated for longer.
    ///
    /// # Errors
    /// Those of `make`.
    pub async fn get<F>(
        self: &Arc<Answers>,
        name: Name,
        old: Option<Duration>,
        make: impl FnOnce() -> F,
    ) -> Result<Given>
    where
        F: Future<Output = Result<Bytes>> + Send + 'static,
    {
        let running = {
            let mut held = self.lock();
            if let Some(bytes) = held.ready(name.answer) {
                return Ok(Given { key: name.answer, bytes, age: None });
            }
            let running = match held.entries.get(&name.answer) {
                Some(Entry::Running(running)) => running.clone(),
                _ => {
                    let running = self.started(name, make());
                    held.entries.insert(name.answer, Entry::Running(running.clone()));
                    running
                }
            };
            if let Some(given) = old.and_then(|old| held.before(name.question, old)) {
                return Ok(given);
            }
            running
        };
        Ok(Given { key: name.answer, bytes: running.await?, age: None })
    }

    fn started(self: &Arc<Answers>, name: Name, work: impl Future<Output = Result<Bytes>> + Send + 'static) -> Running {
        let answers = self.clone();
        let task = tokio::spawn(async move {
            let made = std::panic::AssertUnwindSafe(work).catch_unwind().await;
            let made = made.unwrap_or_else(|_| Err(Problem::internal()));
            answers.finish(name, made.as_ref().ok());
            made
        });
        async move { task.await.unwrap_or_else(|_| Err(Problem::internal())) }.boxed().shared()
    }

    fn finish(&self, name: Name, made: Option<&Bytes>) {
        let mut held = self.lock();
        held.entries.remove(&name.answer);
        let Some(bytes) = made.filter(|bytes| bytes.len() <= self.most / 4) else { return };
        held.clock += 1;
        let used = held.clock;
        held.bytes += bytes.len();
        held.entries.insert(name.answer, Entry::Ready { bytes: bytes.clone(), used, outdated: None });
        held.newest.insert(name.question, name.answer);
        while held.bytes > self.most {
            let ready = held.entries.iter().filter_map(|(key, entry)| match entry {
                Entry::Ready { used, .. } => Some((*used, *key)),
                Entry::Running(_) => None,
            });
            let Some((_, oldest)) = ready.min() else { break };
            if let Some(Entry::Ready { bytes, .. }) = held.entries.remove(&oldest) {
                held.bytes -= bytes.len();
            }
            held.newest.retain(|_, answer| *answer != oldest);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn ready(&mut self, key: Key) -> Option<Bytes> {
        self.clock += 1;
        let now = self.clock;
        match self.entries.get_mut(&key)? {
            Entry::Ready { bytes, used, .. } => {
                *used = now;
                Some(bytes.clone())
            }
            Entry::Running(_) => None,
        }
    }

    /// The newest answer to a question, unless it has been outdated for longer.
    fn before(&mut self, question: Key, most: Duration) -> Option<Given> {
        let key = *self.newest.get(&question)?;
        let bytes = self.ready(key)?;
        let Some(Entry::Ready { outdated, .. }) = self.entries.get_mut(&key) else { return None };
        let age = outdated.get_or_insert_with(Instant::now).elapsed();
        (age <= most).then_some(Given { key, bytes, age: Some(age) })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn name(answer: Key) -> Name {
        Name { answer, question: answer }
    }

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
                answers.get(name(7), None, work).await.unwrap().bytes
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
            async move { answers.get(name(key), None, || async { Ok(Bytes::from_static(b"ten bytes.")) }).await.unwrap() }
        };
        for key in [1, 2, 3, 4, 1, 5] {
            bytes(key).await;
        }
        let held = |key: Key| answers.lock().entries.contains_key(&key);
        assert_eq!([1, 2, 3, 4, 5].map(held), [true, false, true, true, true]);
        let failed = answers.get(name(9), None, || async { Err(Problem::input("no")) }).await;
        assert!(failed.is_err() && !answers.lock().entries.contains_key(&9));
        let held = answers.lock();
        assert_eq!((held.bytes, held.newest.len()), (40, 4));
    }

    #[tokio::test]
    async fn who_does_not_mind_is_given_the_answer_of_before() {
        let answers = Answers::new(1000);
        let (go, gate) = tokio::sync::watch::channel(false);
        let ask = |answer: Key, old: Option<u64>, text: &'static str| {
            let (answers, mut gate) = (answers.clone(), gate.clone());
            let make = move || async move {
                if answer > 1 {
                    gate.wait_for(|open| *open).await.unwrap();
                }
                Ok(Bytes::from_static(text.as_bytes()))
            };
            async move { answers.get(Name { answer, question: 7 }, old.map(Duration::from_secs), make).await.unwrap() }
        };
        assert_eq!(ask(1, Some(60), "before").await.bytes, "before");
        let given = ask(2, Some(60), "after").await;
        assert!((given.key, &given.bytes[..]) == (1, b"before") && given.age.is_some());
        // Nobody waits longer than told, and who minds waits for the new one.
        tokio::time::sleep(Duration::from_millis(5)).await;
        let waiting = tokio::spawn(ask(2, Some(0), "after"));
        go.send_replace(true);
        assert_eq!(ask(2, None, "after").await.bytes, "after");
        assert_eq!(waiting.await.unwrap().key, 2);
        let given = ask(2, Some(60), "after").await;
        assert!(given.key == 2 && given.age.is_none());
    }
}
