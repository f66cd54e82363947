//! `throughline journey lifecycle`: new, returning, resurrected, paused and dormant customers.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::{LifecycleAnswer, LifecycleRequest, Reader, Result};
use throughline_model::period::Grain;

use super::length::micros;
use super::scope::ScopeArguments;
use crate::cli::Moment;
use crate::question::{Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::wire;

/// Arguments of `journey lifecycle`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Length of the periods: day, week, month, quarter, year
    #[arg(long, value_name = "PERIOD", default_value = "month")]
    every: Grain,
    /// Who was active this long before is not dormant; counted in whole periods
    #[arg(long, value_name = "TIME", default_value = "90d")]
    window: String,
    /// Kinds of touchpoint that count as activity, joined by | [default: orders that count]
    #[arg(long, value_name = "KINDS", value_delimiter = '|')]
    activity: Vec<String>,
    #[command(flatten)]
    scope: ScopeArguments,
}

impl Question for Arguments {
    type Found = LifecycleAnswer;
    type Wire = wire::journey::lifecycle::Answer;
    const TABLE: &'static [&'static str] = &["groups", "periods"];

    fn moment(&self) -> &Moment {
        &self.scope.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, progress: Listener<'_>) -> Result<LifecycleAnswer> {
        let scope = self.scope.scope(reader)?;
        let (every, window) = (self.every, micros(&self.window)?);
        let request = LifecycleRequest { every, window, activity: self.activity.clone() };
        reader.session().journey_lifecycle(&scope, &request, progress).await
    }

    fn wire(&self, found: &LifecycleAnswer, reader: &Reader) -> Self::Wire {
        wire::journey::lifecycle::Answer::new(found, reader.known())
    }
}

impl Shown for Arguments {
    fn page(&self, found: &LifecycleAnswer, _: &Reader, style: &Style) -> String {
        render::journey::lifecycle::page(found, style)
    }
}
