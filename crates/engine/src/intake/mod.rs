//! Files of a source → typed rows of standard tables, and rejects.
//!
//! [`discover`] finds files, [`recognise`] says which layout and input each is, [`map`] reads them and hands typed
//! rows and rejects to a [`Sink`]. What the store does with the rows is not known here.

mod compile;
mod counts;
mod discover;
mod emit;
mod evaluate;
mod group;
mod jobs;
mod kept;
mod lookup;
pub(crate) mod open;
mod parts;
mod pass;
mod preview;
mod query;
pub(crate) mod raw;
mod recognise;
mod rejects;
mod row_key;
mod run;
mod scan;
mod session;
mod sink;
mod spool;
mod standard;
pub mod suggest;
pub(crate) mod typing;
mod unknown;

pub use counts::{Counts, FileCounts};
pub(crate) use discover::PartOf;
pub use discover::{SourceFile, discover};
pub use kept::Kept;
pub(crate) use kept::prove as prove_kept;
pub use parts::Parts;
pub use preview::{Preview, preview};
pub(crate) use recognise::as_input;
pub use recognise::{Assigned, Known, Recognition, Skipped, catalog_layouts, layout_of, recognise};
pub use rejects::originals;
pub use run::map;
pub use sink::{MapContext, Owner, Reject, Sink};
pub(crate) use standard::{layout as table_layout, mapped};
