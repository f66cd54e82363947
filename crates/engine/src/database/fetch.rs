//! Fetching: all queries of a source in one read-only transaction, so that they tell of the same moment.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use throughline_model::diagnostic::hint_among;
use throughline_model::layout::Layout;
use throughline_model::source::{Cursor, DatabaseSource, QueryTarget, SourceQuery};
use throughline_model::vocabulary::Table;
use tokio_postgres::types::Type;
use tokio_postgres::{Column, IsolationLevel, Statement, Transaction};

use super::connect::Connected;
use super::spool::{Spool, Spooled, count};
use super::state::{QueryState, SourceState, question};
use super::{Refreshing, file_name, layout, refused};
use crate::{Error, Result};

/// Given to the server on top of its own limit, before we stop waiting for it.
const GRACE: Duration = Duration::from_secs(30);
/// Bytes between two words about how far it is.
const STEP: u64 = 1 << 20;

/// What a query brought.
#[derive(Debug)]
pub(super) struct Fetched {
    /// What is to be remembered of it once it is imported.
    pub(super) state: QueryState,
    /// Its rows.
    pub(super) spooled: Spooled,
    /// How many.
    pub(super) rows: u64,
    /// Where the rows begin; `None` where all were fetched.
    pub(super) from: Option<String>,
}

/// What is to be fetched.
pub(super) struct Fetching<'a> {
    /// From where.
    pub(super) source: &'a DatabaseSource,
    /// All layouts there are.
    pub(super) layouts: &'a [Arc<Layout>],
    /// How far it came before.
    pub(super) before: &'a SourceState,
    /// Where rows are written to.
    pub(super) folder: &'a Path,
}

impl Fetching<'_> {
    /// Fetches every query.
    pub(super) async fn all(
        &self,
        connected: &mut Connected,
        progress: &mut (dyn FnMut(Refreshing) + Send),
    ) -> Result<Vec<Fetched>> {
        let source = self.source;
        let beginning = |error| refused::connecting(source, &error);
        let transaction = connected.client.build_transaction().isolation_level(IsolationLevel::RepeatableRead);
        let transaction = transaction.read_only(true).start().await.map_err(beginning)?;
        transaction.batch_execute(&settings(source)).await.map_err(beginning)?;
        let mut fetched = Vec::with_capacity(source.queries.len());
        for query in &source.queries {
            let one = Fetch { transaction: &transaction, fetching: self, query };
            let patience = source.timeout.saturating_add(GRACE);
            let waited = tokio::time::timeout(patience, one.run(progress)).await;
            fetched.push(waited.unwrap_or_else(|_| {
                Err(refused::lost_because(source, &query.name, "the server has not answered for too long"))
            })?);
        }
        Ok(fetched)
    }
}

/// How values are written must depend neither on the server's settings nor on the user's.
fn settings(source: &DatabaseSource) -> String {
    format!(
        "SET LOCAL statement_timeout = {}; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; \
         SET LOCAL standard_conforming_strings = on; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1",
        source.timeout.as_millis()
    )
}

struct Fetch<'a> {
    transaction: &'a Transaction<'a>,
    fetching: &'a Fetching<'a>,
    query: &'a SourceQuery,
}

