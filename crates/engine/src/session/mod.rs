//! A session: what SQL sees of the workspace at one moment.

mod cache;
mod describe;
pub(crate) mod functions;
pub(crate) mod hints;
mod joins;
mod period_index;
pub(crate) mod quote;
mod remembered;
mod source;
mod stages;
mod tables;
mod turns;
pub(crate) mod views;

use std::collections::HashMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use datafusion::arrow::array::{Int32Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::catalog::{CatalogProvider, MemTable, MemoryCatalogProvider, MemoryCatalogProviderList, TableProvider};
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SendableRecordBatchStream, SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use futures::FutureExt;
use jiff::Timestamp;
use throughline_model::definitions::Definitions;
use throughline_model::period::{Calendar, Grain, Period};

pub use describe::{ColumnInfo, TableInfo, TableKind};
pub(crate) use functions::date;
pub(crate) use joins::Joins;
pub use source::TableSource;
pub(crate) use tables::{ORIGIN_COLUMNS, PERIODS};

use crate::identity::Linking;
use crate::identity::strangers::Kept;
use crate::journeys::{self, JourneyFunction, JourneysAt};
use crate::store::schema;
use crate::{Error, Result};
use cache::ViewCache;
use functions::Constants;
use period_index::PeriodIndex;
use remembered::Remembered;
use turns::TakeTurns;
use views::{Closure, Views};

pub(crate) const CATALOG: &str = "throughline";
pub(crate) const MAIN: &str = "main";
pub(crate) const HISTORY: &str = "history";
/// From when on a session lists periods unless it is asked for a range.
const FIRST_PERIOD: &str = "2000-01-01T00:00:00Z";

/// What a session is opened with.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// Ask as of this instant: only what had been recorded by then.
    pub as_of: Option<Timestamp>,
    /// The present moment, for a session that is not as of an instant. Hand in the moment of the newest
    /// import: nothing later is known, the same data give the same answers, and derived views that look
    /// at the time need not be computed again.
    pub now: Timestamp,
    /// How long one query of a measure or a view may take.
    pub longest: Duration,
    /// Memory that queries share before they spill, in bytes.
    pub memory_bytes: usize,
    /// Where they spill to.
    pub spill_dir: PathBuf,
    /// Where derived views are kept; without it they are computed in every query.
    pub cache_dir: Option<PathBuf>,
    /// Names the state of the data; a new one after every change.
    pub data_version: String,
    /// Where journeys are kept; without it there are none to ask.
    pub journeys: Option<JourneysAt>,
    /// Which links of aliases count. Everything kept that depends on `customer_aliases` must be told apart by it.
    pub linking: Linking,
}

/// What SQL sees of the workspace at one moment, with the periods of one grain. Cheap to clone.
#[derive(Clone)]
pub struct Session {
    inner: Arc<Inner>,
    context: SessionContext,
    grain: Grain,
    periods: Arc<Vec<Period>>,
    planning: Arc<OnceLock<Session>>,
}

/// Finds a session again from within its own planner, without keeping it alive.
#[derive(Clone)]
pub(crate) struct Asker {
    inner: Arc<Inner>,
    state: Arc<dyn Fn() -> Option<SessionState> + Send + Sync>,
    grain: Grain,
    periods: Arc<Vec<Period>>,
}

impl Asker {
    /// The session, while it lives.
    pub(crate) fn session(&self) -> Result<Session> {
        let state = (self.state)();
        let state = state.ok_or_else(|| Error::internal("The session was closed while a query was being planned."))?;
        let context = SessionContext::new_with_state(state);
        let (inner, grain, periods) = (self.inner.clone(), self.grain, self.periods.clone());
        Ok(Session { inner, context, grain, periods, planning: Arc::default() })
    }
}

impl fmt::Debug for Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asker").finish_non_exhaustive()
    }
}

/// What sessions of all grains share.
struct Inner {
    source: Arc<dyn TableSource>,
    definitions: Arc<Definitions>,
    options: SessionOptions,
    calendar: Arc<Calendar>,
    views: Views,
    cache: Option<ViewCache>,
    /// Views that are kept in memory, where no folder keeps them.
    computed: Mutex<HashMap<String, Arc<dyn TableProvider>>>,
    remembered: Remembered,
    /// First and last value of columns that were asked for.
    ranges: Mutex<HashMap<String, Option<(Timestamp, Timestamp)>>>,
    /// Everything but the tables and the functions of the grain.
    state: SessionState,
}

