//! Sessions: what a browser carries in its cookie after a login. Only the hash of the secret is kept.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use crate::audit::{Event, record};
use crate::store::{At, Step};
use crate::{Actor, People, Result, Role, Secret, name, secret};

/// A session ends after so many hours without a request.
pub const IDLE_HOURS: i64 = 12;
/// A session ends so many hours after the login, whatever happens: 30 days.
pub const ABSOLUTE_HOURS: i64 = 30 * 24;

/// Uses are written at most this often.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A session that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Name of the user.
    pub name: String,
    /// What the user may do now.
    pub role: Role,
    /// When the user logged in.
    pub created_at: Timestamp,
    /// When the session ends unless it is used again.
    pub expires_at: Timestamp,
}

impl Session {
    /// Whom the session makes act.
    pub fn actor(&self) -> Actor {
        Actor::user(self.name.clone(), self.role)
    }
}

struct Found {
    session: Session,
    seen_at: Timestamp,
    digest: Vec<u8>,
}

impl People {
    /// The session of a secret; `None` where there is none, it is over, or its user may not log in any more. Prolongs
    /// it.
    pub fn find_session(&self, text: &str, now: Timestamp) -> Result<Option<Session>> {
        let Some(digest) = secret::digest_of(text, "") else { return Ok(None) };
        let Some(found) = self.read(|connection| find(connection, &digest))? else { return Ok(None) };
        if !secret::same(&found.digest, &digest) || now >= found.session.expires_at {
            return Ok(None);
        }
        let mut session = found.session;
        if now.duration_since(found.seen_at) >= NOTED_EVERY {
            self.write(|connection| {
                connection.execute(
                    "UPDATE sessions SET seen_at = ?2 WHERE digest = ?1 AND seen_at < ?2",
                    params![digest, At(now)],
                )?;
                Ok(())
            })?;
            session.expires_at = expiry(session.created_at, now);
        }
        Ok(Some(session))
    }

    /// Ends the session of a secret. One that is over already is no error.
    pub fn end_session(&self, text: &str, now: Timestamp) -> Result<()> {
        let Some(digest) = secret::digest_of(text, "") else { return Ok(()) };
        self.write(|connection| {
            if let Some(found) = find(connection, &digest)? {
                connection.execute("DELETE FROM sessions WHERE digest = ?1", params![digest])?;
                let actor = found.session.actor();
                record(connection, &actor, Event::done("session.end", &actor.name, ""), now)?;
            }
            Ok(())
        })
    }

    /// Ends all sessions of a user, and gives how many there were.
    pub fn end_sessions(&self, by: &Actor, user: &str, now: Timestamp) -> Result<usize> {
        self.write(|connection| {
            let ended = end_all(connection, user)?;
            record(connection, by, Event::done("session.end_all", user.trim(), &format!("{ended} sessions")), now)?;
            Ok(ended)
        })
    }
}

/// Begins a session within a transaction, and clears away those that are over.
pub(crate) fn begin(connection: &Connection, user: i64, secret: &Secret, now: Timestamp) -> Step<()> {
    let ago = |hours| now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN);
    connection.execute(
        "DELETE FROM sessions WHERE seen_at <= ?1 OR created_at <= ?2",
        params![At(ago(IDLE_HOURS)), At(ago(ABSOLUTE_HOURS))],
    )?;
    connection.execute(
        "INSERT INTO sessions (digest, user, created_at, seen_at) VALUES (?1, ?2, ?3, ?3)",
        params![secret::digest(secret.expose()), user, At(now)],
    )?;
    Ok(())
}

/// Ends all sessions of a user within a transaction.
pub(crate) fn end_all(connection: &Connection, user: &str) -> Step<usize> {
    let sql = "DELETE FROM sessions WHERE user = (SELECT number FROM users WHERE key = ?1)";
    Ok(connection.execute(sql, [name::key(user)])?)
}

/// When a session ends that was used last at `seen`.
pub(crate) fn expiry(created: Timestamp, seen: Timestamp) -> Timestamp {
    let after = |at: Timestamp, hours| at.checked_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX);
    after(created, ABSOLUTE_HOURS).min(after(seen, IDLE_HOURS))
}

fn find(connection: &Connection, digest: &[u8; 32]) -> Step<Option<Found>> {
    let found = connection.query_row(
        "SELECT users.name, users.role, sessions.created_at, sessions.seen_at, sessions.digest
         FROM sessions JOIN users ON users.number = sessions.user
         WHERE sessions.digest = ?1 AND NOT users.disabled",
        params![digest],
        |row| {
            let (created_at, seen_at) = (row.get::<_, At>(2)?.0, row.get::<_, At>(3)?.0);
            let expires_at = expiry(created_at, seen_at);
            let session = Session { name: row.get(0)?, role: row.get(1)?, created_at, expires_at };
            Ok(Found { session, seen_at, digest: row.get(4)? })
        },
    );
    Ok(found.optional()?)
}
