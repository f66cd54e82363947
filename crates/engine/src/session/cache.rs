//! Derived views that were computed once and are kept as Parquet beside the data.
//!
//! A file is named by a hash of everything its rows depend on, appears whole or not at all, and is never
//! changed: it can be deleted at any time and is never stale. Its proof lies beside it; without that it does not count.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
use crate::error::at;
use crate::proof::{self, Proof};
use crate::{Error, Result, lock};

/// Files of one view that are kept; older ones go when a new one is written.
const KEPT: usize = 4;
/// Rows of a row group: enough for Parquet, few enough for every core to get one.
const ROW_GROUP: usize = 131_072;

/// The folder of kept views. Clones share their locks.
pub(crate) struct ViewCache {
    folder: PathBuf,
    writing: Mutex<HashMap<PathBuf, Arc<Mutex<()>>>>,
}

impl ViewCache {
    pub(crate) fn new(folder: PathBuf) -> Self {
        ViewCache { folder, writing: Mutex::new(HashMap::new()) }
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
        // A file that cannot be believed is worth no more than none.
        if proof::is_proven(path)
            && let Ok(table) = open(path, state, order).await
        {
            return Ok(table);
        }
        self.write(path, rows.await?).await?;
        open(path, state, order).await
    }

    async fn write(&self, path: &Path, rows: DataFrame) -> Result<()> {
        fs::create_dir_all(&self.folder).map_err(at(&self.folder))?;
        // Several sessions and processes may write at once. What is not finished goes with its name.
        let unfinished = tempfile::Builder::new()
            .prefix(".")
            .suffix(".unfinished.parquet")
            .tempfile_in(&self.folder)?
            .into_temp_path();
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
            if joins == Joins::Merge || !hints::is_out_of_memory(&error) {
                return Err(error);
            }
        }
        fs::File::open(&unfinished)?.sync_all()?;
        let proof = Proof::of(&unfinished).map_err(at(path))?;
        let _alone = lock::in_turn(&self.folder.join(".lock"))?;
        // Where another session was faster, somebody may be reading its file, which says the same in other bytes.
        if !proof::is_proven(path) {
            proof.keep(path)?;
            unfinished.persist(path).map_err(|error| at(path)(error.error))?;
        }
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
            .filter(|entry| entry.path().extension().is_some_and(|end| end == "parquet"))
            .filter(|entry| name(&entry.path()).and_then(|name| Some(name.rsplit_once('-')?.0 == prefix)) == Some(true))
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .filter(|(_, path)| path != newest)
            .collect();
        files.sort();
        let surplus = (files.len() + 1).saturating_sub(KEPT);
        for (_, path) in files.iter().take(surplus) {
            let _ = fs::remove_file(path);
            let _ = fs::remove_file(proof::beside(path));
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::prelude::SessionContext;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn sessions_do_not_disturb_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let context = SessionContext::new();
        let written = (0..KEPT).map(|number| {
            let (cache, context) = (ViewCache::new(folder.path().to_owned()), &context);
            async move {
                let path = cache.path("view", &[&number.to_string()]);
                let rows = async { Ok(context.sql(&format!("SELECT {number} AS number")).await?) };
                let table = cache.open_or_write(&path, &context.state(), &[], rows).await.unwrap();
                let rows = context.read_table(table).unwrap().collect().await.unwrap();
                pretty_format_batches(&rows).unwrap().to_string()
            }
        });
        for (number, shown) in futures::future::join_all(written).await.iter().enumerate() {
            assert!(shown.contains(&format!("| {number} ")), "{shown}");
        }
        let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let views: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "parquet")).collect();
        assert_eq!(views.len(), KEPT);
        assert!(views.iter().all(|view| proof::is_proven(view)));
    }

    /// Somebody may be reading it.
    #[tokio::test]
    async fn what_lies_there_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (cache, path) = (ViewCache::new(folder.path().to_owned()), folder.path().join("view-0.parquet"));
        fs::write(&path, "kept").unwrap();
        Proof::of(&path).unwrap().keep(&path).unwrap();
        let rows = SessionContext::new().sql("SELECT 1 AS number").await.unwrap();
        cache.write(&path, rows.clone()).await.unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"kept");
        // Unless it is not what was written.
        fs::write(&path, "KEPT!").unwrap();
        cache.write(&path, rows).await.unwrap();
        assert!(fs::read(&path).unwrap().starts_with(b"PAR1") && proof::is_proven(&path));
    }
}
