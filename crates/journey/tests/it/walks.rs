//! Blocks in which some cases are replaced, and the naive journeys that are left.

use throughline_journey::{Block, Fold};

use crate::log::{self, Touch};

/// Runs a question over a log in `count` blocks; bit i of `replaced` takes out the i-th case of every block.
pub fn over<T>(log: &[Touch], count: usize, replaced: u64, ask: impl FnOnce(&[Block<'_>]) -> T) -> T {
    let owned = log::blocks(log, count);
    let words = [replaced];
    let blocks: Vec<Block<'_>> = owned
        .iter()
        .enumerate()
        .map(|(number, block)| {
            let block = block.as_block(number);
            if replaced == 0 { block } else { Block { replaced: &words, ..block } }
        })
        .collect();
    ask(&blocks)
}

/// The journeys that such a walk should see.
pub fn left(log: &[Touch], count: usize, replaced: u64) -> Vec<(String, Vec<Touch>)> {
    let mut seen = vec![0_u64; count];
    let mut journeys = log::journeys(log);
    journeys.retain(|(case, _)| {
        let block = case.bytes().map(usize::from).sum::<usize>() % count;
        seen[block] += 1;
        replaced >> (seen[block] - 1) & 1 == 0
    });
    journeys
}

/// The state of a fold that saw every block alone, merged from the last to the first: small logs are walked by one
/// thread before another begins, and would hardly ever be merged.
pub fn merged<F: Fold>(blocks: &[Block<'_>], fold: &F) -> F::State {
    let mut state = fold.start();
    for block in blocks.iter().rev() {
        let mut own = fold.start();
        fold.block(block, &mut own);
        fold.merge(&mut state, own);
    }
    state
}
