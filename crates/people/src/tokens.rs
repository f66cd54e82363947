//! API tokens: how programs show who they are. A token is shown once, when it is made; only its hash is kept.
//!
//! Tokens belong to the workspace and not to whoever made them: they stay in force when that person leaves.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use serde::{Deserialize, Serialize};

use crate::audit::{Event, record};
use crate::store::{At, Step, taken};
use crate::users::administers;
use crate::{Actor, Error, People, Random, Result, Role, Secret, name, secret};

/// What every token begins with, so that scanners for lost secrets know it.
const PREFIX: &str = "tl_";
/// Uses are written at most this often.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// What a token is for; its role bounds that further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Asking for scorecard, measures, journeys.
    Read,
    /// Sending touchpoints.
    Events,
    /// Changing things.
    Write,
    /// Asking in SQL.
    Sql,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Scope; 4] = [Scope::Read, Scope::Events, Scope::Write, Scope::Sql];

    /// The name that people and files use.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Events => "events",
            Scope::Write => "write",
            Scope::Sql => "sql",
        }
    }

    /// The least role that has any use of it.
    pub fn least_role(self) -> Role {
        match self {
            Scope::Read | Scope::Events => Role::Viewer,
            Scope::Sql => Role::Analyst,
            Scope::Write => Role::Editor,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Scope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = Scope::ALL.into_iter().find(|scope| scope.name() == text);
        found.ok_or_else(|| Error::input(format!("There is no scope `{text}`: it is read, events, write or sql.")))
    }
}

/// A token as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Name.
    pub name: String,
    /// What it is for.
    pub scopes: BTreeSet<Scope>,
    /// What it may do at most.
    pub role: Role,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is not in force any more.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Token {
    /// Whether it opens anything at a moment.
    pub fn in_force(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    /// Name: 1 to 64 letters, not that of another token in force.
    pub name: &'a str,
    /// What it is for.
    pub scopes: BTreeSet<Scope>,
    /// What it may do at most; `None` is the least role that its scopes need.
    pub role: Option<Role>,
    /// From when on it is not in force any more.
    pub expires_at: Option<Timestamp>,
}

/// A program that showed a token in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHolder {
    /// Name of the token.
    pub name: String,
    /// What it is for.
    pub scopes: BTreeSet<Scope>,
    /// What it may do at most.
    pub role: Role,
}

impl TokenHolder {
    /// Whether the token is for this.
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Whom the token makes act.
    pub fn actor(&self) -> Actor {
        Actor::token(&self.name, self.role)
    }
}

const COLUMNS: &str = "name, scopes, role, created_by, created_at, expires_at, last_used_at, revoked_at";

impl People {
    /// Makes a token. The secret is given once and cannot be seen again.
    ///
    /// # Errors
    /// Forbidden: the actor is no admin. Input: the name will not do or is taken, there is no scope, the role is too
    /// small for a scope, or it would have expired already.
    pub fn add_token(
        &self,
        by: &Actor,
        new: &NewToken<'_>,
        now: Timestamp,
        random: &mut Random<'_>,
    ) -> Result<(Secret, Token)> {
        administers(by)?;
        let name = name::checked(new.name)?;
        let role = role_of(new)?;
        if new.expires_at.is_some_and(|end| end <= now) {
            return Err(Error::input("The token would have expired already."));
        }
        let secret = Secret::make(PREFIX, random)?;
        let scopes = joined(&new.scopes);
        let token = self.write(|connection| {
            // One that has expired gives its name free.
            connection.execute(
                "UPDATE tokens SET revoked_at = expires_at WHERE key = ?1 AND revoked_at IS NULL AND expires_at <= ?2",
                params![name::key(&name), At(now)],
            )?;
            let added = connection.execute(
                "INSERT INTO tokens (name, key, digest, scopes, role, created_by, created_at, expires_at)
                 VALUES (:name, :key, :digest, :scopes, :role, :by, :now, :expires)",
                named_params! {
                    ":name": name, ":key": name::key(&name), ":digest": secret::digest(secret.expose()),
                    ":scopes": scopes, ":role": role, ":by": by.name, ":now": At(now),
                    ":expires": new.expires_at.map(At),
                },
            );
            added.map_err(|error| taken(error, || in_use(&name)))?;
            let number = connection.last_insert_rowid();
            let detail = format!("scopes {scopes}, role {role}");
            record(connection, by, Event::done("token.add", &name, &detail), now)?;
            by_number(connection, number)
        })?;
        Ok((secret, token))
    }

