//! What a funnel answers.

use super::{Counted, FunnelMode, FunnelSpec};
use crate::{Elapsed, Share};

/// A funnel by group.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// Groups with cases, ascending.
    pub groups: Vec<FunnelGroup>,
}

/// The funnel of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelGroup {
    /// The group, as the grouping numbers it.
    pub group: usize,
    /// Cases in the group, whether they entered or not.
    pub cases: u64,
    /// Cases that entered and are not open; entries where every entry counts.
    pub entered: u64,
    /// Cases (or entries) whose window is still open.
    pub open: u64,
    /// The steps in the order of the funnel.
    pub steps: Vec<FunnelStep>,
}

/// How many reached a step.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelStep {
    /// Name of the step; "2 of 4" for the second different step in any order.
    pub name: String,
    /// Of those who entered.
    pub overall: Share,
    /// Of those who reached the step before; of the first step, of those who entered.
    pub step: Share,
    /// Time from the step before, where asked for and not the first step. Each step is taken at its first touchpoint
    /// after the step before.
    pub time: Option<Elapsed>,
}

pub(super) fn funnel(spec: &FunnelSpec, groups: Vec<Counted>) -> Funnel {
    let groups = groups.into_iter().enumerate().filter(|(_, counted)| counted.cases > 0);
    Funnel { groups: groups.map(|(group, counted)| one_group(spec, group, counted)).collect() }
}

fn one_group(spec: &FunnelSpec, group: usize, counted: Counted) -> FunnelGroup {
    // Who came to step k or further.
    let mut reached: Vec<u64> = counted.furthest.iter().skip(1).copied().collect();
    for step in (1..reached.len()).rev() {
        reached[step - 1] += reached[step];
    }
    let entered = reached.first().copied().unwrap_or(0);
    let before = std::iter::once(entered).chain(reached.iter().copied());
    let steps = reached.iter().zip(before).zip(counted.times).enumerate();
    let steps = steps.map(|(step, ((count, before), mut times))| FunnelStep {
        name: name(spec, step),
        overall: Share::of(*count, entered),
        step: Share::of(*count, before),
        time: (spec.times && step > 0).then(|| Elapsed::of(&mut times)),
    });
    FunnelGroup { group, cases: counted.cases, entered, open: counted.open, steps: steps.collect() }
}

fn name(spec: &FunnelSpec, step: usize) -> String {
    match spec.mode {
        FunnelMode::AnyOrder => format!("{} of {}", step + 1, spec.steps.len()),
        _ => spec.steps.names.get(step).cloned().unwrap_or_default(),
    }
}
