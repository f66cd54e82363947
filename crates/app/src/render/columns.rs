//! The columns of the scorecard's table, by the width of the line.

use super::bar;

/// Columns of a measure's row; between them stands at least one space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// Of the whole line.
    pub line: usize,
    /// Of the name.
    pub name: usize,
    /// Of the value, and of the target.
    pub value: usize,
    /// Of sign and word of the status.
    pub status: usize,
    /// Of the score.
    pub score: usize,
    /// Whether there is room for bars.
    pub bar: bool,
    /// Of the sparkline.
    pub spark: usize,
}

/// Indent of objectives and measures.
pub const INDENT: usize = 2;

impl Columns {
    /// What fits on a line: bars from 96 columns on.
    pub fn of(line: usize) -> Columns {
        let bar = line >= 96;
        let (value, status, score, spark) = (11, 17, 3, if bar { 12 } else { 10 });
        let bars = if bar { bar::WIDTH + 2 } else { 0 };
        let taken = INDENT + 2 * (value + 1) + (status + 2) + (score + 1) + bars + (spark + 2);
        Columns { line, name: line.saturating_sub(taken), value, status, score, bar, spark }
    }

    /// Where status begins: what stands before it is for names of objectives.
    pub fn before_status(&self) -> usize {
        self.name + 2 * (self.value + 1)
    }

    /// Where the details under a measure begin.
    pub fn detail_at(&self) -> usize {
        INDENT + self.name + 2
    }
}
