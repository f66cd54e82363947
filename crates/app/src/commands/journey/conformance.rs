//! `throughline journey conformance`: who follows the map of stages.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::{ConformanceRequest, ConformanceView, Reader, Result};

use super::scope::ScopeArguments;
use crate::cli::Moment;
use crate::question::{Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::wire;

/// Arguments of `journey conformance`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A stage that may be passed over; may be given several times [default: support]
    #[arg(long, value_name = "STAGE")]
    may_skip: Vec<String>,
    /// A stage that may be gone back to at any time; may be given several times [default: the first]
    #[arg(long, value_name = "STAGE")]
    may_return: Vec<String>,
    /// The stage after which going back begins the journey anew [default: purchase]
    #[arg(long, value_name = "STAGE")]
    loop_after: Option<String>,
    /// The journey is a line: nothing is allowed beyond what is named
    #[arg(long)]
    strict: bool,
    /// Most deviations listed
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    #[command(flatten)]
    scope: ScopeArguments,
}

impl Question for Arguments {
    type Found = ConformanceView;
    type Wire = wire::journey::conformance::Conformance;
    const TABLE: &'static [&'static str] = &["groups", "deviations"];

    fn moment(&self) -> &Moment {
        &self.scope.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, progress: Listener<'_>) -> Result<ConformanceView> {
        let some = |stages: &[String]| (!stages.is_empty()).then(|| stages.to_vec());
        let request = ConformanceRequest {
            may_skip: some(&self.may_skip),
            may_return: some(&self.may_return),
            loop_after: self.loop_after.clone(),
            strict: self.strict,
        };
        let scope = self.scope.scope(reader)?;
        reader.session().journey_conformance(&scope, &request, progress).await
    }

    fn wire(&self, found: &ConformanceView, reader: &Reader) -> Self::Wire {
        wire::journey::conformance::Conformance::new(found, reader.known())
    }
}

impl Shown for Arguments {
    fn page(&self, found: &ConformanceView, _: &Reader, style: &Style) -> String {
        render::journey::conformance::page(found, self.top, style)
    }
}
