//! `journey_pains()`: what stands in people's way, by money at stake.

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};

use super::Question;
use super::answer::{Rows, columns};
use crate::Result;
use crate::journeys::{PainsRequest, Scope};
use crate::session::Session;

/// The function `journey_pains`; see `throughline journey pains` for how customers are compared.
#[derive(Debug)]
pub(super) struct JourneyPains;

#[async_trait]
impl Question for JourneyPains {
    fn name(&self) -> &'static str {
        "journey_pains"
    }

    fn usage(&self) -> &'static str {
        ""
    }

    fn schema(&self) -> SchemaRef {
        columns(&[
            ("place", DataType::Int64),
            ("obstacle", DataType::Utf8),
            ("customers", DataType::Int64),
            ("moments", DataType::Int64),
            ("difference", DataType::Float64),
            ("difference_low", DataType::Float64),
            ("difference_high", DataType::Float64),
            ("money_at_stake", DataType::Float64),
            ("money_low", DataType::Float64),
            ("money_high", DataType::Float64),
        ])
    }

    async fn answer(&self, session: &Session, _arguments: &[String]) -> Result<RecordBatch> {
        let view = session.journey_pains(&Scope::default(), &PainsRequest::default(), &mut |_| {}).await?;
        let found = view.groups.first().map(|group| group.answer.pains.as_slice()).unwrap_or_default();
        let money = |micros: i64| micros as f64 / 1e4;
        Rows::default()
            .counts(1..=found.len() as u64)
            .texts(found.iter().map(|pain| Some(pain.obstacle.to_string())))
            .counts(found.iter().map(|pain| pain.cases))
            .counts(found.iter().map(|pain| pain.moments))
            .numbers(found.iter().map(|pain| Some(pain.comparison.as_ref()?.difference)))
            .numbers(found.iter().map(|pain| Some(pain.comparison.as_ref()?.interval.low)))
            .numbers(found.iter().map(|pain| Some(pain.comparison.as_ref()?.interval.high)))
            .numbers(found.iter().map(|pain| Some(money(pain.money.as_ref()?.value))))
            .numbers(found.iter().map(|pain| Some(money(pain.money.as_ref()?.low))))
            .numbers(found.iter().map(|pain| Some(money(pain.money.as_ref()?.high))))
            .finish(self.schema())
    }
}
