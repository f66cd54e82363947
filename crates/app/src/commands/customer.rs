//! `throughline customer`: one customer's time line.

use clap::Args;
use jiff::Timestamp;
use serde_json::Value;
use throughline_engine::customer::TimeLine;
use throughline_engine::{Error, ErrorKind, Reader, Result};

use crate::cli::Moment;
use crate::context::Context;
use crate::question::{self, Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `customer`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The customer's id, or any name that a source uses
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    one: One,
}

/// Which customer.
#[derive(Debug, Args)]
pub struct One {
    /// The customer's id, or any name that a source uses.
    #[arg(skip)]
    pub id: String,
    #[command(flatten)]
    moment: Moment,
}

/// Shows the time line.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    question::run(One { id: arguments.id, ..arguments.one }, context).await
}

impl Question for One {
    type Found = TimeLine;
    type Wire = wire::customer::TimeLine;
    const PERSONAL: bool = true;

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, _: Listener<'_>) -> Result<TimeLine> {
        reader.customer(&self.id).await
    }

    fn wire(&self, found: &TimeLine, _: &Reader) -> wire::customer::TimeLine {
        wire::customer::TimeLine::from(found)
    }

    fn is_unknown(&self, _: &Reader, error: &Error) -> bool {
        error.kind == ErrorKind::Input
    }

    fn mask(wire: &mut Value) {
        wire::mask::customer(wire);
    }
}

impl Shown for One {
    fn page(&self, found: &TimeLine, reader: &Reader, style: &Style) -> String {
        render::customer::time_line(found, reader.definitions(), style)
    }
}
