//! The two commits an import makes to a table: versions that end, and rows that are new.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::common::Column;
use datafusion::execution::options::ArrowReadOptions;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::prelude::{DataFrame, Expr, SessionContext, col};
use deltalake::DeltaTable;
use deltalake::protocol::SaveMode;
use throughline_model::vocabulary::Table;

use super::schema::stored_schema;
use super::versions::{CLOSE_AT, CLOSE_DROP, CLOSE_UNTIL};
use crate::{Error, Result};

fn writer_properties() -> WriterProperties {
    let level = ZstdLevel::try_new(1).unwrap_or_default();
    WriterProperties::builder().set_compression(Compression::ZSTD(level)).build()
}

async fn read_arrow(session: &SessionContext, path: &Path) -> Result<DataFrame> {
    let path = path.to_str().ok_or_else(|| Error::input(format!("{} is not UTF-8.", path.display())))?;
    Ok(session.read_arrow(path, ArrowReadOptions::default()).await?)
}

/// Appends the stored columns of Arrow files.
pub async fn append(
    session: &SessionContext,
    delta: DeltaTable,
    table: &Table,
    files: &[PathBuf],
) -> Result<DeltaTable> {
    let schema = stored_schema(table);
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let mut rows: Option<DataFrame> = None;
    for file in files {
        let frame = read_arrow(session, file).await?.select_columns(&names)?;
        rows = Some(match rows {
            Some(earlier) => earlier.union(frame)?,
            None => frame,
        });
    }
    let Some(rows) = rows else { return Ok(delta) };
    let plan = rows.into_unoptimized_plan();
    let written = delta
        .write([])
        .with_input_plan(plan)
        .with_save_mode(SaveMode::Append)
        .with_session_state(Arc::new(session.state()))
        .with_writer_properties(writer_properties())
        .await?;
    Ok(written)
}

fn named(relation: &str, name: &str) -> Expr {
    col(Column::new(Some(relation), name))
}

/// Ends or removes versions as the instructions in `closings` say (see `versions::closing_schema`).
pub async fn close_versions(
    session: &SessionContext,
    delta: DeltaTable,
    table: &Table,
    closings: &Path,
) -> Result<DeltaTable> {
    let source = read_arrow(session, closings).await?;
    let mut same = named("t", "recorded_at").eq(named("s", CLOSE_AT));
    for key in &table.key {
        same = same.and(named("t", key).eq(named("s", &format!("_close_{key}"))));
    }
    let drop = || named("s", CLOSE_DROP);
    let (merged, _) = delta
        .merge(source, same)
        .with_source_alias("s")
        .with_target_alias("t")
        .with_session_state(Arc::new(session.state()))
        .with_writer_properties(writer_properties())
        .when_matched_delete(|delete| delete.predicate(drop()))?
        .when_matched_update(|update| update.update("recorded_until", named("s", CLOSE_UNTIL)))?
        .await?;
    Ok(merged)
}
