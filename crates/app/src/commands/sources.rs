//! `throughline sources`: where data come from and how far they can be trusted.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::{FailedCheck, Reader, Result, SourceHealth};

use crate::cli::Moment;
use crate::question::{Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::wire;

/// Arguments of `sources`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    moment: Moment,
}

/// The sources and the checks of them that failed, with ages from `now`.
pub struct Found {
    now: Timestamp,
    sources: Vec<SourceHealth>,
    failed: Vec<FailedCheck>,
}

impl Question for Arguments {
    type Found = Found;
    type Wire = wire::sources::Sources;
    const TABLE: &'static [&'static str] = &["sources"];

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, reader: &Reader, present: Timestamp, _: Listener<'_>) -> Result<Self::Found> {
        let now = if self.moment.as_of.is_some() { reader.known() } else { present };
        Ok(Found { now, sources: reader.sources(now).await?, failed: reader.failed_checks(now).await? })
    }

    fn wire(&self, found: &Found, _: &Reader) -> wire::sources::Sources {
        wire::sources::Sources::new(found.now, &found.sources, &found.failed)
    }
}

impl Shown for Arguments {
    fn page(&self, found: &Found, reader: &Reader, style: &Style) -> String {
        render::sources::page(&found.sources, &found.failed, &reader.definitions().settings.zone, style)
    }
}
