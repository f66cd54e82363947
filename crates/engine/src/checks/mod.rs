//! Checks of what sources tell: whether rows came in time, as many as expected, with the values they usually have.
//!
//! 1. `read` counts every table by day in a few queries: a [`Profile`] per source and table,
//! 2. [`judge`] holds the counts against what the weeks before lead one to expect, on days whose rows are all there,
//! 3. `standing` adds the checks that fixed limits decide: freshness, completeness, validity, uniqueness,
//! 4. `apply` shows, bounds or withholds readings that a failed check touches; `bounds` is its arithmetic.
//!
//! Method, thresholds and measured figures stand in docs/data-checks.md.

mod apply;
mod bounds;
mod columns;
mod failed;
mod judge;
mod known;
mod profile;
mod read;
mod standing;
mod words;

pub use columns::{FEW_VALUES, kind_column, may_be_mixed};
pub use failed::{CheckKind, FailedCheck};
pub use judge::judge;
pub use profile::{Kind, Profile, lateness, settled_after};

pub(crate) use apply::Checks;
pub(crate) use known::{Columns, Known};
pub(crate) use read::known;
