//! People who may log in.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use throughline_people::NewUser;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Posted, store};
use crate::http::guard::Admin;
use crate::http::people::Role;
use crate::http::problem::{Problem, Problems, Result};
use crate::http::state::Shared;
use crate::people::random;
use crate::wire::user::{User, Users};

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(users, add)).routes(routes!(change, remove))
}

fn role(text: &str) -> Result<Role> {
    Ok(text.parse::<Role>()?)
}

/// All users
#[utoipa::path(get, path = "/users", tag = "people", responses((status = 200, description = "The users", body = Users), Problems))]
async fn users(State(shared): State<Shared>, _: Admin) -> Result<Json<Users>> {
    let users = match shared.people.store() {
        Some(store) => store.users()?,
        None => Vec::new(),
    };
    Ok(Json(Users::from(users.as_slice())))
}

/// A new user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UserRequest)]
struct New {
    /// Name, 1 to 64 characters.
    name: String,
    /// viewer, analyst, editor or admin.
    role: String,
    /// Password, 12 characters or more.
    password: String,
}

/// Adds a user; the first must be an admin, and from then on everybody logs in
#[utoipa::path(
    post, path = "/users", operation_id = "add_user", tag = "people", request_body = New,
    responses((status = 201, description = "The user", body = User), Problems)
)]
async fn add(
    State(shared): State<Shared>,
    Admin(person): Admin,
    Posted(new): Posted<New>,
) -> Result<(StatusCode, Json<User>)> {
    let (store, now, role) = (store(&shared)?, shared.now(), role(&new.role)?);
    let add = move || {
        let user = NewUser { name: &new.name, role, password: &new.password };
        store.add_user(&person.actor(), &user, now, &mut random)
    };
    let user = tokio::task::spawn_blocking(add).await.map_err(|_| Problem::internal())??;
    Ok((StatusCode::CREATED, Json(User::from(&user))))
}

/// What is to be different; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UserChangeRequest)]
struct Change {
    /// Another role.
    role: Option<String>,
    /// Whether they may no longer log in.
    disabled: Option<bool>,
    /// Another password.
    password: Option<String>,
}

/// Changes a user
#[utoipa::path(
    patch, path = "/users/{name}", operation_id = "change_user", tag = "people", request_body = Change,
    params(("name" = String, Path, description = "Name of the user")),
    responses((status = 200, description = "The user", body = User), Problems)
)]
async fn change(
    State(shared): State<Shared>,
    Admin(person): Admin,
    Path(name): Path<String>,
    Posted(change): Posted<Change>,
) -> Result<Json<User>> {
    let (store, now, actor) = (store(&shared)?, shared.now(), person.actor());
    let wanted = change.role.as_deref().map(role).transpose()?;
    let work = move || -> throughline_people::Result<_> {
        if let Some(role) = wanted {
            store.set_role(&actor, &name, role, now)?;
        }
        if let Some(disabled) = change.disabled {
            store.set_disabled(&actor, &name, disabled, now)?;
        }
        if let Some(password) = &change.password {
            store.set_password(&actor, &name, password, now, &mut random)?;
        }
        store.user(&name)
    };
    let user = tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())??;
    Ok(Json(User::from(&user)))
}

/// Removes a user
#[utoipa::path(
    delete, path = "/users/{name}", operation_id = "remove_user", tag = "people",
    params(("name" = String, Path, description = "Name of the user")),
    responses((status = 204, description = "Removed"), Problems)
)]
async fn remove(State(shared): State<Shared>, Admin(person): Admin, Path(name): Path<String>) -> Result<StatusCode> {
    store(&shared)?.remove_user(&person.actor(), &name, shared.now())?;
    Ok(StatusCode::NO_CONTENT)
}
