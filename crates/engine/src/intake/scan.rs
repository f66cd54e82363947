//! Inputs as tables that DataFusion can read.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DFSchema;
use datafusion::datasource::TableType;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchReceiverStreamBuilder;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use throughline_model::layout::{Input, Layout};

use super::kept::Kept;
use super::raw::input::{FILE, InputFile, InputFiles, LINE, SEQ, raw_schema};
use super::raw::read::{Item, read};
use super::recognise::Assigned;
use super::spool::{Feed, Feeds};
use crate::{Error, Result};

/// Batches that wait between reading and planned work.
const WAITING: usize = 4;

/// All inputs of one layout, with the files that are there now and those kept from earlier imports.
pub(crate) struct LayoutInputs {
    /// The layout.
    pub(crate) layout: Arc<Layout>,
    /// By place in the layout: the files of this import.
    pub(crate) new: Vec<Arc<InputFiles>>,
    /// By place in the layout: what earlier imports kept.
    pub(crate) kept: Vec<Vec<InputFile>>,
}

impl LayoutInputs {
    /// Groups the assigned files by layout, in the order of the files.
    pub(crate) fn group(assigned: &[Assigned], kept: Option<&Kept>, spill: &Path) -> Result<Vec<LayoutInputs>> {
        let mut layouts: Vec<Arc<Layout>> = Vec::new();
        for one in assigned {
            if !layouts.iter().any(|known| Arc::ptr_eq(known, &one.layout)) {
                layouts.push(one.layout.clone());
            }
        }
        let numbered = layouts.into_iter().enumerate();
        numbered
            .map(|(number, layout)| Self::of(layout, assigned, kept, &spill.join(format!("feed-{number}"))))
            .collect()
    }

    fn of(layout: Arc<Layout>, assigned: &[Assigned], kept: Option<&Kept>, spill: &Path) -> Result<LayoutInputs> {
        let (mut new, mut old) = (Vec::new(), Vec::new());
        for (index, input) in layout.inputs.iter().enumerate() {
            let kept = kept.map(|kept| kept.files(&layout.id, &input.name)).transpose()?.unwrap_or_default();
            let numbered = assigned.iter().enumerate();
            let mine: Vec<(i32, &Assigned)> = numbered
                .filter(|(_, one)| Arc::ptr_eq(&one.layout, &layout) && one.input == index)
                .map(|(number, one)| (number as i32, one))
                .collect();
            let headers = mine.iter().map(|(_, one)| &one.header).chain(kept.iter().map(|(_, header)| header));
            let columns = columns(input, headers);
            let file = |(number, one): &(i32, &Assigned)| InputFile {
                number: *number,
                source: one.file.clone(),
                format: one.format,
                columns: places(&columns, &one.header),
                header: one.header.clone(),
                spelled: Some((layout.clone(), index)),
            };
            let files = mine.iter().map(file).collect();
            let feeds = Arc::new(Feeds::new(PathBuf::from(format!("{}-{index}", spill.display()))));
            let missing = input.missing.clone();
            new.push(Arc::new(InputFiles { schema: raw_schema(&columns), files, missing, feeds }));
            old.push(Kept::input_files(kept, &columns));
        }
        Ok(LayoutInputs { layout, new, kept: old })
    }

    /// Place of an input.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.layout.inputs.iter().position(|input| input.name == name)
    }

    /// Whether an input has files in this import.
    pub(crate) fn is_new(&self, place: usize) -> bool {
        self.new.get(place).is_some_and(|input| !input.files.is_empty())
    }

    /// The input with what was kept before it, or only one of both.
    pub(crate) fn files(&self, place: usize, with_new: bool, with_kept: bool) -> Result<Arc<InputFiles>> {
        let new = self.new.get(place).ok_or_else(|| Error::internal("an input is missing"))?;
        let mut files = InputFiles { files: Vec::new(), ..(**new).clone() };
        if with_kept {
            files.files.extend(self.kept.get(place).into_iter().flatten().cloned());
        }
        if with_new {
            files.files.extend(new.files.iter().cloned());
        }
        Ok(Arc::new(files))
    }
}

/// Names of the columns of an input: those it declares, then others in the order in which files have them.
fn columns<'a>(input: &'a Input, headers: impl Iterator<Item = &'a Vec<String>>) -> Vec<String> {
    let declared = input.columns.iter().chain(&input.header).chain(&input.optional);
    let declared = declared.chain(input.synonyms.iter().map(|(name, _)| name));
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let all = declared.chain(headers.flatten());
    let system = [FILE, LINE, SEQ];
    all.filter(|name| !system.contains(&name.as_str()) && known.insert(name.as_str())).cloned().collect()
}

