//! One event: its rows, or what is wrong with it.

use serde_json::Value;

use crate::field;
use crate::row::Row;

/// What an event becomes.
#[derive(Debug)]
pub enum Event<'v> {
    /// Rows of standard tables.
    Rows(Vec<Row<'v>>),
    /// Understood, and nothing to keep.
    Ignored,
}

/// What is wrong with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    reason: String,
    fix: String,
}

/// An event that is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// What is wrong, following "The event".
    pub reason: String,
    /// What to do.
    pub fix: String,
}

/// A reason and what to do about it.
pub fn wrong(reason: impl Into<String>, fix: impl Into<String>) -> Wrong {
    Wrong { reason: reason.into(), fix: fix.into() }
}

impl Wrong {
    /// Says which event it is.
    pub fn at(self, index: usize, event: &Value) -> Rejection {
        let id = ["id", "messageId", "uuid", "interaction_id"].iter().find_map(|name| field::text(event.get(name)));
        Rejection { index, id: id.map(|id| id.chars().take(100).collect()), reason: self.reason, fix: self.fix }
    }
}
