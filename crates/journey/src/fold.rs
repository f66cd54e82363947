//! Folds: a question is a state that journeys are fed into, case by case; several questions share one pass.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Block, Journey};

/// A question over journeys.
///
/// `merge` must not depend on order: counts, sums of integers, sets, and lists that are sorted or selected from at the
/// end. Then no result depends on the number of threads.
pub trait Fold: Sync {
    /// What one thread knows so far.
    type State: Send;

    /// The state before any case.
    fn start(&self) -> Self::State;

    /// Adds the journey of one case.
    fn case(&self, journey: &Journey<'_>, state: &mut Self::State);

    /// Adds what another thread knows.
    fn merge(&self, into: &mut Self::State, from: Self::State);

    /// Adds all cases of a block. Folds that look at columns rather than at cases override it.
    fn block(&self, block: &Block<'_>, state: &mut Self::State) {
        for journey in block.journeys() {
            self.case(&journey, state);
        }
    }
}

impl<A: Fold, B: Fold> Fold for (A, B) {
    type State = (A::State, B::State);

    fn start(&self) -> Self::State {
        (self.0.start(), self.1.start())
    }

    fn case(&self, journey: &Journey<'_>, state: &mut Self::State) {
        self.0.case(journey, &mut state.0);
        self.1.case(journey, &mut state.1);
    }

    fn merge(&self, into: &mut Self::State, from: Self::State) {
        self.0.merge(&mut into.0, from.0);
        self.1.merge(&mut into.1, from.1);
    }

    // Block by block each, while the block's columns are in the cache.
    fn block(&self, block: &Block<'_>, state: &mut Self::State) {
        self.0.block(block, &mut state.0);
        self.1.block(block, &mut state.1);
    }
}

/// Feeds all blocks into a fold, on up to `threads` threads, and returns the merged state.
pub fn walk<F: Fold>(blocks: &[Block<'_>], fold: &F, threads: usize) -> F::State {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut state = fold.start();
        while let Some(block) = blocks.get(next.fetch_add(1, Ordering::Relaxed)) {
            fold.block(block, &mut state);
        }
        state
    };
    let helpers = threads.min(blocks.len()).saturating_sub(1);
    if helpers == 0 {
        return work();
    }
    std::thread::scope(|scope| {
        let others: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
        let mut state = work();
        for other in others {
            match other.join() {
                Ok(theirs) => fold.merge(&mut state, theirs),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        state
    })
}
