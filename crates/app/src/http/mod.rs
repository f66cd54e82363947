//! The server: the page and the HTTP interface of a workspace, in one process.
//!
//! Handlers ask the same questions as the commands (`crate::question`); what stands here is how requests come in, who
//! may ask, and how answers are kept and sent.

pub mod answers;
pub mod api;
pub mod compute;
pub mod connections;
pub mod csv;
pub mod etag;
pub mod events;
pub mod guard;
pub mod headers;
pub mod health;
pub mod jobs;
pub mod log;
pub mod metrics;
pub mod origin;
pub mod page;
pub mod people;
pub mod problem;
pub mod query;
pub mod rate;
pub mod schedule;
pub mod server;
pub mod state;
pub mod uploads;

pub use server::{App, Config, build, serve};
