//! The tables that SQL sees: standard tables in force, derived views and the periods. Each is looked up
//! when a query names it, so that opening a session costs nothing.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::catalog::{MemTable, SchemaProvider, TableProvider};
use datafusion::common::Result as DataFusionResult;
use datafusion::datasource::empty::EmptyTable;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{EmptyRelation, Expr, LogicalPlan, LogicalPlanBuilder, TableType, lit};
use datafusion::prelude::{DataFrame, ident};
use datafusion::scalar::ScalarValue;
use jiff::Timestamp;
use throughline_model::vocabulary::Table;

use super::views::is_part;
use super::{Inner, hints};
use crate::{Result, catalog, identity};

/// Columns of where a row comes from that every table shows beside its own.
pub(crate) const ORIGIN_COLUMNS: [&str; 4] = ["source", "import_id", "source_seq", "recorded_at"];
/// The table of periods.
pub(crate) const PERIODS: &str = "periods";

/// Gives the state of the session that the tables belong to, while it lives.
type State = Box<dyn Fn() -> Option<SessionState> + Send + Sync>;

/// The tables in force.
pub(super) struct Tables {
    inner: Arc<Inner>,
    periods: Arc<dyn TableProvider>,
    keep_views: bool,
    state: OnceLock<State>,
    found: Mutex<HashMap<String, Found>>,
}

#[derive(Clone)]
struct Found {
    table: Arc<dyn TableProvider>,
    kept_at: Option<PathBuf>,
}

impl Tables {
    pub(super) fn new(inner: Arc<Inner>, periods: Arc<dyn TableProvider>, keep_views: bool) -> Self {
        Tables { inner, periods, keep_views, state: OnceLock::new(), found: Mutex::default() }
    }

    /// Says how to reach the session that plans the views.
    pub(super) fn belong_to(&self, state: State) {
        let _ = self.state.set(state);
    }

    fn session_state(&self) -> Result<SessionState> {
        let state = self.state.get().and_then(|state| state());
        state.ok_or_else(|| crate::Error::internal("The session was closed while a query was being planned."))
    }

    async fn find(&self, name: &str) -> Result<Option<Found>> {
        let table = if name == PERIODS {
            self.periods.clone()
        } else if let Some(table) = catalog::vocabulary()?.table(name) {
            self.in_force(table).await?
        } else if self.inner.views.sql(name).is_some() {
            return self.view(name).await.map(Some);
        } else if self.session_state()?.table_functions().contains_key(name) {
            return Ok(None);
        } else {
            return Err(hints::unknown_table(name, self.table_names().iter().map(String::as_str)));
        };
        Ok(Some(Found { table, kept_at: None }))
    }

    async fn in_force(&self, table: &Table) -> Result<Arc<dyn TableProvider>> {
        let versions = self.inner.source.provider(&table.name).await?;
        let plan = in_force_plan(table, versions, self.inner.options.as_of)?;
        Ok(Arc::new(ViewTable::new(plan, None)))
    }

    async fn view(&self, name: &str) -> Result<Found> {
        let sql = self.inner.views.sql(name).unwrap_or_default();
        let state = self.session_state()?;
        let closure = self.inner.views.closure(name)?;
        let cache = self.inner.cache.as_ref().filter(|_| self.keep_views && !closure.asks_the_period && !is_part(name));
        let Some(cache) = cache else {
            let table: Arc<dyn TableProvider> = if self.inner.cache.is_some() && self.keep_views {
                Arc::new(ViewTable::new(plan_view(&state, name, sql).await?, None))
            } else if self.keep_views && identity::VIEWS.contains(&name) {
                self.in_memory(name, &state, sql).await?
            } else if name == identity::ALIASES {
                Arc::new(EmptyTable::new(aliases_schema()))
            } else {
                Arc::new(ViewTable::new(plan_view(&state, name, sql).await?, None))
            };
            return Ok(Found { table, kept_at: None });
        };
        let parts = self.inner.identity_of(&closure);
        // Looking back at many moments must not push out what is known now.
        let kept_as = if self.inner.options.as_of.is_some() { format!("{name}@") } else { name.to_owned() };
        let path = cache.path(&kept_as, &parts.iter().map(String::as_str).collect::<Vec<_>>());
        let order = self.inner.views.order(name)?;
        let table = cache.open_or_write(&path, &state, &order, self.rows(&state, name, sql)).await?;
        Ok(Found { table, kept_at: Some(path) })
    }

    /// A view of this session's data that is computed once.
    async fn in_memory(&self, name: &str, state: &SessionState, sql: &str) -> Result<Arc<dyn TableProvider>> {
        let computed = || self.inner.computed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = computed().get(name).cloned() {
            return Ok(table);
        }
        let rows = Box::pin(self.rows(state, name, sql)).await?;
        let schema = Arc::new(rows.schema().as_arrow().clone());
        let batches = rows.collect().await.map_err(|error| hints::running_error(&error))?;
        let table: Arc<dyn TableProvider> = Arc::new(MemTable::try_new(schema, vec![batches])?);
        computed().insert(name.to_owned(), table.clone());
        Ok(table)
    }

