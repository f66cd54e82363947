//! Tables: logs, data files, and what lies beside them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::file::metadata::ParquetMetaDataReader;
use jiff::Timestamp;
use serde_json::Value;

use super::{Check, Doctor, Finding, bytes, counted, entries, name};
use crate::error::at;
use crate::store::data_files::{self, HeldFile, held_files};
use crate::store::manifest::{self, Manifest};
use crate::{Error, Result, Work};

/// Files of all tables, and how far looking at them is.
#[derive(Default)]
struct Looked {
    files: Vec<(String, HeldFile)>,
    named: BTreeSet<PathBuf>,
    findings: Vec<Finding>,
    leftovers: Vec<Finding>,
    unproven: usize,
}

impl Doctor<'_> {
    /// Every table as the newest manifest names it, and what no manifest names.
    pub(super) async fn tables(&mut self) -> Result<Vec<Check>> {
        self.say("tables");
        let Ok(newest) = manifest::latest(&self.workspace.folder().manifests()) else {
            let what = "The tables cannot be looked at before the newest manifest is in order.";
            return Ok(vec![Check::new("tables", "no table", vec![Finding::note(what, "See above.")])]);
        };
        let mut looked = Looked::default();
        for (name, version) in &newest.tables {
            self.open(name, *version, &newest, &mut looked).await?;
        }
        let total: u64 = looked.files.iter().map(|(_, file)| file.size).sum();
        let (count, mut done) = (looked.files.len(), 0);
        for (table, file) in std::mem::take(&mut looked.files) {
            let what = format!("table {table}");
            (self.progress)(Work { done, total: Some(total), what });
            done += file.size;
            match self.data_file(&file) {
                Ok(proven) => looked.unproven += usize::from(!proven),
                Err(error) => looked.findings.push(self.damaged_file(&table, &file, &error)),
            }
        }
        self.leftovers(&newest, &mut looked)?;
        let read = if self.request.quick { "not read" } else { "read" };
        let at = format!(
            "{}, {} ({}, {read})",
            counted(newest.tables.len(), "table"),
            counted(count, "data file"),
            bytes(total)
        );
        if looked.unproven > 0 {
            let what = format!("{} of an earlier program cannot be proved.", counted(looked.unproven, "data file"));
            let meaning =
                "Their names hold no checksum; they were read from end to end instead, unless --quick was given.";
            looked.findings.push(Finding::note(what, meaning));
        }
        Ok(vec![
            Check::new("tables", at, looked.findings),
            Check::new("leftovers", "the folders of all tables", looked.leftovers),
        ])
    }

    async fn open(&self, name: &str, version: u64, newest: &Manifest, looked: &mut Looked) -> Result<()> {
        let tables = self.workspace.tables();
        let opened = async {
            let delta = tables.open_at(name, version).await?;
            tables.prove_log(name, &delta, newest.log_hash(name))?;
            held_files(&delta)
        };
        match opened.await {
            Ok(files) => {
                looked.named.extend(files.iter().map(|file| file.path.clone()));
                looked.files.extend(files.into_iter().map(|file| (name.to_owned(), file)));
            }
            Err(error) => {
                let log = tables.folder(name).join("_delta_log");
                let meaning = format!("No question that needs the table {name} is answered, and no import changes it.");
                let remedy = "Restore a backup, or import the sources into a new workspace.";
                looked.findings.push(Finding { remedy: remedy.into(), ..Finding::of(&error, &meaning) }.about(&log));
            }
        }
        for file in entries(&tables.folder(name).join("_delta_log"))? {
            let number = super::name(&file).strip_suffix(".json").and_then(|stem| stem.parse::<u64>().ok());
            if number.is_some_and(|number| number > version) {
                let meaning = "An import is under way, or one died; the next import of the table rolls it back.";
                let what = format!("No manifest names the version in {}.", file.display());
                looked.leftovers.push(Finding::note(what, meaning).about(&file));
            }
        }
        Ok(())
    }

    /// Whether a data file is what was written; false where that cannot be proved.
    fn data_file(&self, file: &HeldFile) -> Result<bool> {
        file.prove_size()?;
        let opened = File::open(&file.path).map_err(at(&file.path))?;
        let wrong = |error: &dyn std::fmt::Display| file.damaged(&error.to_string());
        let footer = ParquetMetaDataReader::new().parse_and_finish(&opened).map_err(|error| wrong(&error))?;
        if !agree(&file.kept_statistics(), &data_files::statistics(&footer)) {
            return Err(file.damaged("the log tells other statistics of it than it does itself"));
        }
        if self.request.quick || file.prove_by_bytes()? {
            return Ok(data_files::hash_in_name(&file.path).is_some());
        }
        let rows = ParquetRecordBatchReaderBuilder::try_new(opened).and_then(ParquetRecordBatchReaderBuilder::build);
        for batch in rows.map_err(|error| wrong(&error))? {
            batch.map_err(|error| wrong(&error))?;
        }
        Ok(false)
    }

    /// What a damaged data file means: whose rows are lost.
    fn damaged_file(&self, table: &str, file: &HeldFile, error: &Error) -> Finding {
        let statistics = file.kept_statistics();
        let of = |place: &str| statistics.pointer(place).and_then(Value::as_str).map(str::to_owned);
        let rows = data_files::rows(file);
        let range = of("/minValues/import_id").zip(of("/maxValues/import_id"));
        let whose = match &range {
            Some((first, last)) if first == last => format!(" of {first}"),
            Some((first, last)) => format!(" of imports from {first} to {last}"),
            None => String::new(),
        };
        let meaning =
            format!("{rows} rows{whose} in the table {table} cannot be read; no question that needs it is answered.");
        let again = range.and_then(|(first, last)| self.ledger.files(&first, &last));
        let again = again.map_or(String::new(), |files| format!(" These rows came from: {files}."));
        let remedy = format!("Restore a backup, or import all sources into a new workspace.{again}");
        Finding { remedy, ..Finding::of(error, &meaning) }.about(&file.path)
    }

    /// Files that no table holds any more, and folders that no manifest names.
    fn leftovers(&self, newest: &Manifest, looked: &mut Looked) -> Result<()> {
        let (mut count, mut size) = (0, 0);
        for table in entries(&self.workspace.folder().tables())? {
            if !newest.tables.contains_key(&name(&table)) {
                let what = format!("No manifest names the table in {}.", table.display());
                let meaning = "An import is under way, or one died; the next import of the table begins anew.";
                looked.leftovers.push(Finding::note(what, meaning).about(&table));
                continue;
            }
            for file in entries(&table)?.iter().filter(|file| is_data(file) && !looked.named.contains(*file)) {
                count += 1;
                size += fs::metadata(file).map_or(0, |data| data.len());
            }
        }
        if count > 0 {
            let what = format!("{} ({}) are in no table any more.", counted(count, "data file"), bytes(size));
            looked
                .leftovers
                .push(Finding::note(what, "Later imports replaced them, or an import died. They take room."));
        }
        Ok(())
    }
}

/// Whether statistics in a log say what a file says itself. Instants may be written in other ways, and columns be left
/// out.
fn agree(log: &Value, file: &Value) -> bool {
    let instant = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let same = |log: &Value, file: &Value| {
        log == file || instant(file).is_some_and(|at| instant(log).is_none_or(|other| other == at))
    };
    for of in ["minValues", "maxValues"] {
        for (name, value) in log.get(of).and_then(Value::as_object).into_iter().flatten() {
            let other = file.get(of).and_then(|columns| columns.get(name));
            if other.is_some_and(|other| !same(value, other)) {
                return false;
            }
        }
    }
    log.get("numRecords") == file.get("numRecords")
}

fn is_data(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "parquet")
}
