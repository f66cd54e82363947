//! Derived views that were computed once and are kept as Parquet beside the data.
//!
//! A file is named by a hash of everything its rows depend on, appears whole or not at all, and is never
//! changed: it can be deleted at any time and is never stale.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use datafusion::catalog::TableProvider;
use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::execution::SessionState;
use datafusion::prelude::{DataFrame, ident};
use tokio::sync::Mutex;
use url::Url;
use xxhash_rust::xxh3::xxh3_128;

use super::{Joins, hints};
use crate::{Error, Result};

/// Files of one view that are kept; older ones go when a new one is written.
const KEPT: usize = 4;
/// Rows of a row group: enough for Parquet, few enough for every core to get one.
const ROW_GROUP: usize = 131_072;

/// The folder of kept views. Clones share their locks.
pub(crate) struct ViewCache {
    folder: PathBuf,
    writing: Mutex<HashMap<PathBuf, Arc<Mutex<()>>>>,
    written: AtomicU64,
}

impl ViewCache {
    pub(crate) fn new(folder: PathBuf) -> Self {
        ViewCache { folder, writing: Mutex::new(HashMap::new()), written: AtomicU64::new(0) }
    }

    /// Where the rows of a view lie that depend on exactly `parts`.
    pub(crate) fn path(&self, view: &str, parts: &[&str]) -> PathBuf {
        let mut text = format!("{}\0", env!("CARGO_PKG_VERSION"));
        for part in parts {
            // The length keeps two lists of parts apart whose texts run together.
            text.push_str(&format!("{}\0{part}\0", part.len()));
        }
        self.folder.join(format!("{view}-{:032x}.parquet", xxh3_128(text.as_bytes())))
    }

    /// The kept rows at `path`, sorted by `order`; where there are none yet, `rows` computes them.
    pub(crate) async fn open_or_write<F>(
        &self,
        path: &Path,
        state: &SessionState,
        order: &[String],
        rows: F,
    ) -> Result<Arc<dyn TableProvider>>
    where
        F: Future<Output = Result<DataFrame>> + Send,
    {
        let lock = self.writing.lock().await.entry(path.to_owned()).or_default().clone();
        let _alone = lock.lock().await;
        if path.exists() {
            match open(path, state, order).await {
                Ok(table) => return Ok(table),
                // A file that cannot be read is worth no more than none.
                Err(_) => fs::remove_file(path)?,
            }
        }
        self.write(path, rows.await?).await?;
        open(path, state, order).await
    }

    async fn write(&self, path: &Path, rows: DataFrame) -> Result<()> {
        fs::create_dir_all(&self.folder)?;
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.folder.join(format!(".{}-{number}.unfinished.parquet", std::process::id()));
        let mut options = rows.task_ctx().session_config().options().execution.parquet.clone();
        options.max_row_group_size = ROW_GROUP;
        options.compression = Some("lz4_raw".to_owned());
        let options = datafusion::common::config::TableParquetOptions { global: options, ..Default::default() };
        let url = file_url(&unfinished)?;
        let (state, plan) = rows.into_parts();
        for joins in Joins::ALL {
            let rows = DataFrame::new(joins.apply(state.clone()), plan.clone());
            let one_file = DataFrameWriteOptions::new().with_single_file_output(true);
            let Err(error) = rows.write_parquet(url.as_str(), one_file, Some(options.clone())).await else { break };
            let error = hints::running_error(&error);
            let _ = fs::remove_file(&unfinished);
            if joins == Joins::Merge || !hints::is_out_of_memory(&error) {
                return Err(error);
            }
        }
        fs::File::open(&unfinished)?.sync_all()?;
        fs::rename(&unfinished, path)?;
        self.drop_old(path);
        Ok(())
    }

    /// Removes all but the newest files of a view. Failing to do so hurts nobody.
    fn drop_old(&self, newest: &Path) {
        let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        let Some(prefix) = name(newest).and_then(|name| Some(name.rsplit_once('-')?.0.to_owned())) else { return };
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let mut files: Vec<(SystemTime, PathBuf)> = entries
            .filter_map(|entry| entry.ok())
            .filter(|entry| name(&entry.path()).and_then(|name| Some(name.rsplit_once('-')?.0 == prefix)) == Some(true))
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .filter(|(_, path)| path != newest)
            .collect();
        files.sort();
        let surplus = (files.len() + 1).saturating_sub(KEPT);
        for (_, path) in files.iter().take(surplus) {
            let _ = fs::remove_file(path);
        }
    }
}

fn file_url(path: &Path) -> Result<Url> {
    let path = std::path::absolute(path)?;
    Url::from_file_path(&path).map_err(|()| Error::internal(format!("{} is no path of a file.", path.display())))
}

async fn open(path: &Path, state: &SessionState, order: &[String]) -> Result<Arc<dyn TableProvider>> {
    let url = ListingTableUrl::parse(file_url(path)?.as_str())?;
    let order = order.iter().map(|column| ident(column).sort(true, false)).collect::<Vec<_>>();
    let options = ListingOptions::new(Arc::new(ParquetFormat::default()))
        .with_file_extension(".parquet")
        .with_file_sort_order(if order.is_empty() { Vec::new() } else { vec![order] });
    let schema = options.infer_schema(state, &url).await?;
    let config = ListingTableConfig::new(url).with_listing_options(options).with_schema(schema);
    Ok(Arc::new(ListingTable::try_new(config)?))
}
