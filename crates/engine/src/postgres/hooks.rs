//! What a driver may send: questions, and the small talk of sessions. Everything else is refused.

use std::ops::ControlFlow;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::common::{DFSchema, ParamValues};
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::{EmptyRelation, LogicalPlan};
use datafusion::prelude::{DataFrame, SessionContext};
use datafusion::sql::parser::Statement as Parsed;
use datafusion::sql::sqlparser::ast::{Set, Statement, visit_statements};
use datafusion_postgres::QueryHook;
use datafusion_postgres::arrow_pg::datatypes::df::encode_dataframe;
use datafusion_postgres::hooks::HookClient;
use datafusion_postgres::hooks::cursor::CursorStatementHook;
use datafusion_postgres::hooks::set_show::SetShowHook;
use datafusion_postgres::hooks::transactions::TransactionStatementHook;
use datafusion_postgres::pgwire::api::ClientInfo;
use datafusion_postgres::pgwire::api::portal::Format;
use datafusion_postgres::pgwire::api::results::{Response, Tag};
use datafusion_postgres::pgwire::error::PgWireResult;
use datafusion_postgres::pgwire::types::format::FormatOptions;

use super::refused;
use crate::session::hints;

/// Settings of a session that the library keeps for the session alone.
const SETTINGS: [&str; 7] = [
    "statement_timeout",
    "datestyle",
    "bytea_output",
    "intervalstyle",
    "application_name",
    "extra_float_digits",
    "search_path",
];

/// The first that has an answer gives it.
pub(super) fn all() -> Vec<Arc<dyn QueryHook>> {
    vec![
        Arc::new(Guard),
        Arc::new(TransactionStatementHook),
        Arc::new(CursorStatementHook),
        Arc::new(SetShowHook),
        Arc::new(Answer),
    ]
}

/// Refuses what writes, and answers what is only said.
struct Guard;

/// Asks the engine.
struct Answer;

fn allowed(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::Query(_)
            | Statement::Explain { .. }
            | Statement::ExplainTable { .. }
            | Statement::ShowTables { .. }
            | Statement::ShowColumns { .. }
            | Statement::ShowFunctions { .. }
            | Statement::ShowVariable { .. }
            | Statement::ShowCatalogs { .. }
            | Statement::Set(_)
            | Statement::StartTransaction { .. }
            | Statement::Commit { .. }
            | Statement::Rollback { .. }
            | Statement::Declare { .. }
            | Statement::Fetch { .. }
            | Statement::Close { .. }
            | Statement::Discard { .. }
            | Statement::Deallocate { .. }
    )
}

/// Refuses a statement that, or any within it, could change anything.
fn check(statement: &Statement) -> PgWireResult<()> {
    let found = visit_statements(statement, |inner| {
        if allowed(inner) { ControlFlow::Continue(()) } else { ControlFlow::Break(first_word(inner)) }
    });
    match found {
        ControlFlow::Break(word) => Err(refused::read_only(&word)),
        ControlFlow::Continue(()) => Ok(()),
    }
}

fn first_word(statement: &Statement) -> String {
    statement.to_string().split_whitespace().next().unwrap_or("this").to_uppercase()
}

/// The answer to a statement that asks for nothing; settings that we do not know are taken note of and have no effect,
/// as drivers send many. None must reach the engine, whose settings are shared by all.
fn small_talk(statement: &Statement) -> Option<&'static str> {
    match statement {
        Statement::Discard { .. } => Some("DISCARD ALL"),
        Statement::Deallocate { .. } => Some("DEALLOCATE"),
        Statement::Set(Set::SetTimeZone { .. }) => None,
        Statement::Set(Set::SingleAssignment { variable, .. }) => {
            let name = variable.to_string().to_lowercase();
            (!SETTINGS.contains(&name.as_str())).then_some("SET")
        }
        Statement::Set(_) => Some("SET"),
        _ => None,
    }
}

fn nothing() -> LogicalPlan {
    LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema: Arc::new(DFSchema::empty()) })
}

#[async_trait]
impl QueryHook for Guard {
    async fn handle_simple_query(
        &self,
        statement: &Statement,
        context: &SessionContext,
        _client: &mut dyn HookClient,
    ) -> Option<PgWireResult<Response>> {
        if let Err(refused) = check(statement) {
            return Some(Err(refused));
        }
        if let Err(refused) = check_cursors(statement, context).await {
            return Some(Err(refused));
        }
        small_talk(statement).map(|tag| Ok(Response::Execution(Tag::new(tag))))
    }

    async fn handle_extended_parse_query(
        &self,
        statement: &Statement,
        _context: &SessionContext,
        _client: &(dyn ClientInfo + Send + Sync),
    ) -> Option<PgWireResult<LogicalPlan>> {
        match check(statement) {
            Err(refused) => Some(Err(refused)),
            Ok(()) => small_talk(statement).map(|_| Ok(nothing())),
        }
    }

