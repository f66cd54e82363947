//! Brings staged rows into their tables and names the result in a manifest.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use datafusion::arrow::array::RecordBatch;
use datafusion::prelude::SessionContext;
use jiff::Timestamp;
use throughline_model::vocabulary::Table;

use super::checksum;
use super::ledger::{self, RejectRows};
use super::report::{ImportReport, Progress, TableReport};
use super::sink::Staged;
use crate::folder::Folder;
use crate::intake::{self, Assigned};
use crate::store::data_files;
use crate::store::durable::make_durable;
use crate::store::manifest::{self, LogState, Manifest};
use crate::store::replaced::remove_replaced;
use crate::store::staging::{Staging, Stamp};
use crate::store::tables::Tables;
use crate::store::upsert::Upsert;
use crate::{Error, Result, catalog};

/// What an import is called and where it goes.
pub struct Commit<'a> {
    /// The workspace's folder.
    pub folder: &'a Folder,
    /// The session that writes.
    pub session: &'a SessionContext,
    /// The newest manifest, found under the lock.
    pub before: &'a Manifest,
    /// Id of the import.
    pub import_id: &'a str,
    /// When it began.
    pub at: Timestamp,
    /// Since when its rows count as known.
    pub recorded_at: Timestamp,
    /// Scratch folder.
    pub scratch: &'a Path,
    /// What was replaced before this may go.
    pub vacuum_before: Timestamp,
    /// Where rows set aside before were mended: ids of the rejects that are done with.
    pub mended: Option<Vec<String>>,
}

/// What became of the tables so far.
#[derive(Default)]
struct Committed {
    tables: Vec<TableReport>,
    superseded: Vec<(String, i32, i64)>,
    versions: BTreeMap<String, u64>,
}

/// So many imports at a time, what they replaced is removed.
const VACUUM_EVERY: u64 = 16;

/// Why a row with the key of a later row stands among the rejects.
pub const SUPERSEDED: &str = "replaced by a later row with the same key in the same import";

