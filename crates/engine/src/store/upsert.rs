//! Brings staged rows into a table: adds what is new, corrects what changed, ignores what is known.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Column;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::options::ArrowReadOptions;
use datafusion::logical_expr::SortExpr;
use datafusion::prelude::{SessionContext, col};
use deltalake::DeltaTable;
use futures::StreamExt;
use jiff::Timestamp;
use throughline_model::vocabulary::Table;

use super::closing;
use super::closings::Closings;
use super::conform::conform;
use super::contest;
use super::data_files::{self, Author, Change, held_files};
use super::encode::Encoder;
use super::held;
use super::keys::HashSet;
use super::merge::merge;
use super::parquet_files::{DataFile, DataFiles};
use super::replaced::mark_replaced;
use super::staging::{FILE, LINE, ORIGIN, RECORD, Staged, Staging, staged_schema};
pub use super::versions::Counts;
use super::versions::{Ownership, Walk};
use super::withdraw::withdraw;
use crate::{Error, Result};

/// Rows walked at a time.
const WALK_ROWS: usize = 65_536;

/// What became of a table.
pub struct Upserted {
    /// The table after it.
    pub delta: DeltaTable,
    /// What became of its rows.
    pub counts: Counts,
    /// File index and line of rows replaced by a later row of the same import.
    pub superseded: Vec<(i32, i64)>,
}

/// Who brings rows in, and with what.
pub struct Upsert<'a> {
    /// The session that sorts and joins.
    pub session: &'a SessionContext,
    /// Where hashes of keys are kept, table by table.
    pub keys: PathBuf,
    /// The import.
    pub import_id: &'a str,
    /// When it began.
    pub at: Timestamp,
}

impl Upsert<'_> {
    /// Brings all staged rows of `table` into `delta`.
    pub async fn run(&self, table: &Table, mut delta: DeltaTable, mut staging: Staging) -> Result<Upserted> {
        let ownership = Ownership::new(table, &staging.owned);
        let by_file = std::mem::take(&mut staging.by_file);
        let mut staged = staging.finish()?;
        if staged.rows == 0 {
            return Ok(Upserted { delta, counts: Counts::default(), superseded: Vec::new() });
        }
        let first = held_files(&delta)?;
        let before = data_files::state(&first);
        let mut counts = Counts::default();
        if !by_file.is_empty() {
            (delta, counts.withdrawn) = withdraw(self.session, table, delta, &staged.files, &by_file).await?;
        }
        let held = held_files(&delta)?;
        let paths: Vec<PathBuf> = held.iter().map(|file| file.path.clone()).collect();
        let (index, contested) = contest::find(&self.keys.join(&table.name), &mut staged, table, &paths, before)?;
        let (mut removed, mut superseded, folder) = (Vec::new(), Vec::new(), staged.folder.clone());
        let added = if contested.is_empty() {
            counts.added += staged.rows;
            staged.files
        } else {
            let settled = self.settle(table, &ownership, staged, &contested, &paths).await?;
            let gone = held.into_iter().enumerate().filter(|(place, _)| settled.replaced.contains(place));
            removed = gone.map(|(_, file)| file.remove).collect();
            counts += settled.counts;
            superseded = settled.superseded;
            settled.files
        };
        let author = Author { import_id: self.import_id, at: self.at };
        let delta = data_files::commit(delta, &author, &added, removed, Change::Rows).await?;
        let delta = merge(table, delta, &author, &folder).await?;
        let last = held_files(&delta)?;
        index.keep(data_files::state(&last))?;
        mark_replaced(&first, &last, self.at)?;
        Ok(Upserted { delta, counts, superseded })
    }

    /// Compares the versions of contested keys; the others are new.
    async fn settle(
        &self,
        table: &Table,
        ownership: &Ownership,
        staged: Staged,
        contested: &HashSet,
        held: &[PathBuf],
    ) -> Result<Settled> {
        let folder = staged.folder.clone();
        let parted = contest::part(table, staged, contested)?;
        let existing = held::fetch(held, table, contested, parted.range.as_ref(), folder.join("existing.arrow"))?;
        let sources: Vec<PathBuf> = existing.into_iter().chain(parted.contested).collect();
        let walked = walk(self.session, table, ownership, &sources, &folder).await?;
        let closed = closing::close(table, held, &walked.closings, &folder)?;
        let mut counts = walked.counts;
        counts.added += parted.plain.iter().map(|file| file.rows() as u64).sum::<u64>();
        let replaced = closed.iter().map(|(place, _)| *place).collect();
        let mut files = parted.plain;
        files.extend(walked.inserts);
        files.extend(closed.into_iter().filter_map(|(_, file)| file));
        for source in sources {
            std::fs::remove_file(source)?;
        }
        Ok(Settled { files, replaced, counts, superseded: walked.superseded })
    }
}

