//! Measures: a row query and a declared aggregate become readings.

mod aggregate;
mod check;
mod columns;
mod contents;
mod coverage;
mod evaluate;
mod explain;
mod formulas;
mod inputs;
mod kept;
mod part;
mod passes;
mod queries;
mod records;
mod row_query;
mod values;

pub use check::check_measure;
pub(crate) use contents::contents;
pub use evaluate::{Request, evaluate, evaluate_many};
pub use explain::{ExplainRequest, Explanation, FormulaPart, explain};
pub(crate) use formulas::shifted;
pub use inputs::Input;
pub(crate) use inputs::{columns_read, tables_behind};
pub(crate) use kept::KeptReadings;
pub use records::{Record, Records};
pub(crate) use values::values;

/// The segment of rows whose dimension is empty.
pub const NO_SEGMENT: &str = "(none)";