    async fn handle_extended_query(
        &self,
        statement: &Statement,
        _plan: &LogicalPlan,
        _parameters: &ParamValues,
        context: &SessionContext,
        client: &mut dyn HookClient,
    ) -> Option<PgWireResult<Response>> {
        self.handle_simple_query(statement, context, client).await
    }
}

/// Plans a question; a plan that would change something is refused whatever its text looked like.
async fn plan(statement: &Statement, context: &SessionContext) -> PgWireResult<LogicalPlan> {
    let planned = context.state().statement_to_plan(Parsed::Statement(Box::new(statement.clone()))).await;
    let plan = planned.map_err(|error| refused::ours(hints::planning_error(&error)))?;
    let nothing_else = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    nothing_else.verify_plan(&plan).map_err(|_| refused::read_only(&first_word(statement)))?;
    Ok(plan)
}

/// The library runs the query of a cursor as it stands, so it is looked at before.
async fn check_cursors(statement: &Statement, context: &SessionContext) -> PgWireResult<()> {
    let Statement::Declare { stmts } = statement else { return Ok(()) };
    for query in stmts.iter().filter_map(|declared| declared.for_query.as_ref()) {
        plan(&Statement::Query(query.clone()), context).await?;
    }
    Ok(())
}

#[async_trait]
impl QueryHook for Answer {
    async fn handle_simple_query(
        &self,
        statement: &Statement,
        context: &SessionContext,
        client: &mut dyn HookClient,
    ) -> Option<PgWireResult<Response>> {
        let plan = match plan(statement, context).await {
            Ok(plan) => plan,
            Err(refused) => return Some(Err(refused)),
        };
        let rows = DataFrame::new(context.state(), plan);
        let format = Arc::new(FormatOptions::from_client_metadata(client.metadata()));
        Some(encode_dataframe(rows, &Format::UnifiedText, Some(format)).await.map(Response::Query))
    }

    async fn handle_extended_parse_query(
        &self,
        statement: &Statement,
        context: &SessionContext,
        _client: &(dyn ClientInfo + Send + Sync),
    ) -> Option<PgWireResult<LogicalPlan>> {
        Some(plan(statement, context).await)
    }

    async fn handle_extended_query(
        &self,
        _statement: &Statement,
        _plan: &LogicalPlan,
        _parameters: &ParamValues,
        _context: &SessionContext,
        _client: &mut dyn HookClient,
    ) -> Option<PgWireResult<Response>> {
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
    use datafusion::sql::sqlparser::parser::Parser;

    use super::*;

    fn refused(sql: &str) -> Option<String> {
        let statement = Parser::parse_sql(&PostgreSqlDialect {}, sql).unwrap().remove(0);
        check(&statement).err().map(|error| error.to_string())
    }

    #[test]
    fn only_questions_pass() {
        for sql in [
            "SELECT 1",
            "WITH a AS (SELECT 1) SELECT * FROM a",
            "EXPLAIN SELECT 1",
            "SHOW search_path",
            "BEGIN",
            "DECLARE c CURSOR FOR SELECT 1",
            "DISCARD ALL",
            "SET x = 1",
        ] {
            assert_eq!(refused(sql), None, "{sql}");
        }
        for sql in [
            "INSERT INTO orders VALUES (1)",
            "WITH a AS (INSERT INTO orders VALUES (1) RETURNING 1) SELECT * FROM a",
            "EXPLAIN ANALYZE DELETE FROM orders",
            "CREATE TABLE t (a INT)",
            "DROP TABLE orders",
            "COPY orders TO '/tmp/x'",
            "UPDATE orders SET status = 'x'",
            "CREATE EXTERNAL TABLE",
            "TRUNCATE orders",
            "PREPARE p AS DELETE FROM orders",
        ] {
            let Ok(statements) = Parser::parse_sql(&PostgreSqlDialect {}, sql) else { continue };
            let error = check(&statements[0]).unwrap_err().to_string();
            assert!(error.contains("25006") || error.contains("read only"), "{sql}: {error}");
        }
    }

    #[test]
    fn the_engines_settings_are_out_of_reach() {
        let talk = |sql: &str| small_talk(&Parser::parse_sql(&PostgreSqlDialect {}, sql).unwrap()[0]);
        assert_eq!(talk("SET datafusion.runtime.memory_limit = '9G'"), Some("SET"));
        assert_eq!(talk("SET SESSION characteristics AS TRANSACTION READ ONLY"), Some("SET"));
        assert_eq!(talk("SET client_min_messages TO warning"), Some("SET"));
        assert_eq!(talk("SET statement_timeout = 1000"), None);
        assert_eq!(talk("SELECT 1"), None);
    }
}
