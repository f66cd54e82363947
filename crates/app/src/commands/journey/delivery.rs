//! `throughline journey delivery`: promised against actual, and what follows.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::{DeliveryAnswer, DeliveryRequest, Reader, Result};

use super::scope::ScopeArguments;
use crate::cli::Moment;
use crate::question::{Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::wire;

/// Arguments of `journey delivery`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scope: ScopeArguments,
}

impl Question for Arguments {
    type Found = DeliveryAnswer;
    type Wire = wire::journey::delivery::Answer;
    const TABLE: &'static [&'static str] = &["groups", "classes"];

    fn moment(&self) -> &Moment {
        &self.scope.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, progress: Listener<'_>) -> Result<DeliveryAnswer> {
        let scope = self.scope.scope(reader)?;
        reader.session().journey_delivery(&scope, &DeliveryRequest::default(), progress).await
    }

    fn wire(&self, found: &DeliveryAnswer, reader: &Reader) -> Self::Wire {
        wire::journey::delivery::Answer::new(found, reader.known())
    }
}

impl Shown for Arguments {
    fn page(&self, found: &DeliveryAnswer, _: &Reader, style: &Style) -> String {
        render::journey::delivery::page(found, style)
    }
}
