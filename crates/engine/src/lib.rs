//! The engine: tables, imports, measures and the scorecard behind one façade.

pub mod catalog;
pub mod error;
pub mod intake;
pub mod store;

pub use error::{Error, ErrorKind, Result};
