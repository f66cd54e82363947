//! One pass over the files of an input: pieces are cut, read and mapped on all cores and handed on in their order, so
//! that nothing depends on how many cores there are.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::record_batch::RecordBatch;

use super::emit::{Mapped, Mapper};
use super::open::unreadable;
use super::raw::chunk_rows::{ChunkRows, chunks_of};
use super::raw::chunks::{Chunk, Chunks};
use super::raw::input::{InputFile, InputFiles};
use super::raw::parquet;
use super::raw::read::{Item, Reading};
use super::spool::Feed;
use crate::{Error, Result};

/// What is made of an input while it is read.
pub(crate) struct Pass<'a> {
    /// The input.
    pub(crate) files: &'a InputFiles,
    /// Which columns are read.
    pub(crate) wanted: Vec<bool>,
    /// Records that map each batch for itself.
    pub(crate) mappers: Vec<&'a Mapper>,
    /// Planned records that read the input later.
    pub(crate) feeds: &'a [Arc<Feed>],
    /// Whether the raw rows are wanted too.
    pub(crate) with_raw: bool,
    /// Counts bytes read from disk.
    pub(crate) bytes: Arc<AtomicU64>,
}

/// What became of one piece of a file.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    /// Number of the file.
    pub(crate) file: i32,
    /// Rows as text, where they are wanted.
    pub(crate) raw: Option<RecordBatch>,
    /// How many rows there are.
    pub(crate) rows: u64,
    /// Rows that could not be split into columns.
    pub(crate) rejects: Vec<Item>,
    /// What each mapper made.
    pub(crate) mapped: Vec<Mapped>,
    /// What each feed wants.
    pub(crate) fed: Vec<RecordBatch>,
    /// How many rows the file has, when it has ended.
    pub(crate) ended: Option<u64>,
}

/// A piece to be worked on.
enum Task<'a> {
    /// Text; how many rows stand before it comes from the piece before, and goes to the one behind.
    Text { file: &'a InputFile, chunk: Chunk, before: Receiver<u64>, after: SyncSender<u64> },
    /// Rows.
    Rows { file: &'a InputFile, rows: RecordBatch },
    /// The end of a file.
    End { file: &'a InputFile, before: Receiver<u64> },
}

type Done = Result<Piece>;

/// Where tasks go: to the workers, and in their order to who waits for them.
struct Line<'a> {
    work: SyncSender<(Task<'a>, SyncSender<Done>)>,
    order: SyncSender<Receiver<Done>>,
}

impl<'a> Line<'a> {
    fn add(&self, task: Task<'a>) -> ControlFlow<()> {
        let (done, wait) = sync_channel(1);
        match self.order.send(wait).is_ok() && self.work.send((task, done)).is_ok() {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    }

    fn fail(&self, error: Error) {
        let (done, wait) = sync_channel(1);
        // Where nobody listens any more, there is an earlier error.
        let _ = done.send(Err(error));
        let _ = self.order.send(wait);
    }
}

impl<'a> Pass<'a> {
    /// Reads all files; `take` gets the pieces in their order.
    ///
    /// # Errors
    /// A file that cannot be read to its end, or what `take` answers.
    pub(crate) fn run(&self, take: &mut dyn FnMut(Piece) -> Result<()>) -> Result<()> {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let (work, tasks) = sync_channel(2 * workers);
        let (order, pieces) = sync_channel(2 * workers);
        let tasks = Mutex::new(tasks);
        std::thread::scope(|scope| {
            let pieces = pieces;
            scope.spawn(move || self.cut(&Line { work, order }));
            for _ in 0..workers {
                scope.spawn(|| self.work(&tasks));
            }
            for piece in pieces {
                take(piece.recv().map_err(|_| Error::internal("reading stopped"))??)?;
            }
            Ok(())
        })
    }

    fn cut(&'a self, line: &Line<'a>) {
        for file in &self.files.files {
            let reading = Reading { input: self.files, file, wanted: &self.wanted, bytes: self.bytes.clone() };
            let cut = match chunks_of(&reading) {
                Ok(Some(chunks)) => cut_text(file, chunks, line),
                Ok(None) => parquet::read(&reading, &mut |item| match item {
                    Item::Rows(rows) => line.add(Task::Rows { file, rows }),
                    Item::Ended { rows } => line.add(Task::End { file, before: known(rows) }),
                    Item::Reject { .. } => ControlFlow::Continue(()),
                }),
                Err(error) => Err(error),
            };
            match cut {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return,
                Err(error) => return line.fail(error),
            }
        }
    }

    fn work(&self, tasks: &Mutex<Receiver<(Task<'_>, SyncSender<Done>)>>) {
        loop {
            let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((task, done)) = task else { return };
            // Where nobody waits any more, the import has failed.
            let _ = done.send(self.piece(task));
        }
    }

    fn piece(&self, task: Task<'_>) -> Done {
        let gone = |_| Error::internal("an earlier piece of the file could not be read");
        match task {
            Task::Text { file, chunk, before, after } => {
                let mut rows = ChunkRows::read(self.files, file, &self.wanted, chunk)?;
                let before = before.recv().map_err(gone)?;
                let _ = after.send(before + rows.rows);
                let rejects = std::mem::take(&mut rows.rejects);
                let count = rows.rows;
                let mut piece = match rows.finish(before)? {
                    Some(rows) => self.mapped(rows)?,
                    None => Piece::default(),
                };
                (piece.file, piece.rejects, piece.rows) = (file.number, rejects, count);
                Ok(piece)
            }
            Task::Rows { file, rows } => Ok(Piece { file: file.number, ..self.mapped(rows)? }),
            Task::End { file, before } => {
                Ok(Piece { file: file.number, ended: Some(before.recv().map_err(gone)?), ..Piece::default() })
            }
        }
    }

    fn mapped(&self, raw: RecordBatch) -> Done {
        Ok(Piece {
            rows: raw.num_rows() as u64,
            mapped: self.mappers.iter().map(|mapper| mapper.map_with(&raw, None)).collect::<Result<_>>()?,
            fed: self.feeds.iter().map(|feed| feed.select(&raw)).collect::<Result<_>>()?,
            raw: self.with_raw.then_some(raw),
            ..Piece::default()
        })
    }
}

fn cut_text<'a>(file: &'a InputFile, mut chunks: Chunks, line: &Line<'a>) -> Result<ControlFlow<()>> {
    let mut before = known(0);
    while let Some(chunk) = chunks.next().map_err(|error| unreadable(&file.source.path, &error))? {
        let (after, next) = sync_channel(1);
        if line.add(Task::Text { file, chunk, before, after }).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        before = next;
    }
    Ok(line.add(Task::End { file, before }))
}

/// A count that is known already.
fn known(rows: u64) -> Receiver<u64> {
    let (send, receive) = sync_channel(1);
    let _ = send.send(rows);
    receive
}
