//! Batches as vendors document them, odd ones, and hostile ones.
#![allow(clippy::unwrap_used, missing_docs)]

mod hostile;
mod ours;
mod posthog;
mod segment;

use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::Value;
use throughline_events::{Batch, Context, Form, Row, read};
use throughline_model::vocabulary::{self, Vocabulary};

static VOCABULARY: LazyLock<Vocabulary> =
    LazyLock::new(|| vocabulary::read(include_str!("../../../../catalog/tables.toml")).unwrap());

/// When batches arrive in these tests.
const RECEIVED: &str = "2026-03-14T09:30:00Z";

fn context() -> Context<'static> {
    Context { vocabulary: &VOCABULARY, received: at(RECEIVED), sent: None }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn batch(form: Form, body: &Value) -> Batch<'static> {
    read(form, body, &context()).unwrap()
}

/// Rows as lines, with the short names of their columns in order.
fn shown(rows: &[Row<'_>]) -> Vec<String> {
    rows.iter()
        .map(|row| {
            let columns: Vec<String> = row.columns.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{}: {}", row.record, columns.join(" "))
        })
        .collect()
}

fn reasons(batch: &Batch<'_>) -> Vec<(usize, String)> {
    batch.rejected.iter().map(|rejected| (rejected.index, rejected.reason.clone())).collect()
}
