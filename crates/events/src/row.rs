//! A row on its way into a standard table.

use serde_json::Value;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// The kinds of rows besides those named like their table: they bring some columns and leave the others alone.
/// Each with its table and the columns it brings.
pub const RECORDS: [(&str, &str, &[&str]); 5] = [
    ("customer_known", "customers", &["customer_ref", "known"]),
    ("customer_email", "customers", &["customer_ref", "email"]),
    ("customer_region", "customers", &["customer_ref", "region"]),
    ("customer_attributes", "customers", &["customer_ref", "attributes"]),
    ("order_cancelled", "orders", &["order_id", "status", "cancelled_at"]),
];

/// A row: the columns that it brings, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<'v> {
    /// A standard table, or one of [`RECORDS`].
    pub record: &'v str,
    /// Columns and their values.
    pub columns: Vec<(&'v str, String)>,
    /// Whether the row stands for its event: where it is known already, the event is.
    pub stands_for_event: bool,
    slot: u128,
    content: u64,
}

impl<'v> Row<'v> {
    /// A row that is the same whenever `key` is, whatever else it says: of two, the first counts.
    pub fn once(record: &'v str, key: &str) -> Self {
        Self::stated(record, key, "")
    }

    /// A row of which the last one counts: the same only where `content` is the same, too.
    pub fn stated(record: &'v str, key: &str, content: &str) -> Self {
        let slot = xxh3_128(format!("{record}\0{key}").as_bytes());
        Row { record, columns: Vec::new(), stands_for_event: false, slot, content: xxh3_64(content.as_bytes()) }
    }

    /// Marks it as the row that stands for its event.
    #[must_use]
    pub fn for_event(mut self) -> Self {
        self.stands_for_event = true;
        self
    }

    /// Adds a column.
    #[must_use]
    pub fn with(mut self, name: &'v str, value: impl Into<String>) -> Self {
        self.columns.push((name, value.into()));
        self
    }

    /// Adds a column that may be empty.
    #[must_use]
    pub fn with_some(self, name: &'v str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same for rows that are the same thing.
    pub fn slot(&self) -> u128 {
        self.slot
    }

    /// The same for rows of one slot that say the same.
    pub fn content(&self) -> u64 {
        self.content
    }

    /// The value of a column.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.columns.iter().find(|(column, _)| *column == name).map(|(_, value)| value.as_str())
    }

    /// The row as one line of JSON.
    pub fn line(&self) -> String {
        let members = self.columns.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())));
        let record = [("record".to_owned(), Value::from(self.record))];
        Value::Object(record.into_iter().chain(members).collect()).to_string()
    }
}

/// An id made of an event's content, without the members that change when it is sent again.
pub fn hashed(event: &Value, but: &[&str]) -> String {
    let text = match event {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| !but.contains(&name.as_str()));
            Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect()).to_string()
        }
        other => other.to_string(),
    };
    format!("content-{:032x}", xxh3_128(text.as_bytes()))
}