fn places(columns: &[String], header: &[String]) -> Vec<Option<usize>> {
    let known: HashMap<&str, usize> =
        header.iter().enumerate().rev().map(|(place, name)| (name.as_str(), place)).collect();
    columns.iter().map(|name| known.get(name.as_str()).copied()).collect()
}

/// An input as DataFusion reads it. What is planned before the input is read is collected for it in that one pass.
#[derive(Debug)]
struct RawTable {
    files: Arc<InputFiles>,
    wanted: Vec<bool>,
    filter: Option<Arc<dyn PhysicalExpr>>,
}

#[async_trait]
impl TableProvider for RawTable {
    fn schema(&self) -> SchemaRef {
        self.files.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> datafusion::error::Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> datafusion::error::Result<Arc<dyn ExecutionPlan>> {
        let asked = |column: usize| projection.is_none_or(|columns| columns.contains(&column));
        let mut wanted: Vec<bool> =
            self.wanted.iter().enumerate().map(|(column, wanted)| *wanted && asked(column)).collect();
        let names = DFSchema::try_from(self.files.schema.as_ref().clone())?;
        let mut bound: Vec<Arc<dyn PhysicalExpr>> = self.filter.iter().cloned().collect();
        for filter in filters {
            bound.push(session.create_physical_expr(filter.clone(), &names)?);
        }
        for place in bound.iter().flat_map(collect_columns).map(|column| column.index()) {
            if let Some(wanted) = wanted.get_mut(place) {
                *wanted = true;
            }
        }
        let places = wanted.iter().enumerate().filter(|(_, wanted)| **wanted).map(|(place, _)| place).collect();
        let new = self.files.files.iter().any(|file| file.number >= 0);
        let feed = new.then(|| self.files.feeds.add(self.schema(), places, bound));
        let rows: Arc<dyn PartitionStream> = Arc::new(RawRows { files: self.files.clone(), wanted, feed });
        Ok(Arc::new(StreamingTableExec::try_new(self.schema(), vec![rows], projection, None, false, limit)?))
    }
}

/// The rows of an input; columns that are not wanted are empty.
#[derive(Debug)]
struct RawRows {
    files: Arc<InputFiles>,
    wanted: Vec<bool>,
    /// The rows of its new files, once they were read.
    feed: Option<Arc<Feed>>,
}

impl PartitionStream for RawRows {
    fn schema(&self) -> &SchemaRef {
        &self.files.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut builder = RecordBatchReceiverStreamBuilder::new(self.files.schema.clone(), WAITING);
        let (send, files, wanted, feed) = (builder.tx(), self.files.clone(), self.wanted.clone(), self.feed.clone());
        builder.spawn_blocking(move || {
            let part = |new: bool| InputFiles {
                files: files.files.iter().filter(|file| (file.number >= 0) == new).cloned().collect(),
                ..InputFiles::clone(&files)
            };
            let mut give = |rows: RecordBatch| send.blocking_send(Ok(rows)).is_ok();
            let read_files = |files: &InputFiles, give: &mut dyn FnMut(RecordBatch) -> bool| {
                read(files, &wanted, &Arc::default(), &mut |item| {
                    let Item::Rows(rows) = item else { return ControlFlow::Continue(()) };
                    if give(rows) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                })
            };
            read_files(&part(false), &mut give)?;
            let fed = feed.as_ref().map(|feed| feed.each(&mut give)).transpose()?.unwrap_or(false);
            if !fed {
                read_files(&part(true), &mut give)?;
            }
            Ok(())
        });
        builder.build()
    }
}

/// An input as a table.
pub(crate) fn table(files: Arc<InputFiles>) -> Arc<dyn TableProvider> {
    let wanted = vec![true; files.width()];
    Arc::new(RawTable { files, wanted, filter: None })
}

/// An input as a table of which only some columns are read; the others are empty. Rows for which `filter` is not true
/// may be left out.
pub(crate) fn narrow_table(
    files: Arc<InputFiles>,
    columns: &BTreeSet<usize>,
    filter: Option<Arc<dyn PhysicalExpr>>,
) -> Arc<dyn TableProvider> {
    let wanted = (0..files.width()).map(|column| columns.contains(&column)).collect();
    Arc::new(RawTable { files, wanted, filter })
}
