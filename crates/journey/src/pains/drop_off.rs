//! Drop-off above expectation: at a step, by the channel or kind of the last touchpoint, against all others there.

use std::collections::BTreeMap;

use throughline_stats::{Difference, benjamini_hochberg, newcombe, two_proportions};

use super::case::{By, Case, Moment, Obstacle};
use super::hash::CodeMap;
use super::spec::Spec;
use crate::Steps;

/// A case at a step: its last touchpoint there before it moved on to a later step for the first time.
struct Visit {
    step: u16,
    last: usize,
    moved_on: Option<i64>,
}

/// Cases at a step, and how many of them dropped off.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Count {
    pub cases: u64,
    pub dropped: u64,
}

impl Count {
    fn add(&mut self, other: Count) {
        self.cases += other.cases;
        self.dropped += other.dropped;
    }
}

/// Where cases dropped off: by flow and step, all of them (`None`) and by their last touchpoint.
pub(super) type Counts = CodeMap<(u16, u16, Option<By>), Count>;

/// A drop-off above that of all others at the step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Excess {
    pub here: Count,
    pub others: Count,
    pub difference: Difference,
}

/// What stands out, by flow and step.
pub(super) type Found = BTreeMap<(u16, u16), BTreeMap<By, Excess>>;

/// The cases' visits at the steps that have a next one.
fn visits(case: &Case<'_>, steps: &Steps) -> Vec<Visit> {
    let mut visits: Vec<Visit> = Vec::new();
    // Steps that were begun and not yet left for a later one; and those left.
    let (mut open, mut left) = (0_u64, 0_u64);
    for (row, at) in case.journey.at.iter().enumerate() {
        let Some(step) = steps.of(case.journey, row).filter(|step| *step < 64) else { continue };
        let bit = 1_u64 << step;
        let moved = open & (bit - 1);
        if moved != 0 {
            for visit in visits.iter_mut().filter(|visit| moved >> visit.step & 1 == 1) {
                visit.moved_on = Some(*at);
            }
            open &= !moved;
            left |= moved;
        }
        if left & bit != 0 || step + 1 >= steps.len() {
            continue;
        }
        match visits.iter_mut().find(|visit| usize::from(visit.step) == step) {
            Some(visit) => visit.last = row,
            None => visits.push(Visit { step: step as u16, last: row, moved_on: None }),
        }
        open |= bit;
    }
    visits
}

/// The visits asked for in every flow, with when they ended.
fn asked<'s>(case: &Case<'s>, spec: &'s Spec) -> impl Iterator<Item = (u16, Visit, i64)> + use<'s> {
    let case = *case;
    spec.flows.iter().enumerate().flat_map(move |(flow, steps)| {
        let at = move |visit: &Visit| case.journey.at.get(visit.last).copied();
        let ended = visits(&case, steps).into_iter().filter_map(move |visit| at(&visit).map(|at| (visit, at)));
        ended.filter(|(_, at)| spec.asks(*at)).map(move |(visit, at)| (flow as u16, visit, at))
    })
}

/// The channel, where one is known, and the kind of a touchpoint.
fn bys(case: &Case<'_>, row: usize) -> [Option<By>; 2] {
    let channel = case.journey.channels.get(row).copied().filter(|channel| *channel != 0);
    [channel.map(By::Channel), Some(By::Kind(case.kind(row)))]
}

/// Counts who dropped off; visits whose outcome is still open are left out.
pub(super) fn survey(case: &Case<'_>, spec: &Spec, counts: &mut Counts) {
    let patience = spec.limits.drop_after;
    for (flow, visit, at) in asked(case, spec) {
        if at.saturating_add(patience) > spec.known_until {
            continue;
        }
        let dropped = visit.moved_on.is_none_or(|moved| moved > at.saturating_add(patience));
        let count = Count { cases: 1, dropped: u64::from(dropped) };
        let by = bys(case, visit.last).into_iter().flatten().map(Some);
        for by in std::iter::once(None).chain(by) {
            counts.entry((flow, visit.step, by)).or_default().add(count);
        }
    }
}

/// Adds counts.
pub(super) fn merge(into: &mut Counts, from: Counts) {
    for (key, count) in from {
        into.entry(key).or_default().add(count);
    }
}

/// Which drop-offs stand out, judged together so that few of those named are chance.
pub(super) fn judge(counts: &Counts, spec: &Spec) -> Found {
    let minimum = spec.limits.minimum_n;
    let mut candidates: Vec<(u16, u16, By, Count, Count)> = Vec::new();
    for ((flow, step, by), here) in counts {
        let (Some(by), Some(all)) = (*by, counts.get(&(*flow, *step, None))) else { continue };
        let others = Count { cases: all.cases - here.cases, dropped: all.dropped - here.dropped };
        if here.cases >= minimum && others.cases >= minimum {
            candidates.push((*flow, *step, by, *here, others));
        }
    }
    candidates.sort_unstable_by_key(|(flow, step, by, ..)| (*flow, *step, *by));
    let pair = |count: &Count| (count.dropped, count.cases);
    let p: Vec<f64> =
        candidates.iter().map(|(.., here, others)| two_proportions(pair(here), pair(others)).unwrap_or(1.0)).collect();
    let mut found = Found::new();
    for ((flow, step, by, here, others), stands) in
        candidates.into_iter().zip(benjamini_hochberg(&p, spec.limits.false_discovery))
    {
        let difference = newcombe(pair(&here), pair(&others)).filter(|difference| difference.interval.low > 0.0);
        if let Some(difference) = difference.filter(|_| stands) {
            found.entry((flow, step)).or_default().insert(by, Excess { here, others, difference });
        }
    }
    found
}

/// Moments: the last touchpoint at a step. The obstacle is met by all who stood where drop-off is high, whether they
/// dropped off or not; the others at the step are comparable. Those who dropped off alone would differ by definition.
pub(super) fn moments(case: &Case<'_>, spec: &Spec, found: &Found, out: &mut Vec<Moment>) {
    if found.is_empty() {
        return;
    }
    for (flow, visit, at) in asked(case, spec) {
        let Some(here) = found.get(&(flow, visit.step)) else { continue };
        let own = bys(case, visit.last);
        out.extend(here.keys().map(|by| Moment {
            obstacle: Obstacle::DropOff { flow, step: visit.step, by: *by },
            at,
            after: visit.last + 1,
            row: visit.last,
            place: 0,
            met: own.contains(&Some(*by)),
        }));
    }
}
