//! Who asks, what they may do, and the record of what they did. This is the seam to the room that keeps users.

use std::fmt;

use axum::http::HeaderMap;

/// What somebody may do; each may also do what those before may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Look at numbers; personal data are masked.
    Viewer,
    /// See customers and rows, ask in SQL, upload files, mend rejects.
    Analyst,
    /// Import, edit definitions, link identities.
    Editor,
    /// Manage people.
    Admin,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Viewer => "viewer",
            Role::Analyst => "analyst",
            Role::Editor => "editor",
            Role::Admin => "admin",
        })
    }
}

/// Somebody who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// The people of a workspace.
pub trait People: Send + Sync {
    /// Who sent a request; nobody where there is no valid session or token.
    fn authenticate(&self, headers: &HeaderMap) -> Option<Person>;

    /// Whether one must log in. Without, the server listens on loopback only.
    fn login_required(&self) -> bool;

    /// Records what somebody did.
    fn audit(&self, person: &Person, action: &str, target: &str);
}

/// A workspace without users: whoever can reach the loopback interface is its administrator.
pub struct Local;

impl People for Local {
    fn authenticate(&self, _: &HeaderMap) -> Option<Person> {
        Some(Person { name: "local".to_owned(), role: Role::Admin })
    }

    fn login_required(&self) -> bool {
        false
    }

    fn audit(&self, person: &Person, action: &str, target: &str) {
        tracing::info!(who = %person.name, action, target, "audit");
    }
}
