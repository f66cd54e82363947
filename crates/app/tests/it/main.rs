//! What people see: pages of text and JSON, compared with expected files.
#![allow(clippy::unwrap_used)]

mod bench;
mod crash;
mod expect;
mod http;
mod identity;
mod journey_orders;
mod journey_walks;
mod json;
mod page;
mod people;
mod plan;
mod program;
mod shop;
