//! `journey_stages()`: the map of stages, with who is in each and who moves on.

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};

use super::Question;
use super::answer::{Rows, columns, seconds};
use crate::Result;
use crate::journeys::{OverviewRequest, Scope};
use crate::session::Session;

/// The function `journey_stages`.
#[derive(Debug)]
pub(super) struct JourneyStages;

#[async_trait]
impl Question for JourneyStages {
    fn name(&self) -> &'static str {
        "journey_stages"
    }

    fn usage(&self) -> &'static str {
        ""
    }

    fn schema(&self) -> SchemaRef {
        columns(&[
            ("stage", DataType::Utf8),
            ("customers", DataType::Int64),
            ("touchpoints", DataType::Int64),
            ("moved_on_share", DataType::Float64),
            ("dropped_share", DataType::Float64),
            ("median_seconds", DataType::Float64),
            ("p90_seconds", DataType::Float64),
            ("skipped", DataType::Int64),
            ("returned", DataType::Int64),
            ("mean_satisfaction", DataType::Float64),
            ("scores", DataType::Int64),
        ])
    }

    async fn answer(&self, session: &Session, _arguments: &[String]) -> Result<RecordBatch> {
        let view = session.journey_overview(&Scope::default(), &OverviewRequest::default(), &mut |_| {}).await?;
        let found = view.maps.first().map(|map| map.stages.as_slice()).unwrap_or_default();
        Rows::default()
            .texts(found.iter().map(|stage| Some(&stage.id)))
            .counts(found.iter().map(|stage| stage.cases.count))
            .counts(found.iter().map(|stage| stage.touchpoints))
            .numbers(found.iter().map(|stage| stage.onward.as_ref()?.moved_on.share))
            .numbers(found.iter().map(|stage| stage.onward.as_ref()?.dropped.share))
            .numbers(found.iter().map(|stage| seconds(stage.onward.as_ref()?.elapsed.median)))
            .numbers(found.iter().map(|stage| seconds(stage.onward.as_ref()?.elapsed.p90)))
            .counts(found.iter().map(|stage| stage.skipped))
            .counts(found.iter().map(|stage| stage.returned.count))
            .numbers(found.iter().map(|stage| stage.emotion.mean))
            .counts(found.iter().map(|stage| stage.emotion.n))
            .finish(self.schema())
    }
}
