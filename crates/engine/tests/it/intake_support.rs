//! A sink that collects, and questions about what it collected.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use throughline_engine::intake::{self, Counts, Kept, MapContext, Owner, Recognition, Reject, Sink};
use throughline_engine::{Error, Result};
use throughline_model::layout::Layout;

/// Everything that an import handed over.
#[derive(Default)]
pub struct Collected {
    pub owners: Vec<Owner>,
    pub tables: BTreeMap<String, Vec<RecordBatch>>,
    pub rejects: Vec<Reject>,
    pub progress: (u64, u64, u64),
    pub counts: Counts,
}

impl Sink for Collected {
    fn begin(&mut self, owners: &[Owner]) -> Result<()> {
        self.owners = owners.to_vec();
        Ok(())
    }

    fn accept(&mut self, table: &str, batch: RecordBatch) -> Result<()> {
        self.tables.entry(table.to_owned()).or_default().push(batch);
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.rejects.push(reject);
        Ok(())
    }

    fn progress(&mut self, bytes_read: u64, bytes_total: u64, rows: u64) {
        assert!(bytes_read >= self.progress.0 && rows >= self.progress.2);
        self.progress = (bytes_read, bytes_total, rows);
    }
}

impl Collected {
    /// Rows of a query over what was collected, cells joined by `|`, empty where null.
    pub async fn ask(&self, sql: &str) -> Vec<String> {
        let session = SessionContext::new();
        for (name, batches) in &self.tables {
            let table = MemTable::try_new(batches[0].schema(), vec![batches.clone()]).unwrap();
            session.register_table(name.as_str(), Arc::new(table)).unwrap();
        }
        let batches = session.sql(sql).await.unwrap().collect().await.unwrap();
        let mut rows = Vec::new();
        for batch in batches {
            for row in 0..batch.num_rows() {
                let cells = batch.columns().iter().map(|column| array_value_to_string(column, row).unwrap());
                rows.push(cells.collect::<Vec<_>>().join("|"));
            }
        }
        rows
    }

    /// The first twenty rejects as `line table.column reason [original]`.
    pub fn rejected(&self) -> Vec<String> {
        let one = |reject: &Reject| {
            let table = reject.table.as_deref().unwrap_or("-");
            let column = reject.column.as_deref().unwrap_or("-");
            format!("{} {table}.{column} {} [{}]", reject.line, reject.reason, reject.original)
        };
        self.rejects.iter().take(20).map(one).collect()
    }
}

/// A folder with files to import.
pub struct Place {
    pub folder: tempfile::TempDir,
}

impl Place {
    pub fn new(files: &[(&str, &[u8])]) -> Place {
        let place = Place { folder: tempfile::tempdir().unwrap() };
        for (name, bytes) in files {
            place.write(name, bytes);
        }
        place
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    pub fn kept(&self, imports: &[&str]) -> Kept {
        let imports: BTreeSet<String> = imports.iter().map(|id| (*id).to_owned()).collect();
        Kept { folder: self.folder.path().join(".kept"), imports }
    }
}

/// The layout of a text, whose `format`, `id` and `name` are added.
pub fn layout(text: &str) -> Arc<Layout> {
    let text = format!("format = 1\nid = \"test\"\nname = \"Test\"\n{text}");
    let (layout, problems) =
        throughline_model::layout::read("layouts/test.toml", &text, throughline_engine::catalog::vocabulary().unwrap());
    assert_eq!(problems, [], "{problems:#?}");
    layout.unwrap().into()
}

/// Options of one import.
pub struct Import<'a> {
    pub layouts: Vec<Arc<Layout>>,
    pub as_layout: Option<&'a str>,
    pub zone: &'a str,
    pub import_id: &'a str,
    pub kept: Option<Kept>,
    pub recorded_at_given: bool,
}

impl Default for Import<'_> {
    fn default() -> Self {
        Import {
            layouts: Vec::new(),
            as_layout: None,
            zone: "UTC",
            import_id: "i1",
            kept: None,
            recorded_at_given: false,
        }
    }
}

impl Import<'_> {
    /// What files are, by these layouts and those of the catalog.
    pub fn recognise(&self, paths: &[String]) -> Result<Recognition> {
        let mut layouts = self.layouts.clone();
        layouts.extend(intake::catalog_layouts()?);
        let scratch = Some(std::env::temp_dir().join(format!("throughline-test-{}", std::process::id())));
        let known = intake::Known { layout: self.as_layout, scratch, ..intake::Known::default() };
        intake::recognise(&intake::discover(paths)?, &layouts, &known)
    }

    /// Imports.
    pub async fn run(&self, paths: &[String]) -> Result<Collected> {
        let mut recognition = self.recognise(paths)?;
        if !recognition.problems.is_empty() {
            return Err(recognition.problems.remove(0));
        }
        let spill = tempfile::tempdir().unwrap();
        let context = MapContext {
            import_id: self.import_id,
            recorded_at: Timestamp::UNIX_EPOCH,
            recorded_at_given: self.recorded_at_given,
            zone: TimeZone::get(self.zone).unwrap(),
            currency: "EUR",
            memory_bytes: 256 << 20,
            spill_dir: spill.path(),
        };
        let mut collected = Collected::default();
        collected.counts = intake::map(&recognition.assigned, self.kept.as_ref(), &context, &mut collected).await?;
        Ok(collected)
    }
}

/// Imports one file named `name`.
pub async fn import(name: &str, bytes: &[u8], layouts: &[Arc<Layout>]) -> Result<Collected> {
    let place = Place::new(&[(name, bytes)]);
    Import { layouts: layouts.to_vec(), ..Import::default() }.run(&[place.path(name)]).await
}

/// The error of an import that must fail.
pub fn failed(result: Result<Collected>) -> Error {
    match result {
        Ok(_) => panic!("this must fail"),
        Err(error) => error,
    }
}

/// A folder of the public data sets, or None (said aloud) where they are not there.
pub fn shared(folder: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("THROUGHLINE_SHARED").map_or(beside, PathBuf::from);
    let path = root.join("data").join(folder);
    if !path.is_dir() {
        eprintln!(
            "skipped: {} is not there (THROUGHLINE_SHARED names the folder with the public data sets)",
            path.display()
        );
        return None;
    }
    Some(path)
}
