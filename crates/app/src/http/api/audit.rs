//! Who did what.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use throughline_people::{AuditFilter, AuditPage};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::guard::Admin;
use crate::http::problem::{Problem, Problems, Result};
use crate::http::state::Shared;
use crate::wire::audit::Page;

/// Entries of a page unless told otherwise, and at most.
const ENTRIES: usize = 100;
const MOST: usize = 1000;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(audit))
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Entries of one page, at most 1000 [default: 100].
    limit: Option<usize>,
    /// Only entries before this number: `next` of the page before.
    before: Option<i64>,
    /// Only what this user or token did.
    who: Option<String>,
    /// Only this action.
    action: Option<String>,
}

/// The audit trail, newest first
#[utoipa::path(
    get, path = "/audit", tag = "people", params(Filter),
    responses((status = 200, description = "A page of the trail", body = Page), Problems)
)]
async fn audit(
    State(shared): State<Shared>,
    _: Admin,
    filter: std::result::Result<Query<Filter>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Page>> {
    let Query(filter) = filter.map_err(|rejection| Problem::input(format!("{}.", rejection.body_text())))?;
    let wanted = AuditFilter { who: filter.who, action: filter.action, ..AuditFilter::default() };
    let page = match shared.people.store() {
        Some(store) => store.audit(&wanted, filter.before, filter.limit.unwrap_or(ENTRIES).min(MOST))?,
        None => AuditPage { entries: Vec::new(), next: None },
    };
    Ok(Json(Page::new(&page, None)))
}
