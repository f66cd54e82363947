//! Tests of the engine from outside, in one binary.
#![allow(clippy::unwrap_used)]

mod bi_tools;
mod checks;
mod checks_company;
mod checks_faults;
mod database;
mod docs;
mod hand_tables;
mod hostile;
mod identity;
mod identity_change;
mod identity_imports;
mod identity_naive;
mod import;
mod inbox;
mod intake_files;
mod intake_formats;
mod intake_layouts;
mod intake_real;
mod intake_sources;
mod intake_suggest;
mod intake_support;
mod journey_orders;
mod journey_walks;
mod journeys;
mod layouts_vendors;
mod measures;
mod measures_checks;
mod measures_explain;
mod personal;
mod postgres;
mod real_sets;
mod replay;
mod sample_tables;
mod session;
