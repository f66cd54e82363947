//! Logging in: guessing is slowed, a wrong name and a wrong password look and cost the same, and both leave a trace.

use std::net::IpAddr;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::attempts::{self, Counted};
use crate::audit::{Event, record};
use crate::store::{At, Step};
use crate::{Actor, Error, People, Random, Result, Role, Secret, Session, name, sessions};

/// Name of the actor of a failed login for a name nobody has: what was typed may be a password.
const NOBODY: &str = "?";

/// A name and a password, and where they come from.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// Name as it was typed.
    pub name: &'a str,
    /// Password as it was typed.
    pub password: &'a str,
    /// Address of the client, where it is known. Behind a proxy it is the client's and not the proxy's.
    pub address: Option<IpAddr>,
}

/// A login that succeeded.
#[derive(Debug, Clone)]
pub struct Login {
    /// What the browser keeps in its cookie.
    pub secret: Secret,
    /// The session that has begun.
    pub session: Session,
}

/// What is kept of the user who logs in.
struct Kept {
    number: i64,
    name: String,
    role: Role,
    password: String,
    disabled: bool,
}

impl People {
    /// Begins a session for the right name and password.
    ///
    /// # Errors
    /// Unauthenticated: name or password is wrong, or the user is disabled. TooMany: there were too many failures.
    pub fn login(&self, attempt: &Attempt<'_>, now: Timestamp, random: &mut Random<'_>) -> Result<Login> {
        let counted = Counted::of(attempt.name, attempt.address);
        let kept = self.write(|connection| {
            attempts::begin(connection, &counted, now)?;
            find(connection, attempt.name)
        })?;
        // Without the lock: others are not kept waiting by the hashing.
        let right = self.verify(attempt.password, kept.as_ref().map(|kept| kept.password.as_str()))?;
        let Some(kept) = kept.filter(|kept| right && !kept.disabled) else {
            return Err(self.refuse(attempt.name, now)?);
        };
        let secret = Secret::make("", random)?;
        let begun = self.write(|connection| {
            if !still(connection, &kept)? {
                return Ok(false);
            }
            attempts::succeeded(connection, &counted)?;
            connection
                .execute("UPDATE users SET last_login_at = ?2 WHERE number = ?1", params![kept.number, At(now)])?;
            sessions::begin(connection, kept.number, &secret, now)?;
            record(connection, &Actor::user(&kept.name, kept.role), Event::done("session.begin", &kept.name, ""), now)?;
            Ok(true)
        })?;
        if !begun {
            return Err(self.refuse(attempt.name, now)?);
        }
        let at = At::kept(now);
        let session =
            Session { name: kept.name, role: kept.role, created_at: at, expires_at: sessions::expiry(at, at) };
        Ok(Login { secret, session })
    }

    /// Writes down that a login failed, and gives the answer, which does not say why.
    fn refuse(&self, typed: &str, now: Timestamp) -> Result<Error> {
        self.write(|connection| {
            let kept = find(connection, typed)?;
            let name = kept.as_ref().map_or(NOBODY, |kept| kept.name.as_str());
            let detail = if kept.as_ref().is_some_and(|kept| kept.disabled) { "the user is disabled" } else { "" };
            let actor = Actor { name: name.to_owned(), role: None };
            record(connection, &actor, Event::refused("session.begin", name, detail), now)
        })?;
        Ok(Error::unauthenticated("The name or the password is wrong."))
    }
}

fn find(connection: &Connection, typed: &str) -> Step<Option<Kept>> {
    let sql = "SELECT number, name, role, password, disabled FROM users WHERE key = ?1";
    let kept = connection.query_row(sql, [name::key(typed)], |row| {
        Ok(Kept {
            number: row.get(0)?,
            name: row.get(1)?,
            role: row.get(2)?,
            password: row.get(3)?,
            disabled: row.get(4)?,
        })
    });
    Ok(kept.optional()?)
}

/// Whether nothing about the user changed while the password was hashed.
fn still(connection: &Connection, kept: &Kept) -> Step<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM users WHERE number = ?1 AND password = ?2 AND role = ?3 AND NOT disabled)";
    Ok(connection.query_row(sql, params![kept.number, kept.password, kept.role], |row| row.get(0))?)
}
