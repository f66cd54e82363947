//! Opening and creating Delta tables, and rolling back what no manifest names.

use std::fs;
use std::path::PathBuf;

use datafusion::arrow::datatypes::{FieldRef, Schema};
use deltalake::kernel::StructType;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::{DeltaTable, DeltaTableBuilder};
use throughline_model::vocabulary::Table;
use url::Url;

use crate::error::DOCTOR;
use crate::store::data_files;
use crate::store::schema::stored_schema;
use crate::{Error, Result};

/// Names the checkpoint that a log is read from.
const CHECKPOINT: &str = "_last_checkpoint";

/// The folder that holds one Delta table per standard table.
#[derive(Debug, Clone)]
pub struct Tables {
    root: PathBuf,
}

impl Tables {
    /// Tables under `root`, an absolute path.
    pub fn new(root: PathBuf) -> Self {
        Tables { root }
    }

    fn url(&self, name: &str) -> Result<Url> {
        let folder = self.folder(name);
        Url::from_directory_path(&folder)
            .map_err(|()| Error::internal(format!("{} is no absolute path.", folder.display())))
    }

    /// The table as it stood at `version`.
    pub async fn open_at(&self, name: &str, version: u64) -> Result<DeltaTable> {
        let opened = DeltaTableBuilder::from_url(self.url(name)?)?.with_version(version).load().await;
        opened.map_err(|error| {
            let file = self.broken_commit(name, version).map_or(String::new(), |path| format!(" {}:", path.display()));
            Error::damaged(format!("Table {name} cannot be opened at version {version}:{file} {error}.")).hint(DOCTOR)
        })
    }

    /// The table as it stands, whatever a manifest says.
    pub(crate) async fn open_newest(&self, name: &str) -> Result<DeltaTable> {
        Ok(DeltaTableBuilder::from_url(self.url(name)?)?.load().await?)
    }

    /// The table as it stood at `version`, where log and data files are what was written.
    pub(crate) async fn open_proven(&self, name: &str, version: u64, log_hash: Option<&str>) -> Result<DeltaTable> {
        let delta = self.open_at(name, version).await?;
        self.prove_log(name, &delta, log_hash)?;
        data_files::prove(&delta, false).await?;
        Ok(delta)
    }

    /// Whether the log says what its hash in the manifest says.
    pub(crate) fn prove_log(&self, name: &str, delta: &DeltaTable, log_hash: Option<&str>) -> Result<()> {
        match log_hash {
            Some(hash) if hash != data_files::log_hash(delta)? => Err(Error::damaged(format!(
                "The log of table {name} ({}) is damaged: it does not say what the last import committed.",
                self.root.join(name).join("_delta_log").display()
            ))
            .hint(DOCTOR)),
            _ => Ok(()),
        }
    }

    /// The first commit up to `version` that is missing or cannot be read, for the error that names it. A log that
    /// begins with a checkpoint lacks the commits before it.
    fn broken_commit(&self, name: &str, version: u64) -> Option<PathBuf> {
        let log = self.folder(name).join("_delta_log");
        let path = |number: u64| log.join(format!("{number:020}.json"));
        let whole = |path: &PathBuf| {
            let text = fs::read_to_string(path).unwrap_or_default();
            !text.is_empty() && text.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
        };
        let first = (0..=version).find(|number| path(*number).exists())?;
        let checkpoint = log.join(CHECKPOINT);
        let begins = || if checkpoint.is_file() { checkpoint } else { path(0) };
        (first..=version).map(path).find(|path| !whole(path)).or_else(|| (first > 0).then(begins))
    }

    /// The folder of a table.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The table ready to be written: created where it is new, rolled back to `committed` where a process
    /// died after writing to it and before its manifest.
    pub async fn open_for_writing(&self, table: &Table, committed: Option<u64>) -> Result<DeltaTable> {
        let folder = self.root.join(&table.name);
        let Some(committed) = committed else {
            if folder.exists() {
                fs::remove_dir_all(&folder)?;
            }
            fs::create_dir_all(&folder)?;
            return self.create(table).await;
        };
        let opened = DeltaTableBuilder::from_url(self.url(&table.name)?)?.load().await?;
        let opened = match opened.version() {
            Some(version) if version > committed => opened.restore().with_version_to_restore(committed).await?.0,
            _ => opened,
        };
        // Nothing damaged may be copied into a file that says it is whole.
        data_files::prove(&opened, true).await?;
        widen(opened, table).await
    }

    async fn create(&self, table: &Table) -> Result<DeltaTable> {
        let schema: StructType = stored_schema(table).as_ref().try_into_kernel()?;
        let blank = DeltaTableBuilder::from_url(self.url(&table.name)?)?.build()?;
        let created = blank
            .create()
            .with_table_name(&table.name)
            .with_comment(&table.about)
            .with_columns(schema.fields().cloned())
            .await?;
        Ok(created)
    }
}

/// Columns that the vocabulary knows and a table of an earlier program lacks.
pub fn missing(held: &Schema, table: &Table) -> Vec<FieldRef> {
    let wanted = stored_schema(table);
    wanted.fields().iter().filter(|field| held.field_with_name(field.name()).is_err()).cloned().collect()
}

/// Adds the columns that a table of an earlier program lacks.
async fn widen(delta: DeltaTable, table: &Table) -> Result<DeltaTable> {
    let missing = missing(&delta.table_provider().await?.schema(), table);
    if missing.is_empty() {
        return Ok(delta);
    }
    let added: StructType = (&Schema::new(missing)).try_into_kernel()?;
    Ok(delta.add_columns().with_fields(added.fields().cloned().collect::<Vec<_>>()).await?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use datafusion::prelude::SessionContext;

    use super::*;
    use crate::catalog;
    use crate::store::manifest::Manifest;
    use crate::store::snapshot::Snapshot;

    #[tokio::test]
    async fn tables_of_an_earlier_program_gain_its_columns() {
        let folder = tempfile::tempdir().unwrap();
        let tables = Tables::new(folder.path().join("tables"));
        let table = catalog::vocabulary().unwrap().table("identities").unwrap();
        let mut earlier = table.clone();
        earlier.columns.retain(|column| column.name != "note" && column.name != "who");
        let written = tables.open_for_writing(&earlier, None).await.unwrap();
        let manifest = Manifest { tables: BTreeMap::from([("identities".to_owned(), 0)]), ..Manifest::default() };
        let read = Snapshot::new(tables.clone(), manifest).provider("identities").await.unwrap();
        assert_eq!(read.schema().fields().len(), stored_schema(table).fields().len());
        let rows = SessionContext::new().read_table(read).unwrap().collect().await.unwrap();
        assert_eq!(rows.iter().map(|batch| batch.num_rows()).sum::<usize>(), 0);
        let widened = tables.open_for_writing(table, written.version()).await.unwrap();
        assert_eq!(missing(&widened.table_provider().await.unwrap().schema(), table), []);
        assert_eq!(widened.version(), Some(1));
        // A process that dies after widening leaves a table that is rolled back and widened again.
        let again = tables.open_for_writing(table, Some(0)).await.unwrap();
        assert_eq!(missing(&again.table_provider().await.unwrap().schema(), table), []);
    }
}
