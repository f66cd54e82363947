//! Conformance: which cases follow the declared map of stages, and where the others leave it.
//!
//! A case follows the map if its visits of stages, repeats collapsed, begin at the first stage, never pass over a stage
//! and never go back, except where that is allowed: to some stages always, and to any once a loop is closed. A stage is passed over only as long as the case has not been there:
//! after an allowed return it may go on to where it was. A case need not have come to the last stage.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::{Block, Fold, Grouping, Journey, Share, Steps, walk};

/// What is asked of conformance.
#[derive(Debug, Clone)]
pub struct ConformanceSpec {
    /// The stages in the order of the map.
    pub stages: Steps,
    /// Places of stages that may be passed over.
    pub may_skip: BTreeSet<usize>,
    /// Places of stages that a case may go back to.
    pub may_return: BTreeSet<usize>,
    /// Place of the stage that closes a loop: a case that has been there may go back to any stage, which begins the
    /// journey anew. `None` for a journey that is a line.
    pub loop_after: Option<usize>,
    /// Groups of cases.
    pub grouping: Grouping,
}

/// Conformance by group.
#[derive(Debug, Clone, PartialEq)]
pub struct Conformance {
    /// Groups with cases, ascending.
    pub groups: Vec<ConformanceGroup>,
}

/// How the cases of one group follow the map.
#[derive(Debug, Clone, PartialEq)]
pub struct ConformanceGroup {
    /// The group, as the grouping numbers it.
    pub group: usize,
    /// Cases that follow the map, of those with a touchpoint in any stage.
    pub follow: Share,
    /// Cases without a touchpoint in any stage.
    pub without_stage: u64,
    /// Where the others leave it first; the most frequent first, then by kind and in the order of stages.
    pub deviations: Vec<Deviation>,
}

/// A place where cases leave the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviation {
    /// Name of the stage they come from; `None` at the start of the journey.
    pub from: Option<String>,
    /// Name of the stage they go to.
    pub to: String,
    /// What is wrong with it.
    pub kind: DeviationKind,
    /// Cases that leave the map here first, of those with a touchpoint in any stage.
    pub share: Share,
}

/// How a case leaves the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviationKind {
    /// It began there, after the first stage that may not be passed over.
    Started,
    /// It passed over a stage where it had never been; the first such stage by name.
    Skipped(String),
    /// It went back.
    Returned,
}

/// The fold of conformance.
#[derive(Debug)]
pub struct ConformanceFold<'a> {
    spec: &'a ConformanceSpec,
}

/// What one thread knows of conformance.
#[derive(Debug, Default)]
pub struct ConformanceState {
    groups: BTreeMap<usize, Counted>,
    /// Stages that the case in hand has been to.
    visited: Vec<bool>,
}

#[derive(Debug, Default)]
struct Counted {
    without_stage: u64,
    follow: u64,
    left: BTreeMap<Left, u64>,
}

/// How a case leaves the map, by places of stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Left {
    Started { to: usize },
    Skipped { from: usize, to: usize, stage: usize },
    Returned { from: usize, to: usize },
}

/// Conformance over all blocks, on up to `threads` threads.
pub fn conformance(blocks: &[Block<'_>], spec: &ConformanceSpec, threads: usize) -> Conformance {
    let fold = ConformanceFold::new(spec);
    let state = walk(blocks, &fold, threads);
    fold.finish(&state)
}

impl<'a> ConformanceFold<'a> {
    /// The fold that answers `spec`.
    pub fn new(spec: &'a ConformanceSpec) -> Self {
        ConformanceFold { spec }
    }

    /// The answer from the merged state.
    pub fn finish(&self, state: &ConformanceState) -> Conformance {
        let groups = state.groups.iter();
        Conformance { groups: groups.map(|(group, counted)| self.group(*group, counted)).collect() }
    }

    /// The first place where a journey leaves the map; `None` without a stage, `Some(None)` where it follows.
    fn left(&self, journey: &Journey<'_>, visited: &mut Vec<bool>) -> Option<Option<Left>> {
        visited.clear();
        visited.resize(self.spec.stages.len(), false);
        let mut current = None;
        for to in (0..journey.len()).filter_map(|row| self.spec.stages.of(journey, row)) {
            if current == Some(to) {
                continue;
            }
            let left = self.step(current, to, visited);
            if left.is_some() {
                return Some(left);
            }
            if let Some(place) = visited.get_mut(to) {
                *place = true;
            }
            current = Some(to);
        }
        current.map(|_| None)
    }

    /// What is wrong with going from one stage to another.
    fn step(&self, from: Option<usize>, to: usize, visited: &[bool]) -> Option<Left> {
        let may_skip = |stage: usize| self.spec.may_skip.contains(&stage);
        let Some(from) = from else {
            return (!(0..to).all(may_skip)).then_some(Left::Started { to });
        };
        let been = |stage: usize| visited.get(stage).copied().unwrap_or(false);
        if to < from {
            let anew = self.spec.loop_after.is_some_and(been);
            return (!anew && !self.spec.may_return.contains(&to)).then_some(Left::Returned { from, to });
        }
        let stage = (from + 1..to).find(|stage| !been(*stage) && !may_skip(*stage))?;
        Some(Left::Skipped { from, to, stage })
    }

    fn group(&self, group: usize, counted: &Counted) -> ConformanceGroup {
        let n = counted.follow + counted.left.values().sum::<u64>();
        let mut left: Vec<(Left, u64)> = counted.left.iter().map(|(left, count)| (*left, *count)).collect();
        // Stable: the order of kinds and stages remains among equals.
        left.sort_by_key(|(_, count)| Reverse(*count));
        let name = |stage: usize| self.spec.stages.names.get(stage).cloned().unwrap_or_default();
        let deviation = |(left, count): (Left, u64)| {
            let (from, to, kind) = match left {
                Left::Started { to } => (None, to, DeviationKind::Started),
                Left::Skipped { from, to, stage } => (Some(from), to, DeviationKind::Skipped(name(stage))),
                Left::Returned { from, to } => (Some(from), to, DeviationKind::Returned),
            };
            Deviation { from: from.map(name), to: name(to), kind, share: Share::of(count, n) }
        };
        let deviations = left.into_iter().map(deviation).collect();
        let (follow, without_stage) = (Share::of(counted.follow, n), counted.without_stage);
        ConformanceGroup { group, follow, without_stage, deviations }
    }
}

impl Fold for ConformanceFold<'_> {
    type State = ConformanceState;

    fn start(&self) -> ConformanceState {
        ConformanceState::default()
    }

    fn case(&self, journey: &Journey<'_>, state: &mut ConformanceState) {
        let Some(group) = self.spec.grouping.of(journey) else { return };
        let counted = state.groups.entry(group).or_default();
        match self.left(journey, &mut state.visited) {
            None => counted.without_stage += 1,
            Some(None) => counted.follow += 1,
            Some(Some(left)) => *counted.left.entry(left).or_default() += 1,
        }
    }

    fn merge(&self, into: &mut ConformanceState, from: ConformanceState) {
        for (group, from) in from.groups {
            let into = into.groups.entry(group).or_default();
            into.without_stage += from.without_stage;
            into.follow += from.follow;
            for (left, count) in from.left {
                *into.left.entry(left).or_default() += count;
            }
        }
    }
}