    /// The rows of a view: of its SQL, or of a faster way to the same.
    async fn rows(&self, state: &SessionState, name: &str, sql: &str) -> Result<DataFrame> {
        if name == identity::STRANGERS {
            return identity::strangers::rows(state, self.inner.kept_strangers().as_ref()).await;
        }
        let plan = plan_view(state, name, sql).await?;
        if let Some((_, needed)) = identity::NEEDS.iter().find(|(view, _)| *view == name) {
            let any = state.create_logical_plan(&format!("SELECT 1 FROM {needed} LIMIT 1")).await?;
            if DataFrame::new(state.clone(), any).collect().await?.iter().all(|batch| batch.num_rows() == 0) {
                let schema = plan.schema().clone();
                let none = LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema });
                return Ok(DataFrame::new(state.clone(), none));
            }
        }
        Ok(DataFrame::new(state.clone(), plan))
    }
}

/// What a session that only plans needs to know of `customer_aliases`.
fn aliases_schema() -> Arc<Schema> {
    Arc::new(Schema::new(vec![
        Field::new("alias", DataType::Utf8, true),
        Field::new("customer_id", DataType::Utf8, true),
    ]))
}

async fn plan_view(state: &SessionState, name: &str, sql: &str) -> Result<LogicalPlan> {
    let plan = state.create_logical_plan(sql).await;
    plan.map_err(|error| hints::planning_error(&error).context(format!("The view {name}")))
}

/// The rows of a table that are in force: those nobody has corrected or, as of an instant, those that had
/// been recorded by then and not yet corrected.
fn in_force_plan(table: &Table, versions: Arc<dyn TableProvider>, as_of: Option<Timestamp>) -> Result<LogicalPlan> {
    let until = ident("recorded_until");
    let in_force: Expr = match as_of {
        None => until.is_null(),
        Some(at) => {
            let at = lit(ScalarValue::TimestampMicrosecond(Some(at.as_microsecond()), Some("UTC".into())));
            ident("recorded_at").lt_eq(at.clone()).and(until.clone().is_null().or(until.gt(at)))
        }
    };
    let columns = table.columns.iter().map(|column| column.name.as_str()).chain(ORIGIN_COLUMNS);
    let plan = LogicalPlanBuilder::scan(table.name.as_str(), provider_as_source(versions), None)?
        .filter(in_force)?
        .project(columns.map(ident).collect::<Vec<_>>())?;
    Ok(plan.build()?)
}

#[async_trait]
impl SchemaProvider for Tables {
    fn table_names(&self) -> Vec<String> {
        let standard = catalog::vocabulary().map(|vocabulary| vocabulary.tables.as_slice()).unwrap_or_default();
        let standard = standard.iter().map(|table| table.name.clone());
        let views = self.inner.views.names().map(str::to_owned);
        standard.chain(views).chain([PERIODS.to_owned()]).collect()
    }

    async fn table(&self, name: &str) -> DataFusionResult<Option<Arc<dyn TableProvider>>> {
        let known = self.found.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        // A kept view may have been deleted since.
        if let Some(found) = known.filter(|found| found.kept_at.as_ref().is_none_or(|path| path.exists())) {
            return Ok(Some(found.table));
        }
        let found = self.find(name).await?;
        if let Some(found) = &found {
            self.found.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), found.clone());
        }
        Ok(found.map(|found| found.table))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.table_names().iter().any(|table| table == name)
    }

    /// Told without computing anything.
    async fn table_type(&self, name: &str) -> DataFusionResult<Option<TableType>> {
        let is_view = self.inner.views.sql(name).is_some() && catalog::vocabulary()?.table(name).is_none();
        let known = self.table_exist(name).then_some(if is_view { TableType::View } else { TableType::Base });
        Ok(known)
    }
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tables").finish_non_exhaustive()
    }
}

/// All versions of the rows of the standard tables, also those that were corrected.
pub(super) struct History {
    inner: Arc<Inner>,
}

impl History {
    pub(super) fn new(inner: Arc<Inner>) -> Self {
        History { inner }
    }
}

#[async_trait]
impl SchemaProvider for History {
    fn table_names(&self) -> Vec<String> {
        let standard = catalog::vocabulary().map(|vocabulary| vocabulary.tables.as_slice()).unwrap_or_default();
        standard.iter().map(|table| table.name.clone()).collect()
    }

    async fn table(&self, name: &str) -> DataFusionResult<Option<Arc<dyn TableProvider>>> {
        if !self.table_exist(name) {
            return Err(hints::unknown_table(name, self.table_names().iter().map(String::as_str)).into());
        }
        Ok(Some(self.inner.source.provider(name).await?))
    }

    fn table_exist(&self, name: &str) -> bool {
        catalog::vocabulary().is_ok_and(|vocabulary| vocabulary.table(name).is_some())
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History").finish_non_exhaustive()
    }
}
