//! Questions in SQL.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use throughline_engine::Linking;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Posted;
use crate::cli::Moment;
use crate::http::guard::Analyst;
use crate::http::problem::{Problem, Problems, Result};
use crate::http::state::Shared;
use crate::wire::sql::Table;

/// Rows given unless told otherwise.
const ROWS: usize = 1000;
/// Rows given at most.
const MOST_ROWS: usize = 10_000;
/// How long a query may run.
const SECONDS: u64 = 60;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(sql))
}

/// A query.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SqlRequest)]
struct Query {
    /// One SELECT.
    query: String,
    /// Most rows, at most 10 000 [default: 1000].
    limit: Option<usize>,
    /// Answer by what had been recorded until then.
    as_of: Option<String>,
    /// Use the definitions in the files instead of those in force.
    working: Option<bool>,
    /// strict or loose.
    linking: Option<String>,
}

/// Asks the standard tables and views in SQL, read only
#[utoipa::path(
    post, path = "/sql", tag = "data", request_body = Query,
    responses((status = 200, description = "The rows", body = Table), Problems)
)]
async fn sql(
    State(shared): State<Shared>,
    Analyst(person): Analyst,
    Posted(asked): Posted<Query>,
) -> Result<Json<Table>> {
    let linking = asked.linking.as_deref().map(str::parse::<Linking>).transpose();
    let linking = linking.map_err(|problem| Problem::input(format!("`linking`: {problem}")))?.unwrap_or_default();
    let moment = Moment { as_of: asked.as_of, working: asked.working.unwrap_or_default(), linking };
    let most = asked.limit.unwrap_or(ROWS).min(MOST_ROWS);
    shared.audit(&person, "sql.query", "", "");
    let inner = shared.clone();
    let work = move || async move {
        let opened = inner.reader(&moment)?;
        let answer = tokio::time::timeout(Duration::from_secs(SECONDS), opened.reader.sql(&asked.query, Some(most)));
        Ok(Table::from(&answer.await.map_err(|_| too_slow())??))
    };
    Ok(Json(shared.compute.run(work).await?))
}

fn too_slow() -> Problem {
    Problem::input(format!("The query ran longer than {SECONDS} seconds and was stopped."))
        .hint("Ask for less, or run it with `throughline sql`.")
}
