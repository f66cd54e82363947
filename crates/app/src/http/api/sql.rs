//! Questions in SQL.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use throughline_engine::Linking;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Posted;
use crate::cli::Moment;
use crate::http::csv;
use crate::http::guard::Analyst;
use crate::http::problem::{Problem, Problems, Result};
use crate::http::query::Form;
use crate::http::state::Shared;
use crate::wire::sql::Table;

/// Rows given unless told otherwise.
const ROWS: usize = 1000;
/// Rows given at most.
const MOST_ROWS: usize = 10_000;
/// How long a query may run.
const SECONDS: u64 = 60;

/// Says of a table without room for it whether there were more rows.
const CUT_OFF: HeaderName = HeaderName::from_static("x-cut-off");

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
    post, path = "/sql", tag = "data", params(Form), request_body = Query,
    responses((status = 200, description = "The rows", body = Table), Problems)
)]
async fn sql(
    State(shared): State<Shared>,
    Analyst(person): Analyst,
    form: Form,
    Posted(asked): Posted<Query>,
) -> Result<Response> {
    let linking = asked.linking.as_deref().map(str::parse::<Linking>).transpose();
    let linking = linking.map_err(|problem| Problem::input(format!("`linking`: {problem}")))?.unwrap_or_default();
    let moment = Moment { as_of: asked.as_of, working: asked.working.unwrap_or_default(), linking };
    let most = asked.limit.unwrap_or(ROWS).min(MOST_ROWS);
    shared.audit(&person, "sql.query", "", "");
    let inner = shared.clone();
    let work = move || async move {
        let opened = inner.reader(&moment)?;
        let answer = opened.reader.sql(&asked.query, Some(most));
        let answer = inner.compute.within(Duration::from_secs(SECONDS), answer).await.ok_or_else(too_slow)?;
        Ok(Table::from(&answer?))
    };
    let table: Table = shared.compute.run(work).await?;
    Ok(if form.csv { as_csv(&table) } else { Json(table).into_response() })
}

fn as_csv(table: &Table) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"sql.csv\""),
        (CUT_OFF, if table.is_cut_off() { "true" } else { "false" }),
    ];
    (headers, csv::rows(table.names(), table.rows())).into_response()
}

fn too_slow() -> Problem {
    Problem::input(format!("The query ran longer than {SECONDS} seconds and was stopped."))
        .hint("Ask for less, or run it with `throughline sql`.")
}
