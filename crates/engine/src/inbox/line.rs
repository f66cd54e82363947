//! What goes into a journal.

/// A row on its way into a standard table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// One JSON object in one line: `record` and columns, all texts.
    pub text: String,
    /// The same for rows that are the same thing.
    pub slot: u128,
    /// The same for rows of one slot that say the same.
    pub content: u64,
    /// Whether the row stands for its event.
    pub stands_for_event: bool,
}

/// What became of the lines of a batch, all durable now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Lines written.
    pub written: usize,
    /// Lines that a recent one had said already.
    pub repeated: usize,
    /// Events among those.
    pub repeated_events: usize,
}
