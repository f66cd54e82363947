//! Tests of the engine from outside, in one binary.
#![allow(clippy::unwrap_used)]

mod hand_tables;
mod measures;
mod session;
