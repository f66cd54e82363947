//! The sample company as a whole: its files, its truths, and whether its effects can be found again.
#![allow(clippy::unwrap_used)]

mod believable;
mod effects;
mod estimators;
mod purchase;
mod reading;
mod whole;
