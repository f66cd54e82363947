//! The scorecard: readings held against targets, scored, rolled up, and set beside what was before.
//!
//! Everything here is arithmetic over readings that somebody else computed, so that it can be tested
//! and reasoned about without a query engine:
//!
//! 1. [`Need::of`] says which readings a scorecard wants for the periods around one,
//! 2. somebody evaluates them,
//! 3. [`choose_period`] picks the period where none was asked for,
//! 4. [`compute`] turns definitions and readings into a [`ScorecardView`], which is plain data.
//!
//! What a score, a status, a roll-up and a coverage are stands in `throughline_model`; what a signal
//! is, in `throughline_stats`. This room only joins them.

mod assess;
mod benchmark;
mod choose;
mod compute;
mod grid;
mod history;
mod moved;
mod need;
mod plan;
mod read;
mod readings;
mod rollup;
mod series;
mod target;
mod view;
mod words;

#[cfg(test)]
mod tests;

pub use benchmark::{Observation, Series};
pub use choose::{Choice, choose_period, last_complete};
pub(crate) use compute::Side as StandingSide;
pub use compute::{Input, Standing, compute};
pub(crate) use moved::contribution;
pub use need::{HISTORY, Need};
pub use plan::{Edit, Plan, PlanPart, PlannedMeasure, Shift};
pub(crate) use plan::{PlanInput, edits, meaning_differs, other_edits, plan};
pub(crate) use read::{newest_period, readings_up_to, scorecard};
pub use readings::Readings;
pub use throughline_stats::{Rule, Side};
pub use view::{
    Assessment, BenchmarkView, Bounds, Cell, GridRow, MeasureView, Move, MoveKind, ObjectiveView, PerspectiveView,
    Point, RollUp, ScorecardView, SegmentView, TargetView, Trend, TrendSignal, Verdict,
};
pub use words::{period_in_words, shown_score};
