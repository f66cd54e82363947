//! What a person states: rows that come from no file and go the way of every import, whole or absent, under the
//! workspace's lock, recorded and visible as of then.

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use jiff::Timestamp;

use super::commit::Commit;
use super::ledger::own;
use super::{MEMORY_BYTES, Progress, import_id, lock, scratch, told_at, vacuum_before};
use crate::Result;
use crate::lock::Lock;
use crate::store::context::writing_session;
use crate::store::manifest::{self, Manifest};
use crate::workspace::Workspace;

/// Somebody is about to state something; nobody else writes until it is said or dropped.
pub(crate) struct Stating<'a> {
    workspace: &'a Workspace,
    before: Manifest,
    at: Timestamp,
    _lock: Lock,
}

impl<'a> Stating<'a> {
    /// Waits for the workspace's lock.
    pub(crate) fn begin(
        workspace: &'a Workspace,
        now: Timestamp,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Self> {
        let lock = lock(workspace, progress)?;
        let before = manifest::latest(&workspace.folder().manifests())?;
        let at = told_at(&before, now);
        Ok(Stating { workspace, before, at, _lock: lock })
    }

    /// When it is said: after everything said before.
    pub(crate) fn at(&self) -> Timestamp {
        self.at
    }

    /// Adds rows of a standard table, columns by name; the id of the import they stand for.
    pub(crate) async fn say(self, table: &str, columns: Vec<(&str, ArrayRef)>) -> Result<String> {
        let rows = columns.first().map_or(0, |(_, column)| column.len());
        let columns = columns.into_iter().chain(own(rows, self.at)).map(|(name, column)| (name, column, true));
        let rows = RecordBatch::try_from_iter_with_nullable(columns)?;
        let scratch = scratch(self.workspace, false)?;
        let session = writing_session(MEMORY_BYTES, &scratch.path().join("spill"))?;
        let import_id = import_id(self.before.number + 1);
        let commit = Commit {
            folder: self.workspace.folder(),
            session: &session,
            before: &self.before,
            import_id: &import_id,
            at: self.at,
            recorded_at: self.at,
            scratch: scratch.path(),
            vacuum_before: vacuum_before(self.workspace, self.at)?,
            mended: None,
        };
        commit.state(table, &rows).await?;
        Ok(import_id)
    }
}
