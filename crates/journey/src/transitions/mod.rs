//! Transitions: which step follows which, how often, for how many cases, and after how long.
//!
//! A transition a→b is two consecutive touchpoints of the same case that have a step; touchpoints without one are passed
//! over. Quantiles are exact and need no list of all times: a first pass counts times in buckets, a second one collects
//! only those of the buckets that hold the order statistics asked for.

mod buckets;
mod collect;
mod count;
mod result;

pub use count::TransitionsState;
pub use result::{StepExits, Transition, Transitions};

use crate::steps::{NONE, table};
use crate::{Block, Fold, Grouping, Journey, Steps, walk};
use buckets::Buckets;
use collect::Collect;

/// What is asked of transitions.
#[derive(Debug, Clone)]
pub struct TransitionsSpec {
    /// What touchpoints are called.
    pub steps: Steps,
    /// Longest time between two consecutive touchpoints in microseconds, inclusive: a longer pause ends the journey at
    /// the first, and the second begins another. `None` for any.
    pub cut: Option<i64>,
    /// Dates of the touchpoint that is left, half-open; `None` for all. The one that follows may be later.
    pub between: Option<(i64, i64)>,
    /// Whether cases are counted.
    pub cases: bool,
    /// Whether the median time is wanted.
    pub median: bool,
    /// Whether the 0.9 quantile of the time is wanted.
    pub p90: bool,
}

/// The fold of transitions: counts, and times in buckets.
#[derive(Debug)]
pub struct TransitionsFold<'a> {
    walker: Walker<'a>,
    buckets: Option<Buckets>,
}

/// The transitions over all blocks, on up to `threads` threads.
pub fn transitions(blocks: &[Block<'_>], spec: &TransitionsSpec, threads: usize) -> Transitions {
    let fold = TransitionsFold::new(spec);
    let state = walk(blocks, &fold, threads);
    fold.finish(state, blocks, threads)
}

impl<'a> TransitionsFold<'a> {
    /// The fold that answers `spec`.
    pub fn new(spec: &'a TransitionsSpec) -> Self {
        let buckets = (spec.median || spec.p90).then(|| Buckets::for_pairs(spec.steps.len().saturating_pow(2)));
        TransitionsFold { walker: Walker { spec, table: spec.steps.by_kind().and_then(table), only: None }, buckets }
    }

    /// The same question about the cases in any group of `grouping`.
    #[must_use]
    pub fn only(mut self, grouping: &'a Grouping) -> Self {
        self.walker.only = Some(grouping);
        self
    }

    /// The answer from the merged state; quantiles take a second pass over the same blocks.
    pub fn finish(&self, state: TransitionsState, blocks: &[Block<'_>], threads: usize) -> Transitions {
        let quantiles = self.buckets.as_ref().map(|buckets| {
            let collect = Collect::new(&self.walker, buckets, &state);
            let lists = walk(blocks, &collect, threads);
            collect.quantiles(lists)
        });
        result::transitions(self.walker.spec, &state, quantiles.as_deref())
    }
}

impl Fold for TransitionsFold<'_> {
    type State = TransitionsState;

    fn start(&self) -> TransitionsState {
        TransitionsState::new(self.walker.spec, self.buckets)
    }

    #[inline]
    fn case(&self, journey: &Journey<'_>, state: &mut TransitionsState) {
        state.next_case();
        self.walker.walk(journey, state);
    }

    fn merge(&self, into: &mut TransitionsState, from: TransitionsState) {
        into.merge(&from);
    }
}

/// Finds the transitions of a journey.
#[derive(Debug)]
struct Walker<'a> {
    spec: &'a TransitionsSpec,
    /// Step by kind code, where steps depend on the kind alone.
    table: Option<Box<[u16; 1 << 16]>>,
    /// Cases in no group are left out; `None` for all cases.
    only: Option<&'a Grouping>,
}

/// Takes the transitions of a journey.
trait Take {
    /// Step `b` follows step `a` after `elapsed` microseconds.
    fn transition(&mut self, a: u16, b: u16, elapsed: i64);
    /// Nothing follows step `a`.
    fn end(&mut self, a: u16);
}

impl Walker<'_> {
    #[inline]
    fn walk(&self, journey: &Journey<'_>, taker: &mut impl Take) {
        if self.only.is_some_and(|grouping| grouping.of(journey).is_none()) {
            return;
        }
        match &self.table {
            Some(table) => {
                let rows = journey.at.iter().zip(journey.kinds);
                self.rows(rows.map(|(at, kind)| (*at, table[usize::from(*kind)])), taker);
            }
            None => {
                let step = |row| self.spec.steps.of(journey, row).and_then(|step| u16::try_from(step).ok());
                let rows = journey.at.iter().enumerate();
                self.rows(rows.map(|(row, at)| (*at, step(row).unwrap_or(NONE))), taker);
            }
        }
    }

    #[inline]
    fn rows(&self, rows: impl Iterator<Item = (i64, u16)>, taker: &mut impl Take) {
        let (from, until) = self.spec.between.unwrap_or((i64::MIN, i64::MAX));
        let cut = self.spec.cut.unwrap_or(i64::MAX);
        let (mut before, mut since) = (NONE, 0);
        for (at, step) in rows.filter(|(_, step)| *step != NONE) {
            if before != NONE && from <= since && since < until {
                match at.saturating_sub(since) {
                    elapsed if elapsed <= cut => taker.transition(before, step, elapsed),
                    _ => taker.end(before),
                }
            }
            (before, since) = (step, at);
        }
        if before != NONE && from <= since && since < until {
            taker.end(before);
        }
    }
}
