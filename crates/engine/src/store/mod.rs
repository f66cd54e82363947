//! Where standard tables are kept: Delta tables, read together at one moment and changed by one commit point.

pub(crate) mod append;
pub(crate) mod contest;
pub(crate) mod context;
pub mod manifest;
pub mod schema;
pub mod snapshot;
pub(crate) mod staging;
pub(crate) mod tables;
pub(crate) mod upsert;
pub(crate) mod versions;
pub(crate) mod withdraw;

pub use upsert::Counts;

#[cfg(test)]
mod upsert_tests;