    /// All tokens, also those that are over, by name and age.
    pub fn tokens(&self) -> Result<Vec<Token>> {
        self.read(|connection| {
            let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM tokens ORDER BY key, number"))?;
            let tokens = statement.query_map([], token)?;
            Ok(tokens.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Who shows this token; `None` where it is none, was revoked, or has expired.
    pub fn find_token(&self, text: &str, now: Timestamp) -> Result<Option<TokenHolder>> {
        let Some(digest) = secret::digest_of(text, PREFIX) else { return Ok(None) };
        let found = self.read(|connection| {
            let sql = format!("SELECT {COLUMNS}, digest FROM tokens WHERE digest = ?1");
            let found = connection.query_row(&sql, params![digest], |row| Ok((token(row)?, row.get::<_, Vec<u8>>(8)?)));
            Ok(found.optional()?)
        })?;
        let Some((token, kept)) = found else { return Ok(None) };
        if !secret::same(&kept, &digest) || !token.in_force(now) {
            return Ok(None);
        }
        if token.last_used_at.is_none_or(|last| now.duration_since(last) >= NOTED_EVERY) {
            self.write(|connection| {
                connection
                    .execute("UPDATE tokens SET last_used_at = ?2 WHERE digest = ?1", params![digest, At(now)])?;
                Ok(())
            })?;
        }
        Ok(Some(TokenHolder { name: token.name, scopes: token.scopes, role: token.role }))
    }

    /// Revokes the token of a name.
    ///
    /// # Errors
    /// Forbidden: the actor is no admin. NotFound: there is none that could still be used.
    pub fn revoke_token(&self, by: &Actor, name: &str, now: Timestamp) -> Result<Token> {
        administers(by)?;
        self.write(|connection| {
            let sql = "SELECT number FROM tokens WHERE key = ?1 AND revoked_at IS NULL";
            let number: Option<i64> = connection.query_row(sql, [name::key(name)], |row| row.get(0)).optional()?;
            let number =
                number.ok_or_else(|| Error::not_found(format!("There is no token `{}` to revoke.", name.trim())))?;
            connection.execute("UPDATE tokens SET revoked_at = ?2 WHERE number = ?1", params![number, At(now)])?;
            let token = by_number(connection, number)?;
            record(connection, by, Event::done("token.revoke", &token.name, ""), now)?;
            Ok(token)
        })
    }
}

/// The role that was asked for, or the least that the scopes need.
fn role_of(new: &NewToken<'_>) -> Result<Role> {
    let most = new.scopes.iter().max_by_key(|scope| scope.least_role());
    let Some(most) = most else {
        return Err(Error::input("A token needs a scope: read, events, write or sql."));
    };
    match new.role {
        Some(role) if role < most.least_role() => {
            let least = most.least_role();
            Err(Error::input(format!("With the role {role} a token cannot use the scope {most}, which needs {least}.")))
        }
        role => Ok(role.unwrap_or_else(|| most.least_role())),
    }
}

fn by_number(connection: &Connection, number: i64) -> Step<Token> {
    Ok(connection.query_row(&format!("SELECT {COLUMNS} FROM tokens WHERE number = ?1"), [number], token)?)
}

fn token(row: &Row<'_>) -> rusqlite::Result<Token> {
    let instant = |column| row.get::<_, Option<At>>(column).map(|at| at.map(|at| at.0));
    Ok(Token {
        name: row.get(0)?,
        scopes: split(&row.get::<_, String>(1)?),
        role: row.get(2)?,
        created_by: row.get(3)?,
        created_at: row.get::<_, At>(4)?.0,
        expires_at: instant(5)?,
        last_used_at: instant(6)?,
        revoked_at: instant(7)?,
    })
}

fn joined(scopes: &BTreeSet<Scope>) -> String {
    scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ")
}

/// Scopes that this program does not know open nothing.
fn split(text: &str) -> BTreeSet<Scope> {
    text.split(' ').filter_map(|word| word.parse().ok()).collect()
}

fn in_use(name: &str) -> Error {
    Error::input(format!("There is a token `{name}` already.")).hint("Revoke it first, or take another name.")
}
