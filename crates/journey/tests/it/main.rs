//! Folds against naive programs, on random logs with ties, duplicates and late rows.
#![allow(clippy::unwrap_used)]

mod blocks;
mod conformance;
mod funnel;
mod help_desk;
mod log;
mod paths;
mod steps;
mod transitions;
mod walks;
