//! Who does something, for the audit trail and for what needs a role.

use crate::Role;

/// The name of everybody where there is no login; no user may be called so.
pub(crate) const LOCAL: &str = "local";

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Name in the audit trail.
    pub name: String,
    /// What the actor may do; `None` for whoever runs commands on the machine itself and can open the file anyway.
    pub role: Option<Role>,
}

impl Actor {
    /// A person who is logged in.
    pub fn user(name: impl Into<String>, role: Role) -> Actor {
        Actor { name: name.into(), role: Some(role) }
    }

    /// A program with a token. The colon keeps it apart from people, whose names have none.
    pub fn token(name: &str, role: Role) -> Actor {
        Actor { name: format!("token:{name}"), role: Some(role) }
    }

    /// Anybody, where there are no users and so no login.
    pub fn local() -> Actor {
        Actor { name: LOCAL.to_owned(), role: Some(Role::Admin) }
    }

    /// Whoever runs commands on the machine itself.
    pub fn machine(name: impl Into<String>) -> Actor {
        Actor { name: name.into(), role: None }
    }

    /// Whether the actor may do what needs `least`.
    pub fn may(&self, least: Role) -> bool {
        self.role.is_none_or(|role| role >= least)
    }
}
