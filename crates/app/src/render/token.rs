//! Tokens of programs.

use jiff::Timestamp;
use throughline_people::{Secret, Token};

use super::instant::{day, minute};
use super::style::{Ink, Style};
use super::table::Table;
use super::text::wrap;

/// The secret on a line of its own, and what to know about it.
pub fn made(secret: &Secret, token: &Token, zone: &str, style: &Style) -> String {
    let until = token.expires_at.map_or("until it is revoked".to_owned(), |at| format!("until {}", minute(at, zone)));
    let text = format!(
        "The token {} is for {}, as {}, {until}. It is shown only now; keep it where secrets are kept.",
        token.name,
        scopes(token),
        token.role
    );
    let mut lines = wrap(&text, style.width);
    lines.push(String::new());
    lines.push(style.paint(Ink::Strong, secret.expose()));
    lines.join("\n") + "\n"
}

/// The whole answer, ending with a line break.
pub fn list(tokens: &[Token], now: Timestamp, zone: &str, style: &Style) -> String {
    if tokens.is_empty() {
        return "There are no tokens.\n".to_owned();
    }
    let mut table = Table::new().text("name").text("for").text("role").text("made by").text("since");
    table = table.text("last used").text("expires").optional().text("state").optional();
    for token in tokens {
        let used = token.last_used_at.map_or("never".to_owned(), |at| minute(at, zone));
        let expires = token.expires_at.map_or(String::new(), |at| day(at, zone));
        let cells = [token.name.clone(), scopes(token), token.role.to_string(), token.created_by.clone()];
        let times = [day(token.created_at, zone), used, expires, state(token, now).to_owned()];
        table.row(cells.into_iter().chain(times));
    }
    table.lines(0, style).join("\n") + "\n"
}

fn scopes(token: &Token) -> String {
    token.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(", ")
}

fn state(token: &Token, now: Timestamp) -> &'static str {
    match (token.revoked_at, token.in_force(now)) {
        // One that had expired before its name was used again was not revoked by anybody.
        (Some(at), _) if token.expires_at.is_none_or(|end| at < end) => "revoked",
        (_, false) => "expired",
        (_, true) => "",
    }
}
