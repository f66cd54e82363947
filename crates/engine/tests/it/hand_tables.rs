//! Standard tables written by hand in a test.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::prelude::SessionContext;
use jiff::Timestamp;
use throughline_engine::catalog;
use throughline_engine::session::{Session, SessionOptions, TableSource};
use throughline_engine::store::schema::stored_schema;
use throughline_engine::{Error, Linking, Result};
use throughline_model::definitions::{self, DefinitionFile, Definitions};

/// Standard tables in memory. What is not added is empty.
#[derive(Default)]
pub struct HandTables {
    tables: HashMap<String, Arc<dyn TableProvider>>,
    /// How often a table was opened.
    pub opened: AtomicUsize,
}

fn sql_type(field: &Field) -> String {
    match field.data_type() {
        DataType::Utf8 => "Utf8".into(),
        other => format!("{other}").replace('"', "\""),
    }
}

impl HandTables {
    /// Adds a table: names of columns, and rows as `VALUES` writes them. Columns that are not named are
    /// NULL, but every row was recorded on 2026-01-01 unless it says otherwise.
    pub async fn with(self, name: &str, columns: &str, rows: &str) -> Self {
        self.with_query(name, columns, &format!("VALUES {rows}")).await
    }

    /// As [`HandTables::with`], with the rows that a query gives.
    pub async fn with_query(mut self, name: &str, columns: &str, query: &str) -> Self {
        let table = catalog::vocabulary().unwrap().table(name).unwrap();
        let schema = stored_schema(table);
        let given: Vec<&str> = columns.split(',').map(str::trim).collect();
        for column in &given {
            assert!(schema.field_with_name(column).is_ok(), "{name} has no column {column}");
        }
        let select: Vec<String> = schema
            .fields()
            .iter()
            .map(|field| {
                let column = field.name();
                let value = match (given.contains(&column.as_str()), column.as_str()) {
                    (true, _) => format!("\"{column}\""),
                    (false, "recorded_at") => "'2026-01-01T00:00:00Z'".into(),
                    _ => "NULL".into(),
                };
                format!("arrow_cast({value}, '{}') AS \"{column}\"", sql_type(field))
            })
            .collect();
        let names: Vec<String> = given.iter().map(|column| format!("\"{column}\"")).collect();
        let sql = format!("SELECT {} FROM ({query}) AS t ({})", select.join(", "), names.join(", "));
        let batches = SessionContext::new().sql(&sql).await.unwrap().collect().await.unwrap();
        let batches = batches.iter().map(|b| b.clone().with_schema(schema.clone()).unwrap()).collect();
        self.add(name, Arc::new(MemTable::try_new(schema, vec![batches]).unwrap()));
        self
    }

    /// Adds a table that is there already.
    pub fn add(&mut self, name: &str, table: Arc<dyn TableProvider>) {
        self.tables.insert(name.to_owned(), table);
    }
}

#[async_trait]
impl TableSource for HandTables {
    async fn provider(&self, name: &str) -> Result<Arc<dyn TableProvider>> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        let table = catalog::vocabulary()?.table(name).ok_or_else(|| Error::input(format!("no table {name}")))?;
        match self.tables.get(name) {
            Some(table) => Ok(table.clone()),
            None => Ok(Arc::new(MemTable::try_new(stored_schema(table), vec![vec![]])?)),
        }
    }
}

/// An instant.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Definitions of a workspace in a zone, with measures of its own (TOML texts without `format`, `name`
/// and what else is the same for all).
pub fn definitions(zone: &str, measures: &[&str]) -> Definitions {
    let mut files = vec![DefinitionFile {
        path: "throughline.toml".into(),
        text: format!("format = 1\nname = \"Test\"\nzone = \"{zone}\"\ncurrency = \"EUR\"\n"),
    }];
    for (number, measure) in measures.iter().enumerate() {
        let mut text = format!("format = 1\n{measure}\n");
        for (key, value) in [
            ("name", "A"),
            ("plain", "B"),
            ("perspective", "customer"),
            ("role", "lagging"),
            ("unit", "number"),
            ("direction", "higher"),
        ] {
            if !measure.lines().any(|line| line.trim_start().starts_with(&format!("{key} "))) {
                text.push_str(&format!("{key} = \"{value}\"\n"));
            }
        }
        files.push(DefinitionFile { path: format!("measures/m{number}.toml"), text });
    }
    let catalog: Vec<DefinitionFile> = catalog::files("")
        .filter(|(path, _)| *path == "journey.toml" || path.starts_with("measures/"))
        .map(|(path, text)| DefinitionFile { path: path.into(), text: text.into() })
        .collect();
    let (definitions, problems) = definitions::read(&files, &catalog);
    let problems: Vec<String> =
        problems.iter().map(ToString::to_string).filter(|problem| problem.contains("error")).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    definitions
}

/// Options of a session that keeps nothing.
pub fn options(now: &str) -> SessionOptions {
    SessionOptions {
        longest: std::time::Duration::from_secs(60),
        as_of: None,
        now: at(now),
        memory_bytes: 512 << 20,
        spill_dir: std::env::temp_dir().join("throughline-tests"),
        cache_dir: None,
        data_version: "1".into(),
        journeys: None,
        linking: Linking::default(),
    }
}

/// A session over tables written by hand.
pub fn session(tables: HandTables, definitions: &Definitions, now: &str) -> Session {
    Session::open(Arc::new(tables), definitions, options(now)).unwrap()
}

/// A session that keeps its views in a folder.
pub fn keeping(
    tables: Arc<HandTables>,
    definitions: &Definitions,
    now: &str,
    folder: PathBuf,
    version: &str,
) -> Session {
    let options = SessionOptions { cache_dir: Some(folder), data_version: version.into(), ..options(now) };
    Session::open(tables, definitions, options).unwrap()
}
