//! Logging in and out.

use std::net::{IpAddr, SocketAddr};

use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderName, StatusCode, header};
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use throughline_people::{ABSOLUTE_HOURS, Attempt};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Posted, store};
use crate::http::people::COOKIE;
use crate::http::problem::{Problem, Problems, Result};
use crate::http::state::Shared;
use crate::people::random;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(login, logout))
}

/// Who wants to come in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoginRequest)]
struct Credentials {
    /// Name of the user.
    name: String,
    /// Password.
    password: String,
}

/// Logs in: the session comes as a cookie
#[utoipa::path(
    post, path = "/session", tag = "people", request_body = Credentials, security(()),
    responses((status = 204, description = "Logged in"), Problems)
)]
async fn login(
    State(shared): State<Shared>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    Posted(who): Posted<Credentials>,
) -> Result<(StatusCode, [(HeaderName, String); 1])> {
    let (store, now) = (store(&shared)?, shared.now());
    // Behind a proxy on this machine all would share one address.
    let address: Option<IpAddr> = peer.map(|Extension(ConnectInfo(peer))| peer.ip()).filter(|ip| !ip.is_loopback());
    let attempt = move || {
        let attempt = Attempt { name: &who.name, password: &who.password, address };
        store.login(&attempt, now, &mut random)
    };
    let login = tokio::task::spawn_blocking(attempt).await.map_err(|_| Problem::internal())??;
    let cookie = session_cookie(&shared, login.secret.expose(), ABSOLUTE_HOURS * 3600);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]))
}

/// Logs out
#[utoipa::path(
    delete, path = "/session", tag = "people", security(()),
    responses((status = 204, description = "Logged out"), Problems)
)]
async fn logout(State(shared): State<Shared>, cookies: CookieJar) -> Result<(StatusCode, [(HeaderName, String); 1])> {
    if let (Some(cookie), Some(store)) = (cookies.get(COOKIE), shared.people.store()) {
        store.end_session(cookie.value(), shared.now())?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, session_cookie(&shared, "", 0))]))
}

/// The cookie of a session, whose text needs no quotes; away from loopback it travels over TLS only.
fn session_cookie(shared: &Shared, value: &str, seconds: i64) -> String {
    let secure = if shared.config.hosts.loopback { "" } else { "; Secure" };
    format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}
