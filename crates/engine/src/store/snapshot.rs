//! All tables as one manifest names them: what a reader sees, at one moment.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::datasource::empty::EmptyTable;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::logical_expr::{LogicalPlanBuilder, lit};
use datafusion::prelude::{SessionConfig, SessionContext, ident};
use datafusion::scalar::ScalarValue;
use deltalake::DeltaTable;
use throughline_model::vocabulary::Table;
use tokio::sync::Mutex;

use super::manifest::Manifest;
use super::schema::stored_schema;
use super::tables::{Tables, missing};
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
                let delta = self.tables.open_proven(name, *version, self.manifest.log_hash(name)).await?;
                opened.insert(name.to_owned(), delta.clone());
                delta
            }
        };
        // Texts as texts, not as views: a view keeps whole buffers alive, and sorts then count them many times over.
        let mut config = SessionConfig::new();
        config.options_mut().execution.parquet.schema_force_view_types = false;
        config.options_mut().execution.parquet.pushdown_filters = true;
        let reading = SessionContext::new_with_config(config).state();
        widened(delta.table_provider().with_session(Arc::new(reading)).await?, table)
    }
}

/// The table with the columns it lacks because an earlier program wrote it, empty.
fn widened(held: Arc<dyn TableProvider>, table: &Table) -> Result<Arc<dyn TableProvider>> {
    let missing = missing(&held.schema(), table);
    if missing.is_empty() {
        return Ok(held);
    }
    let lacks = |name: &str| missing.iter().any(|field| field.name() == name);
    let schema = stored_schema(table);
    let columns = schema.fields().iter().map(|field| {
        let null = || Ok(lit(ScalarValue::try_from(field.data_type())?).alias(field.name()));
        if lacks(field.name()) { null() } else { Ok(ident(field.name())) }
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let plan =
        LogicalPlanBuilder::scan(table.name.as_str(), provider_as_source(held), None)?.project(columns)?.build()?;
    Ok(Arc::new(ViewTable::new(plan, None)))
}
