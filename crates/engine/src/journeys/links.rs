//! Which case an alias belongs to, as the journeys need it: in memory, and beside a store to see what has changed.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::ipc::reader::FileReader;
use datafusion::arrow::ipc::writer::FileWriter;

use crate::Result;
use crate::session::Session;

/// Alias → case, for aliases that do not stand for themselves.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Links {
    cases: HashMap<String, String, foldhash::fast::FixedState>,
}

impl Links {
    /// The links in force.
    pub(super) async fn read(session: &Session) -> Result<Links> {
        let mut links = Links::default();
        let batches =
            session.rows("SELECT alias, customer_id FROM customer_aliases WHERE alias <> customer_id").await?;
        for batch in batches {
            links.add(&batch)?;
        }
        Ok(links)
    }

    /// Those that were saved; none where nothing was.
    pub(super) fn saved(path: &Path) -> Result<Links> {
        let mut links = Links::default();
        if path.exists() {
            for batch in FileReader::try_new(File::open(path)?, None)? {
                links.add(&batch?)?;
            }
        }
        Ok(links)
    }

    /// Saves them, where there are any.
    pub(super) fn save(&self, path: &Path) -> Result<()> {
        if self.cases.is_empty() {
            return Ok(());
        }
        let mut pairs: Vec<(&String, &String)> = self.cases.iter().collect();
        pairs.sort_unstable();
        let field = |name: &str| Field::new(name, DataType::Utf8, false);
        let schema = Arc::new(Schema::new(vec![field("alias"), field("customer_id")]));
        let columns: [ArrayRef; 2] = [
            Arc::new(StringArray::from_iter_values(pairs.iter().map(|pair| pair.0))),
            Arc::new(StringArray::from_iter_values(pairs.iter().map(|pair| pair.1))),
        ];
        let mut writer = FileWriter::try_new(File::create(path)?, &schema)?;
        writer.write(&RecordBatch::try_new(schema, columns.to_vec())?)?;
        Ok(writer.finish()?)
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let text = |column: usize| cast(batch.column(column), &DataType::Utf8);
        let (aliases, cases) = (text(0)?, text(1)?);
        let (aliases, cases) = (aliases.as_string::<i32>(), cases.as_string::<i32>());
        for row in (0..batch.num_rows()).filter(|row| aliases.is_valid(*row) && cases.is_valid(*row)) {
            self.cases.insert(aliases.value(row).to_owned(), cases.value(row).to_owned());
        }
        Ok(())
    }

    /// The case that an alias belongs to: itself where nothing else is known.
    pub(super) fn case<'a>(&'a self, alias: &'a str) -> &'a str {
        if self.cases.is_empty() {
            return alias;
        }
        self.cases.get(alias).map_or(alias, String::as_str)
    }

    /// All aliases of some cases, the cases themselves included.
    pub(super) fn aliases_of(&self, cases: &BTreeSet<String>) -> BTreeSet<String> {
        let linked = self.cases.iter().filter(|(_, case)| cases.contains(*case)).map(|(alias, _)| alias);
        cases.iter().chain(linked).cloned().collect()
    }

    /// Cases whose journeys differ because links do.
    pub(super) fn moved(&self, now: &Links) -> BTreeSet<String> {
        let mut moved = BTreeSet::new();
        for (one, other) in [(self, now), (now, self)] {
            for (alias, case) in one.cases.iter().filter(|(alias, case)| other.cases.get(*alias) != Some(*case)) {
                moved.insert(case.clone());
                moved.insert(other.case(alias).to_owned());
            }
        }
        moved
    }
}
