//! Files of any kind as batches of text columns.

pub(crate) mod batch;
pub(crate) mod buffer;
pub(crate) mod chunk_rows;
pub(crate) mod chunks;
pub(crate) mod delimited;
pub(crate) mod input;
pub(crate) mod json_lines;
pub(crate) mod parquet;
mod plain;
pub(crate) mod read;
pub(crate) mod records;
pub(crate) mod sniff;
