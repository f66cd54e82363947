//! Folds against naive programs, on random logs with ties, duplicates and late rows.
#![allow(clippy::unwrap_used)]

mod activity;
mod attribution;
mod blocks;
mod conformance;
mod delivery;
mod funnel;
mod help_desk;
mod help_desk_tickets;
mod lifecycle;
mod log;
mod olist;
mod pains;
mod paths;
mod public_sets;
mod retention;
mod rfm;
mod shop;
mod stages_map;
mod steps;
mod tickets;
mod transitions;
mod walks;
