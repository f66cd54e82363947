//! Files on their way in: taking them, and looking at them before they are imported.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use throughline_engine::intake::{Preview, preview};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::guard::Analyst;
use crate::http::problem::{Problem, Problems, Result};
use crate::http::state::Shared;
use crate::http::uploads::{Uploaded, Uploads};

/// Rows of a preview.
const ROWS: usize = 20;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(upload)).routes(routes!(look)).routes(routes!(discard))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Named {
    /// Name of the file, such as orders.csv; imports know it by this name.
    name: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct By {
    /// Layout to read it with, instead of recognising it.
    layout: Option<String>,
}

/// A file at first sight.
#[derive(Debug, Serialize, ToSchema)]
struct UploadPreview {
    name: String,
    /// Layout that would read it.
    layout: Option<String>,
    /// Input of the layout.
    input: Option<String>,
    /// Why it would not be read.
    problem: Option<String>,
    columns: Vec<String>,
    /// The first rows as text.
    rows: Vec<Vec<Option<String>>>,
    /// A layout (TOML) guessed for it, where none knows it.
    suggestion: Option<String>,
}

/// Takes a file in: the raw body, written to disk as it comes
#[utoipa::path(
    post, path = "/uploads", tag = "import", params(Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "The upload", body = Uploaded), Problems)
)]
async fn upload(
    State(shared): State<Shared>,
    Analyst(person): Analyst,
    Query(named): Query<Named>,
    body: Body,
) -> Result<(StatusCode, Json<Uploaded>)> {
    let uploads = Uploads::of(shared.workspace.folder());
    let name = named.name.unwrap_or_default();
    let uploaded = uploads.take(&name, body, shared.config.upload_bytes).await?;
    shared.audit(&person, "upload.add", &uploaded.name, "");
    Ok((StatusCode::CREATED, Json(uploaded)))
}

/// What an upload was recognised as, its columns and first rows; a guessed layout where none knows it
#[utoipa::path(
    get, path = "/uploads/{id}/preview", tag = "import",
    params(("id" = String, Path, description = "The upload"), By),
    responses((status = 200, description = "The preview", body = UploadPreview), Problems)
)]
async fn look(
    State(shared): State<Shared>,
    _: Analyst,
    Path(id): Path<String>,
    Query(by): Query<By>,
) -> Result<Json<UploadPreview>> {
    let file = Uploads::of(shared.workspace.folder()).find(&id)?;
    let workspace = shared.workspace.clone();
    let work = move || async move {
        let Preview { layout, input, problem, columns, rows, suggestion } =
            preview(&file, &workspace.layouts()?, by.layout.as_deref(), ROWS, &workspace.folder().staging())?;
        let path = file.path.display().to_string();
        // Messages and suggestions name the file, not where the server put it.
        let plain = |text: String| text.replace(&path, &file.display);
        let (problem, suggestion) = (problem.map(plain), suggestion.map(plain));
        Ok::<_, Problem>(UploadPreview {
            name: file.display.clone(),
            layout,
            input,
            problem,
            columns,
            rows,
            suggestion,
        })
    };
    Ok(Json(shared.compute.run(work).await?))
}

/// Removes an upload
#[utoipa::path(
    delete, path = "/uploads/{id}", tag = "import", params(("id" = String, Path, description = "The upload")),
    responses((status = 204, description = "It is gone"), Problems)
)]
async fn discard(State(shared): State<Shared>, Analyst(person): Analyst, Path(id): Path<String>) -> Result<StatusCode> {
    Uploads::of(shared.workspace.folder()).remove(&id)?;
    shared.audit(&person, "upload.delete", &id, "");
    Ok(StatusCode::NO_CONTENT)
}
