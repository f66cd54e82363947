//! `journey_funnel(steps, [window])`: how far people come along steps.

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use throughline_journey::{FunnelMode, Repeat};

use super::answer::{Rows, columns};
use super::{Question, days};
use crate::Result;
use crate::journeys::{FunnelRequest, Scope};
use crate::session::Session;

/// The function `journey_funnel`: `steps` divided by commas, each as `throughline journey funnel` takes them; `window` in
/// days, 30 where it is left out. Best entry, other touchpoints in between allowed, open windows apart.
#[derive(Debug)]
pub(super) struct JourneyFunnel;

#[async_trait]
impl Question for JourneyFunnel {
    fn name(&self) -> &'static str {
        "journey_funnel"
    }

    fn usage(&self) -> &'static str {
        "steps, [window_days]"
    }

    fn schema(&self) -> SchemaRef {
        columns(&[
            ("place", DataType::Int64),
            ("step", DataType::Utf8),
            ("reached", DataType::Int64),
            ("entered", DataType::Int64),
            ("open", DataType::Int64),
            ("share_of_entered", DataType::Float64),
            ("share_of_step_before", DataType::Float64),
        ])
    }

    async fn answer(&self, session: &Session, arguments: &[String]) -> Result<RecordBatch> {
        let steps =
            arguments.first().map_or("", String::as_str).split(',').map(|step| step.trim().to_owned()).collect();
        let window = Some(days(arguments.get(1).map_or("30", String::as_str), "window")?);
        let request = FunnelRequest { steps, mode: FunnelMode::Ordered, window, repeat: Repeat::Best, times: false };
        let view = session.journey_funnel(&Scope::default(), &request, &mut |_| {}).await?;
        let found = view.groups.first();
        let steps = found.map(|group| group.steps.as_slice()).unwrap_or_default();
        let (entered, open) = found.map_or((0, 0), |group| (group.entered, group.open));
        Rows::default()
            .counts(1..=steps.len() as u64)
            .texts(steps.iter().map(|step| Some(&step.name)))
            .counts(steps.iter().map(|step| step.overall.count))
            .counts(steps.iter().map(|_| entered))
            .counts(steps.iter().map(|_| open))
            .numbers(steps.iter().map(|step| step.overall.share))
            .numbers(steps.iter().map(|step| step.step.share))
            .finish(self.schema())
    }
}
