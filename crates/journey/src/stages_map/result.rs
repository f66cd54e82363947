//! The map as a person reads it.

use super::{KindSums, OverviewFold, OverviewState, StageSums};
use crate::stages_map::GroupSums;
use crate::{Elapsed, Emotion, EmotionSums, Share};

/// The map of one group of cases.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupMap {
    /// The group, as the [`Grouping`](crate::Grouping) numbers it.
    pub group: usize,
    /// Cases with a touchpoint in the range.
    pub cases: u64,
    /// The stages in the order shown.
    pub stages: Vec<StageMap>,
    /// Kinds of touchpoints without a stage, most frequent first.
    pub unstaged: Vec<UnstagedTouchpoint>,
}

/// One stage.
#[derive(Debug, Clone, PartialEq)]
pub struct StageMap {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Cases that touched it, of all cases of the group.
    pub cases: Share,
    /// Touchpoints in it.
    pub touchpoints: u64,
    /// Cases whose last touchpoint with a stage is in it, of those that touched it.
    pub at_end: Share,
    /// The way on; `None` for the last stage shown.
    pub onward: Option<Onward>,
    /// Cases that touched a later stage and never this one.
    pub skipped: u64,
    /// Cases that touched it, then a later stage, then it again; of those that touched it.
    pub returned: Share,
    /// Mean of the scores given in it.
    pub emotion: Emotion,
    /// Kinds of touchpoints in it, most frequent first.
    pub kinds: Vec<StageTouchpoint>,
}

/// From a stage to later ones, of the cases that touched it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Onward {
    /// Conversion: cases that touched any later stage after it.
    pub moved_on: Share,
    /// Cases that touched the next stage shown after it.
    pub reached_next: Share,
    /// Drop-off: cases whose last stage it is and that never touched a later one.
    pub dropped: Share,
    /// From the first touch of it to the first touch of a later stage after that.
    pub elapsed: Elapsed,
}

/// A kind of touchpoint within a stage.
#[derive(Debug, Clone, PartialEq)]
pub struct StageTouchpoint {
    /// Name of the kind.
    pub kind: String,
    /// How many.
    pub touchpoints: u64,
    /// Reach: cases with one in this stage, of all cases of the group.
    pub reach: Share,
    /// The kinds that most often come next in the same journey, whatever their stage: at most 3.
    pub next: Vec<NextTouchpoint>,
    /// How often nothing comes next, of all of them.
    pub ends: Share,
    /// Mean of the scores given at it.
    pub emotion: Emotion,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq)]
pub struct NextTouchpoint {
    /// Name of the kind.
    pub kind: String,
    /// How often, of all touchpoints of the kind before.
    pub share: Share,
}

/// A kind of touchpoint without a stage.
#[derive(Debug, Clone, PartialEq)]
pub struct UnstagedTouchpoint {
    /// Name of the kind.
    pub kind: String,
    /// How many without a stage.
    pub touchpoints: u64,
    /// Cases with one.
    pub cases: u64,
}

/// NextTouchpoint kinds shown of each.
const MOST_NEXT: usize = 3;

impl OverviewFold<'_> {
    /// What the walk found.
    pub fn finish(&self, state: OverviewState) -> Vec<GroupMap> {
        let groups = state.groups.into_iter().enumerate().filter(|(_, sums)| sums.cases > 0);
        groups.map(|(group, sums)| self.group(group, sums)).collect()
    }

    fn group(&self, group: usize, sums: GroupSums) -> GroupMap {
        let GroupSums { cases, stages, kinds } = sums;
        let names = self.names.len();
        let of = |stage: usize| kinds.get(stage * names..(stage + 1) * names).unwrap_or_default();
        let unstaged = self.frequent(of(self.stages)).into_iter().map(|(kind, sums)| UnstagedTouchpoint {
            kind,
            touchpoints: sums.touchpoints,
            cases: sums.cases,
        });
        let unstaged = unstaged.collect();
        let stages = stages.into_iter().enumerate().map(|(stage, sums)| self.stage(stage, sums, of(stage), cases));
        GroupMap { group, cases, stages: stages.collect(), unstaged }
    }

    fn stage(&self, stage: usize, mut sums: StageSums, kinds: &[KindSums], cases: u64) -> StageMap {
        let (id, name) = self.spec.stages.names().get(stage).cloned().unwrap_or_default();
        let mut scores = EmotionSums::default();
        kinds.iter().for_each(|kind| scores.merge(&kind.emotion));
        let onward = Onward {
            moved_on: Share::of(sums.moved_on, sums.cases),
            reached_next: Share::of(sums.reached_next, sums.cases),
            dropped: Share::of(sums.dropped, sums.cases),
            elapsed: Elapsed::of(&mut sums.elapsed),
        };
        StageMap {
            id,
            name,
            cases: Share::of(sums.cases, cases),
            touchpoints: sums.touchpoints,
            at_end: Share::of(sums.at_end, sums.cases),
            onward: (stage + 1 < self.stages).then_some(onward),
            skipped: sums.skipped,
            returned: Share::of(sums.returned, sums.cases),
            emotion: scores.emotion(self.spec.minimum_scores),
            kinds: self.frequent(kinds).into_iter().map(|(kind, sums)| self.touchpoint(kind, sums, cases)).collect(),
        }
    }

    /// Kinds that happened, most frequent first, ties by name.
    fn frequent<'s>(&self, kinds: &'s [KindSums]) -> Vec<(String, &'s KindSums)> {
        let named = self.names.names.iter().cloned().zip(kinds);
        let mut found: Vec<_> = named.filter(|(_, sums)| sums.touchpoints > 0).collect();
        // Names ascend already and the sort is stable.
        found.sort_by_key(|(_, sums)| std::cmp::Reverse(sums.touchpoints));
        found
    }

    fn touchpoint(&self, kind: String, sums: &KindSums, cases: u64) -> StageTouchpoint {
        let mut next: Vec<(&String, u64)> = self.names.names.iter().zip(sums.next.iter().copied()).collect();
        next.retain(|(_, count)| *count > 0);
        next.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let next = next.into_iter().take(MOST_NEXT);
        let share = |count: u64| Share::of(count, sums.touchpoints);
        StageTouchpoint {
            kind,
            touchpoints: sums.touchpoints,
            reach: Share::of(sums.cases, cases),
            next: next.map(|(kind, count)| NextTouchpoint { kind: kind.clone(), share: share(count) }).collect(),
            ends: share(sums.ends),
            emotion: sums.emotion.emotion(self.spec.minimum_scores),
        }
    }
}
