//! `journey_lifecycle([every])`: new, returning, resurrected, paused and dormant customers.

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use jiff::SignedDuration;

use super::answer::{Rows, columns};
use super::{Question, grain};
use crate::Result;
use crate::journeys::{LifecycleRequest, Scope};
use crate::session::Session;

/// Without an order for longer, a customer is dormant.
const WINDOW: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The function `journey_lifecycle`: `every` is day, week, month (the default), quarter or year; whoever did not order for
/// 90 days is dormant.
#[derive(Debug)]
pub(super) struct JourneyLifecycle;

#[async_trait]
impl Question for JourneyLifecycle {
    fn name(&self) -> &'static str {
        "journey_lifecycle"
    }

    fn usage(&self) -> &'static str {
        "[every]"
    }

    fn schema(&self) -> SchemaRef {
        columns(&[
            ("period", DataType::Utf8),
            ("new", DataType::Int64),
            ("returning", DataType::Int64),
            ("resurrected", DataType::Int64),
            ("paused", DataType::Int64),
            ("dormant", DataType::Int64),
            ("complete", DataType::Utf8),
        ])
    }

    async fn answer(&self, session: &Session, arguments: &[String]) -> Result<RecordBatch> {
        let every = grain(arguments.first().map_or("month", String::as_str))?;
        let request = LifecycleRequest { every, window: WINDOW, activity: Vec::new() };
        let view = session.journey_lifecycle(&Scope::default(), &request, &mut |_| {}).await?;
        let found = view.groups.first().map(|group| group.answer.as_slice()).unwrap_or_default();
        Rows::default()
            .texts(found.iter().map(|row| Some(view.label(row.period))))
            .counts(found.iter().map(|row| row.new))
            .counts(found.iter().map(|row| row.returning))
            .counts(found.iter().map(|row| row.resurrected))
            .counts(found.iter().map(|row| row.paused))
            .counts(found.iter().map(|row| row.dormant))
            .texts(found.iter().map(|row| Some(if row.complete { "yes" } else { "no" })))
            .finish(self.schema())
    }
}
