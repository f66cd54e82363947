//! What things are: settings, periods, units, measures, journey and scorecard, and reading their
//! definitions (TOML text in, model and diagnostics with file and line out).
//!
//! Pure: no I/O, no clock, no randomness, no async, no Arrow. Bad input is not an error: what is bad
//! is left out and reported, the rest loads.

pub mod definitions;
pub mod diagnostic;
pub mod formula;
pub mod journey;
pub mod layout;
pub mod lint;
pub mod loops;
pub mod measure;
pub mod period;
pub mod place;
pub mod reading;
pub mod rollup;
pub mod score;
pub mod scorecard;
mod scorecard_reader;
pub mod settings;
pub mod source;
mod source_reader;
pub mod starter;
pub mod status;
mod target_reader;
pub mod toml_reader;
pub mod unit;
pub mod vocabulary;

pub use definitions::{DefinitionFile, Definitions, read};
pub use diagnostic::{Diagnostic, Level};
pub use formula::{Formula, Shift};
pub use journey::{Journey, Stage, StageRule, Touch};
pub use measure::{Aggregate, Direction, Measure, Role};
pub use period::{Calendar, Grain, Period};
pub use reading::{Empty, Interval, Reading};
pub use rollup::{Part, Rolled, roll_up};
pub use scorecard::{
    Benchmark, Goal, Initiative, Link, MeasureUse, Objective, Perspective, Scorecard, Target, TargetValue,
};
pub use settings::Settings;
pub use status::Status;
pub use unit::Unit;
