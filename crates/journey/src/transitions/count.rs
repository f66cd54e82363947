//! The first pass: counts of transitions, and their times in buckets.

use super::buckets::Buckets;
use super::{Take, TransitionsSpec};

/// No slot yet.
const NO_SLOT: u32 = u32::MAX;

/// What one thread knows of transitions. A pair of steps gets a slot when it is first seen.
#[derive(Debug)]
pub struct TransitionsState {
    steps: usize,
    buckets: Option<Buckets>,
    /// Buckets of a slot.
    width: usize,
    count_cases: bool,
    case: u64,
    /// Slot by pair: step a times the number of steps plus step b.
    slots: Vec<u32>,
    /// Pair by slot.
    pairs: Vec<usize>,
    /// By slot and bucket.
    counts: Vec<u32>,
    /// By slot: cases, and the last of them.
    cases: Vec<(u64, u64)>,
    /// By step: touchpoints that nothing follows.
    ends: Vec<u64>,
}

impl TransitionsState {
    pub(super) fn new(spec: &TransitionsSpec, buckets: Option<Buckets>) -> Self {
        let steps = spec.steps.len();
        TransitionsState {
            steps,
            buckets,
            width: buckets.map_or(1, Buckets::len),
            count_cases: spec.cases,
            case: 0,
            slots: vec![NO_SLOT; steps.saturating_mul(steps)],
            pairs: Vec::new(),
            counts: Vec::new(),
            cases: Vec::new(),
            ends: vec![0; steps],
        }
    }

    pub(super) fn next_case(&mut self) {
        self.case += 1;
    }

    /// Slot of a pair of steps that was seen.
    #[inline]
    pub(super) fn slot(&self, a: u16, b: u16) -> Option<usize> {
        let slot = *self.slots.get(usize::from(a) * self.steps + usize::from(b))?;
        (slot != NO_SLOT).then_some(slot as usize)
    }

    /// The steps, counts by bucket and cases of every pair seen.
    pub(super) fn seen(&self) -> impl Iterator<Item = (usize, usize, &[u32], u64)> {
        let slots = self.pairs.iter().zip(self.counts.chunks(self.width)).zip(&self.cases);
        slots.map(|((pair, counts), (cases, _))| (pair / self.steps, pair % self.steps, counts, *cases))
    }

    pub(super) fn ends(&self) -> &[u64] {
        &self.ends
    }

    #[cold]
    fn add(&mut self, pair: usize) -> usize {
        let slot = self.pairs.len();
        if let Some(place) = self.slots.get_mut(pair) {
            *place = u32::try_from(slot).unwrap_or(NO_SLOT);
        }
        self.pairs.push(pair);
        self.counts.resize(self.counts.len() + self.width, 0);
        self.cases.push((0, 0));
        slot
    }

    #[inline(always)]
    fn slot_or_new(&mut self, pair: usize) -> usize {
        match self.slots.get(pair) {
            Some(slot) if *slot != NO_SLOT => *slot as usize,
            _ => self.add(pair),
        }
    }

    pub(super) fn merge(&mut self, from: &TransitionsState) {
        for ((pair, counts), (cases, _)) in from.pairs.iter().zip(from.counts.chunks(from.width)).zip(&from.cases) {
            let slot = self.slot_or_new(*pair);
            let own = self.counts.get_mut(slot * self.width..).unwrap_or_default();
            own.iter_mut().zip(counts).for_each(|(into, from)| *into += from);
            if let Some(own) = self.cases.get_mut(slot) {
                own.0 += cases;
            }
        }
        self.ends.iter_mut().zip(&from.ends).for_each(|(into, from)| *into += from);
    }
}

impl Take for TransitionsState {
    #[inline(always)]
    fn transition(&mut self, a: u16, b: u16, elapsed: i64) {
        let slot = self.slot_or_new(usize::from(a) * self.steps + usize::from(b));
        let bucket = self.buckets.map_or(0, |buckets| buckets.of(elapsed));
        if let Some(count) = self.counts.get_mut(slot * self.width + bucket) {
            *count += 1;
        }
        if self.count_cases
            && let Some((cases, last)) = self.cases.get_mut(slot)
            && *last != self.case
        {
            *cases += 1;
            *last = self.case;
        }
    }

    #[inline]
    fn end(&mut self, a: u16) {
        if let Some(ends) = self.ends.get_mut(usize::from(a)) {
            *ends += 1;
        }
    }
}
