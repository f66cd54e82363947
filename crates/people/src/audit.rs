//! What was done, by whom and when: a trail that is only ever added to.
//!
//! Triggers keep rows from being changed or deleted through any connection, this program's defects included; whoever can
//! write to the file with other tools can still remove them. Old entries go only by [`People::prune_audit`], which is an
//! entry itself. Nothing secret and no personal data of customers belongs here.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, named_params};
use serde::{Deserialize, Serialize};

use crate::store::{At, Step};
use crate::{Actor, Error, People, Result, Role};

/// Entries that one page holds at most.
pub const MOST_PER_PAGE: usize = 1000;
/// The trail of so many days cannot be removed.
pub const LEAST_AUDIT_DAYS: u32 = 30;

const LONGEST_ACTION: usize = 64;
const LONGEST_TARGET: usize = 200;
const LONGEST_DETAIL: usize = 500;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was done.
    Done,
    /// Who asked was not allowed to, or was not known.
    Refused,
    /// It was tried and did not work.
    Failed,
}

impl Outcome {
    /// The word for it in files.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Refused => "refused",
            Outcome::Failed => "failed",
        }
    }
}

impl FromStr for Outcome {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = [Outcome::Done, Outcome::Refused, Outcome::Failed].into_iter().find(|one| one.name() == text);
        found.ok_or_else(|| Error::input(format!("There is no outcome `{text}`: it is done, refused or failed.")))
    }
}

impl ToSql for Outcome {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.name().into())
    }
}

impl FromSql for Outcome {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map_err(FromSqlError::other)
    }
}

/// Something to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// What, in small letters with dots: `definitions.apply`.
    pub action: &'a str,
    /// On what: a user, a measure, a file. Cut to 200 letters.
    pub target: &'a str,
    /// In a few words. Cut to 500 letters.
    pub detail: &'a str,
    /// How it ended.
    pub outcome: Outcome,
}

