//! The file: how it is opened, and its form from version to version.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::store::{Step, damaged, said, within};
use crate::{Error, Result};

/// Marks a SQLite file as ours: "TLpp".
const APPLICATION: i64 = 0x544c_7070;
/// How long a writer waits for another process.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often two processes that open a new file at once try to set it up.
const TRIES: u32 = 100;

/// Step by step from an empty file to today's form; a file's `user_version` is the number of steps it has taken.
/// Steps are never changed once released, only added.
const STEPS: &[&str] = &[include_str!("schema/1.sql")];

/// Opens or makes the file, with every setting the rest relies on.
pub(crate) fn open(path: &Path) -> Result<Connection> {
    make_private(path).map_err(|error| {
        Error::input(format!("The file {} cannot be opened: {error}.", path.display()))
            .hint("Its folder must exist and belong to the user who runs the program.")
    })?;
    set_up(path).map_err(|trouble| said(path, trouble))
}

fn set_up(path: &Path) -> Step<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    // Replacing a row must meet the triggers that guard the audit trail, and deleted secrets leave no trace.
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; PRAGMA secure_delete = ON;")?;
    // One look at the file: between two, another process that makes it could have gone on.
    let look = connection.transaction()?;
    recognise(&look, path)?;
    look.commit()?;
    write_ahead(&connection)?;
    if version(&connection)? < STEPS.len() {
        within(&mut connection, |connection| migrate(connection, path))?;
    }
    Ok(connection)
}

/// Refuses files of others and of newer programs before anything is written to them.
pub(crate) fn recognise(connection: &Connection, path: &Path) -> Step<()> {
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let objects: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION && (application != 0 || objects > 0) {
        return Err(damaged(path, "it belongs to another program").into());
    }
    let (version, known) = (version(connection)?, STEPS.len());
    if version > known {
        let message = format!(
            "The file {} was written by a newer version of Throughline: its form is {version}, and this program knows \
             forms up to {known}.",
            path.display()
        );
        return Err(Error::damaged(message).hint("Use the newer program.").into());
    }
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

/// Takes the missing steps. Another process may have taken them while this one waited for the lock.
fn migrate(connection: &Connection, path: &Path) -> Step<()> {
    recognise(connection, path)?;
    for step in STEPS.iter().skip(version(connection)?) {
        connection.execute_batch(step)?;
    }
    connection
        .execute_batch(&format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {};", STEPS.len()))?;
    Ok(())
}

/// Readers do not wait for writers. SQLite does not wait for its lock here, so that two who open a new file at once
/// would fail without trying again.
fn write_ahead(connection: &Connection) -> Step<()> {
    for _ in 1..TRIES {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                thread::sleep(Duration::from_millis(10));
            }
            other => return Ok(other?),
        }
    }
    Ok(connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?)
}

/// Makes the file before SQLite does, so that nobody else can read it at any moment; SQLite gives the files beside it
/// the same permissions.
#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    let mut permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o077 != 0 {
        permissions.set_mode(0o600);
        fs::set_permissions(path, permissions)?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> io::Result<()> {
    OpenOptions::new().read(true).append(true).create(true).open(path).map(drop)
}
