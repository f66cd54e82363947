//! Who may ask what: a handler names the least role in its signature.

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::Method;
use axum::http::request::Parts;
use throughline_people::Event;

use super::people::{Person, Role, Scope};
use super::problem::Problem;
use super::state::Shared;

impl Person {
    /// Whether they may do what needs `role`.
    ///
    /// # Errors
    /// Forbidden: they may not.
    pub fn require(&self, role: Role) -> Result<(), Problem> {
        if self.role >= role {
            return Ok(());
        }
        let detail = format!("{} is a {}; this needs the role {role}.", self.name, self.role);
        Err(Problem::forbidden(detail).hint("Ask an admin of the workspace."))
    }

    /// Whether personal data are masked for them.
    pub fn sees_masked(&self) -> bool {
        self.role < Role::Analyst
    }
}

fn person(parts: &Parts, shared: &Shared, role: Role) -> Result<Person, Problem> {
    let person = shared.people.authenticate(&parts.headers)?.ok_or_else(Problem::unauthenticated)?;
    let allowed = person.require(role).and_then(|()| in_scope(&person, scope_of(parts)));
    if let Err(problem) = allowed {
        let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        shared.people.record(&person, Event::refused("request", route, parts.method.as_str()));
        return Err(problem);
    }
    Ok(person)
}

/// What a token must be for to send such a request.
fn scope_of(parts: &Parts) -> Scope {
    match parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str) {
        Some(path) if path.ends_with("/sql") => Scope::Sql,
        _ if parts.method == Method::GET || parts.method == Method::HEAD => Scope::Read,
        _ => Scope::Write,
    }
}

fn in_scope(person: &Person, scope: Scope) -> Result<(), Problem> {
    if person.allows(scope) {
        return Ok(());
    }
    Err(Problem::forbidden(format!("{} is not for this: its scopes lack `{scope}`.", person.name)))
}

macro_rules! guards {
    ($($(#[$about:meta])* $name:ident)*) => {$(
        $(#[$about])*
        #[derive(Debug, Clone)]
        pub struct $name(pub Person);

        impl FromRequestParts<Shared> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<$name, Problem> {
                person(parts, shared, Role::$name).map($name)
            }
        }
    )*};
}

guards! {
    /// Somebody who may look.
    Viewer
    /// Somebody who may see customers and rows.
    Analyst
    /// Somebody who may change data and definitions.
    Editor
    /// Somebody who may manage people.
    Admin
}
