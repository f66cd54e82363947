//! What the server is sent while it runs: rows are written to a journal and synced before they are acknowledged, and
//! brought into the tables by ordinary imports a little later.
//!
//! A journal is a file of JSON lines under `data/inbox`, read by the shipped layout `events`. One thread writes it:
//! whatever waits when it comes back from syncing is written together and shares the next sync. Closed journals are
//! imported and deleted after that. A process that dies in between leaves journals, which the next one imports; rows
//! that were imported already change nothing, because they have the same keys.

mod drain;
mod journal;
mod line;
mod seen;
mod writer;

pub use drain::Drained;
pub use journal::{Inbox, Limits, Waiting};
pub(crate) use journal::{journals, lock};
pub use line::{Line, Taken};
