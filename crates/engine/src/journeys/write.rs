//! From the tables to runs: the query of a case, staged into buckets, sorted and written on all cores.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use datafusion::prelude::DataFrame;
use futures::StreamExt;
use throughline_journey::{BlockBuilder, Kinds, OwnedBlock};
use tokio::task::JoinSet;

use super::codes::Codes;
use super::links::Links;
use super::run::{BUCKETS, PARTS, PartWriter};
use super::staging::{Memo, Staging, bucket_of};
use super::state::{RunInfo, State};
use super::{Case, replaced};
use crate::error::at;
use crate::proof::Proof;
use crate::session::Session;
use crate::{Error, Progress, Result};

/// Touchpoints held in memory at once; more are read in several passes, some buckets each.
const ROWS_AT_ONCE: u64 = 24_000_000;
/// Touchpoints of a batch: enough for every bucket to get some hundreds at a time.
const BATCH_ROWS: usize = 65_536;
/// How often progress is told.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// What journeys are built from.
pub(super) struct Source<'a> {
    /// The data.
    pub(super) session: &'a Session,
    /// What a case is.
    pub(super) case: Case,
    /// Number of the manifest that the data stand for.
    pub(super) manifest: u64,
    /// When it was written.
    pub(super) at: &'a str,
    /// Whether the data are those of the newest manifest, which can be gone on from.
    pub(super) current: bool,
}

impl Source<'_> {
    /// Whether a state stands for the same moment.
    pub(super) fn is_moment_of(&self, state: &State) -> bool {
        state.manifest == self.manifest && state.at == self.at
    }

    /// The state of a store for this moment.
    pub(super) fn moment(&self, kinds: &Kinds, runs: Vec<RunInfo>) -> State {
        State::new(self.manifest, self.at, kinds, runs)
    }

    /// The touchpoints, all or some of them.
    pub(super) async fn touchpoints(&self) -> Result<DataFrame> {
        // Planning only: a view that is kept would be written first.
        let session = self.session.planning_only()?;
        let plan = session.plan(self.case.sql()?).await?;
        Ok(DataFrame::new(session.context().state(), plan))
    }
}

/// The touchpoints of a query as sorted buckets on their way.
pub(super) struct Staged {
    /// Codes as they were given.
    pub(super) codes: Codes,
    /// A builder for every bucket.
    pub(super) buckets: Vec<BlockBuilder>,
}