/// What contested keys ask of a table.
struct Settled {
    /// Files to add, the uncontested rows among them.
    files: Vec<DataFile>,
    /// Places of data files whose rows stand in one of them.
    replaced: BTreeSet<usize>,
    counts: Counts,
    superseded: Vec<(i32, i64)>,
}

struct Walked {
    inserts: Vec<DataFile>,
    closings: Closings,
    counts: Counts,
    superseded: Vec<(i32, i64)>,
}

/// Compares the versions of all contested keys in key order.
async fn walk(
    session: &SessionContext,
    table: &Table,
    ownership: &Ownership,
    sources: &[PathBuf],
    folder: &Path,
) -> Result<Walked> {
    let mut stream = sorted(session, table, sources).await?;
    let mut inserts = Encoder::new(table, Arc::new(|batch: &RecordBatch| Ok((batch.clone(), ()))))?;
    let mut files = DataFiles::new(table, &folder.join("inserts"));
    let (inserted, closings) = (Vec::new(), Closings::new(folder));
    let mut walked = Walked { inserts: inserted, closings, counts: Counts::default(), superseded: Vec::new() };
    let schema = staged_schema(table);
    let mut carried = RecordBatch::new_empty(Arc::clone(&schema));
    let mut more = true;
    while more {
        let (batch, ended) = gather(&mut stream, carried, &schema).await?;
        more = !ended;
        let (used, outcome) = Walk::new(table, &batch, ownership)?.run(more)?;
        inserts.write(&outcome.inserts, &mut |group| files.append(group))?;
        walked.closings.add(outcome.closings)?;
        walked.counts += outcome.counts;
        walked.superseded.extend(outcome.superseded);
        carried = batch.slice(used, batch.num_rows() - used);
    }
    inserts.finish(&mut |group| files.append(group))?;
    walked.inserts = files.finish()?;
    Ok(walked)
}

/// At least `WALK_ROWS` more rows behind `carried`, and whether the stream has ended.
async fn gather(
    stream: &mut SendableRecordBatchStream,
    carried: RecordBatch,
    schema: &SchemaRef,
) -> Result<(RecordBatch, bool)> {
    let mut batches = vec![carried];
    let mut rows = 0;
    while rows < WALK_ROWS {
        match stream.next().await {
            Some(batch) => {
                let batch = conform(&batch?, schema)?;
                rows += batch.num_rows();
                batches.push(batch);
            }
            None => return Ok((concat_batches(schema, &batches)?, true)),
        }
    }
    Ok((concat_batches(schema, &batches)?, false))
}

async fn sorted(session: &SessionContext, table: &Table, sources: &[PathBuf]) -> Result<SendableRecordBatchStream> {
    let mut rows = None;
    for path in sources {
        let path = path.to_str().ok_or_else(|| Error::input(format!("{} is not UTF-8.", path.display())))?;
        let frame = session.read_arrow(path, ArrowReadOptions::default()).await?;
        rows = Some(match rows {
            Some(earlier) => datafusion::prelude::DataFrame::union(earlier, frame)?,
            None => frame,
        });
    }
    let rows = rows.ok_or_else(|| Error::internal("no contested rows to compare"))?;
    let names = table.key.iter().map(String::as_str).chain(["recorded_at", ORIGIN, FILE, LINE, RECORD]);
    let order: Vec<SortExpr> = names.map(|name| col(Column::new_unqualified(name)).sort(true, true)).collect();
    Ok(rows.sort(order)?.execute_stream().await?)
}
