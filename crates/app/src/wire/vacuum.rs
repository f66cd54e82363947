//! The JSON of `throughline vacuum`.

use serde::Serialize;
use throughline_engine::Vacuumed;

/// What a vacuum did.
#[derive(Debug, Serialize)]
pub struct Vacuum {
    data_files_before: u64,
    data_files: u64,
    removed_files: u64,
    removed_bytes: u64,
}

impl From<Vacuumed> for Vacuum {
    fn from(done: Vacuumed) -> Vacuum {
        Vacuum {
            data_files_before: done.data_files_before,
            data_files: done.data_files,
            removed_files: done.removed.files,
            removed_bytes: done.removed.bytes,
        }
    }
}
