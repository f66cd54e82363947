//! The engine: tables, imports, measures and the scorecard behind one façade.

pub mod catalog;
pub mod error;
pub mod scorecard;
pub mod store;

pub use error::{Error, ErrorKind, Result};
