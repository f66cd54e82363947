//! What there is to do for an import: every record of every layout that has something to read, bound and numbered.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::common::DFSchema;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{DataFrame, SessionContext};
use futures::StreamExt;
use throughline_model::layout::{Origin, Record, Sql};

use super::compile::{Binding, BoundRecord, layout_error};
use super::emit::Mapper;
use super::group::Grouping;
use super::raw::input::{FILE, InputFiles};
use super::run::present;
use super::scan::{LayoutInputs, narrow_table};
use super::session::Sessions;
use super::sink::{MapContext, Owner};
use super::{lookup, query};
use crate::{Error, Result};

/// One record to make rows of.
pub(crate) struct Job {
    layout: usize,
    /// How.
    pub(crate) work: Work,
}

/// How the rows of a record are made.
pub(crate) enum Work {
    /// From each batch of its input.
    Simple {
        /// Place of the input.
        place: usize,
        /// Maps batches.
        mapper: Box<Mapper>,
    },
    /// From a plan of its own.
    Joined {
        /// Raw rows.
        plan: Planned,
        /// Maps batches.
        mapper: Box<Mapper>,
    },
    /// From a plan of its own, several rows becoming one.
    Grouped {
        /// Raw rows.
        plan: Planned,
        /// Prepares and groups lines.
        grouping: Box<Grouping>,
        /// Maps grouped rows.
        mapper: Box<Mapper>,
    },
}

/// A plan that is ready to run. It is made before inputs are read, so that what it scans is collected on the way.
pub(crate) struct Planned {
    plan: Arc<dyn ExecutionPlan>,
    task: Arc<TaskContext>,
    /// What is said where the query of a layout fails on a value.
    wrong: Option<Wrong>,
}

type Wrong = Box<dyn Fn(&DataFusionError) -> Error + Send>;

impl Planned {
    async fn of(frame: DataFrame) -> datafusion::error::Result<Planned> {
        let task = Arc::new(frame.task_ctx());
        Ok(Planned { plan: frame.create_physical_plan().await?, task, wrong: None })
    }

    /// Its rows.
    ///
    /// # Errors
    /// The plan cannot be run.
    pub(crate) fn run(self) -> Result<SendableRecordBatchStream> {
        let rows = execute_stream(self.plan, self.task)?;
        let Some(wrong) = self.wrong else { return Ok(rows) };
        let told = move |error| if is_of_values(&error) { wrong(&error).into() } else { error };
        Ok(Box::pin(RecordBatchStreamAdapter::new(rows.schema(), rows.map(move |batch| batch.map_err(&told)))))
    }
}

/// Whether a query failed on a value, and not on its way to it.
fn is_of_values(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::ArrowError(..) | DataFusionError::Execution(_))
}

impl Job {
    /// Whether it is fed by this input.
    pub(crate) fn reads(&self, layout: usize, input: usize) -> bool {
        self.layout == layout && matches!(self.work, Work::Simple { place, .. } if place == input)
    }

    /// Raw columns that it uses.
    pub(crate) fn used(&self) -> Vec<usize> {
        match &self.work {
            Work::Simple { mapper, .. } => mapper.record().used.iter().copied().collect(),
            Work::Joined { .. } | Work::Grouped { .. } => Vec::new(),
        }
    }
}

/// Everything there is to do.
pub(crate) struct Plans {
    /// The jobs.
    pub(crate) jobs: Vec<Job>,
    /// Who owns what, by number of the record.
    pub(crate) owners: Vec<Owner>,
    /// Inputs to keep, as (layout, input).
    pub(crate) keep: BTreeSet<(usize, usize)>,
}

impl Plans {
    /// Binds every record that has something to read.
    pub(crate) async fn make(inputs: &[LayoutInputs], sessions: &Sessions, context: &MapContext<'_>) -> Result<Plans> {
        let mut plans = Plans { jobs: Vec::new(), owners: Vec::new(), keep: BTreeSet::new() };
        for (layout, inputs) in inputs.iter().enumerate() {
            for record in &inputs.layout.records {
                let maker = Maker { inputs, record, session: sessions.session()?, context };
                let need = maker.need()?;
                plans.keep.extend(need.keep.iter().map(|place| (layout, *place)));
                if !need.any_new {
                    continue;
                }
                let number =
                    i16::try_from(plans.owners.len()).map_err(|_| Error::input("There are too many records."))?;
                let (work, bound) = maker.work(&need, number).await?;
                let owner = Owner {
                    source: inputs.layout.id.clone(),
                    table: record.table.clone(),
                    columns: bound.owned(),
                    by_file: record.key_by.is_some(),
                };
                plans.owners.push(owner);
                plans.jobs.push(Job { layout, work });
            }
        }
        Ok(plans)
    }
}

/// What a record reads.
struct Need {
    /// Places of its inputs; the first is the one whose rows it maps.
    places: Vec<usize>,
    /// Inputs that must be kept.
    keep: Vec<usize>,
    /// Whether some of them have new files.
    any_new: bool,
}

struct Maker<'a> {
    inputs: &'a LayoutInputs,
    record: &'a Record,
    session: SessionContext,
    context: &'a MapContext<'a>,
}

