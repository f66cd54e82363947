//! `journey_retention([every])`: who orders again, period by period after the first order.

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use throughline_journey::RetentionVariant;

use super::answer::{Rows, columns};
use super::{Question, grain};
use crate::Result;
use crate::journeys::{RetentionRequest, Scope};
use crate::session::Session;

/// The function `journey_retention`: `every` is week, month (the default), quarter or year. Orders in the period itself.
#[derive(Debug)]
pub(super) struct JourneyRetention;

#[async_trait]
impl Question for JourneyRetention {
    fn name(&self) -> &'static str {
        "journey_retention"
    }

    fn usage(&self) -> &'static str {
        "[every]"
    }

    fn schema(&self) -> SchemaRef {
        columns(&[
            ("cohort", DataType::Utf8),
            ("periods_after", DataType::Int64),
            ("customers", DataType::Int64),
            ("kept", DataType::Int64),
            ("share", DataType::Float64),
            ("complete", DataType::Utf8),
        ])
    }

    async fn answer(&self, session: &Session, arguments: &[String]) -> Result<RecordBatch> {
        let every = grain(arguments.first().map_or("month", String::as_str))?;
        let request = RetentionRequest { every, variant: RetentionVariant::In };
        let view = session.journey_retention(&Scope::default(), &request, &mut |_| {}).await?;
        let cohorts = view.groups.first().map(|group| group.answer.cohorts.as_slice()).unwrap_or_default();
        let found: Vec<_> =
            cohorts.iter().flat_map(|cohort| cohort.cells.iter().map(move |cell| (cohort, cell))).collect();
        Rows::default()
            .texts(found.iter().map(|(cohort, _)| Some(view.label(cohort.period))))
            .counts(found.iter().map(|(_, cell)| cell.offset as u64))
            .counts(found.iter().map(|(cohort, _)| cohort.customers))
            .counts(found.iter().map(|(_, cell)| cell.kept.count))
            .numbers(found.iter().map(|(_, cell)| cell.kept.share))
            .texts(found.iter().map(|(_, cell)| Some(if cell.complete { "yes" } else { "no" })))
            .finish(self.schema())
    }
}
