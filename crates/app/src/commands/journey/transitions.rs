//! `throughline journey transitions`: which step follows which.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::{Reader, Result, TransitionsRequest, TransitionsView};

use super::length::micros;
use super::scope::ScopeArguments;
use crate::cli::Moment;
use crate::question::{Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::wire;

/// Arguments of `journey transitions`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What touchpoints are called: kind, stage or channel
    #[arg(long, value_name = "WHAT", default_value = "kind")]
    steps: String,
    /// Show also the time within which nine of ten go on
    #[arg(long)]
    p90: bool,
    /// A longer pause than this ends a journey, and the next touchpoint begins another: 30m, 12h [default: none does]
    #[arg(long, value_name = "TIME")]
    cut: Option<String>,
    /// Most transitions listed
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,
    #[command(flatten)]
    scope: ScopeArguments,
}

impl Question for Arguments {
    type Found = TransitionsView;
    type Wire = wire::journey::transitions::Transitions;
    const TABLE: &'static [&'static str] = &["groups", "transitions"];

    fn moment(&self) -> &Moment {
        &self.scope.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, progress: Listener<'_>) -> Result<TransitionsView> {
        let cut = self.cut.as_deref().map(micros).transpose()?;
        let request = TransitionsRequest { steps: self.steps.clone(), cut, p90: self.p90 };
        let scope = self.scope.scope(reader)?;
        reader.session().journey_transitions(&scope, &request, progress).await
    }

    fn wire(&self, found: &TransitionsView, reader: &Reader) -> Self::Wire {
        wire::journey::transitions::Transitions::new(found, reader.known())
    }
}

impl Shown for Arguments {
    fn page(&self, found: &TransitionsView, _: &Reader, style: &Style) -> String {
        render::journey::transitions::page(found, self.top, style)
    }
}
