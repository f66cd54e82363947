//! Who may ask what: a handler names the least role in its signature.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::people::{Person, Role};
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
    let person = shared.people.authenticate(&parts.headers).ok_or_else(Problem::unauthenticated)?;
    person.require(role)?;
    Ok(person)
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
