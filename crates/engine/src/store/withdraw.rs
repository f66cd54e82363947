//! Rows without a key of their own are corrected by file: what a file no longer holds ends.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::common::{Column, JoinType};
use datafusion::execution::options::{ArrowReadOptions, ParquetReadOptions};
use datafusion::functions_aggregate::expr_fn::max;
use datafusion::prelude::{DataFrame, Expr, SessionContext, col, lit};
use deltalake::DeltaTable;
use futures::StreamExt;
use throughline_model::vocabulary::Table;

use super::arrow_file::ArrowFile;
use super::conform::conform;
use super::encode::writer_properties;
use super::parquet_files::DataFile;
use super::schema::{instant, stored_schema};
use crate::{Error, Result};

/// Columns of the instructions that end versions, after the key columns.
const CLOSE_AT: &str = "_close_recorded_at";
/// The new end of the version.
const CLOSE_UNTIL: &str = "_close_until";

/// Schema of the instructions that end versions.
fn closing_schema(table: &Table) -> Result<SchemaRef> {
    let stored = stored_schema(table);
    let mut fields = Vec::new();
    for name in &table.key {
        fields.push(Arc::new(stored.field_with_name(name)?.clone().with_name(format!("_close_{name}"))));
    }
    fields.push(Arc::new(Field::new(CLOSE_AT, instant(), false)));
    fields.push(Arc::new(Field::new(CLOSE_UNTIL, instant(), true)));
    Ok(Arc::new(Schema::new(fields)))
}

fn column(name: &str) -> Expr {
    col(Column::new_unqualified(name))
}

/// Ends the rows in force that came from `sources` and are not among the staged ones, from when the staged
/// ones were recorded. Returns how many they are.
pub async fn withdraw(
    session: &SessionContext,
    table: &Table,
    delta: DeltaTable,
    files: &[DataFile],
    sources: &BTreeSet<String>,
) -> Result<(DeltaTable, u64)> {
    let Some(last) = files.last() else { return Ok((delta, 0)) };
    if delta.get_file_uris()?.next().is_none() {
        return Ok((delta, 0));
    }
    delta.update_datafusion_session(&session.state())?;
    let closings = last.path.with_extension("withdrawn.arrow");
    let file = gone(session, table, &delta, files, sources, &closings).await?;
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
    files: &[DataFile],
    sources: &BTreeSet<String>,
    closings: &Path,
) -> Result<ArrowFile> {
    let staged = staged(session, files, sources).await?;
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
    let mut stream = ends.execute_stream().await?;
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

async fn staged(session: &SessionContext, files: &[DataFile], sources: &BTreeSet<String>) -> Result<DataFrame> {
    let path = |file: &DataFile| {
        let path = file.path.to_str().map(str::to_owned);
        path.ok_or_else(|| Error::input(format!("{} is not UTF-8.", file.path.display())))
    };
    let paths = files.iter().map(path).collect::<Result<Vec<_>>>()?;
    Ok(session.read_parquet(paths, ParquetReadOptions::default()).await?.filter(from(sources))?)
}

/// Ends versions as the instructions in `closings` say (see [`closing_schema`]).
async fn close_versions(
    session: &SessionContext,
    delta: DeltaTable,
    table: &Table,
    closings: &Path,
) -> Result<DeltaTable> {
    let path = closings.to_str().ok_or_else(|| Error::input(format!("{} is not UTF-8.", closings.display())))?;
    let source = session.read_arrow(path, ArrowReadOptions::default()).await?;
    let named = |relation: &str, name: &str| col(Column::new(Some(relation), name));
    let mut same = named("t", "recorded_at").eq(named("s", CLOSE_AT));
    for key in &table.key {
        same = same.and(named("t", key).eq(named("s", &format!("_close_{key}"))));
    }
    let (merged, _) = delta
        .merge(source, same)
        .with_source_alias("s")
        .with_target_alias("t")
        .with_session_state(Arc::new(session.state()))
        .with_writer_properties(writer_properties(table))
        .when_matched_update(|update| update.update("recorded_until", named("s", CLOSE_UNTIL)))?
        .await?;
    Ok(merged)
}
