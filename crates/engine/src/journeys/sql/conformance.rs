//! `journey_conformance()`: who follows the map of stages, and where the others leave it.

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use throughline_journey::DeviationKind;

use super::Question;
use super::answer::{Rows, columns};
use crate::Result;
use crate::journeys::{ConformanceRequest, Scope};
use crate::session::Session;

/// The function `journey_conformance`. The first row is of those who follow the map.
#[derive(Debug)]
pub(super) struct JourneyConformance;

#[async_trait]
impl Question for JourneyConformance {
    fn name(&self) -> &'static str {
        "journey_conformance"
    }

    fn usage(&self) -> &'static str {
        ""
    }

    fn schema(&self) -> SchemaRef {
        columns(&[
            ("what", DataType::Utf8),
            ("from_stage", DataType::Utf8),
            ("to_stage", DataType::Utf8),
            ("customers", DataType::Int64),
            ("share", DataType::Float64),
        ])
    }

    async fn answer(&self, session: &Session, _arguments: &[String]) -> Result<RecordBatch> {
        let request = ConformanceRequest::default();
        let view = session.journey_conformance(&Scope::default(), &request, &mut |_| {}).await?;
        let mut found: Vec<(String, Option<&str>, Option<&str>, _)> = Vec::new();
        for group in &view.groups {
            found.push(("follows".to_owned(), None, None, group.follow));
            found.extend(group.deviations.iter().map(|deviation| {
                let what = match &deviation.kind {
                    DeviationKind::Started => "started".to_owned(),
                    DeviationKind::Skipped(stage) => format!("skipped {stage}"),
                    DeviationKind::Returned => "returned".to_owned(),
                };
                (what, deviation.from.as_deref(), Some(deviation.to.as_str()), deviation.share)
            }));
        }
        Rows::default()
            .texts(found.iter().map(|row| Some(&row.0)))
            .texts(found.iter().map(|row| row.1))
            .texts(found.iter().map(|row| row.2))
            .counts(found.iter().map(|row| row.3.count))
            .numbers(found.iter().map(|row| row.3.share))
            .finish(self.schema())
    }
}
