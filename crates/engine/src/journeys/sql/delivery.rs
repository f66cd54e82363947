//! `journey_delivery()`: deliveries against promises, and what follows.

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};

use super::Question;
use super::answer::{Rows, columns};
use crate::Result;
use crate::journeys::{DeliveryRequest, Scope};
use crate::session::Session;

/// The function `journey_delivery`.
#[derive(Debug)]
pub(super) struct JourneyDelivery;

#[async_trait]
impl Question for JourneyDelivery {
    fn name(&self) -> &'static str {
        "journey_delivery"
    }

    fn usage(&self) -> &'static str {
        ""
    }

    fn schema(&self) -> SchemaRef {
        columns(&[
            ("delivery", DataType::Utf8),
            ("orders", DataType::Int64),
            ("ticket_share", DataType::Float64),
            ("ticket_n", DataType::Int64),
            ("mean_satisfaction", DataType::Float64),
            ("scores", DataType::Int64),
            ("ordered_again_share", DataType::Float64),
            ("ordered_again_n", DataType::Int64),
        ])
    }

    async fn answer(&self, session: &Session, _arguments: &[String]) -> Result<RecordBatch> {
        let request = DeliveryRequest::default();
        let view = session.journey_delivery(&Scope::default(), &request, &mut |_| {}).await?;
        let found = view.groups.first().map(|group| group.answer.classes.as_slice()).unwrap_or_default();
        Rows::default()
            .texts(found.iter().map(|class| Some(&class.name)))
            .counts(found.iter().map(|class| class.orders))
            .numbers(found.iter().map(|class| class.ticket.share))
            .counts(found.iter().map(|class| class.ticket.n))
            .numbers(found.iter().map(|class| class.emotion.mean))
            .counts(found.iter().map(|class| class.emotion.n))
            .numbers(found.iter().map(|class| class.ordered_again.share))
            .counts(found.iter().map(|class| class.ordered_again.n))
            .finish(self.schema())
    }
}
