//! The first pass: what is usual, so that the later passes know what stands out.

use super::case::{Case, Parts};
use super::spec::Spec;
use super::{drop_off, score, wait};
use crate::{Block, Fold, Journey, walk};

/// What the first pass finds.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub drop_offs: drop_off::Found,
    pub bounds: wait::Bounds,
    pub falls: score::Found,
}

struct SurveyFold<'s> {
    spec: &'s Spec,
    roles: &'s [u16],
}

#[derive(Default)]
struct State {
    parts: Parts,
    drop_offs: drop_off::Counts,
    waits: wait::Lists,
    halves: score::Halves,
}

impl Fold for SurveyFold<'_> {
    type State = State;

    fn start(&self) -> State {
        State::default()
    }

    fn case(&self, journey: &Journey<'_>, state: &mut State) {
        let case = Case::new(journey, self.roles, &mut state.parts);
        drop_off::survey(&case, self.spec, &mut state.drop_offs);
        wait::survey(&case, self.spec, &mut state.waits);
        score::survey(&case, self.spec, &mut state.halves);
    }

    fn merge(&self, into: &mut State, from: State) {
        drop_off::merge(&mut into.drop_offs, from.drop_offs);
        wait::merge(&mut into.waits, from.waits);
        score::merge(&mut into.halves, from.halves);
    }
}

/// Walks the journeys for what is usual.
pub(super) fn survey(blocks: &[Block<'_>], spec: &Spec, roles: &[u16], threads: usize) -> Survey {
    let mut state = walk(blocks, &SurveyFold { spec, roles }, threads);
    Survey {
        drop_offs: drop_off::judge(&state.drop_offs, spec),
        bounds: wait::judge(&mut state.waits, spec),
        falls: score::judge(&state.halves, spec),
    }
}
