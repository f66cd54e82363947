//! SQL for BI tools: the tables of a workspace over the wire protocol of PostgreSQL. Read only.

mod context;
mod current;
mod entrance;
mod hooks;
mod limit;
mod refused;
mod server;

pub use entrance::Gate;
pub use server::{PostgresOptions, serve_postgres};
