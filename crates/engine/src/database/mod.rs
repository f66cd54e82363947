//! A database as a source: its queries are fetched into files of their own, which the ordinary import reads. What was
//! seen last is remembered only after the import stands.

mod connect;
mod fetch;
mod layout;
mod refresh;
mod refused;
mod spool;
pub(crate) mod state;

pub(crate) use refresh::Refresh;
pub use refresh::{QueryReport, Refreshing};
pub(crate) use state::{columns_of, fetched_layouts, problems};

/// Finds a password by the name of an environment variable; the engine does not know the environment.
pub type Secrets<'a> = dyn Fn(&str) -> Option<String> + Send + Sync + 'a;

/// How the file of a query's rows is called in messages, in the ledger and in the spool. Names hold no full stop, so
/// that no two queries share a file.
fn file_name(source: &str, query: &str) -> String {
    format!("{source}.{query}.csv")
}
