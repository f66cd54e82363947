//! The steps that follow each entry, found in one walk from the end of a journey.

use super::{FunnelMode, FunnelSpec};
use crate::Journey;

/// For each step, the earliest times at which it and the steps after it follow, seen from the current row. Going
/// backwards, a touchpoint of step k puts itself before what was known of step k + 1, so that every entry finds its
/// whole chain at once. The earliest next touchpoint of a step is never worse than a later one.
#[derive(Debug)]
pub(super) struct Chains {
    /// By step: times of that step and of those after it.
    times: Vec<Vec<i64>>,
    /// By step: row of its chain's first touchpoint.
    rows: Vec<usize>,
    /// The entry in hand.
    entry: Vec<i64>,
    /// Next row of each step seen, for any order.
    order: Vec<(usize, i64)>,
}

impl Chains {
    pub(super) fn new(steps: usize) -> Chains {
        Chains { times: vec![Vec::new(); steps], rows: vec![0; steps], entry: Vec::new(), order: Vec::new() }
    }

    /// Gives each entry of a journey, the last one first, as the times of the steps it reached; its own is the first.
    pub(super) fn entries(&mut self, spec: &FunnelSpec, journey: &Journey<'_>, mut found: impl FnMut(&[i64])) {
        self.times.iter_mut().for_each(Vec::clear);
        for (row, at) in journey.at.iter().enumerate().rev() {
            let Some(step) = spec.steps.of(journey, row) else { continue };
            if spec.mode == FunnelMode::AnyOrder {
                self.put(step, row, *at, false);
                self.in_any_order();
            } else {
                let follows = |next: usize| spec.mode == FunnelMode::Ordered || next == row + 1;
                let follows = self.rows.get(step + 1).is_some_and(|next| follows(*next));
                self.put(step, row, *at, follows);
                if step != 0 {
                    continue;
                }
                self.entry.clear();
                self.entry.extend(self.times.first().into_iter().flatten());
            }
            if let Some(window) = spec.window {
                self.entry.truncate(self.entry.partition_point(|time| time.saturating_sub(*at) <= window));
            }
            found(&self.entry);
        }
    }

    /// A touchpoint of a step, before the chain of the next step if that `follows`.
    fn put(&mut self, step: usize, row: usize, at: i64, follows: bool) {
        let next = (step + 1).min(self.times.len());
        let (before, after) = self.times.split_at_mut(next);
        if let Some((chain, own)) = before.last_mut().zip(self.rows.get_mut(step)) {
            *own = row;
            chain.clear();
            chain.push(at);
            if let Some(next) = after.first().filter(|_| follows) {
                chain.extend_from_slice(next);
            }
        }
    }

    /// The next touchpoint of each step, in the order of touchpoints.
    fn in_any_order(&mut self) {
        self.order.clear();
        let next = self.times.iter().zip(&self.rows);
        self.order.extend(next.filter_map(|(times, row)| Some((*row, *times.first()?))));
        self.order.sort_unstable();
        self.entry.clear();
        self.entry.extend(self.order.iter().map(|(_, at)| *at));
    }
}
