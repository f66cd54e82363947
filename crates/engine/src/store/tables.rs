//! Opening and creating Delta tables, and rolling back what no manifest names.

use std::fs;
use std::path::PathBuf;

use deltalake::kernel::StructType;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::{DeltaTable, DeltaTableBuilder};
use throughline_model::vocabulary::Table;
use url::Url;

use crate::store::schema::stored_schema;
use crate::{Error, Result};

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
        let folder = self.root.join(name);
        Url::from_directory_path(&folder)
            .map_err(|()| Error::internal(format!("{} is no absolute path.", folder.display())))
    }

    /// The table as it stood at `version`.
    pub async fn open_at(&self, name: &str, version: u64) -> Result<DeltaTable> {
        let opened = DeltaTableBuilder::from_url(self.url(name)?)?.with_version(version).load().await;
        opened.map_err(|error| {
            Error::damaged(format!("Table {name} cannot be opened at version {version}: {error}.")).hint(
                "The data folder is damaged; restore it from a backup or import the sources into a new workspace.",
            )
        })
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
        match opened.version() {
            Some(version) if version > committed => Ok(opened.restore().with_version_to_restore(committed).await?.0),
            _ => Ok(opened),
        }
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
