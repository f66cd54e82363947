//! The file as a whole: a copy of it as of one moment, and whether it is sound.

use std::fs;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::Result;
use crate::schema::recognise;
use crate::store::{Step, Trouble, said};

/// What is wrong with a file of people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Soundness {
    /// What SQLite finds wrong in it, sentence by sentence.
    pub broken: Vec<String>,
    /// Whether others than its owner may read it.
    pub open_to_others: bool,
}

/// Writes a copy of the file at `path` to `target`, which must not exist; false where there is no file. Whoever uses
/// it meanwhile is not disturbed.
///
/// # Errors
/// Damaged: the file is broken, belongs to another program, or was written by a newer one.
pub fn copy(path: &Path, target: &Path) -> Result<bool> {
    if !path.exists() {
        return Ok(false);
    }
    let copied = || -> Step<()> {
        let connection = look(path)?;
        connection.execute("VACUUM INTO ?1", [target.to_string_lossy()])?;
        Ok(())
    };
    copied().map_err(|trouble| said(path, trouble)).map(|()| true)
}

/// Looks at every page of the file at `path`; `None` where there is no file.
///
/// # Errors
/// Damaged: it is no file of people, or was written by a newer version of the program.
pub fn soundness(path: &Path) -> Result<Option<Soundness>> {
    if !path.exists() {
        return Ok(None);
    }
    let looked = || -> Step<Soundness> {
        let connection = look(path)?;
        let mut said = connection.prepare("PRAGMA integrity_check")?;
        let lines = said.query_map([], |row| row.get::<_, String>(0))?;
        let lines = lines.collect::<rusqlite::Result<Vec<_>>>()?;
        let mut broken: Vec<String> = lines.into_iter().filter(|line| line != "ok").collect();
        let dangling = connection.prepare("PRAGMA foreign_key_check")?.query_map([], |_| Ok(()))?.count();
        if dangling > 0 {
            broken.push(format!("{dangling} row(s) name another that is not there"));
        }
        Ok(Soundness { broken, open_to_others: open_to_others(path) })
    };
    looked().map_err(|trouble| said(path, trouble)).map(Some)
}

fn look(path: &Path) -> std::result::Result<Connection, Trouble> {
    // Who may only read would leave files beside it that nobody removes.
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    recognise(&connection, path)?;
    Ok(connection)
}

#[cfg(unix)]
fn open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> bool {
    false
}
