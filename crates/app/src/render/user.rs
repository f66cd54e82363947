//! Users.

use throughline_people::User;

use super::instant::{day, minute};
use super::style::Style;
use super::table::Table;
use super::text::wrap;

/// The whole answer, ending with a line break.
pub fn list(users: &[User], zone: &str, style: &Style) -> String {
    if users.is_empty() {
        return said("There are no users: no login is asked for, and only this machine is served.", style);
    }
    let mut table = Table::new().text("name").text("role").text("since").text("last login").text("state").optional();
    for user in users {
        let login = user.last_login_at.map_or("never".to_owned(), |at| minute(at, zone));
        let state = if user.disabled { "disabled" } else { "" };
        table.row([user.name.clone(), user.role.to_string(), day(user.created_at, zone), login, state.to_owned()]);
    }
    table.lines(0, style).join("\n") + "\n"
}

/// A sentence about a user who was added.
pub fn added(user: &User, first: bool) -> String {
    let from_now_on = if first { " From now on everybody has to log in." } else { "" };
    format!("{} can log in now, as {}.{from_now_on}", user.name, user.role)
}

/// A sentence about what a user may do.
pub fn standing(user: &User) -> String {
    if user.disabled {
        format!("{} is {} and cannot log in.", user.name, user.role)
    } else {
        format!("{} is {} and can log in.", user.name, user.role)
    }
}

/// Sentences as lines.
pub fn said(sentences: &str, style: &Style) -> String {
    wrap(sentences, style.width).join("\n") + "\n"
}
