//! Users: who may log in, and as what. Once there are users, one of them at least can always administer.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use crate::audit::{Event, record};
use crate::store::{At, Step, taken};
use crate::{Actor, Error, People, Random, Result, Role, attempts, name, password, sessions};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Name.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// Whether the user is kept from logging in.
    pub disabled: bool,
    /// Since when there is this user.
    pub created_at: Timestamp,
    /// Since when the password is this one.
    pub password_at: Timestamp,
    /// The last login.
    pub last_login_at: Option<Timestamp>,
}

/// A user to be added.
#[derive(Clone, Copy)]
pub struct NewUser<'a> {
    /// Name: 1 to 64 letters.
    pub name: &'a str,
    /// What the user may do.
    pub role: Role,
    /// Password: at least 12 letters.
    pub password: &'a str,
}

const COLUMNS: &str = "name, role, disabled, created_at, password_at, last_login_at";

impl People {
    /// Whether there are no users, so that nobody can log in.
    pub fn is_empty(&self) -> Result<bool> {
        self.read(|connection| {
            Ok(connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM users)", [], |row| row.get(0))?)
        })
    }

    /// All users by name.
    pub fn users(&self) -> Result<Vec<User>> {
        self.read(|connection| {
            let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM users ORDER BY key"))?;
            let users = statement.query_map([], user)?;
            Ok(users.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// One user.
    ///
    /// # Errors
    /// NotFound: nobody has this name.
    pub fn user(&self, name: &str) -> Result<User> {
        self.read(|connection| by_name(connection, name))
    }

    /// Adds a user. The first one must be an admin.
    ///
    /// # Errors
    /// Forbidden: the actor is no admin. Input: name or password will not do, the name is taken, or the first user is no admin.
    pub fn add_user(&self, by: &Actor, new: &NewUser<'_>, now: Timestamp, random: &mut Random<'_>) -> Result<User> {
        administers(by)?;
        let name = name::checked(new.name)?;
        password::check(new.password, &name)?;
        let hash = self.hash(new.password, random)?;
        self.write(|connection| {
            let added = connection.execute(
                "INSERT INTO users (name, key, role, password, created_at, password_at)
                 VALUES (:name, :key, :role, :password, :now, :now)",
                named_params! {
                    ":name": name, ":key": name::key(&name), ":role": new.role, ":password": hash, ":now": At(now),
                },
            );
            added.map_err(|error| taken(error, || Error::input(format!("There is a user `{name}` already."))))?;
            let first = || {
                Error::input("The first user must be an admin.").hint("Add one with the role admin before the others.")
            };
            keep_an_admin(connection, first)?;
            record(connection, by, Event::done("user.add", &name, &format!("role {}", new.role)), now)?;
            by_name(connection, &name)
        })
    }

    /// Gives a user another role, and ends the user's sessions.
    ///
    /// # Errors
    /// Forbidden: the actor is no admin. NotFound: nobody has this name. Input: it is the last admin.
    pub fn set_role(&self, by: &Actor, name: &str, role: Role, now: Timestamp) -> Result<User> {
        administers(by)?;
        self.write(|connection| {
            let before = by_name(connection, name)?;
            if before.role == role {
                return Ok(before);
            }
            connection.execute("UPDATE users SET role = ?2 WHERE key = ?1", params![name::key(name), role])?;
            keep_an_admin(connection, || last_admin(&before.name))?;
            sessions::end_all(connection, &before.name)?;
            let detail = format!("from {} to {role}", before.role);
            record(connection, by, Event::done("user.role", &before.name, &detail), now)?;
            by_name(connection, name)
        })
    }

    /// Keeps a user from logging in and ends the user's sessions, or lets the user in again.
    ///
    /// # Errors
    /// Forbidden: the actor is no admin. NotFound: nobody has this name. Input: it is the last admin.
    pub fn set_disabled(&self, by: &Actor, name: &str, disabled: bool, now: Timestamp) -> Result<User> {
        administers(by)?;
        self.write(|connection| {
            let before = by_name(connection, name)?;
            if before.disabled == disabled {
                return Ok(before);
            }
            connection.execute("UPDATE users SET disabled = ?2 WHERE key = ?1", params![name::key(name), disabled])?;
            keep_an_admin(connection, || last_admin(&before.name))?;
            sessions::end_all(connection, &before.name)?;
            let action = if disabled { "user.disable" } else { "user.enable" };
            record(connection, by, Event::done(action, &before.name, ""), now)?;
            by_name(connection, name)
        })
    }

    /// Removes a user and the user's sessions. Notes and the audit trail keep the name; tokens stay in force.
    ///
    /// # Errors
    /// Forbidden: the actor is no admin. NotFound: nobody has this name. Input: it is the last admin.
    pub fn remove_user(&self, by: &Actor, name: &str, now: Timestamp) -> Result<User> {
        administers(by)?;
        self.write(|connection| {
            let before = by_name(connection, name)?;
            connection.execute("DELETE FROM users WHERE key = ?1", [name::key(name)])?;
            keep_an_admin(connection, || last_admin(&before.name))?;
            attempts::forget(connection, name)?;
            record(connection, by, Event::done("user.remove", &before.name, &format!("role {}", before.role)), now)?;
            Ok(before)
        })
    }

    /// Gives a user another password, ends the user's sessions, and forgets failed logins.
    ///
    /// # Errors
    /// Forbidden: it is somebody else's, and the actor is no admin. NotFound: nobody has this name. Input: the password
    /// will not do.
    pub fn set_password(
        &self,
        by: &Actor,
        name: &str,
        password: &str,
        now: Timestamp,
        random: &mut Random<'_>,
    ) -> Result<User> {
        if name::key(&by.name) != name::key(name) {
            administers(by)?;
        }
        let before = self.user(name)?;
        password::check(password, &before.name)?;
        let hash = self.hash(password, random)?;
        self.write(|connection| {
            let before = by_name(connection, name)?;
            connection.execute(
                "UPDATE users SET password = ?2, password_at = ?3 WHERE key = ?1",
                params![name::key(name), hash, At(now)],
            )?;
            sessions::end_all(connection, &before.name)?;
            attempts::forget(connection, name)?;
            record(connection, by, Event::done("user.password", &before.name, ""), now)?;
            by_name(connection, name)
        })
    }
}

fn by_name(connection: &Connection, name: &str) -> Step<User> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE key = ?1");
    let found = connection.query_row(&sql, [name::key(name)], user).optional()?;
    found.ok_or_else(|| Error::not_found(format!("There is no user `{}`.", name.trim())).into())
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        name: row.get(0)?,
        role: row.get(1)?,
        disabled: row.get(2)?,
        created_at: row.get::<_, At>(3)?.0,
        password_at: row.get::<_, At>(4)?.0,
        last_login_at: row.get::<_, Option<At>>(5)?.map(|at| at.0),
    })
}

/// Refuses a change after which nobody could administer.
fn keep_an_admin(connection: &Connection, otherwise: impl FnOnce() -> Error) -> Step<()> {
    let sql = "SELECT EXISTS (SELECT 1 FROM users WHERE role = ?1 AND NOT disabled)";
    match connection.query_row(sql, [Role::Admin], |row| row.get(0))? {
        true => Ok(()),
        false => Err(otherwise().into()),
    }
}

fn last_admin(name: &str) -> Error {
    Error::input(format!("{name} is the last admin who can log in.")).hint("Make somebody else an admin first.")
}

/// Refuses whoever may not say who may do what. The caller asks before; this is for the day it forgets to.
pub(crate) fn administers(by: &Actor) -> Result<()> {
    if by.may(Role::Admin) { Ok(()) } else { Err(Error::forbidden("Only an admin may change users and tokens.")) }
}
