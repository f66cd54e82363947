//! The thread that writes journals: what waits is written together, synced once, and then acknowledged.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, PoisonError};

use std::sync::atomic::Ordering;
use tokio::sync::oneshot;

use super::journal::{Shared, give_back, path};
use super::line::{Line, Taken};
use super::seen::Seen;
use crate::{Error, Result};

/// Bytes written before the next sync, however much waits.
const TOGETHER: usize = 8 << 20;

/// What the writer is asked to do.
pub(crate) enum Order {
    /// Write lines and say so when they are durable.
    Write {
        /// The lines.
        lines: Vec<Line>,
        /// Bytes and rows to give back.
        reserved: (u64, u64),
        /// Who waits.
        answer: oneshot::Sender<Result<Taken>>,
    },
    /// Close the journal.
    Close {
        /// Who waits.
        answer: Sender<()>,
    },
}

/// A journal that is being written.
struct Open {
    path: PathBuf,
    file: File,
    /// Bytes that are durable.
    length: u64,
}

/// Somebody who waits for lines to be durable.
struct Promise {
    taken: Taken,
    reserved: (u64, u64),
    answer: oneshot::Sender<Result<Taken>>,
}

/// Writes journals.
pub(crate) struct Writer {
    folder: PathBuf,
    /// Number of the next row; grows over all journals of the workspace.
    next: i64,
    journal_bytes: u64,
    shared: Arc<Shared>,
    seen: Seen,
    open: Option<Open>,
    buffer: Vec<u8>,
    promises: Vec<Promise>,
}

impl Writer {
    /// A writer whose rows are numbered from `next`.
    pub(crate) fn new(folder: PathBuf, next: i64, journal_bytes: u64, shared: Arc<Shared>) -> Self {
        let (seen, open, buffer, promises) = Default::default();
        Writer { folder, next, journal_bytes, shared, seen, open, buffer, promises }
    }

    /// Follows orders until nobody can give any.
    pub(crate) fn run(mut self, orders: &Receiver<Order>) {
        while let Ok(first) = orders.recv() {
            let mut next = Some(first);
            while let Some(order) = next.take() {
                match order {
                    Order::Write { lines, reserved, answer } => self.add(&lines, reserved, answer),
                    Order::Close { answer } => {
                        self.flush();
                        self.close();
                        // Who asked may have gone.
                        let _ = answer.send(());
                    }
                }
                if self.buffer.len() < TOGETHER {
                    next = orders.try_recv().ok();
                }
            }
            self.flush();
        }
        self.close();
    }

    fn add(&mut self, lines: &[Line], reserved: (u64, u64), answer: oneshot::Sender<Result<Taken>>) {
        let mut taken = Taken::default();
        for line in lines {
            if !self.seen.is_new(line.slot, line.content) {
                taken.repeated += 1;
                taken.repeated_events += usize::from(line.stands_for_event);
                continue;
            }
            taken.written += 1;
            let rest = line.text.strip_prefix('{').unwrap_or(&line.text);
            self.buffer.extend_from_slice(format!("{{\"source_seq\":{},", self.next).as_bytes());
            self.buffer.extend_from_slice(rest.as_bytes());
            self.buffer.push(b'\n');
            self.next += 1;
        }
        self.promises.push(Promise { taken, reserved, answer });
    }

    /// Makes everything durable, and says so.
    fn flush(&mut self) {
        let result = if self.buffer.is_empty() { Ok(()) } else { self.write() };
        self.buffer.clear();
        for promise in self.promises.drain(..) {
            give_back(&self.shared.bytes, promise.reserved.0);
            give_back(&self.shared.rows, promise.reserved.1);
            let answer = match &result {
                Ok(()) => Ok(promise.taken),
                Err(error) => Err(Error::internal(format!("Events could not be written: {error}."))
                    .hint("Free space on the disk of the workspace, then send the batch again.")),
            };
            // Who asked may have gone; the rows stay.
            let _ = promise.answer.send(answer);
        }
        if result.is_err() {
            self.seen.forget();
            self.abandon();
        }
        if self.open.as_ref().is_some_and(|open| open.length >= self.journal_bytes) {
            self.close();
        }
    }

    fn write(&mut self) -> std::io::Result<()> {
        if self.open.is_none() {
            self.open = Some(self.begin()?);
        }
        let Some(open) = &mut self.open else { return Ok(()) };
        open.file.write_all(&self.buffer)?;
        open.file.sync_data()?;
        open.length += self.buffer.len() as u64;
        self.shared.stored.fetch_add(self.buffer.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    /// Begins a journal whose name is durable, too.
    fn begin(&self) -> std::io::Result<Open> {
        // No row has the number yet, so no journal has it.
        let path = path(&self.folder, self.next);
        let file = File::options().create_new(true).append(true).open(&path)?;
        File::open(&self.folder)?.sync_all()?;
        Ok(Open { path, file, length: 0 })
    }

    /// Leaves a journal that could not be written on. What was durable before stays; the rest was promised to nobody.
    fn abandon(&mut self) {
        if let Some(open) = &self.open {
            // Where even this fails, the import leaves a line that is not whole aside.
            let _ = open.file.set_len(open.length).and_then(|()| open.file.sync_all());
        }
        self.close();
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.shared.closed.lock().unwrap_or_else(PoisonError::into_inner).push(open.path);
        }
    }
}
