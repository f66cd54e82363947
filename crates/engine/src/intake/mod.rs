//! Files of a source → typed rows of standard tables, and rejects.

pub(crate) mod discover;
pub(crate) mod open;
pub(crate) mod raw;
pub(crate) mod typing;

pub use discover::{SourceFile, discover};
