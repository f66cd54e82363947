//! The inbox: takes rows, bounded in bytes and rows, and answers when they are durable.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use jiff::Timestamp;
use tokio::sync::oneshot;

use super::line::{Line, Taken};
use super::writer::{Order, Writer};
use crate::error::at;
use crate::folder::Folder;
use crate::lock::{self, Lock};
use crate::{Error, Result};

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes in memory, taken and not yet written.
    pub waiting_bytes: u64,
    /// Rows in memory, taken and not yet written.
    pub waiting_rows: u64,
    /// Bytes of a journal, after which the next one begins.
    pub journal_bytes: u64,
    /// Bytes of journals that are not imported yet.
    pub stored_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { waiting_bytes: 64 << 20, waiting_rows: 200_000, journal_bytes: 32 << 20, stored_bytes: 2 << 30 }
    }
}

/// What waits now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Bytes in memory, not yet durable and not yet acknowledged.
    pub bytes: u64,
    /// Rows in memory.
    pub rows: u64,
    /// Bytes in journals: durable, acknowledged, not yet in the tables.
    pub stored_bytes: u64,
}

/// What the writer and those who ask share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) bytes: AtomicU64,
    pub(crate) rows: AtomicU64,
    pub(crate) stored: AtomicU64,
    pub(crate) closed: Mutex<Vec<PathBuf>>,
}

/// Takes rows and keeps them in journals until they are imported. One process at a time has a workspace's inbox.
#[derive(Debug)]
pub struct Inbox {
    limits: Limits,
    shared: Arc<Shared>,
    orders: Option<Sender<Order>>,
    writer: Option<JoinHandle<()>>,
    _lock: Lock,
}

impl Inbox {
    /// Opens the inbox of a workspace; journals that a process before left wait to be imported.
    ///
    /// # Errors
    /// Busy: another process has it.
    pub fn open(folder: &Folder, limits: Limits, now: Timestamp) -> Result<Inbox> {
        let folder = folder.inbox();
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let lock = lock(&folder)?;
        let left = journals(&folder)?;
        let stored = left.iter().filter_map(|path| fs::metadata(path).ok()).map(|data| data.len()).sum();
        let begin = left.last().and_then(|path| number(path)).map_or(0, |last| last + 1).max(now.as_microsecond());
        let shared = Arc::new(Shared { stored: AtomicU64::new(stored), closed: Mutex::new(left), ..Shared::default() });
        let (orders, waiting) = mpsc::channel();
        let writer = Writer::new(folder, begin, limits.journal_bytes, shared.clone());
        let writer = std::thread::Builder::new().name("events".into()).spawn(move || writer.run(&waiting))?;
        Ok(Inbox { limits, shared, orders: Some(orders), writer: Some(writer), _lock: lock })
    }

    /// Takes the rows of a batch: all of them or none. They are durable when this returns.
    ///
    /// # Errors
    /// Busy: too much waits already; nothing of the batch was taken. Internal: the disk is full or broken; what was
    /// taken of the batch may come again and counts once.
    pub async fn take(&self, lines: Vec<Line>) -> Result<Taken> {
        if lines.is_empty() {
            return Ok(Taken::default());
        }
        let reserved = self.reserve(&lines)?;
        let (answer, durable) = oneshot::channel();
        self.send(Order::Write { lines, reserved, answer })?;
        durable.await.map_err(|_| stopped())?
    }

    /// Whether a batch of about this size would be refused now.
    pub fn is_full(&self, bytes: u64) -> bool {
        let waiting = self.waiting();
        waiting.bytes.saturating_add(bytes) > self.limits.waiting_bytes
            || waiting.rows >= self.limits.waiting_rows
            || waiting.stored_bytes > self.limits.stored_bytes
    }

    /// What waits now.
    pub fn waiting(&self) -> Waiting {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Waiting { bytes: of(&self.shared.bytes), rows: of(&self.shared.rows), stored_bytes: of(&self.shared.stored) }
    }

    /// Closes the journal that is being written, where it holds anything, and names all closed ones, oldest first.
    ///
    /// # Errors
    /// The writer has stopped.
    pub fn close(&self) -> Result<Vec<PathBuf>> {
        let (answer, done) = mpsc::channel();
        self.send(Order::Close { answer })?;
        done.recv().map_err(|_| stopped())?;
        Ok(self.shared.closed.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Deletes journals that are imported.
    ///
    /// # Errors
    /// A file cannot be deleted.
    pub fn done_with(&self, journals: &[PathBuf]) -> Result<()> {
        for path in journals {
            let bytes = fs::metadata(path).map_or(0, |data| data.len());
            fs::remove_file(path).map_err(at(path))?;
            self.shared.closed.lock().unwrap_or_else(PoisonError::into_inner).retain(|closed| closed != path);
            give_back(&self.shared.stored, bytes);
        }
        Ok(())
    }

    fn reserve(&self, lines: &[Line]) -> Result<(u64, u64)> {
        let bytes = lines.iter().map(|line| line.text.len() as u64 + 64).sum();
        let rows = lines.len() as u64;
        if self.shared.stored.load(Ordering::Relaxed) > self.limits.stored_bytes {
            return Err(Error::busy("Events arrive faster than they can be imported.")
                .hint("Send the batch again later; `throughline sources` shows whether imports succeed."));
        }
        let add = |count: &AtomicU64, more: u64, most: u64| {
            // Something that is larger than the limit is taken alone.
            let fits = |now: u64| (now == 0 || now.saturating_add(more) <= most).then(|| now.saturating_add(more));
            count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
        };
        let full = || Error::busy("Too many events are waiting to be written.").hint("Send the batch again shortly.");
        if !add(&self.shared.bytes, bytes, self.limits.waiting_bytes) {
            return Err(full());
        }
        if !add(&self.shared.rows, rows, self.limits.waiting_rows) {
            give_back(&self.shared.bytes, bytes);
            return Err(full());
        }
        Ok((bytes, rows))
    }

    fn send(&self, order: Order) -> Result<()> {
        self.orders.as_ref().and_then(|orders| orders.send(order).ok()).ok_or_else(stopped)
    }
}

impl Drop for Inbox {
    /// Writes what was taken before the process ends.
    fn drop(&mut self) {
        self.orders = None;
        if let Some(writer) = self.writer.take() {
            // A writer that failed has answered already.
            let _ = writer.join();
        }
    }
}

/// Takes away from a count, never below zero.
pub(crate) fn give_back(count: &AtomicU64, less: u64) {
    let _ = count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| Some(now.saturating_sub(less)));
}

fn stopped() -> Error {
    Error::internal("Events cannot be written any more.").hint("Restart the server; its log says why it stopped.")
}

/// The lock of whoever takes the events of a workspace.
pub(crate) fn lock(folder: &Path) -> Result<Lock> {
    lock::alone_or(&folder.join("lock"), || {
        Error::busy("Another server takes the events of this workspace.").hint("Stop it, or send events to it.")
    })
}

/// The journals in a folder, oldest first.
pub(crate) fn journals(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).map_err(at(folder))?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let mut found: Vec<PathBuf> = entries.into_iter().filter(|path| number(path).is_some()).collect();
    found.sort();
    Ok(found)
}

/// The path of the journal that begins with this row.
pub(crate) fn path(folder: &Path, number: i64) -> PathBuf {
    folder.join(format!("events-{number:019}.jsonl"))
}

fn number(path: &Path) -> Option<i64> {
    let name = path.file_name()?.to_str()?;
    name.strip_prefix("events-")?.strip_suffix(".jsonl")?.parse().ok()
}
