//! The engine: tables, imports, measures and the scorecard behind one façade.

pub mod catalog;
pub mod customer;
pub mod error;
pub mod measures;
pub mod scorecard;
pub mod session;
pub mod sql;
pub mod store;

pub use error::{Error, ErrorKind, Result};
