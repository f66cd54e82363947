//! Extending a store by what imports brought: a run with the journeys they touch, each whole, which replaces the
//! earlier ones. Earlier touchpoints are copied from the store, not read again, unless they changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::common::JoinType;
use datafusion::logical_expr::{col, lit};
use throughline_journey::{Block, Journey, Kinds, OwnedBlock, ties};

use super::changes::{self, Changes};
use super::links::Links;
use super::replaced::{self, Replaced};
use super::run::{BUCKETS, Run};
use super::staging::{bucket_of, table_rank};
use super::state::{RunInfo, State};
use super::store::{Opened, Store};
use super::write::{self, RunWriter, Source, Staged};
use crate::{Progress, Result};

/// With more runs than this the youngest two become one, whatever their size.
const MOST_RUNS: usize = 8;

/// A store on its way to a later moment.
pub(super) struct Extension<'a> {
    pub(super) store: &'a Store,
    pub(super) source: &'a Source<'a>,
    pub(super) state: State,
    pub(super) opened: Opened,
}

impl Extension<'_> {
    /// Writes what is new. `None` where building anew is the shorter way, or the only one.
    pub(super) async fn run(self, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<Option<(State, Arc<Links>)>> {
        let (source, state) = (self.source, &self.state);
        let rows: u64 = state.runs.iter().map(|run| run.rows).sum();
        if !source.current || state.runs.is_empty() {
            return Ok(None);
        }
        let changes = changes::between(source.session, source.case, state.manifest, source.manifest, rows).await?;
        let Changes::Some { imports, revisited } = changes else { return Ok(None) };
        let (before, links) = (self.store.saved_links(state)?, Arc::new(Links::read(source.session).await?));
        let mut reread = before.moved(&links);
        reread.extend(revisited.iter().map(|name| links.case(name).to_owned()));
        reread.extend(revisited.iter().map(|name| before.case(name).to_owned()));
        let cases: u64 = state.runs.iter().map(|run| run.cases).sum();
        if reread.len() as u64 * 4 > cases {
            return Ok(None);
        }
        let new = self.new_touchpoints(&imports, &links, &reread, progress).await?;
        let (kinds, new) = sorted(new);
        let tied = self.tied(&new, &kinds);
        reread.extend(tied);
        let again = self.read_again(&reread, &links, &kinds, progress).await?;
        let (kinds, again) = match again {
            Some(again) => sorted(again),
            None => (kinds, Vec::new()),
        };
        let state = self.write(&kinds, &new, &again, &reread)?;
        Ok(Some((state, links)))
    }

    /// Touchpoints that the imports brought, but for cases that are read again.
    async fn new_touchpoints(
        &self,
        imports: &[String],
        links: &Arc<Links>,
        reread: &BTreeSet<String>,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Staged> {
        let rows = self.source.touchpoints().await?;
        let rows = rows.filter(col("import_id").in_list(imports.iter().map(lit).collect(), false))?;
        let reread = reread.clone();
        let wanted = Arc::new(move |case: &str| reread.is_empty() || !reread.contains(case));
        write::stage(rows, links, wanted, &self.opened.kinds, progress).await
    }

    /// All touchpoints of some cases.
    async fn read_again(
        &self,
        cases: &BTreeSet<String>,
        links: &Arc<Links>,
        kinds: &Kinds,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Option<Staged>> {
        if cases.is_empty() {
            return Ok(None);
        }
        let rows = self.source.touchpoints().await?;
        let aliases: ArrayRef = Arc::new(StringArray::from_iter_values(links.aliases_of(cases)));
        let aliases = RecordBatch::try_from_iter([("read_again", aliases)])?;
        let aliases = self.source.session.context().read_batch(aliases)?;
        let rows = rows.join(aliases, JoinType::LeftSemi, &["alias"], &["read_again"], None)?;
        let cases = cases.clone();
        let wanted = Arc::new(move |case: &str| cases.contains(case));
        Ok(Some(write::stage(rows, links, wanted, kinds, progress).await?))
    }

    /// Cases in which a new touchpoint ties with an earlier one in all that the store knows.
    fn tied(&self, new: &[OwnedBlock], kinds: &Kinds) -> Vec<String> {
        let tables = table_ranks(kinds);
        let mut tied = Vec::new();
        for (bucket, block) in new.iter().enumerate() {
            let block = block.as_block(0);
            for journey in block.journeys() {
                if let Some((old, _)) = self.earlier(bucket, journey.id())
                    && ties(&old, &journey, &tables)
                {
                    tied.push(journey.id().to_owned());
                }
            }
        }
        tied
    }

    /// The journey of a case as the store holds it, and where.
    fn earlier(&self, bucket: usize, case: &str) -> Option<(Journey<'_>, Replaced)> {
        self.opened.runs.iter().rev().find_map(|(info, run)| {
            let block = run.block(bucket, 0);
            let place = block.find(case).filter(|place| !block.is_replaced(*place))?;
            let place_there = Replaced { run: info.number, bucket: narrow(bucket), case: narrow(place) };
            Some((block.journey(place), place_there))
        })
    }

    /// Writes the run and names the state.
    fn write(
        &self,
        kinds: &Kinds,
        new: &[OwnedBlock],
        again: &[OwnedBlock],
        reread: &BTreeSet<String>,
    ) -> Result<State> {
        let tables = table_ranks(kinds);
        let mut replaced: Vec<Replaced> =
            reread.iter().filter_map(|case| Some(self.earlier(bucket_of(case), case)?.1)).collect();
        for (bucket, block) in new.iter().enumerate() {
            let block = block.as_block(0);
            let merged = block.journeys().filter(|journey| !reread.contains(journey.id()));
            replaced.extend(merged.filter_map(|journey| Some(self.earlier(bucket, journey.id())?.1)));
        }
        replaced.sort_unstable();
        let mut run = RunWriter::create(self.store.folder(), self.state.next_run())?;
        run.write(0..BUCKETS, |bucket| self.bucket(bucket, new, again, reread, &tables))?;
        let info = run.finish(&replaced)?;
        let mut runs = self.state.runs.clone();
        runs.push(info);
        let runs = if runs.last().is_some_and(|run| run.rows == 0) && replaced.is_empty() {
            self.state.runs.clone()
        } else {
            compacted(self.store, &self.source.moment(kinds, runs))?
        };
        Ok(self.source.moment(kinds, runs))
    }

    /// One bucket of the new run: ids ascend.
    fn bucket(
        &self,
        bucket: usize,
        new: &[OwnedBlock],
        again: &[OwnedBlock],
        reread: &BTreeSet<String>,
        tables: &[u8],
    ) -> OwnedBlock {
        let new = new.get(bucket).map(|block| block.as_block(0)).unwrap_or_default();
        let again = again.get(bucket).map(|block| block.as_block(0)).unwrap_or_default();
        let fresh =
            new.journeys().filter(|journey| !reread.contains(journey.id())).map(|journey| (journey.id(), journey));
        let mut journeys: BTreeMap<&str, Journey<'_>> = fresh.collect();
        journeys.extend(again.journeys().map(|journey| (journey.id(), journey)));
        let mut block = OwnedBlock::empty();
        for (id, journey) in &journeys {
            let old = if reread.contains(*id) { None } else { self.earlier(bucket, id) };
            match old {
                Some((old, _)) => block.append_merged(&old, journey, tables),
                None => block.append(journey),
            }
        }
        block
    }
}

/// Merges runs until each is at least twice as long as the next, so that there are few and each touchpoint is
/// copied few times.
fn compacted(store: &Store, state: &State) -> Result<Vec<RunInfo>> {
    let mut state = state.clone();
    loop {
        let runs = &state.runs;
        let [.., older, younger] = runs.as_slice() else { return Ok(state.runs) };
        if runs.len() <= MOST_RUNS && younger.rows.saturating_mul(2) <= older.rows {
            return Ok(state.runs);
        }
        let number = state.next_run();
        let opened = store.open(&state)?;
        let kept = opened.runs.len() - 2;
        let [(_, first), (_, second)] = &opened.runs[kept..] else { return Ok(state.runs) };
        let mut run = RunWriter::create(store.folder(), number)?;
        run.write(0..BUCKETS, |bucket| both(first, second, bucket))?;
        let still: Vec<u32> = runs[..kept].iter().map(|run| run.number).collect();
        let mut replaced = Vec::new();
        for old in &runs[kept..] {
            let all = replaced::read(&store.folder().join(old.folder()))?;
            replaced.extend(all.into_iter().filter(|one| still.contains(&one.run)));
        }
        replaced.sort_unstable();
        let info = run.finish(&replaced)?;
        state.runs.truncate(kept);
        state.runs.push(info);
    }
}

/// The journeys of two runs in one bucket: ids ascend, and no id is live in both.
fn both(first: &Run, second: &Run, bucket: usize) -> OwnedBlock {
    let (first, second) = (first.block(bucket, 0), second.block(bucket, 0));
    let mut block = OwnedBlock::empty();
    let live = |block: Block<'_>, from: usize| (from..block.cases()).find(|case| !block.is_replaced(*case));
    let (mut a, mut b) = (live(first, 0), live(second, 0));
    loop {
        match (a, b) {
            (Some(one), other) if other.is_none_or(|other| first.ids.get(one) < second.ids.get(other)) => {
                block.append(&first.journey(one));
                a = live(first, one + 1);
            }
            (_, Some(other)) => {
                block.append(&second.journey(other));
                b = live(second, other + 1);
            }
            _ => return block,
        }
    }
}

/// Sorts what was staged.
fn sorted(staged: Staged) -> (Kinds, Vec<OwnedBlock>) {
    let (kinds, build) = staged.codes.builder();
    (kinds, staged.buckets.into_iter().map(build).collect())
}

fn table_ranks(kinds: &Kinds) -> Vec<u8> {
    kinds.kinds.iter().map(|kind| table_rank(&kind.table)).collect()
}

fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
