//! The connection: one transaction per change, and SQLite's errors as ours.

use std::path::Path;
use std::sync::PoisonError;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use crate::{Error, People, Result};

/// What goes wrong inside a transaction: something to say to people, or SQLite.
#[derive(Debug)]
pub(crate) enum Trouble {
    Said(Error),
    Store(rusqlite::Error),
}

/// Result of a piece of work on the connection.
pub(crate) type Step<T> = std::result::Result<T, Trouble>;

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Said(error)
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Trouble {
        Trouble::Store(error)
    }
}

impl People {
    /// Reads.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Step<T>) -> Result<T> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection).map_err(|trouble| said(&self.path, trouble))
    }

    /// Changes something, whole or not at all.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Connection) -> Step<T>) -> Result<T> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        within(&mut connection, work).map_err(|trouble| said(&self.path, trouble))
    }
}

/// Work in a transaction that locks out other writers from its beginning, so that what it reads stays true.
pub(crate) fn within<T>(connection: &mut Connection, work: impl FnOnce(&Connection) -> Step<T>) -> Step<T> {
    let transaction: Transaction<'_> = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

/// Trouble as an error that names the file.
pub(crate) fn said(path: &Path, trouble: Trouble) -> Error {
    let error = match trouble {
        Trouble::Said(error) => return error,
        Trouble::Store(error) => error,
    };
    let file = path.display();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Error::busy(format!("Another process is writing to {file}.")).hint("Try again.")
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged(path, &error.to_string()),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
            Error::input(format!("The file {file} cannot be opened for writing: {error}."))
                .hint("It and its folder must belong to the user who runs the program.")
        }
        Some(ErrorCode::DiskFull) => Error::internal(format!("There is no room left to write {file}.")),
        Some(_) => Error::internal(format!("The file {file} cannot be used: {error}.")),
        None if is_content(&error) => damaged(path, &error.to_string()),
        None => Error::internal(format!("The file {file} cannot be used: {error}.")),
    }
}

/// The error of a file that holds what it should not.
pub(crate) fn damaged(path: &Path, why: &str) -> Error {
    Error::damaged(format!("The file {} is damaged or is no file of people: {why}.", path.display())).hint(
        "Put a backup in its place. Without one, move it away and add the users again; data and definitions do not \
         depend on it.",
    )
}

fn is_content(error: &rusqlite::Error) -> bool {
    use rusqlite::Error as E;
    matches!(
        error,
        E::FromSqlConversionFailure(..) | E::IntegralValueOutOfRange(..) | E::InvalidColumnType(..) | E::Utf8Error(..)
    )
}

/// The sentence for a row that SQLite refused because there is one like it; any other trouble stays what it is.
pub(crate) fn taken(error: rusqlite::Error, sentence: impl FnOnce() -> Error) -> Trouble {
    match error.sqlite_error() {
        Some(cause) if cause.extended_code == SQLITE_CONSTRAINT_UNIQUE => Trouble::Said(sentence()),
        _ => Trouble::Store(error),
    }
}

/// An instant in the file: milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At(pub Timestamp);

impl At {
    /// The instant as it will be read again.
    pub(crate) fn kept(at: Timestamp) -> Timestamp {
        Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
    }
}

impl ToSql for At {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_millisecond().into())
    }
}

impl FromSql for At {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Timestamp::from_millisecond(value.as_i64()?).map(At).map_err(FromSqlError::other)
    }
}

/// A day in the file: `2026-03-14`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day(pub Date);

impl ToSql for Day {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.to_string().into())
    }
}

impl FromSql for Day {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Day).map_err(FromSqlError::other)
    }
}