/// Stages the touchpoints of `rows` whose cases are wanted.
pub(super) async fn stage(
    rows: DataFrame,
    links: &Arc<Links>,
    wanted: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    known: &Kinds,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Staged> {
    let (mut state, plan) = rows.into_parts();
    let config = std::mem::take(state.config_mut());
    *state.config_mut() = config.with_batch_size(BATCH_ROWS);
    let rows = DataFrame::new(state, plan);
    let streams =
        rows.execute_stream_partitioned().await.map_err(|error| crate::session::hints::running_error(&error))?;
    let staging = Arc::new(Staging::new(links.clone(), wanted, known));
    let staged = Arc::new(AtomicU64::new(0));
    let mut readers = JoinSet::new();
    for mut stream in streams {
        let (staging, staged) = (staging.clone(), staged.clone());
        readers.spawn(async move {
            let mut memo = Memo::default();
            while let Some(batch) = stream.next().await {
                let batch = batch.map_err(|error| crate::session::hints::running_error(&error))?;
                staging.add(&batch, &mut memo)?;
                staged.fetch_add(batch.num_rows() as u64, Ordering::Relaxed);
            }
            Ok::<(), Error>(())
        });
    }
    let mut clock = tokio::time::interval(TOLD_EVERY);
    loop {
        tokio::select! {
            done = readers.join_next() => match done {
                Some(done) => done.map_err(|error| Error::internal(format!("A reader of touchpoints died: {error}.")))??,
                None => break,
            },
            _ = clock.tick() => progress(Progress::Journeys { rows: staged.load(Ordering::Relaxed) }),
        }
    }
    let staging = Arc::into_inner(staging).ok_or_else(|| Error::internal("a reader of touchpoints lives on"))?;
    let (codes, buckets) = staging.finish();
    Ok(Staged { codes, buckets })
}

/// Builds a run of all journeys. Returns what its codes mean.
pub(super) async fn whole_run(
    source: &Source<'_>,
    links: &Arc<Links>,
    store: &Path,
    number: u32,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(Kinds, RunInfo)> {
    let expected = source.case.expected_rows(source.session).await?;
    let passes = usize::try_from(expected.div_ceil(ROWS_AT_ONCE)).unwrap_or(BUCKETS).clamp(1, BUCKETS);
    let mut run = RunWriter::create(store, number)?;
    let mut kinds = Kinds::default();
    for pass in 0..passes {
        let range = pass * BUCKETS / passes..(pass + 1) * BUCKETS / passes;
        let inside = range.clone();
        let wanted = Arc::new(move |case: &str| passes == 1 || inside.contains(&bucket_of(case)));
        let staged = stage(source.touchpoints().await?, links, wanted, &kinds, progress).await?;
        let (settled, build) = staged.codes.builder();
        let mut buckets = staged.buckets;
        run.write(buckets.drain(range), build)?;
        kinds = settled;
    }
    Ok((kinds, run.finish(&[])?))
}

impl Codes {
    /// What the codes mean once they are settled, and what sorts a builder's touchpoints and gives them those codes.
    pub(super) fn builder(self) -> (Kinds, impl Fn(BlockBuilder) -> OwnedBlock + Sync) {
        let names = self.kinds().names();
        let rank = |name: &str| names.binary_search(&name).ok().and_then(|rank| u32::try_from(rank).ok());
        let ranks: Vec<u32> = self.kinds().kinds.iter().map(|kind| rank(&kind.kind).unwrap_or(u32::MAX)).collect();
        let (kinds, kind_codes, channel_codes) = self.settle();
        let build = move |builder: BlockBuilder| {
            let mut block = builder.finish(|code| ranks.get(usize::from(code)).copied().unwrap_or(u32::MAX));
            block.recode(&kind_codes, &channel_codes);
            block
        };
        (kinds, build)
    }
}

/// Writes a run under a passing name.
pub(super) struct RunWriter {
    parts: Vec<PartWriter>,
    next: usize,
    info: RunInfo,
    unfinished: std::path::PathBuf,
    folder: std::path::PathBuf,
}

impl RunWriter {
    /// Begins the run of that number in a store.
    pub(super) fn create(store: &Path, number: u32) -> Result<RunWriter> {
        let info = RunInfo { number, ..RunInfo::default() };
        let unfinished = store.join(format!(".{}.unfinished", info.folder()));
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)?;
        }
        let folder = store.join(info.folder());
        let parts = (0..PARTS).map(|part| PartWriter::create(&unfinished, part)).collect::<Result<_>>()?;
        Ok(RunWriter { parts, next: 0, info, unfinished, folder })
    }

    /// Builds and writes the next buckets, each part on a core of its own.
    pub(super) fn write<T: Send>(
        &mut self,
        buckets: impl IntoIterator<Item = T>,
        build: impl Fn(T) -> OwnedBlock + Sync,
    ) -> Result<()> {
        let mut shares: Vec<Vec<T>> = (0..PARTS).map(|_| Vec::new()).collect();
        for bucket in buckets {
            if let Some(share) = shares.get_mut(self.next % PARTS) {
                share.push(bucket);
            }
            self.next += 1;
        }
        let build = &build;
        let written: Vec<Result<(u64, u64)>> = std::thread::scope(|scope| {
            let work = self.parts.iter_mut().zip(shares).map(|(part, share)| {
                scope.spawn(move || {
                    let (mut cases, mut rows) = (0, 0);
                    for bucket in share {
                        let block = build(bucket);
                        cases += block.starts.len() as u64;
                        rows += block.at.len() as u64;
                        part.push(block)?;
                    }
                    Ok((cases, rows))
                })
            });
            let work: Vec<_> = work.collect();
            let done =
                work.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            done.collect()
        });
        for part in written {
            let (cases, rows) = part?;
            self.info.cases += cases;
            self.info.rows += rows;
        }
        Ok(())
    }

    /// Ends the run, which replaces cases of earlier ones, and gives it its name.
    pub(super) fn finish(mut self, replaced: &[replaced::Replaced]) -> Result<RunInfo> {
        for part in self.parts {
            part.finish()?;
        }
        replaced::write(&self.unfinished, replaced)?;
        for entry in fs::read_dir(&self.unfinished)? {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            self.info.files.insert(name, Proof::of(&path).map_err(at(&path))?);
        }
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        fs::rename(&self.unfinished, &self.folder)?;
        Ok(self.info)
    }
}
