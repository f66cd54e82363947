//! `throughline journey pains`: obstacles found in the journeys, ranked by the money at stake.

use clap::Args;
use jiff::Timestamp;
use serde_json::Value;
use throughline_engine::{PainsAnswer, PainsRequest, Reader, Result};

use super::length::micros;
use super::scope::ScopeArguments;
use crate::cli::Moment;
use crate::question::{Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::wire;

/// Arguments of `journey pains`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// How long later purchases are awaited
    #[arg(long, value_name = "TIME", default_value = "90d")]
    horizon: String,
    /// Most obstacles to list
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    /// Tell the journeys of the example customers of obstacle N, around the moment
    #[arg(long, value_name = "N")]
    show: Option<usize>,
    #[command(flatten)]
    scope: ScopeArguments,
}

impl Question for Arguments {
    type Found = PainsAnswer;
    type Wire = wire::journey::pains::Answer;
    const TABLE: &'static [&'static str] = &["groups", "pains"];
    const PERSONAL: bool = true;

    fn moment(&self) -> &Moment {
        &self.scope.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, progress: Listener<'_>) -> Result<PainsAnswer> {
        let scope = self.scope.scope(reader)?;
        let request = PainsRequest { horizon: micros(&self.horizon)?, show: self.show };
        reader.session().journey_pains(&scope, &request, progress).await
    }

    fn wire(&self, found: &PainsAnswer, reader: &Reader) -> Self::Wire {
        let currency = &reader.definitions().settings.currency;
        wire::journey::pains::Answer::new(found, currency, reader.known())
    }

    fn mask(wire: &mut Value) {
        wire::mask::pains(wire);
    }
}

impl Shown for Arguments {
    fn page(&self, found: &PainsAnswer, reader: &Reader, style: &Style) -> String {
        render::journey::pains::page(found, self.top, reader.definitions(), style)
    }
}