impl Commit<'_> {
    /// Brings everything in, writes the ledger, and makes it visible at once.
    pub async fn run(
        &self,
        mut staged: Staged,
        assigned: &[Assigned],
        report: &mut ImportReport,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<()> {
        let rejects = staged.tables.remove("rejects");
        let paths: Vec<PathBuf> = assigned.iter().map(|one| one.file.path.clone()).collect();
        let sizes = std::thread::spawn(move || paths.iter().map(|path| checksum(path)).collect::<Result<Vec<_>>>());
        let mut committed = Committed { versions: self.before.tables.clone(), ..Committed::default() };
        for (name, (staging, rows)) in staged.tables {
            progress(Progress::Writing { table: name.clone() });
            self.table(described(&name)?, staging, rows, &mut committed).await?;
        }
        let data = std::mem::take(&mut committed.tables);
        match &self.mended {
            Some(ids) => self.mended(ids, &mut committed).await?,
            None => self.rejects(rejects, assigned, report, &mut committed).await?,
        }
        self.ledger("import_tables", &ledger::table_rows(self.import_id, self.at, &data)?, &mut committed).await?;
        let sizes = sizes.join().map_err(|_| Error::internal("the sources could not be summed up"))??;
        let files = report.files.get(..sizes.len()).unwrap_or_default();
        self.ledger("imports", &ledger::file_rows(self.import_id, self.at, files, &sizes)?, &mut committed).await?;
        self.name(committed.versions).await?;
        report.tables = data;
        Ok(())
    }

    /// Brings in rows that nobody delivered in a file, and makes them visible at once.
    pub async fn state(&self, table: &str, rows: &RecordBatch) -> Result<()> {
        let mut committed = Committed { versions: self.before.tables.clone(), ..Committed::default() };
        self.ledger(table, rows, &mut committed).await?;
        let mut data = std::mem::take(&mut committed.tables);
        for report in &mut data {
            report.staged = rows.num_rows() as u64;
        }
        self.ledger("import_tables", &ledger::table_rows(self.import_id, self.at, &data)?, &mut committed).await?;
        self.name(committed.versions).await
    }

    async fn table(&self, table: &Table, staging: Staging, rows: u64, committed: &mut Committed) -> Result<()> {
        let tables = Tables::new(self.folder.tables());
        let before = self.before.tables.get(&table.name).copied();
        if let (Some(version), hash @ Some(_)) = (before, self.before.log_hash(&table.name)) {
            tables.prove_log(&table.name, &tables.open_at(&table.name, version).await?, hash)?;
        }
        let delta = tables.open_for_writing(table, before).await?;
        let upsert = Upsert {
            session: self.session,
            keys: self.folder.cache().join("keys"),
            import_id: self.import_id,
            at: self.at,
        };
        let done = upsert.run(table, delta, staging).await?;
        if let Some(version) = done.delta.version() {
            committed.versions.insert(table.name.clone(), version);
        }
        let superseded = done.superseded.into_iter().map(|(file, line)| (table.name.clone(), file, line));
        committed.superseded.extend(superseded);
        committed.tables.push(TableReport { table: table.name.clone(), staged: rows, counts: Some(done.counts) });
        Ok(())
    }

    /// Rows set aside while reading, and those that a later row of the same import replaced.
    async fn rejects(
        &self,
        staged: Option<(Staging, u64)>,
        assigned: &[Assigned],
        report: &mut ImportReport,
        committed: &mut Committed,
    ) -> Result<()> {
        let mut staging = match staged {
            Some((staging, _)) => staging,
            None => Staging::new(described("rejects")?, &self.scratch.join("staged"), Vec::new(), &self.stamp())?,
        };
        let layouts = assigned.iter().map(|one| (one.file.display.clone(), one.layout.id.clone())).collect();
        let mut rows = RejectRows::new(layouts);
        let mut replaced = 0;
        intake::originals(assigned, &std::mem::take(&mut committed.superseded), SUPERSEDED, &mut |reject| {
            replaced += 1;
            rows.push(reject);
            if rows.is_full() { staging.write(&rows.take(self.recorded_at)?) } else { Ok(()) }
        })?;
        staging.write(&rows.take(self.recorded_at)?)?;
        if replaced > 0 {
            report.notes.push(format!(
                "{replaced} row(s) were replaced by a later row with the same key in this import; \
                 `throughline rejects list` shows them"
            ));
        }
        self.table(described("rejects")?, staging, 0, committed).await
    }

    /// Marks rejects as done with; everything else about them stays.
    async fn mended(&self, ids: &[String], committed: &mut Committed) -> Result<()> {
        let owned = vec![vec!["replayed_at".to_owned()]];
        let mut staging = Staging::new(described("rejects")?, &self.scratch.join("staged"), owned, &self.stamp())?;
        staging.write(&ledger::mended_rows(ids, self.at)?)?;
        self.table(described("rejects")?, staging, 0, committed).await
    }

    async fn ledger(&self, name: &str, rows: &RecordBatch, committed: &mut Committed) -> Result<()> {
        let mut staging = Staging::new(described(name)?, &self.scratch.join("staged"), Vec::new(), &self.stamp())?;
        staging.write(rows)?;
        self.table(described(name)?, staging, 0, committed).await
    }

    fn stamp(&self) -> Stamp {
        Stamp { import_id: self.import_id.to_owned(), recorded_at: self.recorded_at }
    }

    async fn name(&self, tables: BTreeMap<String, u64>) -> Result<()> {
        let manifest = name(self.folder, self.before, self.import_id, self.at, tables).await?;
        if manifest.number.is_multiple_of(VACUUM_EVERY) {
            // The import stands whatever becomes of old files: the next one tries again.
            let _ = remove_replaced(self.folder, &manifest, self.vacuum_before).await;
        }
        Ok(())
    }
}

/// Names the versions of all tables in the manifest after `before`, when all that they are made of is on the disk.
pub(super) async fn name(
    folder: &Folder,
    before: &Manifest,
    import_id: &str,
    at: Timestamp,
    tables: BTreeMap<String, u64>,
) -> Result<Manifest> {
    let mut logs = before.logs.clone();
    for (table, version) in &tables {
        let earlier = before.tables.get(table).copied();
        make_durable(&folder.tables().join(table), earlier, *version)?;
        if earlier != Some(*version) {
            // As a reader will see it.
            let delta = Tables::new(folder.tables()).open_at(table, *version).await?;
            logs.insert(table.clone(), LogState { version: *version, hash: data_files::log_hash(&delta)? });
        }
    }
    let number = before.number + 1;
    let (import_id, at) = (import_id.to_owned(), at.to_string());
    let manifest = Manifest { number, import_id, at, tables, logs, ..before.clone() };
    manifest::commit(&folder.manifests(), &manifest)?;
    Ok(manifest)
}

pub(super) fn described(name: &str) -> Result<&'static Table> {
    catalog::vocabulary()?.table(name).ok_or_else(|| Error::internal(format!("{name} is no standard table")))
}
