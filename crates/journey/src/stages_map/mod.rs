//! The map of stages: who is in each stage, who moves on, who drops off, how long it takes, and what happens there.

mod case;
mod result;

use std::ops::Range;

use crate::{Block, EmotionSums, Fold, Grouping, Journey, Kinds, Stages, Steps, walk};

pub use result::{GroupMap, NextTouchpoint, Onward, StageMap, StageTouchpoint, UnstagedTouchpoint};

/// What is asked. The first 64 stages are seen; touchpoints of further ones count as without a stage.
#[derive(Debug, Clone)]
pub struct OverviewSpec<'a> {
    /// Names of the kinds.
    pub kinds: &'a Kinds,
    /// The stages in the order shown.
    pub stages: &'a Stages,
    /// Groups of cases, by their whole journeys.
    pub grouping: Grouping,
    /// Only touchpoints in this half-open range, microseconds; cases without one are not counted.
    pub dates: Option<Range<i64>>,
    /// Codes of the kinds whose scores count as satisfaction; `None`: all scores.
    pub scored: Option<Vec<u16>>,
    /// Means of fewer scores are not shown.
    pub minimum_scores: u64,
}

impl<'a> OverviewSpec<'a> {
    /// All journeys as one group, all dates, all scores, means from 5 scores on.
    pub fn new(kinds: &'a Kinds, stages: &'a Stages) -> Self {
        OverviewSpec { kinds, stages, grouping: Grouping::All, dates: None, scored: None, minimum_scores: 5 }
    }
}

/// Stages as bits of a word.
const MOST_STAGES: usize = 64;

/// What is counted of one stage.
#[derive(Debug, Default)]
struct StageSums {
    cases: u64,
    touchpoints: u64,
    at_end: u64,
    dropped: u64,
    moved_on: u64,
    reached_next: u64,
    skipped: u64,
    returned: u64,
    elapsed: Vec<i64>,
}

/// What is counted of one kind within one stage, or without any.
#[derive(Debug, Clone, Default)]
struct KindSums {
    touchpoints: u64,
    cases: u64,
    ends: u64,
    emotion: EmotionSums,
    /// How often each kind came next, by name; empty until one did.
    next: Vec<u64>,
    /// The case it was last counted for.
    seen: u64,
}

#[derive(Debug, Default)]
struct GroupSums {
    cases: u64,
    stages: Vec<StageSums>,
    /// `[stage][kind by name]`; the last stage is none.
    kinds: Vec<KindSums>,
}

/// What one thread has counted, by group.
#[derive(Debug, Default)]
pub struct OverviewState {
    groups: Vec<GroupSums>,
    case: u64,
    /// Stage and name of each touchpoint of the case at hand.
    steps: Vec<(usize, usize)>,
}

/// The question as a fold.
#[derive(Debug, Clone)]
pub struct OverviewFold<'a> {
    spec: &'a OverviewSpec<'a>,
    /// Kinds by name.
    names: Steps,
    stages: usize,
}

/// The map of stages for every group with a case, ascending by group.
pub fn overview(blocks: &[Block<'_>], spec: &OverviewSpec<'_>, threads: usize) -> Vec<GroupMap> {
    let fold = OverviewFold::new(spec);
    fold.finish(walk(blocks, &fold, threads))
}

impl<'a> OverviewFold<'a> {
    /// The fold of a question.
    pub fn new(spec: &'a OverviewSpec<'a>) -> Self {
        OverviewFold { spec, names: Steps::kinds(spec.kinds), stages: spec.stages.len().min(MOST_STAGES) }
    }
}

impl Fold for OverviewFold<'_> {
    type State = OverviewState;

    fn start(&self) -> OverviewState {
        OverviewState::default()
    }

    fn case(&self, journey: &Journey<'_>, state: &mut OverviewState) {
        let Some(group) = self.spec.grouping.of(journey) else { return };
        let rows = match &self.spec.dates {
            None => 0..journey.len(),
            Some(dates) => {
                let place = |instant: i64| journey.at.partition_point(|at| *at < instant);
                place(dates.start)..place(dates.end).max(place(dates.start))
            }
        };
        if rows.is_empty() {
            return;
        }
        state.case += 1;
        while state.groups.len() <= group {
            state.groups.push(GroupSums::default());
        }
        let Some(sums) = state.groups.get_mut(group) else { return };
        sums.open(self.stages, self.names.len());
        sums.cases += 1;
        self.place(journey, rows.clone(), &mut state.steps);
        self.stages_of_case(journey, rows.clone(), &state.steps, sums);
        self.kinds_of_case(journey, rows, (&state.steps, state.case), sums);
    }

    fn merge(&self, into: &mut OverviewState, from: OverviewState) {
        for (place, from) in from.groups.into_iter().enumerate() {
            match into.groups.get_mut(place) {
                Some(into) => into.merge(from),
                None => into.groups.push(from),
            }
        }
    }
}

impl GroupSums {
    /// Makes room for the first case of the group.
    fn open(&mut self, stages: usize, names: usize) {
        if self.stages.is_empty() && self.kinds.is_empty() {
            self.stages.resize_with(stages, StageSums::default);
            self.kinds = vec![KindSums::default(); (stages + 1) * names];
        }
    }

    fn merge(&mut self, from: GroupSums) {
        if self.cases == 0 {
            *self = from;
            return;
        }
        self.cases += from.cases;
        self.stages.iter_mut().zip(from.stages).for_each(|(into, from)| into.merge(from));
        self.kinds.iter_mut().zip(from.kinds).for_each(|(into, from)| into.merge(from));
    }
}

impl StageSums {
    fn merge(&mut self, mut from: StageSums) {
        self.cases += from.cases;
        self.touchpoints += from.touchpoints;
        self.at_end += from.at_end;
        self.dropped += from.dropped;
        self.moved_on += from.moved_on;
        self.reached_next += from.reached_next;
        self.skipped += from.skipped;
        self.returned += from.returned;
        self.elapsed.append(&mut from.elapsed);
    }
}

impl KindSums {
    fn merge(&mut self, from: KindSums) {
        self.touchpoints += from.touchpoints;
        self.cases += from.cases;
        self.ends += from.ends;
        self.emotion.merge(&from.emotion);
        if self.next.is_empty() {
            self.next = from.next;
        } else {
            self.next.iter_mut().zip(from.next).for_each(|(into, from)| *into += from);
        }
    }
}
