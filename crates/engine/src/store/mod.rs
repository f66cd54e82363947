//! Where standard tables are kept: Delta tables, read together at one moment and changed by one commit point.

pub mod schema;
