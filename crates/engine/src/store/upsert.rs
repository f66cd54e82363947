//! Brings staged rows into a table: adds what is new, corrects what changed, ignores what is known.

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
use throughline_model::vocabulary::Table;

use super::append::{append, close_versions};
use super::contest::{self, Split, conform};
use super::schema::stored_schema;
use super::staging::{ArrowFile, FILE, LINE, ORIGIN, RECORD, Staging, staged_schema};
pub use super::versions::Counts;
use super::versions::{Ownership, Walk, closing_schema};
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

/// Brings all staged rows of `table` into `delta`, chunk by chunk.
pub async fn upsert(
    session: &SessionContext,
    table: &Table,
    delta: DeltaTable,
    mut staging: Staging,
) -> Result<Upserted> {
    let ownership = Ownership::new(table, &staging.owned);
    let mut done = Upserted { delta, counts: Counts::default(), superseded: Vec::new() };
    let chunks = staging.finish()?;
    for chunk in &chunks {
        done = bring(session, table, &ownership, chunk, done).await?;
    }
    if !staging.by_file.is_empty() {
        let (delta, withdrawn) = withdraw(session, table, done.delta, &chunks, &staging.by_file).await?;
        done.delta = delta;
        done.counts.withdrawn = withdrawn;
    }
    for chunk in &chunks {
        std::fs::remove_file(chunk)?;
    }
    Ok(done)
}

async fn bring(
    session: &SessionContext,
    table: &Table,
    ownership: &Ownership,
    chunk: &Path,
    mut done: Upserted,
) -> Result<Upserted> {
    done.delta.update_datafusion_session(&session.state())?;
    let holds_rows = done.delta.get_file_uris()?.next().is_some();
    let provider = if holds_rows { Some(done.delta.table_provider().await?) } else { None };
    let schema = staged_schema(table);
    let contested = contest::find(session, chunk, &table.key, &schema, provider.clone()).await?;
    if contested.is_empty() {
        done.counts.added += count_rows(chunk)?;
        done.delta = append(session, done.delta, table, &[chunk.to_path_buf()]).await?;
        return Ok(done);
    }
    let split = contested.split(session, chunk, &table.key, &schema, provider).await?;
    let walked = walk(session, table, ownership, &split, chunk).await?;
    if let Some(plain) = &split.plain {
        done.counts.added += count_rows(plain)?;
    }
    done.counts += walked.counts;
    done.superseded.extend(walked.superseded);
    if let Some(closings) = &walked.closings {
        done.delta = close_versions(session, done.delta, table, closings).await?;
    }
    let new: Vec<PathBuf> = split.plain.iter().chain(&walked.inserts).cloned().collect();
    done.delta = append(session, done.delta, table, &new).await?;
    for file in [split.plain, split.staged, split.existing, walked.inserts, walked.closings].into_iter().flatten() {
        std::fs::remove_file(file)?;
    }
    Ok(done)
}

fn count_rows(path: &Path) -> Result<u64> {
    contest::read_batches(path)?.try_fold(0, |sum, batch| Ok(sum + batch?.num_rows() as u64))
}

struct Walked {
    inserts: Option<PathBuf>,
    closings: Option<PathBuf>,
    counts: Counts,
    superseded: Vec<(i32, i64)>,
}

/// Compares the versions of all contested keys in key order.
async fn walk(
    session: &SessionContext,
    table: &Table,
    ownership: &Ownership,
    split: &Split,
    chunk: &Path,
) -> Result<Walked> {
    let mut stream = sorted(session, table, split).await?;
    let mut inserts = ArrowFile::create(chunk.with_extension("inserts.arrow"), &stored_schema(table))?;
    let mut closings = ArrowFile::create(chunk.with_extension("closings.arrow"), &closing_schema(table)?)?;
    let mut walked = Walked { inserts: None, closings: None, counts: Counts::default(), superseded: Vec::new() };
    let schema = staged_schema(table);
    let mut carried = RecordBatch::new_empty(Arc::clone(&schema));
    let mut more = true;
    while more {
        let (batch, ended) = gather(&mut stream, carried, &schema).await?;
        more = !ended;
        let (used, outcome) = Walk::new(table, &batch, ownership)?.run(more)?;
        inserts.write(&outcome.inserts)?;
        closings.write(&outcome.closings)?;
        walked.counts += outcome.counts;
        walked.superseded.extend(outcome.superseded);
        carried = batch.slice(used, batch.num_rows() - used);
    }
    walked.inserts = inserts.finish()?;
    walked.closings = closings.finish()?;
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

async fn sorted(session: &SessionContext, table: &Table, split: &Split) -> Result<SendableRecordBatchStream> {
    let mut rows = None;
    for path in [&split.existing, &split.staged].into_iter().flatten() {
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
