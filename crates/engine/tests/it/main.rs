//! Tests of the engine from outside, in one binary.
#![allow(clippy::unwrap_used)]

mod docs;
mod hand_tables;
mod import;
mod measures;
mod session;
