//! Where standard tables are kept: Delta tables, read together at one moment and changed by one commit point.

pub(crate) mod arrow_file;
pub(crate) mod closing;
pub(crate) mod closings;
pub(crate) mod conform;
pub(crate) mod contest;
pub(crate) mod context;
pub(crate) mod data_files;
pub(crate) mod durable;
pub(crate) mod encode;
pub(crate) mod held;
pub(crate) mod key_index;
pub(crate) mod keys;
pub mod manifest;
pub(crate) mod merge;
pub(crate) mod nulls;
pub(crate) mod parquet_files;
pub mod replaced;
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
