//! A company that does not exist, but could: two years of source files with known truths.
//!
//! [`generate`] simulates a shop for kitchen and coffee gear customer by customer and writes what its
//! systems would have exported: one CSV file per standard table, plus `truth.json` with every
//! parameter, switch and count. The model with its equations is documented in `docs/sample-company.md`.
//!
//! The crate is pure simulation and file writing: it reads no clock, knows no engine, and gives the same
//! bytes for the same [`Options`].

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod assortment;
mod brand;
mod browsing;
mod campaign;
mod clock;
mod company;
mod conversation;
mod customer;
mod customer_life;
mod dice;
mod dirt;
mod error;
mod files;
mod identity;
mod knowledge;
mod loyalty;
mod market;
mod needs;
mod options;
mod order_rows;
mod ordering;
mod parameter_list;
mod parameters;
mod progress;
mod row;
mod run;
mod schema;
mod season;
mod spending;
mod staff;
mod staff_activity;
mod support;
mod survey;
mod table;
mod text;
mod timestamp;
mod truth;
mod voice;
mod world;

pub use error::Error;
pub use options::{Effects, Options};
pub use progress::{Progress, Summary, TableSummary};
pub use run::generate;