impl Session {
    /// Opens a session over the tables of `source`, with the periods of months. Nothing is read before a
    /// query asks for it.
    pub fn open(source: Arc<dyn TableSource>, definitions: &Definitions, options: SessionOptions) -> Result<Session> {
        let calendar = Calendar::new(&definitions.settings).map_err(Error::definition)?;
        let calendar = Arc::new(calendar);
        let constants = Constants {
            calendar: calendar.clone(),
            currency: definitions.settings.currency.clone(),
            as_of: options.as_of.unwrap_or(options.now),
            linking: options.linking,
        };
        let inner = Inner {
            source,
            state: base_state(&options, &constants)?,
            views: Views::shipped(&stages::stage_expression(&definitions.journey)),
            definitions: Arc::new(definitions.clone()),
            cache: options.cache_dir.clone().map(ViewCache::new),
            computed: Mutex::default(),
            remembered: Remembered::default(),
            ranges: Mutex::default(),
            calendar,
            options,
        };
        let first = FIRST_PERIOD.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let last = constants.as_of.saturating_add(jiff::SignedDuration::from_micros(1)).unwrap_or(Timestamp::MAX);
        Session::over(Arc::new(inner), Grain::Month, first, last, true)
    }

    /// The same session with other periods: those of `grain` that overlap `[from, to)`.
    pub fn with_grain(&self, grain: Grain, from: Timestamp, to: Timestamp) -> Result<Session> {
        Session::over(self.inner.clone(), grain, from, to, true)
    }

    /// The same session with views that are never computed ahead: planning a query runs nothing.
    pub(crate) fn planning_only(&self) -> Result<Session> {
        if let Some(session) = self.planning.get() {
            return Ok(session.clone());
        }
        let range = self.periods.first().zip(self.periods.last());
        let (from, to) = range.map_or((self.as_of(), self.as_of()), |(first, last)| (first.start, last.end));
        let session = Session::over(self.inner.clone(), self.grain, from, to, false)?;
        Ok(self.planning.get_or_init(|| session).clone())
    }

    fn over(inner: Arc<Inner>, grain: Grain, from: Timestamp, to: Timestamp, keep_views: bool) -> Result<Session> {
        let periods = Arc::new(inner.calendar.range(grain, from, to));
        let table = Arc::new(periods_table(&periods)?);
        let tables = Arc::new(tables::Tables::new(inner.clone(), table, keep_views));
        let schemas = MemoryCatalogProvider::new();
        schemas.register_schema(MAIN, tables.clone())?;
        schemas.register_schema(HISTORY, Arc::new(tables::History::new(inner.clone())))?;
        let catalogs = MemoryCatalogProviderList::new();
        catalogs.catalogs.insert(CATALOG.to_owned(), Arc::new(schemas));

        let mut state = inner.state.clone();
        state.register_catalog_list(Arc::new(catalogs));
        let index = PeriodIndex::new(inner.calendar.clone(), grain, to.min(inner.options.now));
        functions::register_period_number(&mut state, index, inner.calendar.clone())?;
        let context = SessionContext::new_with_state(state);
        let weak = context.state_weak_ref();
        let state: Arc<dyn Fn() -> Option<SessionState> + Send + Sync> =
            Arc::new(move || Some(weak.upgrade()?.read().clone()));
        let own = state.clone();
        tables.belong_to(Box::new(move || own()));
        let asker = Asker { inner: inner.clone(), state, grain, periods: periods.clone() };
        for question in journeys::questions() {
            let name = question.name();
            context.register_udtf(name, Arc::new(JourneyFunction::new(question, asker.clone())));
        }
        Ok(Session { inner, context, grain, periods, planning: Arc::default() })
    }

    /// The instant that questions are asked for: the as-of instant, else the present moment.
    pub fn as_of(&self) -> Timestamp {
        self.inner.options.as_of.unwrap_or(self.inner.options.now)
    }

    /// Which links of aliases count in it.
    pub fn linking(&self) -> Linking {
        self.inner.options.linking
    }

    /// The grain of its periods.
    pub fn grain(&self) -> Grain {
        self.grain
    }

    /// Its periods, in order.
    pub fn periods(&self) -> &[Period] {
        &self.periods
    }

