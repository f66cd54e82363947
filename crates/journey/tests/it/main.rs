//! Folds against naive programs, on random logs with ties, duplicates and late rows.
#![allow(clippy::unwrap_used)]

mod blocks;
mod log;
mod pains;
mod steps;
