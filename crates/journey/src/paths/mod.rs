//! Paths: the sequences of steps that cases go through, the most frequent ones, and how two groups differ in them.
//!
//! The path of a case is the steps of its touchpoints in order; touchpoints without a step are passed over. Memory goes
//! with the number of different paths, plus 24 bytes for each case.

mod find;
mod result;

pub use result::{Flow, Path, PathDifference, Paths};

use std::collections::HashMap;

use crate::{Block, Fold, Grouping, Journey, Steps, walk};
use find::Finder;

/// What is asked of paths.
#[derive(Debug, Clone)]
pub struct PathsSpec {
    /// What touchpoints are called.
    pub steps: Steps,
    /// Whether the same step several times in a row counts once.
    pub collapse: bool,
    /// Place of the step at whose first occurrence a path begins (included); cases without it have no path. `None` to
    /// begin at the first touchpoint.
    pub from: Option<usize>,
    /// Place of the step at whose first occurrence from there on a path ends (included); a case without it keeps its
    /// path to the end. `None` to end with the journey.
    pub until: Option<usize>,
    /// Dates of the touchpoints looked at, half-open; `None` for all.
    pub between: Option<(i64, i64)>,
    /// Most steps of a path, at least 1; longer ones are cut there and marked.
    pub longest: usize,
    /// How many paths are listed.
    pub top: usize,
    /// How many positions the flow covers; 0 for none.
    pub positions: usize,
    /// Groups of cases; cases in no group are left out.
    pub grouping: Grouping,
    /// Two groups to compare.
    pub compare: Option<(usize, usize)>,
}

/// The fold of paths.
#[derive(Debug)]
pub struct PathsFold<'a> {
    spec: &'a PathsSpec,
    finder: Finder<'a>,
}

/// What one thread knows of paths.
#[derive(Debug, Default)]
pub struct PathsState {
    /// Number of each path; a path that was cut ends with [`CUT`].
    numbers: HashMap<Box<[u16]>, u32>,
    taken: Vec<Taken>,
    /// Cases in a group, with a path or without.
    cases: u64,
    /// The path in hand.
    path: Vec<u16>,
}

/// A case that took a path.
#[derive(Debug, Clone, Copy)]
struct Taken {
    path: u32,
    group: usize,
    /// From its first touchpoint to its last, in microseconds.
    elapsed: i64,
}

/// Ends a path that was cut; no step has this number.
const CUT: u16 = crate::steps::NONE;

/// The paths over all blocks, on up to `threads` threads.
pub fn paths(blocks: &[Block<'_>], spec: &PathsSpec, threads: usize) -> Paths {
    let fold = PathsFold::new(spec);
    let state = walk(blocks, &fold, threads);
    fold.finish(&state)
}

impl<'a> PathsFold<'a> {
    /// The fold that answers `spec`.
    pub fn new(spec: &'a PathsSpec) -> Self {
        PathsFold { spec, finder: Finder::new(spec) }
    }

    /// The answer from the merged state.
    pub fn finish(&self, state: &PathsState) -> Paths {
        result::paths(self.spec, state)
    }
}

impl Fold for PathsFold<'_> {
    type State = PathsState;

    fn start(&self) -> PathsState {
        PathsState::default()
    }

    fn case(&self, journey: &Journey<'_>, state: &mut PathsState) {
        let Some(group) = self.spec.grouping.of(journey) else { return };
        state.cases += 1;
        let Some(elapsed) = self.finder.find(journey, &mut state.path) else { return };
        let path = match state.numbers.get(state.path.as_slice()) {
            Some(path) => *path,
            None => {
                let path = u32::try_from(state.numbers.len()).unwrap_or(u32::MAX);
                state.numbers.insert(state.path.as_slice().into(), path);
                path
            }
        };
        state.taken.push(Taken { path, group, elapsed });
    }

    fn merge(&self, into: &mut PathsState, from: PathsState) {
        let mut renumbered = vec![0_u32; from.numbers.len()];
        for (path, number) in from.numbers {
            let next = u32::try_from(into.numbers.len()).unwrap_or(u32::MAX);
            let new = *into.numbers.entry(path).or_insert(next);
            if let Some(place) = renumbered.get_mut(number as usize) {
                *place = new;
            }
        }
        let renumber = |path: u32| renumbered.get(path as usize).copied().unwrap_or(u32::MAX);
        into.taken.extend(from.taken.into_iter().map(|taken| Taken { path: renumber(taken.path), ..taken }));
        into.cases += from.cases;
    }
}
