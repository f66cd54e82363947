//! The HTTP interface, one file per concern; its description comes from the same code.

pub mod audit;
pub mod customers;
pub mod data;
pub mod definitions;
pub mod imports;
pub mod jobs;
pub mod journey;
pub mod links;
pub mod notes;
pub mod sample;
pub mod scorecard;
pub mod session;
pub mod sql;
pub mod tokens;
pub mod uploads;
pub mod users;
pub mod workspace;

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use throughline_people::People;
use utoipa::OpenApi;
use utoipa::openapi::schema::{AllOf, Schema};
use utoipa::openapi::{self, RefOr};
use utoipa_axum::router::OpenApiRouter;

use super::problem::Problem;
use super::state::Shared;

/// Where the interface begins.
pub const BASE: &str = "/api/v1";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Throughline",
        description = "Customer journeys and the balanced scorecard of one workspace. Answers mean what the commands of \
            the same name mean (docs/commands.md); what is absent is null, never missing. Reads carry an ETag. Writes \
            from a browser carry the header X-Throughline.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(super::events::events),
    components(schemas(Problem))
)]
struct Document;

/// All routes with their description.
pub fn routes() -> OpenApiRouter<Shared> {
    let inner = OpenApiRouter::new()
        .merge(workspace::routes())
        .merge(scorecard::routes())
        .merge(journey::routes())
        .merge(customers::routes())
        .merge(data::routes())
        .merge(links::routes())
        .merge(uploads::routes())
        .merge(imports::routes())
        .merge(sample::routes())
        .merge(jobs::routes())
        .merge(sql::routes())
        .merge(definitions::routes())
        .merge(notes::routes())
        .merge(session::routes())
        .merge(users::routes())
        .merge(tokens::routes())
        .merge(audit::routes());
    OpenApiRouter::with_openapi(Document::openapi()).nest(BASE, inner)
}

/// The description as it is published: of answers, no field is ever missing.
pub fn described(mut document: openapi::OpenApi) -> openapi::OpenApi {
    if let Some(components) = &mut document.components {
        for (name, schema) in &mut components.schemas {
            // What is sent to us may leave out what it likes.
            if let RefOr::T(schema) = schema
                && !name.ends_with("Request")
            {
                require_all(schema, name == "Problem");
            }
        }
    }
    document
}

fn require_all(schema: &mut Schema, is_problem: bool) {
    match schema {
        Schema::Object(object) => {
            let names = object.properties.keys().filter(|name| !is_problem || *name != "problems");
            object.required = names.cloned().collect();
        }
        Schema::AllOf(AllOf { items, .. }) => {
            for item in items {
                if let RefOr::T(schema) = item {
                    require_all(schema, is_problem);
                }
            }
        }
        _ => {}
    }
}

/// Where people are kept.
///
/// # Errors
/// Input: this server keeps nobody.
fn store(shared: &Shared) -> Result<Arc<People>, Problem> {
    shared.people.store().ok_or_else(|| Problem::input("This server keeps no people."))
}

/// A JSON body; what is wrong with it is a problem document.
pub struct Posted<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Shared> for Posted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Shared) -> Result<Posted<T>, Problem> {
        let Json(body) = Json::<T>::from_request(request, shared).await?;
        Ok(Posted(body))
    }
}
