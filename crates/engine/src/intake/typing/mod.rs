//! From text to typed columns; what cannot be read is named with its reason.

mod iso;
pub(crate) mod number;
pub(crate) mod time;
