//! `throughline scorecard`: where the company stands.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::scorecard::ScorecardView;
use throughline_engine::{Reader, Result};

use crate::cli::Moment;
use crate::question::{Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::wire::scorecard::Scorecard;

/// Arguments of `scorecard`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Period to show, such as 2026-03 [default: the last complete one most measures have enough mature data for]
    #[arg(long, short, value_name = "PERIOD")]
    period: Option<String>,
    #[command(flatten)]
    moment: Moment,
}

impl Question for Arguments {
    type Found = ScorecardView;
    type Wire = Scorecard;
    const TABLE: &'static [&'static str] = &["perspectives", "objectives", "measures"];

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, _: Listener<'_>) -> Result<ScorecardView> {
        reader.scorecard(self.period.as_deref()).await
    }

    fn wire(&self, found: &ScorecardView, _: &Reader) -> Scorecard {
        Scorecard::from(found)
    }
}

impl Shown for Arguments {
    fn page(&self, found: &ScorecardView, _: &Reader, style: &Style) -> String {
        render::scorecard::scorecard(found, style)
    }
}
