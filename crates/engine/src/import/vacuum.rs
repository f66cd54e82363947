//! A vacuum, when somebody asks for one: small files merged, replaced ones removed. Imports do the same by
//! themselves, table by table.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::commit::{described, name};
use super::{Progress, import_id, lock, scratch, told_at};
use crate::Result;
use crate::store::data_files::{Author, held_files};
use crate::store::manifest;
use crate::store::merge::merge;
use crate::store::replaced::{Removed, mark_replaced, remove_replaced};
use crate::store::tables::Tables;
use crate::workspace::Workspace;

/// What a vacuum did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Vacuumed {
    /// Data files of all tables before.
    pub data_files_before: u64,
    /// Data files of all tables now.
    pub data_files: u64,
    /// What was removed.
    pub removed: Removed,
}

impl Workspace {
    /// Merges small data files of all tables, and removes what was replaced longer ago than `keep`, by default what
    /// the settings say.
    ///
    /// # Errors
    /// Busy: a backup is being made; merged files stand all the same. Damaged: a table cannot be read.
    pub async fn vacuum(
        &self,
        keep: Option<SignedDuration>,
        now: Timestamp,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Vacuumed> {
        let _lock = lock(self, progress)?;
        let before = manifest::latest(&self.folder().manifests())?;
        let at = told_at(&before, now);
        let scratch = scratch(self, false)?;
        let mut done = Vacuumed::default();
        let id = import_id(before.number + 1);
        let mut tables = before.tables.clone();
        for name in before.tables.keys() {
            progress(Progress::Writing { table: name.clone() });
            self.merged(name, &Author { import_id: &id, at }, &mut tables, scratch.path(), &mut done).await?;
        }
        let after = match tables == before.tables {
            true => before,
            false => name(self.folder(), &before, &id, at, tables).await?,
        };
        let keep = keep.unwrap_or(SignedDuration::from_secs(self.settings()?.keep_replaced_seconds));
        let until = at.saturating_sub(keep).unwrap_or(Timestamp::UNIX_EPOCH);
        done.removed = remove_replaced(self.folder(), &after, until).await?;
        Ok(done)
    }

    /// Merges the files of one table; its new version goes into `tables`.
    async fn merged(
        &self,
        name: &str,
        author: &Author<'_>,
        tables: &mut BTreeMap<String, u64>,
        scratch: &Path,
        done: &mut Vacuumed,
    ) -> Result<()> {
        let (table, version) = (described(name)?, tables.get(name).copied());
        let delta = Tables::new(self.folder().tables()).open_for_writing(table, version).await?;
        let first = held_files(&delta)?;
        let delta = merge(table, delta, author, &scratch.join(name)).await?;
        let last = held_files(&delta)?;
        done.data_files_before += first.len() as u64;
        done.data_files += last.len() as u64;
        mark_replaced(&first, &last, author.at)?;
        tables.extend(delta.version().map(|new| (name.to_owned(), new)));
        Ok(())
    }
}