    /// The calendar of the workspace.
    pub fn calendar(&self) -> &Calendar {
        &self.inner.calendar
    }

    /// The definitions it was opened with.
    pub fn definitions(&self) -> &Definitions {
        &self.inner.definitions
    }

    /// Whether it is for the data as they had been recorded by some instant.
    pub(crate) fn is_as_of(&self) -> bool {
        self.inner.options.as_of.is_some()
    }

    /// Where the journeys of its moment are kept.
    pub(crate) fn journeys_at(&self) -> Option<&JourneysAt> {
        self.inner.options.journeys.as_ref()
    }

    /// Everything that journeys depend on beside the version of the data and the stage rules.
    pub(crate) fn what_journeys_depend_on(&self) -> Result<Vec<String>> {
        let (inner, settings) = (&self.inner, &self.inner.definitions.settings);
        let as_of = inner.options.as_of.map(|at| at.to_string()).unwrap_or_default();
        let mut parts =
            vec![env!("CARGO_PKG_VERSION").to_owned(), settings.zone.clone(), settings.currency.clone(), as_of];
        parts.push(inner.options.linking.to_string());
        let closure = inner.views.closure("_dated")?;
        parts.extend(closure.views.iter().map(|view| inner.views.sql(view).unwrap_or_default().to_owned()));
        Ok(parts)
    }

    /// Readings that were asked for before.
    pub(crate) fn remembered(&self) -> &Remembered {
        &self.inner.remembered
    }

    pub(crate) fn known_range(&self, column: &str) -> Option<Option<(Timestamp, Timestamp)>> {
        self.inner.ranges.lock().unwrap_or_else(PoisonError::into_inner).get(column).copied()
    }

    pub(crate) fn remember_range(&self, column: String, range: Option<(Timestamp, Timestamp)>) {
        self.inner.ranges.lock().unwrap_or_else(PoisonError::into_inner).insert(column, range);
    }

    pub(crate) fn views(&self) -> &Views {
        &self.inner.views
    }

    pub(crate) fn context(&self) -> &SessionContext {
        &self.context
    }

    /// Plans one query; what is wrong with it is said in our words.
    pub(crate) async fn plan(&self, sql: &str) -> Result<LogicalPlan> {
        let plan = self.context.state().create_logical_plan(sql).await;
        plan.map_err(|error| hints::planning_error(&error))
    }

    /// Plans and runs one query of our own making and collects its rows.
    pub(crate) async fn rows(&self, sql: &str) -> Result<Vec<RecordBatch>> {
        let plan = self.plan(sql).await?;
        self.run(plan).await
    }

    /// Runs a plan and collects its rows.
    pub(crate) async fn run(&self, plan: LogicalPlan) -> Result<Vec<RecordBatch>> {
        match self.collect(plan.clone(), Joins::Hash).await {
            Err(error) if hints::is_out_of_memory(&error) => self.collect(plan, Joins::Merge).await,
            rows => rows,
        }
    }

    async fn collect(&self, plan: LogicalPlan, joins: Joins) -> Result<Vec<RecordBatch>> {
        let longest = self.inner.options.longest;
        let rows = async {
            let rows = DataFrame::new(joins.apply(self.context.state()), plan).collect().await;
            rows.map_err(|error| hints::running_error(&error))
        };
        match tokio::time::timeout(longest, caught(rows)).await {
            Ok(rows) => rows,
            Err(_) => Err(Error::input(format!("The query took longer than {} s and was stopped.", longest.as_secs()))
                .hint("ask for less at once")),
        }
    }

    /// Runs a plan row batch by row batch.
    pub(crate) async fn stream(&self, plan: LogicalPlan, joins: Joins) -> Result<SendableRecordBatchStream> {
        let rows = DataFrame::new(joins.apply(self.context.state()), plan).execute_stream().await;
        rows.map_err(|error| hints::running_error(&error))
    }
}

/// A question whose library may give up by a panic, as Arrow does where a column of texts passes 2 GiB: that is the
/// question's problem, and ends neither a command nor a server.
pub(crate) async fn caught<T>(asked: impl Future<Output = Result<T>>) -> Result<T> {
    match AssertUnwindSafe(asked).catch_unwind().await {
        Ok(answer) => answer,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let why = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked");
            Err(Error::input(format!("The query failed in the library that runs it: {why}."))
                .hint("ask for less at once; a column of texts holds 2 GiB"))
        }
    }
}

