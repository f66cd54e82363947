//! `journey_transitions([by])`: which step follows which, how often and after how long.

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use throughline_journey::{TransitionsSpec, transitions};

use super::Question;
use super::answer::{Rows, columns, seconds};
use crate::Result;
use crate::journeys::Scope;
use crate::session::Session;

/// The function `journey_transitions`; `by` is kind (the default), stage or channel.
#[derive(Debug)]
pub(super) struct JourneyTransitions;

#[async_trait]
impl Question for JourneyTransitions {
    fn name(&self) -> &'static str {
        "journey_transitions"
    }

    fn usage(&self) -> &'static str {
        "[by]"
    }

    fn schema(&self) -> SchemaRef {
        columns(&[
            ("from_step", DataType::Utf8),
            ("to_step", DataType::Utf8),
            ("transitions", DataType::Int64),
            ("customers", DataType::Int64),
            ("share", DataType::Float64),
            ("median_seconds", DataType::Float64),
            ("p90_seconds", DataType::Float64),
        ])
    }

    async fn answer(&self, session: &Session, arguments: &[String]) -> Result<RecordBatch> {
        let asked = session.ask(&Scope::default(), &mut |_| {}).await?;
        let steps = asked.journeys.steps_by(arguments.first().map_or("kind", String::as_str))?;
        let spec = TransitionsSpec { steps, cut: None, between: None, cases: true, median: true, p90: true };
        let found = transitions(&asked.journeys.blocks(), &spec, asked.threads()).transitions;
        Rows::default()
            .texts(found.iter().map(|pair| Some(&pair.from)))
            .texts(found.iter().map(|pair| Some(&pair.to)))
            .counts(found.iter().map(|pair| pair.share.count))
            .counts(found.iter().map(|pair| pair.cases.unwrap_or(0)))
            .numbers(found.iter().map(|pair| pair.share.share))
            .numbers(found.iter().map(|pair| seconds(pair.median)))
            .numbers(found.iter().map(|pair| seconds(pair.p90)))
            .finish(self.schema())
    }
}
