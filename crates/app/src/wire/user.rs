//! The JSON of `throughline user`.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserAccount)]
pub struct User {
    name: String,
    /// viewer, analyst, editor or admin.
    role: String,
    disabled: bool,
    created_at: Timestamp,
    password_at: Timestamp,
    last_login_at: Option<Timestamp>,
}

impl From<&throughline_people::User> for User {
    fn from(user: &throughline_people::User) -> User {
        User {
            name: user.name.clone(),
            role: user.role.to_string(),
            disabled: user.disabled,
            created_at: user.created_at,
            password_at: user.password_at,
            last_login_at: user.last_login_at,
        }
    }
}

/// All users by name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserAccounts)]
pub struct Users {
    users: Vec<User>,
}

impl From<&[throughline_people::User]> for Users {
    fn from(users: &[throughline_people::User]) -> Users {
        Users { users: users.iter().map(User::from).collect() }
    }
}
