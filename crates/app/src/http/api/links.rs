//! Links between names that people make and undo.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use throughline_engine::identity::Statement;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Posted;
use crate::http::guard::Editor;
use crate::http::problem::{Problems, Result};
use crate::http::state::Shared;
use crate::wire::identity::Change;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(link)).routes(routes!(unlink))
}

/// Two names of one customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LinkRequest)]
struct Link {
    /// The name that is to be linked.
    alias: String,
    /// The customer it belongs to, or another alias of that customer.
    customer_id: String,
    /// Why; kept with the link.
    why: String,
}

/// A link that is to end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UnlinkRequest)]
struct Unlink {
    /// The name whose link is to end.
    alias: String,
    /// Why; kept with the undoing.
    #[serde(default)]
    why: String,
}

/// Links an alias to a customer
#[utoipa::path(
    post, path = "/identity/links", tag = "identity", request_body = Link,
    responses((status = 200, description = "What changed", body = Change), Problems)
)]
async fn link(
    State(shared): State<Shared>,
    Editor(person): Editor,
    Posted(asked): Posted<Link>,
) -> Result<Json<Change>> {
    shared.audit(&person, "identity.link", "", &asked.why);
    let (workspace, now) = (shared.workspace.clone(), shared.now());
    let statement = Statement { who: person.name, why: asked.why };
    let work = move || async move {
        let change = workspace.link(&asked.alias, &asked.customer_id, &statement, now, &mut |_| {}).await?;
        Ok(Change::from(&change))
    };
    Ok(Json(shared.compute.run_now(work).await?))
}

/// Undoes the link of an alias, whoever made it
#[utoipa::path(
    post, path = "/identity/unlinks", tag = "identity", request_body = Unlink,
    responses((status = 200, description = "What changed", body = Change), Problems)
)]
async fn unlink(
    State(shared): State<Shared>,
    Editor(person): Editor,
    Posted(asked): Posted<Unlink>,
) -> Result<Json<Change>> {
    shared.audit(&person, "identity.unlink", "", &asked.why);
    let (workspace, now) = (shared.workspace.clone(), shared.now());
    let statement = Statement { who: person.name, why: asked.why };
    let work = move || async move {
        let change = workspace.unlink(&asked.alias, &statement, now, &mut |_| {}).await?;
        Ok(Change::from(&change))
    };
    Ok(Json(shared.compute.run_now(work).await?))
}
