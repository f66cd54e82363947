//! Which steps happen at all.

use crate::{Block, Fold, Journey, Steps, walk};

/// Whether any touchpoint is of each step, over all blocks, on up to `threads` threads.
pub fn steps_seen(blocks: &[Block<'_>], steps: &Steps, threads: usize) -> Vec<bool> {
    walk(blocks, &Seen { steps }, threads)
}

struct Seen<'a> {
    steps: &'a Steps,
}

impl Fold for Seen<'_> {
    type State = Vec<bool>;

    fn start(&self) -> Vec<bool> {
        vec![false; self.steps.len()]
    }

    fn case(&self, journey: &Journey<'_>, seen: &mut Vec<bool>) {
        for step in (0..journey.len()).filter_map(|row| self.steps.of(journey, row)) {
            if let Some(seen) = seen.get_mut(step) {
                *seen = true;
            }
        }
    }

    fn merge(&self, into: &mut Vec<bool>, from: Vec<bool>) {
        into.iter_mut().zip(from).for_each(|(into, from)| *into |= from);
    }
}
