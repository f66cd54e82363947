//! A question to a workspace: its arguments, how it is asked, and how its answer looks to people and to programs.
//!
//! The command line and the HTTP interface parse the same arguments and ask through the same function, so that
//! both always mean the same.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use throughline_engine::{Error, Progress, Reader, Result};
use utoipa::ToSchema;

use crate::cli::Moment;
use crate::context::Context;
use crate::progress::{Meter, report_progress};
use crate::render::style::Style;
use crate::reply::Reply;

/// Who hears how far the work is.
pub type Listener<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// What can be asked of a workspace at one moment.
pub trait Question: Args {
    /// What the engine finds.
    type Found;
    /// The JSON of it.
    type Wire: Serialize + ToSchema;
    /// Names of the nested lists whose innermost records are the rows of a table; none where there is no table.
    const TABLE: &'static [&'static str] = &[];
    /// Whether the answer holds personal data.
    const PERSONAL: bool = false;

    /// Which moment and which definitions it is about.
    fn moment(&self) -> &Moment;

    /// Asks; `present` is the present moment.
    ///
    /// # Errors
    /// Input: something asked for is none.
    fn ask(
        &self,
        reader: &Reader,
        present: Timestamp,
        progress: Listener<'_>,
    ) -> impl Future<Output = Result<Self::Found>>;

    /// The answer for programs.
    fn wire(&self, found: &Self::Found, reader: &Reader) -> Self::Wire;

    /// Whether it failed because what it is about does not exist.
    fn is_unknown(&self, _reader: &Reader, _error: &Error) -> bool {
        false
    }

    /// Takes personal data out of an answer.
    fn mask(_wire: &mut Value) {}
}

/// A question that the command line asks, too.
pub trait Shown: Question {
    /// The answer for people.
    fn page(&self, found: &Self::Found, reader: &Reader, style: &Style) -> String;
}

/// Asks on the command line.
///
/// # Errors
/// Those of the question.
pub async fn run(question: impl Shown, context: &Context) -> Result<Reply> {
    let reader = context.read(question.moment())?;
    let meter = Meter::new(context);
    let found = question.ask(&reader, context.now, &mut |now| report_progress(&meter, now)).await?;
    drop(meter);
    context.reply(|style| question.page(&found, &reader, style), || question.wire(&found, &reader))
}
