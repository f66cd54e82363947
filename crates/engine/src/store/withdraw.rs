//! Rows without a key of their own are corrected by file: what a file no longer holds ends.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use datafusion::common::{Column, JoinType};
use datafusion::execution::options::ArrowReadOptions;
use datafusion::functions_aggregate::expr_fn::max;
use datafusion::prelude::{DataFrame, Expr, SessionContext, col, lit};
use deltalake::DeltaTable;
use futures::StreamExt;
use throughline_model::vocabulary::Table;

use super::append::close_versions;
use super::contest::conform;
use super::staging::ArrowFile;
use super::versions::{CLOSE_AT, CLOSE_DROP, CLOSE_UNTIL, closing_schema};
use crate::{Error, Result};

fn column(name: &str) -> Expr {
    col(Column::new_unqualified(name))
}

/// Ends the rows in force that came from `sources` and are not among the staged ones, from when the staged
/// ones were recorded. Returns how many they are.
pub async fn withdraw(
    session: &SessionContext,
    table: &Table,
    delta: DeltaTable,
    chunks: &[PathBuf],
    sources: &BTreeSet<String>,
) -> Result<(DeltaTable, u64)> {
    let Some(last) = chunks.last() else { return Ok((delta, 0)) };
    let closings = last.with_extension("withdrawn.arrow");
    let file = gone(session, table, &delta, chunks, sources, &closings).await?;
    let withdrawn = file.rows() as u64;
    let Some(file) = file.finish()? else { return Ok((delta, 0)) };
    let delta = close_versions(session, delta, table, &file).await?;
    std::fs::remove_file(file)?;
    Ok((delta, withdrawn))
}

async fn gone(
    session: &SessionContext,
    table: &Table,
    delta: &DeltaTable,
    chunks: &[PathBuf],
    sources: &BTreeSet<String>,
    closings: &Path,
) -> Result<ArrowFile> {
    let staged = staged(session, chunks, sources).await?;
    let at = staged.clone().aggregate(vec![], vec![max(column("recorded_at")).alias(CLOSE_UNTIL)])?;
    let closing_name = |key: &String| format!("_close_{key}");
    let own: Vec<Expr> = table.key.iter().map(|key| column(key).alias(closing_name(key))).collect();
    let kept: Vec<Expr> = table.key.iter().map(|key| column(key).alias(format!("_kept_{key}"))).collect();
    let held = session.read_table(delta.table_provider().await?)?;
    let held = held.filter(from(sources).and(column("recorded_until").is_null()))?;
    let held = held.select(own.into_iter().chain([column("recorded_at").alias(CLOSE_AT)]).collect::<Vec<_>>())?;
    let (left, right): (Vec<String>, Vec<String>) =
        table.key.iter().map(|key| (closing_name(key), format!("_kept_{key}"))).unzip();
    let (left, right): (Vec<&str>, Vec<&str>) =
        (left.iter().map(String::as_str).collect(), right.iter().map(String::as_str).collect());
    let gone = held.join(staged.select(kept)?, JoinType::LeftAnti, &left, &right, None)?;
    let ends = gone.join_on(at, JoinType::Inner, [column(CLOSE_AT).lt(column(CLOSE_UNTIL))])?;
    let mut stream = ends.with_column(CLOSE_DROP, lit(false))?.execute_stream().await?;
    let schema = closing_schema(table)?;
    let mut file = ArrowFile::create(closings.to_path_buf(), &schema)?;
    while let Some(batch) = stream.next().await {
        file.write(&conform(&batch?, &schema)?)?;
    }
    Ok(file)
}

fn from(sources: &BTreeSet<String>) -> Expr {
    column("source").in_list(sources.iter().map(|source| lit(source.as_str())).collect(), false)
}

async fn staged(session: &SessionContext, chunks: &[PathBuf], sources: &BTreeSet<String>) -> Result<DataFrame> {
    let mut all: Option<DataFrame> = None;
    for chunk in chunks {
        let path = chunk.to_str().ok_or_else(|| Error::input(format!("{} is not UTF-8.", chunk.display())))?;
        let frame = session.read_arrow(path, ArrowReadOptions::default()).await?.filter(from(sources))?;
        all = Some(match all {
            Some(earlier) => earlier.union(frame)?,
            None => frame,
        });
    }
    all.ok_or_else(|| Error::internal("no staged rows to compare"))
}
