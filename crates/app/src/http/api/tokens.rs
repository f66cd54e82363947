//! Tokens of programs.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use throughline_people::{NewToken, Scope};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Posted, store};
use crate::http::guard::Admin;
use crate::http::people::Role;
use crate::http::problem::{Problem, Problems, Result};
use crate::http::state::Shared;
use crate::people::random;
use crate::wire::token::{Made, Tokens};

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(tokens, add)).routes(routes!(revoke))
}

/// All tokens, without their secrets
#[utoipa::path(get, path = "/tokens", tag = "people", responses((status = 200, description = "The tokens", body = Tokens), Problems))]
async fn tokens(State(shared): State<Shared>, _: Admin) -> Result<Json<Tokens>> {
    let tokens = match shared.people.store() {
        Some(store) => store.tokens()?,
        None => Vec::new(),
    };
    Ok(Json(Tokens::new(&tokens, shared.now())))
}

/// A new token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TokenRequest)]
struct New {
    /// Name.
    name: String,
    /// What it is for: read, events, write, sql.
    scopes: Vec<String>,
    /// The role it acts with [default: the least that its scopes need].
    role: Option<String>,
    /// Until when it opens anything [default: until it is revoked].
    expires_at: Option<String>,
}

/// Makes a token: its secret is told this once
#[utoipa::path(
    post, path = "/tokens", operation_id = "add_token", tag = "people", request_body = New,
    responses((status = 201, description = "The token with its secret", body = Made), Problems)
)]
async fn add(
    State(shared): State<Shared>,
    Admin(person): Admin,
    Posted(new): Posted<New>,
) -> Result<(StatusCode, Json<Made>)> {
    let scopes =
        new.scopes.iter().map(|scope| scope.parse()).collect::<throughline_people::Result<BTreeSet<Scope>>>()?;
    let role = new.role.as_deref().map(str::parse::<Role>).transpose()?;
    let expires_at = new.expires_at.as_deref().map(str::parse).transpose();
    let expires_at =
        expires_at.map_err(|_| Problem::input("`expires_at` must be an instant, such as 2027-01-31T00:00:00Z."))?;
    let token = NewToken { name: &new.name, scopes, role, expires_at };
    let (secret, token) = store(&shared)?.add_token(&person.actor(), &token, shared.now(), &mut random)?;
    Ok((StatusCode::CREATED, Json(Made::new(&secret, &token, shared.now()))))
}

/// Revokes a token
#[utoipa::path(
    delete, path = "/tokens/{name}", operation_id = "revoke_token", tag = "people",
    params(("name" = String, Path, description = "Name of the token")),
    responses((status = 204, description = "Revoked"), Problems)
)]
async fn revoke(State(shared): State<Shared>, Admin(person): Admin, Path(name): Path<String>) -> Result<StatusCode> {
    store(&shared)?.revoke_token(&person.actor(), &name, shared.now())?;
    Ok(StatusCode::NO_CONTENT)
}
