//! The JSON of `throughline audit`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_people::{AuditEntry, AuditPage};
use utoipa::ToSchema;

/// One entry of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct Entry {
    number: i64,
    at: Timestamp,
    who: String,
    /// viewer, analyst, editor or admin; `null` for commands on the machine itself and for failed logins.
    role: Option<String>,
    action: String,
    target: String,
    detail: String,
    /// done, refused or failed.
    outcome: String,
}

impl From<&AuditEntry> for Entry {
    fn from(entry: &AuditEntry) -> Entry {
        Entry {
            number: entry.number,
            at: entry.at,
            who: entry.who.clone(),
            role: entry.role.map(|role| role.to_string()),
            action: entry.action.clone(),
            target: entry.target.clone(),
            detail: entry.detail.clone(),
            outcome: entry.outcome.name().to_owned(),
        }
    }
}

/// A page of the audit trail, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditPage)]
pub struct Page {
    entries: Vec<Entry>,
    /// Where the next page begins, as `before`; `null` on the last one.
    next: Option<i64>,
    /// How many old entries were removed before, where that was asked for.
    pruned: Option<u64>,
}

impl Page {
    /// The page, and how many entries were removed before.
    pub fn new(page: &AuditPage, pruned: Option<usize>) -> Page {
        Page {
            entries: page.entries.iter().map(Entry::from).collect(),
            next: page.next,
            pruned: pruned.map(|removed| u64::try_from(removed).unwrap_or(u64::MAX)),
        }
    }
}
