//! Measures: a row query and a declared aggregate become readings.

mod aggregate;
mod check;
mod columns;
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

pub use check::check_measure;
pub use evaluate::{Request, evaluate, evaluate_many};
pub use explain::{ExplainRequest, Explanation, FormulaPart, explain};
pub use inputs::Input;
pub(crate) use inputs::{columns_read, tables_behind};
pub(crate) use kept::KeptReadings;
pub use records::{Record, Records};

/// The segment of rows whose dimension is empty.
pub const NO_SEGMENT: &str = "(none)";
