//! Life cycle: in each period, who is new, who returns, who comes back to life and who lies dormant.
//!
//! Every customer seen active by the end of a period is in exactly one of five states in it: active and new, returning
//! or resurrected; or not active and paused or dormant. So `active = new + returning + resurrected`, and active, paused
//! and dormant together are all who have ever been active.

use crate::{Block, Fold, Journey, Periods, Steps, walk};

/// What is asked.
#[derive(Debug, Clone)]
pub struct LifecycleSpec {
    /// Consecutive periods. Activity before the first is known to have been, but not how long ago: begin them
    /// `window` periods before the first one that is looked at.
    pub periods: Periods,
    /// How many periods back activity keeps a customer from being dormant; at least 1.
    pub window: usize,
    /// What counts as activity: touchpoints with a step; `None`: orders that count.
    pub activity: Option<Steps>,
    /// Until when touchpoints are known, microseconds.
    pub known_until: i64,
}

/// Customers by state in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lifecycle {
    /// Place of the period.
    pub period: usize,
    /// Active, and never before.
    pub new: u64,
    /// Active, and in one of the `window` periods before.
    pub returning: u64,
    /// Active, and before, but in none of the `window` periods before.
    pub resurrected: u64,
    /// Not active, but in one of the `window` periods before.
    pub paused: u64,
    /// Not active, nor in any of the `window` periods before, but earlier.
    pub dormant: u64,
    /// Whether touchpoints are known until the end of the period.
    pub complete: bool,
}

impl Lifecycle {
    /// Active customers: new, returning and resurrected.
    pub fn active(&self) -> u64 {
        self.new + self.returning + self.resurrected
    }
}

/// Counts per period; paused and dormant as differences to the period before.
#[derive(Debug, Default)]
pub struct LifecycleState {
    new: Vec<i64>,
    returning: Vec<i64>,
    resurrected: Vec<i64>,
    paused: Vec<i64>,
    dormant: Vec<i64>,
}

/// The question as a fold.
#[derive(Debug, Clone, Copy)]
pub struct LifecycleFold<'a> {
    spec: &'a LifecycleSpec,
}

/// The states of all customers, one entry per period.
pub fn lifecycle(blocks: &[Block<'_>], spec: &LifecycleSpec, threads: usize) -> Vec<Lifecycle> {
    let fold = LifecycleFold::new(spec);
    fold.finish(&walk(blocks, &fold, threads))
}

/// One customer's way through the periods.
struct Life<'s> {
    state: &'s mut LifecycleState,
    window: usize,
    /// Whether active ever before the period looked at.
    before: bool,
    /// Last active period.
    last: Option<usize>,
    /// Touchpoints before this instant lie in the last active period.
    end: i64,
}

impl Life<'_> {
    fn active(&mut self, at: i64, periods: &Periods) {
        if at < self.end {
            return;
        }
        let Some(period) = periods.index(at) else {
            self.before |= periods.start(0).is_some_and(|first| at < first);
            return;
        };
        self.absent(period);
        let recent = self.last.is_some_and(|last| period - last <= self.window);
        let state = &mut *self.state;
        let counts = match (self.before, recent) {
            (false, _) => &mut state.new,
            (true, true) => &mut state.returning,
            (true, false) => &mut state.resurrected,
        };
        if let Some(count) = counts.get_mut(period) {
            *count += 1;
        }
        (self.before, self.last) = (true, Some(period));
        self.end = periods.start(period + 1).unwrap_or(i64::MAX);
    }

    /// Fills the periods between the last active one and `until`.
    fn absent(&mut self, until: usize) {
        if !self.before {
            return;
        }
        let first = self.last.map_or(0, |last| last + 1);
        let dormant = self.last.map_or(0, |last| last.saturating_add(self.window).saturating_add(1)).min(until);
        span(&mut self.state.paused, first, dormant);
        span(&mut self.state.dormant, dormant, until);
    }
}

/// Adds one to the periods of `from..until`, as differences.
fn span(differences: &mut [i64], from: usize, until: usize) {
    if from < until {
        differences.get_mut(from).into_iter().for_each(|count| *count += 1);
        differences.get_mut(until).into_iter().for_each(|count| *count -= 1);
    }
}

impl Fold for LifecycleFold<'_> {
    type State = LifecycleState;

    fn start(&self) -> LifecycleState {
        let zeros = || vec![0; self.spec.periods.len()];
        LifecycleState { new: zeros(), returning: zeros(), resurrected: zeros(), paused: zeros(), dormant: zeros() }
    }

    fn case(&self, journey: &Journey<'_>, state: &mut LifecycleState) {
        let periods = &self.spec.periods;
        let mut life = Life { state, window: self.spec.window.max(1), before: false, last: None, end: i64::MIN };
        match &self.spec.activity {
            None => journey.counting_orders().for_each(|order| life.active(order.at, periods)),
            Some(steps) => {
                let active = (0..journey.len()).filter(|row| steps.of(journey, *row).is_some());
                active.filter_map(|row| journey.at.get(row)).for_each(|at| life.active(*at, periods));
            }
        }
        life.absent(periods.len());
    }

    fn merge(&self, into: &mut LifecycleState, from: LifecycleState) {
        let add = |into: &mut Vec<i64>, from: Vec<i64>| into.iter_mut().zip(from).for_each(|(a, b)| *a += b);
        add(&mut into.new, from.new);
        add(&mut into.returning, from.returning);
        add(&mut into.resurrected, from.resurrected);
        add(&mut into.paused, from.paused);
        add(&mut into.dormant, from.dormant);
    }
}

impl<'a> LifecycleFold<'a> {
    /// The fold of a question.
    pub fn new(spec: &'a LifecycleSpec) -> Self {
        LifecycleFold { spec }
    }

    /// What the walk found.
    pub fn finish(&self, state: &LifecycleState) -> Vec<Lifecycle> {
        let (mut paused, mut dormant) = (0_i64, 0_i64);
        let count = |counts: &[i64], period: usize| counts.get(period).copied().unwrap_or(0);
        let found = (0..self.spec.periods.len()).map(|period| {
            paused += count(&state.paused, period);
            dormant += count(&state.dormant, period);
            let end = self.spec.periods.start(period + 1);
            Lifecycle {
                period,
                new: count(&state.new, period).unsigned_abs(),
                returning: count(&state.returning, period).unsigned_abs(),
                resurrected: count(&state.resurrected, period).unsigned_abs(),
                paused: paused.unsigned_abs(),
                dormant: dormant.unsigned_abs(),
                complete: end.is_some_and(|end| end <= self.spec.known_until),
            }
        });
        found.collect()
    }
}
