//! All tables as one manifest names them: what a reader sees, at one moment.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::datasource::empty::EmptyTable;
use datafusion::prelude::{SessionConfig, SessionContext};
use deltalake::DeltaTable;
use tokio::sync::Mutex;

use super::manifest::Manifest;
use super::schema::stored_schema;
use super::tables::Tables;
use crate::{Error, Result, catalog};

/// One moment of the workspace's data.
pub struct Snapshot {
    tables: Tables,
    manifest: Manifest,
    opened: Mutex<HashMap<String, DeltaTable>>,
}

impl Snapshot {
    pub(crate) fn new(tables: Tables, manifest: Manifest) -> Self {
        Snapshot { tables, manifest, opened: Mutex::new(HashMap::new()) }
    }

    /// The manifest behind it.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// All versions of the rows of a table, in the stored schema; no rows where none were ever written.
    pub async fn provider(&self, name: &str) -> Result<Arc<dyn TableProvider>> {
        let table = catalog::vocabulary()?
            .table(name)
            .ok_or_else(|| Error::input(format!("There is no standard table {name}.")))?;
        let Some(version) = self.manifest.tables.get(name) else {
            return Ok(Arc::new(EmptyTable::new(stored_schema(table))));
        };
        let mut opened = self.opened.lock().await;
        let delta = match opened.get(name) {
            Some(delta) => delta.clone(),
            None => {
                let delta = self.tables.open_at(name, *version).await?;
                opened.insert(name.to_owned(), delta.clone());
                delta
            }
        };
        // Texts as texts, not as views: a view keeps whole buffers alive, and sorts then count them many times over.
        let mut config = SessionConfig::new();
        config.options_mut().execution.parquet.schema_force_view_types = false;
        config.options_mut().execution.parquet.pushdown_filters = true;
        let reading = SessionContext::new_with_config(config).state();
        Ok(delta.table_provider().with_session(Arc::new(reading)).await?)
    }
}
