//! What things are: settings, periods, units, measures, journey and scorecard, and reading their
//! definitions (TOML text in, model and diagnostics with file and line out).
//!
//! Pure: no I/O, no clock, no randomness, no async, no Arrow. Bad input is not an error: what is bad
//! is left out and reported, the rest loads.

pub mod diagnostic;
pub mod formula;
pub mod measure;
pub mod period;
pub mod reading;
pub mod settings;
pub mod toml_reader;
pub mod unit;
pub mod vocabulary;

pub use diagnostic::{Diagnostic, Level};
pub use formula::{Formula, Shift};
pub use measure::{Aggregate, Direction, Measure, Role};
pub use period::{Calendar, Grain, Period};
pub use reading::{Empty, Interval, Reading};
pub use settings::Settings;
pub use unit::Unit;
