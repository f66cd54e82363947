//! From text to typed columns; what cannot be read is named with its reason.

pub(crate) mod column;
mod iso;
mod json;
pub(crate) mod number;
pub(crate) mod problems;
pub(crate) mod rules;
mod scalar;
pub(crate) mod time;
