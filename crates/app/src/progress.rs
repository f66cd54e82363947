//! Progress on standard error, only when it is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use throughline_engine::{Progress, Work};

use crate::context::Context;
use crate::render::text::count;

/// A line that shows how far long work is; silent where nobody watches.
pub struct Meter {
    bar: ProgressBar,
}

impl Meter {
    /// A meter for the command.
    pub fn new(context: &Context) -> Meter {
        let target = if context.progress { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        // A template that cannot be read leaves the default style, which shows the same numbers.
        if let Ok(style) = ProgressStyle::with_template("{wide_bar:.cyan} {percent:>3} %  {msg}") {
            bar.set_style(style.progress_chars("━╸ "));
        }
        Meter { bar }
    }

    /// So much of so much is done, and what it is.
    pub fn show(&self, done: u64, total: u64, what: String) {
        self.bar.set_length(total.max(1));
        self.bar.set_position(done);
        self.bar.set_message(what);
    }

    /// What is being done, where it cannot be said how much is left.
    pub fn say(&self, what: String) {
        self.bar.set_message(what);
        self.bar.tick();
    }
}

/// Shows how far an import is, or the laying out of journeys.
pub fn report_progress(meter: &Meter, now: Progress) {
    match now {
        Progress::Reading { bytes, total, rows } => meter.show(bytes, total, format!("rows {}", count(rows))),
        other => meter.say(words(&other)),
    }
}

/// Shows how far a look at a workspace is, or a backup.
pub fn report_work(meter: &Meter, now: Work) {
    match now.total {
        Some(total) => meter.show(now.done, total, now.what),
        None => meter.say(now.what),
    }
}

/// What is being done.
pub fn words(now: &Progress) -> String {
    match now {
        Progress::Waiting => "waiting for another import".to_owned(),
        Progress::Reading { rows, .. } => format!("rows {}", count(*rows)),
        Progress::Writing { table } => format!("writing {table}"),
        Progress::Journeys { rows } => format!("laying out journeys, touchpoints {}", count(*rows)),
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