impl Fetch<'_> {
    async fn run(&self, progress: &mut (dyn FnMut(Refreshing) + Send)) -> Result<Fetched> {
        let prepared = self.prepare().await?;
        let columns = prepared.columns();
        let names: Vec<String> = columns.iter().map(|column| column.name().to_owned()).collect();
        let table = self.check(&names)?;
        let cursor = match &self.query.cursor {
            Some(cursor) => Some((cursor, self.cursor_column(cursor, columns)?)),
            None => None,
        };
        let question = question(self.fetching.source, self.query);
        let known = self.fetching.before.queries.get(&self.query.name).filter(|known| known.question == question);
        let from = known.and_then(|known| known.cursor.clone()).filter(|_| cursor.is_some());
        let sql = match cursor {
            Some((cursor, place)) => self.sorted(cursor, columns.get(place).map(Column::type_), from.as_deref()),
            None => self.select(),
        };
        let spooled = self.copy(&sql, progress).await?;
        let (rows, last) = counted(&spooled, cursor.map(|(_, place)| place)).await?;
        let changed_at = cursor.filter(|(cursor, place)| {
            table.is_some_and(|table| table.column(&cursor.column).is_none())
                && columns.get(*place).is_some_and(|column| is_time(column.type_()))
        });
        let state = QueryState {
            question,
            table: table.map(|table| table.name.clone()),
            columns: names,
            changed_at: changed_at.map(|(cursor, _)| cursor.column.clone()),
            cursor: last.or_else(|| from.clone()),
            digest: spooled.digest.clone(),
        };
        Ok(Fetched { state, spooled, rows, from })
    }

    /// Whether the table or the layout of the query knows its columns, before any row is fetched.
    fn check(&self, columns: &[String]) -> Result<Option<&'static Table>> {
        let Fetching { source, layouts, .. } = self.fetching;
        match &self.query.target {
            QueryTarget::Table(table) => layout::check_table(source, self.query, table, columns).map(Some),
            QueryTarget::Layout(id) => {
                let found = layouts.iter().find(|layout| &layout.id == id);
                let found = found.ok_or_else(|| Error::input(format!("There is no layout {id}.")))?;
                layout::check_layout(source, self.query, found, columns).map(|()| None)
            }
        }
    }

    const OPEN: &'static str = "SELECT rows_asked_for.* FROM (";

    /// All rows. A comment at the end of the query must not swallow what follows.
    fn select(&self) -> String {
        format!("{}{}\n) AS rows_asked_for", Self::OPEN, self.query.sql)
    }

    /// The query with its columns, which the server says without running it.
    async fn prepare(&self) -> Result<Statement> {
        let prepared = self.transaction.prepare(&self.select()).await;
        let before = Self::OPEN.chars().count();
        prepared.map_err(|error| refused::asking(self.fetching.source, self.query, before, &error))
    }

    fn cursor_column(&self, cursor: &Cursor, columns: &[Column]) -> Result<usize> {
        let found = columns.iter().position(|column| column.name() == cursor.column);
        found.ok_or_else(|| {
            let hint = hint_among(&cursor.column, columns.iter().map(Column::name));
            let message = format!("the query `{}` has no column `{}` to be its cursor", self.query.name, cursor.column);
            refused::at(self.fetching.source, cursor.place, message, hint)
        })
    }

    /// Rows from the last one seen on, and those without a value, sorted, so that the last row says how far it is.
    /// Rows with the very value seen last come again: others with the same value may have joined them since.
    fn sorted(&self, cursor: &Cursor, kind: Option<&Type>, from: Option<&str>) -> String {
        let column = format!("rows_asked_for.{}", identifier(&cursor.column));
        let bound = from.map(|from| match kind {
            Some(kind) if is_time(kind) => {
                let seconds = cursor.overlap.as_secs();
                format!("{}::{} - interval '{seconds} seconds'", literal(from), kind.name())
            }
            _ => literal(from),
        });
        let only = bound.map(|bound| format!(" WHERE {column} >= {bound} OR {column} IS NULL")).unwrap_or_default();
        format!("{}{only} ORDER BY {column} ASC NULLS FIRST", self.select())
    }

    async fn copy(&self, sql: &str, progress: &mut (dyn FnMut(Refreshing) + Send)) -> Result<Spooled> {
        const COPY: &str = "COPY (";
        let before = COPY.chars().count() + Self::OPEN.chars().count();
        let refused = |error| refused::asking(self.fetching.source, self.query, before, &error);
        let mut spool =
            Spool::create(self.fetching.folder.join(file_name(&self.fetching.source.name, &self.query.name)))?;
        let copy = format!("{COPY}{sql}) TO STDOUT (FORMAT csv, HEADER true)");
        let mut rows = pin!(self.transaction.copy_out(&copy).await.map_err(refused)?);
        let mut said = 0;
        while let Some(bytes) = rows.next().await {
            spool.write(&bytes.map_err(refused)?)?;
            if spool.bytes >= said + STEP {
                said = spool.bytes;
                progress(Refreshing::Fetching { query: self.query.name.clone(), bytes: said });
            }
        }
        spool.finish()
    }
}

async fn counted(spooled: &Spooled, column: Option<usize>) -> Result<(u64, Option<String>)> {
    let path = spooled.path.clone();
    let counted = tokio::task::spawn_blocking(move || count(&path, column)).await;
    counted.map_err(|error| Error::internal(error.to_string()))?
}

fn is_time(kind: &Type) -> bool {
    matches!(*kind, Type::TIMESTAMPTZ | Type::TIMESTAMP | Type::DATE)
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