impl Inner {
    /// Where what was found about strangers in sessions goes on from import to import.
    fn kept_strangers(&self) -> Option<Kept> {
        let JourneysAt { manifest, at, .. } =
            self.options.journeys.as_ref().filter(|_| self.options.as_of.is_none())?;
        let folder = self.options.cache_dir.clone()?;
        Some(Kept { folder, manifest: *manifest, at: at.clone() })
    }

    /// Everything that the rows of a view depend on.
    fn identity_of(&self, closure: &Closure) -> Vec<String> {
        let settings = &self.definitions.settings;
        let mut parts = vec![self.options.data_version.clone(), settings.zone.clone(), settings.currency.clone()];
        parts.push(self.options.as_of.map(|at| at.to_string()).unwrap_or_default());
        if closure.asks_the_time {
            parts.push(self.options.as_of.unwrap_or(self.options.now).to_string());
        }
        if closure.asks_the_linking {
            parts.push(self.options.linking.to_string());
        }
        parts.extend(closure.views.iter().map(|view| self.views.sql(view).unwrap_or_default().to_owned()));
        parts
    }
}

fn base_state(options: &SessionOptions, constants: &Constants) -> Result<SessionState> {
    let mode = DiskManagerMode::Directories(vec![options.spill_dir.clone()]);
    std::fs::create_dir_all(&options.spill_dir)?;
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(options.memory_bytes)))
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(mode))
        .with_object_list_cache_limit(0)
        .build_arc()?;
    let mut config = SessionConfig::new()
        .with_default_catalog_and_schema(CATALOG, MAIN)
        .with_create_default_catalog_and_schema(false)
        .with_information_schema(true);
    let settings = config.options_mut();
    // Says where in the SQL a problem stands.
    settings.sql_parser.collect_spans = true;
    // String views share the buffers of whole pages, and every batch counts them as its own: sorts would
    // believe to hold many times what they do, and fail where they could spill.
    settings.execution.parquet.schema_force_view_types = false;
    settings.sql_parser.map_string_types_to_utf8view = false;
    // Tables that say how they are sorted (touchpoints) are not sorted again.
    settings.optimizer.prefer_existing_sort = true;
    // As Delta's own sessions do: pushing lists of join keys down can fail on dictionary arrays.
    settings.optimizer.hash_join_inlist_pushdown_max_size = 0;
    settings.optimizer.hash_join_inlist_pushdown_max_distinct_values = 0;
    // Bounds that a join learns from one side are pushed through outer joins of the other, where they lose rows.
    settings.optimizer.enable_join_dynamic_filter_pushdown = false;
    let mut state = SessionStateBuilder::new()
        .with_default_features()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_physical_optimizer_rule(Arc::new(TakeTurns))
        .build();
    functions::register(&mut state, constants)?;
    Ok(state)
}

/// The periods as a table: number, label, start_at, end_at.
fn periods_table(periods: &[Period]) -> Result<MemTable> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("number", DataType::Int32, false),
        Field::new("label", DataType::Utf8, false),
        Field::new("start_at", schema::instant(), false),
        Field::new("end_at", schema::instant(), false),
    ]));
    let instants = |of: fn(&Period) -> Timestamp| {
        let instants = periods.iter().map(|period| of(period).as_microsecond());
        TimestampMicrosecondArray::from_iter_values(instants).with_timezone("UTC")
    };
    let batch = RecordBatch::try_new(
        schema.clone(),
        vec![
            Arc::new(Int32Array::from_iter_values(periods.iter().map(|period| period.index))),
            Arc::new(StringArray::from_iter_values(periods.iter().map(|period| period.label.as_str()))),
            Arc::new(instants(|period| period.start)),
            Arc::new(instants(|period| period.end)),
        ],
    )?;
    Ok(MemTable::try_new(schema, vec![vec![batch]])?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[tokio::test]
    async fn a_panic_of_the_library_is_an_error_of_the_question() {
        let asked: std::pin::Pin<Box<dyn Future<Output = Result<()>>>> = Box::pin(async { panic!("offset overflow") });
        let error = caught(asked).await.unwrap_err();
        assert_eq!(error.message, "The query failed in the library that runs it: offset overflow.");
        assert!(caught(async { Ok(()) }).await.is_ok());
    }
}
