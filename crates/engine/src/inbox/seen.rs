//! Which rows were written lately, so that an event that is sent again is not written again.
//!
//! Only a help: an event that is forgotten here is written a second time and meets its own key in the table.

use std::collections::HashMap;

/// Rows remembered for certain; up to twice as many are.
const ROWS: usize = 250_000;

/// Recent rows: what was said last of each thing.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    young: HashMap<u128, u64>,
    old: HashMap<u128, u64>,
}

impl Seen {
    /// Notes a row; false where the last row of the same thing said the same.
    pub(crate) fn is_new(&mut self, slot: u128, content: u64) -> bool {
        let last = self.young.get(&slot).or_else(|| self.old.get(&slot));
        if last == Some(&content) {
            return false;
        }
        if self.young.len() >= ROWS {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(slot, content);
        true
    }

    /// Forgets everything, because some of it was not written after all.
    pub(crate) fn forget(&mut self) {
        *self = Seen::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_last_counts() {
        let mut seen = Seen::default();
        let said: Vec<bool> = [(1, 7), (1, 7), (1, 8), (1, 7), (2, 7)]
            .into_iter()
            .map(|(slot, content)| seen.is_new(slot, content))
            .collect();
        assert_eq!(said, [true, false, true, true, true]);
        for slot in 0..ROWS as u128 + 10 {
            seen.is_new(1_000 + slot, 0);
        }
        assert!(!seen.is_new(1, 7), "remembered through a change of generations");
        assert!(seen.young.len() + seen.old.len() <= 2 * ROWS);
        seen.forget();
        assert!(seen.is_new(1, 7));
    }
}
