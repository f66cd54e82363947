//! `throughline explain`: opens a number.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::measures::Explanation;
use throughline_engine::{Error, Reader, Result, Trust};

use crate::cli::Moment;
use crate::context::Context;
use crate::question::{self, Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::reply::Reply;
use crate::wire::explain::Trusted;

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Id of the measure
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    one: One,
}

/// Which reading of a measure.
#[derive(Debug, Args)]
pub struct One {
    /// Id of the measure.
    #[arg(skip)]
    pub id: String,
    /// The period, such as 2026-03 [default: the last one with a mature value]
    #[arg(long, short, value_name = "PERIOD")]
    period: Option<String>,
    /// One segment only, such as channel=chat
    #[arg(long, value_name = "DIMENSION=VALUE")]
    segment: Option<String>,
    /// List the records behind the number, at most so many
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "100")]
    pub rows: Option<usize>,
    #[command(flatten)]
    moment: Moment,
}

/// Explains one reading.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    question::run(One { id: arguments.id, ..arguments.one }, context).await
}

impl Question for One {
    type Found = (Explanation, Trust);
    type Wire = Trusted;
    const TABLE: &'static [&'static str] = &["records", "rows"];

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, _: Listener<'_>) -> Result<Self::Found> {
        let period = match &self.period {
            Some(period) => period.clone(),
            None => reader.last_mature(&self.id).await?.label,
        };
        let segment = self.segment.as_deref().map(segment).transpose()?;
        let explanation = reader.explain(&self.id, &period, segment, self.rows).await?;
        let trust = reader.trust(&self.id, &explanation.reading.period).await?;
        Ok((explanation, trust))
    }

    fn wire(&self, (explanation, trust): &Self::Found, _: &Reader) -> Trusted {
        Trusted::new(explanation, trust)
    }

    fn is_unknown(&self, reader: &Reader, _: &Error) -> bool {
        reader.find(&self.id).is_err()
    }
}

impl Shown for One {
    fn page(&self, (explanation, trust): &Self::Found, reader: &Reader, style: &Style) -> String {
        render::explain::page(explanation, trust, &reader.definitions().settings, style)
    }
}

fn segment(text: &str) -> Result<(String, String)> {
    let (dimension, value) = text
        .split_once('=')
        .ok_or_else(|| Error::input(format!("{text} names no segment.")).hint("write DIMENSION=VALUE: channel=chat"))?;
    Ok((dimension.trim().to_owned(), value.trim().to_owned()))
}
