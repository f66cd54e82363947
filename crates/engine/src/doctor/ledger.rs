//! Which files each import brought, as far as that can still be read.

use std::collections::BTreeMap;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::prelude::SessionContext;

use crate::Result;
use crate::workspace::Workspace;

/// Files named in a sentence.
const NAMED: usize = 8;

/// Files and their checksums by import.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    imports: BTreeMap<String, Vec<(String, String)>>,
}

impl Ledger {
    /// The ledger as its table stands, whatever the newest manifest says; empty where it cannot be read.
    pub(super) async fn read(workspace: &Workspace) -> Ledger {
        Self::rows(workspace).await.unwrap_or_default()
    }

    async fn rows(workspace: &Workspace) -> Result<Ledger> {
        if !workspace.tables().folder("imports").is_dir() {
            return Ok(Ledger::default());
        }
        let delta = workspace.tables().open_newest("imports").await?;
        let session = SessionContext::new();
        session.register_table("imports", delta.table_provider().await?)?;
        let query = "SELECT DISTINCT import_id, file, coalesce(checksum, '') FROM imports ORDER BY 1, 2";
        let mut ledger = Ledger::default();
        for batch in session.sql(query).await?.collect().await? {
            let texts = batch.columns().iter().map(|column| cast(column, &DataType::Utf8));
            let texts = texts.collect::<std::result::Result<Vec<_>, _>>()?;
            let [imports, files, sums] = texts.as_slice() else { continue };
            let (imports, files, sums) =
                (imports.as_string::<i32>(), files.as_string::<i32>(), sums.as_string::<i32>());
            for row in 0..batch.num_rows() {
                let file = (files.value(row).to_owned(), sums.value(row).to_owned());
                ledger.imports.entry(imports.value(row).to_owned()).or_default().push(file);
            }
        }
        Ok(ledger)
    }

    /// The files of the imports from one to another, as a clause.
    pub(super) fn files(&self, first: &str, last: &str) -> Option<String> {
        if first > last {
            return None;
        }
        let range = self.imports.range(first.to_owned()..=last.to_owned());
        let mut names: Vec<&str> = range.flat_map(|(_, files)| files).map(|(file, _)| file.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let more = names.len().saturating_sub(NAMED);
        names.truncate(NAMED);
        let listed = names.join(", ");
        match (names.is_empty(), more) {
            (true, _) => None,
            (false, 0) => Some(listed),
            (false, more) => Some(format!("{listed} and {more} more")),
        }
    }

    /// The checksum of the newest file of that name.
    pub(super) fn checksum(&self, file: &str) -> Option<&str> {
        let known = self.imports.values().rev().flatten().find(|(known, _)| known == file);
        known.map(|(_, sum)| sum.as_str()).filter(|sum| !sum.is_empty())
    }
}
