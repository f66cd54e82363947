//! Funnel: how far cases come along steps within a window from their entry.
//!
//! An **entry** is a touchpoint of the first step (in any order: of any step) within the range of entry dates. It
//! reaches the k-th step if steps 2 to k follow it in the order of touchpoints, the k-th at most `window` after the
//! entry (elapsed time, inclusive). An entry whose window ends after `known_until` is **open** and counted apart, also one
//! that has come through: if those counted, and the others not yet, shares would be too high. Without a window nothing is
//! ever open.

mod chains;
mod latest;
mod result;

pub use result::{Funnel, FunnelGroup, FunnelStep};

use crate::{Block, Fold, Grouping, Journey, Steps, walk};
use chains::Chains;
use latest::LatestStarts;

/// What is asked of a funnel.
#[derive(Debug, Clone)]
pub struct FunnelSpec {
    /// The steps in the order of the funnel.
    pub steps: Steps,
    /// How steps follow each other.
    pub mode: FunnelMode,
    /// Longest time from the entry, in microseconds, inclusive; `None` for any.
    pub window: Option<i64>,
    /// Entry dates, half-open; `None` for all.
    pub entries: Option<(i64, i64)>,
    /// Until when touchpoints are known, microseconds since 1970; `i64::MAX` leaves no window open.
    pub known_until: i64,
    /// Which entries of a case count.
    pub repeat: Repeat,
    /// Whether times between steps are wanted; they cost time.
    pub times: bool,
    /// Groups of cases.
    pub grouping: Grouping,
}

/// How the steps of a funnel follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunnelMode {
    /// In the order of the funnel, with any touchpoints between them.
    Ordered,
    /// In the order of the funnel, with no other touchpoint of the journey between them.
    Strict,
    /// In any order; the entry is a touchpoint of any step, and the k-th step is reached with the k-th different one.
    AnyOrder,
}

/// Which entries of a case count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Each case once, by the entry that comes furthest (the earliest of these). Entries that are open are left aside;
    /// a case with no other entry is counted as open.
    Best,
    /// Each case once, by its first entry in the range of entry dates.
    First,
    /// Every entry by itself.
    Every,
}

/// The fold of a funnel.
#[derive(Debug)]
pub struct FunnelFold<'a> {
    spec: &'a FunnelSpec,
    latest: Option<LatestStarts>,
}

/// What one thread knows of a funnel.
#[derive(Debug)]
pub struct FunnelState {
    groups: Vec<Counted>,
    chains: Chains,
    /// Times of the steps of the entry that counts so far.
    counted: Vec<i64>,
}

/// One group as far as it is known.
#[derive(Debug, Clone, Default)]
struct Counted {
    cases: u64,
    open: u64,
    /// Entries by the number of steps reached, from 0.
    furthest: Vec<u64>,
    /// Elapsed times from the step before, by step.
    times: Vec<Vec<i64>>,
}

/// The funnel over all blocks, on up to `threads` threads.
pub fn funnel(blocks: &[Block<'_>], spec: &FunnelSpec, threads: usize) -> Funnel {
    let fold = FunnelFold::new(spec);
    let state = walk(blocks, &fold, threads);
    fold.finish(state)
}

impl<'a> FunnelFold<'a> {
    /// The fold that answers `spec`.
    pub fn new(spec: &'a FunnelSpec) -> Self {
        FunnelFold { spec, latest: LatestStarts::new(spec) }
    }

    /// The answer from the merged state.
    pub fn finish(&self, state: FunnelState) -> Funnel {
        result::funnel(self.spec, state.groups)
    }

    fn is_open(&self, times: &[i64]) -> bool {
        let Some((entry, window)) = times.first().zip(self.spec.window) else { return false };
        entry.saturating_add(window) > self.spec.known_until
    }

    fn in_range(&self, times: &[i64]) -> bool {
        let range = self.spec.entries;
        times.first().is_some_and(|entry| range.is_none_or(|(from, until)| from <= *entry && *entry < until))
    }

    /// Adds the entries of a case that count.
    fn entries(&self, journey: &Journey<'_>, group: &mut Counted, chains: &mut Chains, counted: &mut Vec<i64>) {
        counted.clear();
        let mut undecided = false;
        // From the last entry to the first.
        chains.entries(self.spec, journey, |times| {
            if !self.in_range(times) {
                return;
            }
            match self.spec.repeat {
                Repeat::Every if self.is_open(times) => group.open += 1,
                Repeat::Every => group.add(times, self.spec.times),
                Repeat::Best if self.is_open(times) => undecided = true,
                Repeat::Best if times.len() < counted.len() => {}
                Repeat::Best | Repeat::First => {
                    counted.clear();
                    counted.extend_from_slice(times);
                }
            }
        });
        if self.spec.repeat == Repeat::First && self.is_open(counted) {
            group.open += 1;
        } else if !counted.is_empty() {
            group.add(counted, self.spec.times);
        } else if undecided {
            group.open += 1;
        }
    }
}

impl Fold for FunnelFold<'_> {
    type State = FunnelState;

    fn start(&self) -> FunnelState {
        FunnelState { groups: Vec::new(), chains: Chains::new(self.spec.steps.len()), counted: Vec::new() }
    }

    #[inline]
    fn case(&self, journey: &Journey<'_>, state: &mut FunnelState) {
        let Some(group) = self.spec.grouping.of(journey) else { return };
        if group >= state.groups.len() {
            state.groups.resize_with(group + 1, || Counted::new(self.spec.steps.len()));
        }
        let Some(group) = state.groups.get_mut(group) else { return };
        group.cases += 1;
        match self.latest.as_ref().and_then(|latest| latest.reached(journey.at, journey.kinds)) {
            Some(0) => {}
            Some(reached) => group.count(reached),
            None => self.entries(journey, group, &mut state.chains, &mut state.counted),
        }
    }

    fn merge(&self, into: &mut FunnelState, from: FunnelState) {
        if into.groups.len() < from.groups.len() {
            into.groups.resize_with(from.groups.len(), || Counted::new(self.spec.steps.len()));
        }
        for (into, from) in into.groups.iter_mut().zip(from.groups) {
            into.merge(from);
        }
    }
}

impl Counted {
    fn new(steps: usize) -> Counted {
        Counted { cases: 0, open: 0, furthest: vec![0; steps + 1], times: vec![Vec::new(); steps] }
    }

    #[inline]
    fn count(&mut self, reached: usize) {
        if let Some(count) = self.furthest.get_mut(reached) {
            *count += 1;
        }
    }

    /// Adds an entry by the times of the steps it reached.
    fn add(&mut self, times: &[i64], keep: bool) {
        self.count(times.len());
        if keep {
            for (list, pair) in self.times.iter_mut().skip(1).zip(times.windows(2)) {
                list.extend(pair.first().zip(pair.last()).map(|(before, at)| at.saturating_sub(*before)));
            }
        }
    }

    fn merge(&mut self, from: Counted) {
        self.cases += from.cases;
        self.open += from.open;
        self.furthest.iter_mut().zip(from.furthest).for_each(|(into, from)| *into += from);
        self.times.iter_mut().zip(from.times).for_each(|(into, from)| into.extend(from));
    }
}