impl Maker<'_> {
    fn need(&self) -> Result<Need> {
        let places = match &self.record.origin {
            Origin::Query(sql) => query::inputs_of(&self.session, self.inputs, sql)?,
            Origin::Input(name) => {
                let names = std::iter::once(name).chain(self.record.lookups.iter().map(|lookup| &lookup.input));
                names.filter_map(|name| self.inputs.place(name)).collect()
            }
        };
        let keep = if places.len() > 1 { places.clone() } else { Vec::new() };
        let any_new = places.iter().any(|place| self.inputs.is_new(*place));
        Ok(Need { places, keep, any_new })
    }

    async fn work(&self, need: &Need, number: i16) -> Result<(Work, BoundRecord)> {
        match &self.record.origin {
            Origin::Query(sql) => self.queried(sql, need, number).await,
            Origin::Input(_) => {
                let from = need.places.first().copied().ok_or_else(|| Error::internal("an input is missing"))?;
                self.of_input(from, need, number).await
            }
        }
    }

    async fn queried(&self, sql: &Sql, need: &Need, number: i16) -> Result<(Work, BoundRecord)> {
        let (frame, names) = query::frame(&self.session, self.inputs, sql, &need.places, need.places.len() > 1).await?;
        // Planning it now finds mistakes while they can still be told with their line.
        let (layout, place) = (self.inputs.layout.clone(), sql.place);
        let wrong = move |error: &DataFusionError| layout_error(&layout, place, error.strip_backtrace());
        let planned = Planned::of(frame).await.map_err(|error| wrong(&error))?;
        let on_values = move |error: &DataFusionError| {
            wrong(error).hint("Where a value may be missing or odd, write TRY_CAST and NULLIF: it is then empty.")
        };
        self.planned(Planned { wrong: Some(Box::new(on_values)), ..planned }, &names, &|_| true, number)
    }

    async fn of_input(&self, from: usize, need: &Need, number: i16) -> Result<(Work, BoundRecord)> {
        // A lookup that has arrived completes the rows of earlier imports.
        let lookup_arrived = need.places.iter().skip(1).any(|place| self.inputs.is_new(*place));
        let files = self.inputs.files(from, true, lookup_arrived)?;
        let has = |place: usize| present(&files, place);
        if !self.record.lookups.is_empty() {
            let (frame, names) = lookup::frame(&self.session, self.inputs, self.record, from, files.clone())?;
            return self.planned(Planned::of(frame).await?, &names, &has, number);
        }
        let name = self.inputs.layout.inputs.get(from).map(|input| input.name.as_str()).unwrap_or_default();
        let names = lookup::raw_names(name, &files)?;
        if !self.record.group_by.is_empty() {
            let binding = self.binding(&names, &has);
            let record = binding.record(self.record)?;
            let mut used = record.used;
            used.extend(self.record.group_by.iter().filter_map(|name| binding.find(name)));
            let frame = self.session.read_table(narrow_table(files.clone(), &used, record.filter))?;
            return self.planned(Planned::of(frame).await?, &names, &has, number);
        }
        let bound = self.binding(&names, &has).record(self.record)?;
        let mapper = Box::new(self.mapper(bound.clone(), &files, number)?);
        Ok((Work::Simple { place: from, mapper }, bound))
    }

    fn binding<'b>(&'b self, schema: &'b DFSchema, present: &'b dyn Fn(usize) -> bool) -> Binding<'b> {
        Binding { session: &self.session, layout: &self.inputs.layout, schema, present, zone: &self.context.zone }
    }

    fn mapper(&self, bound: BoundRecord, files: &Arc<InputFiles>, number: i16) -> Result<Mapper> {
        let file_column = files.schema.index_of(FILE)?;
        Ok(Mapper::new(bound, number, file_column, self.context.recorded_at_given))
    }

    fn planned(
        &self,
        plan: Planned,
        names: &DFSchema,
        present: &dyn Fn(usize) -> bool,
        number: i16,
    ) -> Result<(Work, BoundRecord)> {
        let binding = self.binding(names, present);
        let bound = binding.record(self.record)?;
        let given = self.context.recorded_at_given;
        if self.record.group_by.is_empty() {
            let file_column = binding.find(FILE).unwrap_or_default();
            let mapper = Box::new(Mapper::new(bound.clone(), number, file_column, given));
            return Ok((Work::Joined { plan, mapper }, bound));
        }
        if bound.key.is_some() {
            return Err(layout_error(
                &self.inputs.layout,
                self.record.place,
                "`key_by` and `group_by` exclude each other",
            ));
        }
        let find = |name: &String| {
            let missing = || {
                layout_error(
                    &self.inputs.layout,
                    self.record.place,
                    format!("there is no column \"{name}\" to group by"),
                )
            };
            binding.find(name).ok_or_else(missing)
        };
        let groups = self.record.group_by.iter().map(find).collect::<Result<_>>()?;
        let grouping = Grouping::new(bound.clone(), groups);
        let mapper = Mapper::new(grouping.grouped_record(), number, 0, given);
        Ok((Work::Grouped { plan, grouping: Box::new(grouping), mapper: Box::new(mapper) }, bound))
    }
}
