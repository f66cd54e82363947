//! Two ways to join: fast, and within any memory.

use datafusion::execution::SessionState;

/// Rows of a batch where memory is short: a sort must be able to hold two.
const SMALL_BATCH: usize = 1024;

/// Memory that each sort sets aside for merging what it spilled: batches are small here.
const MERGE_BYTES: usize = 2 << 20;

/// How a query joins. Hash joins are fast but hold one side in memory; where that is too much the query
/// runs again with merge joins, which sort both sides and spill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joins {
    /// One side in memory.
    Hash,
    /// Both sides sorted, spilling.
    Merge,
}

impl Joins {
    /// Both, the fast one first.
    pub(crate) const ALL: [Joins; 2] = [Joins::Hash, Joins::Merge];

    /// The state of a session that joins this way.
    pub(crate) fn apply(self, mut state: SessionState) -> SessionState {
        if self == Joins::Merge {
            *state.config_mut() = state.config().clone().with_batch_size(SMALL_BATCH);
            let options = state.config_mut().options_mut();
            options.optimizer.prefer_hash_join = false;
            // Few sorts at a time, each of which needs room to merge; with fewer than two partitions the
            // planner knows hash joins only.
            options.execution.target_partitions = 2;
            options.execution.sort_spill_reservation_bytes = MERGE_BYTES;
        }
        state
    }
}
