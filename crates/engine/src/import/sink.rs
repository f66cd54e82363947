//! Takes typed rows from intake into staging, and rows set aside into the ledger of rejects.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{Int16Type, Int32Type};

use super::ledger::RejectRows;
use super::mending::Mending;
use super::report::Progress;
use crate::intake::{Assigned, MapContext, Owner, Reject, Sink};
use crate::store::staging::{FILE, RECORD, Staging, Stamp};
use crate::{Error, Result, catalog};

/// How many rejects a report shows.
const EXAMPLES: usize = 5;

/// Rows staged by an import.
pub struct Staged {
    /// Per table: its rows and how many they are.
    pub tables: BTreeMap<String, (Staging, u64)>,
    /// Rows set aside.
    pub rejected: u64,
    /// The first of them.
    pub examples: Vec<Reject>,
    /// Of rows that were to be mended: those that are still bad.
    pub open: Vec<Reject>,
}

/// Where intake puts rows.
pub struct StagingSink<'a> {
    stamp: Stamp,
    folder: PathBuf,
    max_rejects: Option<u64>,
    owners: Vec<Owner>,
    /// Layout and file name of each assigned file: the source of rows without a key of their own.
    names: Vec<String>,
    tables: BTreeMap<String, (Staging, u64)>,
    rejects: RejectRows,
    rejected: u64,
    examples: Vec<Reject>,
    /// Rows that were set aside before and come again: they stand in the ledger already.
    pub mending: Option<&'a Mending>,
    open: Vec<Reject>,
    progress: &'a mut (dyn FnMut(Progress) + Send),
}

impl<'a> StagingSink<'a> {
    /// Stages under `folder`; `assigned` tells which layout read a file that a row is rejected from.
    pub fn new(
        context: &MapContext<'_>,
        folder: &Path,
        max_rejects: Option<u64>,
        assigned: &[Assigned],
        progress: &'a mut (dyn FnMut(Progress) + Send),
    ) -> Self {
        let names =
            assigned.iter().map(|one| format!("{}/{}", one.layout.id, base_name(&one.file.full_name()))).collect();
        let layouts = assigned.iter().map(|one| (one.file.display.clone(), one.layout.id.clone())).collect();
        StagingSink {
            stamp: Stamp { import_id: context.import_id.to_owned(), recorded_at: context.recorded_at },
            folder: folder.join("staged"),
            max_rejects,
            owners: Vec::new(),
            names,
            tables: BTreeMap::new(),
            rejects: RejectRows::new(layouts),
            rejected: 0,
            examples: Vec::new(),
            mending: None,
            open: Vec::new(),
            progress,
        }
    }

    /// The columns that each record of the layouts brings to a table, by the record's number.
    fn owned(&self, table: &str) -> Vec<Vec<String>> {
        let own = |owner: &Owner| if owner.table == table { owner.columns.clone() } else { Vec::new() };
        self.owners.iter().map(own).collect()
    }

    fn staging(&mut self, table: &str) -> Result<&mut (Staging, u64)> {
        if !self.tables.contains_key(table) {
            let described = catalog::vocabulary()?
                .table(table)
                .ok_or_else(|| Error::definition(format!("A layout fills {table}, which is no standard table.")))?;
            let owned = self.owned(table);
            self.tables.insert(table.to_owned(), (Staging::new(described, &self.folder, owned, &self.stamp)?, 0));
        }
        self.tables.get_mut(table).ok_or_else(|| Error::internal("staging was lost"))
    }

    fn stage(&mut self, table: &str, batch: &RecordBatch) -> Result<()> {
        let staging = self.staging(table)?;
        staging.1 += batch.num_rows() as u64;
        staging.0.write(batch)
    }

    /// Names the file as the source of rows that have no key of their own.
    fn name_files(&mut self, table: &str, batch: RecordBatch) -> Result<RecordBatch> {
        let numbers = |name: &str| batch.column_by_name(name).map(Arc::clone);
        let (Some(record), Some(file)) = (numbers(RECORD), numbers(FILE)) else { return Ok(batch) };
        let (record, file) = (record.as_primitive::<Int16Type>(), file.as_primitive::<Int32Type>());
        // All rows of a batch come from one record.
        let owner = record.values().first().and_then(|first| self.owners.get(usize::try_from(*first).ok()?));
        if !owner.is_some_and(|owner| owner.by_file) {
            return Ok(batch);
        }
        let name = |file: &i32| usize::try_from(*file).ok().and_then(|file| self.names.get(file));
        let sources: StringArray = file.values().iter().map(name).collect();
        let found: BTreeSet<String> = file.values().iter().filter_map(name).cloned().collect();
        let place = batch.schema().index_of("source")?;
        let mut columns = batch.columns().to_vec();
        if let Some(column) = columns.get_mut(place) {
            *column = Arc::new(sources);
        }
        let batch = RecordBatch::try_new(batch.schema(), columns)?;
        self.staging(table)?.0.by_file.extend(found);
        Ok(batch)
    }

    fn flush_rejects(&mut self) -> Result<()> {
        let batch = self.rejects.take(self.stamp.recorded_at)?;
        if batch.num_rows() > 0 { self.stage("rejects", &batch) } else { Ok(()) }
    }

    /// Everything staged.
    pub fn finish(mut self) -> Result<Staged> {
        self.flush_rejects()?;
        self.tables.values_mut().try_for_each(|(staging, _)| staging.end())?;
        Ok(Staged { tables: self.tables, rejected: self.rejected, examples: self.examples, open: self.open })
    }
}

/// The name of a file without the ending of its compression.
fn base_name(name: &str) -> String {
    [".gz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name).to_owned()
}

impl Sink for StagingSink<'_> {
    fn begin(&mut self, owners: &[Owner]) -> Result<()> {
        self.owners = owners.to_vec();
        Ok(())
    }

    fn accept(&mut self, table: &str, batch: RecordBatch) -> Result<()> {
        let batch = self.name_files(table, batch)?;
        self.stage(table, &batch)
    }

    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.rejected += 1;
        if let Some(most) = self.max_rejects.filter(|most| self.rejected > *most) {
            return Err(Error::input(format!(
                "More than {most} row(s) were set aside; nothing was imported. The last: {} line {}: {}",
                reject.file, reject.line, reject.reason
            ))
            .hint("Look at the rows with --dry-run, mend the file or the layout, or raise --max-rejects."));
        }
        if self.examples.len() < EXAMPLES {
            self.examples.push(reject.clone());
        }
        if let Some(mending) = self.mending {
            if mending.holds(&reject) {
                self.open.push(reject);
            }
            return Ok(());
        }
        self.rejects.push(reject);
        if self.rejects.is_full() { self.flush_rejects() } else { Ok(()) }
    }

    fn progress(&mut self, bytes: u64, total: u64, rows: u64) {
        (self.progress)(Progress::Reading { bytes, total, rows });
    }
}
