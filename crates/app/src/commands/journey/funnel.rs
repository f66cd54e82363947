//! `throughline journey funnel`: how far people come along steps.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::{FunnelRequest, FunnelView, Reader, Result};
use throughline_journey::{FunnelMode, Repeat};

use super::length::micros;
use super::scope::ScopeArguments;
use crate::cli::Moment;
use crate::question::{Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::wire;

/// Arguments of `journey funnel`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The steps in order: kinds of touchpoints; several kinds as one step: 'view|search' or 'look=view|search'
    #[arg(value_name = "STEP", required = true)]
    steps: Vec<String>,
    /// Nothing else may happen between the steps
    #[arg(long, conflicts_with = "any_order")]
    strict: bool,
    /// The steps may come in any order
    #[arg(long)]
    any_order: bool,
    /// The same in one word: ordered, strict or any_order
    #[arg(long, hide = true, conflicts_with_all = ["strict", "any_order"], value_name = "MODE",
          value_parser = ["ordered", "strict", "any_order"])]
    mode: Option<String>,
    /// Longest time from the entry, inclusive: 30d, 12h, 1h 30m [default: any]
    #[arg(long, value_name = "TIME")]
    window: Option<String>,
    /// Which entries count: the one that comes furthest, the first, or every one
    #[arg(long, value_name = "RULE", value_parser = ["best", "first", "every"], default_value = "best")]
    repeat: String,
    /// Show how long each step takes
    #[arg(long)]
    times: bool,
    #[command(flatten)]
    scope: ScopeArguments,
}

impl Arguments {
    fn request(&self) -> Result<FunnelRequest> {
        Ok(FunnelRequest {
            steps: self.steps.clone(),
            mode: match (self.strict, self.any_order, self.mode.as_deref()) {
                (true, ..) | (_, _, Some("strict")) => FunnelMode::Strict,
                (_, true, _) | (_, _, Some("any_order")) => FunnelMode::AnyOrder,
                _ => FunnelMode::Ordered,
            },
            window: self.window.as_deref().map(micros).transpose()?,
            repeat: match self.repeat.as_str() {
                "first" => Repeat::First,
                "every" => Repeat::Every,
                _ => Repeat::Best,
            },
            times: self.times,
        })
    }
}

impl Question for Arguments {
    type Found = FunnelView;
    type Wire = wire::journey::funnel::Funnel;
    const TABLE: &'static [&'static str] = &["groups", "steps"];

    fn moment(&self) -> &Moment {
        &self.scope.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, progress: Listener<'_>) -> Result<FunnelView> {
        let request = self.request()?;
        let scope = self.scope.scope(reader)?;
        reader.session().journey_funnel(&scope, &request, progress).await
    }

    fn wire(&self, found: &FunnelView, reader: &Reader) -> Self::Wire {
        wire::journey::funnel::Funnel::new(found, reader.known())
    }
}

impl Shown for Arguments {
    fn page(&self, found: &FunnelView, _: &Reader, style: &Style) -> String {
        render::journey::funnel::page(found, style)
    }
}
