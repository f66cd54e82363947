//! `throughline sources`: where data come from and how far they can be trusted.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::{Reader, Result, SourceHealth};

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

impl Question for Arguments {
    type Found = (Timestamp, Vec<SourceHealth>);
    type Wire = wire::sources::Sources;
    const TABLE: &'static [&'static str] = &["sources"];

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, reader: &Reader, present: Timestamp, _: Listener<'_>) -> Result<Self::Found> {
        let now = if self.moment.as_of.is_some() { reader.known() } else { present };
        Ok((now, reader.sources(now).await?))
    }

    fn wire(&self, (now, sources): &Self::Found, _: &Reader) -> wire::sources::Sources {
        wire::sources::Sources::new(*now, sources)
    }
}

impl Shown for Arguments {
    fn page(&self, (_, sources): &Self::Found, reader: &Reader, style: &Style) -> String {
        render::sources::page(sources, &reader.definitions().settings.zone, style)
    }
}