impl<'a> Event<'a> {
    /// Something that was done.
    pub fn done(action: &'a str, target: &'a str, detail: &'a str) -> Event<'a> {
        Event { action, target, detail, outcome: Outcome::Done }
    }

    /// Something that was refused.
    pub fn refused(action: &'a str, target: &'a str, detail: &'a str) -> Event<'a> {
        Event { outcome: Outcome::Refused, ..Event::done(action, target, detail) }
    }

    /// Something that did not work.
    pub fn failed(action: &'a str, target: &'a str, detail: &'a str) -> Event<'a> {
        Event { outcome: Outcome::Failed, ..Event::done(action, target, detail) }
    }
}

/// One entry of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number; later ones are larger.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Name of the actor; `?` where a login failed for a name nobody has.
    pub who: String,
    /// Role of the actor then; `None` for commands on the machine itself and for failed logins.
    pub role: Option<Role>,
    /// What.
    pub action: String,
    /// On what.
    pub target: String,
    /// In a few words.
    pub detail: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// Which entries are wanted; all of them where nothing is said.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only of this actor, by the whole name.
    pub who: Option<String>,
    /// Only this action, or all below it: `user` finds `user.add`.
    pub action: Option<String>,
    /// Only with this target, by the whole text.
    pub target: Option<String>,
    /// Only with this outcome.
    pub outcome: Option<Outcome>,
    /// Not before this moment.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// A page of the trail, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Where the next page begins: hand it in as `before`. `None` on the last page.
    pub next: Option<i64>,
}

impl People {
    /// Adds an entry to the trail.
    ///
    /// # Errors
    /// Input: the action is no word of small letters, digits, dots and underscores.
    pub fn record(&self, who: &Actor, event: Event<'_>, now: Timestamp) -> Result<()> {
        self.write(|connection| record(connection, who, event, now))
    }

    /// The newest entries before the one numbered `before`, or the newest of all, at most `limit`.
    pub fn audit(&self, filter: &AuditFilter, before: Option<i64>, limit: usize) -> Result<AuditPage> {
        let limit = limit.clamp(1, MOST_PER_PAGE);
        let mut entries = self.read(|connection| list(connection, filter, before, limit + 1))?;
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| more).map(|entry| entry.number);
        Ok(AuditPage { entries, next })
    }

    /// Removes entries older than so many days, and records that; gives how many there were.
    ///
    /// # Errors
    /// Forbidden: not an admin. Input: fewer than [`LEAST_AUDIT_DAYS`].
    pub fn prune_audit(&self, by: &Actor, days: u32, now: Timestamp) -> Result<usize> {
        if !by.may(Role::Admin) {
            return Err(Error::forbidden("Only an admin removes old entries of the audit trail."));
        }
        if days < LEAST_AUDIT_DAYS {
            return Err(Error::input(format!("The audit trail of the last {LEAST_AUDIT_DAYS} days is not removed.")));
        }
        let until = now
            .checked_sub(SignedDuration::from_hours(24 * i64::from(days)))
            .map_err(|_| Error::input(format!("{days} days ago there was no calendar.")))?;
        self.write(|connection| {
            connection.execute("INSERT INTO audit_pruning (only_one, until) VALUES (1, ?1)", [At(until)])?;
            let removed = connection.execute("DELETE FROM audit WHERE at < ?1", [At(until)])?;
            connection.execute("DELETE FROM audit_pruning", [])?;
            let detail = format!("{removed} entries older than {days} days");
            record(connection, by, Event::done("audit.prune", "audit", &detail), now)?;
            Ok(removed)
        })
    }
}

/// Adds an entry within a transaction.
pub(crate) fn record(connection: &Connection, who: &Actor, event: Event<'_>, now: Timestamp) -> Step<()> {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'_';
    if event.action.is_empty() || event.action.len() > LONGEST_ACTION || !event.action.bytes().all(good) {
        return Err(Error::input(format!("`{}` is no action of the audit trail.", event.action)).into());
    }
    connection.execute(
        "INSERT INTO audit (at, who, role, action, target, detail, outcome)
         VALUES (:at, :who, :role, :action, :target, :detail, :outcome)",
        named_params! {
            ":at": At(now),
            ":who": clean(&who.name, LONGEST_TARGET),
            ":role": who.role,
            ":action": event.action,
            ":target": clean(event.target, LONGEST_TARGET),
            ":detail": clean(event.detail, LONGEST_DETAIL),
            ":outcome": event.outcome,
        },
    )?;
    Ok(())
}

fn list(connection: &Connection, filter: &AuditFilter, before: Option<i64>, limit: usize) -> Step<Vec<AuditEntry>> {
    let mut statement = connection.prepare(
        "SELECT number, at, who, role, action, target, detail, outcome FROM audit
         WHERE (:before IS NULL OR number < :before)
           AND (:who IS NULL OR who = :who)
           AND (:action IS NULL OR action = :action OR substr(action, 1, length(:action) + 1) = :action || '.')
           AND (:target IS NULL OR target = :target)
           AND (:outcome IS NULL OR outcome = :outcome)
           AND (:since IS NULL OR at >= :since)
           AND (:until IS NULL OR at < :until)
         ORDER BY number DESC LIMIT :limit",
    )?;
    let rows = statement.query_map(
        named_params! {
            ":before": before,
            ":who": filter.who,
            ":action": filter.action,
            ":target": filter.target,
            ":outcome": filter.outcome,
            ":since": filter.since.map(At),
            ":until": filter.until.map(At),
            ":limit": i64::try_from(limit).unwrap_or(i64::MAX),
        },
        entry,
    )?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        number: row.get(0)?,
        at: row.get::<_, At>(1)?.0,
        who: row.get(2)?,
        role: row.get(3)?,
        action: row.get(4)?,
        target: row.get(5)?,
        detail: row.get(6)?,
        outcome: row.get(7)?,
    })
}

/// One line of at most so many letters.
fn clean(text: &str, longest: usize) -> String {
    let line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    if text.chars().count() <= longest {
        return line.collect();
    }
    line.take(longest.saturating_sub(1)).chain(['…']).collect()
}
