//! `throughline journey`: who is in each stage, who moves on, and what happens there.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::{Overview, OverviewRequest, Reader, Result};

use super::scope::ScopeArguments;
use crate::cli::Moment;
use crate::question::{Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::wire;

/// Arguments of the overview.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scope: ScopeArguments,
    /// Most touchpoints listed of each stage [default: 4; with --by none]
    #[arg(long, value_name = "N")]
    top: Option<usize>,
}

impl Question for Arguments {
    type Found = Overview;
    type Wire = wire::journey::overview::Overview;
    const TABLE: &'static [&'static str] = &["groups", "stages"];

    fn moment(&self) -> &Moment {
        &self.scope.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, progress: Listener<'_>) -> Result<Overview> {
        let scope = self.scope.scope(reader)?;
        reader.session().journey_overview(&scope, &OverviewRequest::default(), progress).await
    }

    fn wire(&self, found: &Overview, reader: &Reader) -> Self::Wire {
        wire::journey::overview::Overview::new(found, reader.known())
    }
}

impl Shown for Arguments {
    fn page(&self, found: &Overview, _: &Reader, style: &Style) -> String {
        let top = self.top.unwrap_or(if self.scope.by.is_none() { 4 } else { 0 });
        render::journey::overview::page(found, top, style)
    }
}
