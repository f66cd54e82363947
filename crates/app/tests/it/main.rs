//! What people see: pages of text and JSON, compared with expected files.
#![allow(clippy::unwrap_used)]

mod backup;
mod bench;
mod crash;
mod databases;
mod doctor;
mod events;
mod expect;
mod faults;
mod http;
mod identity;
mod journey_orders;
mod journey_walks;
mod json;
mod kills;
mod long_use;
mod mcp;
mod moved;
mod page;
mod people;
mod plan;
#[allow(dead_code, reason = "the engine's tests use more of it")]
#[path = "../../../engine/tests/it/postgres.rs"]
mod postgres;
mod program;
mod shop;
mod watch;
