//! What people do in a workspace, apart from its data and definitions: who they are, what they may do, what they did
//! and what they noted. One SQLite file beside the data.
//!
//! Nothing here knows data, HTTP, the clock or a source of randomness: moments and random bytes are handed in.
//! What changes people, tokens or notes is written to the audit trail in the same transaction.
//!
//! Calls are short, except those that hash a password ([`People::login`], [`People::add_user`],
//! [`People::set_password`]), which take tens of milliseconds on purpose: an async server calls them on a thread of
//! their own.

mod actor;
mod attempts;
mod audit;
mod copy;
mod error;
mod login;
mod name;
mod notes;
mod password;
mod role;
mod schema;
mod secret;
mod sessions;
mod store;
mod tokens;
mod users;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

use rusqlite::Connection;

pub use actor::Actor;
pub use audit::{AuditEntry, AuditFilter, AuditPage, Event, LEAST_AUDIT_DAYS, MOST_PER_PAGE, Outcome};
pub use copy::{Soundness, copy, soundness};
pub use error::{Error, ErrorKind, Result};
pub use login::{Attempt, Login};
pub use name::LONGEST_NAME;
pub use notes::{LONGEST_NOTE, NewNote, Note};
pub use password::{LONGEST_PASSWORD, SHORTEST_PASSWORD};
pub use role::Role;
pub use secret::{Random, Secret};
pub use sessions::{ABSOLUTE_HOURS, IDLE_HOURS, Session};
pub use tokens::{NewToken, Scope, Token, TokenHolder};
pub use users::{NewUser, User};

/// The people of a workspace: one open file. It can be shared by threads; several processes may have the same file open.
#[derive(Debug)]
pub struct People {
    path: PathBuf,
    connection: Mutex<Connection>,
    /// Held while a password is hashed, so that a flood of logins takes the memory and the core of one.
    hashing: Mutex<()>,
    verified: AtomicU64,
}

impl People {
    /// Opens the file at `path` and brings it to today's form; a missing one is made, for its owner's eyes only.
    ///
    /// # Errors
    /// Input: the folder is missing or the file cannot be opened. Damaged: it is no file of people, is broken, or was
    /// written by a newer version of the program.
    pub fn open(path: &Path) -> Result<People> {
        let connection = schema::open(path)?;
        Ok(People {
            path: path.to_owned(),
            connection: Mutex::new(connection),
            hashing: Mutex::new(()),
            verified: AtomicU64::new(0),
        })
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
