//! Who asks, what they may do, and the record of what they did: users by session, programs by token.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::{HeaderMap, header};
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use throughline_people::{Actor, Event, People as Store};
pub use throughline_people::{Role, Scope};

use super::problem::{Problem, Result};

/// The cookie that holds a session.
pub const COOKIE: &str = "throughline";

/// Somebody who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// What a token is for; a person is for everything their role allows.
    pub scopes: Option<BTreeSet<Scope>>,
}

impl Person {
    /// A person, or the program itself.
    pub fn new(name: impl Into<String>, role: Role) -> Person {
        Person { name: name.into(), role, scopes: None }
    }

    /// Whether what they came with is for such requests.
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&scope))
    }

    /// As the room of people knows them.
    pub fn actor(&self) -> Actor {
        Actor::user(self.name.clone(), self.role)
    }
}

/// The people of a workspace.
pub trait People: Send + Sync {
    /// Who sent a request; nobody where there is no valid session or token.
    ///
    /// # Errors
    /// Those of the file that holds them.
    fn authenticate(&self, headers: &HeaderMap) -> Result<Option<Person>>;

    /// Whether one must log in. Without, the server listens on loopback only.
    ///
    /// # Errors
    /// Those of the file that holds them.
    fn login_required(&self) -> Result<bool>;

    /// Whether a token is one for sending events.
    fn may_send_events(&self, _token: &str) -> bool {
        false
    }

    /// Records what somebody did, or tried.
    fn record(&self, person: &Person, event: Event<'_>);

    /// Where they are kept, if anywhere.
    fn store(&self) -> Option<Arc<Store>>;
}

/// A workspace without users: whoever can reach the loopback interface is its administrator.
pub struct Local;

impl People for Local {
    fn authenticate(&self, _: &HeaderMap) -> Result<Option<Person>> {
        Ok(Some(Person::new(Actor::local().name, Role::Admin)))
    }

    fn login_required(&self) -> Result<bool> {
        Ok(false)
    }

    fn record(&self, person: &Person, event: Event<'_>) {
        tracing::info!(who = %person.name, action = event.action, "audit");
    }

    fn store(&self) -> Option<Arc<Store>> {
        None
    }
}

/// The people in the workspace's file. While there is nobody in it, everybody on loopback is its administrator.
pub struct Kept {
    store: Arc<Store>,
    clock: fn() -> Timestamp,
}

impl Kept {
    /// People of an open file.
    pub fn new(store: Store, clock: fn() -> Timestamp) -> Kept {
        Kept { store: Arc::new(store), clock }
    }
}

impl People for Kept {
    fn authenticate(&self, headers: &HeaderMap) -> Result<Option<Person>> {
        let now = (self.clock)();
        if headers.contains_key(header::AUTHORIZATION) {
            let Some(token) = bearer(headers) else { return Ok(None) };
            let holder = self.store.find_token(token, now)?;
            return Ok(holder.map(|holder| Person {
                name: holder.actor().name,
                role: holder.role,
                scopes: Some(holder.scopes),
            }));
        }
        if self.store.is_empty()? {
            return Local.authenticate(headers);
        }
        let cookies = CookieJar::from_headers(headers);
        let Some(cookie) = cookies.get(COOKIE) else { return Ok(None) };
        let session = self.store.find_session(cookie.value(), now)?;
        Ok(session.map(|session| Person::new(session.name, session.role)))
    }

    fn login_required(&self) -> Result<bool> {
        Ok(!self.store.is_empty()?)
    }

    fn may_send_events(&self, token: &str) -> bool {
        // A file that cannot be read lets nobody in.
        self.store.find_token(token, (self.clock)()).ok().flatten().is_some_and(|holder| holder.allows(Scope::Events))
    }

    fn record(&self, person: &Person, event: Event<'_>) {
        if let Err(error) = self.store.record(&person.actor(), event, (self.clock)()) {
            tracing::error!(action = event.action, message = %error.message, "the audit trail could not be written");
        }
    }

    fn store(&self) -> Option<Arc<Store>> {
        Some(self.store.clone())
    }
}

/// The token of `Authorization: Bearer`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (kind, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl From<throughline_people::Error> for Problem {
    fn from(error: throughline_people::Error) -> Problem {
        use throughline_people::ErrorKind as Kind;
        let problem = match error.kind {
            Kind::Input => Problem::input(error.message),
            Kind::NotFound => Problem::not_found(error.message),
            Kind::Unauthenticated => Problem { detail: error.message, ..Problem::unauthenticated() },
            Kind::Forbidden => Problem::forbidden(error.message),
            Kind::TooMany { retry_after } => Problem::too_many(error.message).after(retry_after),
            Kind::Busy => Problem::busy(error.message),
            Kind::Damaged | Kind::Internal => {
                tracing::error!(message = %error.message, "the people of the workspace cannot be read");
                Problem::internal()
            }
        };
        Problem { hint: error.hint.or(problem.hint.clone()), ..problem }
    }
}
