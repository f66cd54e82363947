//! Folds against naive programs, on random logs with ties, duplicates and late rows.
#![allow(clippy::unwrap_used)]

mod blocks;
mod funnel;
mod log;
mod steps;
mod transitions;
mod walks;
