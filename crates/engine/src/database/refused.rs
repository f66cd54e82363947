//! What a server said, in our words: what to do about it, and where in the source's file it is about.

use throughline_model::source::{DatabaseSource, Password, SourceQuery};
use throughline_model::toml_reader::Place;
use tokio_postgres::Error as Refusal;
use tokio_postgres::error::{DbError, ErrorPosition};

use crate::Error;

/// Why there is no connection. Neither the server nor we repeat a password.
pub(super) fn connecting(source: &DatabaseSource, error: &Refusal) -> Error {
    let connection = &source.connection;
    let (host, port) = (&connection.host, connection.port);
    let Some(told) = error.as_db_error() else {
        let why = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
        return Error::busy(format!("{}: the database at {host}, port {port}, does not answer: {why}.", source.file))
            .hint("Is it running, and does it listen there? Nothing was fetched; try again.");
    };
    let message = format!("{}: the database at {host}, port {port}, refuses: {}.", source.file, told.message());
    match told.code().code() {
        code if code.starts_with("28") => Error::input(message).hint(match &connection.password {
            Password::None => "Name where the password is found: `password_env` or `password_file`.".to_owned(),
            Password::Environment(name) => format!("Look at `user` and at what stands in {name}."),
            Password::File(name) => format!("Look at `user` and at what stands in {name}."),
        }),
        "3D000" => Error::input(message).hint("Look at `database`."),
        _ => Error::busy(message).hint("Nothing was fetched; try again."),
    }
}

/// Why a query was not answered. `before` is how many characters of ours stand before its text.
pub(super) fn asking(source: &DatabaseSource, query: &SourceQuery, before: usize, error: &Refusal) -> Error {
    let name = &query.name;
    let Some(told) = error.as_db_error() else { return lost(source, name, error) };
    match told.code().code() {
        "57014" => Error::input(format!(
            "{}: the query `{name}` took longer than {} s; nothing was imported.",
            source.file,
            source.timeout.as_secs()
        ))
        .hint("Fetch less at a time with a `cursor`, add an index, or raise `timeout`."),
        // The server is shutting down or starting, too busy, or has a conflict with a replica's master.
        code if ["57P", "53", "08", "40"].iter().any(|class| code.starts_with(class)) => {
            lost_because(source, name, told.message())
        }
        _ => at(source, place(query, before, told), refused_words(name, told), told.hint().map(str::to_owned)),
    }
}

fn refused_words(name: &str, told: &DbError) -> String {
    format!("the database refuses the query `{name}`: {}", told.message())
}

fn lost(source: &DatabaseSource, name: &str, error: &Refusal) -> Error {
    let why = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    lost_because(source, name, &why)
}

/// The connection ended in the middle.
pub(super) fn lost_because(source: &DatabaseSource, name: &str, why: &str) -> Error {
    Error::busy(format!(
        "{}: the connection was lost while `{name}` was fetched: {why}. Nothing was imported.",
        source.file
    ))
    .hint("Try again; a refresh begins where the last one that was imported ended.")
}

/// Something is wrong in the source's file at a place.
pub(super) fn at(source: &DatabaseSource, place: Place, message: String, hint: Option<String>) -> Error {
    let Place { line, column } = place;
    let error = Error::definition(format!("{}:{line}:{column}: {message}.", source.file));
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// Where in the file the server means; it counts characters from 1, in the text that it was sent.
fn place(query: &SourceQuery, before: usize, told: &DbError) -> Place {
    let Some(ErrorPosition::Original(position)) = told.position() else { return query.place };
    let Some(characters) = (*position as usize).checked_sub(before + 1) else { return query.place };
    let offset = query.sql.char_indices().nth(characters).map_or(query.sql.len(), |(offset, _)| offset);
    query.place.within(&query.sql, offset)
}
