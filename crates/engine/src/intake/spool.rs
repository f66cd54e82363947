//! Rows of an input that a planned record reads, collected while the input is read once for all records.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{Array, AsArray, BooleanArray};
use datafusion::arrow::compute::{and, concat_batches, prep_null_mask_filter};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::physical_expr::PhysicalExpr;

use super::evaluate::filter_columns;
use crate::store::arrow_file::{ArrowFile, read_batches};
use crate::store::nulls::nulls;
use crate::{Error, Result};

/// Rows of a stored batch.
const ROWS: usize = 8192;
/// Bytes held in memory; more go to disk.
const HELD: usize = 32 << 20;

/// What the scans of planned records want of the new files of one input.
#[derive(Debug, Default)]
pub(crate) struct Feeds {
    prefix: PathBuf,
    feeds: Mutex<Vec<Arc<Feed>>>,
}

impl Feeds {
    /// None yet; files that are needed are named `PREFIX-NUMBER.arrow`.
    pub(crate) fn new(prefix: PathBuf) -> Self {
        Feeds { prefix, feeds: Mutex::default() }
    }

    /// Another scan: it wants these columns of the rows for which all `filters` are true.
    pub(crate) fn add(
        &self,
        schema: SchemaRef,
        wanted: BTreeSet<usize>,
        filters: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Arc<Feed> {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        let file = PathBuf::from(format!("{}-{}.arrow", self.prefix.display(), feeds.len()));
        let feed = Arc::new(Feed { schema, wanted, filters, file, rows: Mutex::default() });
        feeds.push(feed.clone());
        feed
    }

    /// All scans so far.
    pub(crate) fn all(&self) -> Vec<Arc<Feed>> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What one scan of a planned record wants of an input.
#[derive(Debug)]
pub(crate) struct Feed {
    schema: SchemaRef,
    wanted: BTreeSet<usize>,
    filters: Vec<Arc<dyn PhysicalExpr>>,
    file: PathBuf,
    rows: Mutex<Spooled>,
}

#[derive(Debug, Default)]
struct Spooled {
    small: Vec<RecordBatch>,
    small_rows: usize,
    held: Vec<RecordBatch>,
    bytes: usize,
    written: Option<ArrowFile>,
    path: Option<PathBuf>,
    complete: bool,
}

impl Feed {
    /// Columns that must be read for it.
    pub(crate) fn wanted(&self) -> &BTreeSet<usize> {
        &self.wanted
    }

    /// The rows of a batch that it wants. Where a filter fails, all rows are kept for the plan to judge.
    pub(crate) fn select(&self, raw: &RecordBatch) -> Result<RecordBatch> {
        let mut mask = BooleanArray::from(vec![true; raw.num_rows()]);
        for filter in &self.filters {
            if let Ok(flags) = filter.evaluate(raw).and_then(|value| value.into_array(raw.num_rows()))
                && let Some(flags) = flags.as_boolean_opt()
            {
                let flags = if flags.null_count() > 0 { prep_null_mask_filter(flags) } else { flags.clone() };
                mask = and(&mask, &flags)?;
            }
        }
        filter_columns(raw, &mask, &|place| self.wanted.contains(&place))
    }

    fn kept(&self, place: usize) -> bool {
        self.wanted.contains(&place) || place + 3 >= self.schema.fields().len()
    }

    /// Adds rows that [`Feed::select`] gave, in the order of the input.
    pub(crate) fn add(&self, rows: &RecordBatch) -> Result<()> {
        let places: Vec<usize> = (0..self.schema.fields().len()).filter(|place| self.kept(*place)).collect();
        let mut spooled = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.num_rows() > 0 {
            spooled.small.push(rows.project(&places)?);
            spooled.small_rows += rows.num_rows();
        }
        if spooled.small_rows >= ROWS { spooled.gather(&self.file) } else { Ok(()) }
    }

    /// All rows are there.
    pub(crate) fn complete(&self) -> Result<()> {
        let mut spooled = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        spooled.gather(&self.file)?;
        if let Some(file) = spooled.written.take() {
            spooled.path = file.finish()?;
        }
        spooled.complete = true;
        Ok(())
    }

    /// Hands out all rows in the order of the input, with empty columns where they are not wanted; false where they
    /// were not collected.
    pub(crate) fn each(&self, take: &mut dyn FnMut(RecordBatch) -> bool) -> Result<bool> {
        let (path, held) = {
            let spooled = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
            if !spooled.complete {
                return Ok(false);
            }
            (spooled.path.clone(), spooled.held.clone())
        };
        let written = path.as_deref().map(read_batches).transpose()?.into_iter().flatten();
        for batch in written.chain(held.into_iter().map(Ok)) {
            if !take(self.widened(&batch?)?) {
                break;
            }
        }
        Ok(true)
    }

    fn widened(&self, rows: &RecordBatch) -> Result<RecordBatch> {
        let mut stored = rows.columns().iter();
        let columns = self.schema.fields().iter().enumerate().map(|(place, field)| {
            if self.kept(place) {
                stored.next().cloned().ok_or_else(|| Error::internal("a spooled column is missing"))
            } else {
                Ok(nulls(field.data_type(), rows.num_rows()))
            }
        });
        Ok(RecordBatch::try_new(self.schema.clone(), columns.collect::<Result<Vec<_>>>()?)?)
    }
}

impl Spooled {
    /// Makes one batch of the small ones, and brings the batches to disk when they are many.
    fn gather(&mut self, file: &std::path::Path) -> Result<()> {
        if let Some(first) = self.small.first() {
            let batch = concat_batches(&first.schema(), &self.small)?;
            self.bytes += batch.get_array_memory_size();
            self.held.push(batch);
            self.small.clear();
            self.small_rows = 0;
        }
        if self.bytes < HELD {
            return Ok(());
        }
        for batch in self.held.drain(..) {
            if self.written.is_none() {
                self.written = Some(ArrowFile::create(file.to_path_buf(), &batch.schema())?);
            }
            if let Some(written) = &mut self.written {
                written.write(&batch)?;
            }
        }
        self.bytes = 0;
        Ok(())
    }
}
