//! `journey_attribution([window])`: orders shared among channels by several rules, none of which is a cause.

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use jiff::SignedDuration;

use super::answer::{Rows, columns};
use super::{Question, days};
use crate::Result;
use crate::journeys::{AttributionRequest, Scope};
use crate::session::Session;

/// Half-life of time decay.
const HALF_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The function `journey_attribution`: `window` in days, all since the order before where it is left out.
#[derive(Debug)]
pub(super) struct JourneyAttribution;

#[async_trait]
impl Question for JourneyAttribution {
    fn name(&self) -> &'static str {
        "journey_attribution"
    }

    fn usage(&self) -> &'static str {
        "[window_days]"
    }

    fn schema(&self) -> SchemaRef {
        columns(&[
            ("channel", DataType::Utf8),
            ("rule", DataType::Utf8),
            ("conversions", DataType::Float64),
            ("value", DataType::Float64),
        ])
    }

    async fn answer(&self, session: &Session, arguments: &[String]) -> Result<RecordBatch> {
        let window = arguments.first().map(|window| days(window, "window")).transpose()?;
        let request = AttributionRequest { window: window.map(SignedDuration::from_micros), half_life: HALF_LIFE };
        let view = session.journey_attribution(&Scope::default(), &request, &mut |_| {}).await?;
        let channels = view.groups.first().map(|group| group.answer.channels.as_slice()).unwrap_or_default();
        let mut found = Vec::new();
        for channel in channels {
            let rules = [
                ("first", Some(channel.first)),
                ("last", Some(channel.last)),
                ("linear", Some(channel.linear)),
                ("position", Some(channel.position)),
                ("time_decay", channel.time_decay),
                ("markov", channel.markov),
            ];
            found.extend(rules.into_iter().filter_map(|(rule, credit)| Some((&channel.channel, rule, credit?))));
        }
        Rows::default()
            .texts(found.iter().map(|(channel, _, _)| Some(channel)))
            .texts(found.iter().map(|(_, rule, _)| Some(rule)))
            .numbers(found.iter().map(|(_, _, credit)| Some(credit.conversions)))
            .numbers(found.iter().map(|(_, _, credit)| Some(credit.value / 1e4)))
            .finish(self.schema())
    }
}
